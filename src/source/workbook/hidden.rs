//! What is hidden in a sheet: rows, columns, filters and merged cells.
//!
//! Hidden cells are read like all others; these remarks name them. Must not change the text.

use super::grid::{CellMap, CellRef, letters};
use super::limits;
use super::log::Log;
use super::remark::{Fault, RemarkKind, quoted};
use std::ops::Range;

/// A rectangle of cells, both corners inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) first: CellRef,
    pub(super) last: CellRef,
}

/// Runs of rows or columns, in order.
#[derive(Default)]
struct Runs(Vec<(u32, u32)>);

impl Runs {
    fn add(&mut self, first: u32, last: u32) -> Result<(), Fault> {
        let full = self.0.len() >= limits::RANGES;
        match self.0.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(first) => *end = last,
            _ if full => {
                return Err(limits::fault("the sheet hides too many separate rows or columns"));
            }
            _ => self.0.push((first, last)),
        }
        Ok(())
    }

    /// The runs inside `used` in words, such as `4-6, 9 and 12`; none if there are none.
    fn words(&self, used: &Range<u32>, name: impl Fn(u32) -> String) -> Option<(bool, String)> {
        let inside: Vec<(u32, u32)> = self
            .0
            .iter()
            .map(|(first, last)| (*first.max(&used.start), (*last).min(used.end.saturating_sub(1))))
            .filter(|(first, last)| first <= last)
            .collect();
        let single = matches!(inside.as_slice(), [(first, last)] if first == last);
        let words = inside.iter().map(|(first, last)| {
            if first == last { name(*first) } else { format!("{}-{}", name(*first), name(*last)) }
        });
        Some((single, list(words)?))
    }
}

/// At most eight pieces as a list in words.
fn list(pieces: impl ExactSizeIterator<Item = String>) -> Option<String> {
    let more = pieces.len().saturating_sub(8);
    let mut pieces: Vec<String> = pieces.take(8).collect();
    if more > 0 {
        pieces.push(format!("{more} more"));
    }
    let last = pieces.pop()?;
    if pieces.is_empty() {
        return Some(last);
    }
    Some(format!("{} and {last}", pieces.join(", ")))
}

/// What a sheet hides.
#[derive(Default)]
pub(super) struct Hidden {
    rows: Runs,
    columns: Runs,
    /// Rows that a filter hides; they may be among `rows` too.
    filtered: Runs,
    filter: bool,
    merged: Vec<Area>,
}

impl Hidden {
    pub(super) fn row(&mut self, first: u32, last: u32) -> Result<(), Fault> {
        self.rows.add(first, last)
    }

    pub(super) fn filtered_row(&mut self, first: u32, last: u32) -> Result<(), Fault> {
        self.filter = true;
        self.filtered.add(first, last)
    }

    pub(super) fn column(&mut self, first: u32, last: u32) -> Result<(), Fault> {
        self.columns.add(first, last)
    }

    /// A filter with a condition is set, and the rows it hides are among the hidden ones.
    pub(super) fn filter(&mut self) {
        self.filter = true;
    }

    pub(super) fn merge(&mut self, area: Area) -> Result<(), Fault> {
        if self.merged.len() >= limits::RANGES {
            return Err(limits::fault("the sheet holds more than 100,000 merged ranges"));
        }
        if area.first != area.last {
            self.merged.push(area);
        }
        Ok(())
    }

    /// Says all of it, for the part of the sheet that is used.
    pub(super) fn tell(&self, sheet: &str, used: &Range<u32>, width: u32, log: &mut Log) {
        let sheet = quoted(std::iter::once(sheet));
        let rows = if self.filtered.0.is_empty() { None } else { Some(&self.filtered) };
        let by_filter = " by a filter";
        for (runs, why) in [
            (Some(&self.rows), if self.filter && rows.is_none() { by_filter } else { "" }),
            (rows, by_filter),
        ] {
            if let Some((single, words)) = runs.and_then(|runs| runs.words(used, |n| n.to_string()))
            {
                let (noun, verb) = if single { ("row", "is") } else { ("rows", "are") };
                let message = format!(
                    "{noun} {words} of {sheet} {verb} hidden{why}, and read like the others"
                );
                log.whole(RemarkKind::Hidden, message, ROWS_HELP);
            }
        }
        if let Some((single, words)) = self.columns.words(&(1..width + 1), letters) {
            let (noun, verb) = if single { ("column", "is") } else { ("columns", "are") };
            let message =
                format!("{noun} {words} of {sheet} {verb} hidden, and read like the others");
            log.whole(RemarkKind::Hidden, message, COLUMNS_HELP);
        }
        let inside = |area: &&Area| used.contains(&area.first.row) && area.first.column <= width;
        let mut merged: Vec<&Area> = self.merged.iter().filter(inside).collect();
        merged.sort_by_key(|area| (area.first, area.last));
        let merged = merged.iter().map(|area| format!("{}:{}", area.first, area.last));
        if let Some(words) = list(merged) {
            let message =
                format!("cells {words} of {sheet} are merged; only the first has a value");
            log.whole(RemarkKind::Hidden, message, MERGED_HELP);
        }
    }

    /// Cells that merged cells cover and that hold a value nevertheless.
    pub(super) fn covered(&self, text: &str, cells: &CellMap, log: &mut Log) -> Result<(), Fault> {
        let (mut budget, mut found, mut first) = (128_usize << 20, 0_u64, None);
        for area in &self.merged {
            let used = cells.rows();
            for row in area.first.row.max(used.start)..used.end.min(area.last.row.saturating_add(1))
            {
                let line = cells.line(text, row).and_then(|range| text.get(range));
                let line = line.unwrap_or_default();
                budget = budget.checked_sub(line.len() + 1).ok_or_else(|| {
                    limits::fault("the sheet's merged ranges are too many and too large")
                })?;
                for (column, filled) in filled(line) {
                    let at = CellRef { row, column };
                    let inside = (area.first.column..=area.last.column).contains(&column);
                    if filled && inside && at != area.first {
                        found += 1;
                        first.get_or_insert((at, area));
                    }
                }
            }
        }
        if let Some((at, area)) = first {
            let message = format!(
                "{} below merged cells, the first is {at} below {}:{}",
                if found == 1 {
                    "1 cell holds a value".to_owned()
                } else {
                    format!("{found} cells hold values")
                },
                area.first,
                area.last
            );
            // Which row the value belongs to cannot be told.
            log.whole(RemarkKind::Broken, message, COVERED_HELP);
        }
        Ok(())
    }
}

/// For each cell of a line: its column, and whether it holds anything.
fn filled(line: &str) -> impl Iterator<Item = (u32, bool)> {
    let mut within = false;
    let cells = line.split(move |c| {
        within ^= c == '"';
        c == ',' && !within
    });
    (1..).zip(cells.map(|cell| !cell.is_empty()))
}

/// What is said of a few hidden sheets.
pub(super) fn sheets(hidden: &[&str], log: &mut Log) {
    if hidden.is_empty() {
        return;
    }
    let message = format!(
        "{} hidden and not read: {}",
        if hidden.len() == 1 {
            "1 other sheet is".to_owned()
        } else {
            format!("{} other sheets are", hidden.len())
        },
        quoted(hidden.iter().copied())
    );
    let help = "right-click the sheet tabs, choose Unhide, and delete the sheets nobody needs";
    log.whole(RemarkKind::Hidden, message, help);
}

/// What is said if the sheet that is read is itself hidden.
pub(super) fn chosen(name: &str, log: &mut Log) {
    let message = format!("the sheet {} is hidden, and read", quoted(std::iter::once(name)));
    let help = "right-click the sheet tabs, choose Unhide, and save again";
    log.whole(RemarkKind::Hidden, message, help);
}

/// What is said of links to other workbooks.
pub(super) fn links(log: &mut Log) {
    let message = "the workbook takes values from other workbooks".to_owned();
    let help = "in Excel choose Data > Edit Links (or Workbook Links) > Break Links, and in \
                LibreOffice Edit > Links to External Files > Break Link, and save again";
    log.whole(RemarkKind::Broken, message, help);
}

const ROWS_HELP: &str = "if they are not meant, delete them; otherwise clear the filter, select \
                         all rows, right-click, choose Unhide, and save again";
const COLUMNS_HELP: &str = "if they are not meant, delete them; otherwise select all columns, \
                            right-click, choose Unhide, and save again";
const MERGED_HELP: &str = "select the cells, choose Merge & Center > Unmerge Cells, fill in each \
                           cell, and save again";
const COVERED_HELP: &str = "select the cells, choose Merge & Center > Unmerge Cells, delete what \
                            appears or keep it, and save again";
