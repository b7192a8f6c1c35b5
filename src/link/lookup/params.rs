//! Holds the parameters that were found against those of a link.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::compare::{Comparison, MISSING, OTHER, SLIP, USUAL};
use super::difference::Finding;
use super::form::{Expected, Form};
use crate::address::{Param, Parts};
use crate::dialect::{Dialect, scan};

/// What links escape in values: all but the unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// An escaped value is escaped again at most this often.
const MAX_ESCAPES: usize = 3;

/// Compares every parameter; says how many are there and mean what the link's do.
pub(super) fn compare_params<'t>(
    parts: &Parts<'t>,
    form: &Form<'t>,
    dialects: &[Dialect],
    all: &mut Comparison<'t>,
) -> usize {
    let given: Vec<&Param<'t>> = parts.params.iter().chain(&parts.noise).collect();
    let mut used = vec![false; given.len()];
    let mut order = Vec::with_capacity(given.len());
    let mut matched = 0;
    for (index, expected) in form.params.iter().enumerate() {
        let Some(at) = partner(expected, &given, &used) else {
            let (name, value) = (expected.name.clone(), expected.value.clone());
            all.note(MISSING, Finding::Lost { name, value });
            continue;
        };
        let (Some(param), Some(mark)) = (given.get(at).copied(), used.get_mut(at)) else {
            continue;
        };
        *mark = true;
        order.push(at);
        let rest_is_lost = form
            .params
            .iter()
            .skip(index + 1)
            .all(|later| !given.iter().any(|one| one.name == later.name));
        let is_last = at + 1 == parts.params.len() && rest_is_lost && parts.fragment.is_none();
        matched += usize::from(compare_value(expected, param, is_last, dialects, all));
        compare_name(expected, param, all);
    }
    if !order.is_sorted() {
        all.note(USUAL, Finding::Order);
    }
    if given.iter().any(|one| starts_escaped(one.raw)) {
        all.note(USUAL, Finding::HtmlEscaped);
    }
    for (param, _) in given.iter().zip(&used).filter(|(_, used)| !**used) {
        let (name, raw) = (param.name.clone(), param.raw);
        if form.params.iter().any(|one| one.name == name) {
            all.note(SLIP, Finding::Twice { name, raw });
        } else if name.starts_with("utm_") {
            all.note(MISSING, Finding::Tagged { name, raw });
        } else {
            all.note(USUAL, Finding::Added { name, raw });
        }
    }
    matched
}

/// The parameter that stands for the expected one: of several, the one with its value.
fn partner(expected: &Expected<'_>, given: &[&Param<'_>], used: &[bool]) -> Option<usize> {
    let free = || {
        let all = given.iter().zip(used).enumerate();
        all.filter(|(_, (one, used))| !**used && one.name == expected.name)
            .map(|(at, (one, _))| (at, one))
    };
    let same = free().find(|(_, one)| one.is(&expected.value));
    same.or_else(|| free().next()).map(|(at, _)| at)
}

/// Whether the value means what the link's does.
fn compare_value<'t>(
    expected: &Expected<'t>,
    param: &Param<'t>,
    is_last: bool,
    dialects: &[Dialect],
    all: &mut Comparison<'t>,
) -> bool {
    let name = expected.name.clone();
    let value = expected.value.clone();
    let written = param.raw.split_once('=').map_or("", |(_, written)| written);
    let as_built = expected.raw.split_once('=').map_or("", |(_, written)| written);
    if param.is(&value) || written == value {
        let same = if expected.raw.is_empty() {
            written == value || written == utf8_percent_encode(&value, ESCAPED).to_string()
        } else {
            written == as_built
        };
        if !same {
            all.note(USUAL, Finding::Escapes { name, value, given: Cow::Borrowed(written) });
        }
        return true;
    }
    let given = param.value.clone();
    let fold = |text: &str| text.to_lowercase();
    let wanted = fold(&value);
    if fold(&given) == wanted || fold(&param.form_value) == wanted {
        all.note(SLIP, Finding::Case { name, value, given });
        return true;
    }
    if fold(&unescaped(&given)) == wanted {
        all.note(SLIP, Finding::EscapedTwice { name, value, given: Cow::Borrowed(written) });
        return true;
    }
    if dialects.iter().any(|dialect| is_filled(&value, &given, *dialect)) {
        all.note(USUAL, Finding::Filled { name, value, given });
        return true;
    }
    if is_last && value.starts_with(&*given) && !given.is_empty() {
        all.note(MISSING, Finding::Cut { name, value, given });
        return true;
    }
    all.contradict(OTHER, Finding::Other { name, value, given });
    false
}

fn compare_name<'t>(expected: &Expected<'_>, param: &Param<'t>, all: &mut Comparison<'t>) {
    let written = param.raw.split('=').next().unwrap_or("");
    let as_built = expected.raw.split('=').next().unwrap_or("");
    let has_upper = written.bytes().any(|one| one.is_ascii_uppercase());
    if has_upper && written != as_built && !starts_escaped(written) {
        let (name, given) = (param.name.clone(), Cow::Borrowed(written));
        all.note(SLIP, Finding::Name { name, given });
    }
}

fn starts_escaped(raw: &str) -> bool {
    raw.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("amp;"))
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_ESCAPES {
        if !text.contains('%') {
            break;
        }
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    text
}

/// Whether a value is what a platform made of a pattern: the same around its macros.
fn is_filled(pattern: &str, value: &str, dialect: Dialect) -> bool {
    let mut rest = value;
    let mut at = 0;
    let mut anchored = true;
    for token in scan(pattern, dialect) {
        let literal = pattern.get(at..token.range.start).unwrap_or("");
        let found =
            if anchored { rest.starts_with(literal).then_some(0) } else { rest.find(literal) };
        let Some(found) = found else { return false };
        rest = rest.get(found + literal.len()..).unwrap_or("");
        at = token.range.end;
        anchored = false;
    }
    !anchored && rest.ends_with(pattern.get(at..).unwrap_or(""))
}
