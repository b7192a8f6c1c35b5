//! Percent escapes as partners write them. Must not decode anything for output.

use std::ops::Range;

use super::fault::{AddressFaultKind as Kind, Faults};

/// Judges every `%` of the path, query and fragment. Inside `nested` URLs, which are in the order
/// of the text, an escaped escape is what it must be.
pub(super) fn check_escapes(
    shape: &str,
    tail: Range<usize>,
    nested: &[Range<usize>],
    faults: &mut Faults<'_>,
) {
    let bytes = shape.as_bytes();
    let mut nested = nested.iter().peekable();
    for at in memchr::memchr_iter(b'%', bytes) {
        if at < tail.start || at >= tail.end {
            continue;
        }
        let Some(byte) = escaped_byte(bytes, at) else {
            let end = (at + 1..tail.end.min(at + 3))
                .take_while(|at| bytes.get(*at).is_some_and(u8::is_ascii_alphanumeric))
                .last()
                .map_or(at + 1, |last| last + 1);
            faults.add(
                Kind::BadEscape,
                at..end,
                "escapes nothing",
                "write `%25` for a percent sign",
            );
            continue;
        };
        if byte < 0x20 || byte == 0x7f {
            let says = format!("is U+{byte:04X}, a control character");
            faults.add(Kind::ControlOrInvisible, at..at + 3, &says, "remove it");
        }
        while nested.next_if(|range| range.end <= at).is_some() {}
        let inside = nested.peek().is_some_and(|range| range.start <= at);
        if byte == b'%' && !inside && is_hex_pair(bytes, at + 3) {
            let digits = shape.get(at + 3..at + 5).unwrap_or("");
            let help = format!("write `%{digits}` for `%25{digits}`");
            faults.add(Kind::DoubleEncoded, at..at + 5, "is escaped twice", help);
        }
    }
}

/// The byte that the `%` at a place stands for.
fn escaped_byte(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok()
}

fn is_hex_pair(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 2).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
}
