//! The rows of a file: in parts, which are read in parallel and put together in order.

use std::sync::Arc;

use rayon::prelude::*;

use super::cells::{CellReader, RawCell, Row, Shape};
use super::findings::{Findings, NO_COLUMN, Normalised};
use super::framing::Frame;
use super::header::{Names, Target};
use super::limits::{MAX_FINDINGS, MAX_ROWS};
use super::not_rows::{is_conflict_mark, total_row};
use super::read::TableReader;
use super::record::Page;
use super::row::{RowExtra, RowReader};
use super::{Record, Table};
use crate::diag::{Code, Diagnostic};
use crate::model::{SourceId, Span};

/// Bytes that are read as one piece of work.
const CHUNK: usize = 1 << 20;
/// Rows after which the length of a row is known well enough.
const SAMPLE: usize = 64;
/// Pieces that are read before their rows are counted.
const STEP: usize = 128;

/// What reading the rows needs.
pub(super) struct Rows<'t> {
    pub(super) reader: &'t TableReader<'t>,
    pub(super) names: &'t Names<'t>,
    pub(super) frame: &'t Frame<'t>,
    lines: Vec<bool>,
    columns: Box<[Option<u16>]>,
    width: usize,
    /// The key's cell in the file, for telling totals from rows.
    pub(super) key: Option<usize>,
}

/// The rows of a part of the file.
struct Chunk<'t> {
    start: usize,
    /// Where the last record ended. What is between that and the next part must be line ends.
    end: usize,
    rows: RowReader<'t>,
    /// How many rows were read.
    number: u32,
    /// What single rows have besides their cells.
    extras: Vec<(u32, RowExtra)>,
    totals: Vec<(Span, String)>,
    /// What stands where the ids of rows should be that could not be read.
    lost: Vec<String>,
    /// Where the last row begins that is no total.
    last: u32,
    line_ends: u8,
    /// Records, whether they could be read or not.
    lines: usize,
    stopped: bool,
}

/// White space to Unicode, and a mark of broken text to everybody else.
const SEPARATORS: [char; 4] = ['\u{b}', '\u{85}', '\u{2028}', '\u{2029}'];

impl<'t> Rows<'t> {
    pub(super) fn new(
        reader: &'t TableReader<'t>,
        names: &'t Names<'t>,
        frame: &'t Frame<'t>,
    ) -> Self {
        let contract = reader.contract;
        let mut columns: Box<[Option<u16>]> = contract.columns.iter().map(|_| None).collect();
        let mut width = 0_u16;
        for target in &frame.targets {
            if let Target::Column(column) = target {
                if let Some(slot) = columns.get_mut(*column) {
                    *slot = Some(width);
                }
                width += 1;
            }
        }
        let lines = frame.targets.iter().map(|target| match target {
            Target::Column(at) | Target::Override(at, _) => {
                contract.column(*at).is_some_and(|column| column.lines)
            }
            // Nobody cares what stands there.
            Target::Ignored | Target::Unnamed => true,
        });
        let key = contract.key.first().map(|at| Target::Column(*at));
        let key = key.and_then(|key| frame.targets.iter().position(|target| *target == key));
        Self { reader, names, frame, lines: lines.collect(), columns, width: width.into(), key }
    }

    fn shape(&'t self) -> Shape<'t> {
        Shape {
            text: self.frame.text,
            source: self.reader.source,
            delimiter: self.frame.delimiter,
            lines: &self.lines,
        }
    }

    /// Adds all rows to a table; tells whether they were read to the end.
    pub(super) fn read(&'t self, table: &mut Table, findings: &mut Findings) -> bool {
        let end = self.frame.text.len();
        let starts = self.starts();
        let ends = starts.iter().skip(1).copied().chain([end]);
        let parts: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let mut whole: Vec<Chunk<'_>> = Vec::with_capacity(parts.len());
        // In steps, so that a file of far too many rows is given up before it fills the memory.
        for some in parts.chunks(STEP) {
            let chunks: Vec<Chunk<'_>> =
                some.par_iter().map(|(start, end)| self.read_chunk(*start, *end)).collect();
            for (chunk, (_, end)) in chunks.into_iter().zip(some) {
                self.join(&mut whole, chunk, *end);
            }
            let lines: usize = whole.iter().map(|chunk| chunk.lines).sum();
            if lines > MAX_ROWS || whole.last().is_some_and(|chunk| chunk.stopped) {
                break;
            }
        }
        self.assemble(whole, table, findings)
    }

    /// Adds a part. One that does not begin where the one before it ended was cut inside a cell, and
    /// is read again from there.
    fn join(&'t self, whole: &mut Vec<Chunk<'t>>, chunk: Chunk<'t>, end: usize) {
        let Some(before) = whole.last() else { return whole.push(chunk) };
        if before.stopped {
            return;
        }
        let from = before.end;
        let between = self.frame.text.as_bytes().get(from..chunk.start);
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        if between.is_some_and(|between| between.iter().all(is_end)) {
            whole.push(chunk);
        } else if from < end {
            whole.push(self.read_chunk(from, end));
        }
    }

    /// Where parts begin: after line ends, at about the same distance.
    fn starts(&self) -> Vec<usize> {
        let (text, body) = (self.frame.text, self.frame.body);
        let mut starts = vec![body];
        let mut at = body + CHUNK;
        while let Some(tail) = text.as_bytes().get(at..) {
            let Some(found) = memchr::memchr(b'\n', tail) else { break };
            let start = at + found + 1;
            if start >= text.len() {
                break;
            }
            starts.push(start);
            at = start + CHUNK;
        }
        starts
    }

    fn read_chunk(&'t self, start: usize, end: usize) -> Chunk<'t> {
        let shape = self.shape();
        let mut chunk = Chunk {
            start,
            end: start,
            rows: RowReader::new(self.reader, shape, &self.frame.targets),
            number: 0,
            extras: Vec::new(),
            totals: Vec::new(),
            lost: Vec::new(),
            last: 0,
            line_ends: 0,
            lines: 0,
            stopped: false,
        };
        let mut cells = CellReader::new(shape, start);
        let mut raw = Vec::with_capacity(self.frame.targets.len());
        while !chunk.stopped && cells.has_more_before(end) {
            let before = cells.end();
            let Some(row) = cells.next(&mut raw) else { break };
            chunk.lines += 1;
            if chunk.lines == SAMPLE {
                chunk.rows.expect((end - start) / (cells.end() - start).max(1) * SAMPLE);
            }
            match row {
                Row::Broken(diagnostic) => {
                    chunk.lose(self.lost_id(skip_line_ends(self.frame.text, before)));
                    chunk.rows.findings.push(self.judge(*diagnostic));
                }
                Row::Cells { bare } => {
                    let first = raw.first().map_or(0, |cell| cell.start);
                    chunk.note_line_ends(shape, before, first as usize);
                    self.read_row(&mut chunk, &mut raw, bare);
                }
            }
        }
        chunk.end = cells.end();
        chunk.stopped |= cells.stopped();
        chunk
    }

    /// What stands in a line where the id should be.
    fn lost_id(&self, start: usize) -> Option<String> {
        let line = self.frame.text.get(start..)?.lines().next()?;
        let cell = line.split(char::from(self.frame.delimiter)).nth(self.key?)?;
        // Anything longer is no id.
        (cell.len() <= 200).then(|| cell.trim_matches(['"', ' ']).to_lowercase())
    }

    /// A row that cannot be read names no partner and no offer that could be left out for it.
    fn judge(&self, diagnostic: Diagnostic) -> Diagnostic {
        let known = matches!(self.reader.contract.table.as_str(), "partners" | "offers");
        if known { diagnostic } else { diagnostic.blocking() }
    }

    fn read_row(&'t self, chunk: &mut Chunk<'t>, raw: &mut Vec<RawCell>, bare: Option<u32>) {
        let (text, source) = (self.frame.text, self.reader.source);
        let is_empty = |cell: &RawCell| {
            let (start, end) = cell.inner();
            text.get(start as usize..end as usize).is_none_or(|text| text.trim().is_empty())
        };
        let Some(first) = raw.first().copied() else { return };
        let expected = self.frame.targets.len();
        if is_empty(&first) && raw.iter().all(is_empty) {
            chunk.rows.findings.note(Normalised::BlankRow, NO_COLUMN, first.span(source));
            return;
        }
        // One empty cell too many may come of an unquoted comma, which moves all cells behind it.
        // So many of them come of a sheet whose used range is wider than the table. A line separator
        // alone in a cell is no such emptiness: somebody's text was lost around it.
        let is_unused = |cell: &RawCell| is_empty(cell) && !cell.text(text).contains(SEPARATORS);
        if raw.len() >= 2 * expected && raw.iter().skip(expected).all(is_unused) {
            chunk.rows.findings.note(Normalised::EmptyCells, NO_COLUMN, first.span(source));
            raw.truncate(expected);
        }
        if raw.len() == 1 && is_conflict_mark(&first.text(text)) {
            return;
        }
        if self.is_total(raw, text) {
            let place = raw.iter().find(|cell| !is_empty(cell)).copied().unwrap_or(first);
            chunk.totals.push((place.span(source), place.text(text).trim().to_owned()));
            return;
        }
        chunk.last = first.start;
        if let Some(diagnostic) = self.second_header(raw, text) {
            // What follows another table's header are its rows.
            chunk.stopped = raw.len() != expected || !self.is_own_header(raw, text);
            chunk.rows.findings.push(diagnostic);
            return;
        }
        if raw.len() != expected {
            chunk.lose(self.lost_id(first.start as usize));
            chunk.rows.findings.push(self.judge(ragged(raw, expected, text, source)));
            return;
        }
        if let Some(at) = bare {
            let span = Span { source, start: at, end: at + 1 };
            let message = "a quote stands inside a cell that is not quoted";
            chunk.rows.findings.push(
                Diagnostic::warning(Code::BareQuote, span, message)
                    .help("quote the whole cell and double the quotes inside it"),
            );
        }
        let extra = chunk.rows.read(raw);
        if extra.bad || !extra.overrides.is_empty() {
            chunk.extras.push((chunk.number, extra));
        }
        chunk.number += 1;
    }

    fn assemble(&self, chunks: Vec<Chunk<'_>>, table: &mut Table, findings: &mut Findings) -> bool {
        let whole = !chunks.last().is_some_and(|chunk| chunk.stopped);
        let last = chunks.iter().map(|chunk| chunk.last).max().unwrap_or(0);
        let number: usize = chunks.iter().map(|chunk| chunk.number as usize).sum();
        let lines: usize = chunks.iter().map(|chunk| chunk.lines).sum();
        let line_ends = chunks.iter().fold(0, |all, chunk| all | chunk.line_ends);
        let records = &mut table.records;
        let earlier = records.len();
        records.reserve(number);
        for chunk in chunks {
            for (span, word) in &chunk.totals {
                findings.push(total_row(*span, word, span.start > last));
            }
            table.lost_ids.extend(chunk.lost);
            let RowReader { cells, own, findings: below, .. } = chunk.rows;
            findings.append(below);
            let page = Arc::new(Page {
                source: self.reader.source,
                text: Arc::clone(self.reader.text),
                columns: self.columns.clone(),
                width: self.width,
                cells,
                own,
                moved: Box::default(),
            });
            let first = records.len();
            records.extend((0..chunk.number).map(|row| Record::new(Arc::clone(&page), row)));
            for (row, extra) in chunk.extras {
                if let Some(record) = records.get_mut(first + row as usize) {
                    record.overrides = extra.overrides.into();
                    record.quarantined = extra.bad;
                }
            }
        }
        let start = Span::start_of(self.reader.source);
        if line_ends.count_ones() > 1 {
            findings.note(Normalised::MixedLineEnds, NO_COLUMN, start);
        }
        if lines > MAX_ROWS {
            let over = records.get(earlier + MAX_ROWS).or(records.last());
            let message = format!("the table has more than {MAX_ROWS} rows");
            findings.push(
                Diagnostic::error(Code::OverLimit, over.map_or(start, |row| row.span(0)), message)
                    .help("split the file")
                    .blocking(),
            );
        }
        let place = self.frame.header.first().map_or(start, |cell| cell.span(self.reader.source));
        if number == 0 && findings.errors() == 0 && !self.reader.spec.allow_empty {
            let message = "the table has a header and no rows";
            findings.push(
                Diagnostic::error(Code::NoRows, place, message)
                    .help("put the rows back, or say `allow_empty = true` for the table"),
            );
        }
        whole
    }
}

impl Chunk<'_> {
    /// Remembers an id that could not be read. A file of nothing else is not worth remembering.
    fn lose(&mut self, id: Option<String>) {
        if self.lost.len() < MAX_FINDINGS {
            self.lost.extend(id);
        }
    }

    /// Remembers which line ends there are, and blank lines.
    fn note_line_ends(&mut self, shape: Shape<'_>, before: usize, first: usize) {
        let Some(gap) = shape.text.as_bytes().get(before..first) else { return };
        match gap {
            [b'\n'] => self.line_ends |= 1,
            [b'\r', b'\n'] => self.line_ends |= 2,
            [b'\r'] => self.line_ends |= 4,
            _ => {
                let returns = memchr::memchr_iter(b'\r', gap).count();
                let feeds = memchr::memchr_iter(b'\n', gap).count();
                let line_end = if gap.starts_with(b"\r\n") { 2 } else { 1 };
                let span = Span::new(shape.source, before + line_end, first);
                let blank = returns.max(feeds).saturating_sub(1);
                if blank > 0 {
                    let findings = &mut self.rows.findings;
                    findings.note_many(Normalised::BlankRow, NO_COLUMN, span, blank);
                }
            }
        }
    }
}

fn ragged(cells: &[RawCell], expected: usize, text: &str, source: SourceId) -> Diagnostic {
    let filled = |cell: &&RawCell| !cell.text(text).trim().is_empty();
    let first_more = cells.get(expected..).and_then(|more| more.iter().find(filled));
    let place = first_more.or(cells.last()).copied().unwrap_or_default();
    if let [only] = cells
        && only.text(text).contains('\0')
    {
        let message = "the line holds the unseen character U+0000 (NUL)";
        return Diagnostic::error(Code::ControlCharacter, only.span(source), message)
            .help("delete it: the file was cut off, or its disk was full");
    }
    let last = cells.last().copied().unwrap_or(place);
    let more = cells.len() > expected;
    let span = if more { Span { end: last.end, ..place.span(source) } } else { last.span(source) };
    let message = match cells.len() {
        1 => format!("the row has 1 cell, the header has {expected}"),
        number => format!("the row has {number} cells, the header has {expected}"),
    };
    let help = if more { "quote the cell that holds a comma" } else { "add the missing cells" };
    Diagnostic::error(Code::RaggedRow, span, message).help(help)
}

fn skip_line_ends(text: &str, at: usize) -> usize {
    let tail = text.as_bytes().get(at..).unwrap_or_default();
    at + tail.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count()
}
