//! Keys, references and cells that must go together.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::positions;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Value;
use crate::source::table::{Record, Table};
use crate::source::{Documents, SourceKind, Sources, Variation, is_currency};

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
            check_keys(table, sources, diagnostics, &mut found);
            check_overrides(documents, table, &mut found);
            check_assets(table, sources, &mut found);
        }
        found.apply(documents, name, diagnostics);
    }
    for name in &names {
        let mut found = Findings::default();
        if let Some(table) = documents.tables.get(name) {
            check_references(documents, table, &mut found);
            match name.as_str() {
                "offers" => check_offers(documents, table, &mut found),
                "partners" => check_partners(table, &mut found),
                "bundles" => check_bundles(table, &mut found),
                _ => {}
            }
        }
        found.apply(documents, name, diagnostics);
    }
}

/// What is wrong with rows of one table. `None` marks a row whose fault is told elsewhere.
#[derive(Default)]
struct Findings(Vec<(usize, Option<Diagnostic>)>);

impl Findings {
    fn add(&mut self, row: usize, diagnostic: Diagnostic) {
        self.0.push((row, Some(diagnostic)));
    }

    fn apply(self, documents: &mut Documents, name: &str, diagnostics: &mut Diagnostics) {
        let Some(table) = documents.tables.get_mut(name) else { return };
        for (row, diagnostic) in self.0 {
            diagnostics.extend(diagnostic);
            if let Some(record) = table.records.get_mut(row) {
                record.quarantined = true;
            }
        }
    }
}

fn rows(table: &Table) -> impl Iterator<Item = (usize, &Record)> {
    table.records.iter().enumerate()
}

fn check_keys(
    table: &Table,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
    found: &mut Findings,
) {
    let key = &table.contract.key;
    let Some(place) = key.last().copied() else { return };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (row, record) in rows(table) {
        let texts: Vec<&str> = key.iter().map(|at| record.text(*at)).collect();
        if texts.iter().any(|text| text.is_empty()) {
            continue;
        }
        let id = texts.join("/");
        if let Some(first) = seen.get(&id).and_then(|first| table.records.get(*first)) {
            let message = format!("the {} `{id}` stands twice", table.contract.entity);
            let diagnostic = Diagnostic::error(Code::DuplicateKey, record.span(place), message)
                .related(first.span(place), "first here")
                .help("give one of the two another id, or delete it");
            found.add(row, diagnostic);
        } else {
            seen.insert(id, row);
        }
    }
    // An id with capitals was refused as an id. That it is another row's id is the better message.
    for (_, record) in rows(table) {
        let span = record.span(place);
        let written = sources.slice(span).trim_matches('"');
        let twin = seen.get(&written.to_lowercase()).and_then(|first| table.records.get(*first));
        let Some(twin) = twin.filter(|_| record.text(place).is_empty()) else { continue };
        let refused = |one: &Diagnostic| one.primary == span && one.code == Code::BadSlug;
        if let Some(diagnostic) = diagnostics.find_mut(refused) {
            let other = written.to_lowercase();
            *diagnostic = Diagnostic::error(
                Code::CaseCollision,
                span,
                format!("`{written}` and `{other}` differ only in case"),
            )
            .related(twin.span(place), format!("`{other}` stands here"))
            .help(format!(
                "if they are one {}, keep one row; if not, choose another id",
                table.contract.entity
            ));
        }
    }
}

fn check_overrides(documents: &Documents, table: &Table, found: &mut Findings) {
    let entity = &table.contract.entity;
    for (row, record) in rows(table) {
        for one in &record.overrides {
            let column =
                table.contract.column(one.column).map_or("", |column| column.name.as_str());
            let channel = &one.channel;
            let known = documents.channels.iter().any(|known| known.id.as_str() == channel);
            if !known && documents.unusable.channels {
                continue;
            }
            if !known {
                let known = documents.channels.iter().map(|known| known.id.as_str());
                let diagnostic = Diagnostic::error(
                    Code::UnknownReference,
                    one.span,
                    format!("`{column}@{channel}`: there is no channel `{channel}`"),
                )
                .maybe_help(did_you_mean(channel, known));
                found.add(row, diagnostic);
                continue;
            }
            let rule = documents.fields.get(entity, column);
            let (code, message) = match rule.map(|rule| &rule.variation) {
                Some(Variation::MayVary(channels)) => {
                    if channels.iter().any(|listed| listed.value == *channel) {
                        continue;
                    }
                    (
                        Code::VariedElsewhere,
                        format!("`{entity}.{column}` may vary, but not in `{channel}`"),
                    )
                }
                _ => (
                    Code::VariedNeverField,
                    format!(
                        "`{entity}.{column}` must never vary, and `{channel}` has its own value"
                    ),
                ),
            };
            if documents.unusable.fields {
                continue;
            }
            let mut diagnostic = Diagnostic::error(code, one.span, message).help(format!(
                "remove the value, or have rules/fields.toml allow it in `{channel}`"
            ));
            if let Some(rule) = rule {
                diagnostic = diagnostic.related(rule.span, "the rule is here");
            }
            found.add(row, diagnostic);
        }
    }
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
    for (row, record) in rows(table) {
        for at in &columns {
            let path = record.text(*at);
            if !path.is_empty() && !assets.contains(path) {
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

fn check_references(documents: &Documents, table: &Table, found: &mut Findings) {
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
        for (row, record) in rows(table) {
            let id = record.text(at);
            if id.is_empty() {
                continue;
            }
            match known.get(id) {
                Some(true) => {}
                // A placement whose offer cannot be shown has a fallback for just that.
                Some(false) if target == "offers" => {}
                // Its own fault is reported where it stands.
                Some(false) => found.0.push((row, None)),
                None => {
                    let what =
                        if target == "terms" { "legal text" } else { target.trim_end_matches('s') };
                    let message = format!("there is no {what} `{id}`");
                    let suggestion = did_you_mean(id, known.keys().copied());
                    let diagnostic =
                        Diagnostic::error(Code::UnknownReference, record.span(at), message)
                            .maybe_help(suggestion)
                            .help_if_none(format!("add the {what}, or correct the id"));
                    // Which promise the row holds is not known without its asset.
                    let promise = matches!(target.as_str(), "campaigns" | "assets");
                    found.add(row, if promise { diagnostic.blocking() } else { diagnostic });
                }
            }
        }
    }
}

/// Ids of a table, and whether each can be relied on.
fn referenced_ids<'d>(documents: &'d Documents, target: &str) -> BTreeMap<&'d str, bool> {
    let briefs = documents.briefs.iter();
    match target {
        "terms" => documents.terms.keys().map(|id| (id.as_str(), true)).collect(),
        "campaigns" => briefs.map(|brief| (brief.id.value.as_str(), true)).collect(),
        "assets" => briefs
            .flat_map(|brief| brief.assets.iter().map(|asset| (asset.id.value.as_str(), true)))
            .collect(),
        _ => {
            let Some(table) = documents.tables.get(target) else { return BTreeMap::new() };
            let Some(key) = table.contract.key.first().copied() else { return BTreeMap::new() };
            let mut ids = BTreeMap::new();
            for record in &table.records {
                let whole = !record.quarantined;
                let entry = ids.entry(record.text(key)).or_insert(whole);
                // Of two rows with one id the first stands.
                *entry = *entry || whole;
            }
            ids
        }
    }
}

fn check_offers(documents: &Documents, table: &Table, found: &mut Findings) {
    let [id, partner, bundle, mechanic, value, currency] =
        positions(table, ["offer_id", "partner_id", "bundle_id", "mechanic", "value", "currency"]);
    for (row, record) in rows(table) {
        let mut fail = |at: usize, message: String, help: &str| {
            found
                .add(row, Diagnostic::error(Code::CrossField, record.span(at), message).help(help));
        };
        let name = record.text(id);
        match (record.value(partner).is_empty(), record.value(bundle).is_empty()) {
            (true, true) if !record.quarantined => fail(
                id,
                format!("the offer `{name}` has neither a partner nor a bundle"),
                "fill in partner_id or bundle_id",
            ),
            (false, false) => fail(
                bundle,
                format!("the offer `{name}` has a partner and a bundle"),
                "empty one of the two",
            ),
            _ => {}
        }
        let kind = record.text(mechanic);
        let needs_value = matches!(kind, "pct_off" | "amount_off" | "cashback");
        match record.value(value) {
            Value::Empty if needs_value && !record.quarantined => {
                fail(value, format!("`{kind}` needs a value"), "fill in how much is taken off");
            }
            Value::Decimal(number)
                if matches!(kind, "pct_off" | "cashback")
                    && (number.is_zero() || *number > rust_decimal::Decimal::ONE_HUNDRED) =>
            {
                let message = format!("{number} is not a percentage above 0 and up to 100");
                fail(value, message, "write 30 for 30 %");
            }
            _ => {}
        }
        let code = record.text(currency);
        if !code.is_empty() && !is_currency(code) {
            let help = format!(
                "use three capital letters, such as {}",
                documents.workspace.currency.value
            );
            fail(currency, format!("`{code}` is not a currency code"), &help);
        }
    }
    check_order_of_dates(documents, table, found);
}

fn check_order_of_dates(documents: &Documents, table: &Table, found: &mut Findings) {
    let zone = &documents.workspace.zone;
    let shown =
        |instant: jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z");
    let pairs = [
        ("effective_from", "effective_to"),
        ("display_from", "display_to"),
        ("display_to", "effective_to"),
    ];
    for (first, second) in pairs {
        let [from, to] = positions(table, [first, second]);
        for (row, record) in rows(table) {
            let (start, end) = (record.value(from).as_instant(), record.value(to).as_instant());
            if let Some((start, end)) = start.zip(end).filter(|(start, end)| start > end) {
                let message = format!("{second} {} is before {first} {}", shown(end), shown(start));
                let diagnostic = Diagnostic::error(Code::CrossField, record.span(to), message)
                    .related(record.span(from), format!("{first} is here"))
                    .help("correct the one that is wrong");
                found.add(row, diagnostic);
            }
        }
    }
}

fn check_partners(table: &Table, found: &mut Findings) {
    let [domains, base] = positions(table, ["permitted_domains", "landing_base"]);
    for (row, record) in rows(table) {
        let Value::Hosts(permitted) = record.value(domains) else { continue };
        let written = record.text(base);
        let Ok(url) = url::Url::parse(written) else { continue };
        let host = url.host_str().unwrap_or("");
        if !is_permitted(host, permitted) {
            let message = format!("`{host}` is not one of the partner's permitted domains");
            let diagnostic = Diagnostic::error(Code::HostNotPermitted, record.span(base), message)
                .related(record.span(domains), "these are permitted")
                .help("correct the URL, or have the domain added");
            found.add(row, diagnostic);
        }
    }
}

/// Whether a host is a permitted one or below it.
fn is_permitted(host: &str, permitted: &[Box<str>]) -> bool {
    permitted.iter().any(|domain| {
        host.strip_suffix(domain.as_ref())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn check_bundles(table: &Table, found: &mut Findings) {
    let [id, role] = positions(table, ["bundle_id", "role"]);
    let mut leads: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, record) in rows(table).filter(|(_, record)| !record.text(id).is_empty()) {
        let entry = leads.entry(record.text(id)).or_default();
        if record.text(role) == "lead" {
            entry.push(row);
        }
    }
    for (row, record) in rows(table) {
        let Some(lead_rows) = leads.get(record.text(id)) else { continue };
        let bundle = record.text(id);
        if lead_rows.is_empty() && !record.quarantined {
            let message = format!("the bundle `{bundle}` has no lead");
            let diagnostic = Diagnostic::error(Code::BadBundle, record.span(role), message)
                .help("mark the partner whose page its links go to as `lead`");
            found.add(row, diagnostic);
            leads.remove(bundle);
        } else if lead_rows.iter().skip(1).any(|second| *second == row) {
            let first = lead_rows.first().and_then(|first| table.records.get(*first));
            let message = format!("the bundle `{bundle}` has a second lead");
            let mut diagnostic = Diagnostic::error(Code::BadBundle, record.span(role), message)
                .help("keep one lead and make the others `member`");
            if let Some(first) = first {
                diagnostic = diagnostic.related(first.span(role), "the first lead");
            }
            found.add(row, diagnostic);
        }
    }
}
