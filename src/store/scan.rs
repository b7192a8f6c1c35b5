//! What is in an output folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use walkdir::WalkDir;

use super::paths::Paths;
use crate::manifest::Found;
use crate::model::{ArtifactPath, Digest};

/// Marks a folder as one that builds may clean.
pub(super) const MARKER: &str = ".throughline-output";

/// Paths below an output folder.
#[derive(Debug, Default)]
pub struct Listing {
    pub(super) files: Paths,
    pub(super) links: Vec<String>,
    pub(super) folders: Vec<String>,
}

/// Files at the top of an output folder that people keep there, and the marker.
pub(super) fn is_kept(path: &str) -> bool {
    matches!(path, "README.md" | ".gitignore" | ".gitkeep" | MARKER)
}

/// Lists what is in an output folder.
///
/// # Errors
/// Where there is none, or it cannot be read.
pub fn list(root: &Path) -> Result<Listing> {
    if !root.is_dir() {
        bail!("there is no output in {}: run `throughline build` first", root.display());
    }
    let mut listing = Listing::default();
    for entry in WalkDir::new(root).min_depth(1) {
        let entry = entry.with_context(|| format!("cannot list {}", root.display()))?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let mut path = relative.to_string_lossy();
        if std::path::MAIN_SEPARATOR != '/' {
            path = path.replace(std::path::MAIN_SEPARATOR, "/").into();
        }
        if entry.file_type().is_dir() {
            listing.folders.push(path.into_owned());
        } else if entry.file_type().is_symlink() {
            listing.links.push(path.into_owned());
        } else {
            let known = listing.files.push(&path);
            known.with_context(|| format!("{} holds too many files", root.display()))?;
        }
    }
    listing.files.sort();
    listing.links.sort_unstable();
    listing.folders.sort_unstable();
    Ok(listing)
}

/// The bytes of a file that a manifest names, if it is there. No link is followed.
pub fn read_artifact(root: &Path, path: &ArtifactPath) -> Result<Option<Vec<u8>>> {
    let file = path.under(root);
    let ordinary = fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file());
    if ordinary { read_optional(&file) } else { Ok(None) }
}

/// Whether a file that a manifest names is there with its size. No link is followed, and its bytes
/// are not looked at.
pub fn is_there(root: &Path, path: &ArtifactPath, size: usize) -> bool {
    let found = fs::symlink_metadata(path.under(root));
    found.is_ok_and(|found| found.is_file() && found.len() == size as u64)
}

/// The text of SHA256SUMS; empty where there is none.
pub(super) fn read_checksums(root: &Path) -> Result<String> {
    let bytes = read_optional(&root.join("SHA256SUMS"))?.unwrap_or_default();
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

pub(super) fn read_optional(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Hashes every file of an output folder.
pub(super) fn hash_output(root: &Path) -> Result<Found> {
    let listing = list(root)?;
    let mut found: BTreeMap<String, Digest> = listing
        .files
        .par_iter()
        .filter(|path| !is_kept(path))
        .map(|path| {
            let file = path.split('/').fold(root.to_path_buf(), |full, part| full.join(part));
            let bytes =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            Ok((path.to_owned(), Digest::of(&bytes)))
        })
        .collect::<Result<_>>()?;
    // A link is never what a build wrote, whatever it points at.
    found.extend(listing.links.into_iter().map(|path| (path, Digest::of(b"symbolic link"))));
    Ok(found)
}
