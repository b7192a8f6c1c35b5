//! A file that is written anew, and only where it differs from the one that is there.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::atomic::Staged;
use super::growing::begins_with;

/// The file while its bytes come in, in pieces.
pub(super) struct Rewritten<'p> {
    target: &'p Path,
    state: State<'p>,
    chunk: Vec<u8>,
}

enum State<'p> {
    /// So many bytes are those of the file that is there.
    Same(File, u64),
    Other(Staged<'p>, File),
}

impl<'p> Rewritten<'p> {
    pub(super) fn begin(target: &'p Path) -> Result<Self> {
        let old = ordinary(target).with_context(|| format!("cannot read {}", target.display()))?;
        let state = match old {
            Some(old) => State::Same(old, 0),
            None => staged(target)?,
        };
        Ok(Self { target, state, chunk: Vec::new() })
    }

    /// Adds bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<()> {
        let Self { target, state, chunk } = self;
        if let State::Same(old, same) = state {
            let is_same = begins_with(old, bytes, chunk);
            if is_same.with_context(|| format!("cannot read {}", target.display()))? {
                *same += bytes.len() as u64;
                return Ok(());
            }
        }
        let written = self.other()?.write_all(bytes);
        written.with_context(|| format!("cannot write {}", self.target.display()))
    }

    /// What is to take the place of the file that is there; nothing where that is the same.
    pub(super) fn finish(mut self) -> Result<Option<(Staged<'p>, File)>> {
        if let State::Same(old, _) = &mut self.state {
            let rest = old.read(&mut [0]);
            if rest.with_context(|| format!("cannot read {}", self.target.display()))? == 0 {
                return Ok(None);
            }
            self.other()?;
        }
        match self.state {
            State::Other(staged, file) => Ok(Some((staged, file))),
            State::Same(..) => Ok(None),
        }
    }

    /// From here on it is another file, which begins with what was the same.
    fn other(&mut self) -> Result<&mut File> {
        if let State::Same(old, same) = &mut self.state {
            let (staged, mut file) = Staged::write(self.target, &[])?;
            let copied = old.rewind().and_then(|()| io::copy(&mut old.take(*same), &mut file));
            copied.with_context(|| format!("cannot write {}", self.target.display()))?;
            self.state = State::Other(staged, file);
        }
        match &mut self.state {
            State::Other(_, file) | State::Same(file, _) => Ok(file),
        }
    }
}

fn staged(target: &Path) -> Result<State<'_>> {
    let (staged, file) = Staged::write(target, &[])?;
    Ok(State::Other(staged, file))
}

/// The file that is there, if it is an ordinary one.
fn ordinary(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found?.is_file().then(|| File::open(path)).transpose(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let rewrite = |pieces: &[&str]| {
            let mut file = Rewritten::begin(&path).unwrap();
            for piece in pieces {
                file.add(piece.as_bytes()).unwrap();
            }
            let made = file.finish().unwrap();
            made.is_some_and(|(staged, _)| staged.replace().is_ok())
        };
        let steps: [(&[&str], bool); 6] = [
            (&["ab", "cd"], true),
            (&["abc", "d"], false),
            (&["ab"], true),
            (&["ab", "c"], true),
            (&["ab", "d"], true),
            (&[], true),
        ];
        for (pieces, differs) in steps {
            assert_eq!(rewrite(pieces), differs, "{pieces:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), pieces.concat());
        }
    }
}
