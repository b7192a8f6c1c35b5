//! Typed rows.

use super::Contract;
use crate::model::{SourceId, Span, Value};

/// A table with all its rows, from all its files.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its contract.
    pub contract: Contract,
    /// Its rows, in file order.
    pub records: Vec<Record>,
}

/// One row. Cells stand in the order of the contract, whatever the file's order.
#[derive(Clone, Debug)]
pub struct Record {
    source: SourceId,
    cells: Box<[Cell]>,
    /// Values of single channels.
    pub overrides: Vec<Override>,
    /// Something in the row is wrong: it is kept out of the build.
    pub quarantined: bool,
}

/// `title@sms`: a column's value for one channel.
#[derive(Clone, Debug)]
pub struct Override {
    /// The column.
    pub column: usize,
    /// The channel.
    pub channel: String,
    /// Its value; never empty.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) value: Value,
    pub(super) start: u32,
    pub(super) end: u32,
}

const EMPTY: &Value = &Value::Empty;

impl Record {
    pub(super) fn new(
        source: SourceId,
        cells: Vec<Cell>,
        overrides: Vec<Override>,
        quarantined: bool,
    ) -> Self {
        Self { source, cells: cells.into(), overrides, quarantined }
    }

    /// The value of a column, for every channel.
    pub fn value(&self, column: usize) -> &Value {
        self.cells.get(column).map_or(EMPTY, |cell| &cell.value)
    }

    /// The value of a column in one channel, and where it stands.
    pub fn value_in(&self, column: usize, channel: &str) -> (&Value, Span) {
        let own = |one: &&Override| one.column == column && one.channel == channel;
        match self.overrides.iter().find(own) {
            Some(found) => (&found.value, found.span),
            None => (self.value(column), self.span(column)),
        }
    }

    /// The text of a column; empty where the cell is.
    pub fn text(&self, column: usize) -> &str {
        self.value(column).as_text().unwrap_or("")
    }

    /// Whether the row begins at or before a place.
    pub fn begins_before(&self, span: Span) -> bool {
        let start = self.cells.iter().map(|cell| cell.start).min().unwrap_or(0);
        (self.source, start) <= (span.source, span.start)
    }

    /// Where a column's cell stands.
    pub fn span(&self, column: usize) -> Span {
        let (start, end) = self.cells.get(column).map_or((0, 0), |cell| (cell.start, cell.end));
        Span { source: self.source, start, end }
    }
}

impl Table {
    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.contract.position(name)
    }
}
