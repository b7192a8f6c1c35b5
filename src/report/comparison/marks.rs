//! Lines that gave way to others, with the words marked that differ.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::report::gallery::text as escaped;

/// Longer lines are marked as a whole.
const WORDS: usize = 400;

/// A line before and after, escaped, with what differs in `del` and `ins`.
pub(super) fn marked(before: &str, after: &str) -> [String; 2] {
    let (old, new) = (words(before), words(after));
    if old.len() + new.len() > WORDS {
        return [whole("del", before), whole("ins", after)];
    }
    let (mut left, mut right) = (String::new(), String::new());
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let text = |words: &[&str], range: std::ops::Range<usize>| -> String {
            words.get(range).unwrap_or_default().concat()
        };
        let (was, is) = (text(&old, op.old_range()), text(&new, op.new_range()));
        if matches!(op, DiffOp::Equal { .. }) {
            left.push_str(&escaped(&was));
            right.push_str(&escaped(&is));
        } else {
            left.push_str(&whole("del", &was));
            right.push_str(&whole("ins", &is));
        }
    }
    [left, right]
}

/// A text that is marked throughout.
pub(super) fn whole(tag: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{tag}>{}</{tag}>", escaped(text)) }
}

/// Words and what stands between them.
fn words(line: &str) -> Vec<&str> {
    let is_word = |one: char| one.is_alphanumeric();
    let mut found = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, one) in line.char_indices() {
        // Each sign stands for itself.
        if at > start && !(is_word(one) && last == Some(true)) {
            found.extend(line.get(start..at));
            start = at;
        }
        last = Some(is_word(one));
    }
    found.extend(line.get(start..).filter(|rest| !rest.is_empty()));
    found
}
