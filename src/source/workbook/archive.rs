//! The zip archive around a workbook: its directory, and its parts as counted streams.
//!
//! Strict on purpose: one directory at the very end, no two entries of one name, only stored and
//! deflated entries, sizes and checksums that hold. Sizes that the archive declares are never
//! trusted for memory. Must not inflate a part that nobody asked for, nor any part whole.

use super::limits;
use super::remark::Fault;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read};

/// The directory of an archive.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry<'a>>,
    /// What may still be inflated, over all parts.
    left: Cell<u64>,
}

struct Entry<'a> {
    name: &'a str,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        if !bytes.starts_with(b"PK\x03\x04") {
            return Err(Fault::new(
                "the file is not a workbook",
                "save the sheet as .xlsx or .ods, or as .csv under a name that ends in .csv",
            ));
        }
        let entries = directory(bytes).ok_or_else(|| cut("its table of contents is missing"))??;
        let mut names = BTreeSet::new();
        for entry in &entries {
            if !names.insert(entry.name.to_ascii_lowercase()) {
                return Err(Fault::damaged("it holds two parts of one name"));
            }
        }
        Ok(Self { bytes, entries, left: Cell::new(limits::INFLATED) })
    }

    fn find(&self, name: &str) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let starts = |name: &str| {
            name.get(..folder.len()).is_some_and(|start| start.eq_ignore_ascii_case(folder))
        };
        self.entries.iter().any(|entry| starts(entry.name) && entry.name.len() > folder.len())
    }

    /// A part as a stream; none if there is no such part.
    pub(super) fn part(&self, name: &str) -> Result<Option<Part<'_>>, Fault> {
        let Some(entry) = self.find(name) else { return Ok(None) };
        if entry.encrypted {
            return Err(Fault::protected());
        }
        let data = entry.data(self.bytes).ok_or_else(|| cut("a part is cut off"))?;
        let source = match entry.method {
            0 => Source::Stored(data),
            8 => Source::Deflated(Box::new(DeflateDecoder::new(data))),
            _ => return Err(Fault::damaged("a part is packed in an unknown way")),
        };
        Ok(Some(Part {
            source,
            packed: data.len() as u64,
            size: entry.size,
            expected: entry.crc,
            crc: Crc::new(),
            buffer: vec![0; 64 << 10],
            start: 0,
            end: 0,
            read: 0,
            left: &self.left,
            piece: limits::XML_PIECE,
            fault: None,
        }))
    }

    /// The bytes of a part of at most `most` bytes.
    pub(super) fn small(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Fault> {
        let Some(part) = self.part(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        part.take(most)
            .read_to_end(&mut bytes)
            .map_err(|_| Fault::damaged("a part cannot be unpacked"))?;
        Ok(Some(bytes))
    }
}

fn cut(what: &str) -> Fault {
    Fault::new(
        format!("the workbook is not whole: {what}"),
        "fetch the file again, or ask the sender to save and send it again",
    )
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Reads the directory. None if it is not there or does not hold together.
fn directory(bytes: &[u8]) -> Option<Result<Vec<Entry<'_>>, Fault>> {
    // The end record is last, and its comment reaches to the end of the file exactly.
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let end = (first..=last).rev().find(|&at| {
        u32_at(bytes, at) == Some(0x0605_4b50)
            && u16_at(bytes, at + 20)
                .is_some_and(|length| at + 22 + usize::from(length) == bytes.len())
    })?;
    let mut count = u64::from(u16_at(bytes, end + 10)?);
    let mut start = u64::from(u32_at(bytes, end + 16)?);
    if count == 0xFFFF || start == 0xFFFF_FFFF {
        let locator = end.checked_sub(20)?;
        if u32_at(bytes, locator)? == 0x0706_4b50 {
            let large = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
            if u32_at(bytes, large)? != 0x0606_4b50 {
                return None;
            }
            count = u64_at(bytes, large.checked_add(32)?)?;
            start = u64_at(bytes, large.checked_add(48)?)?;
        }
    }
    let count = usize::try_from(count).ok()?;
    if count > limits::ENTRIES {
        return Some(Err(limits::fault("the workbook holds more than 10,000 parts")));
    }
    let mut rest = bytes.get(usize::try_from(start).ok()?..end)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let (entry, after) = entry(rest)?;
        entries.extend(entry);
        rest = after;
    }
    Some(Ok(entries))
}

/// One entry, and what follows it. The inner option is none for names that are not UTF-8: no part
/// of a workbook has one.
fn entry(at: &[u8]) -> Option<(Option<Entry<'_>>, &[u8])> {
    if u32_at(at, 0)? != 0x0201_4b50 {
        return None;
    }
    let name_end = 46 + usize::from(u16_at(at, 28)?);
    let extra_end = name_end + usize::from(u16_at(at, 30)?);
    let rest = at.get(extra_end + usize::from(u16_at(at, 32)?)..)?;
    let mut sizes = [24, 20, 42].map(|place| u32_at(at, place).map(u64::from));
    large_sizes(at.get(name_end..extra_end)?, &mut sizes);
    let [size, packed, offset] = sizes;
    let name = std::str::from_utf8(at.get(46..name_end)?).ok();
    let (encrypted, method) = (u16_at(at, 8)? & 1 != 0, u16_at(at, 10)?);
    let (crc, packed, size, offset) = (u32_at(at, 16)?, packed?, size?, offset?);
    let entry = name.map(|name| Entry { name, encrypted, method, crc, packed, size, offset });
    Some((entry, rest))
}

/// Zip64: sizes of all ones stand in the extra field instead, in this order.
fn large_sizes(mut extra: &[u8], sizes: &mut [Option<u64>; 3]) {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some((body, rest)) = extra.split_at(4).1.split_at_checked(usize::from(length)) else {
            return;
        };
        if id == 1 {
            let marked = sizes.iter_mut().filter(|size| **size == Some(0xFFFF_FFFF));
            for (index, size) in marked.enumerate() {
                *size = u64_at(body, index * 8);
            }
        }
        extra = rest;
    }
}

impl Entry<'_> {
    /// The packed bytes. The entry's own header must carry the same name.
    fn data<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let header = bytes.get(usize::try_from(self.offset).ok()?..)?;
        let name_end = 30 + usize::from(u16_at(header, 26)?);
        let same = header.get(30..name_end)? == self.name.as_bytes();
        if u32_at(header, 0)? != 0x0403_4b50 || !same {
            return None;
        }
        let data = header.get(name_end + usize::from(u16_at(header, 28)?)..)?;
        data.get(..usize::try_from(self.packed).ok()?)
    }
}

enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

/// A part as a stream that counts what it inflates, and stops at a limit.
pub(super) struct Part<'a> {
    source: Source<'a>,
    packed: u64,
    size: u64,
    expected: u32,
    crc: Crc,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    read: u64,
    left: &'a Cell<u64>,
    /// What the piece of XML being read may still take.
    piece: usize,
    fault: Option<Fault>,
}

impl Part<'_> {
    /// Begins a new piece of XML, which may take [`limits::XML_PIECE`] bytes.
    pub(super) fn begin_piece(&mut self) {
        self.piece = limits::XML_PIECE;
    }

    /// Why the stream stopped, if it was a limit or damage.
    pub(super) fn fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    fn stop(&mut self, fault: Fault) -> io::Error {
        self.fault = Some(fault);
        io::Error::from(io::ErrorKind::InvalidData)
    }

    fn refill(&mut self) -> io::Result<()> {
        self.start = 0;
        self.end = 0;
        while let Some(space) = self.buffer.get_mut(self.end..).filter(|space| !space.is_empty()) {
            let read = match &mut self.source {
                Source::Stored(bytes) => bytes.read(space),
                Source::Deflated(decoder) => decoder.read(space),
            };
            let Ok(read) = read else {
                return Err(self.stop(Fault::damaged("a part cannot be unpacked")));
            };
            if read == 0 {
                break;
            }
            self.end += read;
        }
        let fresh = self.buffer.get(..self.end).unwrap_or_default();
        self.crc.update(fresh);
        self.read += fresh.len() as u64;
        let left = self.left.get().checked_sub(fresh.len() as u64);
        self.left.set(left.unwrap_or(0));
        if left.is_none() {
            return Err(self.stop(limits::fault("the workbook holds more than 256 MB unpacked")));
        }
        if self.read > limits::RATIO_FROM && self.read / limits::RATIO > self.packed {
            return Err(self.stop(limits::fault(
                "the workbook unpacks to more than 500 times its size, as only a trap does",
            )));
        }
        if self.end == 0 { self.check_end() } else { Ok(()) }
    }

    fn check_end(&mut self) -> io::Result<()> {
        let whole = match &self.source {
            Source::Stored(_) => true,
            Source::Deflated(decoder) => decoder.total_in() == self.packed,
        };
        if whole && self.read == self.size && self.crc.sum() == self.expected {
            return Ok(());
        }
        Err(self.stop(Fault::damaged("a part is not the one that was packed")))
    }
}

impl Read for Part<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece == 0 {
            return Err(self.stop(limits::fault("the workbook holds a single piece over 4 MB")));
        }
        if self.start >= self.end {
            self.refill()?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.start += amount;
        self.piece = self.piece.saturating_sub(amount);
    }
}
