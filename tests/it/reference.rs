//! What a table holds, as another reader sees it, and what we may make of that: the little that
//! docs/formats.md says is put right.

use crate::reading::Reading;

const SPACES: [char; 6] = [' ', '\t', '\n', '\r', '\u{a0}', '\u{202f}'];

/// Invisible characters that are dropped from headers, and that names are compared without.
fn folded(header: &str) -> String {
    let dropped = |one: &char| {
        SPACES.contains(one)
            || matches!(
                one,
                '_' | '-' | '\u{200b}'
                    ..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{2060}' | '\u{ad}'
            )
    };
    header.chars().filter(|one| !dropped(one)).flat_map(char::to_lowercase).collect()
}

/// The text of a cell of copy.
pub(crate) fn trimmed(cell: &str) -> String {
    cell.trim_matches(SPACES).replace("\r\n", "\n").replace('\r', "\n")
}

fn is_blank(row: &[String]) -> bool {
    row.iter().all(|cell| cell.trim().is_empty())
}

/// What is wrong with what we made of a file that another reader sees as `rows`. All columns are
/// copy.
pub(crate) fn difference(reading: &Reading, rows: &[Vec<String>]) -> Option<String> {
    let mut rows = rows.iter().filter(|row| !is_blank(row));
    let header: Vec<String> = rows.next()?.iter().map(|name| folded(name)).collect();
    let width = header.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
    let places: Vec<Option<usize>> = reading
        .columns
        .iter()
        .map(|name| header.iter().position(|one| *one == folded(name)))
        .collect();
    let mut rows: Vec<&Vec<String>> = rows.collect();
    // Sums in the last rows are left out, with a warning each.
    let sums = reading.findings.iter().filter(|one| one.code == "TL0126").count();
    rows.truncate(rows.len().saturating_sub(sums));
    if rows.len() != reading.rows.len() {
        return Some(format!("{} rows, but {}", reading.rows.len(), rows.len()));
    }
    for (number, (ours, theirs)) in reading.rows.iter().zip(rows).enumerate() {
        let used = theirs.iter().rposition(|cell| !trimmed(cell).is_empty()).map_or(0, |at| at + 1);
        if theirs.len() < width || used > header.len() {
            return Some(format!("row {number} has {} cells of {width}", theirs.len()));
        }
        for ((place, cell), name) in places.iter().zip(ours).zip(&reading.columns) {
            // The value of one channel is no value of the column.
            if name.contains('@') {
                continue;
            }
            let their = place.and_then(|at| theirs.get(at)).map_or("", String::as_str);
            if trimmed(their) != *cell {
                return Some(format!("row {number} holds {cell:?}, but {their:?}"));
            }
        }
    }
    None
}
