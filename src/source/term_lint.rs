//! Words that spoil what they reach: URLs, reports, spreadsheets. A finding is a text and an advice.

use super::ParameterRules;

/// What analytics shows where there is no value: nobody can tell such a word from nothing.
const RESERVED: [&str; 12] = [
    "(direct)",
    "(none)",
    "(not set)",
    "(not-set)",
    "direct",
    "none",
    "not-set",
    "not_set",
    "null",
    "undefined",
    "unassigned",
    "(other)",
];

/// Months as spreadsheets read them at the beginning or the end of a code.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What is wrong with a word of a vocabulary or a campaign's code, and what to do about it.
pub fn lint_term(word: &str, rules: &ParameterRules) -> Option<(String, &'static str)> {
    if rules.lower_case && word.chars().any(char::is_uppercase) {
        let message = format!("`{word}` is not lower case, and reports tell the two apart");
        return Some((message, "write it in small letters"));
    }
    if let Some(found) = word.chars().find(|one| !rules.allows(*one)) {
        let message = format!("`{word}` holds {found:?}, which values may not");
        return Some((message, "use the characters of [params] `charset` only"));
    }
    if word.len() > rules.max_length {
        let message =
            format!("`{word}` is longer than the {} characters that are kept", rules.max_length);
        return Some((message, "shorten it"));
    }
    let own = rules.reserved.iter().map(String::as_str);
    if own.chain(RESERVED).any(|one| one.eq_ignore_ascii_case(word)) {
        let message = format!("`{word}` is reserved: reports show it where there is no value");
        return Some((message, "choose a word that says what it is"));
    }
    if word.starts_with(['=', '+', '-', '@']) {
        let message = format!("`{word}` is a formula to spreadsheets");
        return Some((message, "begin it with a letter"));
    }
    rewritten(word).map(|what| {
        (format!("spreadsheets turn `{word}` into {what}"), "put a word in front of it")
    })
}

/// What a spreadsheet makes of a word, if it does not leave it alone.
fn rewritten(word: &str) -> Option<&'static str> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let lower = word.to_ascii_lowercase();
    if digits(&lower) {
        return (lower.starts_with('0') && lower.len() > 1 || lower.len() > 15)
            .then_some("another number");
    }
    if let Some((left, right)) = lower.split_once('e')
        && digits(left)
        && digits(right.trim_start_matches(['+', '-']))
    {
        return Some("a number with an exponent");
    }
    let month = |part: &str| MONTHS.contains(&part);
    let (start, end) = (lower.get(..3).unwrap_or(""), lower.len().saturating_sub(3));
    let (tail, head) = (lower.get(end..).unwrap_or(""), lower.get(..end).unwrap_or(""));
    let number = |part: &str| {
        let part = part.trim_matches(['-', '.', '_']);
        digits(part) && part.len() <= 4
    };
    let after = lower.get(3..).unwrap_or("");
    (month(start) && number(after) || month(tail) && number(head)).then_some("a date")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_spreadsheets_rewrite_are_known() {
        for word in ["1e5", "007", "mar1", "1-mar", "dec-2", "12345678901234567", "2E10"] {
            assert!(rewritten(word).is_some(), "{word}");
        }
        for word in ["march", "1st", "7", "2026-black-friday", "e5", "mark1", "bf26", "decor1"] {
            assert!(rewritten(word).is_none(), "{word}");
        }
    }
}
