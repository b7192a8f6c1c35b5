//! The end of a build: durable files, then the manifest, then removal.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::atomic::{Staged, sync_folder};
use super::manifest::put_parts;
use super::output::{OutputDir, sync_where_needed};
use super::parts::KeptParts;
use super::rewritten::Rewritten;
use super::scan::is_kept;
use crate::manifest::{Manifest, Part};
use crate::model::{put_among_sorted, sort_nearly_sorted};

/// What a commit did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Artifacts of this build that were not there before.
    pub written: usize,
    /// Artifacts that were there already.
    pub unchanged: usize,
    /// Files that no manifest names any more, but for parts of one.
    pub removed: usize,
}

/// Commits what was put into the folder. Where nothing changed, nothing is written. Parts of the
/// manifest that stand as is `known` are not read.
///
/// # Errors
/// Where something cannot be read or written.
pub fn commit(output: &OutputDir, manifest: &Manifest, known: &KeptParts) -> Result<Committed> {
    let root = &output.root;
    let (written, unchanged) = output.counts();
    let (sums_path, manifest_path) = (root.join("SHA256SUMS"), root.join("manifest.json"));
    let (parts_written, sums) =
        rayon::join(|| put_parts(output, manifest, known), || stage_sums(&sums_path, manifest));
    let (parts_written, staged_sums) = (parts_written?, sums?);
    let mut whole = Rewritten::begin(&manifest_path)?;
    whole.add(&manifest.to_bytes())?;
    let staged_manifest = whole.finish()?;
    if written > 0 || parts_written || staged_sums.is_some() || staged_manifest.is_some() {
        output.sync().with_context(|| format!("cannot sync {}", root.display()))?;
        // Both old and new files are there now, so the checksums hold before and after the
        // manifest, whose rename is the commit.
        for (staged, file) in [staged_sums, staged_manifest].into_iter().flatten() {
            sync_where_needed(&file).with_context(|| format!("cannot sync {}", root.display()))?;
            staged.replace()?;
        }
        sync_folder(root).with_context(|| format!("cannot sync {}", root.display()))?;
    }
    let removed = prune(output, manifest)?;
    Ok(Committed { written, unchanged, removed })
}

/// Writes SHA256SUMS beside the one that is there, unless it is that.
fn stage_sums<'p>(path: &'p Path, manifest: &Manifest) -> Result<Option<(Staged<'p>, File)>> {
    let mut sums = Rewritten::begin(path)?;
    manifest.write_checksums(|piece| sums.add(piece))?;
    sums.finish()
}

/// Removes what was there before this build and is in no manifest now. Nothing else can have come
/// meanwhile: the folder is locked.
fn prune(output: &OutputDir, manifest: &Manifest) -> Result<usize> {
    let root = &output.root;
    let before = output.take_before();
    let artifacts = manifest.artifacts.iter().map(|entry| entry.path.as_str());
    let mut wanted: Vec<&str> = artifacts.collect();
    sort_nearly_sorted(&mut wanted, Ord::cmp);
    let parts = manifest.parts.iter().map(|part| part.path.as_str());
    let mut others: Vec<&str> = parts.chain(["manifest.json"]).collect();
    others.sort_unstable();
    for others in [vec!["SHA256SUMS"], others] {
        put_among_sorted(&mut wanted, others, Ord::cmp);
    }
    // Both are sorted, so that they are gone through side by side.
    let mut rest = wanted.iter().peekable();
    let mut is_wanted = |path: &str| {
        while rest.next_if(|one| **one < path).is_some() {}
        rest.peek().is_some_and(|one| **one == path)
    };
    let unwanted = before.files.iter().filter(|path| !is_wanted(path) && !is_kept(path));
    let unwanted: Vec<&str> = unwanted.collect();
    let remove = |path: &&str| {
        let file = root.join(path);
        match fs::remove_file(&file) {
            // A temporary file of an interrupted run, which this one wrote over and renamed.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            other => other.with_context(|| format!("cannot remove {}", file.display()))?,
        }
        Ok(usize::from(!Part::is_path(path)))
    };
    // Several at a time: large ones take a while.
    let removed: Vec<Result<usize>> = unwanted.par_iter().map(remove).collect();
    let removed = removed.into_iter().try_fold(0, |sum, one| one.map(|one| sum + one))?;
    // Deepest first, so that a folder is empty when its turn comes; one in use stays.
    for folder in before.folders.iter().rev() {
        let inside = format!("{folder}/");
        let next = wanted.get(wanted.partition_point(|path| *path < inside.as_str()));
        let used = next.is_some_and(|path| path.starts_with(&inside));
        if !used {
            let folder = root.join(folder);
            fs::remove_dir(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    Ok(removed)
}
