//! Cells stand where they are said to stand, and no row is lost.

use proptest::prelude::*;

use super::*;

fn read(text: &str, lines: &[bool]) -> (Vec<Vec<RawCell>>, Vec<Diagnostic>) {
    let shape = Shape { text, source: SourceId(0), delimiter: b',', lines };
    let mut reader = CellReader::new(shape, 0);
    let (mut rows, mut found, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(row) = reader.next(&mut cells) {
        match row {
            Row::Cells { .. } => rows.push(cells.clone()),
            Row::Broken(diagnostic) => found.push(*diagnostic),
        }
    }
    (rows, found)
}

fn unquote(text: &str) -> String {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_owned(),
    }
}

#[test]
fn unclosed_quote_is_found_where_it_opens() {
    let (rows, found) = read("a,b\n1,\"2\n3,4\n", &[false, false]);
    assert_eq!((rows.len(), found.len()), (2, 1));
    let only = &found[0];
    assert_eq!((only.code, only.primary.start), (Code::UnclosedQuote, 6));
}

#[test]
fn rows_below_an_unclosed_quote_are_not_lost() {
    let (rows, found) = read("a,b\n1,\"2\n3,\"4\"\n5,6\n", &[false, false]);
    let places: Vec<_> = found.iter().map(|one| (one.code, one.primary.start)).collect();
    assert_eq!(places, [(Code::UnclosedQuote, 6)]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn rows_below_many_blank_lines_are_not_lost() {
    let text = format!("a,b\n1,2\n{}3,4\n", "\n".repeat(2 * MAX_RECORD + 7));
    let (rows, found) = read(&text, &[false, false]);
    assert_eq!((rows.len(), found.len()), (3, 0));
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
        let (read_back, found) = read(&text, &[true; 5]);
        prop_assert!(found.is_empty());
        prop_assert_eq!(read_back.len(), rows.len());
        for (cells, row) in read_back.iter().zip(&rows) {
            prop_assert_eq!(cells.len(), row.len());
            for (cell, value) in cells.iter().zip(row) {
                let on_disk = &text[cell.start as usize..cell.end as usize];
                prop_assert_eq!(&unquote(on_disk), value);
                let read = cell.text(&text);
                prop_assert_eq!(read.as_ref(), value);
            }
        }
    }
}
