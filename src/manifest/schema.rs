//! manifest.json: canonical JSON (RFC 8785). No time, host, path of this machine or shard in it.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::tree;
use crate::model::{ArtifactPath, Digest};

/// The version of the format.
pub const SCHEMA: &str = "https://throughline.dev/manifest/v1";

/// Raised when the bytes that the engine makes from the same workspace may change.
pub const ENGINE_EPOCH: u32 = 6;

/// How every manifest begins.
const BEGIN: &str = r#"{"artifacts":["#;

/// Artifacts that one thread writes at a time.
const PART: usize = 512;

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

/// One artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its campaign, where it belongs to one.
    pub campaign: Option<String>,
    /// Its channel, where it belongs to one.
    pub channel: Option<String>,
    /// Which form of a page it is: `pending`, `live` or `ended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Its logical id, without digest: stable across builds.
    pub id: String,
    /// Its media type.
    pub media_type: String,
    /// The first instant at which it is no longer due, RFC 3339, for pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// The first instant at which it is due, RFC 3339, for pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// The offers it shows, sorted.
    pub offers: Vec<String>,
    /// The partners it shows, sorted.
    pub partners: Vec<String>,
    /// Where it is, below the output folder.
    pub path: String,
    /// From when on the page's route leads elsewhere, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_after: Option<String>,
    /// Where it leads then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_to: Option<String>,
    /// Its public path, for pages; the forms of a page share it.
    pub route: Option<String>,
    /// 64 hex digits.
    pub sha256: String,
    /// In bytes.
    pub size: usize,
    /// Its template, where it has one.
    pub template: Option<String>,
    /// Its window, where it belongs to one.
    pub window: Option<String>,
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
        artifacts.sort_by(|a, b| a.id.cmp(&b.id));
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
        let some = |entries: &[Entry]| {
            let mut list = canonical(&entries);
            // Without the brackets, and with a comma behind it.
            list.pop();
            list.push(b',');
            list
        };
        let parts: Vec<Vec<u8>> = self.artifacts.par_chunks(PART).map(some).collect();
        let length = parts.iter().map(Vec::len).sum::<usize>() + rest.len();
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(rest.get(..BEGIN.len()).unwrap_or_default());
        let any = !parts.is_empty();
        for part in parts {
            bytes.extend_from_slice(part.get(1..).unwrap_or_default());
        }
        if any {
            bytes.pop();
        }
        bytes.extend_from_slice(rest.get(BEGIN.len()..).unwrap_or_default());
        bytes
    }

    /// Whether the manifest with these bytes names a source. Looks for its entry as it is written,
    /// since taking a large manifest apart for one question takes long.
    pub fn names_source(bytes: &[u8], source: &SourceEntry) -> bool {
        let entry = serde_json::to_vec(source).unwrap_or_default();
        !entry.is_empty() && memchr::memmem::find(bytes, &entry).is_some()
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
            if Digest::from_hex(&entry.sha256).is_none() {
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
        let entries = by_path(&self.artifacts);
        let mut lines = Vec::with_capacity(entries.iter().map(|one| one.path.len() + 67).sum());
        for Entry { sha256, path, .. } in entries {
            for part in [sha256, "  ", path, "\n"] {
                lines.extend_from_slice(part.as_bytes());
            }
        }
        lines
    }
}

fn root_of(artifacts: &[Entry]) -> Root {
    let entries = by_path(artifacts);
    let leaves: Vec<Digest> =
        entries.par_iter().map(|entry| tree::leaf(&canonical(entry))).collect();
    Root { alg: ALGORITHM.to_owned(), hash: tree::root(&leaves).hex(), size: leaves.len() }
}

fn by_path(artifacts: &[Entry]) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = artifacts.iter().collect();
    entries.par_sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn canonical(value: &impl Serialize) -> Vec<u8> {
    // Plain structs with text keys always serialise.
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let entry = |id: &str| Entry {
            campaign: Some("c".into()),
            channel: None,
            form: Some("live".into()),
            id: id.into(),
            media_type: "text/html".into(),
            not_after: Some("2026-12-02T23:59:00-05:00".into()),
            not_before: None,
            offers: vec!["é\u{7f}\n\"".into()],
            partners: Vec::new(),
            path: format!("{id}.html"),
            redirect_after: Some("2027-01-01T00:00:00-05:00".into()),
            redirect_to: None,
            route: None,
            sha256: Digest::of(id.as_bytes()).hex(),
            size: 5,
            template: None,
            window: None,
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
