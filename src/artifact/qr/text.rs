//! What a code says: the short URL, in capitals where that is the same address.
//!
//! Capitals are denser (alphanumeric mode, 5.5 bits a character). Must not change what a URL
//! points to on a server that treats paths without regard to case.

use std::borrow::Cow;

use super::fault::QrFault;

/// The text that a code for this URL holds.
///
/// Scheme and host are the same in any case. A path is so only where the server says so, so
/// redirects must answer the path in capitals too. A path that already mixes both is left alone:
/// there case carries meaning.
pub fn printed_text(short_url: &str) -> Cow<'_, str> {
    let dense = short_url.bytes().all(|byte| is_alphanumeric_mode(byte.to_ascii_uppercase()));
    if dense && !mixes_case(path(short_url)) {
        short_url.to_ascii_uppercase().into()
    } else {
        short_url.into()
    }
}

/// Refuses what is no web address in the form that URLs are written in.
pub(super) fn check(short_url: &str) -> Result<(), QrFault> {
    let odd = short_url.char_indices().find(|(_, one)| !one.is_ascii_graphic());
    if let Some((at, one)) = odd {
        let range = at..at + one.len_utf8();
        return Err(QrFault::Character { url: short_url.to_owned(), range });
    }
    let host = after_scheme(short_url).is_some_and(|rest| !rest.starts_with(['/', '?', '#', ':']));
    if host { Ok(()) } else { Err(QrFault::NotWeb { url: short_url.to_owned() }) }
}

/// All after `https://`, unless that is nothing.
fn after_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (web && !rest.is_empty()).then_some(rest)
}

fn path(url: &str) -> &str {
    let rest = after_scheme(url).unwrap_or(url);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("")
}

fn mixes_case(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// The 45 characters of alphanumeric mode (ISO/IEC 18004, table 5).
fn is_alphanumeric_mode(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z')
        || matches!(byte, b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':')
}
