//! Tables as Parquet files: the same cells as the CSV, with dates as dates.
//!
//! The same rows give the same bytes on every machine. Must not decide which columns a table has,
//! nor change a cell.

mod cells;
mod date;
mod fault;
mod writer;

#[cfg(test)]
mod tests;

pub use cells::{Column, ColumnKind};
pub use fault::TableFault;
pub use writer::TableWriter;
