//! How the file system shows a file: enough to tell that nobody has touched it since.
//!
//! The time of the last change of the inode cannot be set by anyone, so that a file whose size and
//! time were put back is still told from the one that was there. Where a file system has no such
//! time, no file has a stamp, and every file is read.

use std::fmt;
use std::fs::{self, Metadata};
use std::path::Path;
use std::sync::OnceLock;

use crate::model::PublishedPath;

/// How a file stood, given all files in the order of their paths.
pub fn stamp_of(stamps: &[(PublishedPath, Stamp)], place: &PublishedPath) -> Option<Stamp> {
    let at = stamps.binary_search_by(|(one, _)| one.cmp(place)).ok()?;
    stamps.get(at).map(|(_, stamp)| *stamp)
}

/// Clocks of file systems tick this seldom at most, in nanoseconds: a file that changed so shortly
/// before it was looked at may change again and look the same.
const TICK: i64 = 20_000_000;

/// As [`TICK`], where times are whole seconds.
const COARSE_TICK: i64 = 2_100_000_000;

/// Size, number, and times of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    inode: u64,
    /// Of the content and of the inode, in nanoseconds since 1970.
    modified: i64,
    changed: i64,
}

impl Stamp {
    pub(super) const BYTES: usize = 32;

    /// Looks at a file. No link is followed.
    pub fn of(path: &Path) -> Option<Self> {
        Self::from(&fs::symlink_metadata(path).ok()?)
    }

    /// What is known of a file.
    #[cfg(unix)]
    pub(super) fn from(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        if !found.is_file() {
            return None;
        }
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        Some(Self {
            size: found.len(),
            inode: found.ino(),
            modified: nanoseconds(found.mtime(), found.mtime_nsec())?,
            changed: nanoseconds(found.ctime(), found.ctime_nsec())?,
        })
    }

    /// What is known of a file.
    #[cfg(not(unix))]
    pub(super) fn from(_: &Metadata) -> Option<Self> {
        None
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether a file stands like this, and has long enough by `settled` to be told from one that was
    /// changed since.
    pub(super) fn stands(&self, file: &Path, settled: i64) -> bool {
        self.is_older_than(settled) && Self::of(file).as_ref() == Some(self)
    }

    /// Whether every change after `instant` shows.
    fn is_older_than(&self, instant: i64) -> bool {
        // A file system whose times are whole seconds ticks every one or two of them.
        let tick = if self.changed % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
        self.changed.saturating_add(tick) <= instant
    }

    /// Reads a stamp at the start of a line, and gives what follows it.
    pub(super) fn parse(line: &str) -> Option<(Self, &str)> {
        let mut parts = line.splitn(5, ' ');
        let stamp = Self {
            size: parts.next()?.parse().ok()?,
            inode: parts.next()?.parse().ok()?,
            modified: parts.next()?.parse().ok()?,
            changed: parts.next()?.parse().ok()?,
        };
        Some((stamp, parts.next()?))
    }

    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let fields = [
            self.size.to_le_bytes(),
            self.inode.to_le_bytes(),
            self.modified.to_le_bytes(),
            self.changed.to_le_bytes(),
        ];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field);
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let field = |at: usize| {
            let field = bytes.get(at * 8..at * 8 + 8).and_then(|one| one.try_into().ok());
            field.unwrap_or_default()
        };
        Self {
            size: u64::from_le_bytes(field(0)),
            inode: u64::from_le_bytes(field(1)),
            modified: i64::from_le_bytes(field(2)),
            changed: i64::from_le_bytes(field(3)),
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, inode, modified, changed } = self;
        write!(formatter, "{size} {inode} {modified} {changed}")
    }
}

/// The stamp of the running program as it was when this was first asked, or nothing where it
/// cannot be found.
pub fn own_stamp() -> &'static [u8] {
    static OWN: OnceLock<Vec<u8>> = OnceLock::new();
    OWN.get_or_init(|| {
        let stamp = std::env::current_exe().ok().and_then(|path| Stamp::of(&path));
        stamp.map(|stamp| stamp.to_bytes().to_vec()).unwrap_or_default()
    })
}

/// What the file system's clock said when a file was written.
pub(super) fn now_of(path: &Path) -> Option<i64> {
    Stamp::of(path).map(|stamp| stamp.changed)
}
