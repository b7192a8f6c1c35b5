//! Reading documents of a target, within limits: what is there may be anybody's.

use anyhow::Result;

use super::fault::PublishFault;
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::release::Key;
use crate::store::{ConditionalStore, Read};

/// Largest small document, in bytes.
pub(super) const MAX_DOCUMENT: u64 = 1 << 20;
/// Largest list of keys.
pub(super) const MAX_LIST: u64 = 16 << 20;
/// Largest manifest: about a million artifacts.
const MAX_MANIFEST: u64 = 1 << 30;

/// A small document, if it is there.
pub(super) fn read_document(store: &dyn ConditionalStore, key: &Key) -> Result<Option<Read>> {
    store.read(key, MAX_DOCUMENT)
}

/// The manifest of a release in a target, held against its root, and the digest of its bytes.
///
/// # Errors
/// Where it is not there, or is not the one of this root.
pub fn manifest_of(store: &dyn ConditionalStore, root: &Digest) -> Result<(Manifest, Digest)> {
    known_manifest(store, root, None)
}

/// The same, whose bytes must have a digest that somebody vouches for.
///
/// # Errors
/// As [`manifest_of`], and where it has another digest.
pub fn known_manifest(
    store: &dyn ConditionalStore,
    root: &Digest,
    digest: Option<&str>,
) -> Result<(Manifest, Digest)> {
    let key = Key::manifest(root);
    let wrong = |why: &str| PublishFault::broken(format!("{}/{key}: {why}", store.shown()));
    let found = store.read(&key, MAX_MANIFEST)?.ok_or_else(|| wrong("it is missing"))?;
    let own = Digest::of(&found.bytes);
    if digest.is_some_and(|digest| digest != own.hex()) {
        return Err(wrong("it is another manifest than the one that was published"));
    }
    let manifest = Manifest::parse(&found.bytes)
        .map_err(|reason| wrong(&format!("it is no manifest: {reason}")))?;
    if manifest.root.hash != root.hex() {
        return Err(wrong("it is the manifest of another release"));
    }
    Ok((manifest, own))
}

/// Whether a release's manifest is there at all.
pub(super) fn has_manifest(store: &dyn ConditionalStore, root: &Digest) -> Result<bool> {
    let key = Key::manifest(root);
    let listed = store.list(&root.hex(), None)?;
    Ok(listed.iter().any(|one| one.key == key))
}

/// The files that a manifest names, each once: digest and size.
pub(super) fn files_of(manifest: &Manifest) -> Vec<(Digest, u64, usize)> {
    let entries = manifest.artifacts.iter().enumerate();
    let files = entries.map(|(at, entry)| (entry.sha256, entry.size as u64, at));
    let mut files: Vec<(Digest, u64, usize)> = files.collect();
    files.sort_unstable();
    files.dedup_by_key(|(digest, ..)| *digest);
    files
}
