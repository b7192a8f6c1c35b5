//! Percent-encoding of a value inside another URL: everything but RFC 3986's unreserved characters,
//! once, never `+` for a space.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// How many wrappers are taken off, one inside the other, and how often a value is decoded.
pub const MAX_DEPTH: usize = 3;

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes `text` so that one decoding gives it back byte for byte.
pub(super) fn push_encoded(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, COMPONENT));
}

/// Decodes once. `None` where the result is no text, or holds what no value of ours may hold.
pub(super) fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!has_control(&decoded)).then(|| decoded.into_owned())
}

/// Decodes a nested URL, which somebody on the way may have encoded once more.
pub(super) fn decode_url(text: &str) -> Option<String> {
    let mut decoded = decode(text)?;
    for _ in 1..MAX_DEPTH {
        if is_web(&decoded) {
            break;
        }
        decoded = decode(&decoded)?;
    }
    is_web(&decoded).then_some(decoded)
}

/// Tells whether a text begins like a web address.
pub(super) fn is_web(text: &str) -> bool {
    after_scheme(text).is_some_and(|rest| !rest.is_empty())
}

/// What stands after `https://` or `http://`.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    let begins = |scheme: &str| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    begins("https://").or_else(|| begins("http://"))
}

/// Tells whether a text holds a control character.
pub(super) fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}
