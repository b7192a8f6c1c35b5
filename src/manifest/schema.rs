//! manifest.json: canonical JSON (RFC 8785). No time, host, path of this machine or shard in it.

use std::convert::Infallible;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::parts::{IN_ONE, in_parts};
use super::{Entry, MadeParts, Part, tree};
use crate::model::{Digest, put_among_sorted, sort_nearly_sorted};

/// The version of the format.
pub const SCHEMA: &str = "https://throughline.dev/manifest/v1";

/// Raised when the bytes that the engine makes from the same workspace may change.
pub const ENGINE_EPOCH: u32 = 7;

/// Lines of SHA256SUMS that one thread writes at a time.
const LINES: usize = 512;

/// Such lots that are in memory at once.
const AT_ONCE: usize = 16;

const ALGORITHM: &str = "rfc6962-sha256";

/// The whole manifest. Fields stand in the order of their names, which is the canonical one;
/// names are ASCII and there are no floats, so serde's compact form is the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Every artifact, sorted by id. In manifest.json there are none where there are parts.
    pub artifacts: Vec<Entry>,
    /// The time given with `--as-of`, RFC 3339.
    pub as_of: Option<String>,
    /// [`ENGINE_EPOCH`].
    pub engine_epoch: u32,
    /// Where there are many artifacts: the files that list them, in the order of ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
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
    /// Sorts everything, cuts the list into parts where it is long, and computes the root.
    pub fn new(
        workspace: String,
        as_of: Option<String>,
        sources: Vec<SourceEntry>,
        artifacts: Vec<Entry>,
    ) -> Self {
        Self::with_known(&MadeParts::default(), (workspace, as_of), sources, artifacts).0
    }

    /// The same with the parts that it is in, of which those that are known are not made again.
    pub fn with_known(
        known: &MadeParts,
        (workspace, as_of): (String, Option<String>),
        sources: Vec<SourceEntry>,
        artifacts: Vec<Entry>,
    ) -> (Self, MadeParts) {
        Self::in_parts_above((IN_ONE, known), (workspace, as_of), sources, artifacts)
    }

    /// The same, whose list is cut where there are more than `most` artifacts.
    pub(super) fn in_parts_above(
        (most, known): (usize, &MadeParts),
        (workspace, as_of): (String, Option<String>),
        mut sources: Vec<SourceEntry>,
        mut artifacts: Vec<Entry>,
    ) -> (Self, MadeParts) {
        sources.sort();
        artifacts.par_sort_by(|a, b| a.id.cmp(&b.id));
        let in_parts =
            if artifacts.len() > most { in_parts(&artifacts, known) } else { Vec::new() };
        let leaves = if in_parts.is_empty() {
            tree::leaves(&artifacts)
        } else {
            in_parts.iter().flat_map(|one| &one.leaves).copied().collect()
        };
        let parts = in_parts.iter().map(|one| one.part.clone()).collect();
        let root = root_of(&artifacts, &leaves);
        let schema = SCHEMA.to_owned();
        let manifest = Self {
            artifacts,
            as_of,
            engine_epoch: ENGINE_EPOCH,
            parts,
            root,
            schema,
            selection: None,
            sources,
            workspace,
        };
        (manifest, in_parts.into_iter().collect())
    }

    /// The canonical bytes of manifest.json.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain structs with text keys always serialise.
        let canonical = |one: &Self| serde_json::to_vec(one).unwrap_or_default();
        if self.parts.is_empty() {
            return canonical(self);
        }
        let Self {
            as_of, engine_epoch, parts, root, schema, selection, sources, workspace, ..
        } = self;
        canonical(&Self {
            artifacts: Vec::new(),
            as_of: as_of.clone(),
            engine_epoch: *engine_epoch,
            parts: parts.clone(),
            root: root.clone(),
            schema: schema.clone(),
            selection: selection.clone(),
            sources: sources.clone(),
            workspace: workspace.clone(),
        })
    }

    /// Each part with what it lists.
    pub fn listed(&self) -> Vec<(&Part, &[Entry])> {
        let mut rest = self.artifacts.as_slice();
        let listed = self.parts.iter().map(|part| {
            let (entries, others) = rest.split_at_checked(part.count).unwrap_or((rest, &[]));
            rest = others;
            (part, entries)
        });
        listed.collect()
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
        let lines = |files: &[(&str, &Digest)]| {
            let length = files.iter().map(|(path, _)| path.len() + 67).sum();
            let mut lines = Vec::with_capacity(length);
            for (path, sha256) in files {
                for piece in [&sha256.hex(), "  ", path, "\n"] {
                    lines.extend_from_slice(piece.as_bytes());
                }
            }
            lines
        };
        let artifacts = self.artifacts.par_iter().map(|one| (one.path.as_str(), &one.sha256));
        let parts = self.parts.iter().map(|one| (one.path.as_str(), &one.sha256));
        let (mut files, mut parts): (Vec<_>, Vec<_>) = (artifacts.collect(), parts.collect());
        let by_path = |a: &(&str, &Digest), b: &(&str, &Digest)| a.0.cmp(b.0);
        sort_nearly_sorted(&mut files, by_path);
        parts.sort_unstable_by(by_path);
        put_among_sorted(&mut files, parts, by_path);
        for some in files.chunks(AT_ONCE * LINES) {
            let lots: Vec<Vec<u8>> = some.par_chunks(LINES).map(lines).collect();
            lots.iter().try_for_each(|lot| take(lot))?;
        }
        Ok(())
    }
}

/// The root over entries, of which `leaves` are the hashes.
pub(super) fn root_of(artifacts: &[Entry], leaves: &[Digest]) -> Root {
    let entries = artifacts.par_iter().map(|entry| entry.path.as_str());
    let mut by_path: Vec<(&str, Digest)> = entries.zip(leaves.par_iter().copied()).collect();
    sort_nearly_sorted(&mut by_path, |a, b| a.0.cmp(b.0));
    let leaves: Vec<Digest> = by_path.into_par_iter().map(|(_, leaf)| leaf).collect();
    Root { alg: ALGORITHM.to_owned(), hash: tree::root(&leaves).hex(), size: leaves.len() }
}
