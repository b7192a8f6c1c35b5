//! What every target can do.

use std::fmt;
use std::path::Path;

use anyhow::Result;

use crate::release::Key;
use crate::store::DirectoryLock;

/// A place that keeps things by key.
///
/// Whoever writes learns what came of it: an answer that was lost on the way is found out by reading
/// back, so an error means that nothing is known and the same may be tried again.
pub trait ConditionalStore: fmt::Debug + Send + Sync {
    /// How people call it.
    fn shown(&self) -> String;

    /// Writes something that is not there yet. What is there is left as it is.
    ///
    /// # Errors
    /// Where it cannot be written, or nobody knows whether it was.
    fn put_new(&self, key: &Key, bytes: &[u8]) -> Result<Put>;

    /// Writes something whatever is there: only for what has one right content, and for records of
    /// one run.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn put(&self, key: &Key, bytes: &[u8]) -> Result<()>;

    /// Reads something, unless it is larger than `cap` bytes.
    ///
    /// # Errors
    /// Where it cannot be read, or is larger ([`TargetFault::TooLarge`]).
    fn read(&self, key: &Key, cap: u64) -> Result<Option<Read>>;

    /// Replaces what was read as `expected`, unless somebody else did.
    ///
    /// # Errors
    /// Where it cannot be written, or nobody knows whether it was.
    fn replace_if(&self, key: &Key, bytes: &[u8], expected: &Version) -> Result<Replaced>;

    /// The keys below a folder of keys, or everywhere where it is empty, and behind `after`, sorted.
    ///
    /// # Errors
    /// Where they cannot be listed, or there are more.
    fn list(&self, folder: &str, after: Option<&Key>) -> Result<Vec<Listed>>;

    /// Removes something. What is not there is removed already.
    ///
    /// # Errors
    /// Where it cannot be removed.
    fn delete(&self, key: &Key) -> Result<()>;

    /// Makes durable what was written so far.
    ///
    /// # Errors
    /// Where it is not durable.
    fn sync(&self) -> Result<()>;

    /// How many may be written at once.
    fn threads(&self) -> usize;

    /// Waits until no other run writes there, where the system can tell; `waiting` is called first.
    ///
    /// # Errors
    /// Where that cannot be found out.
    fn exclusive(&self, waiting: &dyn Fn()) -> Result<Option<DirectoryLock>>;

    /// Where it is a folder: its path.
    fn folder(&self) -> Option<&Path>;
}

/// Most keys that are listed at once: far more than a target of ten million files has in one folder
/// of keys that is listed.
pub(super) const MAX_LISTED: usize = 20_000_000;

/// What came of writing something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    New,
    /// Something is there already.
    Exists,
}

/// What came of replacing something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// It was replaced.
    Done,
    /// Somebody else has replaced it meanwhile.
    Moved,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// All of its bytes.
    pub bytes: Vec<u8>,
    /// Which of its contents this is.
    pub version: Version,
}

/// Which of the contents of a key was read. Its text means something to its store alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub(super) String);

/// A key with what a listing says of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The key.
    pub key: Key,
    /// In bytes.
    pub size: u64,
}

/// What a target refuses, apart from what its system cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFault {
    /// It is larger than anything that belongs there.
    TooLarge(u64),
}

impl fmt::Display for TargetFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(cap) => {
                write!(formatter, "it is larger than {cap} bytes, so nothing of it was read")
            }
        }
    }
}

impl std::error::Error for TargetFault {}
