//! What is said about a workbook: remarks that go with a sheet, and the fault that stops reading.
//!
//! Wording is for people in marketing. Must not quote more of a file than a short, clean piece.

use std::fmt::Write as _;
use std::ops::Range;

/// Something to tell about a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What sort of thing it is, which decides how serious it is.
    pub kind: RemarkKind,
    /// The cell, as bytes of the sheet's text with its quotes; none for the whole file.
    pub range: Option<Range<usize>>,
    /// Lower case, no final stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The sorts of remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// The workbook cannot be read, or not be trusted: an error.
    Broken,
    /// Something in it is hidden from the eye, and yet read (or not): a warning.
    Hidden,
    /// Values come from formulas: a warning, once a column.
    Formula,
    /// A cell has no usable value: an error.
    ErrorCell,
    /// A value was written another way, without changing what it says: a note, once a column.
    Normalised,
}

/// Why reading stopped. Boxed, since it travels through every result.
#[derive(Debug)]
pub(super) struct Fault(Box<(String, String)>);

impl Fault {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self(Box::new((message.into(), help.into())))
    }

    /// The file is not what a spreadsheet program writes.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::new(
            format!("the workbook is damaged: {}", what.into()),
            "open it in Excel or LibreOffice, save it again as .xlsx, and send that file",
        )
    }

    pub(super) fn protected() -> Self {
        Self::new(
            "the workbook is protected by a password",
            "open it in Excel, choose File > Info > Protect Workbook > Encrypt with Password, \
             clear the password, and save again; in LibreOffice save it again without a password",
        )
    }

    pub(super) fn into_remark(self) -> Remark {
        let (message, help) = *self.0;
        Remark { kind: RemarkKind::Broken, range: None, message, help }
    }
}

/// Names from a file, in backticks and safe to print: at most ten, each cut and without controls.
pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut more = 0;
    for (index, name) in names.enumerate() {
        if index >= 10 {
            more += 1;
            continue;
        }
        if index > 0 {
            out.push_str(", ");
        }
        out.push('`');
        out.extend(name.chars().take(64).map(printable));
        if name.chars().nth(64).is_some() {
            out.push('…');
        }
        out.push('`');
    }
    if more > 0 {
        let _ = write!(out, " and {more} more");
    }
    out
}

/// Controls and marks that turn the direction of text must not reach a terminal.
fn printable(c: char) -> char {
    let turns =
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if c.is_control() || turns || c == '`' { '\u{fffd}' } else { c }
}
