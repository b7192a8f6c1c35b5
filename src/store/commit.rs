//! The end of a build: durable files, then the manifest, then removal.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::atomic::replace_file;
use super::output::OutputDir;
use super::scan::{is_kept, list, read_manifest};
use crate::manifest::Manifest;

/// What a commit did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Files of this build that were not there before.
    pub written: usize,
    /// Files that were there already.
    pub unchanged: usize,
    /// Files that no manifest names any more.
    pub removed: usize,
}

/// Commits what was put into the folder. Where nothing changed, nothing is written.
pub fn commit(output: &OutputDir, manifest: &Manifest) -> Result<Committed> {
    let root = &output.root;
    let (written, unchanged) = output.counts();
    let bytes = manifest.to_bytes();
    let sums = manifest.checksums();
    let same_manifest = read_manifest(root)?.is_some_and(|old| old == bytes);
    if written > 0 || !same_manifest {
        output.sync().with_context(|| format!("cannot sync {}", root.display()))?;
    }
    // Both old and new files are there now, so these checksums hold before and after the commit.
    let sums_path = root.join("SHA256SUMS");
    if fs::read(&sums_path).ok().as_deref() != Some(sums.as_slice()) {
        replace_file(&sums_path, &sums)?;
    }
    if !same_manifest {
        replace_file(&root.join("manifest.json"), &bytes)?;
    }
    let removed = prune(output, manifest)?;
    Ok(Committed { written, unchanged, removed })
}

fn prune(output: &OutputDir, manifest: &Manifest) -> Result<usize> {
    let root = &output.root;
    let listing = list(root)?;
    let mut wanted: BTreeSet<&str> =
        manifest.artifacts.iter().map(|entry| entry.path.as_str()).collect();
    wanted.extend(["manifest.json", "SHA256SUMS"]);
    let mut removed = 0;
    for path in
        listing.files.iter().filter(|path| !is_kept(path) && !wanted.contains(path.as_str()))
    {
        let file = root.join(path);
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        removed += 1;
    }
    // Deepest first, so that a folder is empty when its turn comes; one in use stays.
    for folder in listing.folders.iter().rev() {
        let inside = format!("{folder}/");
        let used =
            wanted.range(inside.as_str()..).next().is_some_and(|path| path.starts_with(&inside));
        if !used {
            let folder = root.join(folder);
            fs::remove_dir(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
    }
    Ok(removed)
}
