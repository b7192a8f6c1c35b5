//! Tables: strict cells with true places, contracts, typed records.
//!
//! In reading order: what a table must hold (`contract`, `built_in`, `rules`), how it may be
//! written (`dialect`, `locale`), cells cut out of the text (`cells`), the header (`framing`,
//! `header`), rows (`row`, `rows`, `read`) and what is in them (`kinds`, `record`).

mod built_in;
mod cells;
mod contract;
mod dialect;
mod findings;
mod framing;
mod header;
mod kinds;
mod limits;
mod locale;
mod not_rows;
mod read;
mod record;
mod row;
mod rows;
mod rules;
mod settings;
mod swapped;

pub use built_in::EDITION;
pub use contract::{Column, ColumnKind, Contract, DayEdge, Pattern};
pub use dialect::{Dialect, DialectOf};
pub use locale::{DateOrder, Locale};
pub use read::{TableReader, read_table};
pub use record::{Override, Record, Table};
pub use rules::{Condition, Rule, RuleKind};
pub use swapped::{NewValue, ValueReader};
