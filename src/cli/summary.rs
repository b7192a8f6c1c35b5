//! What a build did, in a few lines or one object.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::json;

use super::console::Console;
use super::prepare::Prepared;
use crate::diag::{Code, Diagnostic};
use crate::manifest::Manifest;
use crate::model::SourceId;
use crate::render::Report;
use crate::report::{Format, count};
use crate::resolve::{OwnerBook, Scene};
use crate::store::Committed;

/// A finished build.
pub(super) struct Built<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) manifest: &'a Manifest,
    pub(super) committed: Committed,
    pub(super) report: &'a Report,
    pub(super) target: &'a Path,
}

/// Links that were minted and are shown nowhere, once for each role of a channel.
pub(super) fn unused_links(prepared: &Prepared, used: &[bool]) -> Vec<Diagnostic> {
    let mut found: BTreeMap<crate::model::Span, (usize, &str, String)> = BTreeMap::new();
    for (link, _) in prepared.links.links.iter().zip(used).filter(|(_, used)| !**used) {
        let Some(placement) = prepared.facts.placements.get(link.placement) else { continue };
        let Some(scene) = Scene::of(&prepared.documents, &prepared.facts, placement) else {
            continue;
        };
        let Some(rule) = scene.channel.links.get(link.rule) else { continue };
        let entry = found.entry(rule.span).or_insert((0, link.id.as_str(), rule.role.to_string()));
        entry.0 += 1;
    }
    found
        .into_iter()
        .map(|(span, (number, first, role))| {
            let message = match number {
                1 => format!("the link `{first}` is minted and shown nowhere"),
                _ => format!("{number} links of the role `{role}` are minted and shown nowhere, such as `{first}`"),
            };
            Diagnostic::warning(Code::UnusedLink, span, message)
                .help("place it in the template, or remove the role from the channel")
        })
        .collect()
}

/// Prints the summary.
pub(super) fn print_summary(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    match console.format {
        Format::Json => console.line(&as_json(built).to_string()),
        // The document is complete; a second one would break it.
        Format::Sarif => Ok(()),
        Format::Short => console.line(&counts(built)),
        Format::Human => print_human(built, console),
    }
}

fn held_back(built: &Built<'_>) -> Vec<String> {
    let Built { prepared, report, .. } = built;
    let mut paths: Vec<String> =
        prepared.facts.held_back.iter().map(|one| one.asset.clone()).collect();
    let failed = report.failed.iter().filter_map(|at| prepared.jobs.get(*at));
    paths.extend(failed.flat_map(|job| job.parts.iter().map(|part| part.path.to_string())));
    paths
}

/// Rows that are left out, by the file they stand in and who owns the file.
struct Quarantine {
    table: String,
    file: String,
    owner: String,
    rows: usize,
    /// Ids of some of them.
    ids: Vec<String>,
}

/// Ids that are named of one file.
const NAMED: usize = 3;

fn quarantined(built: &Built<'_>) -> Vec<Quarantine> {
    let Prepared { documents, sources, .. } = built.prepared;
    let owners = OwnerBook::new(documents, sources);
    let mut found: BTreeMap<(&String, SourceId), Quarantine> = BTreeMap::new();
    for (name, table) in &documents.tables {
        let key = table.contract.key.first().copied().unwrap_or(0);
        for record in table.records.iter().filter(|record| record.quarantined) {
            let place = record.span(key);
            let entry = found.entry((name, place.source)).or_insert_with(|| Quarantine {
                table: name.clone(),
                file: sources
                    .get(place.source)
                    .map_or_else(String::new, |file| file.path.to_string()),
                owner: owners.of(place).unwrap_or_default(),
                rows: 0,
                ids: Vec::new(),
            });
            entry.rows += 1;
            let id = record.text(key);
            if !id.is_empty() && entry.ids.len() < NAMED {
                entry.ids.push(id.to_owned());
            }
        }
    }
    found.into_values().collect()
}

/// How many rows are left out, whose they are, and which artifacts they hold back.
fn print_quarantine(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let rows = quarantined(built);
    if !rows.is_empty() {
        let width = rows.iter().map(|one| one.file.len()).max().unwrap_or(0);
        let owners = rows.iter().map(|one| one.owner.len()).max().unwrap_or(0);
        console.line("left out with their placements until they are right:")?;
        for one in &rows {
            let more = if one.rows > one.ids.len() && !one.ids.is_empty() { ", …" } else { "" };
            console.line(&format!(
                "{:>6} {:<4} {:<width$}  {:<owners$}  {}{more}",
                one.rows,
                if one.rows == 1 { "row" } else { "rows" },
                one.file,
                one.owner,
                one.ids.join(", ")
            ))?;
        }
    }
    let held = held_back(built);
    for path in held.iter().take(10) {
        console.line(&format!("held back: {path}"))?;
    }
    if held.len() > 10 {
        console.line(&format!("held back: and {} more", held.len() - 10))?;
    }
    Ok(())
}

fn quarantine_json(built: &Built<'_>) -> (BTreeMap<String, usize>, Vec<serde_json::Value>) {
    let rows = quarantined(built);
    let mut tables: BTreeMap<String, usize> = BTreeMap::new();
    for one in &rows {
        *tables.entry(one.table.clone()).or_default() += one.rows;
    }
    let files = rows.iter().map(|one| {
        json!({ "table": one.table, "file": one.file, "owner": one.owner, "rows": one.rows, "ids": one.ids })
    });
    (tables, files.collect())
}

fn as_json(built: &Built<'_>) -> serde_json::Value {
    let Built { prepared, manifest, committed, target, .. } = built;
    let (quarantined, quarantined_files) = quarantine_json(built);
    json!({
        "root": manifest.root.hash,
        "artifacts": manifest.artifacts.len(),
        "written": committed.written,
        "unchanged": committed.unchanged,
        "removed": committed.removed,
        "links": prepared.links.links.len(),
        "new_links": prepared.minting.new.len(),
        "held_back": held_back(built),
        "quarantined": quarantined,
        "quarantined_files": quarantined_files,
        "output": target.display().to_string(),
    })
}

fn counts(built: &Built<'_>) -> String {
    let Built { manifest, committed, target, .. } = built;
    let held = match held_back(built).len() {
        0 => String::new(),
        number => format!(", {number} held back"),
    };
    format!(
        "built {} into {}: {} written, {} unchanged, {} removed{held}",
        count(manifest.artifacts.len(), "artifact"),
        target.display(),
        committed.written,
        committed.unchanged,
        committed.removed
    )
}

fn print_human(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let Built { prepared, manifest, target, .. } = built;
    let mut channels: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &manifest.artifacts {
        *channels
            .entry(entry.channel.as_deref().unwrap_or("links, reporting, assets"))
            .or_default() += 1;
    }
    let rows =
        |name: &str| prepared.documents.tables.get(name).map_or(0, |table| table.records.len());
    console.line(&format!(
        "{}: {} of {}, {}",
        prepared.documents.workspace.title.value,
        count(rows("offers"), "offer"),
        count(rows("partners"), "partner"),
        count(prepared.links.links.len(), "tracked link"),
    ))?;
    for (channel, number) in &channels {
        console.line(&format!(
            "  {channel:<26}{number:>6} {}",
            if *number == 1 { "file" } else { "files" }
        ))?;
    }
    if !prepared.minting.new.is_empty() {
        console.line(&format!(
            "{} given out: commit throughline.lock",
            count(prepared.minting.new.len(), "new id")
        ))?;
    }
    print_quarantine(built, console)?;
    console.line(&counts(built))?;
    console.line(&format!("root {}", manifest.root.hash))?;
    print_next(built, target, console)
}

/// Where to look: one email, one page, one link.
fn print_next(built: &Built<'_>, target: &Path, console: &mut Console) -> io::Result<()> {
    let first = |folder: &str| {
        let mut html =
            built.manifest.artifacts.iter().filter(|entry| entry.media_type == "text/html");
        html.find(|entry| {
            entry.id.starts_with(folder) && (folder.is_empty() || entry.route.is_none())
        })
    };
    let page = built.manifest.artifacts.iter().find(|entry| entry.route.is_some());
    for (what, entry) in [("an email", first("email/")), ("a page", page)] {
        if let Some(entry) = entry {
            console.line(&format!("look at {what}: {}", target.join(&entry.path).display()))?;
        }
    }
    if let Some(link) = built.prepared.links.links.first() {
        let url = &link.short_url;
        console.line(&format!("trace a link:  throughline explain {url}"))?;
    }
    Ok(())
}
