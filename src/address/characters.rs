//! Characters that no address may hold as they are. Must not look at the parts of an address.

use std::borrow::Cow;
use std::ops::Range;

use super::fault::{AddressFault, AddressFaultKind as Kind, Faults, part, percent_encoded};

/// The common characters that nobody sees, by their Unicode names.
const INVISIBLE: [(char, &str); 52] = [
    ('\u{0}', "NULL"),
    ('\u{9}', "TAB"),
    ('\u{a}', "LINE FEED"),
    ('\u{d}', "CARRIAGE RETURN"),
    ('\u{1b}', "ESCAPE"),
    ('\u{20}', "SPACE"),
    ('\u{7f}', "DELETE"),
    ('\u{85}', "NEXT LINE"),
    ('\u{a0}', "NO-BREAK SPACE"),
    ('\u{ad}', "SOFT HYPHEN"),
    ('\u{34f}', "COMBINING GRAPHEME JOINER"),
    ('\u{61c}', "ARABIC LETTER MARK"),
    ('\u{115f}', "HANGUL CHOSEONG FILLER"),
    ('\u{1160}', "HANGUL JUNGSEONG FILLER"),
    ('\u{1680}', "OGHAM SPACE MARK"),
    ('\u{180e}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{2000}', "EN QUAD"),
    ('\u{2001}', "EM QUAD"),
    ('\u{2002}', "EN SPACE"),
    ('\u{2003}', "EM SPACE"),
    ('\u{2004}', "THREE-PER-EM SPACE"),
    ('\u{2005}', "FOUR-PER-EM SPACE"),
    ('\u{2006}', "SIX-PER-EM SPACE"),
    ('\u{2007}', "FIGURE SPACE"),
    ('\u{2008}', "PUNCTUATION SPACE"),
    ('\u{2009}', "THIN SPACE"),
    ('\u{200a}', "HAIR SPACE"),
    ('\u{200b}', "ZERO WIDTH SPACE"),
    ('\u{200c}', "ZERO WIDTH NON-JOINER"),
    ('\u{200d}', "ZERO WIDTH JOINER"),
    ('\u{200e}', "LEFT-TO-RIGHT MARK"),
    ('\u{200f}', "RIGHT-TO-LEFT MARK"),
    ('\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{202a}', "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202b}', "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202c}', "POP DIRECTIONAL FORMATTING"),
    ('\u{202d}', "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202e}', "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{202f}', "NARROW NO-BREAK SPACE"),
    ('\u{205f}', "MEDIUM MATHEMATICAL SPACE"),
    ('\u{2060}', "WORD JOINER"),
    ('\u{2066}', "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', "FIRST STRONG ISOLATE"),
    ('\u{2069}', "POP DIRECTIONAL ISOLATE"),
    ('\u{2800}', "BRAILLE PATTERN BLANK"),
    ('\u{3000}', "IDEOGRAPHIC SPACE"),
    ('\u{3164}', "HANGUL FILLER"),
    ('\u{feff}', "ZERO WIDTH NO-BREAK SPACE, also known as a byte order mark"),
    ('\u{ffa0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{fffc}', "OBJECT REPLACEMENT CHARACTER"),
];

/// The name of a character that nobody sees: controls, spaces, marks of direction, fillers.
pub(super) fn invisible_name(one: char) -> Option<&'static str> {
    if one.is_ascii_graphic() {
        return None;
    }
    if let Ok(at) = INVISIBLE.binary_search_by_key(&one, |(known, _)| *known) {
        return INVISIBLE.get(at).map(|(_, name)| *name);
    }
    match one {
        '\u{17b4}' | '\u{17b5}' => Some("KHMER INHERENT VOWEL"),
        '\u{180b}'..='\u{180f}' => Some("MONGOLIAN VARIATION SELECTOR"),
        '\u{2061}'..='\u{2064}' => Some("INVISIBLE OPERATOR"),
        '\u{2065}' | '\u{206a}'..='\u{206f}' => Some("FORMATTING CHARACTER"),
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Some("VARIATION SELECTOR"),
        '\u{fff9}'..='\u{fffb}' => Some("INTERLINEAR ANNOTATION CHARACTER"),
        '\u{e0000}'..='\u{e007f}' => Some("TAG CHARACTER"),
        _ if one.is_control() => Some("CONTROL CHARACTER"),
        _ if one.is_whitespace() => Some("WHITE SPACE"),
        _ => None,
    }
}

/// The text with macros masked by letters of the same length, so that offsets stay and nothing
/// inside a macro counts. Control and invisible characters inside macros stay to be found;
/// spaces do not, as many platforms have them.
pub(super) fn mask<'a>(raw: &'a str, tokens: &[Range<usize>]) -> Cow<'a, str> {
    if tokens.is_empty() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut end = 0;
    for token in tokens {
        let (Some(before), Some(text)) = (raw.get(end..token.start), raw.get(token.clone())) else {
            continue;
        };
        out.push_str(before);
        for one in text.chars() {
            if one != ' ' && invisible_name(one).is_some() {
                out.push(one);
            } else {
                out.extend(std::iter::repeat_n('x', one.len_utf8()));
            }
        }
        end = token.end;
    }
    out.push_str(raw.get(end..).unwrap_or(""));
    Cow::Owned(out)
}

/// Finds control and invisible characters anywhere: one fault for each different character, at
/// its first place.
pub(super) fn check_invisible(shape: &str, faults: &mut Faults<'_>) {
    if shape.bytes().all(|byte| byte.is_ascii_graphic()) {
        return;
    }
    let mut seen: Vec<(char, usize, usize)> = Vec::new();
    for (at, one) in shape.char_indices() {
        if invisible_name(one).is_none() {
            continue;
        }
        match seen.iter_mut().find(|(known, ..)| *known == one) {
            Some((_, _, count)) => *count += 1,
            None => seen.push((one, at, 1)),
        }
    }
    for (one, at, count) in seen {
        let name = invisible_name(one).unwrap_or_default();
        let code = u32::from(one);
        let times = if count > 1 { format!(", {count} times") } else { String::new() };
        let message = format!("the address holds U+{code:04X} {name}{times}");
        let inside = !shape.get(..at).unwrap_or("").trim().is_empty()
            && !shape.get(at + one.len_utf8()..).unwrap_or("").trim().is_empty();
        let help = if one == ' ' && inside {
            "write `%20` for a space that belongs to the address, and remove any other".to_owned()
        } else {
            "remove it: type the address again, or copy it from the browser".to_owned()
        };
        let range = at..at + one.len_utf8();
        faults.push(AddressFault { kind: Kind::ControlOrInvisible, range, message, help });
    }
}

/// Finds backslashes: browsers read them as slashes, other programs as part of a name.
pub(super) fn check_backslashes(shape: &str, query: usize, faults: &mut Faults<'_>) {
    for at in memchr::memchr_iter(b'\\', shape.as_bytes()) {
        let help = if at < query { "write `/` for each `\\`" } else { "write `%5C` for each `\\`" };
        faults.add(Kind::Backslash, at..at + 1, "is read as `/` by browsers only", help);
    }
}

/// Finds characters behind the host that RFC 3986 or browsers want percent-encoded.
pub(super) fn check_tail(
    shape: &str,
    tail: Range<usize>,
    query: &Range<usize>,
    fragment: usize,
    faults: &mut Faults<'_>,
) {
    let text = part(shape, &tail);
    for (at, byte) in text.bytes().enumerate() {
        let at = tail.start + at;
        match byte {
            b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' | b'[' | b']' => {
                unencoded(at, byte, faults);
            }
            b'#' if at > fragment => unencoded(at, byte, faults),
            b'\'' if query.contains(&at) => faults.add(
                Kind::NotNormalised,
                at..at + 1,
                "is written `%27` by browsers in a query",
                "write `%27` for `'`",
            ),
            _ => {}
        }
    }
    if !text.is_ascii() {
        check_non_ascii(text, tail.start, faults);
    }
}

fn unencoded(at: usize, byte: u8, faults: &mut Faults<'_>) {
    let one = char::from(byte);
    let mut help = format!("write `%{byte:02X}` for `{one}`");
    if matches!(byte, b'{' | b'}' | b'|' | b'[' | b']') {
        help.push_str(", or a macro as the channel's platform spells it");
    }
    faults.add(Kind::Unencoded, at..at + 1, "stands unencoded in the address", help);
}

/// One fault for each run of letters that are not ASCII.
fn check_non_ascii(text: &str, start: usize, faults: &mut Faults<'_>) {
    let is_letter = |one: char| !one.is_ascii() && invisible_name(one).is_none();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(is_letter)) {
        let begin = from + found;
        let rest = text.get(begin..).unwrap_or("");
        let length = rest.find(|one| !is_letter(one)).unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or("");
        let help = format!("write `{}`", percent_encoded(run));
        let range = start + begin..start + begin + length;
        faults.add(Kind::NonAscii, range, "is not ASCII", help);
        from = begin + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_search() {
        assert!(INVISIBLE.is_sorted_by(|(one, _), (other, _)| one < other));
    }
}
