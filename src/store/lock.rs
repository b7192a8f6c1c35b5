//! One run at a time: a lock of the kernel on a folder, which no crash leaves behind.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Held until dropped.
#[derive(Debug)]
pub struct DirectoryLock {
    _folder: File,
}

/// Locks a folder, making it if it is not there. `waiting` is called if another run holds it.
pub fn lock_directory(folder: &Path, waiting: &dyn Fn()) -> Result<DirectoryLock> {
    if let Ok(metadata) = fs::symlink_metadata(folder) {
        if metadata.is_symlink() {
            bail!("{} is a symbolic link, which is never followed", folder.display());
        }
        if !metadata.is_dir() {
            bail!("{} is a file, not a folder", folder.display());
        }
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = File::open(folder).with_context(|| format!("cannot open {}", folder.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            waiting();
            file.lock().with_context(|| format!("cannot lock {}", folder.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            let what = format!(
                "cannot lock {}: two runs at once could mix their output, so this one stops",
                folder.display()
            );
            return Err(error).context(what);
        }
    }
    Ok(DirectoryLock { _folder: file })
}
