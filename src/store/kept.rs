//! Copies below `.throughline/`, by digest: in `sources/` of the files that builds were made from,
//! which tell what a fact was before, and in `approved/` of what somebody approved byte for byte,
//! which is shown beside what it is when it is asked about again. Without them reasons and pictures
//! are lost, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::cache::Cache;
use crate::model::Digest;

/// Bytes that are kept of builds whose manifest is gone: the oldest give way first.
const MAX_KEPT: u64 = 256_000_000;

fn cache(root: &Path) -> Cache {
    Cache::new(root, "sources")
}

/// Keeps a copy of each file, unless there is one. A file that has changed since it was read is
/// left out: its copy would be of something else.
///
/// # Errors
/// Where a copy cannot be written.
pub fn keep_sources(root: &Path, files: &[(&str, Digest)]) -> Result<()> {
    let cache = cache(root);
    let mut new = false;
    for (path, digest) in files {
        let name = digest.hex();
        if cache.has(&name) {
            continue;
        }
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if Digest::of(&bytes) == *digest {
            cache.write(&name, &bytes)?;
            new = true;
        }
    }
    if new {
        let named: BTreeSet<String> = files.iter().map(|(_, digest)| digest.hex()).collect();
        cache.forget_oldest(MAX_KEPT, |name| named.contains(name))?;
    }
    Ok(())
}

/// The copy of a file, if there is one and it is whole.
pub fn kept_source(root: &Path, digest: Digest) -> Option<Vec<u8>> {
    let bytes = cache(root).read(&digest.hex())?;
    (Digest::of(&bytes) == digest).then_some(bytes)
}

fn approved(root: &Path) -> Cache {
    Cache::new(root, "approved")
}

/// Keeps a copy of something that was approved, by name.
///
/// # Errors
/// Where it cannot be written.
pub fn keep_approved(root: &Path, name: Digest, bytes: &[u8]) -> Result<()> {
    let (cache, name) = (approved(root), name.hex());
    if !cache.has(&name) {
        cache.write(&name, bytes)?;
        cache.forget_oldest(MAX_KEPT, |other| other == name)?;
    }
    Ok(())
}

/// What was kept of it.
pub fn kept_approved(root: &Path, name: Digest) -> Option<Vec<u8>> {
    approved(root).read(&name.hex())
}
