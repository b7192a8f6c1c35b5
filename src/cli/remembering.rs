//! What a build leaves behind in `.throughline/` for those that come after it.

use std::path::Path;

use anyhow::Result;

use super::args::BuildArgs;
use super::console::Console;
use super::prepare::Prepared;
use super::recall::{Known, Memory, program};
use super::summary::Summary;
use super::tables::Tables;
use super::unchanged::remember;
use crate::manifest::{MadeParts, Manifest};
use crate::model::{Digest, PublishedPath};
use crate::render::Report;
use crate::source::{SourceKind, Sources};
use crate::store::{KeptParts, KeptPictures, Stamp, keep_held_back, keep_parts, keep_sources};

/// A build that was committed, and what it leaves behind.
pub(super) struct Left<'b> {
    pub(super) root: &'b Path,
    pub(super) target: &'b Path,
    pub(super) args: &'b BuildArgs,
    pub(super) prepared: &'b Prepared,
    /// The digest of throughline.lock as it leaves it.
    pub(super) lock: Digest,
    pub(super) manifest: &'b Manifest,
    /// How each file stood when it was right.
    pub(super) stamps: &'b [(PublishedPath, Stamp)],
    /// The parts of its manifest, where they are not all known.
    pub(super) parts: Option<&'b MadeParts>,
}

/// The parts of the manifest that the last build made.
pub(super) struct PartsBefore {
    known: KeptParts,
    /// What is known without being made again.
    taken: KeptParts,
}

/// The parts of a manifest, and whether they were known.
pub(super) struct PartsMade {
    made: MadeParts,
    is_known: bool,
    is_wrong: bool,
}

impl PartsBefore {
    /// What is known of them. To `verify` is to make all of them, and to compare.
    pub(super) fn read(root: &Path, target: &Path, verify: bool) -> Self {
        let known = KeptParts::read(root, target, &program()).unwrap_or_default();
        let nothing = KeptParts::default();
        let (known, taken) = if verify { (known, nothing) } else { (nothing, known) };
        Self { known, taken }
    }

    /// Those that are not made again.
    pub(super) fn to_take(&self) -> &KeptParts {
        &self.taken
    }

    /// Holds those that were made against them.
    pub(super) fn compared(&self, made: MadeParts) -> PartsMade {
        let is_wrong = self.known.made.contradict(&made);
        let is_known = made.are_among(&self.taken.made);
        PartsMade { made, is_known, is_wrong }
    }
}

impl PartsMade {
    /// What is to be written down.
    pub(super) fn to_keep(&self) -> Option<&MadeParts> {
        (!self.is_known).then_some(&self.made)
    }

    /// What the cache knew wrongly.
    pub(super) fn wrong(&self) -> Option<String> {
        self.is_wrong.then(|| "parts of the manifest".to_owned())
    }
}

impl Left<'_> {
    /// Writes down what was held back, for whoever releases it.
    pub(super) fn held_back(&self, summary: &Summary, console: &mut Console) {
        let Self { root, target, manifest, .. } = *self;
        if let Err(error) = keep_held_back(root, target, &manifest.root.hash, summary.held_back()) {
            console.note(&format!("note: a release will not say what was held back: {error:#}"));
        }
    }

    /// Writes down what the next build need not do again: which jobs and tables are known, and, where
    /// it will have nothing to do at all, what this one said. What this build was made from is kept
    /// beside it, for whoever asks later what has changed.
    pub(super) fn for_the_next(
        &self,
        memory: &Memory<'_>,
        known: Option<Known>,
        made: (&Report, Option<Digest>, &Tables),
        whole: Option<&Summary>,
        console: &mut Console,
    ) {
        let Self { root, target, args, prepared, lock, manifest, stamps, parts } = *self;
        let jobs = || known.map_or(Ok(()), |known| memory.keep((&known, prepared), made, stamps));
        let whole = || {
            let remember = |summary| {
                remember((root, target), args, (&prepared.sources, lock), summary, stamps)
            };
            whole.map_or(Ok(()), remember)
        };
        let copies = || keep_copies(root, &prepared.sources, Some(manifest));
        let parts =
            || parts.map_or(Ok(()), |parts| keep_parts((root, target), &program(), parts, stamps));
        let others = || (copies(), parts());
        let ((jobs, (copies, parts)), whole) = rayon::join(|| rayon::join(jobs, others), whole);
        if let Err(error) = jobs {
            console.note(&format!("note: the next build will render everything: {error:#}"));
        }
        if let Err(error) = parts {
            console.note(&format!("note: the next build will list everything anew: {error:#}"));
        }
        if let Err(error) = whole {
            console.note(&format!("note: the next build will read everything: {error:#}"));
        }
        note_without_copies(copies, console);
    }
}

/// Ends the remembering of pictures.
pub(super) fn end_pictures(pictures: &KeptPictures, console: &mut Console) {
    if let Err(error) = pictures.finish() {
        console.note(&format!("note: the next build will draw pictures again: {error:#}"));
    }
}

/// Says that links could not be remembered.
pub(super) fn note_without_links(kept: Result<()>, console: &mut Console) {
    if let Err(error) = kept {
        console.note(&format!("note: the next build will make all links: {error:#}"));
    }
}

/// Says that copies could not be kept.
pub(super) fn note_without_copies(kept: Result<()>, console: &mut Console) {
    if let Err(error) = kept {
        console.note(&format!("note: the next plan will have no reasons: {error:#}"));
    }
}

/// Keeps copies of what a build was made from.
///
/// # Errors
/// Where one cannot be written.
pub(super) fn keep_copies(
    root: &Path,
    sources: &Sources,
    manifest: Option<&Manifest>,
) -> Result<()> {
    let kinds = [SourceKind::Lock, SourceKind::Unread, SourceKind::Asset];
    let read = sources.iter().filter(|(_, file)| !kinds.contains(&file.kind));
    let mut files: Vec<_> = read.map(|(_, file)| (file.path.as_str(), file.digest)).collect();
    // Of a build in parts also what the rest was made from, of which there are copies already.
    let rest = manifest.and_then(|one| one.selection.as_ref());
    let rest = rest.into_iter().flat_map(|rest| &rest.sources);
    files.extend(rest.filter_map(|one| Some((one.path.as_str(), Digest::from_hex(&one.sha256)?))));
    keep_sources(root, &files)
}
