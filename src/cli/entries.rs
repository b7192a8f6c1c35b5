//! From rendered artifacts and generated files to the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use super::partial::Partial;
use super::prepare::{Ids, Prepared};
use super::shared_entry::{Shared, file_entry};
use super::tables::Tables;
use crate::artifact::pages::{Due, PageFile, page_files};
use crate::artifact::{GeneratedFile, KeptLink, LiveLink, Shelf};
use crate::graph::{Job, PageTimes};
use crate::manifest::{Entry, MadeParts, Manifest, SourceEntry};
use crate::model::{ArtifactPath, Digest, SharedText};
use crate::render::{Rendered, Report};
use crate::resolve::Scene;
use crate::source::{Lock, PageForm, SourceKind};

/// What tables and servers are told of: all of a build, or a part of it and what stays.
pub(super) struct Listed<'p> {
    /// The places of the links that this build made, in the order of their ids.
    pub(super) made: Vec<usize>,
    /// Links that only what stays shows.
    kept: Vec<&'p KeptLink>,
    pub(super) lock: &'p Lock,
    /// Where only a part goes out: the pages of what goes out and of what stays.
    pub(super) pages: Vec<PageFile>,
    pub(super) partial: Option<&'p Partial>,
}

impl<'p> Listed<'p> {
    /// All of a build.
    pub(super) fn whole(prepared: &'p Prepared, report: &Report) -> Self {
        let made = live_links(prepared, &report.live);
        let lock = &prepared.minting.lock;
        Self { made, kept: Vec::new(), lock, pages: Vec::new(), partial: None }
    }

    /// What goes out of it, and what stays. `lock` is what is recorded then.
    pub(super) fn part(
        prepared: &'p Prepared,
        report: &Report,
        lock: &'p Lock,
        partial: &'p Partial,
    ) -> Self {
        let goes_out = |job: &Job| partial.builds(job);
        let mut shown = vec![false; prepared.links.links.len()];
        for (at, job) in prepared.jobs.iter().enumerate().filter(|(_, job)| goes_out(job)) {
            for link in links_of(prepared, report, at, job) {
                shown.get_mut(link).into_iter().for_each(|flag| *flag = true);
            }
        }
        let made = live_links(prepared, &shown);
        let ids = made.iter().filter_map(|at| Some(&*prepared.links.links.get(*at)?.id));
        let ids: BTreeSet<&str> = ids.collect();
        let kept = partial.links.iter().filter(|link| !ids.contains(link.id())).collect();
        let mut pages = pages_of(prepared, report, &goes_out);
        pages.extend(partial.pages.iter().cloned());
        Self { made, kept, lock, pages, partial: Some(partial) }
    }

    /// All links, sorted by id.
    pub(super) fn live(&self, prepared: &'p Prepared) -> Vec<LiveLink<'p>> {
        let mut live = with_details(prepared, &self.made);
        if !self.kept.is_empty() {
            live.extend(self.kept.iter().copied().map(LiveLink::Kept));
            live.sort_by(|a, b| a.id().cmp(b.id()));
        }
        live
    }
}

/// The links that a job shows, where it was made.
pub(super) fn links_of(prepared: &Prepared, report: &Report, at: usize, job: &Job) -> Vec<usize> {
    if report.failed.binary_search(&at).is_ok() {
        return Vec::new();
    }
    let own = job.placements.iter().flat_map(|one| prepared.links.range_of(*one));
    let start = report.borrowed.partition_point(|(job, _)| *job < at);
    let borrowed = report.borrowed.get(start..).unwrap_or_default().iter();
    let borrowed = borrowed.take_while(|(job, _)| *job == at).map(|(_, link)| *link);
    own.chain(borrowed).collect()
}

/// Every file that no recipe makes: the tables, assets, and what servers need to know of the pages.
/// What is still in memory of them goes onto the shelf, and is not held any longer.
pub(super) fn generated_files(
    prepared: &Prepared,
    report: &Report,
    listed: &Listed<'_>,
    tables: &mut Tables,
    shelf: &dyn Shelf,
) -> Result<Vec<GeneratedFile>> {
    let Prepared { sources, documents, assets, .. } = prepared;
    let stays = listed.partial.iter().flat_map(|partial| &partial.entries);
    let stays: BTreeSet<&str> = stays.map(|entry| entry.id.as_str()).collect();
    let goes_out = |file: &GeneratedFile| !stays.contains(file.path.as_str());
    let hand_over = |file: &mut GeneratedFile| {
        if goes_out(file) {
            return shelf.take(file);
        }
        file.bytes = None;
        Ok(())
    };
    tables.files.par_iter_mut().try_for_each(hand_over)?;
    let mut files = tables.files.clone();
    let made = files.len();
    for (id, path) in assets.paths() {
        if let Some(file) = sources.get(id) {
            let media_type = media_type(path.as_str());
            files.push(GeneratedFile::new(path.clone(), media_type, file.bytes.clone()));
        }
    }
    files.extend(assets.images().smaller_files());
    let of_assets = files.get_mut(made..).unwrap_or_default();
    of_assets.par_iter_mut().try_for_each(hand_over)?;
    files.retain(goes_out);
    let origin = documents.workspace.hosts.assets.value.as_str().trim_end_matches('/');
    let pages = match listed.partial {
        Some(_) => listed.pages.clone(),
        None => pages_of(prepared, report, &|_| true),
    };
    files.extend(page_files(pages, origin, shelf)?);
    Ok(files)
}

/// The pages that were made by some jobs.
fn pages_of(
    prepared: &Prepared,
    report: &Report,
    of: &(dyn Fn(&Job) -> bool + Sync),
) -> Vec<PageFile> {
    let hosts = &prepared.documents.workspace.hosts;
    let page = |last: &mut LastPages, one: &Rendered| {
        let job = prepared.jobs.get(one.job()).filter(|job| of(job))?;
        let (form, route) = (one.part_of(job)?.page?, job.route.clone()?);
        let url = match &last.url {
            Some((of, url)) if *of == one.job() => url.clone(),
            _ => {
                let url = SharedText::from(hosts.page(&route)?);
                last.url.insert((one.job(), url)).1.clone()
            }
        };
        let decides = ((job.campaign, job.asset, job.recipe), form, job.times);
        let due = if let Some(due) = last.due.get(&decides) {
            Arc::clone(due)
        } else {
            let Prepared { documents, facts, .. } = prepared;
            let scene = Scene::of_asset(documents, facts, job.campaign, job.asset)?;
            let due = Arc::new(Due::of(&scene, job, form));
            Arc::clone(last.due.entry(decides).or_insert(due))
        };
        Some(PageFile {
            url,
            route,
            form,
            place: one.place_in(job)?,
            sha256: one.digest,
            due,
            policy: one.policy.clone().unwrap_or_default(),
        })
    };
    let pages = report.artifacts().map_init(LastPages::default, page);
    pages.flatten_iter().collect()
}

/// What pages have in common that are listed one after the other.
#[derive(Default)]
struct LastPages {
    /// The address that the pages of the last job have.
    url: Option<(usize, SharedText)>,
    due: BTreeMap<Decides, Arc<Due>>,
}

/// What decides when a form is due: campaign, asset and recipe of its job, and its times.
type Decides = ((usize, usize, usize), PageForm, Option<PageTimes>);

/// The places of live links, in the order of their ids.
pub(super) fn live_links(prepared: &Prepared, live: &[bool]) -> Vec<usize> {
    let by_id = prepared.minting.order.iter().filter(|at| live.get(**at) == Some(&true));
    let mut all = Vec::with_capacity(live.iter().filter(|live| **live).count());
    all.extend(by_id);
    all
}

/// Links with what they are made of.
pub(super) fn with_details<'p>(prepared: &'p Prepared, places: &[usize]) -> Vec<LiveLink<'p>> {
    let Prepared { documents, facts, links, .. } = prepared;
    let made = links.made(documents, facts);
    let mut all = Vec::with_capacity(places.len());
    all.extend(places.iter().filter_map(|at| made.get(*at)).map(LiveLink::Made));
    all
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "css" => "text/css",
        "csv" => "text/csv",
        "gif" => "image/gif",
        "htm" | "html" => "text/html",
        "ico" => "image/vnd.microsoft.icon",
        "jpeg" | "jpg" => "image/jpeg",
        "js" => "text/javascript",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The manifest of a build, or of a part of it and what stays. `lock` is the digest of
/// throughline.lock as the build leaves it.
///
/// Also the parts that it is in; those that are `known` are not made again.
pub(super) fn manifest_of(
    prepared: &Prepared,
    (report, files): (&Report, &[GeneratedFile]),
    (partial, lock): (Option<&Partial>, Digest),
    known: &MadeParts,
) -> (Manifest, MadeParts) {
    let goes_out = |one| {
        let job = prepared.jobs.get(Rendered::job(one))?;
        let path = &one.part_of(job)?.path;
        partial.is_none_or(|partial| partial.builds(job)).then_some((path, one))
    };
    let mut made: Vec<(&ArtifactPath, &Rendered)> =
        report.artifacts().filter_map(goes_out).collect();
    // As the manifest has them: places are sorted sooner than entries.
    made.par_sort_by_key(|(path, _)| *path);
    let made = made
        .par_iter()
        .map_init(Shared::default, |shared, (_, one)| shared.entry(prepared, report, one));
    let made: Vec<Option<Entry>> =
        made.chain(files.par_iter().map(|one| Some(file_entry(one)))).collect();
    #[allow(clippy::filter_map_identity, reason = "flatten makes a second list of all")]
    let mut entries: Vec<Entry> = made.into_iter().filter_map(|one| one).collect();
    entries.extend(partial.into_iter().flat_map(|partial| partial.entries.iter().cloned()));
    let sources = source_entries(prepared, lock);
    let as_of = prepared.as_of.map(|instant| instant.to_string());
    let name = prepared.documents.workspace.name.value.clone();
    let selection = partial.and_then(|partial| partial.selected.clone());
    let (manifest, parts) = Manifest::with_known(known, (name, as_of), sources, entries);
    (Manifest { selection, ..manifest }, parts)
}

/// Everything that a build is made from, sorted by path.
pub(super) fn source_entries(prepared: &Prepared, lock: Digest) -> Vec<SourceEntry> {
    let read = prepared.sources.iter();
    let read = read.filter(|(_, file)| file.kind.is_built_from() && file.kind != SourceKind::Lock);
    let mut sources: Vec<SourceEntry> = read
        .map(|(_, file)| SourceEntry { path: file.path.to_string(), sha256: file.digest.hex() })
        .collect();
    sources.push(SourceEntry { path: "throughline.lock".to_owned(), sha256: lock.hex() });
    sources.sort();
    sources
}

/// The lock as this build leaves it, so that building again changes nothing.
pub(super) fn lock_digest(prepared: &Prepared, lock: &Lock) -> Digest {
    let read = prepared.sources.of_kind(SourceKind::Lock).next();
    if let Some((_, file)) = read.filter(|_| prepared.ids == Ids::Leave) {
        return file.digest;
    }
    lock.digest()
}
