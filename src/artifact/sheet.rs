//! CSV that spreadsheets open without harm.

use std::io::{self, Write};

/// Bytes that are written at a time.
const ENOUGH: usize = 64 * 1024;

/// Writes a sheet cell by cell: UTF-8, LF, quotes where needed.
#[derive(Debug, Default)]
pub struct SheetWriter {
    bytes: Vec<u8>,
    /// Where the present row begins.
    row: usize,
    /// The present row has a cell.
    began: bool,
    /// Cells are for a program, which takes them as they are.
    raw: bool,
}

impl SheetWriter {
    /// Begins with a header.
    pub fn new<'h>(header: impl IntoIterator<Item = &'h str>) -> Self {
        let mut sheet = Self { raw: true, ..Self::default() };
        sheet.cells(header);
        sheet.end_row();
        Self { raw: false, ..sheet }
    }

    /// Rows that are put behind others.
    pub fn rows() -> Self {
        Self::default()
    }

    /// Begins with a header; cells are written as they are: for programs, never for spreadsheets.
    pub fn as_they_are<'h>(header: impl IntoIterator<Item = &'h str>) -> Self {
        Self { raw: true, ..Self::new(header) }
    }

    /// Adds a cell to the present row.
    pub fn cell(&mut self, text: &str) {
        if self.began {
            self.bytes.push(b',');
        }
        self.began = true;
        let harmless = self.raw || Self::is_harmless(text);
        let bytes = text.as_bytes();
        let special = |found: bool, one: &u8| found | matches!(one, b',' | b'"' | b'\n' | b'\r');
        if !bytes.iter().fold(false, special) {
            self.bytes.extend(APOSTROPHE.iter().take(usize::from(!harmless)));
            self.bytes.extend_from_slice(bytes);
            return;
        }
        self.bytes.push(b'"');
        self.bytes.extend(APOSTROPHE.iter().take(usize::from(!harmless)));
        for (at, part) in text.split('"').enumerate() {
            self.bytes.extend_from_slice(if at == 0 { b"" } else { b"\"\"" });
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.push(b'"');
    }

    /// Adds several cells.
    pub fn cells<'c>(&mut self, texts: impl IntoIterator<Item = &'c str>) {
        for text in texts {
            self.cell(text);
        }
    }

    /// Ends the present row.
    pub fn end_row(&mut self) {
        // An empty line would be no row to those who read it.
        if self.bytes.len() == self.row {
            self.bytes.extend_from_slice(b"\"\"");
        }
        self.bytes.push(b'\n');
        (self.row, self.began) = (self.bytes.len(), false);
    }

    /// Writes the rows so far, once they are worth it, and lets go of them.
    pub fn hand_over(&mut self, into: &mut impl Write) -> io::Result<()> {
        if self.bytes.len() < ENOUGH {
            return Ok(());
        }
        into.write_all(&self.bytes)?;
        self.bytes.clear();
        self.row = 0;
        Ok(())
    }

    /// The bytes that were not handed over.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Whether no spreadsheet would run a cell as a formula
    /// (OWASP, CSV injection; the full-width forms are read the same in East Asian locales).
    pub fn is_harmless(cell: &str) -> bool {
        // The full-width forms all begin with this byte in UTF-8.
        const FULL_WIDTH: u8 = 0xEF;
        match cell.as_bytes().first() {
            Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => false,
            Some(&FULL_WIDTH) => !cell.starts_with(['＝', '＋', '－', '＠']),
            _ => true,
        }
    }
}

/// Stands before a cell that would be run.
const APOSTROPHE: &[u8] = b"'";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_text() {
        let mut writer = SheetWriter::new(["one", "two"]);
        writer.cells(["=HYPERLINK(\"x\")", "a,b"]);
        writer.end_row();
        let text = String::from_utf8(writer.finish()).unwrap();
        assert_eq!(text, "one,two\n\"'=HYPERLINK(\"\"x\"\")\",\"a,b\"\n");
    }

    #[test]
    fn programs_get_cells_as_they_are() {
        let written = |mut sheet: SheetWriter| {
            sheet.cells(["-5 %"]);
            sheet.end_row();
            sheet.finish()
        };
        assert_eq!(written(SheetWriter::new(["a"])), b"a\n'-5 %\n");
        assert_eq!(written(SheetWriter::as_they_are(["a"])), b"a\n-5 %\n");
    }

    #[test]
    fn rows_that_were_handed_over_are_as_they_would_be_together() {
        let (mut whole, mut sheet) = (SheetWriter::new(["a"]), SheetWriter::new(["a"]));
        let (mut handed_over, mut pieces) = (Vec::new(), 0);
        for number in 0..60_000 {
            for sheet in [&mut whole, &mut sheet] {
                sheet.cell(if number % 3 == 0 { "" } else { "a cell" });
                sheet.end_row();
            }
            let before = handed_over.len();
            sheet.hand_over(&mut handed_over).unwrap();
            pieces += usize::from(handed_over.len() > before);
        }
        assert!(pieces > 1);
        handed_over.extend(sheet.finish());
        assert_eq!(handed_over, whole.finish());
    }

    proptest! {
        #[test]
        fn sheets_are_as_the_csv_crate_writes_them(
            rows in prop::collection::vec(
                prop::collection::vec("[a-c,\"\r\n é=-]{0,9}", 1..4),
                0..6,
            ),
        ) {
            let mut judge = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            let mut sheet = SheetWriter { raw: true, ..SheetWriter::default() };
            for row in &rows {
                judge.write_record(row).unwrap();
                sheet.cells(row.iter().map(String::as_str));
                sheet.end_row();
            }
            prop_assert_eq!(sheet.finish(), judge.into_inner().unwrap());
        }
    }
}
