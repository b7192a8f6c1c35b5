//! Takes any URL found in the wild apart, to be compared with ours. Repairs freely, so that
//! nothing that it gives may be written into a link.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::characters::invisible_name;
use super::host::MAX_UNMAPPED;
use super::names::{fold, is_click_id};
use super::target::host_in;

/// The parts of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The scheme in lower case; empty where there is none.
    pub scheme: String,
    /// The host in its ASCII form and lower case; empty where there is none.
    pub host: String,
    /// The path as written.
    pub path: &'a str,
    /// The parameters in their order, without the noise.
    pub params: Vec<Param<'a>>,
    /// What networks and mail services appended: click ids and the like.
    pub noise: Vec<Param<'a>>,
    /// What follows the `#`, as written.
    pub fragment: Option<&'a str>,
}

/// One parameter of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// The name, decoded and in lower case.
    pub name: Cow<'a, str>,
    /// The name and value as written.
    pub raw: &'a str,
    /// The value decoded, with `+` as it is.
    pub value: Cow<'a, str>,
    /// The value decoded, with `+` as a space: as forms and most servers read it.
    pub form_value: Cow<'a, str>,
}

impl Param<'_> {
    /// Whether the value is this one under either convention.
    pub fn is(&self, value: &str) -> bool {
        self.value == value || self.form_value == value
    }
}

impl Parts<'_> {
    /// The first parameter of a decoded, lower-case name, noise or not.
    pub fn param(&self, name: &str) -> Option<&Param<'_>> {
        self.params.iter().chain(&self.noise).find(|param| param.name == name)
    }
}

/// Takes a URL apart. Never fails: what is missing is empty.
pub fn split(url: &str) -> Parts<'_> {
    let url = url.trim_matches(|one: char| invisible_name(one).is_some());
    let (url, fragment) = match url.split_once('#') {
        Some((url, fragment)) => (url, Some(fragment)),
        None => (url, None),
    };
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, authority, path) = split_address(address);
    let mut parts =
        Parts { scheme, host: ascii_host(authority), path, fragment, ..Parts::default() };
    for raw in query.split('&').filter(|raw| !raw.is_empty()) {
        let param = read_param(raw);
        let side = if is_click_id(&param.name) { &mut parts.noise } else { &mut parts.params };
        side.push(param);
    }
    parts
}

/// The scheme, the authority and the path of what stands before the `?`.
fn split_address(address: &str) -> (String, &str, &str) {
    let slash = |one: char| matches!(one, '/' | '\\');
    let is_scheme = |text: &str| {
        text.starts_with(|one: char| one.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte))
    };
    let (scheme, rest) = match address.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && rest.starts_with(slash) => (scheme, rest),
        _ => ("", address),
    };
    let behind = rest.trim_start_matches(slash);
    let slashes = rest.len() - behind.len();
    // One slash and no scheme is a path; none at all begins with a host, as people type it.
    if scheme.is_empty() && slashes == 1 {
        return (String::new(), "", rest);
    }
    let end = behind.find(slash).unwrap_or(behind.len());
    let (authority, path) = behind.split_at_checked(end).unwrap_or((behind, ""));
    (scheme.to_ascii_lowercase(), authority, path)
}

fn ascii_host(authority: &str) -> String {
    let host = host_in(authority);
    let mapped = (host.len() <= MAX_UNMAPPED).then(|| idna::domain_to_ascii(host));
    mapped.and_then(Result::ok).unwrap_or_else(|| host.to_lowercase())
}

fn read_param(raw: &str) -> Param<'_> {
    let bare = match raw.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("amp;") => raw.get(4..).unwrap_or(raw),
        _ => raw,
    };
    let (name, written) = bare.split_once('=').unwrap_or((bare, ""));
    let value = percent_decode_str(written).decode_utf8_lossy();
    let form_value = if written.contains('+') {
        let spaced = written.replace('+', " ");
        Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
    } else {
        value.clone()
    };
    Param { name: fold(name), raw, value, form_value }
}
