//! Showing: the same diagnostics for people, for grep and for programs. Writes where it is told.

mod blast;
mod comparison;
mod drawing;
mod gallery;
mod graph;
mod grouped;
mod human;
mod json;
mod packet;
mod plain;
mod receipt;
mod sarif;
mod schema;
mod short;
mod status;
mod tax;

pub use blast::{DrawnWindow, blast};
pub use comparison::{Compared, ComparisonPage, Look, comparison_page};
pub use gallery::{
    Gallery, GalleryPage, HeldBack, Images, Item, LinkRow, Picture, Told, View, address,
    gallery_pages, links_of, preview,
};
pub use graph::{dot, svg};
pub use human::write_human;
pub use json::{diagnostic_json, write_json};
pub use packet::{Before, Packet, packet_digest, packet_page, packet_text};
pub use receipt::{receipt_page, receipt_text};
pub use sarif::write_sarif;
pub use schema::table_schema;
pub use short::write_short;
pub use status::{status_page, status_text};
pub use tax::{tax_page, tax_text};

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
    /// SARIF 2.1.0, for code hosts; results that are no findings are JSON.
    Sarif,
    /// Rows as CSV, where a command lists rows; findings are as for people.
    #[value(skip)]
    Csv,
}

/// How findings are shown to people.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Shown {
    /// With colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// One by one, however many there are.
    pub all: bool,
    /// What was normalised, too.
    pub notes: bool,
    /// Say that there are notes, where they are not shown.
    pub hint: bool,
}

impl Format {
    /// Whether programs read it.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Sarif)
    }
}

/// Writes all diagnostics in a format.
pub fn write_diagnostics(
    format: Format,
    shown: Shown,
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human | Format::Csv => write_human(shown, sources, diagnostics, out),
        Format::Short => write_short(sources, diagnostics, out),
        Format::Json => write_json(sources, diagnostics, out),
        Format::Sarif => write_sarif(sources, diagnostics, out),
    }
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
