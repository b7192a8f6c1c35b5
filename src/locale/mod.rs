//! Languages and countries: how each writes dates, amounts and percentages.
//!
//! A closed set from data of our own, so that no table of a machine ever reaches output. Knows
//! nothing of workspaces, and never uses a float.

mod amount;
mod data;
mod date;
mod words;

pub use date::DateStyle;

use data::{ALL, Signs};
use words::Words;

/// A language as one country writes it.
pub struct Locale {
    tag: &'static str,
    direction: Direction,
    words: &'static Words,
    signs: Signs,
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// As English is.
    LeftToRight,
    /// As Arabic is.
    RightToLeft,
}

impl Direction {
    /// The value of HTML's `dir`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// What workspaces are written in that do not say.
const USUAL: &str = "en-US";

impl Locale {
    /// The locale of a BCP 47 tag in its canonical spelling, such as `fr-CA`.
    pub fn find(tag: &str) -> Option<&'static Self> {
        ALL.iter().find(|one| one.tag == tag)
    }

    /// The locale of a tag in any case, as people type headers: `fr-ca`.
    pub fn of_slug(text: &str) -> Option<&'static Self> {
        ALL.iter().find(|one| one.tag.eq_ignore_ascii_case(text))
    }

    /// Every locale there is.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter()
    }

    /// The locale of a workspace that does not say.
    pub fn usual() -> &'static Self {
        let [first, ..] = &ALL;
        Self::find(USUAL).unwrap_or(first)
    }

    /// Its tag, as HTML's `lang` takes it: `fr-CA`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Its tag as ids, paths and parameters hold it: `fr-ca`.
    pub fn slug(&self) -> String {
        self.tag.to_ascii_lowercase()
    }

    /// The language alone: `fr`.
    pub fn language(&self) -> &'static str {
        self.tag.split('-').next().unwrap_or(self.tag)
    }

    /// Whether who reads the one can read the other: both are of one language.
    pub fn is_read_as(&self, other: &Self) -> bool {
        self.language() == other.language()
    }

    /// Which way it is written.
    pub fn direction(&self) -> Direction {
        self.direction
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Locale {}

impl std::fmt::Debug for Locale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.tag)
    }
}

#[cfg(test)]
mod tests;
