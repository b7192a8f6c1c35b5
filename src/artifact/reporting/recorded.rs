//! What throughline.lock records of links, as rows with the time in which each was true.

use crate::source::Lock;

/// One meaning of a link. What the lock does not record is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recorded<'a> {
    pub(super) link_id: &'a str,
    pub(super) short_code: &'a str,
    pub(super) campaign: &'a str,
    pub(super) channel: &'a str,
    pub(super) partner: &'a str,
    pub(super) offer: &'a str,
    pub(super) url: &'a str,
    /// `YYYY-MM-DD`.
    pub(super) valid_from: &'a str,
    /// Where the next meaning of the link begins.
    pub(super) valid_to: &'a str,
    /// No later row has taken its place.
    pub(super) is_last: bool,
}

/// Every row of the lock, by link and time.
pub(super) fn rows_of_lock(lock: &Lock) -> impl Iterator<Item = Recorded<'_>> {
    lock.entries.iter().map(|(id, entry)| Recorded {
        link_id: id,
        short_code: &entry.short_code,
        campaign: &entry.campaign,
        channel: &entry.channel,
        partner: &entry.partner,
        offer: "",
        url: "",
        valid_from: "",
        valid_to: "",
        is_last: true,
    })
}
