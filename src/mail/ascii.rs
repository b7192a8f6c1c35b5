//! Writes what is not ASCII in ways that the place it stands in allows. Must not know where
//! that is.

use std::fmt::Write;

/// As numbers, in text, attribute values and comments.
pub(super) fn entities(out: &mut String, text: &str) {
    push(out, text, |out, one| {
        let _ = write!(out, "&#{};", u32::from(one));
    });
}

/// As CSS does, in a style sheet.
pub(super) fn css(out: &mut String, text: &str) {
    push(out, text, |out, one| {
        // The blank ends the number and belongs to it.
        let _ = write!(out, "\\{:X} ", u32::from(one));
    });
}

/// As JSON does, in a script.
pub(super) fn json(out: &mut String, text: &str) {
    push(out, text, |out, one| {
        for unit in one.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    });
}

/// Writing to a string does not fail.
fn push(out: &mut String, text: &str, write: impl Fn(&mut String, char)) {
    if text.is_ascii() {
        out.push_str(text);
        return;
    }
    for one in text.chars() {
        if one.is_ascii() {
            out.push(one);
        } else {
            write(out, one);
        }
    }
}

/// The first character that no mail may hold, and its bytes.
///
/// C1 controls make Gmail cut a mail off that is a few kilobytes long.
pub(super) fn control(text: &str) -> Option<(std::ops::Range<usize>, char)> {
    let bytes = text.as_bytes();
    // Nearly every text has none, which this loop without a branch finds out many bytes at a time.
    let may_be = |byte: u8| {
        byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c) || matches!(byte, 0x7f | 0xc2)
    };
    if !bytes.iter().fold(false, |found, byte| found | may_be(*byte)) {
        return None;
    }
    let bad = |at: usize, byte: u8| match byte {
        b'\t' | b'\n' | b'\r' | 0x0c => false,
        0..0x20 | 0x7f => true,
        0xc2 => bytes.get(at + 1).is_some_and(|next| (0x80..0xa0).contains(next)),
        _ => false,
    };
    let at = bytes.iter().enumerate().position(|(at, byte)| bad(at, *byte))?;
    let one = text.get(at..)?.chars().next()?;
    Some((at..at + one.len_utf8(), one))
}
