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
    pub(super) page: Arc<Page>,
    pub(super) row: u32,
    /// Values of single channels and locales.
    pub overrides: Box<[Override]>,
    /// Something in the row is wrong: it is kept out of the build.
    pub quarantined: bool,
}

/// `title@sms`, `title@fr-CA`: a column's value for one channel or one locale.
#[derive(Clone, Debug)]
pub struct Override {
    /// The column.
    pub column: usize,
    /// The channel's id, or the locale's tag, which no channel can have.
    pub scope: String,
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
    /// Texts that do not stand in the file as they are.
    pub(super) own: Vec<Box<str>>,
    /// Where values come from that a swap put into cells of a row that has a page of its own.
    pub(super) moved: Box<[(u16, Span)]>,
}

/// A place in the file and the value there. A table has millions of them: sixteen bytes each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) stored: Stored,
}

/// A value, as small as it can be. What does not fit stands in the page's own texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stored {
    Empty,
    /// The cell's text without quotes, and without so many bytes at its ends.
    Text(u16, u16),
    Hosts(u16, u16),
    /// One of the page's own texts: doubled quotes, characters that were replaced.
    OwnText(u32),
    OwnHosts(u32),
    OwnInt(u32),
    OwnDecimal(u32),
    Decimal {
        mantissa: Small,
        scale: u8,
    },
    /// Seconds since 1970.
    Instant(Small),
    Bool(bool),
    Int(Small),
}

/// A whole number of six bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Small([u8; 6]);

impl Small {
    /// The number, if it fits.
    pub(super) fn new(number: i64) -> Option<Self> {
        let bytes = number.to_le_bytes();
        let small = Self(bytes.first_chunk().copied()?);
        (small.get() == number).then_some(small)
    }

    fn get(self) -> i64 {
        let mut bytes = [0; 8];
        if let Some(high) = bytes.last_chunk_mut::<6>() {
            *high = self.0;
        }
        // The shift brings the sign along.
        i64::from_le_bytes(bytes) >> 16
    }
}

impl Cell {
    fn value<'t>(&self, page: &'t Page) -> Value<'t> {
        let slice = |from: u16, less: u16| {
            let text = page.text.get(self.start as usize..self.end as usize).unwrap_or("");
            // A cell that begins with a quote stands in quotes.
            let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            let inner = inner.unwrap_or(text);
            inner.get(usize::from(from)..inner.len().saturating_sub(less.into())).unwrap_or("")
        };
        match self.stored {
            Stored::Text(from, less) => Value::Text(slice(from, less)),
            Stored::Hosts(from, less) => Value::Hosts(slice(from, less)),
            _ => self.value_in(&page.own),
        }
    }

    /// The value of a cell of which nothing stands in the file.
    pub(super) fn value_in<'t>(&self, own: &'t [Box<str>]) -> Value<'t> {
        let own = |at: u32| own.get(at as usize).map_or("", AsRef::as_ref);
        match self.stored {
            Stored::Empty | Stored::Text(..) | Stored::Hosts(..) => Value::Empty,
            Stored::OwnText(at) => Value::Text(own(at)),
            Stored::OwnHosts(at) => Value::Hosts(own(at)),
            Stored::OwnInt(at) => own(at).parse().map_or(Value::Empty, Value::Int),
            Stored::OwnDecimal(at) => own(at).parse().map_or(Value::Empty, Value::Decimal),
            Stored::Decimal { mantissa, scale } => {
                Value::Decimal(Decimal::new(mantissa.get(), u32::from(scale)))
            }
            Stored::Instant(seconds) => {
                Timestamp::from_second(seconds.get()).map_or(Value::Empty, Value::Instant)
            }
            Stored::Bool(flag) => Value::Bool(flag),
            Stored::Int(number) => Value::Int(number.get()),
        }
    }
}

impl Record {
    pub(super) fn new(page: Arc<Page>, row: u32) -> Self {
        Self { page, row, overrides: Box::default(), quarantined: false }
    }

    pub(super) fn cells(&self) -> &[Cell] {
        let first = self.row as usize * self.page.width;
        self.page.cells.get(first..first + self.page.width).unwrap_or_default()
    }

    fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells().get(usize::from(self.position(column)?))
    }

    fn position(&self, column: usize) -> Option<u16> {
        self.page.columns.get(column).copied().flatten()
    }

    /// The value of a column, for every channel.
    pub fn value(&self, column: usize) -> Value<'_> {
        self.cell(column).map_or(Value::Empty, |cell| cell.value(&self.page))
    }

    /// The value of a column where it is shown, and where it stands: of the first of the scopes
    /// that has its own, else the common one.
    pub fn value_in(&self, column: usize, scopes: &[&str]) -> (Value<'_>, Span) {
        let of = |scope: &&str| {
            self.overrides.iter().find(|one| one.column == column && one.scope == *scope)
        };
        match scopes.iter().find_map(of) {
            Some(found) => (found.cell.value(&self.page), found.span),
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

    /// Where the value of a column comes from: its cell, or the swap that changed it.
    pub fn span(&self, column: usize) -> Span {
        let moved = &self.page.moved;
        let at = if moved.is_empty() { None } else { self.position(column) };
        let found = at.and_then(|at| moved.iter().find(|(cell, _)| *cell == at));
        found.map_or_else(|| self.cell_span(column), |(_, span)| *span)
    }

    /// Where a column's cell stands; the beginning of the row for a column that the file lacks.
    pub fn cell_span(&self, column: usize) -> Span {
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
