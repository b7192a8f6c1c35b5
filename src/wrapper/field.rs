//! One id of a network, as a profile declares it.

use std::ops::Range;

use super::rule::Rule;

/// An id of the network, which a partner's row gives.
#[derive(Clone, Debug)]
pub struct Field {
    pub(super) name: String,
    pub(super) meaning: String,
    pub(super) optional: bool,
    pub(super) rule: Rule,
    /// Where the profile declares it.
    pub(super) range: Range<usize>,
}

impl Field {
    /// Its name in the profile.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is, in the profile's words; may be empty.
    pub fn meaning(&self) -> &str {
        &self.meaning
    }

    /// Whether a link can do without it.
    pub fn is_optional(&self) -> bool {
        self.optional
    }
}
