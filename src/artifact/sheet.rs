//! CSV that spreadsheets open without harm.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// One row of a sheet.
pub type SheetRow = Vec<String>;

/// Writes a sheet: UTF-8, LF, quotes where needed.
pub fn write_sheet<'r>(header: &[&str], rows: impl IntoIterator<Item = &'r SheetRow>) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(header);
    for row in rows {
        for cell in row {
            let _ = writer.write_field(harmless(cell).as_bytes());
        }
        let _ = writer.write_record(None::<&[u8]>);
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front
/// (OWASP, CSV injection; the full-width forms are read the same in East Asian locales).
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if runs { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        let rows = vec![vec!["=HYPERLINK(\"x\")".to_owned(), "a,b".to_owned()]];
        let text = String::from_utf8(write_sheet(&["one", "two"], &rows)).unwrap();
        assert_eq!(text, "one,two\n\"'=HYPERLINK(\"\"x\"\")\",\"a,b\"\n");
    }
}
