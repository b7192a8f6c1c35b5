//! Showing: the same diagnostics for people, for grep and for programs. Writes where it is told.

mod human;
mod json;
mod short;

pub use human::write_human;
pub use json::{diagnostic_json, write_json};
pub use short::write_short;

use std::io::{self, Write};

use crate::diag::Diagnostics;
use crate::source::Sources;

/// How output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// With the lines of the source, for people.
    Human,
    /// A line each, for grep and editors.
    Short,
    /// An object a line, for programs.
    Json,
}

/// Writes all diagnostics in a format.
pub fn write_diagnostics(
    format: Format,
    color: bool,
    width: usize,
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => write_human(color, width, sources, diagnostics, out),
        Format::Short => write_short(sources, diagnostics, out),
        Format::Json => write_json(sources, diagnostics, out),
    }
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
