//! Mailchimp's `*|TAG|*` and Search Ads 360's `[*Macro*]`. Must not judge names.

use super::bytes::{byte, is_word, plain_end, run_end, stands};
use super::read::Found;
use super::scan::TokenKind;

/// Words before the `:` that open a block, which `END:` closes.
const OPENING: [&[u8]; 7] =
    [b"IF", b"IFNOT", b"INTERESTED", b"ANYINTERESTED", b"FEEDBLOCK", b"FEEDITEMS", b"RSSITEMS"];

/// Reads `*|…|*`.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<Found> {
    let start = at + 2;
    if !stands(bytes, at, b"*|") || !is_word(byte(bytes, start)?) {
        return None;
    }
    let end = plain_end(bytes, start, b"*|", b"|*")?;
    Some(Found { end: end + 2, kind: kind(bytes.get(start..end)?) })
}

fn kind(body: &[u8]) -> TokenKind {
    let mut parts = body.splitn(2, |one| *one == b':');
    let head = parts.next().unwrap_or_default().to_ascii_uppercase();
    let has_colon = parts.next().is_some();
    match head.as_slice() {
        b"ELSE" => TokenKind::Middle,
        b"ELSEIF" if has_colon => TokenKind::Middle,
        b"END" if has_colon => TokenKind::Close,
        word if has_colon && OPENING.contains(&word) => TokenKind::Open,
        _ => TokenKind::Value,
    }
}

/// Reads `[*…*]`.
pub(super) fn read_starred(bytes: &[u8], at: usize) -> Option<Found> {
    let start = at + 2;
    if !stands(bytes, at, b"[*") || !byte(bytes, start)?.is_ascii_alphabetic() {
        return None;
    }
    let end = run_end(bytes, start, is_word);
    stands(bytes, end, b"*]").then_some(Found { end: end + 2, kind: TokenKind::Value })
}
