//! CSV that spreadsheets open without harm.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

/// Writes a sheet cell by cell: UTF-8, LF, quotes where needed.
#[derive(Debug)]
pub struct SheetWriter(Writer<Vec<u8>>);

// Writing to memory cannot fail, so the results below say nothing.
impl SheetWriter {
    /// Begins with a header.
    pub fn new<'h>(header: impl IntoIterator<Item = &'h str>) -> Self {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::Any(b'\n'))
            .quote_style(QuoteStyle::Necessary)
            .from_writer(Vec::new());
        let _ = writer.write_record(header);
        Self(writer)
    }

    /// Adds a cell to the present row.
    pub fn cell(&mut self, text: &str) {
        let _ = self.0.write_field(harmless(text).as_bytes());
    }

    /// Adds several cells.
    pub fn cells<'c>(&mut self, texts: impl IntoIterator<Item = &'c str>) {
        for text in texts {
            self.cell(text);
        }
    }

    /// Ends the present row.
    pub fn end_row(&mut self) {
        let _ = self.0.write_record(None::<&[u8]>);
    }

    /// The finished bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap_or_default()
    }
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front
/// (OWASP, CSV injection; the full-width forms are read the same in East Asian locales).
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    // The full-width forms all begin with this byte in UTF-8.
    const FULL_WIDTH: u8 = 0xEF;
    let runs = match cell.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => true,
        Some(&FULL_WIDTH) => cell.starts_with(['＝', '＋', '－', '＠']),
        _ => false,
    };
    if runs { format!("'{cell}").into() } else { cell.into() }
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
}
