//! Finds tracking parameters typed by hand, in any spelling.

use std::ops::Range;

use memchr::memmem;

/// Parameters and click ids that only the build and the networks may write.
const NAMES: [&str; 9] =
    ["utm_", "gclid=", "fbclid=", "msclkid=", "dclid=", "mc_cid=", "mc_eid=", "ttclid=", "s_cid="];

/// The byte range of the first typed tracking parameter in a text, up to its value's end.
pub fn find_typed_parameter(text: &str) -> Option<Range<usize>> {
    // Nearly every text has none of these signs, or has them elsewhere: no more is done for it.
    let bytes = text.as_bytes();
    if !memchr::memchr3_iter(b'_', b'%', b'=', bytes).any(|at| may_end_a_name(bytes, at)) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (folded, back) = if lower.contains('%') { unescape(&lower) } else { (lower, Vec::new()) };
    let original = |at: usize| back.get(at).copied().unwrap_or(at);
    let start = NAMES
        .iter()
        .filter_map(|name| {
            memmem::find_iter(folded.as_bytes(), name.as_bytes())
                .find(|at| is_boundary(&folded, *at))
        })
        .min()?;
    let tail = folded.get(start..)?;
    let length = tail.find(|one: char| one.is_whitespace() || "&\"'<>#)".contains(one));
    let value = tail.get(..length.unwrap_or(tail.len())).unwrap_or(tail);
    // A sentence's own punctuation is not part of the value.
    let end = start + value.trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
    let end = if back.is_empty() { end } else { back.get(end).copied().unwrap_or(text.len()) };
    Some(original(start)..end.min(text.len()))
}

/// Whether a sign is one that a name may have: `utm_`, `mc_`, `s_`, `clid=`, or an escape of one.
fn may_end_a_name(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).map(u8::to_ascii_lowercase);
    match bytes.get(at) {
        Some(b'_') => matches!(before, Some(b'm' | b'c' | b's')),
        Some(b'=') => matches!(before, Some(b'd')),
        _ => bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
    }
}

fn is_boundary(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| {
        !before.chars().next_back().is_some_and(|one| one.is_alphanumeric() || one == '_')
    })
}

/// Undoes `%5F` and the like for ASCII, and remembers where each byte came from.
fn unescape(text: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut back = Vec::with_capacity(text.len());
    let mut rest = text.char_indices();
    while let Some((index, one)) = rest.next() {
        let code = (one == '%')
            .then(|| text.get(index + 1..index + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(u8::is_ascii_graphic);
        let decoded = match code {
            Some(byte) => {
                rest.next();
                rest.next();
                char::from(byte.to_ascii_lowercase())
            }
            None => one,
        };
        out.push(decoded);
        back.extend(std::iter::repeat_n(index, decoded.len_utf8()));
    }
    (out, back)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        find_typed_parameter(text).map(|range| &text[range])
    }

    #[test]
    fn finds_every_spelling() {
        assert_eq!(found("https://a.example/?x=1&utm_source=b&c=d"), Some("utm_source=b"));
        assert_eq!(found("https://a.example/?utm%5Fsource=b#c"), Some("utm%5Fsource=b"));
        assert_eq!(found("see ?UTM_SOURCE=x now"), Some("UTM_SOURCE=x"));
        assert_eq!(found("p?gclid=abc"), Some("gclid=abc"));
        assert_eq!(found("é%é utm_id=ü"), Some("utm_id=ü"));
        assert_eq!(found("p?%67clid%3dabc"), Some("%67clid%3dabc"));
    }

    #[test]
    fn leaves_other_words_alone() {
        for text in ["autumn_sale", "my_utm", "100% off", "a=b", "%", "%5", "egclid=1x"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
