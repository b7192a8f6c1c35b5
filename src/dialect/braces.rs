//! Macros in single braces, as search engines write them, and in double ones, as Meta does. Must
//! not judge names.

use super::bytes::{before, byte, is_word, run_end, stands};
use super::read::Found;
use super::scan::TokenKind;

/// How deep conditions may hold macros. A limit keeps reading linear.
const MAX_DEPTH: usize = 4;

/// Reads `{name}`, `{name+2}`, `{_custom}` and `{name:text}`, whose text may hold macros.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<Found> {
    if byte(bytes, at) != Some(b'{') || before(bytes, at) == Some(b'{') {
        return None;
    }
    let name = name_end(bytes, at + 1)?;
    let end = match byte(bytes, name)? {
        // One brace too many is told as such; it is no macro and a brace.
        b'}' if byte(bytes, name + 1) == Some(b'}') => return None,
        b'}' => name + 1,
        b':' => balanced_end(bytes, name + 1)?,
        _ => return None,
    };
    Some(Found { end, kind: TokenKind::Value })
}

/// Where the name behind a `{` ends, with its `+2`.
pub(super) fn name_end(bytes: &[u8], start: usize) -> Option<usize> {
    let first = byte(bytes, start)?;
    if !first.is_ascii_alphabetic() && first != b'_' {
        return None;
    }
    let end = run_end(bytes, start, is_word);
    let doubled = byte(bytes, end) == Some(b'+')
        && byte(bytes, end + 1).is_some_and(|one| one.is_ascii_digit());
    Some(if doubled { end + 2 } else { end })
}

fn balanced_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 1;
    let mut at = from;
    loop {
        at += memchr::memchr2(b'{', b'}', bytes.get(at..)?)?;
        if byte(bytes, at) == Some(b'{') {
            depth += 1;
            if depth > MAX_DEPTH {
                return None;
            }
        } else {
            depth -= 1;
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Reads `{{name}}`, with no blank in it.
pub(super) fn read_double(bytes: &[u8], at: usize) -> Option<Found> {
    if !stands(bytes, at, b"{{") || before(bytes, at) == Some(b'{') {
        return None;
    }
    let name = at + 2;
    let end = run_end(bytes, name, |one| is_word(one) || one == b'.');
    let whole = end > name
        && stands(bytes, end, b"}}")
        && byte(bytes, end + 2) != Some(b'}')
        && byte(bytes, name).is_some_and(|one| one.is_ascii_alphabetic());
    whole.then_some(Found { end: end + 2, kind: TokenKind::Value })
}
