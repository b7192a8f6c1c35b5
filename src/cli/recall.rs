//! What need not be rendered again: jobs whose facts, links, templates and files are as they were.
//!
//! A key names everything that a job can read; the trace says which files came of it, and how they
//! stood in the output folder. Both must fit. Jobs in which something was found are rendered every
//! time, so that nothing is told from memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use rayon::prelude::*;

use super::linking::MadeFrom;
use super::prepare::Prepared;
use super::tables::Tables;
use crate::artifact::pages::PagePolicy;
use crate::artifact::{GeneratedFile, KnownUrls};
use crate::graph::{Keys, PlacementDigests};
use crate::manifest::ENGINE_EPOCH;
use crate::model::{ArtifactPath, Digest, Hasher, PublishedPath};
use crate::render::{Complete, Recalled, RecalledFile, Rendered, Report, Stage};
use crate::source::{SourceKind, Sources};
use crate::store::{
    KnownFile, KnownTables, OutputDir, Stamp, Trace, TraceEntry, TraceFile, WrittenEntry,
    own_stamp, stamp_of,
};

/// What is known of an output folder, and what this build does with it.
pub(super) struct Memory<'b> {
    root: &'b Path,
    target: &'b Path,
    /// Where a build writes; nothing where nothing is written.
    output: Option<&'b OutputDir>,
    trace: Trace,
    tables: Option<KnownTables>,
    /// Of each text of the trace.
    policies: Vec<Option<PagePolicy>>,
    /// Everything is rendered, and held against what would have been recalled.
    verify: bool,
}

/// The jobs of a build as the memory knows them.
pub(super) struct Known {
    pub(super) keys: Keys,
    recalled: Vec<AtomicBool>,
}

impl Known {
    /// Makes the keys of all jobs.
    pub(super) fn new(prepared: &Prepared, stage: &Stage<'_>, urls: &KnownUrls<'_>) -> Self {
        let Prepared { documents, facts, links, jobs, .. } = prepared;
        let MadeFrom { shared: of_all, placements: made_from } = prepared.take_made_from();
        let listed = links.listed(documents, facts);
        let made_from = made_from.as_slice();
        Self {
            keys: Keys::new(
                jobs,
                &shared((prepared, &of_all), stage, urls),
                PlacementDigests { made_from, listed: &listed },
            ),
            recalled: jobs.iter().map(|_| AtomicBool::new(false)).collect(),
        }
    }
}

impl<'b> Memory<'b> {
    /// For a build that writes there.
    pub(super) fn of_build(self, output: &'b OutputDir, verify: bool) -> Self {
        Self { output: Some(output), verify, ..self }
    }

    /// For runs that write nothing, and ask what stands there.
    pub(super) fn reading(root: &'b Path, target: &'b Path) -> Self {
        let (trace, tables) =
            rayon::join(|| Trace::read(root, target), || KnownTables::read(root, target));
        let policies = trace.texts.iter().map(|text| PagePolicy::from_lines(text)).collect();
        Self { root, target, output: None, trace, tables, policies, verify: false }
    }

    /// Lets go of what is known of jobs, once all were looked up: it is as large as what came of them.
    pub(super) fn forget_jobs(&mut self) {
        if !self.verify {
            self.trace.forget_entries();
            self.policies = Vec::new();
        }
    }

    /// What came of a job, if its files are all there.
    pub(super) fn recall(&self, known: &Known, prepared: &Prepared, at: usize) -> Option<Recalled> {
        let key = known.keys.of(at)?;
        let (entry, job) = (self.trace.find(key)?, prepared.jobs.get(at)?);
        if entry.files.len() != job.parts.len() {
            return None;
        }
        let files = job.parts.iter().zip(&entry.files).map(|(part, file)| {
            let policy = match file.text {
                None => None,
                Some(text) => Some(self.policies.get(text as usize)?.clone()?),
            };
            let size = usize::try_from(file.stamp.size()).ok()?;
            let stands =
                self.trace.stands(self.target, &PublishedPath::new(&part.path, &file.digest), file);
            stands.then_some(RecalledFile { digest: file.digest, size, policy })
        });
        let files = files.collect::<Option<Vec<_>>>()?;
        if let Some(recalled) = known.recalled.get(at) {
            recalled.store(true, Ordering::Relaxed);
        }
        if self.verify {
            return None;
        }
        if let Some(output) = self.output {
            let files = job.parts.iter().zip(&entry.files);
            let kept = files
                .map(|(part, file)| (PublishedPath::new(&part.path, &file.digest), file.stamp));
            output.keep_all(kept);
        }
        Some(Recalled { files, used: entry.used })
    }

    /// The tables of this key, if their files are all there.
    pub(super) fn recall_tables(&self, key: &Digest) -> Option<Tables> {
        if self.verify {
            return None;
        }
        let known = self.tables.as_ref().filter(|known| known.key == *key)?;
        let servers = serde_json::from_str(&known.told).ok()?;
        if !known.stand(self.target) {
            return None;
        }
        let output = self.output?;
        let files = known.files.iter().map(|file| recalled(file, output));
        Some(Tables { files: files.collect(), servers, clean: true })
    }

    /// The files of a part of a table that were made from the same, if they are all there.
    pub(super) fn recall_part(&self, made_from: &Digest) -> Option<Vec<&KnownFile>> {
        let known = self.tables.as_ref().filter(|_| !self.verify)?;
        known.made_from(made_from, self.target)
    }

    /// Files of tables that would have been recalled as something else than they are.
    pub(super) fn wrong_tables<'t>(
        &'t self,
        key: &Digest,
        made: &'t Tables,
    ) -> Vec<&'t ArtifactPath> {
        let Some(known) = self.tables.as_ref().filter(|_| self.verify) else { return Vec::new() };
        let same_key = known.key == *key;
        let is_wrong = |made: &&GeneratedFile| {
            let file = known.files.iter().find(|file| file.path == made.path);
            let from = made.made_from.as_ref().map(by_program);
            let same_part = |file: &KnownFile| from.is_some() && file.made_from == from;
            match file {
                Some(file) => file.digest != made.digest && (same_key || same_part(file)),
                None => same_key,
            }
        };
        let made_now = |file: &&KnownFile| made.files.iter().any(|one| one.path == file.path);
        let gone = known.files.iter().filter(|file| same_key && !made_now(file));
        let wrong = made.files.iter().filter(is_wrong).map(|file| &file.path);
        wrong.chain(gone.map(|file| &file.path)).collect()
    }

    fn keep_tables(
        &self,
        key: Digest,
        made: &Tables,
        stamps: &[(PublishedPath, Stamp)],
    ) -> Result<()> {
        if !made.clean {
            return Ok(());
        }
        let files = made.files.iter().map(|file| {
            let stamp = stamp_of(stamps, &file.published())?;
            Some(KnownFile {
                path: file.path.clone(),
                media_type: file.media_type.clone().into_owned(),
                digest: file.digest,
                made_from: file.made_from.as_ref().map(by_program),
                stamp,
            })
        });
        let Some(files) = files.collect::<Option<Vec<_>>>() else { return Ok(()) };
        // A list of texts and numbers is always written.
        let told = serde_json::to_string(&made.servers).unwrap_or_default();
        KnownTables::keep(self.root, self.target, (key, told), files)
    }

    /// Where everything is rendered: which jobs would have been recalled as something else than they
    /// are, by the paths of their first files, and how many were compared.
    pub(super) fn wrong<'p>(
        &self,
        known: &Known,
        prepared: &'p Prepared,
        report: &Report,
    ) -> (Vec<&'p ArtifactPath>, Option<usize>) {
        if !self.verify {
            return (Vec::new(), None);
        }
        let complete: BTreeMap<usize, &Complete> =
            report.complete.iter().map(|one| (one.job, one)).collect();
        let is_wrong = |at: &usize| {
            let key = known.keys.of(*at);
            let Some(entry) = key.and_then(|key| self.trace.find(key)) else { return false };
            let Some(complete) = complete.get(at) else { return true };
            let files = files_of(report, complete);
            let digests = files.iter().map(|one| one.digest);
            complete.used != entry.used || !digests.eq(entry.files.iter().map(|one| one.digest))
        };
        let asked = known.recalled.iter().enumerate();
        let asked = asked.filter(|(_, one)| one.load(Ordering::Relaxed)).map(|(at, _)| at);
        let asked: Vec<usize> = asked.collect();
        let wrong = asked.iter().filter(|at| is_wrong(at));
        let parts = wrong.filter_map(|at| prepared.jobs.get(*at)?.parts.first());
        (parts.map(|part| &part.path).collect(), Some(asked.len()))
    }

    /// Writes down what this build knows, where that is anything new. `made` are the tables, with
    /// their key where they were made anew.
    ///
    /// # Errors
    /// Where it cannot be written. The output itself is in order.
    pub(super) fn keep(
        &self,
        (known, prepared): (&Known, &Prepared),
        (report, key, made): (&Report, Option<Digest>, &Tables),
        stamps: &[(PublishedPath, Stamp)],
    ) -> Result<()> {
        if let Some(key) = key {
            self.keep_tables(key, made, stamps)?;
        }
        let before = &self.trace;
        let keyed = report.complete.iter().filter_map(|one| Some((one, *known.keys.of(one.job)?)));
        let keyed: Vec<(&Complete, Digest)> = keyed.collect();
        let stood =
            |job: usize| known.recalled.get(job).is_some_and(|one| one.load(Ordering::Relaxed));
        if !self.verify
            && keyed.len() == before.count()
            && keyed.iter().all(|(one, _)| stood(one.job))
            && before.is_there(self.root, self.target)
        {
            return Ok(());
        }
        let Some(trace) = Trace::begin(self.root)? else { return Ok(()) };
        let mut keyed = keyed;
        keyed.par_sort_by_key(|(_, key)| *key);
        keyed.dedup_by_key(|(_, key)| *key);
        let stays = |job: usize| stood(job) && !self.verify;
        let policies = |of: &(dyn Fn(usize) -> bool + Sync)| -> Vec<String> {
            let files = report.artifacts().filter(|file| of(file.job()));
            files.filter_map(|file| file.policy.as_ref()).map(PagePolicy::to_lines).collect()
        };
        let (known, new) = (&before.texts, policies(&|job| !stays(job)));
        let are_known = known.is_sorted() && new.iter().all(|one| known.binary_search(one).is_ok());
        let mut all = Vec::new();
        if !are_known {
            all = policies(&|_| true);
            all.par_sort_unstable();
            all.dedup();
        }
        let texts = if are_known { known } else { &all };
        let text_of = |policy: &PagePolicy| texts.binary_search(&policy.to_lines()).ok();
        let folder = (self.root, self.target);
        // To verify is to believe no entry that was written down.
        let before = (!self.verify).then_some(before);
        trace.write(folder, (texts, before), &keyed, |(one, key), before| {
            // What was just held against the file system need not be again.
            if are_known
                && stays(one.job)
                && let Some(same) = before.find_bytes(key)
            {
                return Some(WrittenEntry::Same(same));
            }
            let known = if stays(one.job) { before.find(key) } else { None };
            let files = files_of(report, one).iter().enumerate().map(|(at, file)| {
                let text = file.policy.as_ref().and_then(text_of).map(|at| at as u32);
                if let Some(known) = known.as_ref().and_then(|known| known.files.get(at)) {
                    return Some(TraceFile { text, ..*known });
                }
                let place = file.place_in(prepared.jobs.get(file.job())?)?;
                let stamp = stamp_of(stamps, &place)?;
                let stands = Stamp::of(&place.under(self.target)) == Some(stamp);
                stands.then_some(TraceFile { digest: file.digest, text, stamp })
            });
            let files = files.collect::<Option<Vec<_>>>()?;
            let entry = TraceEntry { key: *key, files, used: one.used.clone() };
            Some(WrittenEntry::New(entry))
        })
    }
}

/// The files of a job.
fn files_of<'r>(report: &'r Report, complete: &Complete) -> &'r [Rendered] {
    report.made.get(complete.made).map_or(&[], Vec::as_slice)
}

/// The program.
fn add_program(add: &mut impl FnMut(&[u8])) {
    add(format!("{} {ENGINE_EPOCH}", env!("CARGO_PKG_VERSION")).as_bytes());
    // Whoever works on the engine has many of one version.
    add(own_stamp());
}

/// The program, as a digest.
pub(super) fn program() -> Digest {
    by_program(&Digest::of(b""))
}

/// What something was made from, and by which program.
pub(super) fn by_program(made_from: &Digest) -> Digest {
    let mut hasher = Hasher::default().part(made_from.as_bytes());
    add_program(&mut |bytes| hasher = std::mem::take(&mut hasher).part(bytes));
    hasher.finish()
}

/// A file that stays as it stands.
pub(super) fn recalled(file: &KnownFile, output: &OutputDir) -> GeneratedFile {
    output.keep(file.published(), Some(file.stamp));
    GeneratedFile {
        path: file.path.clone(),
        media_type: file.media_type.clone().into(),
        bytes: None,
        size: file.stamp.size() as usize,
        digest: file.digest,
        made_from: None,
    }
}

/// The program, and every source that is not read row by row.
pub(super) fn add_shared_sources(sources: &Sources, add: &mut impl FnMut(&[u8])) {
    add_program(add);
    for (_, file) in sources.iter() {
        match file.kind {
            SourceKind::Table | SourceKind::Lock => {}
            SourceKind::Unread => add(file.path.as_str().as_bytes()),
            _ => {
                add(file.path.as_str().as_bytes());
                add(file.digest.as_bytes());
            }
        }
    }
}

/// The digest of everything that any job may read besides its own rows and links.
fn shared(
    (prepared, of_all): (&Prepared, &Digest),
    stage: &Stage<'_>,
    urls: &KnownUrls<'_>,
) -> Digest {
    let Prepared { facts, links, .. } = prepared;
    let mut hasher = Hasher::default();
    let mut add = |bytes: &[u8]| hasher = std::mem::take(&mut hasher).part(bytes);
    add(of_all.as_bytes());
    add(stage.replaced_facts().as_bytes());
    let broken = links.broken.iter().filter_map(|at| facts.placements.get(*at));
    broken.for_each(|placement| add(placement.id.as_str().as_bytes()));
    urls.ambiguous().iter().for_each(|url| add(url.as_bytes()));
    hasher.finish()
}
