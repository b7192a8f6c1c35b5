//! What laws and mailbox providers ask for: an address, a way out, names.

use memchr::memmem;

use super::finding::{Findings, Place};
use super::subject::{Facts, Mail};
use super::walk::{Seen, SeenLink};
use crate::diag::Code;

/// Parts of addresses and of tags that lead out.
const WAYS: [&str; 6] = ["unsub", "optout", "opt-out", "opt_out", "abmeld", "desabonn"];
/// Words of links that lead out.
const WORDS: [&str; 6] =
    ["unsubscribe", "opt out", "abmelden", "abbestellen", "se désabonner", "darse de baja"];

/// Checks what the declared markets ask for. Where none is declared, only what all ask for.
pub(super) fn check(mail: &Mail<'_>, facts: &Facts<'_>, seen: &Seen<'_>, found: &mut Findings<'_>) {
    let body = || Place::Html(seen.body.clone().unwrap_or(0..0));
    let text = &seen.visible.text;
    // It mostly is the last one.
    let out = seen.links.iter().rev().any(|link| is_way_out(link, text));
    // `{% unsubscribe %}` writes its own link.
    if !out && !["{% unsub", "|UNSUB", "unsub_center_url"].iter().any(|tag| has(mail.html, tag)) {
        let message = "no link leads out of the list";
        found.error(Code::MissingUnsubscribe, body(), message);
    }
    let Some(markets) = facts.markets else {
        let message = "nothing says in which markets the mail is read";
        found.warning(Code::UndeclaredMarket, Place::Setting("markets"), message);
        return;
    };
    if let Some(market) = markets.iter().find(|one| one.wants_address())
        && !shows_address(mail, seen)
    {
        let message = format!("the mail shows no postal address, which {} asks for", market.law());
        found.error(Code::MissingAddress, body(), message);
    }
    let Some(market) = markets.first() else { return };
    if !holds(text, facts.sender) {
        let message = format!(
            "the mail does not name its sender, `{}`, as {} asks",
            facts.sender,
            market.law()
        );
        found.error(Code::MissingSender, body(), message);
    }
    let Some(market) = markets.iter().find(|one| one.wants_partners()) else { return };
    for names in facts.partners {
        if !names.iter().any(|name| holds(text, name)) {
            let name = names.first().copied().unwrap_or("");
            let message = format!(
                "the mail speaks for `{name}` and does not name it, as {} asks",
                market.law()
            );
            found.error(Code::MissingSender, body(), message);
        }
    }
}

/// Whether a link leads out of the list.
pub(super) fn is_way_out(link: &SeenLink<'_>, visible: &str) -> bool {
    let href = link.href.to_ascii_lowercase();
    WAYS.iter().any(|way| href.contains(way)) || {
        let text = visible.get(link.text.clone()).unwrap_or("").to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    }
}

fn shows_address(mail: &Mail<'_>, seen: &Seen<'_>) -> bool {
    // Senders fill in the address of the account.
    let tags = ["LIST:ADDRESS", "LIST_ADDRESS", "Member_Addr", "full_address", "Sender_Address"];
    seen.address
        || seen.visible.text.lines().rev().any(looks_like_address)
        || tags.iter().any(|tag| has(mail.html, tag))
}

/// Mails are long, and this is asked of them often.
fn has(text: &str, part: &str) -> bool {
    memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

/// Whether a text holds all words of another, in order and close together.
fn holds(text: &str, wanted: &str) -> bool {
    let words = |text: &str| {
        let parts = text.split(|one: char| !one.is_alphanumeric()).filter(|one| !one.is_empty());
        parts.map(str::to_lowercase).collect::<Vec<_>>()
    };
    let wanted_words = words(wanted);
    if wanted_words.is_empty() || has(text, wanted) {
        return !wanted_words.is_empty();
    }
    let wanted = wanted_words;
    words(text).windows(wanted.len()).any(|some| some == wanted.as_slice())
}

/// A line with a number of a house and a code of a place: `14 Mill Road, Portland, OR 97201`.
fn looks_like_address(line: &str) -> bool {
    // Most lines have no figure at all.
    if !line.bytes().any(|one| one.is_ascii_digit()) {
        return false;
    }
    let words: Vec<&str> = line
        .split(|one: char| one.is_whitespace() || matches!(one, ',' | '·' | '|' | '•'))
        .filter(|word| !word.is_empty())
        .collect();
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|one| one.is_ascii_digit());
    let numbered = |end: usize| words.iter().take(end).any(|word| digits(word));
    let code = words.windows(2).enumerate().any(|(at, pair)| {
        let [first, second] = pair else { return false };
        // `OR 97201`, `OR 97201-1234`
        let zip = second.split('-').next().unwrap_or("");
        let upper = first.len() == 2 && first.bytes().all(|one| one.is_ascii_uppercase());
        let us = upper && zip.len() == 5 && digits(zip);
        // `Lange Str. 5, 10115 Berlin`
        let town = (4..=5).contains(&first.len()) && digits(first) && numbered(at);
        us || town && second.starts_with(char::is_uppercase) || is_postcode(first, second)
    });
    code && words.len() >= 4
}

/// `M5V 2T6` in Canada, `SW1A 1AA` in the United Kingdom.
fn is_postcode(first: &str, second: &str) -> bool {
    if second.len() != 3 || first.len() > 4 {
        return false;
    }
    let shape = |text: &str| {
        let letter = |one: u8| match one {
            b'A'..=b'Z' => 'A',
            b'0'..=b'9' => '9',
            _ => '?',
        };
        text.bytes().map(letter).collect::<String>()
    };
    let (first, second) = (shape(first), shape(second));
    let inward = second == "9AA";
    let outward = ["A9", "A99", "AA9", "AA99", "A9A", "AA9A"].contains(&first.as_str());
    inward && outward || first == "A9A" && second == "9A9"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_by_their_codes() {
        for line in [
            "Northwind, 14 Mill Road, Portland, OR 97201",
            "Nordwind GmbH, Lange Str. 5, 10115 Berlin",
            "1 Front Street, Toronto, ON M5V 2T6",
            "10 Downing Street, London SW1A 2AA",
        ] {
            assert!(looks_like_address(line), "{line}");
        }
        for line in ["Save 30% on 12345 Items", "OR 97201", "Until November 27, 2026 only"] {
            assert!(!looks_like_address(line), "{line}");
        }
    }

    #[test]
    fn names_are_found_over_punctuation_and_case() {
        assert!(holds("© 2026 NORTHWIND Rewards, Inc.", "Northwind Rewards Inc"));
        assert!(!holds("Northwind and Rewards", "Northwind Rewards"));
        assert!(!holds("anything", ""));
    }
}
