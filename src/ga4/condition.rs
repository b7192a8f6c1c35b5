//! A single condition of a rule, and the place where a value meets it.
//!
//! Matchers are written by hand, allocate nothing and walk a value once: they run several times for
//! each link. Case is ignored for ASCII letters only.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;

use super::predict::Visit;
use super::sources::Category;

/// A part of a visit that rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `utm_source`.
    Source,
    /// `utm_medium`.
    Medium,
    /// `utm_campaign`.
    Campaign,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
        })
    }
}

/// A condition, as written in the data.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Condition {
    SourceListedAs(Category),
    Source(Test),
    Medium(Test),
    Campaign(Test),
}

/// What a value is held against. Texts are lower case ASCII, checked when they are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Test {
    OneOf(Vec<String>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    ContainsUnlessAfter(Unless),
}

/// A text that does not count right after some letters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unless {
    pub(super) text: String,
    pub(super) letters: String,
}

impl Condition {
    /// The part of a visit it looks at.
    pub(super) fn field(&self) -> Field {
        match self {
            Self::SourceListedAs(_) | Self::Source(_) => Field::Source,
            Self::Medium(_) => Field::Medium,
            Self::Campaign(_) => Field::Campaign,
        }
    }

    /// What it holds a value against, where that is a text.
    pub(super) fn test(&self) -> Option<&Test> {
        match self {
            Self::SourceListedAs(_) => None,
            Self::Source(test) | Self::Medium(test) | Self::Campaign(test) => Some(test),
        }
    }

    /// The bytes of its field's value that meet it.
    pub(super) fn find(
        &self,
        visit: Visit<'_>,
        category: Option<Category>,
    ) -> Option<Range<usize>> {
        let value = visit.value(self.field());
        match self {
            Self::SourceListedAs(wanted) => (category == Some(*wanted)).then_some(0..value.len()),
            Self::Source(test) | Self::Medium(test) | Self::Campaign(test) => test.find(value),
        }
    }
}

impl Test {
    /// The first bytes of a value that meet it.
    pub(super) fn find(&self, value: &str) -> Option<Range<usize>> {
        let bytes = value.as_bytes();
        match self {
            Self::OneOf(texts) => {
                texts.iter().any(|text| value.eq_ignore_ascii_case(text)).then_some(0..bytes.len())
            }
            Self::Contains(text) => first(bytes, text, |_| true),
            Self::StartsWith(text) => bytes
                .get(..text.len())
                .filter(|head| head.eq_ignore_ascii_case(text.as_bytes()))
                .map(|head| 0..head.len()),
            Self::EndsWith(text) => {
                let start = bytes.len().checked_sub(text.len())?;
                let tail = bytes.get(start..)?;
                tail.eq_ignore_ascii_case(text.as_bytes()).then_some(start..bytes.len())
            }
            Self::ContainsUnlessAfter(Unless { text, letters }) => first(bytes, text, |start| {
                let before = start.checked_sub(1).and_then(|at| bytes.get(at));
                before.is_none_or(|one| !letters.as_bytes().contains(&one.to_ascii_lowercase()))
            }),
        }
    }

    /// Every text in it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let (many, one) = match self {
            Self::OneOf(texts) => (texts.as_slice(), None),
            Self::Contains(text) | Self::StartsWith(text) | Self::EndsWith(text) => {
                (&[][..], Some(text))
            }
            Self::ContainsUnlessAfter(Unless { text, .. }) => (&[][..], Some(text)),
        };
        many.iter().chain(one).map(String::as_str)
    }
}

/// The first place of a text whose start is accepted.
fn first(bytes: &[u8], text: &str, accept: impl Fn(usize) -> bool) -> Option<Range<usize>> {
    let text = text.as_bytes();
    let (head, tail) = text.split_first()?;
    let last = bytes.len().checked_sub(text.len())?;
    let starts = bytes.iter().take(last + 1).enumerate();
    for (start, _) in starts.filter(|(_, one)| one.to_ascii_lowercase() == *head) {
        let rest = bytes.get(start + 1..start + text.len());
        if rest.is_some_and(|rest| rest.eq_ignore_ascii_case(tail)) && accept(start) {
            return Some(start..start + text.len());
        }
    }
    None
}
