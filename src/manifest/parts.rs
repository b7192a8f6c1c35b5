//! The list of a large manifest, in parts: JSON lines, an entry a line, cut by content.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::made_parts::made_from;
use super::{Entry, MadePart, MadeParts, tree};
use crate::model::{ArtifactPath, DIGITS_IN_NAMES, Digest, Hasher};

/// Most artifacts that manifest.json lists itself.
pub(super) const IN_ONE: usize = 8_192;

/// Most entries of one part.
const MOST: usize = 4_096;

/// A part of the list. Fields stand in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// How many entries it has.
    pub count: usize,
    /// Where it is, below the output folder: `manifest/<hash16>.jsonl`.
    pub path: String,
    /// Of its bytes.
    pub sha256: Digest,
    /// In bytes; 0 where it was not read yet.
    #[serde(skip)]
    pub size: u64,
}

/// What a part lists, as it was read.
#[derive(Debug)]
pub struct Listed {
    pub(super) part: Part,
    pub(super) entries: Vec<Entry>,
    /// Hash of each entry in the tree.
    pub(super) leaves: Vec<Digest>,
}

impl Part {
    /// The part that lists these, and the hash of each in the tree.
    fn of(entries: &[Entry]) -> (Self, Vec<Digest>) {
        let (mut hasher, mut size, mut line) = (Hasher::default(), 0, Vec::new());
        let mut leaves = Vec::with_capacity(entries.len());
        for entry in entries {
            line.clear();
            entry.write(&mut line);
            leaves.push(tree::leaf(&line));
            line.push(b'\n');
            size += line.len() as u64;
            hasher = hasher.raw(&line);
        }
        let sha256 = hasher.finish();
        (Self::known(entries.len(), sha256, size), leaves)
    }

    /// A part with these bytes, which was made before.
    pub fn known(count: usize, sha256: Digest, size: u64) -> Self {
        Self { count, path: path_of(&sha256), sha256, size }
    }

    /// The bytes of the part that lists these.
    pub fn bytes(entries: &[Entry]) -> Vec<u8> {
        let mut lines = Vec::new();
        for entry in entries {
            entry.write(&mut lines);
            lines.push(b'\n');
        }
        lines
    }

    /// Whether something in an output folder has the name of a part.
    pub fn is_path(path: &str) -> bool {
        let name = path.strip_prefix("manifest/").and_then(|name| name.strip_suffix(".jsonl"));
        name.is_some_and(|name| {
            name.len() == DIGITS_IN_NAMES && name.bytes().all(|one| one.is_ascii_hexdigit())
        })
    }

    /// Whether its path is the one that its digest gives.
    pub(super) fn is_named_right(&self) -> bool {
        self.path == path_of(&self.sha256)
    }

    /// Reads it.
    ///
    /// # Errors
    /// Where these are not its bytes, or do not list what they should, in words that follow its path.
    pub fn read(&self, bytes: &[u8]) -> Result<Listed, String> {
        if Digest::of(bytes) != self.sha256 {
            return Err("has other bytes than manifest.json says".to_owned());
        }
        let (mut entries, mut leaves, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for (line, number) in bytes.split_inclusive(|byte| *byte == b'\n').zip(1..) {
            let wrong = |why: &str| format!("is no list of artifacts: line {number}: {why}");
            let entry = Entry::read(line).map_err(|why| wrong(&why))?;
            own.clear();
            entry.write(&mut own);
            if line.strip_suffix(b"\n") != Some(own.as_slice()) {
                return Err(wrong("it is not as throughline writes it"));
            }
            leaves.push(tree::leaf(&own));
            entries.push(entry);
        }
        if entries.len() != self.count {
            let (found, named) = (entries.len(), self.count);
            return Err(format!("lists {found} artifacts, and manifest.json says {named}"));
        }
        let part = Self { size: bytes.len() as u64, ..self.clone() };
        Ok(Listed { part, entries, leaves })
    }
}

impl Entry {
    /// Adds its canonical JSON.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        // Plain structs with text keys always serialise, and memory takes all.
        let _ = serde_json::to_writer(bytes, self);
    }

    /// Reads one and checks its path.
    fn read(line: &[u8]) -> Result<Self, String> {
        let entry: Self = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        entry.check()?;
        Ok(entry)
    }

    /// Whether its path can be one.
    pub(super) fn check(&self) -> Result<(), String> {
        ArtifactPath::published(&self.path)
            .map(drop)
            .map_err(|fault| format!("the path `{}`: {fault}", self.path.escape_debug()))
    }
}

/// The parts of a list in the order of ids, with what they were made from; what is known already is
/// not made again.
pub(super) fn in_parts(artifacts: &[Entry], known: &MadeParts) -> Vec<MadePart> {
    let part = |entries: &[Entry]| {
        let made_from = made_from(entries);
        known.find(&made_from).cloned().unwrap_or_else(|| {
            let (part, leaves) = Part::of(entries);
            MadePart { made_from, part, leaves }
        })
    };
    cut(artifacts).into_par_iter().map(part).collect()
}

/// Cuts by content: whether a part begins at an entry follows from its id alone, so that an entry
/// that comes or goes changes the part it is in and leaves the others, which cuts at every so many
/// entries would all shift. Every 1,024th id begins one on average.
pub(super) fn cut(artifacts: &[Entry]) -> Vec<&[Entry]> {
    let runs = artifacts.par_chunk_by(|_, next| !begins_part(&next.id));
    runs.flat_map_iter(|run| run.chunks(MOST)).collect()
}

/// Whether the first ten bits of the digest of an id are zero.
pub(super) fn begins_part(id: &str) -> bool {
    matches!(Digest::of(id.as_bytes()).as_bytes(), [0, 0..64, ..])
}

/// Where the part with this digest is.
pub(super) fn path_of(sha256: &Digest) -> String {
    format!("manifest/{}.jsonl", sha256.hex16())
}
