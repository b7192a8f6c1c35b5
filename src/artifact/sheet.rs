//! CSV that spreadsheets open without harm.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

/// Writes a sheet cell by cell: UTF-8, LF, quotes where needed.
#[derive(Debug)]
pub struct SheetWriter {
    writer: Writer<Vec<u8>>,
    /// Cells are for a program, which takes them as they are.
    raw: bool,
}

// Writing to memory cannot fail, so the results below say nothing.
impl SheetWriter {
    /// Begins with a header.
    pub fn new<'h>(header: impl IntoIterator<Item = &'h str>) -> Self {
        let mut writer = writer(Vec::new());
        let _ = writer.write_record(header);
        Self { writer, raw: false }
    }

    /// A second sheet that begins with the rows of this one, and whose further cells are written
    /// as they are: for programs, never for spreadsheets.
    #[must_use]
    pub fn as_it_is(&mut self) -> Self {
        let _ = self.writer.flush();
        Self { writer: writer(self.writer.get_ref().clone()), raw: true }
    }

    /// Adds a cell to the present row.
    pub fn cell(&mut self, text: &str) {
        let text = if self.raw { text.into() } else { harmless(text) };
        let _ = self.writer.write_field(text.as_bytes());
    }

    /// Adds several cells.
    pub fn cells<'c>(&mut self, texts: impl IntoIterator<Item = &'c str>) {
        for text in texts {
            self.cell(text);
        }
    }

    /// Ends the present row.
    pub fn end_row(&mut self) {
        let _ = self.writer.write_record(None::<&[u8]>);
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
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

fn writer(bytes: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .from_writer(bytes)
}

/// A cell that would be run gets an apostrophe in front.
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    if SheetWriter::is_harmless(cell) { cell.into() } else { format!("'{cell}").into() }
}

#[cfg(test)]
mod tests {
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
        let mut writer = SheetWriter::new(["one"]);
        writer.cells(["a"]);
        writer.end_row();
        let mut raw = writer.as_it_is();
        for one in [&mut writer, &mut raw] {
            one.cells(["-5 %"]);
            one.end_row();
        }
        assert_eq!(writer.finish(), b"one\na\n'-5 %\n");
        assert_eq!(raw.finish(), b"one\na\n-5 %\n");
    }
}
