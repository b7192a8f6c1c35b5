//! The first rule that holds for a visit, and why it does.

use std::fmt;
use std::ops::Range;

use super::condition::{Condition, Field, Test};
use super::edition::{Edition, Rule, UNASSIGNED};
use super::sources::{Category, Own, OwnSources};

/// What GA4 sees of a link. A part that the link does not carry is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit<'v> {
    /// The value of `utm_source`, decoded.
    pub source: &'v str,
    /// The value of `utm_medium`, decoded.
    pub medium: &'v str,
    /// The value of `utm_campaign`, decoded.
    pub campaign: &'v str,
    /// What the workspace knows of sources.
    pub own: &'v OwnSources,
}

impl<'v> Visit<'v> {
    /// The value of one part.
    pub fn value(&self, field: Field) -> &'v str {
        match field {
            Field::Source => self.source,
            Field::Medium => self.medium,
            Field::Campaign => self.campaign,
        }
    }
}

/// The channel of a visit, and the rule that decides it. Shown, it says why.
#[derive(Clone, Copy, Debug)]
pub struct Prediction<'v> {
    /// The channel's name, as GA4 writes it.
    pub channel: &'static str,
    /// The rule's place in GA4's order, from 1.
    pub rule: usize,
    /// The rule's condition, in words.
    pub condition: &'static str,
    /// What GA4 takes the source for: `search`, `shopping`, `social` or `video`.
    pub category: Option<&'static str>,
    /// What the list of this program says of the source, which the workspace's goes before.
    pub built_in: Option<&'static str>,
    visit: Visit<'v>,
    decided: Option<&'static Rule>,
    listed: Option<Category>,
}

/// A part of a visit that made its rule hold. Shown, it says how.
#[derive(Clone, Debug)]
pub struct Reason<'v> {
    /// The part.
    pub field: Field,
    /// Its whole value.
    pub value: &'v str,
    /// The bytes of the value that matter.
    pub range: Range<usize>,
    condition: &'static Condition,
}

/// Predicts the channel of a visit.
pub fn predict(visit: Visit<'_>) -> Prediction<'_> {
    let edition = Edition::current();
    let known = edition.sources.category(visit.source);
    let own = visit.own.category(visit.source);
    let listed = match own {
        Some(Own::ListedAs(category)) => Some(category),
        Some(Own::NotListed) => None,
        None => known,
    };
    let holds = |rule: &Rule| {
        let one_of =
            |group: &[Condition]| group.iter().any(|one| one.find(visit, listed).is_some());
        rule.all.iter().all(|group| one_of(group))
    };
    let found = edition.rules.iter().enumerate().find(|(_, rule)| holds(rule));
    Prediction {
        channel: found.map_or(UNASSIGNED, |(_, rule)| &rule.channel),
        rule: found.map_or(0, |(at, _)| at + 1),
        condition: found.map_or("", |(_, rule)| &rule.condition),
        category: listed.map(Category::name),
        built_in: known.map(Category::name),
        visit,
        decided: found.map(|(_, rule)| rule),
        listed,
    }
}

impl<'v> Prediction<'v> {
    /// Where the workspace's list of sources and the built-in one disagree about this source.
    pub fn overruling(&self) -> Option<String> {
        if self.built_in == self.category {
            return None;
        }
        let own = self.category.unwrap_or("nothing");
        let known = self
            .built_in
            .map_or_else(|| "does not have it".to_owned(), |one| format!("has it as {one}"));
        Some(format!("the workspace lists the source as {own}, and the built-in list {known}"))
    }

    /// What made the rule hold, one reason for each thing it asks; nothing for `Unassigned`.
    pub fn because(&self) -> Vec<Reason<'v>> {
        let groups = self.decided.map_or(&[][..], |rule| &rule.all);
        groups.iter().filter_map(|group| self.reason(group)).collect()
    }

    fn reason(&self, group: &'static [Condition]) -> Option<Reason<'v>> {
        group.iter().find_map(|condition| {
            let range = condition.find(self.visit, self.listed)?;
            let field = condition.field();
            Some(Reason { field, value: self.visit.value(field), range, condition })
        })
    }
}

impl fmt::Display for Prediction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = self.because();
        if reasons.is_empty() {
            let Visit { source, medium, .. } = self.visit;
            return write!(f, "no rule knows the medium `{medium}` or the source `{source}`");
        }
        for (at, reason) in reasons.iter().enumerate() {
            let glue = if at == 0 { "" } else { " and " };
            write!(f, "{glue}{reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, range, condition } = self;
        if value.is_empty() {
            return write!(f, "{field} is empty");
        }
        let part = value.get(range.clone()).unwrap_or(value);
        match condition {
            Condition::SourceListedAs(category) => {
                write!(f, "{field} `{value}` is on the list of {}s", category.noun())
            }
            Condition::Source(test) | Condition::Medium(test) | Condition::Campaign(test) => {
                match test {
                    Test::OneOf(_) => write!(f, "{field} is `{value}`"),
                    Test::StartsWith(_) => write!(f, "{field} `{value}` starts with `{part}`"),
                    Test::EndsWith(_) => write!(f, "{field} `{value}` ends with `{part}`"),
                    Test::Contains(_) => write!(f, "{field} `{value}` contains `{part}`"),
                    Test::ContainsUnlessAfter(_) => {
                        write!(f, "{field} `{value}` contains `{part}`")?;
                        after_letter(f, value, range.start)
                    }
                }
            }
        }
    }
}

/// Words that end in a letter which does not shield the text after it are a surprise: say so.
fn after_letter(f: &mut fmt::Formatter<'_>, value: &str, start: usize) -> fmt::Result {
    let before = value.get(..start).and_then(|head| head.chars().next_back());
    match before {
        Some(letter) if letter.is_alphabetic() => write!(f, " after the letter `{letter}`"),
        _ => Ok(()),
    }
}
