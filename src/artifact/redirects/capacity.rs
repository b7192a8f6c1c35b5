//! How full a server is.

use std::fmt;

/// What a build uses of what a server can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Used by this build.
    pub used: usize,
    /// The most there may be, if there is a limit.
    pub limit: Option<usize>,
    /// What is counted: `rules`.
    pub what: &'static str,
}

impl Capacity {
    /// How many more there may be.
    pub fn left(&self) -> Option<usize> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }

    /// Tells whether there are more than there may be.
    pub fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.used > limit)
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&capacity_text(self.used, self.limit, self.what))
    }
}

/// `1 of 2000 rules, 1999 left`.
pub fn capacity_text(used: usize, limit: Option<usize>, what: &str) -> String {
    match limit {
        Some(limit) => format!("{used} of {limit} {what}, {} left", limit.saturating_sub(used)),
        None => format!("{used} {what}, no limit"),
    }
}
