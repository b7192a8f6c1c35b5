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

/// Every row of the lock, by link and time.
pub(super) fn rows_of_lock(lock: &Lock) -> impl Iterator<Item = Recorded<'_>> {
    let mut rows = lock.rows().peekable();
    std::iter::from_fn(move || {
        let row = rows.next()?;
        let next = rows.peek().filter(|next| next.link_id == row.link_id);
        let (valid_to, is_last) = (next.map_or("", |next| next.valid_from), next.is_none());
        Some(Recorded { row, valid_to, is_last })
    })
}
