//! What a link looks like when it is taken apart: as it was built, and as what its network leads
//! to. Compares nothing.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::address::{Parts, split};
use crate::link::MadeLink;
use crate::wrapper::{Profile, Style};

/// A link taken apart.
#[derive(Debug)]
pub(super) struct Form<'l> {
    pub(super) url: Cow<'l, str>,
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) path: &'l str,
    pub(super) fragment: Option<&'l str>,
    pub(super) params: Vec<Expected<'l>>,
    /// Its network is not in it.
    pub(super) bare: bool,
}

/// A parameter of a link.
#[derive(Debug)]
pub(super) struct Expected<'l> {
    /// In lower case.
    pub(super) name: Cow<'l, str>,
    /// As written; empty where that is not known.
    pub(super) raw: &'l str,
    pub(super) value: Cow<'l, str>,
}

/// The link as it was built.
pub(super) fn whole(link: MadeLink<'_>) -> Form<'_> {
    let mut form = take_apart(split(link.url()), Cow::Borrowed(link.url()));
    // Macros are written into URLs as they are, and would not survive being decoded.
    for (name, value) in link.details.params.iter() {
        if let Some(found) = form.params.iter_mut().find(|one| one.name == name) {
            found.value = Cow::Borrowed(value);
        }
    }
    form
}

/// What the network of a link leads to, where that is another page than the network's.
pub(super) fn behind<'l>(link: MadeLink<'l>, profile: Option<&Profile>) -> Option<Form<'l>> {
    profile.filter(|profile| profile.style() != Style::Append)?;
    let mut form = take_apart(split(&link.details.destination), Cow::Borrowed(""));
    form.params.extend(link.details.params.iter().map(|(name, value)| Expected {
        name: Cow::Borrowed(name),
        raw: "",
        value: Cow::Borrowed(value),
    }));
    form.bare = true;
    Some(form)
}

fn take_apart<'l>(parts: Parts<'l>, url: Cow<'l, str>) -> Form<'l> {
    let Parts { scheme, host, path, params, noise, fragment } = parts;
    let all = params.into_iter().chain(noise);
    let params =
        all.map(|one| Expected { name: one.name, raw: one.raw, value: one.value }).collect();
    Form { url, scheme, host, path, fragment, params, bare: false }
}

/// A host and a path as they are compared: without `www.`, escapes, case and a slash at the end.
pub(super) fn page_key(host: &str, path: &str) -> String {
    let host = host.strip_prefix("www.").unwrap_or(host);
    format!("{host}{}", folded_path(path))
}

/// A path without escapes, case and a slash at the end.
pub(super) fn folded_path(path: &str) -> String {
    let path = percent_decode_str(path).decode_utf8_lossy();
    path.trim_end_matches('/').to_lowercase()
}
