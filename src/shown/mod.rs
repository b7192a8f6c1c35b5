//! Which facts a rendered text shows, and which it shows differently than the record has them.
//!
//! Reads what a customer reads: text without tags, white space folded. Texts and facts in, answers
//! out; whether an answer is an error is the caller's business.

mod cues;
mod days;
mod quantities;
mod visible;

use rust_decimal::Decimal;

use cues::{after_end, after_save, before_off, code_claims};
use days::{Mention, days};
use quantities::{Quantity, Unit, quantities};

use crate::locale::Locale;

pub use visible::{visible_lines, visible_text};

/// A fact of a record that a text should show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'f> {
    /// A percentage.
    Percent(Decimal),
    /// An amount and its currency.
    Money(Decimal, &'f str),
    /// A promotion code, letter for letter.
    Code(&'f str),
    /// A day: year, month and day, in each zone that it may be told in.
    Day(Vec<(i16, i8, i8)>),
    /// A text of any kind, such as the title of legal terms.
    Text(&'f str),
}

/// A value, code or date that a text claims and no record has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What kind of fact it is.
    pub kind: ClaimKind,
    /// As the text has it, white space folded: `25% off`.
    pub text: String,
}

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// How much is saved.
    Value,
    /// Which code to use.
    Code,
    /// When it ends.
    End,
}

/// A text that has been read.
#[derive(Debug)]
pub struct Reading {
    locale: &'static Locale,
    text: String,
    lower: String,
    quantities: Vec<Quantity>,
    days: Vec<Mention>,
}

impl Reading {
    /// Reads a text without tags.
    pub fn new(text: &str, locale: &'static Locale) -> Self {
        let text = fold(text);
        let lower = text.to_lowercase();
        let quantities = quantities(&text, locale);
        let days = days(&lower, locale);
        Self { locale, text, lower, quantities, days }
    }

    /// Whether the text shows a fact, in any form in which people of the locale write it.
    pub fn shows(&self, fact: &Fact<'_>) -> bool {
        match fact {
            Fact::Percent(value) => self.has(value, |unit| *unit == Unit::Percent),
            Fact::Money(amount, currency) => {
                self.has(amount, |unit| unit.means(currency, self.locale))
            }
            Fact::Code(code) => has_word(&self.text, &fold(code)),
            Fact::Day(days) => self.days.iter().any(|day| day.is_one_of(days)),
            Fact::Text(text) => {
                let text = fold(text).to_lowercase();
                !text.is_empty() && has_word(&self.lower, &text)
            }
        }
    }

    /// Where the text names one of these days and can mean nothing else, as it is written there in
    /// lower case.
    pub fn mentions(&self, days: &[(i16, i8, i8)]) -> Vec<&str> {
        let sure = self.days.iter().filter(|day| day.is_sure() && day.is_one_of(days));
        sure.filter_map(|day| self.lower.get(day.range.clone())).collect()
    }

    fn has(&self, value: &Decimal, unit: impl Fn(&Unit) -> bool) -> bool {
        self.quantities.iter().any(|one| unit(&one.unit) && one.values.contains(value))
    }

    /// Values, codes and ends that the text claims and none of the facts has. A kind without a
    /// fact is not looked at, and neither is what `known` texts hold as well, such as legal terms.
    pub fn claims(&self, facts: &[Fact<'_>], known: &[&str]) -> Vec<Claim> {
        let mut found = self.value_claims(facts);
        let codes: Vec<&str> = facts
            .iter()
            .filter_map(|one| if let Fact::Code(code) = one { Some(*code) } else { None })
            .collect();
        if !codes.is_empty() {
            let strange = code_claims(&self.text).filter(|(_, code)| !codes.contains(code));
            found.extend(
                strange.map(|(text, _)| Claim { kind: ClaimKind::Code, text: text.to_owned() }),
            );
        }
        let ends: Vec<(i16, i8, i8)> = facts
            .iter()
            .flat_map(|one| if let Fact::Day(days) = one { days.as_slice() } else { &[] })
            .copied()
            .collect();
        for day in self.days.iter().filter(|day| day.is_sure() && !ends.is_empty()) {
            let before = self.lower.get(..day.range.start).unwrap_or("");
            if let Some(start) = after_end(before).filter(|_| !day.is_one_of(&ends)) {
                let text = self.lower.get(start..day.range.end).unwrap_or("");
                found.push(Claim { kind: ClaimKind::End, text: text.to_owned() });
            }
        }
        let known: Vec<String> = known.iter().map(|text| fold(text).to_lowercase()).collect();
        let told =
            |claim: &Claim| known.iter().any(|text| text.contains(&claim.text.to_lowercase()));
        found.retain(|claim| !told(claim));
        found.sort_by(|a, b| (a.kind, &a.text).cmp(&(b.kind, &b.text)));
        found.dedup();
        found
    }

    fn value_claims(&self, facts: &[Fact<'_>]) -> Vec<Claim> {
        let mut found = Vec::new();
        for one in &self.quantities {
            let mut of_its_kind = facts.iter().filter_map(|fact| match (fact, &one.unit) {
                (Fact::Percent(value), Unit::Percent) => Some(value),
                (Fact::Money(amount, currency), unit) if unit.means(currency, self.locale) => {
                    Some(amount)
                }
                _ => None,
            });
            let mut any = false;
            let right = of_its_kind.any(|value| {
                any = true;
                one.values.contains(value)
            });
            if right || !any {
                continue;
            }
            let before = self.text.get(..one.range.start).unwrap_or("");
            let after = self.text.get(one.range.end..).unwrap_or("");
            let claimed = match (before_off(before, after), after_save(before)) {
                (Some(length), _) => one.range.start..one.range.end + length,
                (None, Some(start)) => start..one.range.end,
                (None, None) => continue,
            };
            let text = self.text.get(claimed).unwrap_or("").to_owned();
            found.push(Claim { kind: ClaimKind::Value, text });
        }
        found
    }
}

/// All white space is one space; what nobody sees is left out.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        if one.is_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !matches!(
            one,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{34f}'
        ) {
            out.push(if one == '\u{2019}' { '\'' } else { one });
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a text holds another as words of their own.
fn has_word(text: &str, word: &str) -> bool {
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
            let (first, last) = (word.chars().next(), word.chars().next_back());
            let joined = |a: Option<char>, b: Option<char>| {
                a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
            };
            !joined(before, first) && !joined(last, after)
        })
}

#[cfg(test)]
mod tests;
