//! Character references: read, and written for what is not ASCII. Must not know where they stand.

use std::borrow::Cow;
use std::fmt::Write;

/// Undoes character references that end in `;`. Those that name nothing stay as they are.
pub fn unescape(value: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', value.as_bytes()) else { return value.into() };
    let mut out = String::with_capacity(value.len());
    let (head, mut rest) = value.split_at(first);
    out.push_str(head);
    while let Some(tail) = rest.strip_prefix('&') {
        rest = if let Some((one, more, after)) = reference(tail) {
            out.push(one);
            out.extend(more);
            after
        } else {
            out.push('&');
            tail
        };
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(next);
        out.push_str(plain);
        rest = after;
    }
    out.into()
}

/// The longest name is `CounterClockwiseContourIntegral`.
const MAX_NAME: usize = 32;

/// What a reference stands for, from behind its `&`, and what follows it.
fn reference(tail: &str) -> Option<(char, Option<char>, &str)> {
    let length = tail.bytes().take(MAX_NAME).position(|one| one == b';')?;
    let (name, after) = (tail.get(..length)?, tail.get(length + 1..)?);
    if let Some(digits) = name.strip_prefix('#') {
        let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (digits, 10),
        };
        // `parse` would take a sign.
        let code = digits.starts_with(|one: char| one.is_ascii_hexdigit()).then_some(digits)?;
        return Some((numbered(u32::from_str_radix(code, radix).ok()?), None, after));
    }
    let one = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let (one, more) = web_atoms::NAMED_ENTITIES.get(tail.get(..=length)?)?;
            let more = char::from_u32(*more).filter(|more| *more != '\0');
            let one = char::from_u32(*one).filter(|one| *one != '\0')?;
            return Some((one, more, after));
        }
    };
    Some((one, None, after))
}

/// What a number stands for; the standard reads 128 to 159 as Windows does.
fn numbered(code: u32) -> char {
    if let Some(one) =
        code.checked_sub(0x80).and_then(|at| web_atoms::C1_REPLACEMENTS.get(at as usize))
    {
        return one.or(char::from_u32(code)).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(code).filter(|one| *one != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Writes everything that is not ASCII as a number, as text and attribute values may hold it.
pub fn encode_non_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for one in text.chars() {
        if one.is_ascii() {
            out.push(one);
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "&#{};", u32::from(one));
        }
    }
    out.into()
}
