//! The invoice of orchestration: lines of a terminal, and one page with bars.

mod page;
mod text;

pub use page::tax_page;
pub use text::tax_text;

use crate::decide::status::span;

/// A length of time, where it is known.
fn time(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| NO_DATA.to_owned(), span)
}

/// A number, where it is known.
fn number(number: Option<usize>) -> String {
    number.map_or_else(|| NO_DATA.to_owned(), |number| number.to_string())
}

const NO_DATA: &str = "no data";

/// How it is told that a machine can check something.
const JUDGMENT: &str = "an item counts as one a machine can check where all that had changed is \
                        made by the build (`generated`), or is a value that is the same everywhere \
                        (`never`) and was looked at in this gate before";
