//! Contexts in which one fact is another. Must not know what a fact means.

use tera::value::Key;
use tera::{Context, Map, Value};

use super::causes::{Path, Step};
use crate::model::rfc3339;

/// The context with another value under a name.
pub(super) fn with(context: &Context, path: &Path, value: &Value) -> Context {
    let mut changed = context.clone();
    if let Some((Step::Name(first), rest)) = path.0.split_first() {
        let whole = context.get(first).map(|old| replaced(old, rest, value));
        if let Some(whole) = whole {
            changed.insert_value(first.clone(), whole);
        }
    }
    changed
}

fn replaced(old: &Value, steps: &[Step], value: &Value) -> Value {
    let Some((step, rest)) = steps.split_first() else { return value.clone() };
    let inner = parts(old).into_iter().map(|(own, part)| {
        let part = if own == *step { replaced(&part, rest, value) } else { part };
        (own, part)
    });
    put_together(inner)
}

/// The parts of a map or a list, in their order.
pub(super) fn parts(value: &Value) -> Vec<(Step, Value)> {
    if let Some(map) = value.as_map() {
        let named = map.iter().map(|(key, part)| (Step::Name(key.to_string()), part.clone()));
        return named.collect();
    }
    let items = value.as_array().unwrap_or_default().iter().enumerate();
    items.map(|(at, part)| (Step::At(at), part.clone())).collect()
}

fn put_together(parts: impl Iterator<Item = (Step, Value)>) -> Value {
    let (mut map, mut list) = (Map::new(), Vec::new());
    for (step, part) in parts {
        match step {
            Step::Name(name) => _ = map.insert(Key::from(name), part),
            Step::At(_) => list.push(part),
        }
    }
    if list.is_empty() { Value::from(map) } else { Value::from(list) }
}

/// Another value of the same kind; `None` for what holds nothing.
pub(super) fn altered(value: &Value) -> Option<Value> {
    if value.is_map() || value.is_array() {
        let parts = parts(value);
        let changed = parts.iter().any(|(_, part)| altered(part).is_some());
        let other = parts.into_iter().map(|(step, part)| {
            let other = altered(&part).unwrap_or(part);
            (step, other)
        });
        return changed.then(|| put_together(other));
    }
    if let Some(text) = value.as_str() {
        return (!text.is_empty()).then(|| Value::from(altered_text(text)));
    }
    if let Some(flag) = value.as_bool() {
        return Some(Value::from(!flag));
    }
    value.as_i64().map(|number| Value::from(number.wrapping_add(1)))
}

/// More than a month, so that day, weekday and month are others.
const LATER: i64 = 41 * 24 * 3600 + 67 * 60;

fn altered_text(text: &str) -> String {
    if let Ok(instant) = text.parse::<jiff::Timestamp>()
        && let Ok(later) = jiff::Timestamp::from_second(instant.as_second() + LATER)
    {
        return rfc3339(later, &jiff::tz::TimeZone::UTC);
    }
    let next = |one: char| match one {
        // No zero: it would take signs away that others stand on.
        '9' | '0' => '1',
        '1'..='8' | 'a'..='y' | 'A'..='Y' => char::from(one as u8 + 1),
        'z' => 'a',
        'Z' => 'A',
        other => other,
    };
    let other: String = text.chars().map(next).collect();
    if other == text { format!("{text}~") } else { other }
}
