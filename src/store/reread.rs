//! A trace that was read, once more from its beginning to its end while the next one is written, so
//! that little of it is in memory. Whether it still is what it was is known at its end.

use std::io::{self, Read};

use super::trace_entries::{Entries, FILE, KEY};
use crate::model::{Digest, Hasher};

/// What a trace is, without its entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Bytes before the first entry, and to the end of the last.
    pub(super) head: usize,
    pub(super) body: usize,
    /// Of all but itself.
    pub(super) digest: Digest,
}

impl Extent {
    /// How many bytes its file has.
    pub(super) fn sealed(&self) -> u64 {
        (self.body + self.digest.as_bytes().len()) as u64
    }
}

impl Default for Extent {
    fn default() -> Self {
        Self { head: 0, body: 0, digest: Digest::of(b"") }
    }
}

/// The rest of a trace.
pub(super) struct Reread<R> {
    file: R,
    /// Bytes before the next entry, and to the end of the last.
    head: usize,
    body: usize,
    hasher: Hasher,
    digest: Digest,
    /// The next entry, once it was read.
    next: Vec<u8>,
}

impl<R: Read> Reread<R> {
    /// Begins to read it.
    pub(super) fn new(file: R, extent: Extent) -> Self {
        let Extent { head, body, digest } = extent;
        Self { file, head, body, hasher: Hasher::default(), digest, next: Vec::new() }
    }

    /// Reads on to `last`, and leaves in `known` what is wanted of it and was not passed before.
    ///
    /// # Errors
    /// Where it cannot be read, or is not what it was.
    pub(super) fn read_to(
        &mut self,
        last: &Digest,
        is_wanted: impl Fn(&Digest) -> bool,
        known: &mut Entries,
    ) -> io::Result<()> {
        known.bytes.clear();
        known.starts.clear();
        loop {
            if self.next.is_empty() {
                self.read_next()?;
            }
            // Behind the last of all there is nothing, which has no key.
            let key = self.next.first_chunk().map(|key| Digest::from_bytes(*key));
            let Some(key) = key.filter(|key| key <= last) else { break };
            if is_wanted(&key) {
                known.starts.push(u32::try_from(known.bytes.len()).map_err(io::Error::other)?);
                known.bytes.append(&mut self.next);
            }
            self.next.clear();
        }
        known.starts.push(u32::try_from(known.bytes.len()).map_err(io::Error::other)?);
        Ok(())
    }

    /// Reads what is left.
    ///
    /// # Errors
    /// Where it cannot be read, or is not what it was.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.head = self.body;
        self.skip_head()?;
        if self.hasher.finish() == self.digest { Ok(()) } else { Err(changed()) }
    }

    /// Reads an entry, if there is one more.
    fn read_next(&mut self) -> io::Result<()> {
        self.skip_head()?;
        if self.body == 0 {
            return Ok(());
        }
        self.take(KEY)?;
        let files = self.take_count()?;
        self.take(files.checked_mul(FILE).ok_or_else(changed)?)?;
        let used = self.take_count()?;
        self.take(used.checked_mul(4).ok_or_else(changed)?)?;
        self.hasher = std::mem::take(&mut self.hasher).raw(&self.next);
        Ok(())
    }

    fn take_count(&mut self) -> io::Result<usize> {
        self.take(4)?;
        let count = self.next.last_chunk().map(|count| u32::from_le_bytes(*count));
        count.and_then(|count| usize::try_from(count).ok()).ok_or_else(changed)
    }

    /// Adds so many bytes to the next entry.
    fn take(&mut self, length: usize) -> io::Result<()> {
        self.body = self.body.checked_sub(length).ok_or_else(changed)?;
        let known = self.next.len();
        self.next.resize(known + length, 0);
        read_all(&mut self.file, self.next.get_mut(known..).unwrap_or_default())
    }

    /// Reads what is before the next entry.
    fn skip_head(&mut self) -> io::Result<()> {
        let mut piece = [0; 4096];
        while self.head > 0 {
            let (piece, _) = piece.split_at_mut(self.head.min(4096));
            read_all(&mut self.file, piece)?;
            self.hasher = std::mem::take(&mut self.hasher).raw(piece);
            self.head -= piece.len();
            self.body = self.body.checked_sub(piece.len()).ok_or_else(changed)?;
        }
        Ok(())
    }
}

fn read_all(file: &mut impl Read, piece: &mut [u8]) -> io::Result<()> {
    file.read_exact(piece).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => changed(),
        kind => io::Error::new(kind, format!("what the last build left cannot be read: {error}")),
    })
}

fn changed() -> io::Error {
    let what = "what the last build left was changed while this one was written";
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry without files, which shows so many links.
    fn entry(number: u8, used: u32) -> Vec<u8> {
        let links = (0..used).flat_map(u32::to_le_bytes);
        let start = [number; KEY].into_iter().chain([0; 4]).chain(used.to_le_bytes());
        start.chain(links).collect()
    }

    fn extent(bytes: &[u8], head: usize) -> Extent {
        Extent { head, body: bytes.len(), digest: Digest::of(bytes) }
    }

    #[test]
    fn it_is_read_in_pieces() {
        let head = vec![9; 5000];
        let bytes = [head, entry(1, 2), entry(3, 0), entry(5, 1), entry(7, 0)].concat();
        let mut reread = Reread::new(bytes.as_slice(), extent(&bytes, 5000));
        let mut known = Entries::default();
        let key = |number| Digest::from_bytes([number; KEY]);
        for (last, numbers) in [(0, &[][..]), (4, &[1]), (5, &[5]), (8, &[7]), (9, &[])] {
            reread.read_to(&key(last), |one| *one != key(3), &mut known).expect("memory");
            let found = (0..10).filter(|number| known.find_bytes(&key(*number)).is_some());
            assert_eq!(found.collect::<Vec<u8>>(), numbers, "to {last}");
            if last == 5 {
                assert_eq!(known.find_bytes(&key(5)), Some(entry(5, 1).as_slice()));
            }
        }
        reread.finish().expect("as it was");
    }

    #[test]
    fn what_changed_meanwhile_is_an_error() {
        let bytes = [vec![9; 3], entry(1, 2), entry(3, 1)].concat();
        let read = |changed: &[u8], last: u8| {
            let mut reread = Reread::new(changed, extent(&bytes, 3));
            let last = Digest::from_bytes([last; KEY]);
            let read = reread.read_to(&last, |_| true, &mut Entries::default());
            read.and_then(|()| reread.finish())
        };
        for last in [0, 1, 9] {
            read(&bytes, last).expect("as it was");
            for at in 0..bytes.len() {
                assert!(read(&bytes[..at], last).is_err(), "cut at {at}");
                let mut damaged = bytes.clone();
                damaged[at] ^= 128;
                assert!(read(&damaged, last).is_err(), "a bit of {at}");
            }
        }
    }
}
