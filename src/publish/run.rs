//! One run of one command on a target.

use jiff::Timestamp;

use crate::release::EnvName;
use crate::store::ConditionalStore;

/// One run on an environment of a target.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The target.
    pub store: &'a dyn ConditionalStore,
    /// The environment.
    pub env: &'a EnvName,
    /// Who runs it.
    pub by: &'a str,
    /// An id that no other run has: hexadecimal digits.
    pub id: &'a str,
    /// The clock. Leases and the times of publications are real; what is decided as of another time
    /// is decided by the caller.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Run({} of {:?} by {})", self.env, self.store, self.by)
    }
}

impl Run<'_> {
    /// The time, in whole seconds that have passed: what was published is not out later than it is.
    pub fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}
