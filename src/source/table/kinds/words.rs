//! Ids, closed lists, yes and no, colours, whole numbers.

use super::{CellContext, Fault, Reading};
use crate::diag::{Code, did_you_mean};
use crate::model::is_slug;
use crate::source::Taxonomy;
use crate::source::table::Column;
use crate::source::table::findings::Normalised;
use crate::source::table::locale::{NO, YES};

/// Digits that a spreadsheet keeps of a number (Excel specifications and limits: 15).
const KEPT_DIGITS: usize = 15;

pub(super) fn slug(text: &str, context: &mut CellContext<'_>) -> Result<(), Fault> {
    if is_slug(text) {
        check_digits(text, context);
        return Ok(());
    }
    if let Some(fault) = mangled(text) {
        return Err(fault);
    }
    let lower = text.trim().to_lowercase().replace([' ', '_', '.'], "-");
    let fault = Fault::new(Code::BadSlug, format!("`{text}` is not an id"));
    if is_slug(&lower) {
        return Err(fault.help(format!("write `{lower}`")));
    }
    Err(fault.help("use lower-case letters, digits and dashes, at most 63"))
}

/// An id that a spreadsheet took for a number or a date.
fn mangled(text: &str) -> Option<Fault> {
    let fault = |message: String| {
        Fault::new(Code::MangledId, message)
            .help("format the column as text, and enter the id again from its source")
    };
    let (digits, power) = text.split_once(['E', 'e']).unwrap_or_default();
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits.replacen(['.', ','], "", 1);
    if number(&plain) && number(power.trim_start_matches('+')) {
        let message = format!("`{text}` was an id before a spreadsheet took it for a number");
        return Some(fault(message));
    }
    let (left, right) = text.split_once('-')?;
    let (word, number_part) = if number(left) { (right, left) } else { (left, right) };
    let month = MONTHS.iter().any(|month| word.eq_ignore_ascii_case(month));
    let capital = word.starts_with(|one: char| one.is_ascii_uppercase());
    (month && capital && number(number_part) && number_part.len() <= 2)
        .then(|| fault(format!("`{text}` was an id before a spreadsheet took it for a date")))
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A spreadsheet keeps fifteen digits and makes the rest zero.
pub(super) fn check_digits(text: &str, context: &mut CellContext<'_>) {
    if text.len() > KEPT_DIGITS
        && text.ends_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
    {
        let message = format!("the last digits of `{text}` may be lost: spreadsheets keep fifteen");
        context.warn(Code::MangledId, message, "compare it with its source");
    }
}

pub(super) fn wrong_digits(text: &str, digits: usize) -> Fault {
    let found = text.bytes().filter(u8::is_ascii_digit).count();
    if found == text.len() && found < digits {
        let message = format!("`{text}` has {found} digits of {digits}");
        return Fault::new(Code::MangledId, message).help(format!(
            "if a spreadsheet took the zeros in front away, write `{text:0>digits$}`"
        ));
    }
    Fault::new(Code::PatternMismatch, format!("`{text}` is not {digits} digits"))
}

pub(super) fn flag(
    text: &str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<bool, Fault> {
    match text {
        "yes" | "true" | "y" => return Ok(true),
        "no" | "false" | "n" => return Ok(false),
        _ => {}
    }
    let lower = text.to_lowercase();
    let (yes, no) = reading.dialect.locale.map_or((&[][..], &[][..]), |one| (one.yes, one.no));
    let among = |words: &[&str], more: &[&str]| words.iter().chain(more).any(|one| *one == lower);
    let flag = match (among(YES, yes), among(NO, no)) {
        (true, false) => true,
        (false, true) => false,
        _ => {
            return Err(Fault::new(Code::BadCell, format!("`{text}` is neither yes nor no")).help(
                "write yes or no, or declare the file's `locale` for words of its language",
            ));
        }
    };
    context.note(Normalised::YesNo);
    Ok(flag)
}

pub(super) fn one_of(column: &Column, text: &str, taxonomy: &Taxonomy) -> Result<(), Fault> {
    let name = &column.name;
    if let Some(vocabulary) = &column.vocabulary {
        let Some(dimension) = taxonomy.dimensions.get(vocabulary) else {
            return if is_slug(text) {
                Ok(())
            } else {
                let message = format!("`{text}` is not a word");
                Err(Fault::new(Code::BadSlug, message)
                    .help("use lower-case letters, digits and dashes"))
            };
        };
        if dimension.rank(text).is_some() {
            return Ok(());
        }
        let alias = dimension.canonical(text).is_some();
        let code = if alias { Code::AliasUsed } else { Code::NotAllowed };
        let message = format!("`{text}` is not a word of the vocabulary `{vocabulary}`");
        return Err(Fault::new(code, message).maybe_help(dimension.suggest(text)));
    }
    if column.values.iter().any(|value| value == text) {
        return Ok(());
    }
    let help = did_you_mean(text, column.values.iter().map(String::as_str));
    Err(Fault::new(Code::NotAllowed, format!("`{text}` is not a {name}")).maybe_help(help))
}

pub(super) fn color(text: &str) -> Result<(), Fault> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Ok(());
    }
    Err(Fault::new(Code::BadCell, format!("`{text}` is not a colour")).help("write it as #1A2B3C"))
}

pub(super) fn int(text: &str, context: &mut CellContext<'_>) -> Result<i64, Fault> {
    // `+5` and `05` are other ids to other programs.
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => {
            check_digits(text, context);
            Ok(number)
        }
        _ => Err(mangled(text).unwrap_or_else(|| {
            Fault::new(Code::BadNumber, format!("`{text}` is not a whole number"))
                .help("write digits only")
        })),
    }
}
