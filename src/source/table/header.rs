//! Which column of the file is which column of the contract.

use std::collections::BTreeMap;

use super::Contract;
use super::built_in::is_built_in;
use super::cells::{RawCell, Shape};
use super::findings::{Findings, NO_COLUMN, Normalised};
use super::limits::MAX_COLUMNS;
use super::read::TableReader;
use crate::diag::{Code, Diagnostic, did_you_mean, nearest};
use crate::locale::Locale;
use crate::model::Span;
use crate::source::{FieldRules, TableSpec, Variation};

/// Where a column of the file goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A column of the contract.
    Column(usize),
    /// A column's value for one channel or one locale.
    Override(usize, String),
    /// Nowhere: nobody here cares for it.
    Ignored,
    /// Nowhere: it has no name, and must have no cells.
    Unnamed,
}

/// The names that a header may use.
pub(super) struct Names<'a> {
    contract: &'a Contract,
    spec: &'a TableSpec,
    folded: BTreeMap<String, &'a str>,
}

/// Names that a help line lists.
const MAX_NAMES: usize = 8;

/// What a header cell means.
enum Meaning<'a> {
    Known { column: usize, scope: Option<String>, exact: bool },
    Ignored,
    Unnamed,
    Unknown(&'a str),
}

/// Characters that nobody sees in a header, and that come with copied text.
fn is_unseen(one: char) -> bool {
    matches!(
        one,
        '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

/// A name without what people vary: case, spaces, dashes, unseen characters.
fn fold(name: &str) -> String {
    let varied = |one: &char| one.is_whitespace() || matches!(one, '_' | '-') || is_unseen(*one);
    name.chars().filter(|one| !varied(one)).flat_map(char::to_lowercase).collect()
}

/// A name with `*` for anything, as `ignore` takes it.
fn matches_glob(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => {
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
    }
}

impl<'a> Names<'a> {
    pub(super) fn new(contract: &'a Contract, spec: &'a TableSpec) -> Self {
        let own = contract.names().map(|name| (fold(name), name));
        let aliases = spec.aliases.iter().map(|(alias, name)| (fold(alias), name.as_str()));
        let folded = own.chain(aliases).collect();
        Self { contract, spec, folded }
    }

    fn meaning<'t>(&self, written: &'t str) -> Meaning<'t> {
        if written.trim().chars().all(is_unseen) {
            return Meaning::Unnamed;
        }
        if self.spec.ignore.iter().any(|pattern| matches_glob(pattern, written.trim())) {
            return Meaning::Ignored;
        }
        let alias = self.spec.aliases.get(written).map(String::as_str);
        let folded = || match written.split_once('@') {
            // An alias may stand for a column of one channel as a whole.
            Some((name, channel)) => {
                if let Some(whole) = self.folded.get(&fold(written)) {
                    return Some((*whole).to_owned());
                }
                let name = self.folded.get(&fold(name))?;
                Some(format!("{name}@{}", channel.trim().to_lowercase()))
            }
            None => self.folded.get(&fold(written)).map(|name| (*name).to_owned()),
        };
        let name = alias.map(str::to_owned).or_else(folded);
        let name = name.as_deref().unwrap_or(written);
        let (column, scope) = match name.split_once('@') {
            Some((column, scope)) => {
                let locale = Locale::of_slug(scope).map(Locale::tag);
                (column, Some(locale.unwrap_or(scope).to_owned()))
            }
            None => (name, None),
        };
        match self.contract.position(column) {
            Some(column) => {
                let exact = match &scope {
                    Some(scope) => written.strip_suffix(scope.as_str()).is_some_and(|head| {
                        head.strip_suffix('@').is_some_and(|head| head == self.name_of(column))
                    }),
                    None => name == written,
                };
                Meaning::Known { column, scope, exact }
            }
            None => Meaning::Unknown(written.split('@').next().unwrap_or(written)),
        }
    }

    fn name_of(&self, column: usize) -> &str {
        self.contract.column(column).map_or("", |column| column.name.as_str())
    }

    /// Whether every name is known and nothing that is required lacks.
    pub(super) fn fit(&self, header: &[RawCell], text: &str) -> bool {
        let mut found = vec![false; self.contract.columns.len()];
        for cell in header {
            match self.meaning(&cell.text(text)) {
                Meaning::Known { column, scope, .. } => {
                    if let (None, Some(seen)) = (scope, found.get_mut(column)) {
                        *seen = true;
                    }
                }
                Meaning::Ignored | Meaning::Unnamed => {}
                Meaning::Unknown(_) => return false,
            }
        }
        let columns = self.contract.columns.iter().zip(&found);
        columns.into_iter().all(|(column, found)| *found || !column.required)
    }

    /// Whether a row looks like a header: several cells, and all of them names.
    pub(super) fn is_header(&self, row: &[RawCell], text: &str) -> bool {
        let texts = row.iter().map(|cell| cell.text(text));
        let mut named = 0;
        for text in texts {
            match self.meaning(&text) {
                Meaning::Known { .. } => named += 1,
                Meaning::Ignored | Meaning::Unnamed => {}
                // It may be the header of another table.
                Meaning::Unknown(name) if is_built_in(name) => named += 1,
                Meaning::Unknown(_) => return false,
            }
        }
        named >= 2
    }

    /// How many cells of a row are names.
    pub(super) fn known(&self, row: &[RawCell], text: &str) -> usize {
        let known =
            |cell: &&RawCell| matches!(self.meaning(&cell.text(text)), Meaning::Known { .. });
        row.iter().filter(known).count()
    }
}

/// Ties the header to the contract and says what does not fit. `None` where no row could be read.
pub(super) fn bind(
    reader: &TableReader<'_>,
    names: &Names<'_>,
    shape: Shape<'_>,
    header: &[RawCell],
    findings: &mut Findings,
) -> Option<Vec<Target>> {
    let before = findings.errors();
    let filled: Vec<&RawCell> =
        header.iter().filter(|cell| !cell.text(shape.text).trim().is_empty()).collect();
    if let Some(over) = filled.get(MAX_COLUMNS) {
        let number = filled.len();
        let message = format!("the table has {number} columns, at most {MAX_COLUMNS} are read");
        findings.push(
            Diagnostic::error(Code::OverLimit, over.span(shape.source), message)
                .help("send fewer columns")
                .blocking(),
        );
        return None;
    }
    let mut binding = Binding { reader, shape, seen: BTreeMap::new(), unknown: Vec::new() };
    let targets = header.iter().map(|cell| binding.target(names, *cell, findings)).collect();
    binding.report_unknown(findings);
    if binding.seen.is_empty() && findings.errors() == before {
        let place =
            header.first().map_or(Span::start_of(shape.source), |cell| cell.span(shape.source));
        let message = format!("no name in the header is a column of `{}`", reader.contract.table);
        let names: Vec<&str> = reader.contract.names().take(MAX_NAMES).collect();
        findings.push(
            Diagnostic::error(Code::MissingColumn, place, message)
                .help(format!("the first row names the columns, such as {}", names.join(", "))),
        );
        return None;
    }
    binding.report_missing(header, findings);
    (findings.errors() == before).then_some(targets)
}

struct Binding<'a> {
    reader: &'a TableReader<'a>,
    shape: Shape<'a>,
    seen: BTreeMap<String, Span>,
    unknown: Vec<(String, Span)>,
}

impl Binding<'_> {
    fn target(&mut self, names: &Names<'_>, cell: RawCell, findings: &mut Findings) -> Target {
        let written = cell.text(self.shape.text);
        let span = cell.span(self.shape.source);
        if let Some(control) = written.chars().find(|one| one.is_control()) {
            let message =
                format!("the header holds the control character U+{:04X}", u32::from(control));
            let help = "type the name again, in one line";
            findings.push(Diagnostic::error(Code::ControlCharacter, span, message).help(help));
            return Target::Ignored;
        }
        if written.contains(is_unseen) {
            let message = "the header holds characters that nobody sees";
            let help = "type the name again";
            findings.push(Diagnostic::warning(Code::UnusualCharacter, span, message).help(help));
        }
        let (column, scope, exact) = match names.meaning(&written) {
            Meaning::Ignored => return Target::Ignored,
            Meaning::Unnamed => {
                findings.note(Normalised::Unnamed, NO_COLUMN, span);
                return Target::Unnamed;
            }
            Meaning::Unknown(column) => {
                self.unknown.push((column.to_owned(), span));
                self.check_generated(column, span, findings);
                return Target::Ignored;
            }
            Meaning::Known { column, scope, exact } => (column, scope, exact),
        };
        if !exact {
            findings.note(Normalised::Header, column, span);
        }
        let contract = self.reader.contract;
        let name = contract.column(column).map_or("", |column| column.name.as_str());
        self.check_generated(name, span, findings);
        let whole = scope.as_ref().map_or_else(|| name.to_owned(), |one| format!("{name}@{one}"));
        if let Some(first) = self.seen.insert(whole.clone(), span) {
            let message = format!("the column `{whole}` stands twice");
            findings.push(
                Diagnostic::error(Code::DuplicateHeader, span, message)
                    .related(first, "first here"),
            );
        }
        match scope {
            None => Target::Column(column),
            Some(scope) => Target::Override(column, scope),
        }
    }

    fn check_generated(&mut self, name: &str, span: Span, findings: &mut Findings) {
        let entity = &self.reader.contract.entity;
        let fields: &FieldRules = self.reader.fields;
        if fields.get(entity, name).is_some_and(|rule| rule.variation == Variation::Generated) {
            self.unknown.retain(|(_, known)| *known != span);
            let message = format!("`{entity}.{name}` is generated and cannot be typed");
            findings.push(
                Diagnostic::error(Code::TypedGeneratedField, span, message)
                    .help("remove the column"),
            );
        }
    }

    /// A header near one that lacks is a typing mistake, which would empty that column. Others are
    /// columns that a partner keeps for itself.
    fn report_unknown(&self, findings: &mut Findings) {
        let contract = self.reader.contract;
        let lacking = || contract.names().filter(|name| !self.seen.contains_key(*name));
        for (column, span) in &self.unknown {
            let message = format!("the table `{}` has no column `{column}`", contract.table);
            let near = nearest(column.trim(), lacking())
                .filter(|(distance, _)| *distance <= column.chars().count() / 3);
            findings.push(match near {
                Some((_, name)) => Diagnostic::error(Code::UnknownColumn, *span, message)
                    .help(format!("did you mean `{name}`?")),
                None if self.reader.spec.strict_columns => {
                    Diagnostic::error(Code::UnknownColumn, *span, message)
                        .maybe_help(did_you_mean(column, contract.names()))
                }
                None => Diagnostic::warning(Code::UnknownColumn, *span, message).help(format!(
                    "it is left out; declare it, or list it: `ignore = [\"{column}\"]`"
                )),
            });
        }
    }

    fn report_missing(&self, header: &[RawCell], findings: &mut Findings) {
        let contract = self.reader.contract;
        let source = self.shape.source;
        let place = header.first().map_or(Span::start_of(source), |cell| cell.span(source));
        let required = contract.columns.iter().filter(|column| column.required);
        for column in required.filter(|column| !self.seen.contains_key(&column.name)) {
            let name = &column.name;
            let message = format!("the table `{}` has no column `{name}`", contract.table);
            let help = match self.unknown.as_slice() {
                [] => format!("add a column `{name}`"),
                unknown => {
                    let written = unknown.iter().take(5).map(|(one, _)| format!("`{one}`"));
                    let written: Vec<String> = written.collect();
                    format!(
                        "if it is one of {}, declare it: `aliases = {{ \"…\" = \"{name}\" }}`",
                        written.join(", ")
                    )
                }
            };
            findings.push(Diagnostic::error(Code::MissingColumn, place, message).help(help));
        }
    }
}
