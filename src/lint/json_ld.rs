//! Structured data: whether it can be read, and whether it says what is to be seen.

use std::ops::Range;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::finding::{Findings, Place};
use super::subject::Facts;
use super::walk::Seen;
use crate::diag::Code;

/// Deeper data is nobody's.
const MAX_DEPTH: usize = 32;
/// Properties that are instants, and must say in which zone.
const INSTANTS: [&str; 6] =
    ["availabilityEnds", "availabilityStarts", "endDate", "startDate", "validFrom", "validThrough"];
/// Properties that readers must find in the text as well.
const SHOWN: [&str; 3] = ["discountCode", "price", "headline"];

/// Checks all blocks of an artifact.
pub(super) fn check(html: &str, facts: &Facts<'_>, seen: &Seen<'_>, found: &mut Findings<'_>) {
    for range in &seen.json_ld {
        let text = html.get(range.clone()).unwrap_or("");
        match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                let block = Block { text, range, facts, seen };
                block.value(&value, 0, found);
            }
            Err(error) => {
                let message = format!("the structured data are no JSON: {error}");
                found.error(Code::BadJsonLd, Place::Html(range.clone()), message);
            }
        }
    }
}

struct Block<'b> {
    text: &'b str,
    range: &'b Range<usize>,
    facts: &'b Facts<'b>,
    seen: &'b Seen<'b>,
}

impl Block<'_> {
    fn value(&self, value: &Value, depth: usize, found: &mut Findings<'_>) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.value(one, depth + 1, found)),
            Value::Object(node) => {
                if depth == 0 && !node.contains_key("@context") {
                    let message = "the structured data have no `@context`";
                    found.error(Code::BadJsonLd, self.place("{"), message);
                }
                self.node(node, found);
                node.values().for_each(|one| self.value(one, depth + 1, found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn node(&self, node: &Map<String, Value>, found: &mut Findings<'_>) {
        let kind = node.get("@type").and_then(Value::as_str).unwrap_or("");
        let mut bad: Vec<(String, &str)> = Vec::new();
        if node.contains_key("price") && !node.contains_key("priceCurrency") {
            let message = format!("`{kind}` has a `price` and no `priceCurrency`");
            bad.push((message, "\"price\""));
        }
        if kind == "Offer" && !node.contains_key("url") {
            bad.push(("`Offer` has no `url`".to_owned(), "\"Offer\""));
        }
        if kind == "DiscountOffer" && !node.contains_key("description") {
            bad.push(("`DiscountOffer` has no `description`".to_owned(), "\"DiscountOffer\""));
        }
        for name in INSTANTS {
            let Some(written) = node.get(name).and_then(Value::as_str) else { continue };
            if written.parse::<Timestamp>().is_ok() {
                self.day(name, written, found);
            } else {
                bad.push((format!("`{name}` is no time with an offset: `{written}`"), written));
            }
        }
        for (message, near) in bad {
            found.error(Code::BadJsonLd, self.place(near), message);
            found.written(Code::BadJsonLd, near);
        }
        for name in SHOWN {
            let written = match node.get(name) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => continue,
            };
            if !self.shows(name, &written) {
                let message = format!("`{name}` says `{written}`, which cannot be seen");
                found.error(Code::JsonLdDiffers, self.place(&written), message);
                found.written(Code::JsonLdDiffers, &written);
            }
        }
    }

    /// An instant on a day on which nothing is to be seen.
    fn day(&self, name: &str, written: &str, found: &mut Findings<'_>) {
        let Some((first, last)) = self.facts.days else { return };
        let date = written.get(..10).and_then(|date| date.parse::<jiff::civil::Date>().ok());
        if let Some(date) = date.filter(|date| *date < first || *date > last) {
            let message = format!("`{name}` is {date}, which is not between {first} and {last}");
            found.error(Code::JsonLdDiffers, self.place(written), message);
            found.written(Code::JsonLdDiffers, written);
        }
    }

    /// A price may be written with or without its cents.
    fn shows(&self, name: &str, written: &str) -> bool {
        let text = &self.seen.visible.text;
        if text.contains(written.trim()) {
            return true;
        }
        let ghost = super::Ghost { value: written, kind: super::GhostKind::Number };
        name == "price" && !super::ghosts(text, &[ghost]).is_empty()
    }

    fn place(&self, near: &str) -> Place {
        let at = self.text.find(near).map(|at| self.range.start + at);
        Place::Html(at.map_or(self.range.clone(), |at| at..at + near.len()))
    }
}
