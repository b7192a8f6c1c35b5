//! Dates that a text names: with a month in the words of its language, in figures with dots, and as
//! ISO 8601 writes them.

use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::locale::Locale;

/// A date as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenDate {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    year: Option<i16>,
    month: i8,
    day: i8,
}

/// The names of the months in one language, the longer of two that begin alike first.
struct Months {
    names: Vec<(String, i8)>,
    /// Whether a name, or a number, can begin with a byte.
    begins: [bool; 256],
}

/// The months of each language that was asked for, by the tag of its locale.
static KNOWN: OnceLock<Vec<(&'static str, OnceLock<Months>)>> = OnceLock::new();

impl Months {
    /// As [`Self::of`], made once.
    fn known(locale: &Locale) -> Option<&'static Self> {
        let all =
            KNOWN.get_or_init(|| Locale::all().map(|one| (one.tag(), OnceLock::new())).collect());
        let (_, months) = all.iter().find(|(tag, _)| *tag == locale.tag())?;
        Some(months.get_or_init(|| Self::of(locale)))
    }

    fn of(locale: &Locale) -> Self {
        let mut names: Vec<(String, i8)> = Vec::new();
        for (month, (whole, short)) in (1..).zip(locale.months()) {
            let short = short.trim_end_matches('.');
            // Where months are written small, a sentence may still begin with one.
            for name in [whole.to_owned(), short.to_owned(), capital(whole), capital(short)] {
                names.push((name, month));
            }
        }
        if locale.language() == "en" {
            names.push(("Sept".to_owned(), 9));
        }
        names.sort_by(|(a, one), (b, other)| {
            b.len().cmp(&a.len()).then_with(|| (a, one).cmp(&(b, other)))
        });
        names.dedup();
        let mut begins = [false; 256];
        for byte in names.iter().filter_map(|(name, _)| name.bytes().next()).chain(b'0'..=b'9') {
            if let Some(flag) = begins.get_mut(usize::from(byte)) {
                *flag = true;
            }
        }
        Self { names, begins }
    }

    fn may_begin(&self, byte: u8) -> bool {
        self.begins.get(usize::from(byte)).copied().unwrap_or(false)
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters.as_str().chars()).collect()
    })
}

impl WrittenDate {
    /// Whether it lies between two days. Without a year, any year's day does.
    pub(super) fn is_between(&self, first: Date, last: Date) -> bool {
        let holds = |year: i16| {
            let date = Date::new(year, self.month, self.day);
            date.is_ok_and(|date| first <= date && date <= last)
        };
        match self.year {
            Some(year) => holds(year),
            None => (first.year()..=last.year()).any(holds),
        }
    }
}

/// The dates in a text of a language, in order.
pub(super) fn written_dates(text: &str, locale: &Locale) -> Vec<WrittenDate> {
    let Some(months) = Months::known(locale) else { return Vec::new() };
    let bytes = text.as_bytes();
    let mut found: Vec<WrittenDate> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if !months.may_begin(*byte) {
            at += 1;
            continue;
        }
        let begins = at == 0 || bytes.get(at - 1).is_some_and(|one| !is_word(*one));
        let date = match byte {
            _ if !begins => None,
            b'0'..=b'9' => iso(text, at).or_else(|| dotted(text, at)),
            _ => with_month(text, at, months),
        };
        at = date.as_ref().map_or(at + 1, |date| date.range.end.max(at + 1));
        found.extend(date);
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

fn with_month(text: &str, at: usize, months: &Months) -> Option<WrittenDate> {
    let rest = text.get(at..)?;
    let ends = |name: &str| {
        let next = rest.get(name.len()..).and_then(|tail| tail.chars().next());
        next.is_none_or(|one| !one.is_alphanumeric())
    };
    let first = rest.as_bytes().first();
    let mut named = months.names.iter().filter(|(name, _)| name.as_bytes().first() == first);
    let (name, month) = named.find(|(name, _)| rest.starts_with(name.as_str()) && ends(name))?;
    let month = *month;
    let behind = at + name.len();
    let of = |range: Range<usize>, day, year: Option<(i16, usize)>| {
        let end = year.map_or(range.end, |(_, end)| end);
        WrittenDate { range: range.start..end, year: year.map(|(year, _)| year), month, day }
    };
    if let Some((day, end)) = day_behind(text, behind) {
        return Some(of(at..end, day, year_behind(text, end)));
    }
    let (day, start) = day_before(text, at)?;
    Some(of(start..behind, day, year_behind(text, behind)))
}

/// `27`, `27th`, behind a month.
fn day_behind(text: &str, at: usize) -> Option<(i8, usize)> {
    let rest = text.get(at..)?;
    let tail = rest.trim_start_matches(['.', ' ', '\u{a0}']);
    let start = at + rest.len() - tail.len();
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    let day = tail.get(..digits)?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let next = tail.get(digits..)?.bytes().next();
    // `November 10:30` and `May 5%` name no day.
    let other = matches!(next, Some(b':' | b'%')) || tail.get(digits..)?.starts_with(" %");
    (start > at && digits <= 2 && !other).then_some((day, start + digits))
}

/// `27`, `27.`, `27th`, `1er`, `27 de` before a month.
fn day_before(text: &str, at: usize) -> Option<(i8, usize)> {
    let head = text.get(..at)?;
    let trimmed = head.trim_end_matches([' ', '\u{a0}']);
    if trimmed.len() == head.len() {
        return None;
    }
    let trimmed = trimmed.strip_suffix('.').unwrap_or(trimmed);
    let between = ["st", "nd", "rd", "th", "er", " de"];
    let ordinal = between.iter().find_map(|end| trimmed.strip_suffix(end));
    let trimmed = ordinal.unwrap_or(trimmed);
    let digits = trimmed.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = trimmed.len() - digits;
    let day = trimmed.get(start..)?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let before = trimmed.get(..start)?.chars().next_back();
    let other = before.is_some_and(|one| one.is_alphanumeric() || "$€£.,:".contains(one));
    (!other).then_some((day, start))
}

fn year_behind(text: &str, at: usize) -> Option<(i16, usize)> {
    let rest = text.get(at..)?;
    let between = ["st", "nd", "rd", "th", " de "];
    let tail = between.iter().find_map(|end| rest.strip_prefix(end));
    let tail = tail.unwrap_or(rest).trim_start_matches([',', '.', ' ', '\u{a0}']);
    let start = at + rest.len() - tail.len();
    let year = tail.get(..4)?.parse().ok().filter(|year| (1990..2100).contains(year))?;
    let next = tail.get(4..)?.bytes().next();
    let other = next.is_some_and(|one| one.is_ascii_alphanumeric() || one == b'-');
    (!other).then_some((year, start + 4))
}

/// `2026-11-27`.
fn iso(text: &str, at: usize) -> Option<WrittenDate> {
    let written = text.get(at..at + 10)?;
    let shape = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let next = text.as_bytes().get(at + 10);
    if !written.bytes().enumerate().all(shape) || next.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let date: Date = written.parse().ok()?;
    let (year, month, day) = (date.year(), date.month(), date.day());
    Some(WrittenDate { range: at..at + 10, year: Some(year), month, day })
}

/// `27.11.2026` and `27.11.`, as German copy writes it.
fn dotted(text: &str, at: usize) -> Option<WrittenDate> {
    let part = |from: usize| {
        let rest = text.get(from..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i8 = rest.get(..digits)?.parse().ok()?;
        (digits <= 2 && rest.get(digits..)?.starts_with('.')).then_some((number, from + digits + 1))
    };
    let (day, next) = part(at)?;
    let (month, next) = part(next)?;
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    let year = text.get(next..next + 4).and_then(|year| year.parse().ok());
    let behind = text.as_bytes().get(next + if year.is_some() { 4 } else { 0 });
    // `1.2.3` is a version.
    if behind.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let end = if year.is_some() { next + 4 } else { next };
    Some(WrittenDate { range: at..end, year, month, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> &'static Locale {
        Locale::find("en-US").unwrap()
    }

    fn found(text: &str) -> Vec<&str> {
        found_in("en-US", text)
    }

    fn found_in<'t>(tag: &str, text: &'t str) -> Vec<&'t str> {
        written_dates(text, Locale::find(tag).unwrap())
            .into_iter()
            .map(|one| &text[one.range])
            .collect()
    }

    #[test]
    fn finds_the_forms_of_copy() {
        assert_eq!(found("Ends November 27, 2026."), ["November 27, 2026"]);
        assert_eq!(found("until 27 November 2026 or Dec 1st"), ["27 November 2026", "Dec 1"]);
        assert_eq!(found("Dec. 1, Sept 3 and 2026-11-27"), ["Dec. 1", "Sept 3", "2026-11-27"]);
        assert_eq!(found("vom 27.11.2026 bis 30.11."), ["27.11.2026", "30.11."]);
    }

    #[test]
    fn finds_months_in_the_words_of_the_language() {
        assert_eq!(found_in("de-DE", "bis 27. November, ab 3. März"), ["27. November", "3. März"]);
        assert_eq!(
            found_in("fr-FR", "du 27 novembre au 1er d\u{e9}cembre 2026"),
            ["27 novembre", "1er d\u{e9}cembre 2026"]
        );
        assert_eq!(found_in("es-ES", "hasta el 3 de enero de 2027"), ["3 de enero de 2027"]);
        assert_eq!(found_in("it-IT", "fino al 27 novembre 2026"), ["27 novembre 2026"]);
        assert_eq!(found_in("en-US", "27 novembre"), [""; 0]);
    }

    #[test]
    fn leaves_everything_else_alone() {
        for text in [
            "You may 3 times",
            "May 5% of it",
            "Maybe 3 of them",
            "1.2.3 is a version",
            "2026-11-271",
            "Marvellous 3",
            "A4 June",
            "$5 December gifts",
            "November 10:30",
            "Augustus 3",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_may_be_of_any() {
        let first = Date::constant(2026, 11, 20);
        let last = Date::constant(2027, 1, 5);
        let between = |text| written_dates(text, english())[0].is_between(first, last);
        assert!(between("November 27"));
        assert!(between("January 5"));
        assert!(!between("January 6"));
        assert!(!between("November 27, 2025"));
        assert!(!between("November 31"));
    }
}
