//! Keys, references and cells that must go together.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::keys::{check_keys, check_unique};
use super::rows::{check_bundles, check_offers, check_partners, check_rules};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::source::table::{ColumnKind, Override, Record, Table};
use crate::source::{Documents, SourceKind, Sources, Variation};

/// Checks all tables and quarantines the rows that are wrong.
pub(super) fn check_tables(
    documents: &mut Documents,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let names: Vec<String> = documents.tables.keys().cloned().collect();
    for name in &names {
        let mut found = Findings::default();
        if let Some(table) = documents.tables.get(name) {
            let mut of_cells = Findings::default();
            rayon::join(
                || {
                    check_keys(table, sources, diagnostics, &mut found);
                    check_unique(table, &mut found);
                },
                || {
                    check_overrides(documents, table, &mut of_cells);
                    check_assets(table, sources, &mut of_cells);
                },
            );
            found.merge(of_cells);
        }
        found.apply(documents, name, diagnostics);
    }
    for name in &names {
        let mut found = Findings::default();
        if let Some(table) = documents.tables.get(name) {
            let mut of_kind = Findings::default();
            rayon::join(
                || {
                    check_references(documents, sources, table, &mut found);
                    check_rules(documents, sources, table, &mut found);
                },
                || match name.as_str() {
                    "offers" => check_offers(documents, sources, table, &mut of_kind),
                    "partners" => check_partners(documents, table, &mut of_kind),
                    "bundles" => check_bundles(table, &mut of_kind),
                    _ => {}
                },
            );
            found.merge(of_kind);
        }
        found.apply(documents, name, diagnostics);
    }
}

/// What is wrong with rows of one table. `None` marks a row whose fault is told elsewhere, or that
/// is one too many of its kind.
#[derive(Default)]
pub(super) struct Findings {
    rows: Vec<(usize, Option<Diagnostic>)>,
    counts: BTreeMap<Code, usize>,
}

/// Findings of one kind that are listed; more are counted.
const MAX_FINDINGS: usize = 1_000;

impl Findings {
    pub(super) fn add(&mut self, row: usize, diagnostic: Diagnostic) {
        let count = self.counts.entry(diagnostic.code).or_default();
        *count += 1;
        let listed = *count <= MAX_FINDINGS || diagnostic.blocking;
        self.rows.push((row, listed.then_some(diagnostic)));
    }

    /// Adds what was found beside it.
    fn merge(&mut self, other: Self) {
        let Self { rows, mut counts } = other;
        for (row, diagnostic) in rows {
            match diagnostic {
                Some(one) => {
                    counts.entry(one.code).and_modify(|count| *count -= 1);
                    self.add(row, one);
                }
                None => self.mark(row),
            }
        }
        // What was counted and not listed.
        for (code, count) in counts {
            *self.counts.entry(code).or_default() += count;
        }
    }

    /// Marks a row whose fault is told elsewhere.
    fn mark(&mut self, row: usize) {
        self.rows.push((row, None));
    }

    fn apply(mut self, documents: &mut Documents, name: &str, diagnostics: &mut Diagnostics) {
        let Some(table) = documents.tables.get_mut(name) else { return };
        for (row, diagnostic) in self.rows.into_iter().rev() {
            // The last one that is listed says how many more there are.
            diagnostics.extend(diagnostic.map(|mut one| {
                let count = self.counts.remove(&one.code).unwrap_or(0);
                one.repeats += count.saturating_sub(MAX_FINDINGS);
                one
            }));
            if let Some(record) = table.records.get_mut(row) {
                record.quarantined = true;
            }
        }
    }
}

pub(super) fn rows(table: &Table) -> impl Iterator<Item = (usize, &Record)> {
    table.records.iter().enumerate()
}

/// The rows that are at fault, in their order. All threads look for them; what is said of them is
/// not kept meanwhile.
fn faulty_rows(table: &Table, is_faulty: impl Fn(&Record) -> bool + Sync) -> Vec<(usize, &Record)> {
    let rows = table.records.par_iter().enumerate();
    rows.filter(|(_, record)| is_faulty(record)).collect()
}

/// Adds what a check says of each row.
pub(super) fn check_each<I: IntoIterator<Item = Diagnostic>>(
    table: &Table,
    found: &mut Findings,
    judge: impl Fn(&Record) -> I + Sync,
) {
    for (row, record) in faulty_rows(table, |record| judge(record).into_iter().next().is_some()) {
        for diagnostic in judge(record) {
            found.add(row, diagnostic);
        }
    }
}

fn check_overrides(documents: &Documents, table: &Table, found: &mut Findings) {
    check_each(table, found, |record| {
        let wrong = record.overrides.iter().map(|one| wrong_override(documents, table, one));
        wrong.flatten().collect::<Vec<_>>()
    });
}

/// Why a channel or a locale may not have a value of its own, if it may not.
fn wrong_override(documents: &Documents, table: &Table, one: &Override) -> Option<Diagnostic> {
    let entity = &table.contract.entity;
    let column = table.contract.column(one.column)?;
    let (name, scope) = (column.name.as_str(), one.scope.as_str());
    let locale = Locale::find(scope);
    if locale.is_none() && !documents.channels.iter().any(|known| known.id.as_str() == scope) {
        let message = format!("`{name}@{scope}`: there is no channel and no locale `{scope}`");
        return (!documents.unusable.channels).then(|| {
            Diagnostic::error(Code::UnknownReference, one.span, message)
                .maybe_help(did_you_mean(scope, known_scopes(documents)))
        });
    }
    if locale.is_some() && !is_spoken(column.kind) {
        let message = format!("`{entity}.{name}` is the same in every language");
        return Some(
            Diagnostic::error(Code::VariedNeverField, one.span, message).help(
                "remove the column: amounts and dates are written as each locale writes them",
            ),
        );
    }
    let rule = documents.fields.get(entity, name);
    let (code, message) = match rule.map(|rule| &rule.variation) {
        Some(Variation::MayVary { channels, locales }) => {
            let listed = channels.iter().any(|listed| listed.value == scope)
                || locales.iter().any(|listed| Some(listed.value) == locale);
            if listed {
                return None;
            }
            let message = format!("`{entity}.{name}` may vary, but not in `{scope}`");
            (Code::VariedElsewhere, message)
        }
        _ => (
            Code::VariedNeverField,
            format!("`{entity}.{name}` must never vary, and `{scope}` has its own value"),
        ),
    };
    let diagnostic = Diagnostic::error(code, one.span, message)
        .help(format!("remove the value, or have rules/fields.toml allow it in `{scope}`"));
    (!documents.unusable.fields).then(|| match rule {
        Some(rule) => diagnostic.related(rule.span, "the rule is here"),
        None => diagnostic,
    })
}

/// What may stand behind the `@` of a column.
fn known_scopes(documents: &Documents) -> Vec<&str> {
    let channels = documents.channels.iter().map(|channel| channel.id.as_str());
    let mut known: Vec<&str> = channels.collect();
    for locale in Locale::all() {
        known.push(locale.tag());
    }
    known
}

/// Whether what a column holds can differ between languages: texts, and what is shown or linked
/// beside them. Amounts, dates and ids cannot.
fn is_spoken(kind: ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Copy
            | ColumnKind::Name
            | ColumnKind::Text
            | ColumnKind::Url
            | ColumnKind::Path
            | ColumnKind::Asset
    )
}

fn check_assets(table: &Table, sources: &Sources, found: &mut Findings) {
    use crate::source::table::ColumnKind;
    let assets: BTreeSet<&str> = sources
        .of_kind(SourceKind::Asset)
        .filter_map(|(_, file)| file.path.as_str().strip_prefix("assets/"))
        .collect();
    let columns = table.contract.columns.iter().enumerate();
    let columns: Vec<usize> =
        columns.filter(|(_, one)| one.kind == ColumnKind::Asset).map(|(at, _)| at).collect();
    let is_missing = |path: &str| !path.is_empty() && !assets.contains(path);
    let lacks = |record: &Record| columns.iter().any(|at| is_missing(record.text(*at)));
    for (row, record) in faulty_rows(table, lacks) {
        for at in &columns {
            let path = record.text(*at);
            if is_missing(path) {
                let message = format!("there is no file `assets/{path}`");
                let diagnostic = Diagnostic::error(Code::MissingAsset, record.span(*at), message)
                    .help(match did_you_mean(path, assets.iter().copied()) {
                        Some(nearest) => format!("add the file, or correct the path; {nearest}"),
                        None => "add the file, or correct the path".to_owned(),
                    });
                found.add(row, diagnostic);
            }
        }
    }
}

/// Hints given for one column.
const MAX_SUGGESTIONS: usize = 20;

fn check_references(documents: &Documents, sources: &Sources, table: &Table, found: &mut Findings) {
    for (at, column) in table.contract.columns.iter().enumerate() {
        let Some(target) = &column.references else { continue };
        let unusable = &documents.unusable;
        let told = match target.as_str() {
            "terms" => unusable.terms,
            "campaigns" | "assets" => unusable.briefs,
            table => unusable.tables.contains(table),
        };
        if told {
            continue;
        }
        let known = referenced_ids(documents, target);
        let find = |id: &str| {
            let found = known.binary_search_by(|(one, _)| (*one).cmp(id)).ok()?;
            known.get(found).map(|(_, whole)| *whole)
        };
        // A placement whose offer cannot be shown has a fallback for just that.
        let stands = |id: &str| find(id).is_some_and(|whole| whole || target == "offers");
        let leads_nowhere = |record: &Record| {
            let id = record.text(at);
            !id.is_empty() && !stands(id)
        };
        let astray = faulty_rows(table, leads_nowhere);
        if astray.is_empty() {
            continue;
        }
        let lost = lost_ids(documents, sources, target);
        let mut suggested = 0;
        for (row, record) in astray {
            let id = record.text(at);
            // The fault of a row, and of one that could not be read, is reported where it stands.
            if find(id).is_some() || lost.contains(id) {
                found.mark(row);
                continue;
            }
            let what = if target == "terms" { "legal text" } else { target.trim_end_matches('s') };
            let message = format!("there is no {what} `{id}`");
            // Looking for the nearest of many names takes long, and nobody reads a hundred hints.
            let hint = suggested < MAX_SUGGESTIONS;
            suggested += 1;
            let names = known.iter().map(|(name, _)| *name);
            let suggestion = hint.then(|| did_you_mean(id, names)).flatten();
            let diagnostic = Diagnostic::error(Code::UnknownReference, record.span(at), message)
                .maybe_help(suggestion)
                .help_if_none(format!("add the {what}, or correct the id"));
            // Which promise the row holds is not known without its asset.
            let promise = matches!(target.as_str(), "campaigns" | "assets");
            found.add(row, if promise { diagnostic.blocking() } else { diagnostic });
        }
    }
}

/// What is written where ids should be that could not be read.
fn lost_ids(documents: &Documents, sources: &Sources, target: &str) -> BTreeSet<String> {
    let Some(table) = documents.tables.get(target) else { return BTreeSet::new() };
    let Some(key) = table.contract.key.first().copied() else { return BTreeSet::new() };
    let unread = table.records.iter().filter(|record| record.text(key).is_empty());
    let written = unread.map(|record| sources.slice(record.span(key)));
    let written = written.map(|text| text.trim_matches(['"', ' ']).to_lowercase());
    written.chain(table.lost_ids.iter().cloned()).filter(|id| !id.is_empty()).collect()
}

/// Ids of a table, sorted, and whether each can be relied on.
fn referenced_ids<'d>(documents: &'d Documents, target: &str) -> Vec<(&'d str, bool)> {
    let briefs = documents.briefs.iter();
    let mut ids: Vec<(&str, bool)> = match target {
        "terms" => documents.terms.keys().map(|id| (id.as_str(), true)).collect(),
        "campaigns" => briefs.map(|brief| (brief.id.value.as_str(), true)).collect(),
        "assets" => briefs
            .flat_map(|brief| brief.assets.iter().map(|asset| (asset.id.value.as_str(), true)))
            .collect(),
        _ => {
            let Some(table) = documents.tables.get(target) else { return Vec::new() };
            let Some(key) = table.contract.key.first().copied() else { return Vec::new() };
            let rows = table.records.par_iter();
            rows.map(|record| (record.text(key), !record.quarantined)).collect()
        }
    };
    ids.par_sort_by(|one, other| one.0.cmp(other.0));
    // Of two rows with one id the first stands.
    ids.dedup_by(|later, first| {
        let again = later.0 == first.0;
        first.1 |= again && later.1;
        again
    });
    ids
}
