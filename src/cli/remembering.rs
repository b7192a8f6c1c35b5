//! What a build leaves behind in `.throughline/` for those that come after it.

use std::path::Path;

use anyhow::Result;

use super::args::BuildArgs;
use super::console::Console;
use super::prepare::Prepared;
use super::recall::{Known, Memory};
use super::summary::Summary;
use super::tables::Tables;
use super::unchanged::remember;
use crate::manifest::Manifest;
use crate::model::{ArtifactPath, Digest};
use crate::render::Report;
use crate::source::{SourceKind, Sources};
use crate::store::{KeptPictures, Stamp, keep_held_back, keep_sources};

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
    pub(super) stamps: &'b [(ArtifactPath, Stamp)],
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
        let Self { root, target, args, prepared, lock, manifest, stamps } = *self;
        let parts = || known.map_or(Ok(()), |known| memory.keep(&known, made, stamps));
        let whole = || {
            let remember = |summary| {
                remember((root, target), args, (&prepared.sources, lock), summary, stamps)
            };
            whole.map_or(Ok(()), remember)
        };
        let copies = || keep_copies(root, &prepared.sources, Some(manifest));
        let ((parts, copies), whole) = rayon::join(|| rayon::join(parts, copies), whole);
        if let Err(error) = parts {
            console.note(&format!("note: the next build will render everything: {error:#}"));
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
