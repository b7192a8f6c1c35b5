//! Salesforce's `%%…%%` and Adobe Campaign's `<% … %>`. Must not run what is written in them.

use super::bytes::{before, byte, first_word, is_word, plain_end, run_end, stands};
use super::read::Found;
use super::scan::TokenKind;

/// The longest name of a field; prose between two `%%` is soon longer.
const MAX_NAME: usize = 128;

/// Reads `%%name%%`, `%%=call=%%` and `%%[ code ]%%`.
///
/// The ends of code are looked for as they stand, quotes or not: comments hold apostrophes far
/// more often than strings hold `]%%`.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<Found> {
    if !stands(bytes, at, b"%%") {
        return None;
    }
    let start = at + 3;
    match byte(bytes, at + 2)? {
        b'=' => {
            let end = plain_end(bytes, start, b"%%=", b"=%%")?;
            (end > start).then_some(Found { end: end + 3, kind: TokenKind::Value })
        }
        b'[' => {
            let end = plain_end(bytes, start, b"%%[", b"]%%")?;
            Some(Found { end: end + 3, kind: code_kind(bytes.get(start..end)?) })
        }
        _ => {
            let end = field_end(bytes, at)?;
            Some(Found { end: end + 2, kind: TokenKind::Value })
        }
    }
}

/// Where the name behind a `%%` ends, at a `%%` again.
fn field_end(bytes: &[u8], at: usize) -> Option<usize> {
    let start = at + 2;
    let capped = bytes.get(..bytes.len().min(start + MAX_NAME + 2))?;
    let first = byte(capped, start)?;
    if !first.is_ascii_alphabetic() && first != b'_' {
        return None;
    }
    let end = run_end(capped, start, |one| is_word(one) || matches!(one, b' ' | b'-' | b'.'));
    let body = capped.get(start..end)?;
    // `20%%off and 50%%` is prose.
    let percentage = before(bytes, at).is_some_and(|one| one.is_ascii_digit());
    let prose = body.contains(&b' ') && percentage || body.ends_with(b" ");
    (!prose && stands(capped, end, b"%%")).then_some(end)
}

/// By the first statement of a block.
fn code_kind(body: &[u8]) -> TokenKind {
    let word = first_word(body).to_ascii_lowercase();
    match word.as_slice() {
        b"if" | b"for" => TokenKind::Open,
        b"else" | b"elseif" => TokenKind::Middle,
        b"endif" | b"next" => TokenKind::Close,
        _ => TokenKind::Other,
    }
}

/// Reads `<% … %>`, whose end counts even in quotes.
pub(super) fn read_angled(bytes: &[u8], at: usize) -> Option<Found> {
    if stands(bytes, at, b"<%--") {
        let end = plain_end(bytes, at + 4, b"<%--", b"--%>")?;
        return Some(Found { end: end + 4, kind: TokenKind::Comment });
    }
    let start = at + 2;
    let next = byte(bytes, start)?;
    // `<%20` is a percent escape.
    if !stands(bytes, at, b"<%") || next.is_ascii_digit() || next == b'>' {
        return None;
    }
    let end = plain_end(bytes, start, b"<%", b"%>")?;
    let body = bytes.get(start..end)?.trim_ascii();
    let kind = match (body.first()?, body.last()?) {
        (b'=', _) => TokenKind::Value,
        (b'}', b'{') => TokenKind::Middle,
        (b'}', _) => TokenKind::Close,
        (_, b'{') => TokenKind::Open,
        _ => TokenKind::Other,
    };
    Some(Found { end: end + 2, kind })
}
