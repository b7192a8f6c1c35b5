//! Which characters a value may hold, written as in `a-z0-9-`.

use std::ops::Range;

/// A set of visible ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset(u128);

impl Charset {
    /// Reads ranges and single characters; a dash at either end is a dash.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = text.as_bytes();
        let mut set = 0u128;
        let mut rest = bytes;
        while let Some((&first, after)) = rest.split_first() {
            let last = if let [b'-', last, left @ ..] = after {
                rest = left;
                *last
            } else {
                rest = after;
                first
            };
            if !first.is_ascii_graphic() || !last.is_ascii_graphic() {
                return Err("holds something else than visible ASCII characters");
            }
            if first > last {
                return Err("has a range that runs backwards");
            }
            set = (first..=last).fold(set, |set, byte| set | 1 << byte);
        }
        if set == 0 { Err("is empty") } else { Ok(Self(set)) }
    }

    pub(super) fn has(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 == 1
    }

    /// The first character of `text` that is not in the set, and its bytes.
    pub(super) fn first_other(self, text: &str) -> Option<(char, Range<usize>)> {
        // Nearly every value is fine, and bytes are faster to look at than characters.
        if text.bytes().all(|byte| self.has(byte)) {
            return None;
        }
        text.char_indices()
            .find(|(_, found)| !u8::try_from(*found).is_ok_and(|byte| self.has(byte)))
            .map(|(at, found)| (found, at..at + found.len_utf8()))
    }
}
