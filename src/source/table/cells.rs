//! Cells and where they stand on disk.
//!
//! The csv crate says what the records are; it is lenient, and its ranges index the unquoted
//! text. So each record is scanned again, strictly, in the file's own bytes, and the two readings
//! must agree cell for cell.

use std::borrow::Cow;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct RawCell<'t> {
    /// Its text, unquoted.
    pub(super) text: Cow<'t, str>,
    /// Its place, quotes included.
    pub(super) span: Span,
}

/// Reads a file record by record.
pub(super) struct CellReader<'t> {
    reader: Reader<&'t [u8]>,
    record: ByteRecord,
    text: &'t str,
    source: SourceId,
    base: usize,
    stopped: bool,
}

/// A record that was read.
pub(super) enum Row<'t> {
    /// Its cells.
    Cells(Vec<RawCell<'t>>),
    /// It is malformed, which has been reported.
    Broken,
}

impl<'t> CellReader<'t> {
    /// Reads `text` from byte `base` on.
    pub(super) fn new(text: &'t str, source: SourceId, base: usize) -> Self {
        let bytes = text.as_bytes().get(base..).unwrap_or_default();
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        Self { reader, record: ByteRecord::new(), text, source, base, stopped: false }
    }

    /// Whether reading ended before the file did.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// The next record, or `None` at the end of what can be trusted. `blocking` says whether a
    /// malformed one stands in the way of everything.
    pub(super) fn next(
        &mut self,
        blocking: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Row<'t>> {
        if self.stopped || !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let start = self.record.position().map_or(0, csv::Position::byte) as usize + self.base;
        match self.scan(start) {
            Ok(cells) => Some(Row::Cells(cells)),
            Err(diagnostic) => {
                // After an unclosed quote nothing that follows is where it seems to be.
                self.stopped = diagnostic.code == Code::UnclosedQuote;
                diagnostics.push(if blocking { diagnostic.blocking() } else { *diagnostic });
                Some(Row::Broken)
            }
        }
    }

    fn scan(&self, start: usize) -> Result<Vec<RawCell<'t>>, Box<Diagnostic>> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while matches!(bytes.get(at), Some(b'\n' | b'\r')) {
            at += 1;
        }
        let mut cells = Vec::with_capacity(self.record.len());
        loop {
            let (cell, next) = self.scan_cell(at)?;
            cells.push(cell);
            if bytes.get(next) != Some(&b',') {
                break;
            }
            at = next + 1;
        }
        let agree = cells.len() == self.record.len()
            && cells.iter().zip(&self.record).all(|(cell, field)| cell.text.as_bytes() == field);
        if agree {
            return Ok(cells);
        }
        let end = cells.last().map_or(start, |cell| cell.span.end as usize);
        Err(Box::new(Diagnostic::error(
            Code::StrayQuote,
            Span::new(self.source, at.min(start), end),
            "the quotes of this row can be read in more than one way",
        )))
    }

    fn scan_cell(&self, start: usize) -> Result<(RawCell<'t>, usize), Box<Diagnostic>> {
        let bytes = self.text.as_bytes();
        if bytes.get(start) != Some(&b'"') {
            let tail = bytes.get(start..).unwrap_or_default();
            let end = start + memchr::memchr3(b',', b'\n', b'\r', tail).unwrap_or(tail.len());
            return Ok((self.cell(start, end, Cow::Borrowed(self.slice(start, end))), end));
        }
        let mut at = start + 1;
        let mut doubled = false;
        loop {
            let Some(found) = memchr::memchr(b'"', bytes.get(at..).unwrap_or_default()) else {
                return Err(Box::new(
                    Diagnostic::error(
                        Code::UnclosedQuote,
                        Span::new(self.source, start, start + 1),
                        "this quote is never closed, so the rest of the file would be one cell",
                    )
                    .help("close the quote, or double it if it belongs to the text"),
                ));
            };
            at += found + 1;
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            doubled = true;
            at += 1;
        }
        if !matches!(bytes.get(at), None | Some(b',' | b'\n' | b'\r')) {
            return Err(Box::new(
                Diagnostic::error(
                    Code::StrayQuote,
                    Span::new(self.source, at - 1, at),
                    "there is text after the closing quote",
                )
                .help("quote the whole cell and double the quotes inside it"),
            ));
        }
        let inner = self.slice(start + 1, at - 1);
        let text =
            if doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        Ok((self.cell(start, at, text), at))
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    fn cell(&self, start: usize, end: usize, text: Cow<'t, str>) -> RawCell<'t> {
        RawCell { text, span: Span::new(self.source, start, end) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Vec<Vec<RawCell<'_>>>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut reader = CellReader::new(text, SourceId(0), 0);
        let mut rows = Vec::new();
        while let Some(row) = reader.next(false, &mut diagnostics) {
            if let Row::Cells(cells) = row {
                rows.push(cells);
            }
        }
        (rows, diagnostics)
    }

    fn unquote(text: &str) -> String {
        match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inner) => inner.replace("\"\"", "\""),
            None => text.to_owned(),
        }
    }

    #[test]
    fn unclosed_quote_is_found_where_it_opens() {
        let (rows, diagnostics) = read("a,b\n1,\"2\n3,4\n");
        assert_eq!((rows.len(), diagnostics.len()), (1, 1));
        let only = diagnostics.iter().next().unwrap();
        assert_eq!((only.code, only.primary.start), (Code::UnclosedQuote, 6));
    }

    proptest! {
        #[test]
        fn a_cells_place_unquoted_is_its_text(
            rows in prop::collection::vec(prop::collection::vec("[a-z\"\\n\\r,é ]{0,6}", 2..5), 1..6),
            crlf: bool,
        ) {
            let mut builder = csv::WriterBuilder::new();
            builder.flexible(true);
            if crlf {
                builder.terminator(csv::Terminator::CRLF);
            }
            let mut writer = builder.from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (read_back, diagnostics) = read(&text);
            prop_assert!(diagnostics.is_empty());
            prop_assert_eq!(read_back.len(), rows.len());
            for (cells, row) in read_back.iter().zip(&rows) {
                for (cell, value) in cells.iter().zip(row) {
                    let on_disk = &text[cell.span.start as usize..cell.span.end as usize];
                    prop_assert_eq!(&unquote(on_disk), value);
                    prop_assert_eq!(cell.text.as_ref(), value);
                }
            }
        }
    }
}
