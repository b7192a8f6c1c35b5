//! Values that were replaced and must not be shown any more.
//!
//! A number is found in every way in which it is written: 30 is `30 %`, `30% off` and `$30.00`,
//! but is not in `130`, `30.5` or `30,000`.

use std::ops::Range;

/// What a value is, which decides how it may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GhostKind {
    /// A share of a hundred: found where a sign or a word of per cent stands behind it.
    Percent,
    /// An amount of money: found where a currency stands beside it.
    Money,
    /// Any other number, wherever it stands.
    Number,
    /// A text: found as a whole, whatever its case and its blanks are.
    Text,
}

/// A value that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ghost<'v> {
    /// As the record held it: `30`, `30.00`, `GLOW30`.
    pub value: &'v str,
    /// What it is.
    pub kind: GhostKind,
}

/// Where a text still shows one of the values, with the value's index, in order.
pub fn ghosts(text: &str, values: &[Ghost<'_>]) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let numbers: Vec<(usize, GhostKind, Number)> = values
        .iter()
        .enumerate()
        .filter(|(_, ghost)| ghost.kind != GhostKind::Text)
        .filter_map(|(at, ghost)| Some((at, ghost.kind, Number::parse(ghost.value.trim())?)))
        .collect();
    if !numbers.is_empty() {
        for (range, number) in numbers_in(text) {
            let same = numbers.iter().filter(|(_, _, wanted)| *wanted == number);
            let shown = same.filter(|(_, kind, _)| is_written_as(*kind, text, &range));
            found.extend(shown.map(|(at, ..)| (*at, range.clone())));
        }
    }
    for (at, ghost) in values.iter().enumerate().filter(|(_, one)| one.kind == GhostKind::Text) {
        found.extend(texts_in(text, ghost.value).into_iter().map(|range| (at, range)));
    }
    found.sort_by_key(|(at, range)| (range.start, *at));
    found
}

/// Digits before and behind the point, without zeros that say nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    whole: String,
    part: String,
}

impl Number {
    /// Reads `30`, `30.00`, `1,234.50` and `1.234,50`. One mark before three digits may be either:
    /// it is taken for a mark of thousands.
    fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|one: char| one.is_ascii_digit()) {
            return None;
        }
        let last = text.rfind(['.', ',']);
        let marks = text.bytes().filter(|one| matches!(one, b'.' | b',')).count();
        let divides = last.filter(|at| marks > 1 || text.len() - at - 1 != 3);
        let same = |at: usize| {
            let mark = text.get(at..=at).unwrap_or("");
            text.matches(mark).count() > 1
        };
        let divides = divides.filter(|at| !same(*at));
        let (whole, part) = match divides {
            Some(at) => (text.get(..at)?, text.get(at + 1..)?),
            None => (text, ""),
        };
        let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
        let whole = digits.trim_start_matches('0').to_owned();
        Some(Self { whole, part: part.trim_end_matches('0').to_owned() })
    }
}

/// Every number of a text, with its marks.
fn numbers_in(text: &str) -> impl Iterator<Item = (Range<usize>, Number)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
            let start = at;
            while let Some(byte) = bytes.get(at) {
                let next = bytes.get(at + 1);
                let mark = matches!(byte, b'.' | b',') && next.is_some_and(u8::is_ascii_digit);
                if !byte.is_ascii_digit() && !mark {
                    break;
                }
                at += 1;
            }
            let head = text.get(..start)?.chars().next_back();
            let tail = text.get(at..)?.chars().next();
            // `GLOW30`, `30th`, `18:30` and `2026-11-30` hold other things than the number.
            let part =
                |one: char| one.is_alphabetic() || matches!(one, '_' | ':' | '-' | '/' | '#');
            if head.is_some_and(part) || tail.is_some_and(|one| part(one) && one != '-') {
                continue;
            }
            if let Some(number) = Number::parse(text.get(start..at)?) {
                return Some((start..at, number));
            }
        }
    })
}

const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
const CURRENCIES: [&str; 12] =
    ["$", "€", "£", "¥", "CHF", "USD", "EUR", "GBP", "CAD", "AUD", "kr", "zł"];

fn is_written_as(kind: GhostKind, text: &str, range: &Range<usize>) -> bool {
    let head = text.get(..range.start).unwrap_or("").trim_end_matches(BLANKS);
    let tail = text.get(range.end..).unwrap_or("").trim_start_matches(BLANKS);
    match kind {
        GhostKind::Percent => {
            ["%", "percent", "per cent", "Prozent", "pct"].iter().any(|sign| tail.starts_with(sign))
        }
        GhostKind::Money => {
            CURRENCIES.iter().any(|sign| head.ends_with(sign) || tail.starts_with(sign))
        }
        GhostKind::Number | GhostKind::Text => true,
    }
}

/// Where a text stands as a whole, whatever its case is.
fn texts_in(text: &str, value: &str) -> Vec<Range<usize>> {
    let words: Vec<&str> = value.split_whitespace().collect();
    let Some(first) = words.first() else { return Vec::new() };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| find_ignoring_case(rest, first)) {
        let start = from + start;
        from = start + first.len();
        let Some(end) = ends_of(text, start, &words) else { continue };
        let edge = |one: Option<char>| !one.is_some_and(|one| one.is_alphanumeric() || one == '_');
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(end..).and_then(|tail| tail.chars().next());
        if edge(before) && edge(after) {
            found.push(start..end);
            from = end;
        }
    }
    found
}

fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let first = word.bytes().next()?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text.as_bytes())
        .find(|at| text.get(*at..at + word.len()).is_some_and(|one| one.eq_ignore_ascii_case(word)))
}

fn ends_of(text: &str, start: usize, words: &[&str]) -> Option<usize> {
    let mut at = start;
    for (index, word) in words.iter().enumerate() {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start();
        if index > 0 && trimmed.len() == rest.len() {
            return None;
        }
        let gap = if index > 0 { rest.len() - trimmed.len() } else { 0 };
        let written = rest.get(gap..gap + word.len())?;
        if !written.eq_ignore_ascii_case(word) {
            return None;
        }
        at += gap + word.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: GhostKind, value: &str, text: &str) -> Vec<String> {
        let values = [Ghost { value, kind }];
        ghosts(text, &values).into_iter().map(|(_, range)| text[range].to_owned()).collect()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in ["30% off", "save 30 %", "30\u{a0}% today", "30.0 percent", "up to 30%."] {
            assert_eq!(found(GhostKind::Percent, "30", text).len(), 1, "{text}");
        }
        for text in ["$30", "$30.00", "30,00 €", "30 EUR", "USD 30"] {
            assert_eq!(found(GhostKind::Money, "30.00", text).len(), 1, "{text}");
        }
        for text in ["$1,234.50", "1.234,50 €"] {
            assert_eq!(found(GhostKind::Money, "1234.5", text).len(), 1, "{text}");
        }
        assert_eq!(found(GhostKind::Money, "1234", "$1,234 and $1.234"), ["1,234", "1.234"]);
    }

    #[test]
    fn another_number_is_another_number() {
        for text in ["130% off", "30.5%", "300%", "3.30%", "30 days", "GLOW30%", "30,000 %"] {
            assert_eq!(found(GhostKind::Percent, "30", text), [""; 0], "{text}");
        }
        for text in ["November 30", "18:30", "2026-11-30", "$30.01", "30%", "#30"] {
            assert_eq!(found(GhostKind::Money, "30", text), [""; 0], "{text}");
        }
        assert_eq!(found(GhostKind::Number, "30", "18:30, 30 pieces"), ["30"]);
    }

    #[test]
    fn a_text_is_found_whole_in_any_case_and_over_lines() {
        assert_eq!(found(GhostKind::Text, "GLOW30", "Use glow30 now"), ["glow30"]);
        assert_eq!(found(GhostKind::Text, "GLOW30", "Use GLOW300 or AGLOW30"), [""; 0]);
        assert_eq!(found(GhostKind::Text, "Free gift", "A free\n  gift!"), ["free\n  gift"]);
        assert_eq!(found(GhostKind::Text, "Free gift", "freegift, free"), [""; 0]);
        assert_eq!(found(GhostKind::Text, " ", "anything"), [""; 0]);
    }
}
