//! Reading documents of a target, within limits: what is there may be anybody's.

use anyhow::Result;

use super::fault::PublishFault;
use super::parallel::for_each;
use crate::manifest::{Entry, Head, Listed, Manifest, Part};
use crate::model::Digest;
use crate::release::Key;
use crate::store::{ConditionalStore, Read};

/// Largest small document, in bytes.
pub(super) const MAX_DOCUMENT: u64 = 1 << 20;
/// Largest list of keys.
pub(super) const MAX_LIST: u64 = 16 << 20;
/// Largest manifest, and largest part of one: about a million artifacts.
const MAX_MANIFEST: u64 = 1 << 30;

/// A small document, if it is there.
pub(super) fn read_document(store: &dyn ConditionalStore, key: &Key) -> Result<Option<Read>> {
    store.read(key, MAX_DOCUMENT)
}

/// The manifest of a release in a target with what its parts list, held against its root, and the
/// digest of the bytes of manifest.json. Where `digest` is given, somebody vouches for that.
///
/// # Errors
/// Where it or a part is not there, is not the one of this root, or has another digest.
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
    let no_manifest = |reason: String| wrong(&format!("it is no manifest: {reason}"));
    let head = Head::parse(&found.bytes).map_err(no_manifest)?;
    if head.root().hash != root.hex() {
        return Err(wrong("it is the manifest of another release"));
    }
    let parts = for_each(head.parts(), store.threads(), |part| read_part(store, &key, part))?;
    Ok((head.whole(parts).map_err(no_manifest)?, own))
}

fn read_part(store: &dyn ConditionalStore, manifest: &Key, part: &Part) -> Result<Listed> {
    let key = Key::blob(&part.sha256);
    let wrong = |what: &str| {
        PublishFault::broken(format!(
            "{}/{key}: {}, a part of {manifest}, {what}: find out who can write there; releasing the \
             same build again puts it right",
            store.shown(),
            part.path
        ))
    };
    let found = store.read(&key, MAX_MANIFEST)?.ok_or_else(|| wrong("is missing"))?;
    part.read(&found.bytes).map_err(|what| wrong(&what))
}

/// Whether a release's manifest is there at all.
pub(super) fn has_manifest(store: &dyn ConditionalStore, root: &Digest) -> Result<bool> {
    let key = Key::manifest(root);
    let listed = store.list(&root.hex(), None)?;
    Ok(listed.iter().any(|one| one.key == key))
}

/// A file that a release is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReleaseFile<'m> {
    pub(super) digest: Digest,
    /// In bytes.
    pub(super) size: u64,
    pub(super) of: FileOf<'m>,
}

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileOf<'m> {
    Artifact(&'m Entry),
    /// A part of the manifest, and what it lists.
    Part(&'m Part, &'m [Entry]),
}

impl<'m> ReleaseFile<'m> {
    /// What people call it.
    pub(super) fn name(&self) -> &'m str {
        match self.of {
            FileOf::Artifact(entry) => &entry.id,
            FileOf::Part(part, _) => &part.path,
        }
    }
}

/// The files that a release is made of, each once, by digest.
pub(super) fn files_of(manifest: &Manifest) -> Vec<ReleaseFile<'_>> {
    let artifacts = manifest.artifacts.iter().map(|entry| {
        let (digest, size) = (entry.sha256, entry.size as u64);
        ReleaseFile { digest, size, of: FileOf::Artifact(entry) }
    });
    let parts = manifest.listed().into_iter().map(|(part, entries)| {
        let (digest, size) = (part.sha256, part.size);
        ReleaseFile { digest, size, of: FileOf::Part(part, entries) }
    });
    let mut files: Vec<ReleaseFile<'_>> = artifacts.chain(parts).collect();
    files.sort_by_key(|file| (file.digest, file.size));
    files.dedup_by_key(|file| file.digest);
    files
}
