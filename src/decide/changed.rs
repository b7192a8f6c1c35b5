//! The facts that differ between two workspaces. Rows are known by their keys and never by their
//! lines, so that reordering a sheet changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{Fact, Subject, World};
use crate::model::{SourceId, Span};
use crate::source::table::{Record, Table};
use crate::source::{Brief, SourceKind, Terms};

/// Every fact that is not what it was, sorted by what it is about.
pub fn changed_facts(base: World<'_>, target: World<'_>) -> Vec<Fact> {
    let mut found = Vec::new();
    let tables: BTreeSet<&String> =
        base.documents.tables.keys().chain(target.documents.tables.keys()).collect();
    for name in tables {
        let (old, new) = (base.documents.tables.get(name), target.documents.tables.get(name));
        compare_tables(base, target, name, (old, new), &mut found);
    }
    compare_placements(base, target, &mut found);
    compare_briefs(base, target, &mut found);
    compare_terms(base, target, &mut found);
    compare_files(base, target, &mut found);
    found.sort_by(|a, b| a.subject.cmp(&b.subject));
    found
}

struct Row<'a> {
    table: &'a Table,
    record: &'a Record,
}

fn rows(table: Option<&Table>) -> BTreeMap<String, Row<'_>> {
    let records = table.into_iter().flat_map(|table| {
        table.records.iter().map(move |record| (table.key_of(record), Row { table, record }))
    });
    records.collect()
}

fn compare_tables(
    base: World<'_>,
    target: World<'_>,
    name: &str,
    (old, new): (Option<&Table>, Option<&Table>),
    found: &mut Vec<Fact>,
) {
    let (old, new) = (rows(old), rows(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let subject = |column: &str, channel: Option<&str>| Subject::Cell {
            table: name.to_owned(),
            row: key.clone(),
            column: column.to_owned(),
            channel: channel.map(str::to_owned),
        };
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => {
                compare_rows(base, target, (old, new), &subject, found);
            }
            (None, Some(new)) => {
                let values = (None, Some("a new row".to_owned()));
                found.push(Fact::at(target, subject("", None), place_of(new), values));
            }
            (Some(old), None) => {
                let values = (Some("a row".to_owned()), None);
                found.push(Fact::at(base, subject("", None), place_of(old), values));
            }
            (None, None) => {}
        }
    }
}

fn place_of(row: &Row<'_>) -> Span {
    row.record.span(row.table.contract.key.first().copied().unwrap_or(0))
}

fn compare_rows(
    base: World<'_>,
    target: World<'_>,
    (old, new): (&Row<'_>, &Row<'_>),
    subject: &dyn Fn(&str, Option<&str>) -> Subject,
    found: &mut Vec<Fact>,
) {
    let columns = |row: &Row<'_>| {
        let all = row.table.contract.columns.iter().enumerate();
        all.map(|(at, column)| (column.name.clone(), at)).collect::<BTreeMap<_, _>>()
    };
    let (olds, news) = (columns(old), columns(new));
    let names: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
    for name in names {
        let (was, is) = (olds.get(name).copied(), news.get(name).copied());
        let value = |row: &Row<'_>, at: Option<usize>| {
            at.map(|at| row.record.value(at).display()).filter(|text| !text.is_empty())
        };
        let (before, after) = (value(old, was), value(new, is));
        if before != after {
            let mut fact = match (is, was) {
                (Some(at), _) => {
                    Fact::at(target, subject(name, None), new.record.span(at), (before, after))
                }
                (None, Some(at)) => {
                    Fact::at(base, subject(name, None), old.record.span(at), (before, after))
                }
                (None, None) => continue,
            };
            let own = own_values(old, was).into_keys().chain(own_values(new, is).into_keys());
            fact.unseen_in = own.map(str::to_owned).collect();
            found.push(fact);
        }
        let (before, after) = (own_values(old, was), own_values(new, is));
        let channels: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for channel in channels {
            let (was, is) = (before.get(channel), after.get(channel));
            let text = |one: Option<&(String, Span)>| one.map(|(text, _)| text.clone());
            if text(was) == text(is) {
                continue;
            }
            let (world, span) = match (is, was) {
                (Some((_, span)), _) => (target, *span),
                (None, Some((_, span))) => (base, *span),
                (None, None) => continue,
            };
            let values = (text(was), text(is));
            found.push(Fact::at(world, subject(name, Some(channel)), span, values));
        }
    }
}

/// Values of single channels and locales, and where they stand.
fn own_values<'r>(row: &'r Row<'_>, column: Option<usize>) -> BTreeMap<&'r str, (String, Span)> {
    let own = row.record.overrides.iter().filter(|one| Some(one.column) == column);
    let value = |scope: &str| column.map(|at| row.record.value_in(at, &[scope]).0.display());
    own.map(|one| (one.scope.as_str(), (value(&one.scope).unwrap_or_default(), one.span))).collect()
}

/// What each slot shows, and where that was decided.
fn placed(world: World<'_>) -> BTreeMap<(String, String, String), (String, Span)> {
    let placements = world.facts.placements.iter().filter_map(|placement| {
        let campaign = world.facts.campaigns.get(placement.campaign)?;
        let brief = world.documents.briefs.get(campaign.brief)?;
        let asset = brief.assets.get(campaign.assets.get(placement.asset)?.spec)?;
        let offer = world.facts.roster.offers.get(placement.offer)?;
        let shown = format!("{} ({}, {})", offer.id, placement.id, placement.variant);
        let key =
            (brief.id.value.to_string(), asset.id.value.to_string(), placement.slot.to_string());
        Some((key, (shown, placement.decided.offer)))
    });
    let mut found: BTreeMap<_, (String, Span)> = BTreeMap::new();
    for (key, (shown, span)) in placements {
        // The variants of an asset share its slots.
        let entry = found.entry(key).or_insert_with(|| (String::new(), span));
        if !entry.0.is_empty() {
            entry.0.push_str("; ");
        }
        entry.0.push_str(&shown);
    }
    found
}

fn compare_placements(base: World<'_>, target: World<'_>, found: &mut Vec<Fact>) {
    let (old, new) = (placed(base), placed(target));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (was, is) = (old.get(key), new.get(key));
        let text = |one: Option<&(String, Span)>| one.map(|(text, _)| text.clone());
        if text(was) == text(is) {
            continue;
        }
        let (campaign, asset, slot) = key.clone();
        let subject = Subject::Placed { campaign, asset, slot };
        let (world, span) = match (is, was) {
            (Some((_, span)), _) => (target, *span),
            (None, Some((_, span))) => (base, *span),
            (None, None) => continue,
        };
        found.push(Fact::at(world, subject, span, (text(was), text(is))));
    }
}

fn compare_briefs(base: World<'_>, target: World<'_>, found: &mut Vec<Fact>) {
    let by_id = |world: World<'_>| -> BTreeMap<String, Brief> {
        let briefs = world.documents.briefs.iter();
        briefs.map(|brief| (brief.id.value.to_string(), brief.clone())).collect()
    };
    let (olds, news) = (by_id(base), by_id(target));
    let ids: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
    for id in ids {
        let (old, new) = (olds.get(id), news.get(id));
        let old_facts = old.map(|brief| brief_facts(base, id, brief)).unwrap_or_default();
        let new_facts = new.map(|brief| brief_facts(target, id, brief)).unwrap_or_default();
        push_differences((base, old_facts), (target, new_facts), found);
    }
}

type Values = BTreeMap<Subject, (String, Span)>;

fn push_differences(
    (base, old): (World<'_>, Values),
    (target, new): (World<'_>, Values),
    found: &mut Vec<Fact>,
) {
    let subjects: BTreeSet<&Subject> = old.keys().chain(new.keys()).collect();
    for subject in subjects {
        let (was, is) = (old.get(subject), new.get(subject));
        let text = |one: Option<&(String, Span)>| one.map(|(text, _)| text.clone());
        if text(was) == text(is) {
            continue;
        }
        let (world, span) = match (is, was) {
            (Some((_, span)), _) => (target, *span),
            (None, Some((_, span))) => (base, *span),
            (None, None) => continue,
        };
        found.push(Fact::at(world, subject.clone(), span, (text(was), text(is))));
    }
}

fn brief_facts(world: World<'_>, id: &str, brief: &Brief) -> Values {
    let mut facts = Values::new();
    let campaign = id.to_owned();
    let zone = brief.zone.iana_name().unwrap_or_default().to_owned();
    let fields = [
        ("name", brief.name.value.clone(), brief.name.span),
        ("code", brief.code.value.clone(), brief.code.span),
        ("owner", brief.owner.value.clone(), brief.owner.span),
        ("zone", zone, brief.span),
    ];
    for (field, value, span) in fields {
        let (campaign, field) = (campaign.clone(), field.to_owned());
        facts.insert(Subject::Campaign { campaign, field }, (value, span));
    }
    for (block, text) in &brief.copy {
        let subject = Subject::Copy { campaign: campaign.clone(), block: block.clone() };
        facts.insert(subject, (text.value.replace("\r\n", "\n"), text.span));
    }
    for window in &brief.windows {
        let times = [
            ("freezes", window.freezes),
            ("locks", window.locks),
            ("opens", window.opens),
            ("closes", window.closes),
        ];
        for (time, instant) in times {
            let subject = Subject::Window {
                campaign: campaign.clone(),
                window: window.id.to_string(),
                time: time.to_owned(),
            };
            let fact = format!("{campaign}/{}.{time}", window.id);
            let mut applied = world.documents.applied.iter();
            let span = applied.find(|one| one.fact == fact).map_or(window.span, |one| one.span);
            let local = instant.to_zoned(brief.zone.clone()).datetime().to_string();
            facts.insert(subject, (local, span));
        }
    }
    let resolved = world.facts.campaigns.iter().filter(|one| {
        world.documents.briefs.get(one.brief).is_some_and(|found| found.id.value == brief.id.value)
    });
    for asset in resolved.flat_map(|campaign| &campaign.assets) {
        let (Some(spec), Some(window)) =
            (brief.assets.get(asset.spec), brief.windows.get(asset.window))
        else {
            continue;
        };
        let locales: Vec<&str> = spec.locales.iter().map(|one| one.value.tag()).collect();
        let own = [
            ("window", window.id.to_string()),
            ("locales", locales.join(", ")),
            ("copy_fallback", spec.copy_fallback.to_string()),
            ("theme", spec.theme.as_ref().map(|one| one.value.clone()).unwrap_or_default()),
        ];
        for (name, value) in own {
            let field = format!("{}.{name}", spec.id.value);
            let subject = Subject::Campaign { campaign: campaign.clone(), field };
            facts.insert(subject, (value, spec.id.span));
        }
    }
    facts
}

/// What a legal text says, itself or in a locale.
fn terms_facts((tag, terms): (Option<&str>, &Terms)) -> [(Subject, (String, Span)); 3] {
    let fields = [
        ("title", terms.title.clone(), terms.span),
        ("version", terms.version.clone(), terms.span),
        ("text", terms.text.value.replace("\r\n", "\n"), terms.text.span),
    ];
    fields.map(|(field, value, span)| {
        let field = tag.map_or_else(|| field.to_owned(), |tag| format!("{field}@{tag}"));
        (Subject::Terms { terms: terms.id.to_string(), field }, (value, span))
    })
}

fn compare_terms(base: World<'_>, target: World<'_>, found: &mut Vec<Fact>) {
    let values = |terms: Option<&Terms>| -> Values {
        terms.into_iter().flat_map(Terms::all).flat_map(terms_facts).collect()
    };
    let by_id =
        |world: World<'_>| -> Vec<String> { world.documents.terms.keys().cloned().collect() };
    let ids: BTreeSet<String> = by_id(base).into_iter().chain(by_id(target)).collect();
    for id in ids {
        let old = values(base.documents.terms.get(&id));
        let new = values(target.documents.terms.get(&id));
        push_differences((base, old), (target, new), found);
    }
}

/// Kinds of files that are compared fact by fact, and not as a whole.
fn is_read_fact_by_fact(path: &str) -> bool {
    ["partners/", "briefs/", "legal/", "decisions/"].iter().any(|folder| path.starts_with(folder))
        || path == "throughline.lock"
}

fn compare_files(base: World<'_>, target: World<'_>, found: &mut Vec<Fact>) {
    let tables: BTreeSet<&str> = [base, target]
        .iter()
        .flat_map(|world| world.sources.of_kind(SourceKind::Table))
        .map(|(_, file)| file.path.as_str())
        .collect();
    let view = |world: World<'_>| -> BTreeMap<String, String> {
        let whole = |path: &str| !is_read_fact_by_fact(path) && !tables.contains(path);
        let all = world.digests.iter().filter(|(path, _)| whole(path));
        all.map(|(path, digest)| (path.clone(), digest.clone())).collect()
    };
    let (old, new) = (view(base), view(target));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for path in paths {
        let (was, is) = (old.get(path), new.get(path));
        if was == is {
            continue;
        }
        let (old_text, new_text) = (text_of(base, path), text_of(target, path));
        let is_text = !path.starts_with("assets/");
        if let (Some((_, old)), Some((_, new))) = (&old_text, &new_text)
            && is_text
            && old.lines().eq(new.lines())
        {
            continue;
        }
        let world = if is.is_some() { target } else { base };
        let (span, values) = match (&old_text, &new_text) {
            (Some((_, old)), Some((id, new))) if is_text => first_difference(*id, old, new),
            (Some(_), Some((id, _))) => {
                let digest =
                    |one: Option<&String>| one.and_then(|hex| hex.get(..16)).map(str::to_owned);
                (Span::start_of(*id), (digest(was), digest(is)))
            }
            (_, Some((id, _))) => (Span::start_of(*id), (None, Some("a new file".to_owned()))),
            (Some((id, _)), _) => (Span::start_of(*id), (Some("a file".to_owned()), None)),
            (None, None) => continue,
        };
        found.push(Fact::at(world, Subject::File { path: path.clone() }, span, values));
    }
}

fn text_of<'w>(world: World<'w>, path: &str) -> Option<(SourceId, &'w str)> {
    let (id, file) = world.sources.iter().find(|(_, file)| file.path.as_str() == path)?;
    Some((id, file.text.as_str()))
}

/// Longest text that is shown of a line.
const SHOWN: usize = 80;

/// The first line that differs, and what stands there.
fn first_difference(
    id: SourceId,
    old: &str,
    new: &str,
) -> (Span, (Option<String>, Option<String>)) {
    let mut offset = 0;
    let mut olds = old.lines();
    for line in new.split_inclusive('\n') {
        let before = olds.next();
        let text = line.trim_end_matches(['\n', '\r']);
        if before != Some(text) {
            let end = offset + text.len();
            return (Span::new(id, offset, end), (before.map(shortened), Some(shortened(text))));
        }
        offset += line.len();
    }
    let rest = olds.next().map(shortened);
    (Span::new(id, new.len(), new.len()), (rest, None))
}

fn shortened(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line.to_owned(),
    }
}
