//! Writing HTML: whatever comes from data is escaped for where it stands.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A text between tags or in a quoted attribute. Controls that no parser of HTML takes, and marks
/// that turn the direction of writing, are shown by their numbers.
pub(in crate::report) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(one),
            '\r' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => {
                number(one, &mut out);
            }
            _ if one.is_control() || u32::from(one) & 0xfffe == 0xfffe => {
                number(one, &mut out);
            }
            _ => out.push(one),
        }
    }
    out
}

fn number(one: char, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "[U+{:04X}]", u32::from(one));
}

/// Everything but what no address gives a meaning to.
const IN_ADDRESS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// A path as a relative address: safe in attributes, and in addresses inside of style sheets.
pub fn address(path: &str) -> String {
    utf8_percent_encode(path, IN_ADDRESS).to_string()
}
