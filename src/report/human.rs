//! Diagnostics with the lines they are about, in rustc's layout.

use std::collections::BTreeSet;
use std::io::{self, Write};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::count;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::model::Span;
use crate::source::{SourceText, Sources};

/// Writes every diagnostic, and a count at the end.
pub fn write_human(
    color: bool,
    width: usize,
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(width);
    for diagnostic in diagnostics {
        let report = group(sources, diagnostic);
        writeln!(out, "{}\n", renderer.render(&[report]))?;
    }
    let (errors, warnings) =
        (diagnostics.count(Severity::Error), diagnostics.count(Severity::Warning));
    let Some(first) = diagnostics.iter().next() else { return Ok(()) };
    let files: BTreeSet<_> = diagnostics.iter().map(|one| one.primary.source).collect();
    let counted = match (errors, warnings) {
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let id = first.code.id();
    let where_found = count(files.len(), "file");
    writeln!(out, "{counted} in {where_found}; `throughline explain {id}` says why a rule is there")
}

/// The lines of a span: where they begin, the number of the first, and their text.
struct Lines<'s> {
    start: usize,
    number: usize,
    text: &'s str,
}

/// A span over more lines than this is shown by its first.
const MAX_LINES: usize = 8;

fn lines(file: &SourceText, span: Span) -> Lines<'_> {
    let text = file.text.as_str();
    let position = file.position(span.start);
    let before = text.get(..span.start as usize).unwrap_or("");
    let start = before.rfind('\n').map_or(file.content_start(), |at| at + 1).min(text.len());
    let mut end = start;
    for line in text.get(start..).unwrap_or("").split_inclusive('\n').take(MAX_LINES) {
        end += line.len();
        if end >= span.end as usize {
            break;
        }
    }
    let text = text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
    Lines { start, number: position.line, text }
}

/// A place and what is said of it.
type Mark<'s> = (Span, Option<&'s str>);

/// Lines between two places that are shown together.
const NEAR: usize = 3;

fn group<'s>(sources: &'s Sources, diagnostic: &'s Diagnostic) -> Group<'s> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id());
    let mut group = Group::with_title(title);
    let related = diagnostic.related.iter().map(|label| (label.span, Some(label.message.as_str())));
    let mut marks: Vec<Mark<'_>> =
        std::iter::once((diagnostic.primary, None)).chain(related).collect();
    while let Some(first) = marks.first().copied() {
        let Some(file) = sources.get(first.0.source) else { break };
        // Places that are near each other are shown together.
        let near = |mark: &Mark<'_>| {
            let lines = |span: Span| file.position(span.start).line;
            mark.0.source == first.0.source && lines(mark.0).abs_diff(lines(first.0)) <= NEAR
        };
        let (together, apart): (Vec<Mark<'_>>, Vec<Mark<'_>>) = marks.into_iter().partition(near);
        marks = apart;
        group = if file.text.is_empty() {
            group.element(Origin::path(file.path.as_str()))
        } else {
            group.element(snippet(file, &together))
        };
    }
    if diagnostic.repeats > 0 {
        let more = format!("and {} more like this, for other data", diagnostic.repeats);
        group = group.element(Level::NOTE.message(more));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(owner) = &diagnostic.owner {
        group = group.element(Level::NOTE.with_name(Some("owner")).message(owner.as_str()));
    }
    group
}

fn snippet<'s>(file: &'s SourceText, marks: &[Mark<'s>]) -> Snippet<'s, Annotation<'s>> {
    let span = marks.iter().map(|(span, _)| *span).reduce(|a, b| Span {
        start: a.start.min(b.start),
        end: a.end.max(b.end),
        ..a
    });
    let lines = lines(file, span.unwrap_or(Span::start_of(crate::model::SourceId(0))));
    let clamp = |offset: u32| (offset as usize).saturating_sub(lines.start).min(lines.text.len());
    let annotations = marks.iter().map(|(span, label)| {
        let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
        kind.span(clamp(span.start)..clamp(span.end)).label(*label)
    });
    Snippet::source(lines.text)
        .path(file.path.as_str())
        .line_start(lines.number)
        .annotations(annotations)
}
