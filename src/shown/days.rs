//! Days in a text: with the name of their month, in figures, or as ISO 8601 writes them.

use std::ops::Range;

use crate::locale::Locale;

/// A day as a text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) range: Range<usize>,
    year: Option<i16>,
    month: i8,
    day: i8,
    /// Figures without a year may be a fraction or something else.
    sure: bool,
}

impl Mention {
    /// Whether it can be nothing but a day.
    pub(super) fn is_sure(&self) -> bool {
        self.sure
    }

    pub(super) fn is_one_of(&self, days: &[(i16, i8, i8)]) -> bool {
        days.iter().any(|(year, month, day)| {
            self.month == *month && self.day == *day && self.year.is_none_or(|own| own == *year)
        })
    }
}

/// Every day of a folded text in lower case.
pub(super) fn days(text: &str, locale: &Locale) -> Vec<Mention> {
    let mut found = Vec::new();
    for (index, (whole, short)) in (1_i8..).zip(locale.months()) {
        let short = short.trim_end_matches('.').to_lowercase();
        let whole = whole.to_lowercase();
        // `mai` is both; `oct` begins `octobre`, which is a word of its own.
        let mut names = vec![whole.as_str()];
        if short != whole {
            names.push(&short);
        }
        for name in names {
            for (at, _) in text.match_indices(name) {
                named(text, at..at + name.len(), index, &mut found);
            }
        }
    }
    figures(text, locale, &mut found);
    found.sort_by_key(|day| (day.range.start, day.range.end));
    found.dedup();
    found
}

/// Days on either side of a month's name.
fn named(text: &str, name: Range<usize>, month: i8, found: &mut Vec<Mention>) {
    let before = text.get(..name.start).unwrap_or("");
    let after = text.get(name.end..).unwrap_or("");
    // In Hebrew, a preposition is written with the name.
    let head = before.strip_suffix('ב').unwrap_or(before);
    if head.ends_with(char::is_alphanumeric) && !before.ends_with(|one: char| !one.is_ascii())
        || after.starts_with(|one: char| one.is_alphabetic() && one.is_ascii())
    {
        return;
    }
    let tail = after.strip_prefix('.').unwrap_or(after);
    let tail_at = text.len() - tail.len();
    if let Some((start, days)) = days_before(head) {
        let year = year_after(tail);
        let end = year.map_or(name.end, |(_, length)| tail_at + length);
        push(found, start..end, year.map(|(year, _)| year), month, &days);
    }
    if let Some((length, days)) = days_after(tail) {
        let rest = tail.get(length..).unwrap_or("");
        let year = year_after(rest);
        let end = tail_at + length + year.map_or(0, |(_, length)| length);
        let year = year.map(|(year, _)| year).or_else(|| year_before(head));
        push(found, name.start..end, year, month, &days);
    }
}

fn push(found: &mut Vec<Mention>, range: Range<usize>, year: Option<i16>, month: i8, days: &[i8]) {
    for day in days {
        found.push(Mention { range: range.clone(), year, month, day: *day, sure: true });
    }
}

/// `27 `, `27. `, `1er `, `27 de `, `27-30 ` at the end of a text: where it begins, and the days.
fn days_before(text: &str) -> Option<(usize, Vec<i8>)> {
    let text = text.trim_end_matches(' ');
    let text =
        [" de", " of", " d'"].iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text);
    let text = text.strip_suffix('.').unwrap_or(text);
    let text = ["er", "º", "st", "nd", "rd", "th"]
        .iter()
        .find_map(|mark| text.strip_suffix(mark))
        .unwrap_or(text);
    let (start, last) = number_before(text)?;
    let mut days = vec![last];
    let head = text.get(..start).unwrap_or("").trim_end_matches(' ');
    let dash = head.strip_suffix(['-', '–', '—']).map(|head| head.trim_end_matches(' '));
    let first = dash.map(|head| head.strip_suffix('.').unwrap_or(head)).and_then(number_before);
    let Some((earlier, first)) = first else { return Some((start, days)) };
    days.push(first);
    Some((earlier, days))
}

/// ` 27`, ` 27th`, ` 27-30`, `27日` at the beginning of a text: its length, and the days.
fn days_after(text: &str) -> Option<(usize, Vec<i8>)> {
    let tail = text.trim_start_matches(' ');
    let (mut rest, first) = number_after(tail)?;
    let mut days = vec![first];
    for mark in ["st", "nd", "rd", "th", "日"] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    let dash = rest.trim_start_matches(' ').strip_prefix(['-', '–', '—']);
    if let Some((after, second)) =
        dash.map(|tail| tail.trim_start_matches(' ')).and_then(number_after)
    {
        days.push(second);
        rest = after;
    }
    Some((text.len() - rest.len(), days))
}

/// A day of a month at the end of a text.
fn number_before(text: &str) -> Option<(usize, i8)> {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = text.len() - digits;
    let day = day_of(text.get(start..)?)?;
    Some((start, day))
}

/// A day of a month at the beginning of a text, and what is behind it.
fn number_after(text: &str) -> Option<(&str, i8)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    // `December 5:00 PM` and `May 20%` are no days.
    let other = rest.starts_with(':') || rest.trim_start_matches(' ').starts_with('%');
    Some((rest, day_of(number)?)).filter(|_| !other)
}

fn day_of(digits: &str) -> Option<i8> {
    let fits = (1..=2).contains(&digits.len());
    digits.parse().ok().filter(|day| fits && (1..=31).contains(day))
}

/// `, 2026`, ` 2026`, ` de 2026` at the beginning of a text: the year, and its length.
fn year_after(text: &str) -> Option<(i16, usize)> {
    let tail = text.trim_start_matches([' ', ',', '.']);
    let tail = tail.strip_prefix("de ").unwrap_or(tail);
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    let year = tail.get(..digits).filter(|_| digits == 4)?.parse().ok()?;
    (1900..2200).contains(&year).then_some((year, text.len() - tail.len() + digits))
}

/// `2026年` at the end of a text.
fn year_before(text: &str) -> Option<i16> {
    let text = text.strip_suffix('年')?;
    let start = text.len().checked_sub(4)?;
    text.get(start..)?.parse().ok()
}

/// `2026-11-27`, `11/27/2026`, `27.11.26`, `11/27`.
fn figures(text: &str, locale: &Locale, found: &mut Vec<Mention>) {
    let bytes = text.as_bytes();
    let is_part = |one: &u8| one.is_ascii_digit() || matches!(one, b'/' | b'.' | b'-');
    let mut at = 0;
    while let Some(start) = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|skip| at + skip)
    {
        let length = bytes.iter().skip(start).take_while(|one| is_part(one)).count();
        at = start + length.max(1);
        let written =
            text.get(start..start + length).unwrap_or("").trim_end_matches(['.', '-', '/']);
        let joined = start
            .checked_sub(1)
            .and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphanumeric);
        let Some(sign) = written.chars().find(|one| !one.is_ascii_digit()) else { continue };
        let parts: Vec<&str> = written.split(sign).collect();
        let number = |at: usize| parts.get(at).and_then(|part| part.parse::<i16>().ok());
        let (Some(first), Some(second)) = (number(0), number(1)) else { continue };
        let (year, month, day) = match (parts.len(), number(2)) {
            (3, Some(day)) if (1900..2200).contains(&first) => (Some(first), second, day),
            (3, Some(year)) => {
                let year = if year < 100 { year + 2000 } else { year };
                let (month, day) =
                    if locale.month_first() { (first, second) } else { (second, first) };
                (Some(year), month, day)
            }
            (2, _) if sign == '/' => {
                let (month, day) =
                    if locale.month_first() { (first, second) } else { (second, first) };
                (None, month, day)
            }
            _ => continue,
        };
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { continue };
        if joined || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            continue;
        }
        let range = start..start + written.len();
        found.push(Mention { range, year, month, day, sure: year.is_some() });
    }
}
