//! What throughline.lock records of links, as rows with the time in which each was true.

use crate::source::{Lock, LockRow};

/// One meaning of a link. What the lock does not record is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded<'a> {
    pub(super) row: LockRow<'a>,
    /// Where the next meaning of the link begins.
    pub(super) valid_to: &'a str,
    /// No later row has taken its place.
    pub(super) is_last: bool,
}

/// The row of the lock at a place, where rows stand by link and time.
pub(super) fn recorded(lock: &Lock, at: usize) -> Option<Recorded<'_>> {
    let row = lock.row_at(at)?;
    let is_last = lock.link_at(at + 1) != Some(row.link_id);
    let next = lock.row_at(at + 1).filter(|_| !is_last);
    Some(Recorded { row, valid_to: next.map_or("", |next| next.valid_from), is_last })
}
