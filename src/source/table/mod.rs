//! CSV tables: strict cells with true places, contracts, typed records.

mod cells;
mod contract;
mod kinds;
mod read;
mod record;

pub use contract::{Column, ColumnKind, Contract};
pub use read::{CellRules, read_table};
pub use record::{Override, Record, Table};
