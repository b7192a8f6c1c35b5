//! Reads the rules of fields and of the sub-id from a profile's text.

use super::charset::Charset;
use super::document::{Entry, Section, Text};
use super::fault::{Faults, did_you_mean, shown};
use super::field::Field;
use super::rule::{Kind, Look, Rule};

/// What every network takes: the rule of a sub-id whose profile says nothing.
const SAFE: &str = "a-z0-9-";
const SAFE_LENGTH: usize = 30;
const HOST: &str = "a-z0-9.-";
const ID: &str = "A-Za-z0-9._-";
const URI: &str = "A-Za-z0-9._~:/?#[]@!$&'()*+,;=%-";

const RULE_KEYS: [&str; 4] = ["charset", "min_length", "max_length", "not"];
const FIELD_KEYS: [&str; 7] =
    ["meaning", "kind", "optional", "charset", "min_length", "max_length", "not"];
/// Names of placeholders that are no fields.
const RESERVED: [&str; 3] = ["destination", "sub_id", "pairs"];

/// The rule of the sub-id; `None` stands for a profile that has no `[sub_id]`.
pub(super) fn sub_id_rule(entry: Option<&Entry<'_, '_>>, faults: &mut Faults) -> Option<Rule> {
    let section = match entry {
        Some(entry) => Some(entry.section(faults)?),
        None => None,
    };
    if let Some(section) = &section {
        section.only(&RULE_KEYS, faults);
    }
    let looks = vec![Look::Numeric, Look::Zero, Look::Guid];
    rule(section.as_ref(), Kind::Id, (SAFE, SAFE_LENGTH, looks), faults)
}

/// The fields, in the order of the text.
pub(super) fn fields(section: Option<&Section<'_, '_>>, faults: &mut Faults) -> Vec<Field> {
    let entries = section.map(Section::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| field(entry, faults)).collect()
}

fn field(entry: &Entry<'_, '_>, faults: &mut Faults) -> Option<Field> {
    let section = entry.section(faults)?;
    section.only(&FIELD_KEYS, faults);
    let Text { text: name, range } = &entry.key;
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.bytes().all(letters) {
        let message = format!("`{}` is no name of a field", shown(name));
        faults.add(range, message, "use lower-case letters, digits and `_`");
    } else if RESERVED.contains(&name.as_str()) {
        let message = format!("`{name}` is the name of something else than a field");
        faults.add(range, message, "choose another name");
    }
    let kind = section.entry("kind").and_then(|entry| entry.text(faults)).and_then(|kind| {
        let known = Kind::parse(&kind.text);
        if known.is_none() {
            let message = format!("`{}` is no kind of field", shown(&kind.text));
            faults.add(&kind.range, message, did_you_mean(&kind.text, &Kind::NAMES));
        }
        known
    });
    let kind = kind.unwrap_or(Kind::Id);
    let defaults = match kind {
        Kind::Id => (ID, 64, Vec::new()),
        Kind::Host => (HOST, 253, Vec::new()),
        Kind::AppUri => (URI, 500, Vec::new()),
    };
    let rule = rule(Some(&section), kind, defaults, faults)?;
    let meaning = section.entry("meaning").and_then(|entry| entry.text(faults));
    let optional = section.entry("optional").and_then(|entry| entry.flag(faults));
    Some(Field {
        name: name.clone(),
        meaning: meaning.map(|meaning| meaning.text).unwrap_or_default(),
        optional: optional.unwrap_or(false),
        rule,
        range: range.clone(),
    })
}

fn rule(
    section: Option<&Section<'_, '_>>,
    kind: Kind,
    (charset, max_length, not): (&str, usize, Vec<Look>),
    faults: &mut Faults,
) -> Option<Rule> {
    let entry = |key| section.and_then(|section| section.entry(key));
    let written = entry("charset").and_then(|entry| entry.text(faults));
    let charset_text = written.as_ref().map_or(charset, |written| &written.text).to_owned();
    let charset = match Charset::parse(&charset_text) {
        Ok(charset) => charset,
        Err(says) => {
            let range = written.map(|written| written.range).unwrap_or_default();
            let message = format!("the charset `{}` {says}", shown(&charset_text));
            faults.add(&range, message, "write ranges and characters, such as `a-z0-9-`");
            // So that one mistake is told once: a field of digits is at home nearly anywhere.
            Charset::parse("0-9").ok()?
        }
    };
    let longest = entry("max_length");
    let max_length = longest.as_ref().and_then(|entry| entry.length(faults)).unwrap_or(max_length);
    let shortest = entry("min_length");
    let min_length = shortest.as_ref().and_then(|entry| entry.length(faults)).unwrap_or(1);
    if let Some(entry) = shortest.or(longest).filter(|_| min_length > max_length) {
        let message =
            format!("`min_length` is `{min_length}`, more than `max_length`, `{max_length}`");
        faults.add(&entry.range(), message, "let `max_length` be the greater of the two");
    }
    let not = match entry("not") {
        None => not,
        Some(entry) => entry.texts(faults).iter().filter_map(|name| look(name, faults)).collect(),
    };
    Some(Rule { kind, charset, charset_text, min_length, max_length, not })
}

fn look(name: &Text, faults: &mut Faults) -> Option<Look> {
    let look = Look::parse(&name.text);
    if look.is_none() {
        let message = format!("`{}` is nothing a value could look like", shown(&name.text));
        faults.add(&name.range, message, did_you_mean(&name.text, &Look::NAMES));
    }
    look
}
