//! Typed rows. Text stays in the file it was read from; a cell is its place and its value.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::Contract;
use crate::model::{SourceId, Span, Value};

/// A table with all its rows, from all its files.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its contract.
    pub contract: Contract,
    /// Its rows, in file order.
    pub records: Vec<Record>,
    /// What stands where the ids of rows should be that could not be read. They have been told.
    pub lost_ids: BTreeSet<String>,
}

/// One row. Columns are those of the contract, whatever the file's order.
#[derive(Clone, Debug)]
pub struct Record {
    page: Arc<Page>,
    row: u32,
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
    /// Where it stands.
    pub span: Span,
    pub(super) cell: Cell,
}

/// Many rows of one file.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) source: SourceId,
    pub(super) text: Arc<String>,
    /// Of each column of the contract, its position among the cells of a row.
    pub(super) columns: Box<[Option<u16>]>,
    /// How many cells a row has.
    pub(super) width: usize,
    /// The cells, row by row.
    pub(super) cells: Vec<Cell>,
}

/// A place in the file and the value there.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) stored: Stored,
}

/// A value, as small as it can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stored {
    Empty,
    /// A range of the file's text.
    Text(u32, u32),
    Hosts(u32, u32),
    /// Text that does not stand in the file as it is: doubled quotes, spaces left out.
    // Boxed twice, so that the cells without any are half as large.
    OwnText(Box<Box<str>>),
    OwnHosts(Box<Box<str>>),
    Decimal {
        mantissa: i64,
        scale: u8,
    },
    /// Seconds since 1970.
    Instant(i64),
    Bool(bool),
    Int(i64),
}

impl Stored {
    fn value<'t>(&'t self, text: &'t str) -> Value<'t> {
        let slice = |start: u32, end: u32| text.get(start as usize..end as usize).unwrap_or("");
        match self {
            Self::Empty => Value::Empty,
            Self::Text(start, end) => Value::Text(slice(*start, *end)),
            Self::Hosts(start, end) => Value::Hosts(slice(*start, *end)),
            Self::OwnText(text) => Value::Text(text),
            Self::OwnHosts(text) => Value::Hosts(text),
            Self::Decimal { mantissa, scale } => {
                Value::Decimal(Decimal::new(*mantissa, u32::from(*scale)))
            }
            Self::Instant(seconds) => {
                Timestamp::from_second(*seconds).map_or(Value::Empty, Value::Instant)
            }
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(number) => Value::Int(*number),
        }
    }
}

impl Record {
    pub(super) fn new(page: Arc<Page>, row: u32, overrides: Vec<Override>, bad: bool) -> Self {
        Self { page, row, overrides, quarantined: bad }
    }

    fn cells(&self) -> &[Cell] {
        let first = self.row as usize * self.page.width;
        self.page.cells.get(first..first + self.page.width).unwrap_or_default()
    }

    fn cell(&self, column: usize) -> Option<&Cell> {
        let at = self.page.columns.get(column).copied().flatten()?;
        self.cells().get(usize::from(at))
    }

    /// The value of a column, for every channel.
    pub fn value(&self, column: usize) -> Value<'_> {
        self.cell(column).map_or(Value::Empty, |cell| cell.stored.value(&self.page.text))
    }

    /// The value of a column in one channel, and where it stands.
    pub fn value_in(&self, column: usize, channel: &str) -> (Value<'_>, Span) {
        let own = |one: &&Override| one.column == column && one.channel == channel;
        match self.overrides.iter().find(own) {
            Some(found) => (found.cell.stored.value(&self.page.text), found.span),
            None => (self.value(column), self.span(column)),
        }
    }

    /// The text of a column; empty where the cell is.
    pub fn text(&self, column: usize) -> &str {
        self.value(column).as_text().unwrap_or("")
    }

    /// Whether the row begins at or before a place.
    pub fn begins_before(&self, span: Span) -> bool {
        (self.page.source, self.start()) <= (span.source, span.start)
    }

    fn start(&self) -> u32 {
        self.cells().first().map_or(0, |cell| cell.start)
    }

    /// Where a column's cell stands; the beginning of the row for a column that the file lacks.
    pub fn span(&self, column: usize) -> Span {
        let start = self.start();
        let (start, end) = self.cell(column).map_or((start, start), |cell| (cell.start, cell.end));
        Span { source: self.page.source, start, end }
    }
}

impl Table {
    /// A table without rows yet.
    pub fn new(contract: Contract) -> Self {
        Self { contract, records: Vec::new(), lost_ids: BTreeSet::new() }
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.contract.position(name)
    }
}
