//! What a build did, in a few lines or one object.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::console::Console;
use super::entries::Capacities;
use super::prepare::{Ids, Prepared};
use super::quarantine::{Quarantine, print_quarantine, quarantine_json};
use crate::diag::{Code, Diagnostic};
use crate::manifest::Manifest;
use crate::render::Report;
use crate::report::{Format, count};
use crate::resolve::Scene;
use crate::store::Committed;

/// A finished build.
pub(super) struct Built<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) manifest: &'a Manifest,
    pub(super) committed: Committed,
    pub(super) report: &'a Report,
    pub(super) target: &'a Path,
    pub(super) quarantine: Vec<Quarantine>,
    pub(super) capacities: Capacities,
    pub(super) gallery: Option<PathBuf>,
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

/// Waivers that no finding needed.
pub(super) fn unused_waivers(prepared: &Prepared, waived: &[bool]) -> Vec<Diagnostic> {
    let waivers = prepared.documents.waivers.iter().zip(waived);
    let idle = waivers.filter(|(_, needed)| !**needed).map(|(waiver, _)| {
        let message = format!("no finding of `{}` needs this waiver", waiver.rule.name());
        Diagnostic::warning(Code::UnusedWaiver, waiver.span, message)
    });
    idle.collect()
}

/// Prints the summary.
pub(super) fn print_summary(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    match console.format {
        Format::Json => console.line(&as_json(built).to_string()),
        // The document is complete; a second one would break it.
        Format::Sarif => Ok(()),
        Format::Short => {
            console.line(&counts(built))?;
            print_gallery(built, console)
        }
        Format::Human | Format::Csv => print_human(built, console),
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

fn print_held_back(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let held = held_back(built);
    for path in held.iter().take(10) {
        console.line(&format!("held back: {path}"))?;
    }
    if held.len() > 10 {
        console.line(&format!("held back: and {} more", held.len() - 10))?;
    }
    Ok(())
}

fn as_json(built: &Built<'_>) -> serde_json::Value {
    let Built { prepared, manifest, committed, target, .. } = built;
    let (quarantined, quarantined_files) = quarantine_json(&built.quarantine);
    json!({
        "root": manifest.root.hash,
        "artifacts": manifest.artifacts.len(),
        "written": committed.written,
        "unchanged": committed.unchanged,
        "removed": committed.removed,
        "links": prepared.links.links.len(),
        "new_links": prepared.minting.new.len(),
        "changed_links": prepared.minting.changed.len(),
        "held_back": held_back(built),
        "quarantined": quarantined,
        "quarantined_files": quarantined_files,
        "redirects": built.capacities.iter().map(|(server, capacity)| json!({
            "server": server, "used": capacity.used, "limit": capacity.limit, "unit": capacity.what,
        })).collect::<Vec<_>>(),
        "output": target.display().to_string(),
        "gallery": built.gallery.as_ref().map(|index| index.display().to_string()),
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
    for (server, capacity) in built.capacities.iter().filter(|(_, one)| one.limit.is_some()) {
        console.line(&format!("  redirects of {server}: {capacity}"))?;
    }
    if !prepared.minting.new.is_empty() {
        console.line(&format!(
            "{} given out: commit throughline.lock",
            count(prepared.minting.new.len(), "new id")
        ))?;
    }
    if prepared.ids == Ids::Record && !prepared.minting.changed.is_empty() {
        console.line(&format!(
            "{} shown otherwise than recorded: commit throughline.lock",
            count(prepared.minting.changed.len(), "link")
        ))?;
    }
    print_quarantine(&built.quarantine, console)?;
    print_held_back(built, console)?;
    console.line(&counts(built))?;
    console.line(&format!("root {}", manifest.root.hash))?;
    print_next(built, target, console)
}

fn print_gallery(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let line = |index: &PathBuf| console.line(&format!("look at all of it: {}", index.display()));
    built.gallery.as_ref().map_or(Ok(()), line)
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
    let page = built.manifest.artifacts.iter().find(|entry| entry.form.as_deref() == Some("live"));
    for (what, entry) in [("an email", first("email/")), ("a page", page)] {
        if let Some(entry) = entry {
            console.line(&format!("look at {what}: {}", target.join(&entry.path).display()))?;
        }
    }
    print_gallery(built, console)?;
    if let Some(link) = built.prepared.links.links.first() {
        let url = &link.short_url;
        console.line(&format!("trace a link:  throughline explain {url}"))?;
    }
    Ok(())
}
