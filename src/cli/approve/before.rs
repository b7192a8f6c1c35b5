//! What was approved before, or is live, to stand on a page beside what is asked now: of gates that
//! watch bytes, whose digests alone tell nobody anything.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::args::ReviewArgs;
use super::looking::Looked;
use crate::artifact::LINKS;
use crate::cli::built_tables::BuiltTable;
use crate::cli::console::Console;
use crate::cli::looks::{Looker, Seen};
use crate::cli::named::{Named, live_releases};
use crate::cli::prepare::Prepared;
use crate::decide::{ItemState, LinkRows, MaskedLink, Side, differences, masked_digest};
use crate::graph::Job;
use crate::manifest::{Entry, Manifest};
use crate::model::Digest;
use crate::report::{Before, Look};
use crate::source::{Decision, Statement, Sticky};
use crate::store::{keep_approved, kept_approved};

/// Artifacts that are shown as they look on one page.
const LOOKS: usize = 60;
/// Releases that are looked through for what was approved.
const RELEASES: usize = 10;

/// Of each of the chosen gates, what was there before of its open items, where it watches bytes.
/// Pictures are put beside the page.
pub(super) fn before(
    (root, args): (&Path, &ReviewArgs),
    looked: &Looked,
    chosen: &[usize],
    console: &mut Console,
) -> Result<Vec<BTreeMap<String, Before>>> {
    let page = root.join(args.html.as_deref().unwrap_or(Path::new("")));
    let host = looked.prepared.documents.workspace.hosts.assets.value.to_string();
    let mut eyes = Looker::new(&page, Some(&host), LOOKS);
    let states = || chosen.iter().filter_map(|at| looked.gates.states.states.get(*at));
    let watches = |gate: &str| watches_bytes(looked, gate);
    let asked = states().any(|one| watches(&one.gate) && one.items.iter().any(|item| !item.holds));
    let releases = match asked.then(|| live_releases(root, &args.target, RELEASES, console)) {
        None => Vec::new(),
        Some(Ok(Ok(releases))) => releases,
        Some(Ok(Err(mistyped))) => anyhow::bail!("{}", mistyped.0),
        Some(Err(error)) => {
            console.note(&format!("note: what was released before is not shown: {error:#}"));
            Vec::new()
        }
    };
    let past = |named| Past { named, links: OnceCell::new() };
    let earlier = Earlier { root, looked, releases: releases.iter().map(past).collect() };
    let all = states().map(|state| {
        let open = state.items.iter().filter(|item| !item.holds && watches(&state.gate));
        open.filter_map(|item| Some((item.id.clone(), earlier.of(item, &mut eyes)?))).collect()
    });
    let all = all.collect();
    eyes.put(&page)?;
    Ok(all)
}

fn watches_bytes(looked: &Looked, gate: &str) -> bool {
    let rule = looked.prepared.documents.gates.gate(gate);
    rule.is_some_and(|rule| rule.sticky == Sticky::Bytes)
}

fn job_of<'l>(looked: &'l Looked, item: &str) -> Option<&'l Job> {
    // Jobs stand in the order of their first files.
    let jobs = &looked.prepared.jobs;
    let order = |job: &Job| job.parts.first().map(|part| part.path.as_str()).cmp(&Some(item));
    jobs.get(jobs.binary_search_by(order).ok()?)
}

/// The entries of a job's files in a build; nothing where it has none of them.
fn part_of(job: &Job, manifest: &Manifest) -> Option<Vec<Entry>> {
    let parts = job.parts.iter();
    let found: Vec<Entry> =
        parts.filter_map(|part| entry_of(manifest, part.path.as_str())).cloned().collect();
    (!found.is_empty()).then_some(found)
}

/// Artifacts stand in the order of their ids.
fn entry_of<'m>(manifest: &'m Manifest, id: &str) -> Option<&'m Entry> {
    let entries = &manifest.artifacts;
    entries.get(entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()?)
}

/// The builds that are known from before.
struct Earlier<'e> {
    root: &'e Path,
    looked: &'e Looked,
    /// The last first.
    releases: Vec<Past<'e>>,
}

/// What is shown as before.
struct Found<'e> {
    how: String,
    entries: Vec<Entry>,
    /// Where pictures are looked up; nothing where only what was approved itself was kept.
    named: Option<&'e Named>,
}

impl<'e> Earlier<'e> {
    /// An item before and now; nothing where it is made of nothing that is built.
    fn of(&self, item: &ItemState, eyes: &mut Looker<'_>) -> Option<Before> {
        let job = job_of(self.looked, &item.id)?;
        let manifest = self.looked.manifest.as_ref()?;
        let now = part_of(job, manifest)?;
        let found = self.found(item, job);
        let read_now = |entry: &Entry| self.looked.built.read(entry).ok();
        let read_old = |entry: &Entry| {
            let released = found.named.and_then(|named| named.files.read(entry).ok());
            released.or_else(|| self.kept(entry)).or_else(|| read_now(entry))
        };
        let (old, new) = (small(&found.entries), small(&now));
        let links = LinkRows::default();
        let difference = differences(
            Side { manifest: &old, read: &read_old, links: &links },
            Side { manifest: &new, read: &read_now, links: &links },
        );
        let of_then = found.named.map_or(manifest, |named| &named.manifest);
        let (then, today) = (Seen::new(of_then, &read_old), Seen::new(manifest, &read_now));
        let mut before = Before { how: found.how, artifacts: Vec::new(), without_look: 0 };
        for one in difference.artifacts {
            let entries = [one.before.as_ref(), one.after.as_ref()];
            let looks = eyes.pair([&then, &today], entries);
            before.without_look += usize::from(looks.is_none());
            before.artifacts.push((one, looks.unwrap_or([Look::Unseen, Look::Unseen])));
        }
        // The item is named after the first of its files.
        before.artifacts.sort_by_key(|(one, _)| one.id != item.id);
        Some(before)
    }

    /// What was there before: as it was approved, or else as it is live.
    fn found(&self, item: &ItemState, job: &Job) -> Found<'e> {
        let approved = item.seen_bytes.as_ref().and_then(|hex| Digest::from_hex(hex));
        if let Some(entries) = approved.and_then(|digest| self.kept_entries(digest)) {
            let how = "Before is what was approved last.".to_owned();
            return Found { how, entries, named: None };
        }
        let was =
            |past: &&Past<'_>| approved.is_some() && past.masked(self.looked, job) == approved;
        if let Some(named) = self.releases.iter().find(was).map(|past| past.named) {
            let entries = part_of(job, &named.manifest).unwrap_or_default();
            let how = format!("Before is what was approved last: it is in {}.", named.shown);
            return Found { how, entries, named: Some(named) };
        }
        let missing = match approved {
            Some(_) => "What was approved last is not kept here",
            None => "It was never approved",
        };
        let is_live = |named: &&Named| named.release.as_ref().is_some_and(|one| one.is_live);
        let live = self.releases.iter().map(|past| past.named).find(is_live);
        let live = live.and_then(|named| Some((named, part_of(job, &named.manifest)?)));
        if let Some((named, entries)) = live {
            let how = format!("{missing}. Before is what customers see: {}.", named.shown);
            return Found { how, entries, named: Some(named) };
        }
        let how = format!("{missing}, and nothing of it is live: there is nothing before.");
        Found { how, entries: Vec::new(), named: None }
    }

    /// The files that were kept when it was approved.
    fn kept_entries(&self, approved: Digest) -> Option<Vec<Entry>> {
        let entries = serde_json::from_slice::<Vec<Entry>>(&kept_approved(self.root, approved)?);
        let entries = entries.ok().filter(|entries| !entries.is_empty())?;
        entries.iter().all(|entry| self.kept(entry).is_some()).then_some(entries)
    }

    fn kept(&self, entry: &Entry) -> Option<Vec<u8>> {
        let digest = entry.sha256;
        kept_approved(self.root, digest).filter(|bytes| Digest::of(bytes) == digest)
    }
}

/// A manifest of some files alone.
fn small(entries: &[Entry]) -> Manifest {
    Manifest::new(String::new(), None, Vec::new(), entries.to_vec())
}

/// A release, and its links by campaign and asset, which are read when they are needed first.
struct Past<'e> {
    named: &'e Named,
    links: OnceCell<BTreeMap<[String; 2], Vec<Cells>>>,
}

/// Id, URL, destination, short URL and short code of a link.
type Cells = [String; 5];

impl Past<'_> {
    fn entry(&self, id: &str) -> Option<&Entry> {
        entry_of(&self.named.manifest, id)
    }

    /// The digest that gates have of a job's files, of those of this release: without the
    /// addresses of the links that it had.
    fn masked(&self, looked: &Looked, job: &Job) -> Option<Digest> {
        let Prepared { documents, facts, .. } = &*looked.prepared;
        let brief = documents.briefs.get(facts.campaigns.get(job.campaign)?.brief)?;
        let asset = brief.assets.get(job.asset)?.id.value.to_string();
        let of_asset = self.links.get_or_init(|| self.read_links().unwrap_or_default());
        let links = of_asset.get(&[brief.id.value.to_string(), asset]).into_iter().flatten();
        let links = links.map(|[id, url, destination, short_url, short_code]| MaskedLink {
            id,
            url,
            destination,
            short_url: short_url.as_str().into(),
            short_code,
        });
        let bytes = |id: &str| self.named.files.read(self.entry(id)?).ok().map(Cow::Owned);
        masked_digest(job, links, &bytes)
    }

    fn read_links(&self) -> Option<BTreeMap<[String; 2], Vec<Cells>>> {
        const CELLS: [&str; 7] =
            ["campaign", "asset", "link_id", "url", "destination", "short_url", "short_code"];
        let mut found: BTreeMap<[String; 2], Vec<Cells>> = BTreeMap::new();
        let add = |cells: [&str; 7]| {
            let [campaign, asset, cells @ ..] = cells.map(str::to_owned);
            found.entry([campaign, asset]).or_default().push(cells);
        };
        let Named { manifest, files, .. } = self.named;
        BuiltTable::of(LINKS, manifest, files)?.rows(CELLS, add).ok()?;
        Some(found)
    }
}

/// Keeps what was approved byte for byte, so that it can be shown when it is asked about again.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn keep(root: &Path, looked: &Looked, statement: &Statement) -> Result<()> {
    let said = &statement.predicate;
    let Some(manifest) = looked.manifest.as_ref() else { return Ok(()) };
    if said.decision != Decision::Approve || !watches_bytes(looked, &said.gate) {
        return Ok(());
    }
    for item in &said.items {
        let digest = item.bytes.as_ref().and_then(|bytes| Digest::from_hex(&bytes.sha256));
        let Some((name, job)) = digest.zip(job_of(looked, &item.id)) else { continue };
        let entries = part_of(job, manifest).unwrap_or_default();
        for entry in &entries {
            let bytes = looked.built.read(entry).map_err(anyhow::Error::msg)?;
            keep_approved(root, Digest::of(&bytes), &bytes)?;
        }
        keep_approved(root, name, &serde_json::to_vec(&entries)?)?;
    }
    Ok(())
}
