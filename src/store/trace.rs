//! What a build knows of its files, below `.throughline/traces/`: from which facts each was made,
//! and how the file system shows it. It can be lost, cut or exchanged at any time, and costs the
//! next build time.
//!
//! One file for each output folder: a fixed head, texts that many files share, entries in the order
//! of their keys, and a SHA-256 of all of it. Numbers are little-endian.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;

use super::cache::Cache;
use super::sealed::{Reader, Sealing, unseal_bytes};
use super::stamp::{Stamp, now_of};
use crate::model::{ArtifactPath, Digest};

const HEAD: &[u8] = b"throughline trace 2\n";
/// The file that tells the file system's time.
const NOW: &str = "now";
/// No shared text.
const NONE: u32 = u32::MAX;
/// Entries that one thread writes at a time, and entries that are in memory as bytes at once.
const PART: usize = 512;
const AT_ONCE: usize = 16 * PART;
/// Bytes of a key, and of a file: its digest, the number of its text, and its stamp.
const KEY: usize = 32;
const FILE: usize = 32 + 4 + Stamp::BYTES;
/// Bytes of traces of other output folders that are kept.
const MAX_KEPT: u64 = 256_000_000;

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
    /// Its shared text in [`Trace::texts`].
    pub text: Option<u32>,
    /// How it stood in the output folder.
    pub stamp: Stamp,
}

/// All that is known of one output folder.
#[derive(Debug, Default)]
pub struct Trace {
    /// The file. Of a large output it is read entry by entry, as they are asked for.
    bytes: Vec<u8>,
    /// Where each entry begins, in the order of their keys, and where the last ends.
    entries: Vec<u32>,
    /// Where in [`Self::entries`] those begin whose keys begin with each number.
    starts: Vec<u32>,
    /// What many files share, in order.
    pub texts: Vec<String>,
    /// Files that had changed by then can be told from files that changed later.
    settled: i64,
}

/// An entry of a trace that is being written.
#[derive(Clone, Debug)]
pub enum WrittenEntry<'t> {
    /// As it was read, where the texts are the same.
    Same(&'t [u8]),
    /// Another.
    New(TraceEntry),
}

impl Trace {
    /// Reads the trace of an output folder; an empty one where there is none that is whole.
    pub fn read(root: &Path, target: &Path) -> Self {
        let bytes = cache(root).read(&name_of(target));
        bytes.and_then(parse).unwrap_or_default()
    }

    /// How many jobs are known.
    pub fn len(&self) -> usize {
        self.entries.len().saturating_sub(1)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that is known, in the order of the keys.
    pub fn entries(&self) -> impl Iterator<Item = TraceEntry> {
        let ends = self.entries.iter().zip(self.entries.iter().skip(1));
        ends.filter_map(|(start, end)| {
            Reader(self.bytes.get(*start as usize..*end as usize)?).entry()
        })
    }

    /// What is known of a job.
    pub fn find(&self, key: &Digest) -> Option<TraceEntry> {
        Reader(self.find_bytes(key)?).entry()
    }

    /// The same, as it was read.
    pub fn find_bytes(&self, key: &Digest) -> Option<&[u8]> {
        let first = usize::from(beginning(key));
        let (start, end) = (*self.starts.get(first)?, *self.starts.get(first + 1)?);
        let same = start as usize..end as usize;
        let bytes = |at: usize| {
            let (start, end) = (*self.entries.get(at)?, *self.entries.get(at + 1)?);
            self.bytes.get(start as usize..end as usize)
        };
        same.filter_map(bytes).find(|bytes| bytes.starts_with(key.as_bytes()))
    }

    /// Whether a file stands as it stood when it was last looked at.
    pub fn stands(&self, target: &Path, path: &ArtifactPath, file: &TraceFile) -> bool {
        file.stamp.stands(&path.under(target), self.settled)
    }

    /// Looks at files from now on: what changes later can be told. Nothing where the file system
    /// tells no time.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn begin(root: &Path) -> Result<Option<NewTrace>> {
        Ok(settled(root)?.map(|settled| NewTrace { settled }))
    }
}

/// A trace that is being written.
#[derive(Clone, Copy, Debug)]
pub struct NewTrace {
    settled: i64,
}

impl NewTrace {
    /// Writes the trace of an output folder. `entry` makes those of some items at a time, on all
    /// threads; items are in the order of their keys and each has another.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write<'t, T: Sync>(
        self,
        (root, target): (&Path, &Path),
        texts: &[String],
        items: &[T],
        entry: impl Fn(&T) -> Option<WrittenEntry<'t>> + Sync,
    ) -> Result<()> {
        let cache = cache(root);
        let name = name_of(target);
        cache.write_with(&name, |file| {
            let mut file = Sealing::new(file);
            self.pieces(texts, items, entry, |piece| file.add(piece))?;
            file.finish_bytes()
        })?;
        cache.forget_oldest(MAX_KEPT, |one| one == NOW || one.starts_with(&name))
    }

    /// Gives all but the digest in pieces, of which few are in memory at once.
    fn pieces<'t, T: Sync>(
        self,
        texts: &[String],
        items: &[T],
        entry: impl Fn(&T) -> Option<WrittenEntry<'t>> + Sync,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = HEAD.to_vec();
        out.extend(self.settled.to_le_bytes());
        out.extend(count(texts.len()));
        for text in texts {
            out.extend(count(text.len()));
            out.extend_from_slice(text.as_bytes());
        }
        take(&out)?;
        let part = |items: &[T]| entries(items.iter().filter_map(&entry));
        for some in items.chunks(AT_ONCE) {
            let parts: Vec<Vec<u8>> = some.par_chunks(PART).map(part).collect();
            parts.iter().try_for_each(|part| take(part))?;
        }
        Ok(())
    }
}

/// The file system's own time: what has changed by now can be told from what changes later.
pub(super) fn settled(root: &Path) -> Result<Option<i64>> {
    let cache = cache(root);
    cache.write(NOW, &[])?;
    Ok(now_of(&cache.path(NOW)))
}

pub(super) fn cache(root: &Path) -> Cache {
    Cache::new(root, "traces")
}

/// Traces of different folders do not meet; two names of one folder are two folders.
pub(super) fn name_of(target: &Path) -> String {
    let whole = target.canonicalize().unwrap_or_else(|_| PathBuf::from(target));
    Digest::of(whole.to_string_lossy().as_bytes()).hex16()
}

fn entries<'t>(entries: impl Iterator<Item = WrittenEntry<'t>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(PART * 320);
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

fn count(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(NONE).to_le_bytes()
}

fn parse(bytes: Vec<u8>) -> Option<Trace> {
    let body = unseal_bytes(&bytes)?;
    let mut rest = Reader(body.strip_prefix(HEAD)?);
    let settled = i64::from_le_bytes(rest.take()?);
    let mut texts = Vec::new();
    for _ in 0..rest.count()? {
        let length = rest.count()?;
        texts.push(String::from_utf8(rest.slice(length)?.to_vec()).ok()?);
    }
    let mut entries = Vec::with_capacity(rest.0.len() / 256);
    while !rest.0.is_empty() {
        entries.push(u32::try_from(body.len() - rest.0.len()).ok()?);
        rest.skip_entry()?;
    }
    let starts = starts_of(body, &entries)?;
    entries.push(u32::try_from(body.len()).ok()?);
    Some(Trace { bytes, entries, starts, texts, settled })
}

/// Digests are spread evenly, so that their first two bytes tell where they are.
fn beginning(key: &Digest) -> u16 {
    key.as_bytes().first_chunk().map_or(0, |first| u16::from_be_bytes(*first))
}

/// Where the entries begin that begin with each number, and where the last of them end; nothing
/// where they are not in order.
fn starts_of(bytes: &[u8], entries: &[u32]) -> Option<Vec<u32>> {
    let mut starts = Vec::with_capacity(usize::from(u16::MAX) + 2);
    for (at, entry) in entries.iter().enumerate() {
        let key = bytes.get(*entry as usize..)?.first_chunk()?;
        let next = usize::from(beginning(&Digest::from_bytes(*key))) + 1;
        if next < starts.len() {
            return None;
        }
        starts.resize(next, u32::try_from(at).ok()?);
    }
    starts.resize(usize::from(u16::MAX) + 2, u32::try_from(entries.len()).ok()?);
    Some(starts)
}

impl Reader<'_> {
    fn skip_entry(&mut self) -> Option<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entries_of_some() -> Vec<TraceEntry> {
        let entry = |number: u8| TraceEntry {
            key: Digest::of(&[number]),
            files: vec![TraceFile {
                digest: Digest::of(b"file"),
                text: (number > 1).then_some(0),
                stamp: Stamp::from_bytes([number; Stamp::BYTES]),
            }],
            used: vec![1, u32::from(number)],
        };
        let mut entries: Vec<_> = (0..4).map(entry).collect();
        entries.sort_by_key(|one| one.key);
        entries
    }

    fn bytes_of<'t>(entry: impl Fn(&TraceEntry) -> Option<WrittenEntry<'t>> + Sync) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut sealing = Sealing::new(&mut bytes);
        let (new, texts) = (NewTrace { settled: 7 }, ["a text".to_owned()]);
        new.pieces(&texts, &entries_of_some(), entry, |piece| sealing.add(piece)).expect("memory");
        sealing.finish_bytes().expect("memory");
        bytes
    }

    fn new_bytes() -> Vec<u8> {
        bytes_of(|one| Some(WrittenEntry::New(one.clone())))
    }

    #[test]
    fn what_is_written_is_read() {
        let after = parse(new_bytes()).expect("a whole trace");
        for entry in entries_of_some() {
            assert_eq!(after.find(&entry.key), Some(entry));
        }
        assert_eq!(after.find(&Digest::of(b"another")), None);
        assert_eq!((after.len(), &*after.texts, after.settled), (4, &["a text".to_owned()][..], 7));
        // What is the same is written as it was read.
        let again = bytes_of(|one| Some(WrittenEntry::Same(after.find_bytes(&one.key)?)));
        assert_eq!(again, new_bytes());
    }

    #[test]
    fn what_is_not_whole_is_none() {
        let bytes = new_bytes();
        for at in 0..bytes.len() {
            assert!(parse(bytes[..at].to_vec()).is_none(), "cut at {at}");
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(parse(damaged).is_none(), "a bit of {at}");
        }
    }
}
