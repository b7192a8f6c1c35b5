//! Where finished files go, whole or while they are made, and the files that no template makes.
//!
//! A table of a million links is larger than what should be held, so it goes to its place in
//! pieces, and its name, which has its digest in it, is known last.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use crate::model::{ArtifactPath, Digest, Hasher, PublishedPath, make_room_for};

/// A finished file that no template made.
#[derive(Clone, Debug)]
pub struct GeneratedFile {
    /// Logical path, without digest.
    pub path: ArtifactPath,
    /// Its media type.
    pub media_type: Cow<'static, str>,
    /// Its bytes; `None` where they are at their place already.
    pub bytes: Option<Arc<Vec<u8>>>,
    /// How many bytes it has.
    pub size: usize,
    /// Their digest.
    pub digest: Digest,
    /// By what the next build may know it: a digest of everything that it was made from.
    pub made_from: Option<Digest>,
}

impl GeneratedFile {
    /// Ties bytes to their path.
    pub fn new(
        path: ArtifactPath,
        media_type: &'static str,
        bytes: impl Into<Arc<Vec<u8>>>,
    ) -> Self {
        let bytes = bytes.into();
        let (digest, size) = (Digest::of(&bytes), bytes.len());
        let (media_type, bytes) = (media_type.into(), Some(bytes));
        Self { path, media_type, bytes, size, digest, made_from: None }
    }

    /// Ties bytes to a path that the engine itself chose.
    pub(super) fn at(path: &str, media_type: &'static str, bytes: Vec<u8>) -> Option<Self> {
        Some(Self::new(ArtifactPath::new(path).ok()?, media_type, bytes))
    }

    /// The same bytes at a second path.
    pub(super) fn again_at(&self, second: &str, into: &dyn Shelf) -> io::Result<Self> {
        let again = Self { path: own_path(second)?, ..self.clone() };
        if again.bytes.is_none() {
            into.again(&self.published(), &again.published())?;
        }
        Ok(again)
    }

    /// Where it goes.
    pub fn published(&self) -> PublishedPath {
        PublishedPath::new(&self.path, &self.digest)
    }
}

/// Where files go: whole ones, and those that are written while they are made.
pub trait Shelf: Sync {
    /// Begins a file, given its path without a digest.
    fn begin(&self, path: &ArtifactPath) -> io::Result<Box<dyn Growing + '_>>;

    /// Puts a whole file at its place.
    fn put(&self, place: &PublishedPath, bytes: &[u8]) -> io::Result<()>;

    /// Puts a finished file at its place and lets go of its bytes; one that keeps nothing leaves them.
    fn take(&self, file: &mut GeneratedFile) -> io::Result<()> {
        file.bytes.take().map_or(Ok(()), |bytes| self.put(&file.published(), &bytes))
    }

    /// Puts the bytes of a finished file at a second place as well, given both places.
    fn again(&self, from: &PublishedPath, to: &PublishedPath) -> io::Result<()>;

    /// The files that were made of the same before and stand at their places, all or none of them.
    fn known(&self, made_from: &Digest) -> Vec<GeneratedFile>;
}

/// A file while it is written.
pub trait Growing: Send {
    /// Adds bytes.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts the whole file at its place.
    fn finish(self: Box<Self>, place: &PublishedPath) -> io::Result<()>;
}

/// A shelf that keeps nothing: for learning what files would be, by their digests.
#[derive(Clone, Copy, Debug)]
pub struct NoShelf;

impl Shelf for NoShelf {
    fn begin(&self, _: &ArtifactPath) -> io::Result<Box<dyn Growing + '_>> {
        Ok(Box::new(Self))
    }

    fn put(&self, _: &PublishedPath, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn take(&self, _: &mut GeneratedFile) -> io::Result<()> {
        Ok(())
    }

    fn again(&self, _: &PublishedPath, _: &PublishedPath) -> io::Result<()> {
        Ok(())
    }

    fn known(&self, _: &Digest) -> Vec<GeneratedFile> {
        Vec::new()
    }
}

impl Growing for NoShelf {
    fn add(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: &PublishedPath) -> io::Result<()> {
        Ok(())
    }
}

/// A shelf that hands each file on when it is whole, and holds it until then.
#[derive(Clone, Copy)]
pub struct HandOn<'s>(pub Sink<'s>);

/// Takes a whole file: its place, and its bytes.
pub type Sink<'s> = &'s (dyn Fn(&PublishedPath, &[u8]) -> io::Result<()> + Sync);

impl Shelf for HandOn<'_> {
    fn begin(&self, _: &ArtifactPath) -> io::Result<Box<dyn Growing + '_>> {
        Ok(Box::new(Held { bytes: Vec::new(), take: self.0 }))
    }

    fn put(&self, place: &PublishedPath, bytes: &[u8]) -> io::Result<()> {
        self.0(place, bytes)
    }

    fn again(&self, from: &PublishedPath, _: &PublishedPath) -> io::Result<()> {
        Err(io::Error::other(format!("`{from}` was handed on")))
    }

    fn known(&self, _: &Digest) -> Vec<GeneratedFile> {
        Vec::new()
    }
}

struct Held<'s> {
    bytes: Vec<u8>,
    take: Sink<'s>,
}

impl Growing for Held<'_> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        make_room_for(&mut self.bytes, bytes.len());
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>, place: &PublishedPath) -> io::Result<()> {
        (self.take)(place, &self.bytes)
    }
}

/// Writes one file and takes its digest on the way.
pub struct FileWriter<'s> {
    path: ArtifactPath,
    media_type: &'static str,
    file: Box<dyn Growing + 's>,
    hasher: Hasher,
    size: usize,
}

impl<'s> FileWriter<'s> {
    /// Begins a file at a path that the engine itself chose.
    pub(super) fn begin_own(
        shelf: &'s dyn Shelf,
        path: &str,
        media_type: &'static str,
    ) -> io::Result<Self> {
        Self::begin(shelf, own_path(path)?, media_type)
    }

    /// Begins a file, given its path without a digest.
    ///
    /// # Errors
    /// Those of the shelf.
    pub fn begin(
        shelf: &'s dyn Shelf,
        path: ArtifactPath,
        media_type: &'static str,
    ) -> io::Result<Self> {
        let file = shelf.begin(&path)?;
        Ok(Self { path, media_type, file, hasher: Hasher::default(), size: 0 })
    }

    /// Puts the whole file at its place.
    ///
    /// # Errors
    /// Those of the shelf.
    pub fn finish(self) -> io::Result<GeneratedFile> {
        let Self { path, media_type, file, hasher, size } = self;
        let (media_type, digest) = (media_type.into(), hasher.finish());
        let made = GeneratedFile { path, media_type, bytes: None, size, digest, made_from: None };
        file.finish(&made.published())?;
        Ok(made)
    }
}

impl Write for FileWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.add(bytes)?;
        self.hasher = std::mem::take(&mut self.hasher).raw(bytes);
        self.size += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The path that the engine itself chose, which is never a bad one.
fn own_path(path: &str) -> io::Result<ArtifactPath> {
    ArtifactPath::new(path).map_err(|_| io::Error::other(format!("`{path}` is no path")))
}
