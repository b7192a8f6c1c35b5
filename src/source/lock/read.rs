//! From the text of throughline.lock to its rows. Every damaged row is reported; none is mended.

use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::{
    COLUMNS, Cells, LOCK_VERSION, Lock, LockRow, Sorted, TITLE, has_quotes, read_url, written_url,
};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// How many cells version 1 had.
const COLUMNS_1: usize = 5;
const REPAIR: &str = "run `throughline lock --repair`";
const RESTORE: &str = "restore the line from version control";

/// Reads the lock, in this version or an older one.
pub fn read_lock(
    text: &Arc<String>,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Lock {
    let mut lock = Lock { file: Arc::clone(text), ..Lock::default() };
    let content = text.get(base..).unwrap_or("");
    let parts = parts_of(content, base);
    let parts: Vec<Part> =
        parts.into_par_iter().map(|(part, base)| read_part(part, source, base)).collect();
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum());
    let (mut conflict, mut others) = (None, 0);
    for Part { rows, faults, conflict: own, others: of_part } in parts {
        others += of_part;
        all.extend(rows);
        diagnostics.extend(faults.into_iter().map(|(span, fault)| {
            let help = if fault.newer { "use a newer throughline" } else { RESTORE };
            Diagnostic::error(Code::BadLock, span, fault.message).help(help)
        }));
        conflict = conflict.or(own);
    }
    lock.rows = Arc::new(all);
    let in_order = lock.sort() == Sorted::Distinct;
    if let Some(span) = conflict {
        let message = "a merge conflict is not resolved";
        diagnostics.push(Diagnostic::error(Code::BadLock, span, message).help(REPAIR));
    } else {
        check_links(&lock, diagnostics);
        check_codes(&lock, diagnostics);
    }
    let head = Lock::head();
    let all_rows = base == 0 && content.starts_with(&head) && others == head.lines().count();
    if !in_order {
        lock.settle();
    }
    lock.is_as_written = all_rows && in_order;
    lock
}

/// Bytes that one thread reads at a time, about.
const PART: usize = 256 << 10;

/// Cuts a text at ends of lines, and says where each part begins.
fn parts_of(mut rest: &str, mut base: usize) -> Vec<(&str, usize)> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let line_end = rest.as_bytes().get(PART..).and_then(|tail| memchr::memchr(b'\n', tail));
        let end = line_end.map_or(rest.len(), |at| PART + at + 1);
        let (part, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        parts.push((part, base));
        (rest, base) = (tail, base + part.len());
    }
    parts
}

/// What some lines hold.
#[derive(Default)]
struct Part {
    rows: Vec<Cells>,
    faults: Vec<(Span, LineFault)>,
    /// The first line of a merge conflict.
    conflict: Option<Span>,
    /// Lines that are no rows, or rows that would be written otherwise.
    others: usize,
}

fn read_part(text: &str, source: SourceId, base: usize) -> Part {
    let (mut part, mut offset) = (Part::default(), base);
    for line in text.split_inclusive('\n') {
        let row = line.trim_end();
        let span = Span::new(source, offset, offset + row.len());
        offset += line.len();
        if conflict_marker(row).is_some() {
            part.others += 1;
            part.conflict.get_or_insert(span);
            continue;
        }
        let is_whole = line.strip_suffix('\n') == Some(row);
        match read_cells(row, span) {
            Ok(Some(cells)) if is_whole && cells.are_all() => part.rows.push(cells),
            Ok(cells) => {
                part.others += 1;
                part.rows.extend(cells);
            }
            Err(fault) => {
                part.others += 1;
                part.faults.push((span, fault));
            }
        }
    }
    part
}

/// The sign of a line that version control puts between two branches: `<`, `|`, `=` or `>`.
pub fn conflict_marker(line: &str) -> Option<char> {
    let sign = line.chars().next().filter(|sign| "<|=>".contains(*sign))?;
    let rest = line.trim_start_matches(sign);
    // They are seven, and more where conflicts are in conflicts.
    (line.len() - rest.len() >= 7 && (rest.is_empty() || rest.starts_with(' '))).then_some(sign)
}

/// Reads one line on its own; `Ok(None)` for a title or a remark, `Err` says what is wrong.
pub fn read_lock_line(line: &str, span: Span) -> Result<Option<LockRow<'_>>, String> {
    let cells = read_cells(line, Span { start: 0, ..span }).map_err(|fault| fault.message)?;
    let Some(cells) = cells else { return Ok(None) };
    let mut all = [""; COLUMNS.len()];
    let mut start = cells.start;
    for (cell, end) in all.iter_mut().zip(cells.ends) {
        *cell = line.get(start as usize..end as usize).unwrap_or("");
        start = end + 1;
    }
    let [link_id, short_code, campaign, channel, partner, offer, valid_from, url] = all;
    let (url, span) = (read_url(url), Some(span));
    let row =
        LockRow { link_id, short_code, campaign, channel, partner, offer, valid_from, url, span };
    Ok(Some(row))
}

struct LineFault {
    message: String,
    newer: bool,
}

impl From<&str> for LineFault {
    fn from(message: &str) -> Self {
        Self { message: message.to_owned(), newer: false }
    }
}

fn read_cells(line: &str, span: Span) -> Result<Option<Cells>, LineFault> {
    if let Some(version) = line.strip_prefix(TITLE) {
        return check_version(version).map(|()| None);
    }
    if line.is_empty() || line.starts_with('#') || line.starts_with("link_id,") {
        return Ok(None);
    }
    let end = span.start + line.len() as u32;
    let mut ends = [end; COLUMNS.len()];
    let commas = memchr::memchr_iter(b',', line.as_bytes()).take(COLUMNS.len() - 1);
    let found = commas.zip(&mut ends).map(|(at, end)| *end = span.start + at as u32).count() + 1;
    if found != COLUMNS.len() && found != COLUMNS_1 {
        return Err(LineFault {
            message: format!("a row has eight cells: {}", COLUMNS.join(", ")),
            newer: false,
        });
    }
    let cells = Cells { start: span.start, ends, span: Some(span) };
    check_cells(line, &cells)?;
    Ok(Some(cells))
}

fn check_version(title: &str) -> Result<(), LineFault> {
    let version = title.split(':').next().and_then(|number| number.parse::<u32>().ok());
    match version {
        Some(1..=LOCK_VERSION) => Ok(()),
        Some(version) if version > LOCK_VERSION => Err(LineFault {
            message: format!("version {version} of the file was written by a newer throughline"),
            newer: true,
        }),
        _ => Err("the first line names no version of the file".into()),
    }
}

fn check_cells(line: &str, cells: &Cells) -> Result<(), LineFault> {
    // Nearly every line is plain, and one look at all of its bytes tells.
    let plain = line.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte));
    let mut start = cells.start;
    for (index, end) in cells.ends.into_iter().enumerate() {
        let range = (start - cells.start) as usize..(end.max(start) - cells.start) as usize;
        let cell = line.get(range).unwrap_or("");
        start = end + 1;
        if cell.is_empty() && index < COLUMNS_1 {
            return Err("a cell of the row is empty".into());
        }
        if !plain && cell.chars().any(char::is_control) {
            return Err("the row holds a control character".into());
        }
        if index == 6 && !cell.is_empty() && !is_date(cell) {
            return Err(LineFault { message: format!("`{cell}` is not a date"), newer: false });
        }
        // What is written back must be what was read, byte for byte.
        if index == 7 && has_quotes(cell) && written_url(&read_url(cell)) != cell {
            return Err("an address with a comma stands in quotes, and no other does".into());
        }
    }
    Ok(())
}

/// `2026-11-27`.
fn is_date(cell: &str) -> bool {
    cell.len() == 10 && cell.parse::<Date>().is_ok_and(|date| date.to_string() == cell)
}

/// A link keeps its code, campaign, channel and partner in all its rows, begins with one that has
/// no date, and has one row a day. Rows are in their order.
fn check_links(lock: &Lock, diagnostics: &mut Diagnostics) {
    let is_right = |at: usize| {
        let row = |at: usize| lock.rows.get(at).map(|cells| lock.row(cells));
        let Some(own) = row(at) else { return true };
        let before = at.checked_sub(1).and_then(row);
        link_fault(before.filter(|before| before.link_id == own.link_id).as_ref(), &own).is_none()
    };
    if (0..lock.rows.len()).into_par_iter().with_min_len(PART / 64).all(is_right) {
        return;
    }
    let mut previous: Option<LockRow<'_>> = None;
    for cells in lock.rows.iter() {
        let row = lock.row(cells);
        let before = previous.take().filter(|before| before.link_id == row.link_id);
        if let Some((message, help)) = link_fault(before.as_ref(), &row) {
            let span = cells.span.unwrap_or(Span::start_of(SourceId(0)));
            let mut found = Diagnostic::error(Code::BadLock, span, message).help(help);
            if let Some(other) = before.and_then(|before| before.span) {
                found = found.related(other, "its other row");
            }
            diagnostics.push(found);
        }
        previous = Some(row);
    }
}

fn link_fault(before: Option<&LockRow<'_>>, row: &LockRow<'_>) -> Option<(String, &'static str)> {
    let id = row.link_id;
    let Some(before) = before else {
        let message = || format!("the first row of the link `{id}` is missing");
        return (!row.valid_from.is_empty()).then(|| (message(), RESTORE));
    };
    if before.valid_from == row.valid_from {
        return Some((format!("the link `{id}` stands twice"), REPAIR));
    }
    if before.short_code != row.short_code {
        return Some((format!("the link `{id}` has two short codes"), REPAIR));
    }
    let mut pairs = before.identity().into_iter().zip(row.identity());
    let ((what, was), (_, is)) = pairs.find(|(was, is)| was != is)?;
    Some((format!("the {what} of the link `{id}` was `{was}` and is `{is}`"), RESTORE))
}

/// No two links share a code.
fn check_codes(lock: &Lock, diagnostics: &mut Diagnostics) {
    let places = lock.links().filter_map(|row| {
        // Numbers are compared sooner than texts, and say nearly all.
        let mut beginning = [0; 8];
        beginning.iter_mut().zip(row.short_code.bytes()).for_each(|(to, byte)| *to = byte);
        Some((u64::from_be_bytes(beginning), row.short_code, row.span?))
    });
    let mut places: Vec<(u64, &str, Span)> = places.collect();
    places.par_sort_unstable();
    for pair in places.windows(2) {
        let [(_, first, other), (_, second, span)] = pair else { continue };
        if first == second {
            let message = format!("the short code `{second}` stands twice");
            diagnostics.push(
                Diagnostic::error(Code::BadLock, *span, message)
                    .related(*other, "the other link")
                    .help(REPAIR),
            );
        }
    }
}
