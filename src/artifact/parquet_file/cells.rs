//! The cells of one column, kept until they are encoded.

use parquet::column::writer::{ColumnWriter, get_typed_column_writer_mut};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
use parquet::errors::ParquetError;

use super::date;

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// What the cells of a column are. An empty cell is null in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, as UTF-8.
    Text,
    /// A date, written `YYYY-MM-DD`.
    Date,
}

/// The cells of a column that are not encoded yet.
#[derive(Debug)]
pub(super) struct Cells {
    /// 1 for a cell with a value, 0 for an empty one.
    present: Vec<i16>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    /// All texts in one piece, and the length of each.
    Text {
        bytes: Vec<u8>,
        lengths: Vec<usize>,
    },
    Date(Vec<i32>),
}

impl Cells {
    pub(super) fn new(kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::Text => Values::Text { bytes: Vec::new(), lengths: Vec::new() },
            ColumnKind::Date => Values::Date(Vec::new()),
        };
        Self { present: Vec::new(), values }
    }

    /// Makes room for so many cells of so many bytes together: lists that double leave behind pieces of
    /// memory of all sizes, for each column anew.
    pub(super) fn make_room(&mut self, cells: usize, text: usize) {
        self.present.reserve_exact(cells);
        match &mut self.values {
            Values::Text { bytes, lengths } => {
                bytes.reserve_exact(text);
                lengths.reserve_exact(cells);
            }
            Values::Date(days) => days.reserve_exact(cells),
        }
    }

    /// Adds a cell; `None` if it is not what the column holds.
    pub(super) fn push(&mut self, cell: &str) -> Option<()> {
        if !cell.is_empty() {
            match &mut self.values {
                Values::Text { bytes, lengths } => {
                    bytes.extend_from_slice(cell.as_bytes());
                    lengths.push(cell.len());
                }
                Values::Date(days) => days.push(date::days(cell)?),
            }
        }
        self.present.push(i16::from(!cell.is_empty()));
        Some(())
    }

    /// Writes all cells and forgets them.
    pub(super) fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = Some(self.present.as_slice());
        match &mut self.values {
            Values::Text { bytes, lengths } => {
                let whole = ByteArray::from(std::mem::take(bytes));
                let texts: Vec<ByteArray> = lengths
                    .iter()
                    .scan(0, |start, length| {
                        let text = whole.slice(*start, *length);
                        *start += length;
                        Some(text)
                    })
                    .collect();
                get_typed_column_writer_mut::<ByteArrayType>(writer)
                    .write_batch(&texts, present, None)?;
                lengths.clear();
            }
            Values::Date(days) => {
                get_typed_column_writer_mut::<Int32Type>(writer)
                    .write_batch(days, present, None)?;
                days.clear();
            }
        }
        self.present.clear();
        Ok(())
    }
}
