//! Cuts a URL into its parts as they stand. Unlike the URL library it repairs nothing: what comes
//! back out of a wrapped link must be what went in, byte for byte.

use super::escape::after_scheme;

/// A URL's parts, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'u> {
    pub(super) host: &'u str,
    /// Everything after the host: path, query and fragment.
    pub(super) rest: &'u str,
    pub(super) path: &'u str,
    pub(super) query: Option<&'u str>,
}

/// The parts of a web address; `None` where programs disagree on its host.
pub(super) fn split(url: &str) -> Option<Parts<'_>> {
    let after = after_scheme(url)?;
    let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if host.is_empty() || !host.bytes().all(plain) {
        return None;
    }
    let whole = rest.split_once('#').map_or(rest, |(whole, _)| whole);
    let (path, query) =
        whole.split_once('?').map_or((whole, None), |(path, query)| (path, Some(query)));
    Some(Parts { host, rest, path, query })
}

/// The names and values of a query, as written.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}
