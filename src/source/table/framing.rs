//! Where a table begins and what stands between its cells: everything before the first row.

use rayon::prelude::*;

use super::cells::{CellReader, RawCell, Row, Shape};
use super::findings::{Findings, NO_COLUMN, Normalised};
use super::header::{Names, Target, bind};
use super::read::TableReader;
use crate::diag::{Code, Diagnostic};
use crate::model::Span;

/// A table whose rows can be read.
pub(super) struct Frame<'t> {
    pub(super) text: &'t str,
    pub(super) delimiter: u8,
    /// Where the columns of the file go.
    pub(super) targets: Vec<Target>,
    /// The header's cells.
    pub(super) header: Vec<RawCell>,
    /// Where the first row may begin.
    pub(super) body: usize,
}

/// Delimiters that are tried where none is declared.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows above the header that are looked through for it.
const MAX_TITLE_ROWS: usize = 20;

/// Finds the header, or says why there is none.
pub(super) fn open<'t>(
    reader: &TableReader<'t>,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Option<Frame<'t>> {
    let source = reader.source;
    let whole = reader.text.as_str();
    let text = whole.trim_end_matches('\u{1a}');
    if text.len() < whole.len() {
        let span = Span::new(source, text.len(), whole.len());
        findings.note(Normalised::ControlZ, NO_COLUMN, span);
    }
    if let Some(at) = conflict_marker(text) {
        let message = "version control has left a conflict here";
        findings.push(
            Diagnostic::error(Code::ConflictMarker, Span::new(source, at, at + 7), message)
                .help("keep one of the two versions, and delete the lines with the marks"),
        );
    }
    if reader.base > 0 {
        findings.note(
            Normalised::ByteOrderMark,
            NO_COLUMN,
            Span::new(source, reader.base, reader.base),
        );
    }
    let base = skip_marks(text, reader, findings);
    let (said, base) = said_delimiter(text, base);
    let declared = reader.dialect.delimiter;
    let (delimiter, header, body) = find_header(reader, names, (text, base), said, findings)?;
    let shape = Shape { text, source, delimiter, lines: &[] };
    if delimiter != b',' && declared.is_none() {
        let place = header.first().map_or(Span::start_of(source), |cell| cell.span(source));
        findings.note(Normalised::Delimiter, NO_COLUMN, place);
    }
    let targets = bind(reader, names, shape, &header, findings)?;
    Some(Frame { text, delimiter, targets, header, body })
}

/// A second byte order mark, which comes of joining files, would be a part of the first name.
fn skip_marks(text: &str, reader: &TableReader<'_>, findings: &mut Findings) -> usize {
    let rest = text.get(reader.base..).unwrap_or("");
    let marks = rest.len() - rest.trim_start_matches('\u{feff}').len();
    if marks > 0 {
        let span = Span::new(reader.source, reader.base, reader.base + marks);
        let message = "a second byte order mark stands before the header";
        let help = "save the file again: two files were joined";
        findings.push(Diagnostic::warning(Code::UnusualCharacter, span, message).help(help));
    }
    reader.base + marks
}

/// Where a line begins that version control puts before the first of two versions.
fn conflict_marker(text: &str) -> Option<usize> {
    const MARK: &[u8] = b"<<<<<<< ";
    const PIECE: usize = 1 << 20;
    let bytes = text.as_bytes();
    let begins_line = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
    };
    let pieces = (0..=bytes.len() / PIECE).into_par_iter();
    let found = pieces.filter_map(|piece| {
        let start = piece * PIECE;
        let end = bytes.len().min(start + PIECE + MARK.len() - 1);
        let within = memchr::memmem::find_iter(bytes.get(start..end)?, MARK);
        within.map(|at| start + at).find(begins_line)
    });
    found.min()
}

/// `sep=;`, which Excel writes and reads in the first line.
fn said_delimiter(text: &str, base: usize) -> (Option<u8>, usize) {
    let rest = text.get(base..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("");
    let quoted = line.trim_matches('"');
    match quoted.strip_prefix("sep=").map(str::as_bytes) {
        Some([mark]) if DELIMITERS.contains(mark) => {
            let after = rest.get(line.len()..).unwrap_or("");
            let end = after.len() - after.trim_start_matches(['\r', '\n']).len();
            (Some(*mark), base + line.len() + end.min(2))
        }
        _ => (None, base),
    }
}

/// The first row, cut at a delimiter.
struct FirstRow {
    cells: Vec<RawCell>,
    end: usize,
}

fn first_row(shape: Shape<'_>, base: usize) -> Option<Result<FirstRow, Box<Diagnostic>>> {
    let mut cells = Vec::new();
    let mut rows = CellReader::new(shape, base);
    loop {
        match rows.next(&mut cells)? {
            Row::Broken(diagnostic) => return Some(Err(diagnostic)),
            Row::Cells { .. } => {
                let blank = |cell: &RawCell| cell.text(shape.text).trim().is_empty();
                if !cells.iter().all(blank) {
                    return Some(Ok(FirstRow { cells, end: rows.end() }));
                }
            }
        }
    }
}

type Header = (u8, Vec<RawCell>, usize);

fn find_header(
    reader: &TableReader<'_>,
    names: &Names<'_>,
    (text, base): (&str, usize),
    said: Option<u8>,
    findings: &mut Findings,
) -> Option<Header> {
    let source = reader.source;
    let cut = |delimiter: u8| first_row(Shape { text, source, delimiter, lines: &[] }, base);
    let declared = reader.dialect.delimiter;
    let usual = declared.unwrap_or(b',');
    let first = match cut(usual) {
        Some(Ok(first)) => first,
        Some(Err(diagnostic)) => {
            findings.push(diagnostic.blocking());
            return None;
        }
        None => {
            findings.push(no_header(reader, base));
            return None;
        }
    };
    if let Some(said) = said.filter(|said| *said != usual)
        && names.fit(&first.cells, text)
    {
        let place = first.cells.first().map_or(Span::start_of(source), |cell| cell.span(source));
        let message = format!(
            "the first line says that cells are separated by `{}`, and they are by `{}`",
            char::from(said),
            char::from(usual)
        );
        findings.push(
            Diagnostic::error(Code::WrongDelimiter, place, message)
                .help("delete the first line, or correct it"),
        );
        return None;
    }
    if names.fit(&first.cells, text) {
        return Some((usual, first.cells, first.end));
    }
    // Another delimiter is taken only where the header then fits without a remainder.
    let others = DELIMITERS.into_iter().filter(|one| declared.is_none() && *one != usual);
    for delimiter in others.filter(|one| said.is_none_or(|said| said == *one)) {
        if let Some(Ok(other)) = cut(delimiter)
            && other.cells.len() > 1
            && names.fit(&other.cells, text)
        {
            return Some((delimiter, other.cells, other.end));
        }
    }
    if let Some(line) = header_below(names, (text, first.end), (source, usual)) {
        let place = first.cells.first().map_or(Span::start_of(source), |cell| cell.span(source));
        let message = format!("the header is not in the first row, but in line {line}");
        findings.push(
            Diagnostic::error(Code::HeaderNotFirst, place, message)
                .help("delete the rows above it"),
        );
        return None;
    }
    if let Some(diagnostic) = wrong_delimiter(&first, names, text, reader, said) {
        findings.push(diagnostic);
        return None;
    }
    Some((usual, first.cells, first.end))
}

fn no_header(reader: &TableReader<'_>, base: usize) -> Diagnostic {
    let contract = reader.contract;
    let required = contract.columns.iter().filter(|column| column.required);
    let required: Vec<&str> = required.map(|column| column.name.as_str()).collect();
    let message = format!("the table `{}` has no header", contract.table);
    Diagnostic::error(Code::EmptyFile, Span::new(reader.source, base, base), message)
        .help(format!("the first line names the columns: {}", required.join(", ")))
}

/// The line of a row below that fits as a header.
fn header_below(
    names: &Names<'_>,
    (text, end): (&str, usize),
    (source, delimiter): (crate::model::SourceId, u8),
) -> Option<usize> {
    let mut rows = CellReader::new(Shape { text, source, delimiter, lines: &[] }, end);
    let mut cells = Vec::new();
    for _ in 0..MAX_TITLE_ROWS {
        let row = rows.next(&mut cells)?;
        if matches!(row, Row::Cells { .. }) && names.is_header(&cells, text) {
            let start = cells.first()?.start as usize;
            let above = text.get(..start)?;
            return Some(above.lines().count() + 1);
        }
    }
    None
}

/// A header that another delimiter would cut into names, though not all of them fit.
fn wrong_delimiter(
    first: &FirstRow,
    names: &Names<'_>,
    text: &str,
    reader: &TableReader<'_>,
    said: Option<u8>,
) -> Option<Diagnostic> {
    let source = reader.source;
    let usual = reader.dialect.delimiter.unwrap_or(b',');
    let base = first.cells.first().map_or(reader.base, |cell| cell.start as usize);
    let known = |row: &FirstRow| names.known(&row.cells, text);
    let here = known(first);
    let place = first.cells.first().map_or(Span::start_of(source), |cell| cell.span(source));
    let shown =
        |mark: u8| if mark == b'\t' { "tab".to_owned() } else { format!("`{}`", char::from(mark)) };
    DELIMITERS.into_iter().filter(|one| *one != usual).find_map(|delimiter| {
        let shape = Shape { text, source, delimiter, lines: &[] };
        let other = first_row(shape, base)?.ok()?;
        let said_so = said == Some(delimiter) && other.cells.len() > 1;
        if known(&other) <= here.max(1) && !said_so {
            return None;
        }
        let message = format!("the cells are separated by {}, not by {}", shown(delimiter), shown(usual));
        let lacking = if reader.dialect.delimiter.is_some() {
            "correct `delimiter` for the file"
        } else {
            "declare `delimiter` for the file, or save it with commas: its header does not fit the contract either way"
        };
        Some(Diagnostic::error(Code::WrongDelimiter, place, message).help(lacking))
    })
}
