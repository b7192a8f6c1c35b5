//! Where the files of a build are, and how one of them is read: whole and as it was written, or not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::manifest::Entry;
use crate::model::{ArtifactPath, Digest};
use crate::release::Key;
use crate::store::{ConditionalStore, read_artifact};

/// Where they are.
pub(in crate::cli) enum Files {
    /// In an output folder.
    Folder(PathBuf),
    /// In a target of releases, by their digests.
    Target(Arc<dyn ConditionalStore>),
    /// Made and not written, by path.
    Memory(BTreeMap<String, Vec<u8>>),
    /// They are not made yet.
    Nowhere,
}

impl Files {
    /// The bytes of a file, held against its digest.
    ///
    /// # Errors
    /// Why it cannot be had, in a sentence.
    pub(in crate::cli) fn read(&self, entry: &Entry) -> Result<Vec<u8>, String> {
        let Entry { path, sha256, size, .. } = entry;
        let found = match self {
            Self::Folder(folder) => {
                let path =
                    ArtifactPath::published(path).map_err(|fault| format!("{path}: {fault}"))?;
                read_artifact(folder, &path)
            }
            Self::Target(store) => {
                let found = store.read(&Key::blob(sha256), *size as u64);
                found.map(|found| found.map(|found| found.bytes))
            }
            Self::Memory(held) => {
                return held.get(path.as_str()).cloned().ok_or_else(|| missing(path));
            }
            Self::Nowhere => return Err(format!("{path} is not made yet")),
        };
        match found {
            Ok(Some(bytes)) if Digest::of(&bytes) == *sha256 => Ok(bytes),
            Ok(Some(_)) => Err(format!("{path} was altered since it was built")),
            Ok(None) => Err(missing(path)),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}

fn missing(path: &str) -> String {
    format!("{path} is missing")
}
