//! The entries of a trace: jobs, what came of each, and how they stand in its file.

use std::cmp::Ordering;

use super::sealed::Reader;
use super::stamp::Stamp;
use crate::model::Digest;

/// No shared text.
const NONE: u32 = u32::MAX;
/// Bytes of a key, and of a file: its digest, the number of its text, and its stamp.
pub(super) const KEY: usize = 32;
pub(super) const FILE: usize = 32 + 4 + Stamp::BYTES;

/// A job and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// Digest of everything that it was made from.
    pub key: Digest,
    /// A file for each of its parts.
    pub files: Vec<TraceFile>,
    /// The links that it shows, by their numbers among its own.
    pub used: Vec<u32>,
}

/// A file that a job made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFile {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its shared text in [`super::Trace::texts`].
    pub text: Option<u32>,
    /// How it stood in the output folder.
    pub stamp: Stamp,
}

/// Entries in the order of their keys, as bytes: each is read when it is asked for.
#[derive(Debug, Default)]
pub struct Entries {
    pub(super) bytes: Vec<u8>,
    /// Where each begins, and where the last ends.
    pub(super) starts: Vec<u32>,
}

/// An entry of a trace that is being written.
#[derive(Clone, Debug)]
pub enum WrittenEntry<'t> {
    /// As it was read, where the texts are the same.
    Same(&'t [u8]),
    /// Another.
    New(TraceEntry),
}

impl Entries {
    /// What is known of a job.
    pub fn find(&self, key: &Digest) -> Option<TraceEntry> {
        entry_of(self.find_bytes(key)?)
    }

    /// The same, as it was read.
    pub fn find_bytes(&self, key: &Digest) -> Option<&[u8]> {
        let (mut start, mut end) = (0, self.starts.len().saturating_sub(1));
        while start < end {
            let middle = usize::midpoint(start, end);
            match self.at(middle)?.get(..KEY)?.cmp(key.as_bytes()) {
                Ordering::Less => start = middle + 1,
                Ordering::Greater => end = middle,
                Ordering::Equal => return self.at(middle),
            }
        }
        None
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = TraceEntry> {
        let count = self.starts.len().saturating_sub(1);
        (0..count).filter_map(|at| entry_of(self.at(at)?))
    }

    pub(super) fn at(&self, at: usize) -> Option<&[u8]> {
        let (start, end) = (*self.starts.get(at)?, *self.starts.get(at + 1)?);
        self.bytes.get(start as usize..end as usize)
    }
}

/// Entries as bytes, about so many of them.
pub(super) fn written<'t>(
    entries: impl Iterator<Item = WrittenEntry<'t>>,
    about: usize,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(about * 320);
    for entry in entries {
        let entry = match entry {
            WrittenEntry::Same(bytes) => {
                out.extend_from_slice(bytes);
                continue;
            }
            WrittenEntry::New(entry) => entry,
        };
        out.extend_from_slice(entry.key.as_bytes());
        out.extend(count(entry.files.len()));
        for file in &entry.files {
            out.extend_from_slice(file.digest.as_bytes());
            out.extend(file.text.unwrap_or(NONE).to_le_bytes());
            out.extend(file.stamp.to_bytes());
        }
        out.extend(count(entry.used.len()));
        out.extend(entry.used.iter().flat_map(|one| one.to_le_bytes()));
    }
    out
}

/// An entry, as it was read.
pub(super) fn entry_of(bytes: &[u8]) -> Option<TraceEntry> {
    Reader(bytes).entry()
}

/// A number of things as bytes.
pub(super) fn count(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(NONE).to_le_bytes()
}

impl Reader<'_> {
    pub(super) fn skip_entry(&mut self) -> Option<()> {
        self.slice(KEY)?;
        let files = self.count()?;
        self.slice(files.checked_mul(FILE)?)?;
        let used = self.count()?;
        self.slice(used.checked_mul(4)?).map(drop)
    }

    fn entry(&mut self) -> Option<TraceEntry> {
        let key = self.digest()?;
        let mut files = Vec::new();
        for _ in 0..self.count()? {
            let digest = self.digest()?;
            let text = Some(self.number()?).filter(|one| *one != NONE);
            files.push(TraceFile { digest, text, stamp: Stamp::from_bytes(self.take()?) });
        }
        let count = self.count()?;
        let used = self.slice(count.checked_mul(4)?)?;
        let used =
            used.chunks_exact(4).filter_map(|one| Some(u32::from_le_bytes(one.try_into().ok()?)));
        Some(TraceEntry { key, files, used: used.collect() })
    }
}
