//! Values in messages, and the nearest known name. Must not know any dialect.

/// How many characters of a value a message shows.
const SHOWN: usize = 60;
/// Names that differ by more are other names.
const NEAR: usize = 3;

/// A value as a message shows it: short, on one line.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(SHOWN + 3));
    for (count, one) in text.chars().enumerate() {
        if count == SHOWN {
            out.push('…');
            break;
        }
        if one.is_control() || one == '`' {
            out.extend(one.escape_unicode());
        } else {
            out.push(one);
        }
    }
    out
}

/// The known name that a mistyped one was meant to be.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = NEAR.min(name.chars().count().div_ceil(3));
    let lower = name.to_ascii_lowercase();
    known
        .into_iter()
        .filter(|one| one.len().abs_diff(lower.len()) <= limit)
        .map(|one| (strsim::osa_distance(&lower, &one.to_ascii_lowercase()), one))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, one)| one)
}

/// `A, B or C`.
pub(super) fn one_of(items: &[&str]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}
