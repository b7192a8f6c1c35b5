//! Money, percentages and other exact decimals. Never a float, and no sign in silence.

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{CellContext, Fault, Reading};
use crate::diag::Code;
use crate::source::table::findings::Normalised;
use crate::source::table::{ColumnKind, Locale};

/// Decimal places that a value is stored with, at most.
const MAX_SCALE: u32 = 9;

pub(super) fn decimal(
    kind: ColumnKind,
    text: &str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<Decimal, Fault> {
    let locale = reading.dialect.locale;
    // Nearly every number is plain.
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && locale.is_none_or(|locale| locale.group != '.' || !text.contains('.'))
    {
        let number = exact(text).ok_or_else(|| not_plain(text, locale))?;
        return finish(kind, text, number, Mark::None, locale);
    }
    let (bare, mark) = split_mark(text);
    if let Mark::Currency(_) = mark
        && (!matches!(kind, ColumnKind::Money | ColumnKind::Amount) || locale.is_none())
    {
        return Err(not_plain(text, locale));
    }
    if mark == Mark::Percent && !matches!(kind, ColumnKind::Percent | ColumnKind::Amount) {
        return Err(not_plain(text, locale));
    }
    let number = match locale {
        Some(locale) => in_locale(bare, locale),
        None => exact(bare),
    };
    let number = number.ok_or_else(|| not_plain(text, locale))?;
    let stored = finish(kind, text, number, mark, locale)?;
    match mark {
        Mark::Percent => context.note(Normalised::Percent),
        Mark::Currency(sign) => {
            context.currency = Some(sign.to_owned());
            context.note(Normalised::Currency);
        }
        Mark::None => {}
    }
    if exact(bare).is_none() {
        context.note(Normalised::Number);
    }
    Ok(stored)
}

/// What stands next to a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark<'t> {
    None,
    Percent,
    Currency(&'t str),
}

/// A number and the one mark before or behind it.
fn split_mark(text: &str) -> (&str, Mark<'_>) {
    let is_digit = |one: char| one.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return (text, Mark::None);
    };
    let before = text.get(..first).unwrap_or("").trim();
    let after = text.get(last + 1..).unwrap_or("").trim();
    let bare = text.get(first..=last).unwrap_or(text);
    let is_currency = |mark: &str| {
        Currency::from_code(mark).is_some()
            || mark.chars().any(|one| matches!(one, '$' | '£' | '¥' | '\u{20a0}'..='\u{20cf}'))
            || matches!(mark, "zł" | "kr" | "kr." | "Kč" | "Ft" | "lei" | "Fr." | "R" | "лв")
    };
    match (before, after) {
        ("", "%") => (bare, Mark::Percent),
        (mark, "") | ("", mark) if is_currency(mark) => (bare, Mark::Currency(mark)),
        _ => (text, Mark::None),
    }
}

/// Digits with at most one point, which has digits on both sides.
fn exact(text: &str) -> Option<Decimal> {
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u32, false);
    for byte in text.bytes() {
        match byte {
            // Longer numbers are rare, and read below.
            b'0'..=b'9' if text.len() <= 16 => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'0'..=b'9' => {}
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if text.is_empty() || text.starts_with('.') || text.ends_with('.') {
        return None;
    }
    if text.len() > 16 {
        return Decimal::from_str_exact(text).ok();
    }
    // 49.9 and 49.90 are one amount, and this is the cheapest place to say so.
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Some(Decimal::new(mantissa, scale))
}

/// Groups of three digits, or none at all, and the locale's decimal sign.
fn in_locale(text: &str, locale: &Locale) -> Option<Decimal> {
    let (whole, fraction) = match text.split_once(locale.decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.is_none_or(digits) {
        return None;
    }
    let mut parts = whole.split(|one: char| locale.groups(one));
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    // India groups by two above the first thousand.
    let indian = locale.tag == "en-IN";
    let grouped = rest.iter().enumerate().all(|(at, part)| {
        let last = at + 1 == rest.len();
        digits(part) && (part.len() == 3 || indian && !last && part.len() == 2)
    });
    if !digits(first) || !grouped || !rest.is_empty() && first.len() > 3 {
        return None;
    }
    let mut plain = format!("{first}{}", rest.concat());
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Decimal::from_str_exact(&plain).ok()
}

fn not_plain(text: &str, locale: Option<&Locale>) -> Fault {
    let fault = match locale {
        None => Fault::new(Code::BadNumber, format!("`{text}` is not a plain number")),
        Some(locale) => {
            let message = format!("`{text}` is not a number as `{}` writes it", locale.tag);
            Fault::new(Code::BadNumber, message)
        }
    };
    let (bare, mark) = split_mark(text);
    let negative = text.starts_with(['-', '(', '−']);
    if negative {
        return fault.help("amounts are not negative: write how much is taken off");
    }
    if locale.is_none() && exact(bare).is_none() && bare.contains(',') {
        let comma = bare.rfind(',') > bare.rfind('.');
        let tag = if comma { "de-DE" } else { "en-US" };
        return fault.help(format!(
            "write it with a point and without separators, or declare `locale = \"{tag}\"` for the file"
        ));
    }
    match mark {
        Mark::None => {}
        Mark::Percent | Mark::Currency(_) if locale.is_none() && exact(bare).is_some() => {
            return fault.help(format!("write `{bare}`"));
        }
        Mark::Percent => return fault.help("the column takes no percentages"),
        Mark::Currency(_) => return fault.help("write the number without the sign"),
    }
    let decimal = locale.map_or('.', |locale| locale.decimal);
    fault.help(format!("use digits, such as 25 or 19{decimal}90"))
}

fn finish(
    kind: ColumnKind,
    text: &str,
    number: Decimal,
    mark: Mark<'_>,
    locale: Option<&Locale>,
) -> Result<Decimal, Fault> {
    let fault = |code: Code, message: &str| Fault::new(code, format!("`{text}` {message}"));
    if kind == ColumnKind::Percent {
        if number.is_zero() || number > Decimal::ONE_HUNDRED {
            let message = "is not a percentage above 0 and up to 100";
            return Err(fault(Code::BadNumber, message).help("write 30 for 30 %"));
        }
        if number < Decimal::ONE && mark != Mark::Percent {
            return Err(ambiguous_percent(text, number, locale));
        }
    }
    let number_too_fine = number.scale() > MAX_SCALE;
    if number_too_fine || kind == ColumnKind::Money && number.scale() > 4 {
        return Err(fault(Code::BadNumber, "has too many decimal places").help("round it"));
    }
    // 49.9 and 49.90 are one amount; how many places are shown is decided where it is shown.
    Ok(if number.scale() == 0 { number } else { number.normalize() })
}

/// 0.2: a fifth of a percent, or 20 % as a spreadsheet keeps it?
fn ambiguous_percent(text: &str, number: Decimal, locale: Option<&Locale>) -> Fault {
    let hundred = (number * Decimal::ONE_HUNDRED).normalize();
    let decimal = locale.map_or('.', |locale| locale.decimal);
    let shown = hundred.to_string().replace('.', &decimal.to_string());
    Fault::new(Code::AmbiguousPercent, format!("`{text}` can mean {shown} % or {text} %"))
        .help(format!("write `{shown}` or `{text}%`"))
}
