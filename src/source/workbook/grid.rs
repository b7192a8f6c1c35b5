//! The canonical CSV as it grows row by row, and the map from its bytes back to cells.
//!
//! Values come in the order of the sheet. Must not decide what a value looks like, nor hold the
//! sheet in any form but its text.

use super::limits;
use super::remark::Fault;
use std::fmt;
use std::ops::Range;

/// A cell of a sheet, displayed as `D14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellRef {
    /// From 1.
    pub row: u32,
    /// From 1.
    pub column: u32,
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", letters(self.column), self.row)
    }
}

/// The letters of a column.
pub(super) fn letters(mut column: u32) -> String {
    let mut out = Vec::new();
    while column > 0 {
        column -= 1;
        out.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        column /= 26;
    }
    out.iter().rev().collect()
}

/// From byte offsets in a sheet's text to its cells.
#[derive(Debug, Clone)]
pub struct CellMap {
    /// The sheet row of the first line.
    first: u32,
    /// Where each line starts.
    starts: Vec<u32>,
}

impl CellMap {
    /// The cell at `offset` of `text`, which must be the text of the same sheet. A comma or a line
    /// end counts to the cell before it.
    pub fn at(&self, text: &str, offset: usize) -> CellRef {
        let line = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.starts.get(line).map_or(0, |start| *start as usize);
        let before = text.as_bytes().get(start..offset.min(text.len())).unwrap_or_default();
        let (mut column, mut within) = (1, false);
        for byte in before {
            match byte {
                b'"' => within = !within,
                b',' if !within => column += 1,
                _ => {}
            }
        }
        CellRef { row: self.first + line as u32, column }
    }

    /// The sheet rows that the text has.
    pub fn rows(&self) -> Range<u32> {
        self.first..self.first + self.starts.len() as u32
    }

    /// How many columns every line has.
    pub(super) fn width(&self, text: &str) -> u32 {
        let line = self.line(text, self.first).map_or(0, |line| line.end);
        if text.is_empty() { 0 } else { self.at(text, line).column }
    }

    /// The line of a sheet row, without its line end.
    pub(super) fn line(&self, text: &str, row: u32) -> Option<Range<usize>> {
        let index = row.checked_sub(self.first)? as usize;
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(text.len(), |next| *next as usize);
        Some(start..end.saturating_sub(1))
    }
}

/// Where a cell stands: its line, and its bytes in that line. Stays true while lines grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    line: u32,
    start: u32,
    length: u32,
}

impl Spot {
    pub(super) fn range(self, cells: &CellMap) -> Range<usize> {
        let line = cells.starts.get(self.line as usize).map_or(0, |start| *start as usize);
        let start = line + self.start as usize;
        start..start + self.length as usize
    }
}

/// The text while it grows.
#[derive(Default)]
pub(super) struct Grid {
    text: String,
    starts: Vec<u32>,
    /// How many cells each finished line has.
    widths: Vec<u8>,
    first: u32,
    row: u32,
    column: u32,
    width: u32,
}

impl Grid {
    /// Adds a cell after all others.
    pub(super) fn put(&mut self, at: CellRef, value: &str) -> Result<Spot, Fault> {
        self.check(at, value)?;
        if self.starts.is_empty() {
            self.first = at.row;
            self.row = at.row;
            self.starts.push(0);
        }
        while self.row < at.row {
            self.end_line();
            self.starts.push(self.text.len() as u32);
            self.row += 1;
        }
        while self.column < at.column {
            if self.column > 0 {
                self.text.push(',');
            }
            self.column += 1;
        }
        self.width = self.width.max(at.column);
        let start = self.text.len();
        write_field(&mut self.text, value);
        let line = self.starts.last().map_or(0, |start| *start as usize);
        Ok(Spot {
            line: self.row - self.first,
            start: (start - line) as u32,
            length: (self.text.len() - start) as u32,
        })
    }

    fn check(&self, at: CellRef, value: &str) -> Result<(), Fault> {
        if at.column > limits::COLUMNS {
            return Err(limits::fault(format!("{at} is filled, but a sheet may have 200 columns")));
        }
        if at.row > limits::ROWS {
            let message = format!("{at} is filled, but a sheet may have 1,000,000 rows");
            return Err(limits::fault(message));
        }
        if value.len() > limits::CELL_CHARS && value.chars().count() > limits::CELL_CHARS {
            return Err(limits::fault(format!("{at} holds more than 8,192 characters")));
        }
        if !self.starts.is_empty() && (at.row, at.column) <= (self.row, self.column) {
            return Err(Fault::damaged(format!("{at} comes twice, or too late")));
        }
        if self.text.len() + 2 * value.len() + limits::COLUMNS as usize > limits::TEXT {
            return Err(too_long());
        }
        Ok(())
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        self.widths.push(u8::try_from(self.column).unwrap_or(u8::MAX));
        self.column = 0;
    }

    /// The text with all lines equally wide.
    pub(super) fn finish(mut self) -> Result<(String, CellMap), Fault> {
        if self.starts.is_empty() {
            return Ok((String::new(), CellMap { first: 1, starts: Vec::new() }));
        }
        self.end_line();
        if self.starts.len() as u64 * u64::from(self.width) > limits::CELLS {
            return Err(limits::fault("the sheet holds more than 20 million cells"));
        }
        let missing: usize = self.widths.iter().map(|width| missing(self.width, *width)).sum();
        let length = self.text.len() + missing;
        if length > limits::TEXT {
            return Err(too_long());
        }
        let mut bytes = self.text.into_bytes();
        widen(&mut bytes, length, &mut self.starts, &self.widths, self.width);
        let text = String::from_utf8(bytes).map_err(|_| Fault::damaged("a text is broken"))?;
        Ok((text, CellMap { first: self.first, starts: self.starts }))
    }
}

fn too_long() -> Fault {
    limits::fault("the sheet holds more than 128 MB of text")
}

/// How many commas a line of `has` cells lacks.
fn missing(width: u32, has: u8) -> usize {
    width.saturating_sub(u32::from(has.max(1))) as usize
}

/// Moves lines back from the last one on, in place, so that the text is never held twice.
fn widen(bytes: &mut Vec<u8>, length: usize, starts: &mut [u32], widths: &[u8], width: u32) {
    let mut end = bytes.len();
    bytes.reserve_exact(length.saturating_sub(end));
    bytes.resize(length, b',');
    let mut to = length;
    for (start, has) in starts.iter_mut().zip(widths).rev() {
        if to == end {
            return;
        }
        let from = *start as usize;
        let commas = missing(width, *has);
        let filled = end.saturating_sub(1).saturating_sub(from);
        let (Some(line_end), Some(target)) =
            (to.checked_sub(1 + commas), to.checked_sub(1 + commas + filled))
        else {
            return;
        };
        bytes.copy_within(from..from + filled, target);
        if let Some([tail @ .., last]) = bytes.get_mut(line_end..to) {
            tail.fill(b',');
            *last = b'\n';
        }
        *start = target as u32;
        end = from;
        to = target;
    }
}

fn write_field(out: &mut String, value: &str) {
    if !value.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.push_str(value);
        return;
    }
    out.push('"');
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\"\""),
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
