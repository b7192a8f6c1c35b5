//! Percentages and amounts in a text.

use std::ops::Range;

use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::locale::Locale;

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// Where number and unit stand.
    pub(super) range: Range<usize>,
    /// What the number can be read as.
    pub(super) values: Vec<Decimal>,
    pub(super) unit: Unit,
}

/// What a number counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Percent,
    /// Money, by the sign or the code as written.
    Money(String),
}

/// Words and signs for percent.
const PERCENT: [&str; 12] = [
    "%",
    "٪",
    "％",
    "percent",
    "per cent",
    "pct",
    "pour cent",
    "Prozent",
    "por ciento",
    "per cento",
    "por cento",
    "procent",
];

/// Signs of currencies, longest first, and the codes they stand for. `$` alone is any dollar.
const SIGNS: [(&str, &[&str]); 30] = [
    ("US dollars", &["USD"]),
    ("dollars", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD"]),
    ("pounds", &["GBP"]),
    ("euros", &["EUR"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("Euro", &["EUR"]),
    ("euro", &["EUR"]),
    ("AU$", &["AUD"]),
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("MX$", &["MXN"]),
    ("$ US", &["USD"]),
    ("$US", &["USD"]),
    ("S$", &["SGD"]),
    ("A$", &["AUD"]),
    ("C$", &["CAD"]),
    ("R$", &["BRL"]),
    ("kr.", &["DKK", "SEK", "NOK"]),
    ("kr", &["SEK", "NOK", "DKK"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("Ft", &["HUF"]),
    ("د.إ.", &["AED"]),
    ("£", &["GBP"]),
    ("€", &["EUR"]),
    ("¥", &["JPY", "CNY"]),
    ("￥", &["JPY", "CNY"]),
    ("₪", &["ILS"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD"]),
];

impl Unit {
    /// Whether it is money of a currency.
    pub(super) fn means(&self, currency: &str, locale: &Locale) -> bool {
        let Self::Money(sign) = self else { return false };
        let known = SIGNS.iter().find(|(known, _)| known == sign);
        sign == currency
            || sign == locale.currency_sign(currency)
            || known.is_some_and(|(_, codes)| codes.contains(&currency))
    }
}

/// Every percentage and amount of a folded text.
pub(super) fn quantities(text: &str, locale: &Locale) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_number(text, at) {
        let end = number_end(text, start, locale);
        at = end;
        let (before, after) = (text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""));
        let Some((unit, left, right)) = unit_of(before, after) else { continue };
        let values = values(text.get(start..end).unwrap_or(""), locale);
        at = end + right;
        found.push(Quantity { range: start - left..end + right, values, unit });
    }
    found
}

/// The next digit that begins a number: not one inside a word or behind a decimal sign.
fn next_number(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find(|at| {
        let is_digit =
            |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        is_digit(Some(*at))
            && !before.is_some_and(|one| one.is_ascii_digit() || one == '_')
            // Signs such as `kr25` and `USD25` are letters; `COZY15` is looked at and has no unit.
            && !(matches!(before, Some('.' | ',')) && is_digit(at.checked_sub(2)))
    })
}

/// Digits, and signs between them that have digits behind them.
fn number_end(text: &str, start: usize, locale: &Locale) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes.iter().skip(from).take_while(|one| one.is_ascii_digit()).count();
    let spaces = locale.group_sign().is_whitespace();
    let mut end = start + digits(start);
    loop {
        let Some(sign) = bytes.get(end) else { return end };
        let more = digits(end + 1);
        let joined = match sign {
            b'.' | b',' => more > 0,
            b'\'' => more == 3,
            b' ' => spaces && more == 3,
            _ => false,
        };
        if !joined {
            return end;
        }
        end += 1 + more;
    }
}

/// What a written number may mean: in the locale's signs, and in the two usual ways.
fn values(text: &str, locale: &Locale) -> Vec<Decimal> {
    let own = (locale.decimal_sign(), locale.group_sign());
    let mut values: Vec<Decimal> = Vec::new();
    for (decimal, group) in [own, ('.', ','), (',', '.')] {
        let group = |one: char| one == group || one == ' ' || one == '\'';
        let (whole, fraction) = text.split_once(decimal).unwrap_or((text, ""));
        // Thousands have three digits each, or `0.30` could be 30.
        if whole.split(group).skip(1).any(|digits| digits.len() != 3) {
            continue;
        }
        let whole: String = whole.split(group).collect();
        let point = if fraction.is_empty() { "" } else { "." };
        if let Ok(value) = Decimal::from_str_exact(&format!("{whole}{point}{fraction}"))
            && !values.contains(&value)
        {
            values.push(value);
        }
    }
    values
}

/// The unit next to a number, and how many bytes of the text before and behind belong to it.
fn unit_of(before: &str, after: &str) -> Option<(Unit, usize, usize)> {
    let (gap, tail) = after.strip_prefix(' ').map_or((0, after), |tail| (1, tail));
    if let Some(word) = PERCENT.iter().find(|word| begins_with(tail, word)) {
        return Some((Unit::Percent, 0, gap + word.len()));
    }
    let signs = || SIGNS.iter().map(|(sign, _)| *sign);
    if let Some(sign) = signs().find(|sign| begins_with(tail, sign)) {
        return Some((Unit::Money(sign.to_owned()), 0, gap + sign.len()));
    }
    if let Some(code) = tail.get(..3).filter(|code| is_code(code) && begins_with(tail, code)) {
        return Some((Unit::Money(code.to_owned()), 0, gap + 3));
    }
    let head = before.strip_suffix(' ').unwrap_or(before);
    let gap = before.len() - head.len();
    if let Some(sign) = signs().filter(|sign| ends_with(head, sign)).max_by_key(|sign| sign.len()) {
        return Some((Unit::Money(sign.to_owned()), gap + sign.len(), 0));
    }
    let code = head.len().checked_sub(3).and_then(|at| head.get(at..))?;
    (is_code(code) && ends_with(head, code)).then(|| (Unit::Money(code.to_owned()), gap + 3, 0))
}

fn is_code(text: &str) -> bool {
    text.bytes().all(|one| one.is_ascii_uppercase())
        && Currency::from_code(text).is_some_and(|one| one.code() == text)
}

/// A word ends where letters end.
fn begins_with(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| {
        let letters = word.ends_with(char::is_alphabetic);
        !(letters && rest.starts_with(char::is_alphanumeric))
    })
}

fn ends_with(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| {
        let letters = word.starts_with(char::is_alphabetic);
        !(letters && rest.ends_with(char::is_alphanumeric))
    })
}
