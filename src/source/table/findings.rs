//! What was found in one file: faults, and what was read in another form than it was written in.

use std::collections::BTreeMap;

use super::limits::MAX_FINDINGS;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Span;

/// Findings of one file, or of a part of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    diagnostics: Vec<Diagnostic>,
    counts: BTreeMap<(Code, Severity), usize>,
    notes: BTreeMap<(Normalised, usize), (Span, usize)>,
    errors: usize,
    remarks: usize,
}

/// How something was read in another form than it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Normalised {
    Spaces,
    NoBreakSpace,
    LineEnds,
    Number,
    Currency,
    Percent,
    Date,
    WholeDay,
    YesNo,
    BlankRow,
    EmptyCells,
    MixedLineEnds,
    ByteOrderMark,
    ControlZ,
    Delimiter,
    Header,
    Unnamed,
}

impl Normalised {
    /// `of` names the column, where there is one.
    fn message(self, number: usize, of: Option<&str>) -> String {
        let s = if number == 1 { "" } else { "s" };
        let (were, hold) = if number == 1 { ("was", "holds") } else { ("were", "hold") };
        let cells = format!("{number} cell{s} of `{}`", of.unwrap_or("the table"));
        match self {
            Self::Spaces => format!("spaces around the text of {cells} were left out"),
            Self::NoBreakSpace => format!("no-break spaces in {cells} were read as spaces"),
            Self::LineEnds => format!("line ends in {cells} were read as line feeds"),
            Self::Number => format!("{cells} {were} read as numbers of the declared locale"),
            Self::Currency => format!("the currency signs of {cells} were left out"),
            Self::Percent => format!("the percent signs of {cells} were left out"),
            Self::Date => format!("{cells} {were} read as dates and times"),
            Self::WholeDay => {
                format!("{cells} {hold} a date without a time, which is the whole day")
            }
            Self::YesNo => format!("{cells} {were} read as yes or no"),
            Self::BlankRow => format!("{number} blank row{s} left out"),
            Self::EmptyCells => {
                format!("empty cells behind the last column of {number} row{s} left out")
            }
            Self::MixedLineEnds => "the file mixes line ends".to_owned(),
            Self::ByteOrderMark => "the byte order mark at the beginning was left out".to_owned(),
            Self::ControlZ => "the end-of-file mark of DOS was left out".to_owned(),
            Self::Delimiter => "the delimiter was taken from the header, which it fits".to_owned(),
            Self::Header => format!("the header was read as `{}`", of.unwrap_or("")),
            Self::Unnamed => {
                format!("{number} column{s} without a name and without cells left out")
            }
        }
    }
}

/// Stands for "no column" in notes about whole rows and files.
pub(super) const NO_COLUMN: usize = usize::MAX;

impl Findings {
    /// Adds one; past the limit of its kind it is only counted.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.remarks += 1;
        let count = self.counts.entry((diagnostic.code, diagnostic.severity)).or_default();
        *count += 1;
        if *count <= MAX_FINDINGS || diagnostic.blocking {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Records that something was normalised.
    pub(super) fn note(&mut self, kind: Normalised, column: usize, span: Span) {
        self.note_many(kind, column, span, 1);
    }

    /// Records that something was normalised so many times.
    pub(super) fn note_many(&mut self, kind: Normalised, column: usize, span: Span, times: usize) {
        self.remarks += 1;
        self.notes.entry((kind, column)).or_insert((span, 0)).1 += times;
    }

    /// Errors so far, listed or not.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Errors, warnings and notes so far, counted.
    pub(super) fn remarks(&self) -> usize {
        self.remarks
    }

    /// Adds what was found further down.
    pub(super) fn append(&mut self, below: Self) {
        self.diagnostics.extend(below.diagnostics);
        self.errors += below.errors;
        for (kind, count) in below.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        for (kind, (span, count)) in below.notes {
            self.notes.entry(kind).or_insert((span, 0)).1 += count;
        }
    }

    /// Everything, in the order it was found.
    pub(super) fn finish(self, name_of: impl Fn(usize) -> Option<String>, out: &mut Diagnostics) {
        let mut listed: BTreeMap<(Code, Severity), usize> = BTreeMap::new();
        for mut one in self.diagnostics {
            let kind = (one.code, one.severity);
            let number = listed.entry(kind).or_default();
            *number += 1;
            if *number > MAX_FINDINGS && !one.blocking {
                continue;
            }
            if *number == MAX_FINDINGS {
                one.repeats += self.counts.get(&kind).map_or(0, |all| all - MAX_FINDINGS);
            }
            out.push(one);
        }
        for ((kind, column), (span, number)) in self.notes {
            let name = name_of(column);
            let message = kind.message(number, name.as_deref());
            out.push(Diagnostic::note(Code::Normalised, span, message));
        }
    }
}
