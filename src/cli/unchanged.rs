//! A build that has nothing to do: what it would read and what it would write is as the last one
//! left it, and that one found nothing.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::args::BuildArgs;
use super::build::lock_for;
use super::console::Console;
use super::summary::{Built, Summary};
use crate::manifest::ENGINE_EPOCH;
use crate::model::{Digest, Hasher, PublishedPath};
use crate::source::{SourceKind, Sources};
use crate::store::{Committed, DirectoryLock, Stamp, Whole, own_stamp};

/// The output as it is.
pub(super) struct Unchanged {
    pub(super) sources: Sources,
    pub(super) summary: Summary,
    pub(super) target: PathBuf,
    pub(super) _locks: (Option<DirectoryLock>, DirectoryLock),
}

impl Unchanged {
    /// As a build that wrote nothing.
    pub(super) fn built(&self) -> Built<'_> {
        let unchanged = self.summary.artifacts();
        Built {
            committed: Committed { unchanged, ..Committed::default() },
            summary: self.summary.clone(),
            target: &self.target,
            quarantine: Vec::new(),
            gallery: None,
        }
    }
}

/// Looks whether there is anything to do. The output is locked from here on where there is not.
pub(super) fn unchanged(
    (root, target): (&Path, &Path),
    args: &BuildArgs,
    inputs: Digest,
    console: &mut Console,
) -> Result<Option<(Summary, DirectoryLock)>> {
    if args.verify_cache || args.gallery.is_some() {
        return Ok(None);
    }
    let Some(whole) = Whole::read(root, target, &inputs) else { return Ok(None) };
    let Ok(summary) = serde_json::from_str(&whole.told) else { return Ok(None) };
    let lock = lock_for(target, console)?;
    Ok(whole.stands(target).then_some((summary, lock)))
}

/// Writes down a build in which nothing was found, where the next one would say the same. `lock` is
/// the digest of throughline.lock as it leaves it.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn remember(
    (root, target): (&Path, &Path),
    args: &BuildArgs,
    (sources, lock): (&Sources, Digest),
    summary: &Summary,
    stamps: &[(PublishedPath, Stamp)],
) -> Result<()> {
    if !summary.is_lasting() {
        return Ok(());
    }
    let inputs = inputs_digest(sources, args, Some(lock));
    // A struct of texts and numbers is always written.
    let told = serde_json::to_string(summary).unwrap_or_default();
    Whole::keep(root, target, (inputs, told), stamps)
}

/// Digest of everything that a build reads and is told. `lock` is throughline.lock as the build
/// leaves it, where that is not as it was read.
pub(super) fn inputs_digest(sources: &Sources, args: &BuildArgs, lock: Option<Digest>) -> Digest {
    let mut hasher = Hasher::default();
    let mut add = |bytes: &[u8]| hasher = std::mem::take(&mut hasher).part(bytes);
    let BuildArgs { locked, as_of, .. } = args;
    add(format!("{} {ENGINE_EPOCH} {locked} {as_of:?}", env!("CARGO_PKG_VERSION")).as_bytes());
    add(own_stamp());
    let mut read = None;
    for (_, file) in sources.iter() {
        if file.kind == SourceKind::Lock {
            read = Some(file.digest);
            continue;
        }
        add(format!("{:?}", file.kind).as_bytes());
        add(file.path.as_str().as_bytes());
        add(file.digest.as_bytes());
    }
    if let Some(lock) = lock.or(read) {
        add(lock.as_bytes());
    }
    hasher.finish()
}
