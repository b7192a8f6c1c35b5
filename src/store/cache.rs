//! A folder of files below `.throughline/` that can be lost at any time. Names are digests.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};

use super::atomic::{is_left_over, remove_left_over};

/// One folder of the cache. It is made when the first file is written.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

/// Several threads may write files at once, also of one name.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

impl Cache {
    pub(super) fn new(root: &Path, name: &str) -> Self {
        let folder = root.join(".throughline").join(name);
        Self { folder }
    }

    /// A file's bytes. A folder that is a link is not followed.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        if self.is_link() {
            return None;
        }
        fs::read(self.folder.join(name)).ok()
    }

    /// A file, to be read. A folder that is a link is not followed.
    pub(super) fn open_file(&self, name: &str) -> Option<File> {
        if self.is_link() {
            return None;
        }
        File::open(self.folder.join(name)).ok()
    }

    /// A file's bytes, if it begins with `head`; the rest of another one is not read.
    pub(super) fn read_after(&self, name: &str, head: &[u8]) -> Option<Vec<u8>> {
        let mut file = self.open_file(name)?;
        let mut bytes = vec![0; head.len()];
        file.read_exact(&mut bytes).ok()?;
        if bytes != head {
            return None;
        }
        let size = file.metadata().ok().and_then(|found| usize::try_from(found.len()).ok());
        bytes.reserve_exact(size.unwrap_or_default().saturating_sub(head.len()));
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.join(name).symlink_metadata().is_ok()
    }

    /// Where a file is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file whole, over the one that is there.
    ///
    /// # Errors
    /// Where the folder or the file cannot be written.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write_with(name, |file| file.write_all(bytes))
    }

    /// Writes a file whole, over the one that is there: what `write` puts into it.
    ///
    /// # Errors
    /// Where the folder or the file cannot be written.
    pub(super) fn write_with(
        &self,
        name: &str,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<()> {
        let turn = WRITTEN.fetch_add(1, Ordering::Relaxed);
        self.open()?;
        let (target, temporary) =
            (self.folder.join(name), self.folder.join(format!(".{}.{turn}.new", process::id())));
        let written = || -> io::Result<()> {
            remove_left_over(&temporary)?;
            let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
            let put = write(&mut file).and_then(|()| fs::rename(&temporary, &target));
            // Nothing of it is of use to anyone; the error that stopped it is the one to tell.
            put.inspect_err(|_| drop(remove_left_over(&temporary)))
        };
        written().with_context(|| format!("cannot write {}", target.display()))
    }

    fn is_link(&self) -> bool {
        self.folder.symlink_metadata().is_ok_and(|found| found.is_symlink())
    }

    fn open(&self) -> Result<()> {
        let folder = &self.folder;
        if self.is_link() {
            bail!("{} is a symbolic link, which is never followed", folder.display());
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
    }

    /// Removes what runs left that were stopped, and the oldest files until all have at most `limit`
    /// bytes, but none that is `named`.
    ///
    /// # Errors
    /// Where a file cannot be removed.
    pub(super) fn forget_oldest(&self, limit: u64, named: impl Fn(&str) -> bool) -> Result<()> {
        self.forget(limit, named).with_context(|| format!("cannot clean {}", self.folder.display()))
    }

    fn forget(&self, limit: u64, named: impl Fn(&str) -> bool) -> io::Result<()> {
        if self.is_link() {
            return Ok(());
        }
        let (mut all, mut size) = (Vec::new(), 0);
        let own = format!(".{}.", process::id());
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // What another run has removed by now, or what nobody of us has put there.
            let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else {
                continue;
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_left_over(&name) {
                // Another thread may be writing one of ours. One of others is at worst of a plan that
                // runs just now, which then remembers a picture less.
                if !name.starts_with(&own) {
                    remove_left_over(&entry.path())?;
                }
                continue;
            }
            size += metadata.len();
            if !named(&name) {
                all.push((metadata.modified()?, name, metadata.len()));
            }
        }
        all.sort();
        for (_, name, length) in all {
            if size <= limit {
                break;
            }
            remove_left_over(&self.folder.join(name))?;
            size = size.saturating_sub(length);
        }
        Ok(())
    }
}
