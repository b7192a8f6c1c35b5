//! The profiles that come with the program.

use std::sync::LazyLock;

use super::profile::Profile;

/// By name, in the order of names.
pub(super) const TEXTS: [(&str, &str); 8] = [
    ("awin", include_str!("profiles/awin.toml")),
    ("cj", include_str!("profiles/cj.toml")),
    ("impact", include_str!("profiles/impact.toml")),
    ("onelink", include_str!("profiles/onelink.toml")),
    ("partnerize", include_str!("profiles/partnerize.toml")),
    ("plain", include_str!("profiles/plain.toml")),
    ("play-referrer", include_str!("profiles/play-referrer.toml")),
    ("rakuten", include_str!("profiles/rakuten.toml")),
];

// A test reads each of them, so none is missing here.
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    TEXTS.iter().filter_map(|(name, text)| Profile::parse(name, text).ok()).collect()
});

/// The built-in profile of a name.
pub fn built_in(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name() == name)
}

/// The names of the built-in profiles, sorted.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(name, _)| *name)
}
