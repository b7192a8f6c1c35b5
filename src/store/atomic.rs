//! Replacing one file: all of the new one or all of the old one, also after a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file that is written beside the one it will replace.
#[derive(Debug)]
pub(super) struct Staged<'p> {
    temporary: PathBuf,
    target: &'p Path,
}

impl<'p> Staged<'p> {
    /// Writes the new content beside the target. Nothing is durable yet.
    pub(super) fn write(target: &'p Path, bytes: &[u8]) -> Result<(Self, File)> {
        Self::write_with(target, |file| file.write_all(bytes))
    }

    /// The same, of content that is not in memory as a whole.
    fn write_with(
        target: &'p Path,
        content: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<(Self, File)> {
        let temporary = beside(target);
        let write = || -> io::Result<File> {
            remove_left_over(&temporary)?;
            let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
            content(&mut file)?;
            set_mode(&file)?;
            Ok(file)
        };
        let file = write().with_context(|| format!("cannot write {}", temporary.display()))?;
        Ok((Self { temporary, target }, file))
    }

    /// Puts the new content in the target's place. What was written must be durable by now.
    pub(super) fn replace(self) -> Result<()> {
        fs::rename(&self.temporary, self.target)
            .with_context(|| format!("cannot write {}", self.target.display()))
    }
}

/// Where the new content of a file stands until it is whole.
pub(super) fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    folder_of(target).join(format!(".{name}.new"))
}

/// Whether a name is that of a file that was not whole when its run was stopped.
pub(super) fn is_left_over(name: &str) -> bool {
    name.strip_prefix('.').is_some_and(|rest| rest.strip_suffix(".new").is_some())
}

/// Removes what stopped runs left half written in a folder, which need not be there. The caller holds
/// a lock that everybody takes who writes there.
///
/// # Errors
/// Where it cannot be listed or removed.
pub fn sweep_folder(folder: &Path) -> Result<()> {
    let context = || format!("cannot list {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(context)?,
    };
    for entry in entries {
        let path = entry.with_context(context)?.path();
        if path.file_name().is_some_and(|name| is_left_over(&name.to_string_lossy())) {
            remove_left_over(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Removes what a killed run left; a link put in its place must not be followed.
pub(super) fn remove_left_over(temporary: &Path) -> io::Result<()> {
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes beside the file, syncs, renames over it, and syncs the folder: without the last step a
/// power cut can undo the rename.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_file_with(path, |file| file.write_all(bytes))
}

/// The same, with content that is not in memory as a whole.
///
/// # Errors
/// Where it cannot be written, synced or put in its place.
pub fn replace_file_with(
    path: &Path,
    content: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<()> {
    let (staged, file) = Staged::write_with(path, content)?;
    file.sync_all().with_context(|| format!("cannot sync {}", path.display()))?;
    staged.replace()?;
    let folder = folder_of(path);
    sync_folder(folder).with_context(|| format!("cannot sync {}", folder.display()))
}

/// Writes a file that is not there yet: all of it or nothing, also after a power cut. One that came
/// to be there meanwhile is not replaced.
pub(super) fn create_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let (staged, file) = Staged::write(path, bytes)?;
    file.sync_all().with_context(|| format!("cannot sync {}", path.display()))?;
    let done = match fs::hard_link(&staged.temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if path.symlink_metadata().is_err() => fs::rename(&staged.temporary, path),
        other => other,
    };
    // Gone already where it was renamed.
    remove_left_over(&staged.temporary)
        .with_context(|| format!("cannot remove {}", staged.temporary.display()))?;
    done.with_context(|| format!("cannot write {}", path.display()))?;
    let folder = folder_of(path);
    sync_folder(folder).with_context(|| format!("cannot sync {}", folder.display()))
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Everyone may read what is deployed, whatever the umask.
pub(super) fn set_mode(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
