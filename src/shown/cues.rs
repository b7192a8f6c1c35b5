//! Words that make a claim of a number, a code or a date: `25% off`, `code GLOW25`, `until May 3`.

use std::ops::Range;

/// Behind an amount: so much is saved.
const OFF: [&str; 22] = [
    " off",
    " discount",
    " cash back",
    " cashback",
    " back",
    " de rabais",
    " de réduction",
    " de remise",
    " rabatt",
    " nachlass",
    " de descuento",
    " di sconto",
    " korting",
    " de desconto",
    " rabat",
    " zniżki",
    " taniej",
    " הנחה",
    " خصم",
    "オフ",
    " オフ",
    " off.",
];

/// In front of an amount: so much is saved.
const SAVE: [&str; 10] = [
    "save ",
    "take ",
    "économisez ",
    "spare ",
    "sparen sie ",
    "ahorra ",
    "risparmia ",
    "bespaar ",
    "economize ",
    "spara ",
];

/// In front of an amount or a cue: it is not the offer's own value.
const ELSE: [&str; 12] = [
    "up to ",
    "extra ",
    "additional ",
    "another ",
    "an extra ",
    "jusqu'à ",
    "bis zu ",
    "hasta ",
    "hasta un ",
    "fino al ",
    "tot ",
    "até ",
];

/// In front of a day: this is when it ends.
const ENDS: [&str; 30] = [
    "until ",
    "till ",
    "through ",
    "thru ",
    "ends ",
    "ends on ",
    "ending ",
    "expires ",
    "expires on ",
    "valid to ",
    "jusqu'au ",
    "se termine le ",
    "prend fin le ",
    "bis ",
    "bis zum ",
    "endet am ",
    "hasta el ",
    "hasta ",
    "termina el ",
    "fino al ",
    "scade il ",
    "t/m ",
    "tot en met ",
    "até ",
    "até o dia ",
    "termina em ",
    "till och med ",
    "til og med ",
    "kończy się ",
    "עד ",
];

/// In front of a code.
const CODE: [&str; 7] = ["code", "codes", "código", "codice", "kod", "couponcode", "promo-code"];

/// How far an amount's cue reaches behind it, where one stands there.
pub(super) fn before_off(before: &str, after: &str) -> Option<usize> {
    let lower = after.chars().take(20).collect::<String>().to_lowercase();
    let cue = OFF.iter().filter(|cue| {
        lower.strip_prefix(**cue).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    let cue = cue.max_by_key(|cue| cue.len()).filter(|_| !is_elsewhere(before))?;
    Some(after.char_indices().nth(cue.chars().count()).map_or(after.len(), |(at, _)| at))
}

/// Where a cue in front of an amount begins.
pub(super) fn after_save(before: &str) -> Option<usize> {
    let cue = SAVE.iter().find(|cue| ends_in(before, cue))?;
    let start = before.len().checked_sub(cue.len())?;
    before
        .get(start..)
        .map(|_| start)
        .filter(|start| !is_elsewhere(before.get(..*start).unwrap_or("")))
}

fn is_elsewhere(before: &str) -> bool {
    ELSE.iter().any(|word| ends_in(before, word))
}

/// Where the cue begins that says that the day behind it is the last. A weekday may stand between.
pub(super) fn after_end(before: &str) -> Option<usize> {
    let at = |text: &str| {
        let cue = ENDS.iter().filter(|cue| ends_in(text, cue)).max_by_key(|cue| cue.len())?;
        text.len().checked_sub(cue.len())
    };
    at(before).or_else(|| {
        let trimmed = before.trim_end_matches([' ', ',', '.']);
        let weekday = trimmed.rfind(' ')?;
        at(before.get(..=weekday)?)
    })
}

/// Whether a text ends in some words, in any case.
fn ends_in(text: &str, words: &str) -> bool {
    let count = words.chars().count();
    let tail: Vec<char> = text.chars().rev().take(count + 1).collect();
    let mut ending: Vec<char> = tail.iter().take(count).copied().collect();
    ending.reverse();
    let same = ending.iter().collect::<String>().to_lowercase() == words;
    same && !tail.get(count).is_some_and(|one| one.is_alphanumeric())
}

/// Codes that a text tells people to use: the claim, and the code in it. A code has a figure, or
/// words in capitals would be codes.
pub(super) fn code_claims(text: &str) -> impl Iterator<Item = (&str, &str)> {
    words(text).filter_map(|cue| {
        let word = text.get(cue.clone())?.to_lowercase();
        if !CODE.contains(&word.as_str()) {
            return None;
        }
        let tail = text.get(cue.end..)?;
        let skipped = tail.trim_start_matches([' ', ':', '"', '\'', '«', '“', '„']);
        let length = skipped
            .find(|one: char| !(one.is_ascii_uppercase() || one.is_ascii_digit() || one == '-'))
            .unwrap_or(skipped.len());
        let code = skipped.get(..length)?;
        let joined = skipped.get(length..)?.starts_with(char::is_alphanumeric);
        let likely = code.len() >= 4
            && code.bytes().any(|one| one.is_ascii_digit())
            && code.bytes().any(|one| one.is_ascii_uppercase());
        let end = cue.end + (tail.len() - skipped.len()) + length;
        (likely && !joined).then_some((text.get(cue.start..end)?, code))
    })
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_word = |one: char| one.is_alphanumeric() || one == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(is_word)?;
        let rest = text.get(start..)?;
        at = start + rest.find(|one: char| !is_word(one)).unwrap_or(rest.len());
        Some(start..at)
    })
}
