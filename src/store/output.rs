//! The output folder while a build writes into it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use super::atomic::set_mode;
use super::scan::{Listing, MARKER, is_kept, list};
use super::stamp::Stamp;
use crate::model::{PublishedPath, make_room_for};

/// An output folder that is ours to write.
#[derive(Debug)]
pub struct OutputDir {
    pub(super) root: PathBuf,
    /// Opened before anything is written, so that a sync tells what has failed since, also where somebody
    /// else was told as well.
    #[cfg(target_os = "linux")]
    folder: File,
    /// What was in it when it was opened, until it was cleaned.
    before: RwLock<Listing>,
    folders: Mutex<BTreeSet<PathBuf>>,
    written: AtomicUsize,
    unchanged: AtomicUsize,
    fix_modes: bool,
    /// How each file stood when it was right, as each thread saw it: jobs come in the order of their
    /// paths, so that there is little to sort.
    stamps: Vec<Mutex<Vec<(PublishedPath, Stamp)>>>,
}

const MARKER_TEXT: &[u8] =
    b"This folder is written by throughline. Other files in it are removed.\n";

impl OutputDir {
    /// Opens an output folder, or makes one. A folder with other people's files in it is refused,
    /// because a build removes what it did not make.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_listed(root, None)
    }

    /// The same, given what is in it, where that was looked at since it was locked.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_listed(root: &Path, listing: Option<Listing>) -> Result<Self> {
        let metadata = fs::symlink_metadata(root)
            .with_context(|| format!("cannot open {}", root.display()))?;
        if !metadata.is_dir() {
            bail!("{} is not a folder", root.display());
        }
        #[cfg(target_os = "linux")]
        let folder = File::open(root).with_context(|| format!("cannot open {}", root.display()))?;
        let marker = root.join(MARKER);
        let known = marker.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        // A run that was stopped may have left it empty.
        let says_so = known && fs::read(&marker).is_ok_and(|text| text == MARKER_TEXT);
        let listing = listing.map_or_else(|| list(root), Ok)?;
        if let Some(link) = listing.links.first() {
            bail!(
                "{link} in {} is a symbolic link, which is never followed: remove it",
                root.display()
            );
        }
        let stranger = listing.files.iter().find(|path| !is_kept(path));
        if let Some(other) = stranger.filter(|_| !known) {
            bail!(
                "{} holds `{other}`, which is not ours, and a build removes what it did not make: \
                 choose an empty folder with --output",
                root.display()
            );
        }
        if !says_so {
            mark(&marker, known).with_context(|| format!("cannot write {}", marker.display()))?;
        }
        let fix_modes = umask_hides();
        #[cfg(unix)]
        if fix_modes && !known {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(root, fs::Permissions::from_mode(0o755))?;
        }
        Ok(Self {
            root: root.to_path_buf(),
            #[cfg(target_os = "linux")]
            folder,
            before: RwLock::new(listing),
            folders: Mutex::default(),
            written: AtomicUsize::new(0),
            unchanged: AtomicUsize::new(0),
            fix_modes,
            stamps: (0..=rayon::current_num_threads()).map(|_| Mutex::default()).collect(),
        })
    }

    /// Writes one artifact under its hashed name. A file that is there already with the same
    /// bytes is left as it is; one with other bytes is damage and is replaced.
    pub(super) fn put_at(
        &self,
        target: &Path,
        place: &PublishedPath,
        bytes: &[u8],
    ) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let opened = match options.open(target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_folder(target)?;
                options.open(target)
            }
            other => other,
        };
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Looked at before it is read: what changes meanwhile is another file.
                let stamp = Stamp::of(target);
                if holds(target, bytes)? {
                    self.keep(place.clone(), stamp);
                    return Ok(());
                }
                fs::remove_file(target)?;
                options.open(target)?
            }
            Err(error) => return Err(error),
        };
        file.write_all(bytes)?;
        self.finish_file(&file)?;
        self.note(place.clone(), Stamp::from(&file.metadata()?));
        Ok(())
    }

    /// The end of writing a file, but for putting it at its place.
    pub(super) fn finish_file(&self, file: &File) -> io::Result<()> {
        if self.fix_modes {
            set_mode(file)?;
        }
        sync_where_needed(file)?;
        self.written.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Makes room for about as many files as will be put: a list that doubles would have twice as much.
    pub fn make_room(&self, files: usize) {
        let threads = self.stamps.len().saturating_sub(1).max(1);
        let with_others = files / threads + files / 32 + 64;
        for stamps in self.stamps.iter().take(threads) {
            stamps.lock().unwrap_or_else(PoisonError::into_inner).reserve_exact(with_others);
        }
    }

    /// The list of this thread; of one that is none of those that render, the last.
    fn stamps(&self) -> Option<MutexGuard<'_, Vec<(PublishedPath, Stamp)>>> {
        let own = rayon::current_thread_index().and_then(|at| self.stamps.get(at));
        let own = own.or(self.stamps.last())?;
        Some(own.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was in it when it was opened.
    pub(super) fn before(&self) -> RwLockReadGuard<'_, Listing> {
        self.before.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, once nobody will ask for it any more: it is a long list.
    pub(super) fn take_before(&self) -> Listing {
        std::mem::take(&mut *self.before.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a file that is there already, and remembers how it stands.
    pub fn keep(&self, place: PublishedPath, stamp: Option<Stamp>) {
        self.unchanged.fetch_add(1, Ordering::Relaxed);
        self.note(place, stamp);
    }

    /// The same of several files of one job whose stamps are known.
    pub fn keep_all(&self, files: impl ExactSizeIterator<Item = (PublishedPath, Stamp)>) {
        self.unchanged.fetch_add(files.len(), Ordering::Relaxed);
        let Some(mut stamps) = self.stamps() else { return };
        let first = stamps.len();
        make_room_for(&mut stamps, files.len());
        stamps.extend(files);
        stamps.get_mut(first..).unwrap_or_default().sort_unstable_by(|a, b| a.0.cmp(&b.0));
    }

    pub(super) fn note(&self, place: PublishedPath, stamp: Option<Stamp>) {
        if let Some((stamp, mut stamps)) = stamp.zip(self.stamps()) {
            make_room_for(&mut stamps, 1);
            stamps.push((place, stamp));
        }
    }

    /// How each file that was put stood when it was right, by path; asked for once, at the end.
    pub fn take_stamps(&self) -> Vec<(PublishedPath, Stamp)> {
        let taken = self.stamps.iter().map(|stamps| {
            std::mem::take(&mut *stamps.lock().unwrap_or_else(PoisonError::into_inner))
        });
        let taken: Vec<Vec<_>> = taken.collect();
        let mut stamps = Vec::with_capacity(taken.iter().map(Vec::len).sum());
        stamps.extend(taken.into_iter().flatten());
        stamps.par_sort_by(|a, b| a.0.cmp(&b.0));
        stamps
    }

    pub(super) fn make_folder(&self, target: &Path) -> io::Result<()> {
        let Some(folder) = target.parent() else { return Ok(()) };
        let mut made = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if !made.contains(folder) {
            fs::create_dir_all(folder)?;
            self.open_folders(folder)?;
            made.insert(folder.to_path_buf());
        }
        Ok(())
    }

    /// Everyone may enter the folders of what is deployed.
    fn open_folders(&self, folder: &Path) -> io::Result<()> {
        #[cfg(unix)]
        if self.fix_modes {
            use std::os::unix::fs::PermissionsExt;
            let below = folder.ancestors().take_while(|one| *one != self.root);
            for one in below {
                fs::set_permissions(one, fs::Permissions::from_mode(0o755))?;
            }
        }
        #[cfg(not(unix))]
        let _ = folder;
        Ok(())
    }

    /// How many files were written, and how many were there already.
    pub fn counts(&self) -> (usize, usize) {
        (self.written.load(Ordering::Relaxed), self.unchanged.load(Ordering::Relaxed))
    }

    /// Makes everything written so far durable: one sync of the file system, not one a file.
    pub(super) fn sync(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&self.folder)?;
        Ok(())
    }
}

/// An error that says which file it is about.
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Says whose folder it is. Not by a file beside it: that would be a stranger's until it is renamed.
fn mark(marker: &Path, known: bool) -> io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create_new(!known).truncate(known).open(marker)?;
    file.write_all(MARKER_TEXT)?;
    set_mode(&file)
}

/// Elsewhere there is no sync of one file system, so each file is synced.
pub(super) fn sync_where_needed(file: &File) -> io::Result<()> {
    if cfg!(target_os = "linux") { Ok(()) } else { file.sync_all() }
}

/// Whether the umask would keep others from reading what is written. Unknown means yes.
fn umask_hides() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let umask = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    umask.and_then(|text| u32::from_str_radix(text.trim(), 8).ok()) != Some(0o022)
}

/// Whether an ordinary file of these bytes is there.
pub(super) fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        metadata => metadata?,
    };
    if !metadata.is_file() || metadata.len() != bytes.len() as u64 {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    let mut chunk = vec![0; 64 * 1024];
    let mut rest = bytes;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(rest.is_empty());
        }
        let Some((head, tail)) = rest.split_at_checked(read) else { return Ok(false) };
        if chunk.get(..read) != Some(head) {
            return Ok(false);
        }
        rest = tail;
    }
}
