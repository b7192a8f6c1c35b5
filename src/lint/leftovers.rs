//! Filler text, notes to oneself and template code that nobody rendered.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

/// Names that our templates print; a text with one in braces was not rendered.
const NAMES: [&str; 14] = [
    "offer",
    "partner",
    "partners",
    "campaign",
    "copy",
    "slots",
    "links",
    "s.",
    "window",
    "terms",
    "workspace",
    "declared",
    "asset",
    "hosts",
];

/// The beginning of the filler text that everybody uses, behind its first letter.
const FILLER: [&str; 3] = ["orem ipsum", "olor sit amet", "OREM IPSUM"];

/// What a script writes in place of a value.
const OBJECT: &str = "[object Object]";

/// A note of what is to be done, put together so that this file holds none.
const TO_BE_DONE: &str = concat!("TO", "DO");

/// Notes in capitals, found as whole words.
const NOTES: [&str; 7] =
    [TO_BE_DONE, concat!("FIX", "ME"), "TBD", "TBC", concat!("XX", "X"), "XX%", "XX %"];

/// Whether a text may hold any of the words: nearly none does, and one pass tells.
fn may_hold(text: &str) -> bool {
    static WORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        // Of this kind it looks at many bytes at a time.
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).to_owned();
        builder.build(FILLER.iter().chain(&NOTES).chain(&[OBJECT])).ok()
    });
    words.as_ref().is_none_or(|words| words.is_match(text))
}

/// What in a text was never meant to be read by a customer, in order.
pub(super) fn leftovers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if may_hold(text) {
        words(text, &mut found);
    }
    for open in ["{{", "{%"] {
        for at in memmem::find_iter(text.as_bytes(), open) {
            found.extend(unrendered(text, at));
        }
    }
    found.retain(|range| text.get(range.clone()).is_some());
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, first| next.start < first.end);
    found
}

fn words(text: &str, found: &mut Vec<Range<usize>>) {
    for needle in FILLER {
        for at in memmem::find_iter(text.as_bytes(), needle) {
            found.push(at.saturating_sub(1)..at + needle.len());
        }
    }
    for note in NOTES {
        for at in memmem::find_iter(text.as_bytes(), note) {
            if is_note(text, at..at + note.len()) {
                found.push(at..at + note.len());
            }
        }
    }
    for at in memmem::find_iter(text.as_bytes(), OBJECT) {
        found.push(at..at + OBJECT.len());
    }
}

/// A whole word. The one of what is to be done is also a Spanish word: a note has a colon behind it, or ends its line.
fn is_note(text: &str, range: Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let tail = text.get(range.end..).unwrap_or("");
    let word = |one: char| one.is_alphanumeric() || one == '_';
    if before.is_some_and(word) || tail.chars().next().is_some_and(word) {
        return false;
    }
    if text.get(range) != Some(TO_BE_DONE) {
        return true;
    }
    let tail = tail.trim_start_matches(' ');
    tail.starts_with([':', '(', '\n', ']', '.', ',']) || tail.is_empty() || {
        tail.starts_with(|one: char| one.is_lowercase())
    }
}

/// `{{ offer.title }}`, `{% for s in slots %}`.
fn unrendered(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at + 2..)?;
    let length = rest.find(['}', '\n']).filter(|end| *end < 200)?;
    let inside = rest.get(..length)?.trim_matches(['-', ' ', '%']);
    let statement = ["for s in ", "include \"", "set ", "extends ", "block "];
    let ours = NAMES.iter().any(|name| {
        let tail = inside.strip_prefix(name.trim_end_matches('.'));
        tail.is_some_and(|tail| tail.starts_with('.') && tail.len() > 1)
    });
    let code =
        text.get(at..)?.starts_with("{%") && statement.iter().any(|word| inside.starts_with(word));
    (ours || code).then_some(at..at + 2 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        leftovers(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_what_nobody_should_read() {
        assert_eq!(found("Lorem ipsum dolor sit amet"), ["Lorem ipsum", "dolor sit amet"]);
        assert_eq!(found(&format!("Save XX% today, {TO_BE_DONE}: ask")), ["XX%", TO_BE_DONE]);
        assert_eq!(found("{{ offer.title }} {%- for s in slots %}").len(), 2);
        assert_eq!(found("TBD"), ["TBD"]);
        assert_eq!(found("[object Object] off"), ["[object Object]"]);
    }

    #[test]
    fn leaves_words_and_tags_of_senders_alone() {
        for text in [
            &format!("{TO_BE_DONE} INCLUIDO"),
            &format!("MÉ{TO_BE_DONE}: todo"),
            "XXL and 2XL sizes",
            "{{ first_name }}",
            "{% if customer.vip %}",
            "A dolor",
            "{{ offered }}",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
