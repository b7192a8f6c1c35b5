//! What can be wrong with a table, and what to do about it.

use parquet::errors::ParquetError;

/// Why a table could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// A cell of a date column holds something else.
    NotADate {
        /// The column.
        column: &'static str,
        /// The row, where the first is 1.
        row: u64,
        /// The cell.
        cell: String,
    },
    /// A row has more or fewer cells than there are columns.
    CellCount {
        /// The row, where the first is 1.
        row: u64,
        /// The number of columns.
        columns: usize,
    },
    /// A cell is larger than the format allows.
    TooLong {
        /// The column.
        column: &'static str,
        /// The row, where the first is 1.
        row: u64,
        /// The size of the cell.
        bytes: usize,
    },
    /// A row came after one that was refused.
    AfterFault,
    /// The library, or what it writes to, failed.
    Write(String),
}

impl TableFault {
    /// Says what is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::NotADate { column, row, cell } => {
                format!("`{}` in column `{column}`, row {row}, is not a date", shown(cell))
            }
            Self::CellCount { row, columns } => {
                format!("row {row} does not have `{columns}` cells")
            }
            Self::TooLong { column, row, bytes } => {
                format!("a cell of `{bytes}` bytes in column `{column}`, row {row}, is too long")
            }
            Self::AfterFault => "the table holds a row that was refused".to_owned(),
            Self::Write(error) => format!("the table could not be written: `{}`", shown(error)),
        }
    }

    /// Says what to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotADate { .. } => "write dates as YYYY-MM-DD, from 0001-01-01 to 9999-12-31",
            Self::CellCount { .. } => "report this as a bug of throughline",
            Self::TooLong { .. } => "shorten the text",
            Self::AfterFault => "mend that row first",
            Self::Write(_) => "look at the disk that is written to",
        }
    }
}

impl From<ParquetError> for TableFault {
    fn from(error: ParquetError) -> Self {
        Self::Write(error.to_string())
    }
}

/// The beginning of a text, without anything that would act on a terminal.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let short = text.chars().take(MOST).map(|one| if one.is_control() { '\u{fffd}' } else { one });
    let mut short: String = short.map(|one| if one == '`' { '\'' } else { one }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}
