//! What a build did, in a few lines or one object.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::console::Console;
use super::prepare::{Ids, Prepared};
use super::quarantine::{Quarantine, print_quarantine, quarantine_json};
use super::tables::Server;
use crate::artifact::redirects::capacity_text;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::Manifest;
use crate::render::Report;
use crate::report::{Format, count};
use crate::resolve::Scene;
use crate::source::Waiver;
use crate::store::Committed;

/// What a build has made, in numbers and names. It can be written down and read again.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Summary {
    title: String,
    offers: usize,
    partners: usize,
    links: usize,
    /// Artifacts by channel.
    channels: BTreeMap<String, usize>,
    servers: Vec<Server>,
    root: String,
    artifacts: usize,
    new_links: usize,
    changed_links: usize,
    /// Whether new ids and meanings were recorded.
    recorded: bool,
    held_back: Vec<String>,
    /// Where to look: an email, a page and a link.
    email: Option<String>,
    page: Option<String>,
    link: Option<String>,
}

/// A finished build.
pub(super) struct Built<'a> {
    pub(super) summary: Summary,
    pub(super) committed: Committed,
    pub(super) target: &'a Path,
    pub(super) quarantine: Vec<Quarantine>,
    pub(super) gallery: Option<PathBuf>,
}

/// What is said of the links of a build, which need not be in memory when it is.
pub(super) struct SummedLinks {
    links: usize,
    new: usize,
    changed: usize,
    /// The short URL of the first.
    first: Option<String>,
}

impl SummedLinks {
    pub(super) fn of(prepared: &Prepared) -> Self {
        let Prepared { links, minting, .. } = prepared;
        Self {
            links: links.links.len(),
            new: minting.new.len(),
            changed: minting.changed.len(),
            first: links.links.first().map(|link| links.short_urls.url(&link.short_code)),
        }
    }
}

impl Summary {
    pub(super) fn new(
        prepared: &Prepared,
        report: &Report,
        manifest: &Manifest,
        (links, servers): (SummedLinks, &[Server]),
    ) -> Self {
        let rows =
            |name: &str| prepared.documents.tables.get(name).map_or(0, |table| table.records.len());
        let mut channels: BTreeMap<String, usize> = BTreeMap::new();
        for same in manifest.artifacts.chunk_by(|a, b| a.kind.channel == b.kind.channel) {
            let channel = same.first().and_then(|entry| entry.kind.channel.as_deref());
            let name = channel.unwrap_or("links, reporting, assets");
            *channels.entry(name.to_owned()).or_default() += same.len();
        }
        let mut entries = manifest.artifacts.iter();
        let email = entries.find(|one| {
            one.kind.media_type == "text/html"
                && one.id.starts_with("email/")
                && one.route.is_none()
        });
        let page = manifest.artifacts.iter().find(|one| one.kind.form.as_deref() == Some("live"));
        Self {
            title: prepared.documents.workspace.title.value.clone(),
            offers: rows("offers"),
            partners: rows("partners"),
            links: links.links,
            channels,
            servers: servers.to_vec(),
            root: manifest.root.hash.clone(),
            artifacts: manifest.artifacts.len(),
            new_links: links.new,
            changed_links: links.changed,
            recorded: prepared.ids == Ids::Record,
            held_back: held_back(prepared, report),
            email: email.map(|one| one.path.to_string()),
            page: page.map(|one| one.path.to_string()),
            link: links.first,
        }
    }

    /// How many artifacts there are.
    pub(super) fn artifacts(&self) -> usize {
        self.artifacts
    }

    /// What was not built because of something wrong.
    pub(super) fn held_back(&self) -> &[String] {
        &self.held_back
    }

    /// Whether a build of the same would say the same.
    pub(super) fn is_lasting(&self) -> bool {
        self.new_links == 0 && self.changed_links == 0 && self.held_back.is_empty()
    }
}

/// What was made or decided, and is shown nowhere, although everything was built.
pub(super) fn unused(
    prepared: &Prepared,
    report: &Report,
    so_far: &Diagnostics,
) -> Vec<Diagnostic> {
    if !report.failed.is_empty() || so_far.has_errors() {
        return Vec::new();
    }
    let mut found = Vec::from_iter(unused_links(prepared, &report.used));
    found.extend(unused_waivers(prepared, &report.waived));
    found
}

/// Links that were minted and are shown nowhere, once for each role of a channel.
fn unused_links(prepared: &Prepared, used: &[bool]) -> Vec<Diagnostic> {
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
fn unused_waivers(prepared: &Prepared, waived: &[bool]) -> Vec<Diagnostic> {
    let waivers = prepared.documents.waivers.iter().zip(waived);
    let swaps = &prepared.documents.swaps;
    let late = |waiver: &Waiver| {
        let named = swaps.iter().any(|swap| swap.active && waiver.subject.is_match(&swap.id));
        waiver.is_about_swaps() && named
    };
    let idle = waivers.filter(|(waiver, needed)| !**needed && !late(waiver)).map(|(waiver, _)| {
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

fn held_back(prepared: &Prepared, report: &Report) -> Vec<String> {
    let mut paths: Vec<String> =
        prepared.facts.held_back.iter().map(|one| one.asset.clone()).collect();
    let failed = report.failed.iter().filter_map(|at| prepared.jobs.get(*at));
    paths.extend(failed.flat_map(|job| job.parts.iter().map(|part| part.path.to_string())));
    paths
}

fn print_held_back(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let held = &built.summary.held_back;
    for path in held.iter().take(10) {
        console.line(&format!("held back: {path}"))?;
    }
    if held.len() > 10 {
        console.line(&format!("held back: and {} more", held.len() - 10))?;
    }
    Ok(())
}

fn as_json(built: &Built<'_>) -> serde_json::Value {
    let Built { summary, committed, target, .. } = built;
    let (quarantined, quarantined_files) = quarantine_json(&built.quarantine);
    json!({
        "root": summary.root,
        "artifacts": summary.artifacts,
        "written": committed.written,
        "unchanged": committed.unchanged,
        "removed": committed.removed,
        "links": summary.links,
        "new_links": summary.new_links,
        "changed_links": summary.changed_links,
        "held_back": summary.held_back,
        "quarantined": quarantined,
        "quarantined_files": quarantined_files,
        "redirects": summary.servers,
        "output": target.display().to_string(),
        "gallery": built.gallery.as_ref().map(|index| index.display().to_string()),
    })
}

fn counts(built: &Built<'_>) -> String {
    let Built { summary, committed, target, .. } = built;
    let held = match summary.held_back.len() {
        0 => String::new(),
        number => format!(", {number} held back"),
    };
    format!(
        "built {} into {}: {} written, {} unchanged, {} removed{held}",
        count(summary.artifacts, "artifact"),
        target.display(),
        committed.written,
        committed.unchanged,
        committed.removed
    )
}

fn print_human(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let summary = &built.summary;
    console.line(&format!(
        "{}: {} of {}, {}",
        summary.title,
        count(summary.offers, "offer"),
        count(summary.partners, "partner"),
        count(summary.links, "tracked link"),
    ))?;
    for (channel, number) in &summary.channels {
        console.line(&format!(
            "  {channel:<26}{number:>6} {}",
            if *number == 1 { "file" } else { "files" }
        ))?;
    }
    for Server { name, used, limit, unit } in &summary.servers {
        let Some(limit) = *limit else { continue };
        let capacity = capacity_text(*used, Some(limit), unit);
        console.line(&format!("  redirects of {name}: {capacity}"))?;
    }
    if summary.new_links > 0 {
        console.line(&format!(
            "{} given out: commit throughline.lock",
            count(summary.new_links, "new id")
        ))?;
    }
    if summary.recorded && summary.changed_links > 0 {
        console.line(&format!(
            "{} shown otherwise than recorded: commit throughline.lock",
            count(summary.changed_links, "link")
        ))?;
    }
    print_quarantine(&built.quarantine, console)?;
    print_held_back(built, console)?;
    console.line(&counts(built))?;
    console.line(&format!("root {}", summary.root))?;
    print_next(built, console)
}

fn print_gallery(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let line = |index: &PathBuf| console.line(&format!("look at all of it: {}", index.display()));
    built.gallery.as_ref().map_or(Ok(()), line)
}

/// Where to look: one email, one page, one link.
fn print_next(built: &Built<'_>, console: &mut Console) -> io::Result<()> {
    let Built { summary, target, .. } = built;
    for (what, path) in [("an email", &summary.email), ("a page", &summary.page)] {
        if let Some(path) = path {
            console.line(&format!("look at {what}: {}", target.join(path).display()))?;
        }
    }
    print_gallery(built, console)?;
    match &summary.link {
        Some(url) => console.line(&format!("trace a link:  throughline explain {url}")),
        None => Ok(()),
    }
}
