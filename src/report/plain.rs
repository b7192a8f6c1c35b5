//! Texts of data in the lines of a terminal.

/// A text in one line. Controls, and marks that turn the direction of writing, are shown by their
/// numbers, so that no text can move the cursor or pass for another.
pub(super) fn plain(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "[U+{:04X}]", u32::from(one));
            }
            _ if one.is_control() => {
                let _ = write!(out, "[U+{:04X}]", u32::from(one));
            }
            _ => out.push(one),
        }
    }
    out
}
