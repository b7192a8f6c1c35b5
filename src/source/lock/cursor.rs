//! Going through the lock in step with links that are sorted like it.

use std::iter::Peekable;

use super::{Lock, LockRow};

/// Finds rows of ids that are asked for in ascending order, without searching for each.
#[derive(Debug)]
pub struct LockCursor<'l, I: Iterator<Item = LockRow<'l>>>(Peekable<I>);

impl Lock {
    /// Begins at the first link.
    pub fn cursor(&self) -> LockCursor<'_, impl Iterator<Item = LockRow<'_>>> {
        LockCursor(self.links().peekable())
    }
}

impl<'l, I: Iterator<Item = LockRow<'l>>> LockCursor<'l, I> {
    /// What a link means now. No id may come before one that was asked for.
    pub fn seek(&mut self, id: &str) -> Option<LockRow<'l>> {
        while self.0.next_if(|row| row.link_id < id).is_some() {}
        self.0.peek().filter(|row| row.link_id == id).cloned()
    }
}
