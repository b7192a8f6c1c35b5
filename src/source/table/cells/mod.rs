//! Cells and where they stand on disk.
//!
//! The csv crate says what the records are; it is lenient, and its ranges index the unquoted
//! text. So each cell in quotes is scanned again, strictly, in the file's own text, every other one
//! must stand there as it was read, and the two readings must agree cell for cell.

mod capped;

use std::borrow::Cow;

use csv::{ByteRecord, Reader, ReaderBuilder};

use capped::Capped;

use super::limits::{MAX_RECORD, MAX_ROW_CELLS};
use crate::diag::{Code, Diagnostic};
use crate::model::{SourceId, Span};

/// Where one cell stands, quotes included.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RawCell {
    pub(super) start: u32,
    pub(super) end: u32,
    /// It stands in quotes.
    pub(super) quoted: bool,
    /// Quotes inside it are doubled.
    pub(super) doubled: bool,
}

impl RawCell {
    /// The range of its text, without quotes around it.
    pub(super) fn inner(self) -> (u32, u32) {
        if self.quoted { (self.start + 1, self.end - 1) } else { (self.start, self.end) }
    }

    /// Its text, unquoted.
    pub(super) fn text(self, file: &str) -> Cow<'_, str> {
        let (start, end) = self.inner();
        let text = file.get(start as usize..end as usize).unwrap_or("");
        if self.doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }

    /// Its place.
    pub(super) fn span(self, source: SourceId) -> Span {
        Span { source, start: self.start, end: self.end }
    }
}

/// What a file looks like to the reader.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'t> {
    /// All of it.
    pub(super) text: &'t str,
    pub(super) source: SourceId,
    pub(super) delimiter: u8,
    /// Of each column, whether its cells may hold line breaks. Empty while the header is read.
    pub(super) lines: &'t [bool],
}

/// Reads a file record by record.
pub(super) struct CellReader<'t> {
    shape: Shape<'t>,
    reader: Reader<Capped<'t>>,
    record: ByteRecord,
    base: usize,
    end: usize,
    stopped: bool,
}

/// A record that was read.
pub(super) enum Row {
    /// Its cells are in the buffer. An unquoted one holds a quote at the offset given.
    Cells { bare: Option<u32> },
    /// It is malformed.
    Broken(Box<Diagnostic>),
}

/// What a scan of one record found, besides its cells.
struct Scanned {
    end: usize,
    bare: Option<u32>,
}

/// A fault, and where reading may go on.
struct Fault {
    diagnostic: Box<Diagnostic>,
    resume: usize,
}

impl<'t> CellReader<'t> {
    /// Reads from byte `base` on, which is the beginning of a record.
    pub(super) fn new(shape: Shape<'t>, base: usize) -> Self {
        let reader = csv_reader(shape, base);
        Self { shape, reader, record: ByteRecord::new(), base, end: base, stopped: false }
    }

    /// Whether reading ended before the file did.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Where the last record ended, without its line end.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Whether a record begins before a place.
    pub(super) fn has_more_before(&self, limit: usize) -> bool {
        let bytes = self.shape.text.as_bytes();
        let before = bytes.get(..limit).unwrap_or(bytes);
        skip_line_ends(before, self.end) < before.len()
    }

    /// Reads the next record into `cells`, or returns `None` at the end of what can be trusted.
    pub(super) fn next(&mut self, cells: &mut Vec<RawCell>) -> Option<Row> {
        cells.clear();
        if self.stopped {
            return None;
        }
        self.reader.get_ref().go_on();
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            // More blank lines than a record has bytes look like the end to the csv crate.
            let next = skip_line_ends(self.shape.text.as_bytes(), self.end);
            if next >= self.shape.text.len() {
                return None;
            }
            self.restart(next);
            if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
                return None;
            }
        }
        let start = self.record.position().map_or(0, csv::Position::byte) as usize + self.base;
        let start = skip_line_ends(self.shape.text.as_bytes(), start);
        let few = self.record.len() <= MAX_ROW_CELLS;
        if few && let Some(end) = self.cells_without_quotes(start, cells) {
            self.end = end;
            return Some(Row::Cells { bare: None });
        }
        if few && let Some(end) = self.cells_beside_quotes(start, cells) {
            self.end = end;
            return Some(Row::Cells { bare: None });
        }
        cells.clear();
        match self.cells_with_quotes(start, cells) {
            Ok(Scanned { end, bare }) => {
                self.end = end;
                Some(Row::Cells { bare })
            }
            Err(Fault { mut diagnostic, resume }) => {
                if self.can_go_on(resume) {
                    self.restart(resume);
                } else {
                    // After this nothing is where it seems to be.
                    self.stopped = true;
                    diagnostic.blocking = true;
                }
                Some(Row::Broken(diagnostic))
            }
        }
    }

    /// Goes on at another place, which is taken for the beginning of a record.
    fn restart(&mut self, at: usize) {
        self.reader = csv_reader(self.shape, at);
        self.base = at;
        self.end = at;
    }

    /// Whether the line at a place is a record like the others, so that what comes before it is
    /// all that is lost.
    fn can_go_on(&self, at: usize) -> bool {
        let start = skip_line_ends(self.shape.text.as_bytes(), at);
        if start >= self.shape.text.len() {
            return true;
        }
        let mut cells = Vec::new();
        // A line with a fault of its own is told of when its turn comes.
        self.scan(start, &mut cells).is_err() || cells.len() == self.shape.lines.len()
    }

    /// Without quotes, what the csv crate found is what stands in the file, byte for byte.
    fn cells_without_quotes(&self, start: usize, cells: &mut Vec<RawCell>) -> Option<usize> {
        let bytes = self.shape.text.as_bytes();
        let (content, number) = (self.record.as_slice(), self.record.len());
        let end = start + content.len() + number.saturating_sub(1);
        let on_disk = bytes.get(start..end)?;
        let ends = matches!(bytes.get(end), None | Some(b'\n' | b'\r'));
        if !ends || memchr::memchr(b'"', on_disk).is_some() {
            return None;
        }
        let mut at = start as u32;
        for field in &self.record {
            let cell_end = at + field.len() as u32;
            cells.push(RawCell { start: at, end: cell_end, quoted: false, doubled: false });
            at = cell_end + 1;
        }
        Some(end)
    }

    /// A cell without quotes ends where the csv crate says that it does, if its text stands there and
    /// a delimiter behind it. Only cells in quotes are scanned.
    fn cells_beside_quotes(&self, start: usize, cells: &mut Vec<RawCell>) -> Option<usize> {
        let bytes = self.shape.text.as_bytes();
        let mut at = start;
        for (index, field) in self.record.iter().enumerate() {
            let end = if bytes.get(at) == Some(&b'"') {
                let (cell, end) = self.scan_cell(at, index).ok()?;
                if cell.text(self.shape.text).as_bytes() != field {
                    return None;
                }
                cells.push(cell);
                end
            } else {
                let end = at + field.len();
                if bytes.get(at..end)? != field || memchr::memchr(b'"', field).is_some() {
                    return None;
                }
                let (from, to) = (at as u32, end as u32);
                cells.push(RawCell { start: from, end: to, quoted: false, doubled: false });
                end
            };
            at = end + 1;
            if index + 1 < self.record.len() && bytes.get(end) != Some(&self.shape.delimiter) {
                return None;
            }
        }
        let end = at.checked_sub(1)?;
        matches!(bytes.get(end), None | Some(b'\n' | b'\r')).then_some(end)
    }

    fn cells_with_quotes(&self, start: usize, cells: &mut Vec<RawCell>) -> Result<Scanned, Fault> {
        let scanned = self.scan(start, cells)?;
        let text = self.shape.text;
        let same = |(cell, field): (&RawCell, &[u8])| cell.text(text).as_bytes() == field;
        if cells.len() == self.record.len() && cells.iter().zip(&self.record).all(same) {
            return Ok(scanned);
        }
        let span = Span::new(self.shape.source, start, scanned.end);
        let message = "the quotes of this row can be read in more than one way";
        let diagnostic = Box::new(Diagnostic::error(Code::StrayQuote, span, message));
        Err(Fault { diagnostic, resume: scanned.end })
    }

    fn too_long(&self, start: usize) -> Fault {
        let message = format!(
            "the row is longer than {} MB, or has more than {MAX_ROW_CELLS} cells",
            MAX_RECORD / 1_000_000
        );
        let span = Span::new(self.shape.source, start, start + 1);
        let diagnostic = Diagnostic::error(Code::OverLimit, span, message);
        Fault { diagnostic: Box::new(diagnostic), resume: self.next_line(start) }
    }

    fn scan(&self, start: usize, cells: &mut Vec<RawCell>) -> Result<Scanned, Fault> {
        let bytes = self.shape.text.as_bytes();
        let (mut at, mut bare) = (start, None);
        loop {
            let (cell, next) = self.scan_cell(at, cells.len())?;
            if !cell.quoted && bare.is_none() {
                let content = bytes.get(cell.start as usize..cell.end as usize);
                let found = content.and_then(|content| memchr::memchr(b'"', content));
                bare = found.map(|found| cell.start + found as u32);
            }
            cells.push(cell);
            if next - start > MAX_RECORD || cells.len() > MAX_ROW_CELLS {
                return Err(self.too_long(start));
            }
            if bytes.get(next) != Some(&self.shape.delimiter) {
                return Ok(Scanned { end: next, bare });
            }
            at = next + 1;
        }
    }

    fn scan_cell(&self, start: usize, column: usize) -> Result<(RawCell, usize), Fault> {
        let bytes = self.shape.text.as_bytes();
        if bytes.get(start) != Some(&b'"') {
            let tail = bytes.get(start..).unwrap_or_default();
            let found = memchr::memchr3(self.shape.delimiter, b'\n', b'\r', tail);
            let end = start + found.unwrap_or(tail.len());
            let (from, to) = (start as u32, end as u32);
            return Ok((RawCell { start: from, end: to, quoted: false, doubled: false }, end));
        }
        let (mut at, mut doubled) = (start + 1, false);
        loop {
            let rest = bytes.get(at..(start + MAX_RECORD).min(bytes.len())).unwrap_or_default();
            let Some(found) = memchr::memchr(b'"', rest) else {
                return Err(self.unclosed(start, None));
            };
            at += found + 1;
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            doubled = true;
            at += 1;
        }
        let follows = bytes.get(at).copied();
        let closed =
            matches!(follows, None | Some(b'\n' | b'\r')) || follows == Some(self.shape.delimiter);
        let one_line = !self.shape.lines.get(column).copied().unwrap_or(false);
        let inner = bytes.get(start..at).unwrap_or_default();
        if !closed {
            let broken = one_line && memchr::memchr2(b'\n', b'\r', inner).is_some();
            return Err(if broken {
                self.unclosed(start, Some(at))
            } else {
                self.stray(start, at)
            });
        }
        Ok((RawCell { start: start as u32, end: at as u32, quoted: true, doubled }, at))
    }

    fn unclosed(&self, start: usize, next_quote: Option<usize>) -> Fault {
        let source = self.shape.source;
        let message = match next_quote {
            None => "this quote is never closed, so the rest of the file would be one cell",
            Some(_) => "this quote is not closed in its row, so the rows below would be one cell",
        };
        let mut diagnostic =
            Diagnostic::error(Code::UnclosedQuote, Span::new(source, start, start + 1), message)
                .help("close the quote, or double it if it belongs to the text");
        if let Some(at) = next_quote {
            let place = Span::new(source, at - 1, at);
            diagnostic = diagnostic.related(place, "the next quote stands here");
        }
        Fault { diagnostic: Box::new(diagnostic), resume: self.next_line(start) }
    }

    fn stray(&self, start: usize, at: usize) -> Fault {
        let escaped = self.shape.text.get(start..at - 1).is_some_and(|text| text.ends_with('\\'));
        let (message, help) = if escaped {
            (
                "a quote is escaped with a backslash, which CSV does not know",
                "double the quotes inside the cell: `\"\"` for `\\\"`",
            )
        } else {
            (
                "there is text after the closing quote",
                "quote the whole cell and double the quotes inside it",
            )
        };
        let span = Span::new(self.shape.source, at - 1, at);
        let diagnostic = Diagnostic::error(Code::StrayQuote, span, message).help(help);
        Fault { diagnostic: Box::new(diagnostic), resume: self.next_line(at) }
    }

    fn next_line(&self, at: usize) -> usize {
        let tail = self.shape.text.as_bytes().get(at..).unwrap_or_default();
        at + memchr::memchr2(b'\n', b'\r', tail).unwrap_or(tail.len())
    }
}

fn csv_reader(shape: Shape<'_>, base: usize) -> Reader<Capped<'_>> {
    let bytes = shape.text.as_bytes().get(base..).unwrap_or_default();
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(shape.delimiter)
        .buffer_capacity(1 << 16)
        .from_reader(Capped::new(bytes))
}

fn skip_line_ends(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests;
