//! Percent-encoding of what a format cannot hold.
//!
//! A space, DEL and everything outside ASCII cannot stand in a header, so they are encoded for
//! every kind, as a browser would do it. Beyond that:
//!
//! - nginx: `$` begins a variable and has no escape. Quotes and backslashes have one, see there.
//! - Netlify: `:` at the start of a path segment or value begins a placeholder.
//!
//! Every other byte stays as it is.

use std::borrow::Cow;

use super::TargetKind;

/// The URL as the format can hold it.
pub(super) fn encode(url: &str, kind: TargetKind) -> Cow<'_, str> {
    let mut previous = 0;
    let first = url.bytes().position(|byte| {
        let found = cannot_stand(byte, previous, kind);
        previous = byte;
        found
    });
    let Some((clean, rest)) = first.and_then(|first| url.as_bytes().split_at_checked(first)) else {
        return url.into();
    };
    let mut previous = clean.last().copied().unwrap_or(0);
    let mut encoded = String::with_capacity(url.len() + 16);
    encoded.extend(clean.iter().copied().map(char::from));
    for byte in rest.iter().copied() {
        if cannot_stand(byte, previous, kind) {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(hex_digit));
        } else {
            encoded.push(char::from(byte));
        }
        previous = byte;
    }
    encoded.into()
}

fn cannot_stand(byte: u8, previous: u8, kind: TargetKind) -> bool {
    match byte {
        ..=b' ' | 0x7f.. => true,
        b'$' => kind == TargetKind::Nginx,
        b':' => kind == TargetKind::Netlify && matches!(previous, b'/' | b'=' | b'&' | b'?'),
        _ => false,
    }
}

fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}
