//! One CSV file against its contract.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::cells::{CellReader, RawCell, Row};
use super::kinds;
use super::record::Cell;
use super::{Contract, Override, Record};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{SourceId, Span, Value};
use crate::source::{FieldRules, Taxonomy, Variation, find_typed_parameter};

/// What cells are checked against.
#[derive(Clone, Copy, Debug)]
pub struct CellRules<'a> {
    /// Local times are in this zone.
    pub zone: &'a TimeZone,
    /// Vocabularies.
    pub taxonomy: &'a Taxonomy,
    /// Which fields may vary, and where.
    pub fields: &'a FieldRules,
    /// Other headers of a column.
    pub aliases: &'a BTreeMap<String, String>,
}

/// Where a column of the file goes.
enum Binding {
    Column(usize),
    Override(usize, String),
    Unknown,
}

/// Reads one file of a table, whose content begins at a byte of it; its records are added to
/// `records`. False where the file could not be read to its end.
pub fn read_table(
    contract: &Contract,
    text: &str,
    (source, base): (SourceId, usize),
    rules: CellRules<'_>,
    records: &mut Vec<Record>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut reader = CellReader::new(text, source, base);
    let header = match reader.next(true, diagnostics) {
        Some(Row::Cells(cells)) => cells,
        Some(Row::Broken) => return false,
        None => {
            let message = format!("the table `{}` has no header", contract.table);
            let help = format!("the first line names the columns: {}", required_names(contract));
            let span = Span::new(source, base, base);
            diagnostics.push(Diagnostic::error(Code::EmptyFile, span, message).help(help));
            return false;
        }
    };
    let Some(bindings) = bind(contract, &header, rules, diagnostics) else { return false };
    // A row that cannot be read names no partner and no offer that could be left out for it.
    let blocking = !matches!(contract.table.as_str(), "partners" | "offers");
    while let Some(row) = reader.next(blocking, diagnostics) {
        let Row::Cells(cells) = row else { continue };
        if cells.len() == bindings.len() {
            records.push(read_row(contract, &bindings, &cells, source, rules, diagnostics));
            continue;
        }
        let diagnostic = ragged(&cells, bindings.len());
        diagnostics.push(if blocking { diagnostic.blocking() } else { diagnostic });
    }
    !reader.stopped()
}

fn required_names(contract: &Contract) -> String {
    let required = contract.columns.iter().filter(|column| column.required);
    required.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn ragged(cells: &[RawCell<'_>], expected: usize) -> Diagnostic {
    let place = cells.get(expected).or(cells.last());
    let first = place.map_or(Span::start_of(SourceId(0)), |cell| cell.span);
    let last = cells.last().map_or(first, |cell| cell.span);
    let span = if cells.len() > expected { Span { end: last.end, ..first } } else { last };
    let message = match cells.len() {
        1 => format!("the row has 1 cell, the header has {expected}"),
        number => format!("the row has {number} cells, the header has {expected}"),
    };
    let help = if cells.len() > expected {
        "quote the cell that holds a comma"
    } else {
        "add the missing cells"
    };
    Diagnostic::error(Code::RaggedRow, span, message).help(help)
}

fn bind(
    contract: &Contract,
    header: &[RawCell<'_>],
    rules: CellRules<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Binding>> {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut bindings = Vec::new();
    let before = diagnostics.len();
    for cell in header {
        let written = cell.text.as_ref();
        let name = rules.aliases.get(written).map_or(written, String::as_str);
        let (column, channel) = match name.split_once('@') {
            Some((column, channel)) => (column, Some(channel)),
            None => (name, None),
        };
        let position = contract.position(column);
        if let Some(first) = seen.insert(name.to_owned(), cell.span) {
            let message = format!("the column `{name}` stands twice");
            diagnostics.push(
                Diagnostic::error(Code::DuplicateHeader, cell.span, message)
                    .related(first, "first here"),
            );
        }
        let rule = rules.fields.get(&contract.entity, column);
        if rule.is_some_and(|rule| rule.variation == Variation::Generated) {
            let message =
                format!("`{}.{column}` is generated and cannot be typed", contract.entity);
            diagnostics.push(
                Diagnostic::error(Code::TypedGeneratedField, cell.span, message)
                    .help("remove the column"),
            );
        } else if position.is_none() {
            diagnostics.push(unknown_column(contract, column, cell.span));
        }
        bindings.push(match (position, channel) {
            (Some(at), None) => Binding::Column(at),
            (Some(at), Some(channel)) => Binding::Override(at, channel.to_owned()),
            (None, _) => Binding::Unknown,
        });
    }
    let place = header.first().map_or(Span::start_of(SourceId(0)), |cell| cell.span);
    for column in contract.columns.iter().filter(|column| column.required) {
        if !seen.contains_key(&column.name) {
            let message = format!("the table `{}` has no column `{}`", contract.table, column.name);
            diagnostics.push(
                Diagnostic::error(Code::MissingColumn, place, message)
                    .help(format!("add a column `{}`", column.name)),
            );
        }
    }
    (diagnostics.len() == before).then_some(bindings)
}

fn unknown_column(contract: &Contract, column: &str, span: Span) -> Diagnostic {
    if column.trim().is_empty() {
        return Diagnostic::error(Code::UnknownColumn, span, "a column has no name")
            .help("name it, or remove it together with its cells");
    }
    let message = format!("the table `{}` has no column `{column}`", contract.table);
    let diagnostic = Diagnostic::error(Code::UnknownColumn, span, message);
    if [';', '\t', '|'].iter().any(|mark| column.contains(*mark)) {
        return diagnostic.help("save the file with commas between its cells");
    }
    diagnostic.maybe_help(did_you_mean(column, contract.names()))
}

fn read_row(
    contract: &Contract,
    bindings: &[Binding],
    raw: &[RawCell<'_>],
    source: SourceId,
    rules: CellRules<'_>,
    diagnostics: &mut Diagnostics,
) -> Record {
    let before = diagnostics.len();
    let start = raw.first().map_or(0, |cell| cell.span.start);
    let empty = || Cell { value: Value::Empty, start, end: start };
    let mut cells: Vec<Cell> = contract.columns.iter().map(|_| empty()).collect();
    let mut overrides = Vec::new();
    for (binding, cell) in bindings.iter().zip(raw) {
        if let Some(range) = find_typed_parameter(&cell.text) {
            diagnostics.push(typed_parameter(cell, range));
        }
        let (Binding::Column(at) | Binding::Override(at, _)) = binding else { continue };
        let Some(column) = contract.column(*at) else { continue };
        let value = if cell.text.is_empty() {
            Value::Empty
        } else {
            kinds::parse(column, &cell.text, rules.zone, rules.taxonomy).unwrap_or_else(|fault| {
                diagnostics.push(
                    Diagnostic::error(fault.code, cell.span, fault.message).maybe_help(fault.help),
                );
                Value::Empty
            })
        };
        match binding {
            Binding::Column(at) => {
                if column.required && cell.text.is_empty() {
                    let message = format!("`{}` is empty", column.name);
                    diagnostics.push(
                        Diagnostic::error(Code::RequiredCell, cell.span, message)
                            .help("fill it in"),
                    );
                }
                if let Some(slot) = cells.get_mut(*at) {
                    *slot = Cell { value, start: cell.span.start, end: cell.span.end };
                }
            }
            Binding::Override(column, channel) if !value.is_empty() => {
                let (column, channel) = (*column, channel.clone());
                overrides.push(Override { column, channel, value, span: cell.span });
            }
            Binding::Override(..) | Binding::Unknown => {}
        }
    }
    Record::new(source, cells, overrides, diagnostics.len() > before)
}

fn typed_parameter(cell: &RawCell<'_>, range: std::ops::Range<usize>) -> Diagnostic {
    // An unquoted cell's text is its place, so the parameter itself can be shown.
    let whole = cell.span;
    let plain = (whole.end - whole.start) as usize == cell.text.len();
    let quoted = (whole.end - whole.start) as usize == cell.text.len() + 2;
    let shift = u32::from(quoted);
    let span = if plain || quoted {
        Span {
            start: whole.start + shift + range.start as u32,
            end: whole.start + shift + range.end as u32,
            ..whole
        }
    } else {
        whole
    };
    let found = cell.text.get(range).unwrap_or("");
    let name = found.split('=').next().unwrap_or(found);
    Diagnostic::error(
        Code::TypedParameter,
        span,
        format!("the tracking parameter `{name}` is typed by hand"),
    )
    .help("remove it: links are tagged by the build")
}
