//! Diagnostics with the lines they are about, in rustc's layout.

use std::collections::BTreeSet;
use std::io::{self, Write};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::grouped::write_grouped;
use super::{Shown, count};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::model::Span;
use crate::source::{SourceText, Sources};

/// Writes every diagnostic, and a count at the end. Where that would be too much to read, those of
/// one kind are written as one.
pub fn write_human(
    shown: Shown,
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (listed, notes): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        diagnostics.iter().partition(|one| shown.notes || one.severity != Severity::Note);
    let renderer = if shown.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(shown.width);
    let mut blocks = listed.iter().map(|one| render(&renderer, sources, one, None));
    let mut lines = FOOTER;
    let mut text = String::new();
    let fits = blocks.all(|block| {
        lines += block.lines().count() + 1;
        text += &block;
        text += "\n\n";
        shown.all || lines <= MAX_OUTPUT_LINES
    });
    if fits {
        out.write_all(text.as_bytes())?;
    } else {
        let render = |one: &Diagnostic, more: Option<&str>| render(&renderer, sources, one, more);
        write_grouped(sources, &listed, &render, MAX_OUTPUT_LINES - FOOTER, out)?;
    }
    let notes = if shown.hint { notes.len() } else { 0 };
    write_footer(&listed, notes, fits, out)
}

/// Lines that people read before they give up. More is shown when asked for.
const MAX_OUTPUT_LINES: usize = 60;
/// Lines below the findings.
const FOOTER: usize = 2;

fn render(
    renderer: &Renderer,
    sources: &Sources,
    diagnostic: &Diagnostic,
    more: Option<&str>,
) -> String {
    let report = group(sources, diagnostic, more);
    let mut text = renderer.render(&[report]);
    // The renderer knows lines and columns; a sheet has cells.
    for span in
        std::iter::once(diagnostic.primary).chain(diagnostic.related.iter().map(|one| one.span))
    {
        let Some(file) = sources.get(span.source) else { continue };
        if let Some(cell) = file.cell_name(span) {
            let line = file.position(span.start).line;
            text = name_cell(
                &text,
                &format!("{}:{line}:", file.path),
                &format!("{}:{cell}", file.path),
            );
        }
    }
    text
}

/// Puts a cell's name in the place of a line and a column.
fn name_cell(text: &str, line: &str, cell: &str) -> String {
    let Some((before, after)) = text.split_once(line) else { return text.to_owned() };
    let column = after.len() - after.trim_start_matches(|one: char| one.is_ascii_digit()).len();
    format!("{before}{cell}{}", after.get(column..).unwrap_or(""))
}

fn write_footer(
    listed: &[&Diagnostic],
    notes: usize,
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if notes > 0 {
        let number = count(notes, "note");
        writeln!(
            out,
            "{number} on what was read in another form than written: `--show-normalised`"
        )?;
    }
    let Some(first) = listed.first() else { return Ok(()) };
    let number = |severity: Severity| {
        let of_kind = listed.iter().filter(|one| one.severity == severity);
        of_kind.map(|one| one.repeats + 1).sum::<usize>()
    };
    let counts =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts = counts.iter().map(|(severity, name)| (number(*severity), name));
    let counted: Vec<String> = counts
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| count(number, name))
        .collect();
    let files: BTreeSet<_> = listed.iter().map(|one| one.primary.source).collect();
    let hint = if all { "" } else { "; `--all` lists each" };
    writeln!(
        out,
        "{} in {}{hint}; `throughline explain {}` says why a rule is there",
        counted.join(", "),
        count(files.len(), "file"),
        first.code.id()
    )
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
    let is_end = ['\n', '\r'];
    let start = before.rfind(is_end).map_or(file.content_start(), |at| at + 1).min(text.len());
    let mut end = start;
    for line in text.get(start..).unwrap_or("").split_inclusive(is_end).take(MAX_LINES) {
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

/// Longest text of a place, in bytes, that is shown.
const MAX_LINE: usize = 20_000;

/// Lines between two places that are shown together.
const NEAR: usize = 3;

fn group<'s>(sources: &'s Sources, diagnostic: &'s Diagnostic, more: Option<&'s str>) -> Group<'s> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
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
        let sheet = file.table.as_ref().is_some_and(|table| table.sheet.is_some());
        // A line that no screen can show is only named.
        let long = lines(file, first.0).text.len() > MAX_LINE;
        group = if long {
            group.element(Origin::path(sources.locate(first.0)))
        } else if file.text.is_empty() || sheet && file.cell_name(first.0).is_none() {
            group.element(Origin::path(file.path.as_str()))
        } else {
            group.element(snippet(file, &together))
        };
    }
    if let Some(more) = more {
        group = group.element(Level::NOTE.message(more));
    } else if diagnostic.repeats > 0 {
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
