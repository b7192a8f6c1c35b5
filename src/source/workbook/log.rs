//! Collects what is to be said about the cells of a sheet while it is read.
//!
//! Cells without a usable value are named one by one, up to a limit; formulas and rewritten values
//! are counted by column. Must not hold more than a limit's worth of remarks.

use super::grid::{CellMap, CellRef, Spot, letters};
use super::limits;
use super::remark::{Remark, RemarkKind};
use std::collections::BTreeMap;

/// Ways in which a value is written otherwise than the workbook stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rewritten {
    Date,
    Percent,
    Rounded,
    Zeros,
}

impl Rewritten {
    fn text(self) -> &'static str {
        match self {
            Self::Date => "dates are written as `2026-11-27` or `2026-11-27T05:00`",
            Self::Percent => "percentages are written with `%`, as shown",
            Self::Rounded => "numbers are written with 15 digits, as a spreadsheet shows them",
            Self::Zeros => "numbers are written with the zeros in front that their format shows",
        }
    }
}

/// How often something is in a column, and where first.
struct Tally {
    count: u64,
    first: CellRef,
    spot: Spot,
}

/// What has been noticed so far.
#[derive(Default)]
pub(super) struct Log {
    whole: Vec<Remark>,
    errors: Vec<(Spot, String, String)>,
    more_errors: u64,
    formulas: BTreeMap<u32, Tally>,
    rewritten: BTreeMap<(u32, Rewritten), Tally>,
}

impl Log {
    pub(super) fn whole(&mut self, kind: RemarkKind, message: String, help: &str) {
        self.whole.push(Remark { kind, range: None, message, help: help.to_owned() });
    }

    pub(super) fn error(&mut self, spot: Spot, message: String, help: String) {
        if self.errors.len() < limits::REMARKS {
            self.errors.push((spot, message, help));
        } else {
            self.more_errors += 1;
        }
    }

    pub(super) fn formula(&mut self, spot: Spot, at: CellRef) {
        count(&mut self.formulas, at.column, spot, at);
    }

    pub(super) fn rewritten(&mut self, how: Rewritten, spot: Spot, at: CellRef) {
        count(&mut self.rewritten, (at.column, how), spot, at);
    }

    /// All remarks: those on the whole file, then the others in the order of the text.
    pub(super) fn finish(self, cells: &CellMap) -> Vec<Remark> {
        let Self { mut whole, errors, more_errors, formulas, rewritten } = self;
        if more_errors > 0 {
            // Rows with cells that are not named could not be held back.
            whole.push(Remark {
                kind: RemarkKind::Broken,
                range: None,
                message: format!("{more_errors} more cells hold no usable value"),
                help: "correct those that are named, and look for what they have in common".into(),
            });
        }
        let mut placed = Vec::new();
        let mut place = |kind, spot: Spot, message, help| {
            placed.push(Remark { kind, range: Some(spot.range(cells)), message, help });
        };
        for (spot, message, help) in errors {
            place(RemarkKind::ErrorCell, spot, message, help);
        }
        for (column, tally) in formulas {
            let column = letters(column);
            let message = format!(
                "column {column} holds {}, the first in {}; the values last saved are used",
                counted(tally.count, "formula"),
                tally.first
            );
            let help = format!(
                "to fix the values, select column {column}, copy it, choose Paste Special > \
                 Values, and save again"
            );
            place(RemarkKind::Formula, tally.spot, message, help);
        }
        for ((column, how), tally) in rewritten {
            let message = format!(
                "column {}: {} ({}, the first in {})",
                letters(column),
                how.text(),
                counted(tally.count, "cell"),
                tally.first
            );
            let help = "nothing needs to be done".to_owned();
            place(RemarkKind::Normalised, tally.spot, message, help);
        }
        placed.sort_by_key(|remark| remark.range.as_ref().map(|range| (range.start, remark.kind)));
        whole.append(&mut placed);
        whole
    }
}

fn count<K: Ord>(tallies: &mut BTreeMap<K, Tally>, key: K, spot: Spot, at: CellRef) {
    tallies.entry(key).or_insert(Tally { count: 0, first: at, spot }).count += 1;
}

/// `1 cell`, `2 cells`.
pub(super) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
