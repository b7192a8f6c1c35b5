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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { used, limit, what } = self;
        match limit {
            Some(limit) => {
                write!(f, "{used} of {limit} {what}, {} left", limit.saturating_sub(*used))
            }
            None => write!(f, "{used} {what}, no limit"),
        }
    }
}
