//! A folder as a target. Everything grows in `.partial/` and is renamed into place when it is
//! whole; what must not be lost is synced, and the folder that names it too.
//!
//! Locks of the kernel on the folder in question stand for conditions, which file systems lack.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use super::conditional::{
    ConditionalStore, Listed, MAX_LISTED, Put, Read, Replaced, TargetFault, Version,
};
use crate::model::Digest;
use crate::release::{Key, KeyKind};
use crate::store::atomic::{set_mode, sync_folder};
use crate::store::lock::{DirectoryLock, lock_directory};

/// Where files grow.
const PARTIAL: &str = ".partial";

/// A folder as a target.
#[derive(Debug)]
pub struct FolderStore {
    root: PathBuf,
    shown: String,
    written: AtomicU64,
    /// One thread at a time makes folders.
    making: Mutex<()>,
}

impl FolderStore {
    /// The target in a folder, which need not be there yet. `shown` is how people call it.
    pub fn new(root: PathBuf, shown: String) -> Self {
        Self { root, shown, written: AtomicU64::new(0), making: Mutex::new(()) }
    }

    /// Makes the folders above a file, each durable in the one above it.
    fn make_folders(&self, target: &Path) -> io::Result<()> {
        let Some(folder) = target.parent() else { return Ok(()) };
        if is_folder(folder)? {
            return Ok(());
        }
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|one| one.symlink_metadata().is_err()).collect();
        for one in missing.into_iter().rev() {
            match fs::create_dir(one) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            open_to_all(one)?;
            sync_folder(one.parent().unwrap_or(Path::new(".")))?;
        }
        is_folder(folder)?.then_some(()).ok_or_else(|| io::Error::other("it is no folder"))
    }

    /// Writes a file whole, beside everything, and puts it at its place.
    fn place(&self, target: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
        let turn = self.written.fetch_add(1, Ordering::Relaxed);
        let partial = self.root.join(PARTIAL).join(format!("{}-{turn}", process::id()));
        self.make_folders(&partial)?;
        let written =
            write_whole(&partial, bytes, durable).and_then(|()| fs::rename(&partial, target));
        if written.is_err() {
            // What went wrong is told; what is left over is swept by the next run.
            let _ = fs::remove_file(&partial);
        }
        written?;
        if durable {
            sync_folder(target.parent().unwrap_or(Path::new(".")))?;
        }
        Ok(())
    }

    /// What was left by runs that were killed. Only for who has the folder for itself.
    fn sweep(&self) -> io::Result<()> {
        let entries = match fs::read_dir(self.root.join(PARTIAL)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    fn try_read(&self, key: &Key, cap: u64) -> Result<Option<Read>> {
        let path = key.under(&self.root);
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.is_file() => bail!("it is no ordinary file"),
            Ok(found) if found.len() > cap => bail!(TargetFault::TooLarge(cap)),
            Ok(_) => {}
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(file) => drop(file.take(cap.saturating_add(1)).read_to_end(&mut bytes)?),
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        if bytes.len() as u64 > cap {
            bail!(TargetFault::TooLarge(cap));
        }
        let version = Version(Digest::of(&bytes).hex());
        Ok(Some(Read { bytes, version }))
    }

    /// Tells two writers of one key apart: a lock on the folder that it lies in.
    fn lock_of(&self, path: &Path) -> Result<DirectoryLock> {
        self.make_folders(path)?;
        lock_directory(path.parent().unwrap_or(Path::new(".")), &|| {})
    }

    fn context(&self, verb: &str, key: &Key) -> String {
        format!("cannot {verb} {}", key.under(&self.root).display())
    }
}

impl ConditionalStore for FolderStore {
    fn shown(&self) -> String {
        self.shown.clone()
    }

    fn put_new(&self, key: &Key, bytes: &[u8]) -> Result<Put> {
        let path = key.under(&self.root);
        let write = || -> Result<Put> {
            // Two that write one blob write the same.
            let blob = key.kind() == KeyKind::Blob;
            let _lock = if blob { None } else { Some(self.lock_of(&path)?) };
            if path.symlink_metadata().is_ok() {
                return Ok(Put::Exists);
            }
            self.make_folders(&path)?;
            self.place(&path, bytes, !blob || cfg!(not(target_os = "linux")))?;
            Ok(Put::New)
        };
        write().with_context(|| self.context("write", key))
    }

    fn put(&self, key: &Key, bytes: &[u8]) -> Result<()> {
        let path = key.under(&self.root);
        let write = || -> Result<()> {
            self.make_folders(&path)?;
            Ok(self.place(&path, bytes, true)?)
        };
        write().with_context(|| self.context("write", key))
    }

    fn read(&self, key: &Key, cap: u64) -> Result<Option<Read>> {
        self.try_read(key, cap).with_context(|| self.context("read", key))
    }

    fn replace_if(&self, key: &Key, bytes: &[u8], expected: &Version) -> Result<Replaced> {
        let path = key.under(&self.root);
        let write = || -> Result<Replaced> {
            let _lock = self.lock_of(&path)?;
            let found = self.try_read(key, u64::MAX - 1)?;
            if found.is_none_or(|found| found.version != *expected) {
                return Ok(Replaced::Moved);
            }
            self.place(&path, bytes, true)?;
            Ok(Replaced::Done)
        };
        write().with_context(|| self.context("replace", key))
    }

    fn list(&self, folder: &str, after: Option<&Key>) -> Result<Vec<Listed>> {
        let start = folder.split('/').fold(self.root.clone(), |path, part| path.join(part));
        // What plain hosts serve is no part of the store: it is made again from what is.
        let sites = self.root.join("sites");
        let shown = || format!("cannot list {}", start.display());
        if start.symlink_metadata().is_err_and(|error| is_absent(&error)) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let walk = WalkDir::new(&start).min_depth(1).into_iter();
        for entry in walk.filter_entry(|entry| entry.path() != sites) {
            let entry = match entry {
                // Removed while this looks.
                Err(error) if error.io_error().is_some_and(is_absent) => continue,
                entry => entry.with_context(shown)?,
            };
            if !entry.file_type().is_file() {
                continue;
            }
            let relative = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            let text = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            let Some(key) = Key::new(&text).filter(|key| after.is_none_or(|after| key > after))
            else {
                continue;
            };
            let size = match entry.metadata() {
                Ok(metadata) => metadata.len(),
                Err(error) if error.io_error().is_some_and(is_absent) => continue,
                Err(error) => return Err(error).with_context(shown),
            };
            if found.len() == MAX_LISTED {
                bail!("{} holds more than {MAX_LISTED} files", start.display());
            }
            found.push(Listed { key, size });
        }
        found.sort_unstable();
        Ok(found)
    }

    fn delete(&self, key: &Key) -> Result<()> {
        let path = key.under(&self.root);
        match fs::remove_file(&path) {
            Err(error) if is_absent(&error) => {}
            removed => removed.with_context(|| self.context("remove", key))?,
        }
        // A folder that others still use stays, and so does one that is not empty.
        let above = path.ancestors().skip(1).take_while(|one| *one != self.root);
        for folder in above.take_while(|one| fs::remove_dir(one).is_ok()) {
            let _ = sync_folder(folder.parent().unwrap_or(&self.root));
        }
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        #[cfg(target_os = "linux")]
        {
            let file = File::open(&self.root);
            let synced = file.and_then(|file| Ok(rustix::fs::syncfs(file)?));
            synced.with_context(|| format!("cannot sync {}", self.root.display()))?;
        }
        Ok(())
    }

    fn threads(&self) -> usize {
        rayon::current_num_threads()
    }

    fn exclusive(&self, waiting: &dyn Fn()) -> Result<Option<DirectoryLock>> {
        let lock = lock_directory(&self.root, waiting)?;
        self.sweep().with_context(|| format!("cannot sweep {}", self.root.display()))?;
        Ok(Some(lock))
    }

    fn folder(&self) -> Option<&Path> {
        Some(&self.root)
    }
}

fn write_whole(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    // A name of this process: what is there is of one that was killed.
    crate::store::atomic::remove_left_over(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    set_mode(&file)?;
    if durable { file.sync_all() } else { Ok(()) }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether a folder is there. A link in its place is refused, wherever it leads.
fn is_folder(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Ok(true),
        Ok(_) => Err(io::Error::other(format!("{} is no folder", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Everyone may enter the folders of what is deployed, whatever the umask.
fn open_to_all(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
