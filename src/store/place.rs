//! Where output may be written.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Folders of a workspace that hold what people wrote, and our own cache.
const KEPT: [&str; 8] =
    [".git", ".throughline", "assets", "briefs", "decisions", "legal", "rules", "templates"];

/// Whether a folder is a workspace.
pub fn is_workspace(root: &Path) -> bool {
    root.join("throughline.toml").symlink_metadata().is_ok()
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// A folder.
    Folder,
    /// Something that is no folder.
    File,
    /// Nothing.
    Nowhere,
}

/// Looks what lies at a path.
pub fn lies(path: &Path) -> Lies {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Lies::Folder,
        Ok(_) => Lies::File,
        Err(_) => Lies::Nowhere,
    }
}

/// Refuses a place where output would become input of the next build, or where cleaning up would
/// remove what people wrote.
pub fn check_place(root: &Path, target: &Path, table_folders: &[String]) -> Result<()> {
    let root = root.canonicalize().with_context(|| format!("cannot open {}", root.display()))?;
    let place = real_path(target)?;
    if root.starts_with(&place) {
        bail!("{} holds the workspace, so it cannot hold its output", target.display());
    }
    let Ok(inside) = place.strip_prefix(&root) else { return Ok(()) };
    let top = inside.components().next().map(|part| part.as_os_str().to_string_lossy());
    let top = top.unwrap_or_default();
    if KEPT.contains(&top.as_ref()) || table_folders.iter().any(|folder| *folder == top) {
        bail!(
            "{} is in {top}/, which is read and not written: choose another folder",
            target.display()
        );
    }
    Ok(())
}

/// The real path of something that need not be there yet.
pub(super) fn real_path(path: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let existing = whole.ancestors().find(|one| one.symlink_metadata().is_ok());
    let existing = existing.unwrap_or(Path::new("/"));
    let mut real =
        existing.canonicalize().with_context(|| format!("cannot open {}", existing.display()))?;
    for part in whole.strip_prefix(existing).unwrap_or(Path::new("")).components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            other => real.push(other),
        }
    }
    Ok(real)
}
