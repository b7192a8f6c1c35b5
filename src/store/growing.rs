//! Files that are written while they are made. Where the bytes are those of the last build, they
//! are only compared, and nothing is written.
//!
//! What is new stands beside its place until it is whole: a run that is killed leaves no file that
//! is cut off under a name with a digest.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::atomic::{beside, remove_left_over};
use super::output::{OutputDir, named};
use super::stamp::Stamp;
use crate::artifact::{GeneratedFile, Growing, Shelf};
use crate::model::{ArtifactPath, DIGITS_IN_NAMES, Digest, PublishedPath};

/// Bytes that are compared at once.
const CHUNK: usize = 64 * 1024;

impl Shelf for OutputDir {
    fn begin(&self, path: &ArtifactPath) -> io::Result<Box<dyn Growing + '_>> {
        // One that cannot be opened need not be compared with. Looked at before it is read: what changes
        // meanwhile is another file.
        let old = self.last(path).and_then(|path| {
            let ordinary = fs::symlink_metadata(&path).ok()?.is_file();
            let file = File::open(&path).ok().filter(|_| ordinary)?;
            Some((Stamp::from(&file.metadata().ok()?), file, path))
        });
        let temporary = beside(&path.under(&self.root));
        let (state, stamp) = match old {
            Some((stamp, file, path)) => (State::Comparing(file, path), stamp),
            None => (State::Writing(self.create(&temporary)?), None),
        };
        let (output, chunk) = (self, Vec::new());
        Ok(Box::new(GrowingFile { output, temporary, state, stamp, same: 0, chunk }))
    }

    fn put(&self, place: &PublishedPath, bytes: &[u8]) -> io::Result<()> {
        let target = place.under(&self.root);
        self.put_at(&target, place, bytes).map_err(|error| named(&target, &error))
    }

    fn again(&self, from: &PublishedPath, place: &PublishedPath) -> io::Result<()> {
        let (from, to) = (from.under(&self.root), place.under(&self.root));
        let stamp = Stamp::of(&to);
        if are_same(&from, &to)? {
            self.keep(place.clone(), stamp);
            return Ok(());
        }
        let temporary = beside(&to);
        let mut file = self.create(&temporary)?;
        let copied = File::open(&from).and_then(|mut from| io::copy(&mut from, &mut file));
        copied.map_err(|error| named(&temporary, &error))?;
        self.put_in_place(&file, &temporary, &to)?;
        self.note(place.clone(), Stamp::of(&to));
        Ok(())
    }

    fn known(&self, _: &Digest) -> Vec<GeneratedFile> {
        Vec::new()
    }
}

impl OutputDir {
    /// The file of the last build with this path and whatever digest.
    fn last(&self, path: &ArtifactPath) -> Option<PathBuf> {
        let (head, tail) = path.around_digits();
        let head = &[head, "."].concat();
        let before = self.before();
        let mut alike = before.files.from(head).take_while(|one| one.starts_with(head.as_str()));
        let found = alike.find(|one| {
            let digest = one.strip_prefix(head.as_str()).and_then(|rest| rest.strip_suffix(tail));
            digest.is_some_and(|digest| {
                digest.len() == DIGITS_IN_NAMES && !digest.contains(['/', '.'])
            })
        })?;
        Some(ArtifactPath::published(found).ok()?.under(&self.root))
    }

    fn create(&self, temporary: &Path) -> io::Result<File> {
        let create = || -> io::Result<File> {
            self.make_folder(temporary)?;
            remove_left_over(temporary)?;
            OpenOptions::new().write(true).create_new(true).open(temporary)
        };
        create().map_err(|error| named(temporary, &error))
    }

    fn put_in_place(&self, file: &File, temporary: &Path, target: &Path) -> io::Result<()> {
        let put = self.finish_file(file).and_then(|()| fs::rename(temporary, target));
        put.map_err(|error| named(target, &error))
    }
}

struct GrowingFile<'o> {
    output: &'o OutputDir,
    temporary: PathBuf,
    state: State,
    /// How the file stood that it is compared with.
    stamp: Option<Stamp>,
    /// So many bytes are those of the last build's file.
    same: u64,
    chunk: Vec<u8>,
}

enum State {
    /// Nothing differs from the file at this path so far.
    Comparing(File, PathBuf),
    Writing(File),
}

impl GrowingFile<'_> {
    /// From here on the file is another one.
    fn part(&mut self) -> io::Result<&mut File> {
        if let State::Comparing(old, _) = &mut self.state {
            let mut file = self.output.create(&self.temporary)?;
            old.rewind()?;
            let copied = io::copy(&mut old.take(self.same), &mut file);
            copied.map_err(|error| named(&self.temporary, &error))?;
            self.state = State::Writing(file);
        }
        match &mut self.state {
            State::Writing(file) => Ok(file),
            State::Comparing(..) => Err(io::Error::other("the file was not begun")),
        }
    }
}

impl Growing for GrowingFile<'_> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let State::Comparing(old, path) = &mut self.state
            && begins_with(old, bytes, &mut self.chunk).map_err(|error| named(path, &error))?
        {
            self.same += bytes.len() as u64;
            return Ok(());
        }
        let written = self.part()?.write_all(bytes);
        written.map_err(|error| named(&self.temporary, &error))
    }

    fn finish(mut self: Box<Self>, place: &PublishedPath) -> io::Result<()> {
        let target = place.under(&self.output.root);
        if let State::Comparing(old, path) = &mut self.state
            && *path == target
            && old.read(&mut [0])? == 0
        {
            self.output.keep(place.clone(), self.stamp);
            return Ok(());
        }
        let (output, temporary) = (self.output, self.temporary.clone());
        let stamp = Stamp::of(&target);
        self.part()?;
        // A run that was stopped may have left it beside the file that this was compared with.
        if stamp.is_some() && are_same(&temporary, &target)? {
            fs::remove_file(&temporary).map_err(|error| named(&temporary, &error))?;
            output.keep(place.clone(), stamp);
            return Ok(());
        }
        output.put_in_place(self.part()?, &temporary, &target)?;
        output.note(place.clone(), Stamp::of(&target));
        Ok(())
    }
}

/// Whether the next bytes of a file are these.
pub(super) fn begins_with(file: &mut File, bytes: &[u8], chunk: &mut Vec<u8>) -> io::Result<bool> {
    chunk.resize(CHUNK, 0);
    for part in bytes.chunks(CHUNK) {
        let Some(read) = chunk.get_mut(..part.len()) else { return Ok(false) };
        match file.read_exact(read) {
            Ok(()) if read == part => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Whether both are ordinary files with the same bytes.
fn are_same(one: &Path, other: &Path) -> io::Result<bool> {
    let size = |path: &Path| {
        let found = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
        found.map(|found| found.len())
    };
    if size(one).is_none() || size(one) != size(other) {
        return Ok(false);
    }
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut bytes, mut chunk) = (vec![0; CHUNK], Vec::new());
    loop {
        let read = one.read(&mut bytes)?;
        let part = bytes.get(..read).unwrap_or_default();
        if part.is_empty() {
            return Ok(true);
        }
        if !begins_with(&mut other, part, &mut chunk)? {
            return Ok(false);
        }
    }
}
