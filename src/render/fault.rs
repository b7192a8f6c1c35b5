//! From Tera's errors to diagnostics at the template's line.

use std::ops::Range;

use tera::{Error, ErrorKind};

use super::Engine;
use super::blocks::components;
use super::template_set::Template;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::graph::Job;
use crate::model::Span;
use crate::resolve::Scene;

/// A range of a template as a place in its file.
pub(super) fn place(template: &Template<'_>, range: &Range<usize>) -> Span {
    Span::new(template.source, template.base + range.start, template.base + range.end)
}

/// Our messages begin in lower case.
pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A filter, function, test, component or template that does not exist.
pub(super) struct UnknownName {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) template: String,
    line: usize,
    column: usize,
}

/// Reads Tera's combined report, the only form in which it gives several of these.
pub(super) fn unknown_names(report: &str) -> Vec<UnknownName> {
    let mut found = Vec::new();
    let mut head: Option<(String, String)> = None;
    for line in report.lines() {
        if let Some(text) = line.strip_prefix("error: Unknown ") {
            head = text
                .split_once(" `")
                .map(|(kind, name)| (kind.to_owned(), name.trim_end_matches('`').to_owned()));
        } else if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next().and_then(|text| text.parse().ok());
            let line = parts.next().and_then(|text| text.parse().ok());
            let template = parts.next().map(str::to_owned);
            if let (Some((kind, name)), Some(line), Some(column), Some(template)) =
                (head.take(), line, column, template)
            {
                found.push(UnknownName { kind, name, template, line, column });
            }
        }
    }
    found
}

/// Stands before an error of a function of ours that has a code of its own.
const CODED: char = '\u{1}';

/// An error with a code of its own and what to do, in the one text that Tera carries.
pub(super) fn coded(code: Code, message: &str, help: &str) -> Error {
    Error::message(format!("{CODED}{}{CODED}{message}{CODED}{help}", code.id()))
}

/// Reads it back.
fn decode(text: &str) -> Option<(Code, &str, &str)> {
    let mut parts = text.split_once(CODED)?.1.splitn(3, CODED);
    let id = parts.next()?;
    let code = Code::ALL.iter().find(|code| code.id() == id)?;
    Some((*code, parts.next()?, parts.next()?))
}

/// What every context holds, for suggestions.
const NAMES: [&str; 20] = [
    "workspace",
    "hosts",
    "declared",
    "campaign",
    "window",
    "channel",
    "asset",
    "form",
    "page",
    "copy",
    "locale",
    "tables",
    "slots",
    "slot",
    "variant",
    "placement",
    "offer",
    "partner",
    "partners",
    "links",
];

/// What templates may call, for suggestions.
const FILTERS: [&str; 32] = [
    "fit_text",
    "date",
    "money",
    "percent",
    "markdown",
    "json",
    "group_by",
    "default",
    "upper",
    "lower",
    "trim",
    "replace",
    "capitalize",
    "title",
    "truncate",
    "indent",
    "str",
    "int",
    "length",
    "reverse",
    "split",
    "first",
    "last",
    "nth",
    "join",
    "sort",
    "unique",
    "get",
    "values",
    "keys",
    "pluralize",
    "newlines_to_br",
];

/// Functions, for suggestions.
const FUNCTIONS: [&str; 15] = [
    "asset_integrity",
    "asset_url",
    "esp",
    "esp_else",
    "esp_endif",
    "esp_if",
    "image_size",
    "image_url",
    "offer_json_ld",
    "picture",
    "preferences_url",
    "promotion_json_ld",
    "range",
    "unsubscribe_url",
    "view_online_url",
];

impl UnknownName {
    pub(super) fn diagnostic(&self, template: &Template<'_>, all: &[Template<'_>]) -> Diagnostic {
        let start: usize =
            template.text.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        let line = template.text.get(start..).and_then(|text| text.lines().next()).unwrap_or("");
        let inside: usize = line.chars().take(self.column - 1).map(char::len_utf8).sum();
        let span = place(template, &(start + inside..start + inside + self.name.len()));
        let name = &self.name;
        if self.kind == "template" {
            return Diagnostic::error(
                Code::MissingTemplate,
                span,
                format!("there is no template `{name}`"),
            )
            .maybe_help(did_you_mean(name, all.iter().map(|one| one.name)))
            .help_if_none("add it, or correct the name");
        }
        let components = || all.iter().flat_map(|one| components(one.text)).collect();
        let known: Vec<&str> = match self.kind.as_str() {
            "filter" => FILTERS.to_vec(),
            "function" => FUNCTIONS.to_vec(),
            "component" => components(),
            _ => Vec::new(),
        };
        Diagnostic::error(Code::UnknownName, span, format!("there is no {} `{name}`", self.kind))
            .maybe_help(did_you_mean(name, known.iter().copied()))
    }
}

/// An error while rendering one job.
pub(super) fn diagnose(
    engine: &Engine<'_>,
    template: &str,
    scene: &Scene<'_>,
    job: &Job,
    error: &Error,
) -> Diagnostic {
    let templates = engine.of(scene);
    let fallback = templates.template(template).map(|one| place(one, &(0..0)));
    let start = fallback.unwrap_or(scene.asset.id.span);
    let (ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report)) = error.kind() else {
        let message = lower_first(&error.kind().to_string());
        return with_row(Diagnostic::error(Code::RenderFailed, start, message), scene, job);
    };
    let found = templates.template(report.filename());
    let span = found.map_or(start, |one| place(one, &report.span().range));
    let message = report.message();
    if let Some((code, message, help)) = decode(message) {
        return with_row(Diagnostic::error(code, span, message).help(help), scene, job);
    }
    let undefined = message.contains(" is not defined");
    if !undefined {
        return with_row(
            Diagnostic::error(Code::RenderFailed, span, lower_first(message)),
            scene,
            job,
        );
    }
    let chain = found.map_or_else(String::new, |one| chain_at(one.text, &report.span().range));
    undefined_field(scene, job, span, &chain, message)
}

/// The whole chain that ends in a range: `s.offer.code`.
fn chain_at(text: &str, range: &Range<usize>) -> String {
    let head = text.get(..range.end).unwrap_or("");
    let start = head
        .rfind(|one: char| !one.is_ascii_alphanumeric() && !matches!(one, '_' | '.' | '?'))
        .map_or(0, |at| at + 1);
    head.get(start..).unwrap_or("").replace('?', "")
}

fn undefined_field(
    scene: &Scene<'_>,
    job: &Job,
    span: Span,
    chain: &str,
    message: &str,
) -> Diagnostic {
    let mut parts = chain.rsplit('.');
    let (field, entity) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let row = match entity {
        "offer" => Some(("offers", scene.offer())),
        "partner" => Some(("partners", scene.partner())),
        _ => None,
    };
    if let Some((table, record)) = row {
        let at = scene.documents.tables.get(table).and_then(|table| table.column(field));
        if let Some(at) = at {
            let diagnostic = Diagnostic::error(
                Code::UndefinedVariable,
                span,
                format!("`{entity}.{field}` is empty, and the template prints it"),
            )
            .help(format!("guard it with `{{% if {chain} %}}`, or fill the cell in"));
            let cell = record.map(|record| record.span(at)).filter(|_| job.per_placement);
            return match cell {
                Some(cell) => diagnostic.related(cell, "this cell is empty"),
                None => with_row(diagnostic, scene, job),
            };
        }
    }
    let name = if chain.is_empty() { "a variable" } else { chain };
    let available = message.split_once("Available fields: ").map(|(_, fields)| fields);
    let known: Vec<&str> = match available {
        Some(fields) => fields.split(", ").collect(),
        None => NAMES.to_vec(),
    };
    let help = did_you_mean(field, known.iter().copied())
        .unwrap_or_else(|| "correct the name, or guard it with `{% if … %}`".to_owned());
    let diagnostic =
        Diagnostic::error(Code::UndefinedVariable, span, format!("`{name}` is not defined"))
            .help(help);
    with_row(diagnostic, scene, job)
}

/// Says for which row or asset the template was rendered.
fn with_row(diagnostic: Diagnostic, scene: &Scene<'_>, job: &Job) -> Diagnostic {
    let offers = scene.documents.tables.get("offers");
    let key = offers.and_then(|table| table.column("offer_id"));
    if let (true, Some(offer), Some(at)) = (job.per_placement, scene.offer(), key) {
        let message = format!("rendered for the offer `{}`", offer.text(at));
        return diagnostic.related(offer.span(at), message);
    }
    let message = format!("rendered for the asset `{}`", scene.asset.id.value);
    diagnostic.related(scene.asset.id.span, message)
}
