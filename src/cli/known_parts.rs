//! Where a build puts its tables, and what it knows of those of the last one.

use std::io;

use super::recall::{Memory, by_program, recalled};
use crate::artifact::{GeneratedFile, Growing, Shelf};
use crate::model::{ArtifactPath, Digest, PublishedPath};
use crate::store::OutputDir;

/// An output that knows which parts of tables stand in it.
pub(super) struct KnownParts<'b> {
    pub(super) output: &'b OutputDir,
    /// Nothing where a part of a build goes out, whose tables are not those of its sources.
    pub(super) memory: Option<&'b Memory<'b>>,
}

impl Shelf for KnownParts<'_> {
    fn begin(&self, path: &ArtifactPath) -> io::Result<Box<dyn Growing + '_>> {
        self.output.begin(path)
    }

    fn put(&self, place: &PublishedPath, bytes: &[u8]) -> io::Result<()> {
        self.output.put(place, bytes)
    }

    fn again(&self, from: &PublishedPath, to: &PublishedPath) -> io::Result<()> {
        self.output.again(from, to)
    }

    fn known(&self, made_from: &Digest) -> Vec<GeneratedFile> {
        let known = self.memory.and_then(|memory| memory.recall_part(&by_program(made_from)));
        let known = known.into_iter().flatten();
        known
            .map(|file| GeneratedFile {
                made_from: Some(*made_from),
                ..recalled(file, self.output)
            })
            .collect()
    }
}
