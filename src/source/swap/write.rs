//! Writes a swap as it is read again.

use std::fmt::Write;

use super::{Change, Swap};
use crate::model::Digest;

/// A swap that is about to be written: its id, and the text of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwapText {
    /// The file's name without `.toml`.
    pub id: String,
    /// The file's content.
    pub text: String,
}

/// Letters of the name that the id of a swap takes from what it is about.
const MAX_NAME: usize = 40;

/// The id of a new swap: the number after the highest there is, a few words, and eight digits of
/// what it says. Two people who take one number at the same time still write two files.
pub fn swap_id<'a>(known: impl Iterator<Item = &'a str>, about: &str, text: &str) -> String {
    let number = |id: &str| id.split('-').next().and_then(|head| head.parse::<u32>().ok());
    let next = known.filter_map(number).max().unwrap_or(0).saturating_add(1);
    let mut name = String::new();
    for one in about.chars().take(MAX_NAME) {
        let one = one.to_ascii_lowercase();
        let plain = one.is_ascii_lowercase() || one.is_ascii_digit();
        if plain {
            name.push(one);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    let digest = Digest::of(text.as_bytes()).hex16();
    let digest = digest.get(..8).unwrap_or(&digest);
    if name.is_empty() {
        format!("{next:04}-{digest}")
    } else {
        format!("{next:04}-{name}-{digest}")
    }
}

/// The text of a swap's file. `at` is written as given: with the offset that its author lives by.
pub fn swap_text(swap: &Swap, at: &str) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    line("at", &quoted(at));
    line("by", &quoted(&swap.by.value));
    line("because", &quoted(&swap.because.value));
    if let Some(reference) = &swap.reference {
        line("ref", &quoted(&reference.value));
    }
    if !swap.ends.is_empty() {
        let ids: Vec<String> = swap.ends.iter().map(|one| quoted(&one.value)).collect();
        line("ends", &format!("[{}]", ids.join(", ")));
    }
    for change in &swap.changes {
        let (name, pairs) = pairs(change);
        let _ = writeln!(text, "\n[[{name}]]");
        for (key, value) in pairs {
            let _ = writeln!(text, "{key} = {value}");
        }
    }
    text
}

type Pairs = Vec<(&'static str, String)>;

fn pairs(change: &Change) -> (&'static str, Pairs) {
    match change {
        Change::Set(set) => {
            let mut pairs = vec![
                ("table", quoted(&set.table.value)),
                ("row", quoted(&set.row.value)),
                ("field", quoted(&set.field.value)),
            ];
            pairs.extend(set.channel.iter().map(|one| ("channel", quoted(&one.value))));
            pairs.push(("old", quoted(&set.old.value)));
            pairs.push(("new", quoted(&set.new.value)));
            ("set", pairs)
        }
        Change::Replace(replace) => {
            let mut pairs = vec![
                ("offer", quoted(&replace.offer.value)),
                ("with", quoted(&replace.with.value)),
            ];
            let scope = [
                ("campaign", &replace.campaign),
                ("asset", &replace.asset),
                ("slot", &replace.slot),
            ];
            let scope = scope.into_iter().filter_map(|(key, one)| Some((key, one.as_ref()?)));
            pairs.extend(scope.map(|(key, one)| (key, quoted(&one.value))));
            ("replace", pairs)
        }
        Change::Move(moved) => (
            "move",
            vec![
                ("campaign", quoted(&moved.campaign.value)),
                ("window", quoted(&moved.window.value)),
                ("time", quoted(&moved.time.value)),
                ("old", local(moved.old.value)),
                ("new", local(moved.new.value)),
            ],
        ),
    }
}

fn local(time: jiff::civil::DateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for one in text.chars() {
        match one {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diag::Diagnostics;
    use crate::model::SourceId;
    use crate::source::read_swap;

    #[test]
    fn ids_go_on_counting_and_differ_by_what_they_say() {
        let known = ["0001-lumen-1", "0007-x-2", "not-a-number"];
        let id = |text: &str| swap_id(known.into_iter(), "offers:Lumen_30.value", text);
        assert!(id("a").starts_with("0008-offers-lumen-30-value-"), "{}", id("a"));
        assert_ne!(id("a"), id("b"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(by in "\\PC{1,20}[a-z]", old in any::<String>(), new in any::<String>()) {
            prop_assume!(old != new);
            let text = format!(
                "at = \"2026-11-25T16:20:00-05:00\"\nby = {}\nbecause = \"x\"\n\n[[set]]\ntable = \"offers\"\nrow = \"a\"\nfield = \"title\"\nold = {}\nnew = {}\n",
                quoted(&by), quoted(&old), quoted(&new),
            );
            let mut found = Diagnostics::new();
            let swap = read_swap("0001-a", &text, SourceId(0), 0, &mut found);
            prop_assert!(found.is_empty(), "{found:?}\n{text}");
            let swap = swap.unwrap();
            let [Change::Set(set)] = &swap.changes[..] else { panic!() };
            prop_assert_eq!((&swap.by.value, &set.old.value, &set.new.value), (&by, &old, &new));
            prop_assert_eq!(swap_text(&swap, "2026-11-25T16:20:00-05:00"), text);
        }
    }
}
