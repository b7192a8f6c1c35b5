//! Lines that are no rows though they look like some: totals and headers further down.

use super::ColumnKind;
use super::cells::RawCell;
use super::header::Target;
use super::rows::Rows;
use crate::diag::{Code, Diagnostic};
use crate::model::Span;

impl Rows<'_> {
    /// A row that begins with a word for totals where the key should stand.
    pub(super) fn is_total(&self, raw: &[RawCell], text: &str) -> bool {
        let filled = raw.iter().position(|cell| {
            let (start, end) = cell.inner();
            start < end
        });
        let Some(cell) = filled.and_then(|at| raw.get(at)) else { return false };
        let (start, end) = cell.inner();
        // The longest of the words, with a colon; nearly every row is told by its length alone.
        if !(3..=15).contains(&(end - start)) {
            return false;
        }
        let word =
            text.get(start as usize..end as usize).unwrap_or("").trim().trim_end_matches(':');
        let known = if word.is_ascii() {
            TOTALS.iter().any(|one| one.eq_ignore_ascii_case(word))
        } else {
            TOTALS.contains(&word.to_lowercase().as_str())
        };
        // An id may be such a word; a row of totals has little else that is text.
        known && !(filled == self.key && self.is_filled(raw, text))
    }

    /// Whether the row has what a row needs, so that a word in its key is an id.
    fn is_filled(&self, raw: &[RawCell], text: &str) -> bool {
        let contract = self.reader.contract;
        let mut needed = self.frame.targets.iter().enumerate().filter(|(_, target)| {
            matches!(target, Target::Column(at) if contract.column(*at).is_some_and(|column| {
                column.required && !matches!(column.kind, ColumnKind::Money | ColumnKind::Int)
            }))
        });
        // A row that ends before a cell does not fill it in.
        needed.all(|(at, _)| raw.get(at).is_some_and(|cell| !cell.text(text).trim().is_empty()))
    }

    /// Whether a row is the header once more.
    pub(super) fn is_own_header(&self, raw: &[RawCell], text: &str) -> bool {
        let same = |(one, header): (&RawCell, &RawCell)| one.text(text) == header.text(text);
        raw.len() == self.frame.header.len() && raw.iter().zip(&self.frame.header).all(same)
    }

    pub(super) fn second_header(&self, raw: &[RawCell], text: &str) -> Option<Diagnostic> {
        let first = raw.first()?;
        let (start, end) = first.inner();
        let word = text.get(start as usize..end as usize)?.trim_end();
        let again = self.is_own_header(raw, text);
        let id = word
            .get(word.len().checked_sub(2)?..)
            .is_some_and(|end| end.eq_ignore_ascii_case("id"));
        let other = id && self.names.is_header(raw, text);
        if !again && !other {
            return None;
        }
        let span = first.span(self.reader.source);
        let message =
            if again { "the header stands a second time" } else { "a second header stands here" };
        Some(
            Diagnostic::error(Code::SecondHeader, span, message)
                .help("keep one table in a file, with its header in the first line"),
        )
    }
}

/// What a row of totals begins with, lower case.
const TOTALS: [&str; 16] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "somme",
    "total général",
    "totale",
    "totaal",
    "suma",
    "razem",
];

/// Whether a line is one that version control puts around two versions, which has been told.
pub(super) fn is_conflict_mark(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark))
}

/// What is said of a row of totals.
pub(super) fn total_row(span: Span, word: &str, at_the_end: bool) -> Diagnostic {
    if at_the_end {
        let message = format!("the row of totals `{word}` was left out");
        return Diagnostic::warning(Code::TotalRow, span, message).help("delete the row");
    }
    let message = format!("`{word}` begins a row of totals between other rows");
    Diagnostic::error(Code::TotalRow, span, message).help("delete the row")
}
