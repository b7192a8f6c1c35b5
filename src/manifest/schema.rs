//! manifest.json: canonical JSON (RFC 8785). No time, host, path of this machine or shard in it.

use std::convert::Infallible;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Entry, tree};
use crate::model::{ArtifactPath, Digest};

/// The version of the format.
pub const SCHEMA: &str = "https://throughline.dev/manifest/v1";

/// Raised when the bytes that the engine makes from the same workspace may change.
pub const ENGINE_EPOCH: u32 = 6;

/// How every manifest begins.
const BEGIN: &str = r#"{"artifacts":["#;

/// Artifacts that one thread writes at a time.
const PART: usize = 512;

/// Parts that are in memory at once.
const PARTS_AT_ONCE: usize = 16;

const ALGORITHM: &str = "rfc6962-sha256";

/// The whole manifest. Fields stand in the order of their names, which is the canonical one;
/// names are ASCII and there are no floats, so serde's compact form is the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Every artifact, sorted by id.
    pub artifacts: Vec<Entry>,
    /// The time given with `--as-of`, RFC 3339.
    pub as_of: Option<String>,
    /// [`ENGINE_EPOCH`].
    pub engine_epoch: u32,
    /// The digest of the content.
    pub root: Root,
    /// [`SCHEMA`].
    pub schema: String,
    /// Where only some artifacts were built anew: which, and what the others were made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selected>,
    /// Every file that was read, sorted by path.
    pub sources: Vec<SourceEntry>,
    /// The workspace's name.
    pub workspace: String,
}

/// Which artifacts an apply of a selection built, the others being those of the build before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// The `--as-of` of the last whole build.
    pub as_of: Option<String>,
    /// The root of the build before.
    pub base: String,
    /// What was left out, as it was typed.
    pub exclude: Vec<String>,
    /// What was selected, as it was typed.
    pub only: Vec<String>,
    /// The files of the last whole build.
    pub sources: Vec<SourceEntry>,
}

/// The RFC 6962 tree over the artifacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// `rfc6962-sha256`.
    pub alg: String,
    /// 64 hex digits.
    pub hash: String,
    /// How many leaves there are.
    pub size: usize,
}

/// One source file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Relative to the workspace.
    pub path: String,
    /// 64 hex digits.
    pub sha256: String,
}

impl Manifest {
    /// Sorts everything and computes the root.
    pub fn new(
        workspace: String,
        as_of: Option<String>,
        mut sources: Vec<SourceEntry>,
        mut artifacts: Vec<Entry>,
    ) -> Self {
        sources.sort();
        artifacts.par_sort_by(|a, b| a.id.cmp(&b.id));
        let root = root_of(&artifacts);
        let schema = SCHEMA.to_owned();
        Self {
            artifacts,
            as_of,
            engine_epoch: ENGINE_EPOCH,
            root,
            schema,
            selection: None,
            sources,
            workspace,
        }
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Ok(()) = self.write(|piece| -> Result<(), Infallible> {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        bytes
    }

    /// Gives the canonical bytes in pieces, so that all of a large manifest is never held.
    ///
    /// # Errors
    /// The first that `take` has, which gets no other piece then.
    pub fn write<E>(&self, mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Self { as_of, engine_epoch, root, schema, selection, sources, workspace, .. } = self;
        // The list of artifacts comes first, and is as long as all of the rest is short.
        let rest = canonical(&Self {
            artifacts: Vec::new(),
            as_of: as_of.clone(),
            engine_epoch: *engine_epoch,
            root: root.clone(),
            schema: schema.clone(),
            selection: selection.clone(),
            sources: sources.clone(),
            workspace: workspace.clone(),
        });
        take(rest.get(..BEGIN.len()).unwrap_or_default())?;
        let mut is_first = true;
        in_parts(&self.artifacts, canonical, |list| {
            // Without the brackets, and with a comma between two parts.
            let inside = list.get(1..list.len().saturating_sub(1)).unwrap_or_default();
            if !std::mem::take(&mut is_first) {
                take(b",")?;
            }
            take(inside)
        })?;
        take(rest.get(BEGIN.len()..).unwrap_or_default())
    }

    /// Whether the manifest with these bytes names a source. Looks for its entry as it is written,
    /// since taking a large manifest apart for one question takes long.
    pub fn names_source(bytes: &[u8], source: &SourceEntry) -> bool {
        let entry = serde_json::to_vec(source).unwrap_or_default();
        // Sources stand at the end.
        !entry.is_empty() && memchr::memmem::rfind(bytes, &entry).is_some()
    }

    /// Reads a manifest and checks that it is one: its schema, paths and root.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if manifest.schema != SCHEMA {
            return Err(format!("its schema is `{}`, not `{SCHEMA}`", manifest.schema));
        }
        for entry in &manifest.artifacts {
            ArtifactPath::new(&entry.path)
                .map_err(|fault| format!("the path `{}`: {fault}", entry.path))?;
            if !entry.has_digest() {
                return Err(format!("`{}` has no SHA-256", entry.id));
            }
        }
        if manifest.root != root_of(&manifest.artifacts) {
            return Err("its root is not the digest of its artifacts".to_owned());
        }
        Ok(manifest)
    }

    /// SHA256SUMS: what `sha256sum -c` reads, sorted by path.
    pub fn checksums(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        let Ok(()) = self.write_checksums(|piece| -> Result<(), Infallible> {
            lines.extend_from_slice(piece);
            Ok(())
        });
        lines
    }

    /// Gives [`Self::checksums`] in pieces.
    ///
    /// # Errors
    /// The first that `take` has, which gets no other piece then.
    pub fn write_checksums<E>(
        &self,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let lines = |entries: &[&Entry]| {
            let length = entries.iter().map(|one| one.path.len() + 67).sum();
            let mut lines = Vec::with_capacity(length);
            for Entry { sha256, path, .. } in entries {
                for part in [&sha256.hex(), "  ", path, "\n"] {
                    lines.extend_from_slice(part.as_bytes());
                }
            }
            lines
        };
        in_parts(&by_path(&self.artifacts), lines, |lines| take(lines))
    }
}

/// Writes a part of a list on each thread, and gives what was written in the order of the list.
fn in_parts<T: Sync, E>(
    list: &[T],
    write: impl Fn(&[T]) -> Vec<u8> + Sync,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for some in list.chunks(PARTS_AT_ONCE * PART) {
        let parts: Vec<Vec<u8>> = some.par_chunks(PART).map(&write).collect();
        parts.iter().try_for_each(|part| take(part))?;
    }
    Ok(())
}

fn root_of(artifacts: &[Entry]) -> Root {
    let entries = by_path(artifacts);
    let leaf = |bytes: &mut Vec<u8>, entry: &&Entry| {
        bytes.clear();
        // As in `canonical`.
        let _ = serde_json::to_writer(&mut *bytes, entry);
        tree::leaf(bytes)
    };
    let leaves: Vec<Digest> = entries.par_iter().map_init(Vec::new, leaf).collect();
    Root { alg: ALGORITHM.to_owned(), hash: tree::root(&leaves).hex(), size: leaves.len() }
}

fn by_path(artifacts: &[Entry]) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = artifacts.iter().collect();
    entries.par_sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn canonical<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    // Plain structs with text keys always serialise.
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::manifest::{EntryKind, Names};

    fn sample() -> Manifest {
        let kind = Arc::new(EntryKind {
            campaign: Some("c".into()),
            form: Some("live".into()),
            media_type: "text/html".into(),
            not_after: Some("2026-12-02T23:59:00-05:00".into()),
            redirect_after: Some("2027-01-01T00:00:00-05:00".into()),
            ..EntryKind::default()
        });
        let entry = |id: &str| Entry {
            id: id.into(),
            kind: Arc::clone(&kind),
            offers: Names::from_iter(["é\u{7f}\n\"".into()]),
            partners: Names::default(),
            path: format!("{id}.html").into(),
            route: None,
            sha256: Digest::of(id.as_bytes()),
            size: 5,
        };
        let sources = vec![SourceEntry { path: "b".into(), sha256: "0".into() }];
        Manifest::new("w".into(), None, sources, vec![entry("b/b"), entry("a/a")])
    }

    #[test]
    fn bytes_are_canonical_json() {
        let manifest = sample();
        let bytes = manifest.to_bytes();
        assert_eq!(bytes, serde_jcs::to_vec(&manifest).unwrap());
        assert_eq!(Manifest::parse(&bytes).unwrap(), manifest);
        let entries = [0, 1, PART - 1, PART, 2 * PART + 1];
        for count in entries {
            let artifacts = std::iter::repeat_n(manifest.artifacts[0].clone(), count).collect();
            let manifest = Manifest { artifacts, ..manifest.clone() };
            assert_eq!(manifest.to_bytes(), canonical(&manifest), "{count} artifacts");
        }
    }

    #[test]
    fn a_changed_entry_is_noticed() {
        let mut manifest = sample();
        manifest.artifacts[0].size = 6;
        assert!(Manifest::parse(&manifest.to_bytes()).unwrap_err().contains("root"));
    }
}
