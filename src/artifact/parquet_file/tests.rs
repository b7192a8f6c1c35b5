//! What a reader finds in the tables, and what is refused.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;

use super::date::days;
use super::*;

const COLUMNS: [Column; 3] = [
    Column { name: "code", kind: ColumnKind::Text },
    Column { name: "from", kind: ColumnKind::Date },
    Column { name: "note", kind: ColumnKind::Text },
];

fn table<'r>(rows: impl IntoIterator<Item = [&'r str; 3]>) -> Vec<u8> {
    let mut writer = TableWriter::new(Vec::new(), &COLUMNS).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

fn open(file: Vec<u8>) -> SerializedFileReader<Bytes> {
    SerializedFileReader::new(Bytes::from(file)).unwrap()
}

fn read(file: Vec<u8>) -> Vec<Vec<Field>> {
    let row = |row: parquet::record::Row| row.into_columns().into_iter().map(|(_, cell)| cell);
    open(file).get_row_iter(None).unwrap().map(|one| row(one.unwrap()).collect()).collect()
}

fn refusal(rows: &[&[&str]]) -> (String, &'static str) {
    let mut writer = TableWriter::new(Vec::new(), &COLUMNS).unwrap();
    let fault = rows.iter().find_map(|row| writer.row(row.iter().copied()).err()).unwrap();
    assert_eq!(writer.row(["a", "", ""]), Err(TableFault::AfterFault));
    assert_eq!(writer.finish(), Err(TableFault::AfterFault));
    (fault.message(), fault.help())
}

#[test]
fn cells_come_back_with_their_types() {
    let file =
        table([["007", "1970-01-02", "é, \"so\"\n"], ["", "", ""], ["=1", "2026-11-27", ""]]);
    let text = |text: &str| Field::Str(text.to_owned());
    assert_eq!(
        read(file.clone()),
        [
            vec![text("007"), Field::Date(1), text("é, \"so\"\n")],
            vec![Field::Null, Field::Null, Field::Null],
            vec![text("=1"), Field::Date(20_784), Field::Null],
        ]
    );
    let reader = open(file);
    let about = reader.metadata().file_metadata();
    assert_eq!(about.created_by(), Some("throughline version 1 (build 1)"));
    let kinds: Vec<_> =
        about.schema_descr().columns().iter().map(|one| one.logical_type_ref()).collect();
    let (string, date) = (Some(&LogicalType::String), Some(&LogicalType::Date));
    assert_eq!(kinds, [string, date, string]);
}

#[test]
fn a_table_without_rows_has_its_columns() {
    let reader = open(table([]));
    assert_eq!(reader.metadata().num_row_groups(), 0);
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), 3);
}

#[test]
fn there_is_one_group_unless_cells_are_large() {
    let many = table(std::iter::repeat_n(["a", "2026-01-01", "b"], 25_001));
    let groups = |file| -> Vec<i64> {
        let reader = open(file);
        reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect()
    };
    assert!(many.len() < 2_000, "{}", many.len());
    assert_eq!(groups(many.clone()), [25_001]);
    let reader = open(many);
    let column = reader.metadata().row_group(0).column(0);
    assert_eq!(column.compression(), Compression::SNAPPY);
    assert!(
        column
            .encodings()
            .any(|one| one == Encoding::RLE_DICTIONARY || one == Encoding::PLAIN_DICTIONARY)
    );
    let large = "x".repeat(16 << 20);
    assert_eq!(groups(table(std::iter::repeat_n([large.as_str(), "", ""], 6))), [4, 2]);
}

#[test]
fn what_is_no_row_is_refused() {
    let date = "write dates as YYYY-MM-DD, from 0001-01-01 to 9999-12-31";
    assert_eq!(
        refusal(&[&["a", "", ""], &["b", "27.11.2026\u{1b}[2J", ""]]),
        ("`27.11.2026\u{fffd}[2J` in column `from`, row 2, is not a date".to_owned(), date)
    );
    let bug = "report this as a bug of throughline";
    for row in [&["a", ""][..], &["a", "", "", ""], &[]] {
        assert_eq!(refusal(&[row]), ("row 1 does not have `3` cells".to_owned(), bug));
    }
    let long = "x".repeat((16 << 20) + 1);
    let message = "a cell of `16777217` bytes in column `note`, row 1, is too long";
    assert_eq!(refusal(&[&["a", "", &long]]).0, message);
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let written = TableWriter::new(Full, &COLUMNS).and_then(|mut writer| {
        writer.row(["a", "", ""])?;
        writer.finish().map(|_| ())
    });
    let message = written.unwrap_err().message();
    assert!(message.contains("no space left"), "{message}");
}

#[test]
fn dates() {
    let cases = [
        ("0001-01-01", Some(-719_162)),
        ("1969-12-31", Some(-1)),
        ("1970-01-01", Some(0)),
        ("2000-02-29", Some(11_016)),
        ("2000-03-01", Some(11_017)),
        ("2024-12-31", Some(20_088)),
        ("9999-12-31", Some(2_932_896)),
        ("0000-01-01", None),
        ("1900-02-29", None),
        ("2026-00-10", None),
        ("2026-13-10", None),
        ("2026-04-31", None),
        ("2026-04-00", None),
        ("2026-4-01", None),
        ("2026/04/01", None),
        ("+026-04-01", None),
        ("2026-04-01 ", None),
        ("２026-04-01", None),
    ];
    for (text, expected) in cases {
        assert_eq!(days(text), expected, "{text}");
    }
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut last = days("0001-01-01").unwrap() - 1;
    for year in 1..=9_999 {
        for (month, length) in (1..).zip(lengths) {
            let leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for day in 1..=length + i32::from(leap) {
                last += 1;
                if day == 1 || day >= 28 {
                    assert_eq!(days(&format!("{year:04}-{month:02}-{day:02}")), Some(last));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back(rows in prop::collection::vec(("(a|b|.{0,20})", ".{0,20}"), 0..40)) {
        let file = table(rows.iter().map(|(code, note)| [code.as_str(), "", note.as_str()]));
        let again = table(rows.iter().map(|(code, note)| [code.as_str(), "", note.as_str()]));
        prop_assert_eq!(&file, &again);
        let cell = |text: &String| match text.as_str() {
            "" => Field::Null,
            text => Field::Str(text.to_owned()),
        };
        let expected: Vec<_> =
            rows.iter().map(|(code, note)| vec![cell(code), Field::Null, cell(note)]).collect();
        prop_assert_eq!(read(file), expected);
    }

    #[test]
    fn any_date_cell_is_safe(cell in ".{0,12}|[0-9-]{10}") {
        let _ = days(&cell);
    }
}
