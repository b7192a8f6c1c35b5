//! throughline.lock: the ids already given out and what each of them has meant. Never reused,
//! never silently changed.
//!
//! A link has one row for each meaning it has had, the oldest without a date. Rows are ranges of
//! the file's text, because a lock may hold a million links.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{conflict_marker, read_lock, read_lock_line};

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::model::{Digest, Excerpt, Span};

/// Everything ever given out: rows sorted by link and date.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// The file as it was read.
    file: Arc<String>,
    /// The text of rows that came later.
    added: Arc<String>,
    rows: Arc<Vec<Cells>>,
    /// Of the file as it is written, once that is asked for.
    digest: OnceLock<Digest>,
    /// Whether the file that was read is as it would be written.
    is_as_written: bool,
}

/// One row: what a link meant from a day on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockRow<'l> {
    /// The link.
    pub link_id: &'l str,
    /// Its short code, the same in all its rows.
    pub short_code: &'l str,
    /// Its campaign, for ever.
    pub campaign: &'l str,
    /// Its channel, for ever.
    pub channel: &'l str,
    /// Its partner, for ever.
    pub partner: &'l str,
    /// The offer it showed; empty where that was not recorded.
    pub offer: &'l str,
    /// The day since when it shows it, `2026-11-27`; empty for its first meaning.
    pub valid_from: &'l str,
    /// Where it led; empty where that was not recorded.
    pub url: Cow<'l, str>,
    /// Where the row stands; `None` for one that was not in the file.
    pub span: Option<Span>,
}

/// Where the cells of a row stand in its text: each ends before a comma and begins after one.
#[derive(Clone, Copy, Debug)]
struct Cells {
    start: u32,
    ends: [u32; COLUMNS.len()],
    /// The file that the row was read from.
    span: Option<Span>,
}

impl Cells {
    /// Whether the row has all cells of this version.
    fn are_all(&self) -> bool {
        self.ends.is_sorted_by(|a, b| a < b)
    }
}

/// Whether rows in their order are known to have each link and date once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sorted {
    Distinct,
    Perhaps,
}

/// The version of the format that is written. Version 1 had neither offers, dates nor URLs.
const LOCK_VERSION: u32 = 2;
/// Rows that one thread looks at, at a time.
const PART: usize = 4096;

/// Rows that one thread writes at a time.
const WRITTEN: usize = 512;
const TITLE: &str = "# throughline.lock ";
const ADVICE: &str = ": ids already given out. Written by `throughline build`; commit it, never \
edit it.";
const COLUMNS: [&str; 8] =
    ["link_id", "short_code", "campaign", "channel", "partner", "offer", "valid_from", "url"];

impl<'l> LockRow<'l> {
    /// Whether what it means was recorded.
    pub fn is_known(&self) -> bool {
        !self.offer.is_empty() || !self.url.is_empty()
    }

    /// What may never change under one id.
    pub fn identity(&self) -> [(&'static str, &'l str); 3] {
        [("campaign", self.campaign), ("channel", self.channel), ("partner", self.partner)]
    }

    /// How many bytes it takes, but for quotes.
    fn written(&self) -> usize {
        let LockRow { link_id, short_code, campaign, channel, partner, offer, .. } = self;
        let cells = [link_id, short_code, campaign, channel, partner, offer, &self.valid_from];
        cells.iter().map(|cell| cell.len() + 1).sum::<usize>() + self.url.len() + 1
    }
}

impl Lock {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was ever given out.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every row, sorted by link and date.
    pub fn rows(&self) -> impl Iterator<Item = LockRow<'_>> + Clone {
        self.rows.iter().map(|cells| self.row(cells))
    }

    /// A row by its place.
    pub fn row_at(&self, at: usize) -> Option<LockRow<'_>> {
        self.rows.get(at).map(|cells| self.row(cells))
    }

    /// The link of a row by its place.
    pub fn link_at(&self, at: usize) -> Option<&str> {
        self.rows.get(at).map(|cells| self.cell(cells, 0))
    }

    /// The rows of a link, the oldest first.
    pub fn rows_of(&self, id: &str) -> impl DoubleEndedIterator<Item = LockRow<'_>> + use<'_> {
        let start = self.rows.partition_point(|cells| self.cell(cells, 0) < id);
        let rows = self.rows.get(start..).unwrap_or_default();
        let end = rows.partition_point(|cells| self.cell(cells, 0) == id);
        rows.get(..end).unwrap_or_default().iter().map(|cells| self.row(cells))
    }

    /// What a link means now.
    pub fn current(&self, id: &str) -> Option<LockRow<'_>> {
        self.rows_of(id).next_back()
    }

    /// Asks what each of these links means now, on all threads, and keeps the answers that are some,
    /// in order. `ids` are in ascending order; `of` gets their places.
    pub fn with_current<'l, R: Send>(
        &'l self,
        ids: &[&str],
        of: impl Fn(usize, Option<LockRow<'l>>) -> Option<R> + Sync,
    ) -> Vec<R> {
        let of = &of;
        let found = ids.par_chunks(PART).enumerate().flat_map_iter(|(part, ids)| {
            let first = ids.first().copied().unwrap_or("");
            let start = self.rows.partition_point(|cells| self.cell(cells, 0) < first);
            let mut rows = self.rows.get(start..).unwrap_or_default();
            ids.iter().enumerate().filter_map(move |(at, id)| {
                while let Some((_, rest)) =
                    rows.split_first().filter(|(cells, _)| self.cell(cells, 0) < *id)
                {
                    rows = rest;
                }
                let own = rows.iter().take_while(|cells| self.cell(cells, 0) == *id);
                of(part * PART + at, own.last().map(|cells| self.row(cells)))
            })
        });
        found.collect()
    }

    /// The row that says what each of these links means now, by its place. `ids` are in ascending
    /// order.
    pub fn places_of(&self, ids: &[&str]) -> Vec<Option<u32>> {
        let parts = ids.par_chunks(PART).flat_map_iter(|ids| {
            let first = ids.first().copied().unwrap_or("");
            let mut next = self.rows.partition_point(|cells| self.cell(cells, 0) < first);
            ids.iter().map(move |id| {
                let rest = self.rows.get(next..).unwrap_or_default();
                next += rest.iter().take_while(|cells| self.cell(cells, 0) <= *id).count();
                let last = next.checked_sub(1).filter(|at| self.link_at(*at) == Some(id))?;
                u32::try_from(last).ok()
            })
        });
        parts.collect()
    }

    /// A text that one of the rows holds, without one of its own.
    pub fn excerpt(&self, text: &str) -> Option<Excerpt> {
        Excerpt::within(&self.file, text).or_else(|| Excerpt::within(&self.added, text))
    }

    /// What links mean now whose short codes are `like` this, found on all threads.
    pub fn with_code(&self, like: impl Fn(&str) -> bool + Sync) -> Vec<LockRow<'_>> {
        let found = self.rows.par_iter().filter(|cells| like(self.cell(cells, 1)));
        let found: Vec<&Cells> = found.collect();
        let same = |a: &&Cells, b: &&Cells| self.cell(a, 0) == self.cell(b, 0);
        let last = found.chunk_by(same).filter_map(|rows| rows.last()).map(|cells| self.row(cells));
        // A link has one code, and the last one is believed.
        last.filter(|row| self.current(row.link_id).as_ref() == Some(row)).collect()
    }

    /// Whether a link was given out.
    pub fn contains(&self, id: &str) -> bool {
        self.rows.binary_search_by(|cells| self.cell(cells, 0).cmp(id)).is_ok()
    }

    /// What each link means now, sorted by id.
    pub fn links(&self) -> impl Iterator<Item = LockRow<'_>> {
        let same = |a: &Cells, b: &Cells| self.cell(a, 0) == self.cell(b, 0);
        self.rows.chunk_by(same).filter_map(|rows| rows.last()).map(|cells| self.row(cells))
    }

    /// Adds the rows that items stand for, as [`Self::extend`] does, made on all threads.
    pub fn extend_from<T: Sync>(
        &mut self,
        items: &[T],
        row: impl Fn(&T) -> Option<LockRow<'_>> + Sync,
    ) {
        if items.is_empty() {
            return;
        }
        let before = self.rows.len();
        // A text doubles as it grows unless its size is known.
        let length = items.par_iter().filter_map(&row).map(|row| row.written()).sum();
        Arc::make_mut(&mut self.added).reserve_exact(length);
        Arc::make_mut(&mut self.rows).reserve_exact(items.len());
        // Some at a time, so that there are not two texts of all.
        for some in items.chunks(16 * WRITTEN) {
            let part = |items: &[T]| {
                let mut part = Self::default();
                let rows =
                    items.iter().filter_map(|one| Some(part.write_row(&row(one)?))).collect();
                part.rows = Arc::new(rows);
                part
            };
            let parts: Vec<Self> = some.par_chunks(WRITTEN).map(part).collect();
            for part in parts {
                let start = self.added.len() as u32;
                Arc::make_mut(&mut self.added).push_str(&part.added);
                Arc::make_mut(&mut self.rows).extend(part.rows.iter().map(|cells| Cells {
                    start: cells.start + start,
                    ends: cells.ends.map(|end| end + start),
                    span: None,
                }));
            }
        }
        if self.rows.len() > before {
            self.settle();
        }
    }

    /// Adds rows. One of the same link and date takes the place of the one that was there.
    pub fn extend<'r>(&mut self, rows: impl Iterator<Item = LockRow<'r>> + Clone) {
        let length = rows.clone().map(|row| row.written()).sum();
        if length == 0 {
            return;
        }
        Arc::make_mut(&mut self.added).reserve_exact(length);
        let before = self.rows.len();
        for row in rows {
            let cells = self.write_row(&row);
            Arc::make_mut(&mut self.rows).push(cells);
        }
        if self.rows.len() > before {
            self.settle();
        }
    }

    fn write_row(&mut self, row: &LockRow<'_>) -> Cells {
        let url = written_url(&row.url);
        let LockRow { link_id, short_code, campaign, channel, partner, offer, .. } = row;
        let all = [link_id, short_code, campaign, channel, partner, offer, row.valid_from, &url];
        let added = Arc::make_mut(&mut self.added);
        let (start, mut ends) = (added.len() as u32, [0; COLUMNS.len()]);
        for (cell, end) in all.into_iter().zip(&mut ends) {
            added.push_str(cell);
            *end = added.len() as u32;
            added.push(',');
        }
        Cells { start, ends, span: None }
    }

    /// Brings rows into their order; of two with one link and date, the later one stays.
    fn settle(&mut self) {
        (self.digest, self.is_as_written) = (OnceLock::new(), false);
        if self.sort() == Sorted::Distinct {
            return;
        }
        let mut rows = Arc::unwrap_or_clone(std::mem::take(&mut self.rows));
        let key = |cells: &Cells| (self.cell(cells, 0), self.cell(cells, 6));
        rows.dedup_by(|later, earlier| {
            let same = key(later) == key(earlier);
            if same {
                *earlier = *later;
            }
            same
        });
        self.rows = Arc::new(rows);
    }

    /// Brings rows into the order of links and dates.
    fn sort(&mut self) -> Sorted {
        let mut rows = Arc::unwrap_or_clone(std::mem::take(&mut self.rows));
        let key = |cells: &Cells| (self.cell(cells, 0), self.cell(cells, 6));
        // A file that we wrote is in order, and all threads see that sooner than one sorts it.
        let in_order = |pair: &[Cells]| match pair {
            [a, b] => key(a) < key(b),
            _ => true,
        };
        let sorted = if rows.par_windows(2).with_min_len(PART).all(in_order) {
            Sorted::Distinct
        } else {
            rows.sort_by(|a, b| key(a).cmp(&key(b)));
            Sorted::Perhaps
        };
        self.rows = Arc::new(rows);
        sorted
    }

    fn cell(&self, cells: &Cells, column: usize) -> &str {
        let before = column.checked_sub(1).and_then(|column| cells.ends.get(column));
        let start = before.map_or(cells.start, |end| end + 1);
        let end = cells.ends.get(column).copied().unwrap_or(start);
        let text = if cells.span.is_some() { &self.file } else { &self.added };
        // Cells that version 1 has not are ranges that end before they begin.
        text.get(start as usize..end as usize).unwrap_or("")
    }

    fn row(&self, cells: &Cells) -> LockRow<'_> {
        let cell = |column| self.cell(cells, column);
        LockRow {
            link_id: cell(0),
            short_code: cell(1),
            campaign: cell(2),
            channel: cell(3),
            partner: cell(4),
            offer: cell(5),
            valid_from: cell(6),
            url: read_url(cell(7)),
            span: cells.span,
        }
    }
}

/// Whether a cell stands in quotes, or what would stand in it needs them.
fn has_quotes(url: &str) -> bool {
    memchr::memchr2(b',', b'"', url.as_bytes()).is_some()
}

/// Every other cell is made of ids; a URL may hold a comma, and stands in quotes then.
fn written_url(url: &str) -> Cow<'_, str> {
    if has_quotes(url) { format!("\"{}\"", url.replace('"', "\"\"")).into() } else { url.into() }
}

fn read_url(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains('"') => inner.replace("\"\"", "\"").into(),
        Some(inner) => inner.into(),
        None => cell.into(),
    }
}
