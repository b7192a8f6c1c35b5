//! What the pieces do without a workbook around them; whole workbooks are tested from outside.

use super::grid::{CellRef, Grid};
use super::number::Decimal;
use super::xlsx_book::unescape;
use super::xlsx_cell::parse_ref;

fn plain(raw: &str, shift: i32) -> Option<String> {
    let mut number = Decimal::parse(raw)?;
    number.shift(shift);
    let mut out = String::new();
    number.write(',', 0, &mut out);
    Some(out)
}

#[test]
fn numbers_are_plain_and_short() {
    let cases = [
        ("0", "0"),
        ("-0", "0"),
        ("007", "7"),
        ("12.50", "12,5"),
        ("0.20000000000000001", "0,2"),
        ("19.989999999999998", "19,99"),
        ("1E3", "1000"),
        ("1.5E-3", "0,0015"),
        ("-1.5e-3", "-0,0015"),
        ("100", "100"),
        ("1234567890123456", "1234567890123460"),
        ("999999999999999", "999999999999999"),
        ("9999999999999999", "10000000000000000"),
    ];
    for (raw, expected) in cases {
        assert_eq!(plain(raw, 0).as_deref(), Some(expected), "{raw}");
    }
    for (raw, expected) in [("0.2", "20"), ("0.075", "7,5"), ("1", "100"), ("0", "0")] {
        assert_eq!(plain(raw, 2).as_deref(), Some(expected), "{raw}");
    }
    for raw in ["", "NaN", "inf", "1e400", "1,5", "0x1", "1e", "--1", "."] {
        assert_eq!(plain(raw, 0), None, "{raw}");
    }
}

#[test]
fn zeros_in_front() {
    for (raw, expected) in [("123", "00123"), ("0", "00000"), ("123456", "123456"), ("1.5", "1,5")]
    {
        let mut out = String::new();
        Decimal::parse(raw).unwrap().write(',', 5, &mut out);
        assert_eq!(out, expected);
    }
}

#[test]
fn references() {
    let shown = |text| parse_ref(text).map(|at| at.to_string());
    for text in ["A1", "Z9", "AA10", "XFD1048576"] {
        assert_eq!(shown(text).as_deref(), Some(text));
    }
    for text in ["", "A", "1", "A0", "XFE1", "a1", "A1B", "A1048577", "A99999999999"] {
        assert_eq!(shown(text), None, "{text}");
    }
}

#[test]
fn escapes() {
    assert_eq!(unescape("a_x000D_\nb"), "a\r\nb");
    assert_eq!(unescape("_x005F_x000D_"), "_x000D_");
    assert_eq!(unescape("_xyz_ ä_x00"), "_xyz_ ä_x00");
    assert_eq!(unescape("_xD800_"), "\u{fffd}");
}

#[test]
fn lines_are_widened_and_mapped() {
    let mut grid = Grid::default();
    let mut put = |row, column, text| grid.put(CellRef { row, column }, text).unwrap();
    put(3, 2, "a,b");
    put(6, 1, "x\r\ny");
    let last = put(6, 4, "\"");
    put(7, 1, "ü");
    let (text, cells) = grid.finish().unwrap();
    assert_eq!(text, ",\"a,b\",,\n,,,\n,,,\n\"x\ny\",,,\"\"\"\"\nü,,,\n");
    assert_eq!(text.get(last.range(&cells)), Some("\"\"\"\""));
    let at = |piece: &str| cells.at(&text, text.find(piece).unwrap()).to_string();
    assert_eq!(at("b\""), "B3");
    assert_eq!(at("y"), "A6");
    assert_eq!(at("ü"), "A7");
    assert_eq!(cells.at(&text, last.range(&cells).start).to_string(), "D6");
    assert_eq!(cells.at(&text, usize::MAX).to_string(), "D7");
    assert_eq!(cells.rows(), 3..8);
}
