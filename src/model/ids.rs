//! Identifiers, one type each, so that they cannot be mixed up.

use std::fmt;

/// Longest id, in bytes: a DNS label, so that an id fits any host, path or parameter.
const MAX_SLUG: usize = 63;

/// Tells whether text is a slug: `[a-z0-9][a-z0-9-]{0,62}`.
pub fn is_slug(text: &str) -> bool {
    // Without a way out in the middle, so that many bytes are looked at at once.
    let plain = text
        .bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    plain && !text.is_empty() && text.len() <= MAX_SLUG && !text.starts_with('-')
}

macro_rules! slug_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Accepts a slug, refuses anything else.
            pub fn new(text: &str) -> Option<Self> {
                is_slug(text).then(|| Self(text.into()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

slug_ids! {
    /// A campaign, which is also its `utm_id`.
    CampaignId,
    /// A brand partner.
    PartnerId,
    /// An offer of a partner or a bundle.
    OfferId,
    /// An offer that several partners share.
    BundleId,
    /// A channel: email, landing, sms …
    ChannelId,
    /// A container in a campaign that holds placements: one email, one sheet.
    AssetId,
    /// A legal text.
    TermsId,
    /// A span of time in which a campaign's channels are open.
    WindowId,
    /// What a link of a placement is for: `cta`, `terms`.
    RoleId,
}

macro_rules! dotted_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Joins slugs with dots.
            pub fn join(parts: &[&str]) -> Self {
                Self(parts.join(".").into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

dotted_ids! {
    /// A placement: `bf26.digest.lumen.a`, or the id a person gave it.
    PlacementId,
    /// A link: its placement's id and its role.
    LinkId,
}
