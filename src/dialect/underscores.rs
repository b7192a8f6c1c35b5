//! The macros of `TikTok`, `__NAME__`. Must not judge names.

use super::bytes::{byte, stands};
use super::read::Found;
use super::scan::TokenKind;

/// Reads `__NAME__`: capitals and digits, with single underscores between them.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<Found> {
    if !stands(bytes, at, b"__") || !byte(bytes, at + 2)?.is_ascii_uppercase() {
        return None;
    }
    let mut end = at + 2;
    loop {
        match byte(bytes, end)? {
            b'_' if byte(bytes, end + 1) == Some(b'_') => break,
            one if one == b'_' || one.is_ascii_uppercase() || one.is_ascii_digit() => end += 1,
            _ => return None,
        }
    }
    Some(Found { end: end + 2, kind: TokenKind::Value })
}
