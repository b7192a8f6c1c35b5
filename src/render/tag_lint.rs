//! Merge tags where they stand as text: typed into templates, or come in with data.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Stage;
use super::blocks::{called, components, statement};
use super::fault::place;
use super::tags::{Mark, tera_tags};
use super::template_set::Template;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dialect::{Dialect, foreign, scan};
use crate::graph::Job;
use crate::model::Span;
use crate::resolve::Scene;
use crate::source::table::{ColumnKind, Record, Table};
use crate::source::{Channel, Documents, RecipeKind, Terms};

/// Checks what is typed into the templates of a channel's mails and texts, and the data that any
/// of them may print.
pub(super) fn check_channel(
    channel: &Channel,
    documents: &Documents,
    templates: &[Template<'_>],
    diagnostics: &mut Diagnostics,
) {
    let mut names = BTreeSet::new();
    let kinds = [RecipeKind::Email, RecipeKind::Text];
    for recipe in channel.recipes.iter().filter(|recipe| kinds.contains(&recipe.kind)) {
        for name in [&recipe.template, &recipe.text].into_iter().flatten() {
            reach(&name.value, templates, &mut names);
        }
    }
    for template in templates.iter().filter(|one| names.contains(one.name)) {
        check_typed(channel, template, diagnostics);
    }
    let Some(esp) = &channel.esp else { return };
    let mut told = |found: Option<Diagnostic>| {
        diagnostics.extend(found.map(|one| Diagnostic { blocking: true, ..one }));
    };
    for (_, terms) in documents.terms.values().flat_map(Terms::all) {
        told(found_in(&terms.text.value, terms.text.span, esp.dialect, "the legal text"));
    }
    let built_in = ["partners", "offers", "bundles", "placements"];
    let added = documents.tables.iter().filter(|(name, _)| !built_in.contains(&name.as_str()));
    for (_, table) in added {
        for record in table.records.iter().filter(|record| !record.quarantined) {
            told(in_row(table, record, &[channel.id.as_str()], esp.dialect));
        }
    }
}

/// Templates that one can reach, by extending, including or calling a component; itself among them.
fn reach<'s>(name: &str, all: &[Template<'s>], found: &mut BTreeSet<&'s str>) {
    let Some(template) = all.iter().find(|one| one.name == name) else { return };
    if !found.insert(template.name) {
        return;
    }
    for tag in tera_tags(template.text).iter().filter(|tag| tag.mark != Mark::Comment) {
        if let Some(name) = called(template.text, &tag.range) {
            for one in all.iter().filter(|one| components(one.text).contains(&name)) {
                reach(one.name, all, found);
            }
        }
        let (word, rest) = statement(template.text, &tag.range);
        if matches!(word, "extends" | "include") {
            let next = rest.split_whitespace().next().unwrap_or("");
            reach(next.trim_matches(['"', '\'', '`']), all, found);
        }
    }
}

/// What looks like a merge tag and is none of the channel's sender.
fn check_typed(channel: &Channel, template: &Template<'_>, diagnostics: &mut Diagnostics) {
    let text = without_code(template.text);
    for fault in foreign(&text, channel.dialect) {
        let help = if channel.esp.is_some() {
            format!("{}, or let `esp(…)` write it", fault.help)
        } else {
            fault.help
        };
        let span = place(template, &fault.range);
        let one = Diagnostic::error(Code::BadMergeTag, span, fault.message)
            .related(channel.span, format!("rendered for the channel `{}`", channel.id))
            .help(help);
        diagnostics.push(Diagnostic { blocking: true, ..one });
    }
}

/// The template's own text, byte for byte where it was: Tera's marks and style sheets, which hold
/// braces of their own, are blanks.
fn without_code(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut blank = |range: Range<usize>| {
        if let Some(part) = out.get_mut(range) {
            part.fill(b' ');
        }
    };
    for tag in tera_tags(text) {
        blank(tag.range);
    }
    let lower = text.to_ascii_lowercase();
    for (open, close) in [("<style", "</style"), ("<script", "</script")] {
        let mut from = 0;
        while let Some(start) = lower.get(from..).and_then(|rest| rest.find(open)) {
            let start = from + start;
            let rest = lower.get(start..).unwrap_or("");
            let end = rest.find(close).map_or(text.len(), |end| start + end);
            blank(start..end);
            from = end;
        }
    }
    // Whole marks and whole elements were blanked, so that what is left is UTF-8 as before.
    String::from_utf8(out).unwrap_or_default()
}

/// Cells and copy that hold merge tags of the channel's sender, which would be run.
pub(super) fn check_data(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(esp) = &scene.channel.esp else { return };
    for block in scene.copy.values() {
        diagnostics.extend(found_in(&block.value, block.span, esp.dialect, "the copy"));
    }
    let partners = stage.documents.tables.get("partners");
    let offers = stage.documents.tables.get("offers");
    for at in &job.placements {
        let Some(placement) = stage.facts.placements.get(*at) else { continue };
        let Some(offer) = stage.facts.roster.offers.get(placement.offer) else { continue };
        let rows = offer.partners.iter().map(|row| (partners, *row));
        for (table, row) in rows.chain([(offers, offer.record)]) {
            let Some((table, record)) =
                table.and_then(|table| Some((table, table.records.get(row)?)))
            else {
                continue;
            };
            diagnostics.extend(in_row(table, record, &scene.scopes(), esp.dialect));
        }
    }
}

/// The first merge tag in a row. Cells that hold addresses are judged with their links.
fn in_row(table: &Table, record: &Record, scopes: &[&str], dialect: Dialect) -> Option<Diagnostic> {
    let kinds = [ColumnKind::Text, ColumnKind::Name, ColumnKind::Copy];
    let columns = table.contract.columns.iter().enumerate();
    columns.filter(|(_, column)| kinds.contains(&column.kind)).find_map(|(at, _)| {
        let (value, span) = record.value_in(at, scopes);
        let text = value.as_text()?;
        scan(text, dialect).next()?;
        Some(fault(text, span, dialect, "the cell"))
    })
}

fn found_in(text: &str, span: Span, dialect: Dialect, what: &str) -> Option<Diagnostic> {
    let token = scan(text, dialect).next()?;
    let start = span.start + token.range.start as u32;
    let span = Span { start, end: span.start + token.range.end as u32, ..span };
    Some(fault(token.text, span, dialect, what))
}

fn fault(text: &str, span: Span, dialect: Dialect, what: &str) -> Diagnostic {
    let token = scan(text, dialect).next().map_or("", |token| token.text);
    let message = format!("{what} holds `{token}`, which {} would run", dialect.title());
    Diagnostic::error(Code::MergeTagInData, span, message)
        .help("take it out; templates write merge tags with `esp(…)`")
}
