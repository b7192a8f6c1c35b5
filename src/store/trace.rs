//! What a build knows of its files, below `.throughline/traces/`: from which facts each was made,
//! and how the file system shows it. It can be lost, cut or exchanged at any time, and costs the
//! next build time.
//!
//! One file for each output folder: a fixed head, texts that many files share, entries in the order
//! of their keys, and a SHA-256 of all of it. Numbers are little-endian.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;

use super::cache::Cache;
use super::reread::{Extent, Reread};
use super::sealed::{Reader, Sealing, unseal_bytes};
use super::stamp::now_of;
use super::trace_entries::{
    Entries, TraceEntry, TraceFile, WrittenEntry, count, entry_of, written,
};
use crate::model::{Digest, PublishedPath};

const HEAD: &[u8] = b"throughline trace 2\n";
/// The file that tells the file system's time.
const NOW: &str = "now";
/// Entries that one thread writes at a time, and entries that are in memory as bytes at once.
const PART: usize = 512;
const AT_ONCE: usize = 16 * PART;
/// Bytes of the trace before that are read at a time.
const BUFFER: usize = 64 * 1024;
/// Bytes of traces of other output folders that are kept.
const MAX_KEPT: u64 = 256_000_000;

/// All that is known of one output folder.
#[derive(Debug, Default)]
pub struct Trace {
    /// Of each job.
    pub entries: Entries,
    /// Which of the entries are the first whose keys begin with each number.
    firsts: Vec<u32>,
    /// What many files share, in order.
    pub texts: Vec<String>,
    /// Files that had changed by then can be told from files that changed later.
    settled: i64,
    /// How many entries there are, or were.
    count: usize,
    extent: Extent,
}

impl Trace {
    /// Reads the trace of an output folder; an empty one where there is none that is whole.
    pub fn read(root: &Path, target: &Path) -> Self {
        let bytes = cache(root).read(&name_of(target));
        bytes.and_then(parse).unwrap_or_default()
    }

    /// How many jobs are known, also of one whose entries were let go of.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether its file is still there, by its size.
    pub fn is_there(&self, root: &Path, target: &Path) -> bool {
        let file = cache(root).open_file(&name_of(target));
        let found = file.and_then(|file| file.metadata().ok());
        found.is_some_and(|found| found.len() == self.extent.sealed())
    }

    /// Lets go of the entries, which are nearly all of it.
    pub fn forget_entries(&mut self) {
        (self.entries, self.firsts) = (Entries::default(), Vec::new());
    }

    /// What is known of a job.
    pub fn find(&self, key: &Digest) -> Option<TraceEntry> {
        let first = usize::from(beginning(key));
        let (start, end) = (*self.firsts.get(first)?, *self.firsts.get(first + 1)?);
        let mut same = (start as usize..end as usize).filter_map(|at| self.entries.at(at));
        entry_of(same.find(|bytes| bytes.starts_with(key.as_bytes()))?)
    }

    /// Whether a file stands as it stood when it was last looked at.
    pub fn stands(&self, target: &Path, place: &PublishedPath, file: &TraceFile) -> bool {
        file.stamp.stands(&place.under(target), self.settled)
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
    /// threads, given the entries for their keys among those `before`, the trace that was read of the
    /// same folder; items are in the order of their keys and each has another.
    ///
    /// # Errors
    /// Where it cannot be written, or the one before is not what it was when it was read.
    pub fn write<T: Sync>(
        self,
        (root, target): (&Path, &Path),
        (texts, before): (&[String], Option<&Trace>),
        items: &[(T, Digest)],
        entry: impl for<'t> Fn(&(T, Digest), &'t Entries) -> Option<WrittenEntry<'t>> + Sync,
    ) -> Result<()> {
        let cache = cache(root);
        let name = name_of(target);
        let mut before = before.and_then(|before| {
            let file = cache.open_file(&name)?;
            Some(Reread::new(BufReader::with_capacity(BUFFER, file), before.extent))
        });
        cache.write_with(&name, |file| {
            let mut file = Sealing::new(file);
            self.pieces((texts, before.as_mut()), items, entry, |piece| file.add(piece))?;
            before.map_or(Ok(()), Reread::finish)?;
            file.finish_bytes()
        })?;
        cache.forget_oldest(MAX_KEPT, |one| one == NOW || one.starts_with(&name))
    }

    /// Gives all but the digest in pieces, of which few are in memory at once.
    fn pieces<T: Sync>(
        self,
        (texts, mut before): (&[String], Option<&mut Reread<impl Read>>),
        items: &[(T, Digest)],
        entry: impl for<'t> Fn(&(T, Digest), &'t Entries) -> Option<WrittenEntry<'t>> + Sync,
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
        let mut known = Entries::default();
        for some in items.chunks(AT_ONCE) {
            if let Some((before, (_, last))) = before.as_mut().zip(some.last()) {
                let is_wanted = |key: &Digest| some.binary_search_by_key(key, |one| one.1).is_ok();
                before.read_to(last, is_wanted, &mut known)?;
            }
            let part = |items: &[(T, Digest)]| {
                written(items.iter().filter_map(|item| entry(item, &known)), PART)
            };
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

fn parse(bytes: Vec<u8>) -> Option<Trace> {
    let body = unseal_bytes(&bytes)?;
    let mut rest = Reader(body.strip_prefix(HEAD)?);
    let settled = i64::from_le_bytes(rest.take()?);
    let mut texts = Vec::new();
    for _ in 0..rest.count()? {
        let length = rest.count()?;
        texts.push(String::from_utf8(rest.slice(length)?.to_vec()).ok()?);
    }
    let head = body.len() - rest.0.len();
    let mut starts = Vec::with_capacity(rest.0.len() / 256);
    while !rest.0.is_empty() {
        starts.push(u32::try_from(body.len() - rest.0.len()).ok()?);
        rest.skip_entry()?;
    }
    let firsts = firsts_of(body, &starts)?;
    let digest = Digest::from_bytes(*bytes.last_chunk()?);
    let (extent, count) = (Extent { head, body: body.len(), digest }, starts.len());
    starts.push(u32::try_from(body.len()).ok()?);
    Some(Trace { entries: Entries { bytes, starts }, firsts, texts, settled, count, extent })
}

/// Digests are spread evenly, so that their first two bytes tell where they are.
fn beginning(key: &Digest) -> u16 {
    key.as_bytes().first_chunk().map_or(0, |first| u16::from_be_bytes(*first))
}

/// Which entries are the first that begin with each number, and how many there are; nothing where they
/// are not in order.
fn firsts_of(bytes: &[u8], entries: &[u32]) -> Option<Vec<u32>> {
    let mut firsts = Vec::with_capacity(usize::from(u16::MAX) + 2);
    for (at, entry) in entries.iter().enumerate() {
        let key = bytes.get(*entry as usize..)?.first_chunk()?;
        let next = usize::from(beginning(&Digest::from_bytes(*key))) + 1;
        if next < firsts.len() {
            return None;
        }
        firsts.resize(next, u32::try_from(at).ok()?);
    }
    firsts.resize(usize::from(u16::MAX) + 2, u32::try_from(entries.len()).ok()?);
    Some(firsts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Stamp;

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

    /// A new trace of the entries, each made by `entry` from what is known of it in `before`.
    fn bytes_of(
        before: Option<&[u8]>,
        entry: impl for<'t> Fn(&TraceEntry, &'t Entries) -> Option<WrittenEntry<'t>> + Sync,
    ) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut sealing = Sealing::new(&mut bytes);
        let (new, texts) = (NewTrace { settled: 7 }, ["a text".to_owned()]);
        let extent = |bytes: &[u8]| parse(bytes.to_vec()).unwrap_or_default().extent;
        let mut before = before.map(|bytes| Reread::new(bytes, extent(bytes)));
        let items: Vec<_> =
            entries_of_some().into_iter().map(|one| (one.clone(), one.key)).collect();
        let take = |piece: &[u8]| sealing.add(piece);
        new.pieces((&texts, before.as_mut()), &items, |(one, _), known| entry(one, known), take)?;
        before.map_or(Ok(()), Reread::finish)?;
        sealing.finish_bytes()?;
        Ok(bytes)
    }

    fn new_bytes() -> Vec<u8> {
        bytes_of(None, |one, _| Some(WrittenEntry::New(one.clone()))).expect("memory")
    }

    #[test]
    fn what_is_written_is_read() {
        let after = parse(new_bytes()).expect("a whole trace");
        for entry in entries_of_some() {
            assert_eq!(after.find(&entry.key), Some(entry));
        }
        assert_eq!(after.find(&Digest::of(b"another")), None);
        assert_eq!(
            (after.count(), &*after.texts, after.settled),
            (4, &["a text".to_owned()][..], 7)
        );
    }

    #[test]
    fn what_is_the_same_is_written_as_it_was_read() {
        let before = new_bytes();
        let again = bytes_of(Some(&before), |one, known| {
            assert_eq!(known.find(&one.key).as_ref(), Some(one));
            known.find_bytes(&one.key).map(WrittenEntry::Same)
        });
        assert_eq!(again.expect("memory"), before);
    }

    #[test]
    fn a_long_one_is_written_from_the_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, target) = (folder.path(), folder.path().join("output"));
        let items = |numbers: std::ops::Range<u32>| {
            let keyed = numbers.map(|number| (number, Digest::of(&number.to_le_bytes())));
            let mut keyed: Vec<(u32, Digest)> = keyed.collect();
            keyed.sort_by_key(|one| one.1);
            keyed
        };
        let entry = |(number, key): &(u32, Digest)| TraceEntry {
            key: *key,
            files: Vec::new(),
            used: vec![*number],
        };
        // What is not in the last one is made anew; the rest is only taken from it.
        let write = |last: Option<&Trace>, same: std::ops::Range<u32>, items: &[(u32, Digest)]| {
            let folder = (root, target.as_path());
            NewTrace { settled: 7 }.write(folder, (&[], last), items, |item, known| {
                if same.contains(&item.0) {
                    return known.find_bytes(&item.1).map(WrittenEntry::Same);
                }
                assert_eq!(known.find_bytes(&item.1), None, "{}", item.0);
                Some(WrittenEntry::New(entry(item)))
            })
        };
        let read = |items: &[(u32, Digest)]| {
            let mut trace = Trace::read(root, &target);
            assert_eq!(trace.count(), items.len());
            assert!(items.iter().all(|item| trace.find(&item.1) == Some(entry(item))));
            trace.forget_entries();
            assert!(trace.is_there(root, &target));
            trace
        };
        let (some, others) = (items(0..20_000), items(5_000..30_000));
        write(None, 0..0, &some).expect("a trace");
        let last = read(&some);
        write(Some(&last), 5_000..20_000, &others).expect("a trace");
        let last = read(&others);
        let file = cache(root).path(&name_of(&target));
        let mut damaged = std::fs::read(&file).expect("the trace");
        damaged[1_000] ^= 1;
        std::fs::write(&file, damaged).expect("a file");
        let error = write(Some(&last), 5_000..20_000, &some).expect_err("it is not what it was");
        assert!(format!("{error:#}").contains("was changed while this one was written"));
        let left: Vec<_> = file.parent().expect("a folder").read_dir().expect("it").collect();
        assert_eq!(left.len(), 1, "{left:?}");
        std::fs::remove_file(&file).expect("the file");
        assert!(!last.is_there(root, &target));
        write(Some(&last), 0..0, &some).expect("a trace");
        read(&some);
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
