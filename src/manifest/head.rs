//! Reading: first manifest.json, then the parts that it names.

use super::parts::Listed;
use super::schema::root_of;
use super::{Manifest, Part, Root, SCHEMA, SourceEntry, tree};
use crate::model::Digest;

/// What manifest.json says by itself: all but what its parts list. Nothing of it was held against its
/// root yet.
#[derive(Clone, Debug)]
pub struct Head(Manifest);

impl Head {
    /// Reads manifest.json.
    ///
    /// # Errors
    /// Where it is none, in words that follow its name.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Manifest =
            serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if manifest.schema != SCHEMA {
            return Err(format!("its schema is `{}`, not `{SCHEMA}`", manifest.schema));
        }
        manifest.artifacts.iter().try_for_each(super::Entry::check)?;
        if !manifest.artifacts.is_empty() && !manifest.parts.is_empty() {
            return Err("it lists artifacts itself and names parts as well".to_owned());
        }
        if let Some(part) = manifest.parts.iter().find(|part| !part.is_named_right()) {
            let name = part.path.escape_debug();
            return Err(format!("`{name}` is not the name of a part with this digest"));
        }
        Ok(Self(manifest))
    }

    /// The root that it names.
    pub fn root(&self) -> &Root {
        &self.0.root
    }

    /// The parts to be read, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.0.parts
    }

    /// The manifest with what its parts list, all of them in their order.
    ///
    /// # Errors
    /// Where it is not in order, or not what the root says.
    pub fn whole(self, parts: Vec<Listed>) -> Result<Manifest, String> {
        let Self(mut manifest) = self;
        let read = parts.iter().map(|one| &one.part.sha256);
        if !read.eq(manifest.parts.iter().map(|one| &one.sha256)) {
            return Err("not all of its parts were read".to_owned());
        }
        let mut leaves: Vec<Digest> = Vec::new();
        manifest.parts.clear();
        manifest.artifacts.reserve(parts.iter().map(|one| one.entries.len()).sum());
        for Listed { part, entries, leaves: own } in parts {
            manifest.parts.push(part);
            manifest.artifacts.extend(entries);
            leaves.extend(own);
        }
        if manifest.parts.is_empty() {
            leaves = tree::leaves(&manifest.artifacts);
        }
        if !manifest.artifacts.is_sorted_by(|one, next| one.id < next.id) {
            return Err("its artifacts are not in the order of their ids, each once".to_owned());
        }
        if manifest.root != root_of(&manifest.artifacts, &leaves) {
            return Err("its root is not the digest of its artifacts".to_owned());
        }
        Ok(manifest)
    }

    /// Whether the manifest with these bytes names a source. Looks for its entry as it is written,
    /// since taking a manifest apart for one question takes long.
    pub fn names_source(bytes: &[u8], source: &SourceEntry) -> bool {
        let entry = serde_json::to_vec(source).unwrap_or_default();
        // Sources stand at the end.
        !entry.is_empty() && memchr::memmem::rfind(bytes, &entry).is_some()
    }
}
