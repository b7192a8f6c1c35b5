//! What a build leaves behind in `.throughline/` for those that come after it.

use std::path::Path;

use anyhow::Result;

use super::console::Console;
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::source::{SourceKind, Sources};
use crate::store::keep_sources;

/// Writes down what the next build need not do again: which jobs and tables are known, and whether
/// it will have anything to do at all. What this build was made from is kept beside it, for whoever
/// asks later what has changed.
pub(super) fn write_down(
    parts: impl FnOnce() -> Result<()> + Send,
    whole: impl FnOnce() -> Result<()> + Send,
    copies: impl FnOnce() -> Result<()> + Send,
    console: &mut Console,
) {
    let ((parts, copies), whole) = rayon::join(|| rayon::join(parts, copies), whole);
    if let Err(error) = parts {
        console.note(&format!("note: the next build will render everything: {error:#}"));
    }
    if let Err(error) = whole {
        console.note(&format!("note: the next build will read everything: {error:#}"));
    }
    note_without_copies(copies, console);
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
