//! Reading bytes at offsets that may lie behind the end. Must not know any dialect.

use memchr::memchr2;

/// The byte at an offset.
pub(super) fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

/// The byte before an offset.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|at| byte(bytes, at))
}

/// Whether a sign stands at an offset.
pub(super) fn stands(bytes: &[u8], at: usize, sign: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(sign))
}

/// Where the run of bytes that satisfy `inside` ends.
pub(super) fn run_end(bytes: &[u8], at: usize, inside: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|one| !inside(*one)).unwrap_or(rest.len())
}

/// Where `close` stands first; `None` where `open` comes again before it.
///
/// Because it stops at the next start, a text of nothing but starts is read once and not once
/// for each of them.
pub(super) fn plain_end(bytes: &[u8], from: usize, open: &[u8], close: &[u8]) -> Option<usize> {
    let (first, second) = (*open.first()?, *close.first()?);
    let mut at = from;
    loop {
        at += memchr2(first, second, bytes.get(at..)?)?;
        if stands(bytes, at, close) {
            return Some(at);
        }
        if stands(bytes, at, open) {
            return None;
        }
        at += 1;
    }
}

/// A letter, a digit or `_`.
pub(super) const fn is_word(one: u8) -> bool {
    one.is_ascii_alphanumeric() || one == b'_'
}

/// The first word of a body, behind blanks and trim marks.
pub(super) fn first_word(body: &[u8]) -> &[u8] {
    let start = run_end(body, 0, |one| one.is_ascii_whitespace() || matches!(one, b'-' | b'~'));
    let end = run_end(body, start, is_word);
    body.get(start..end).unwrap_or_default()
}
