//! Writing the files of a new workspace.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::atomic::create_file;

/// Writes files that must not be there yet, one behind the other, each whole or not at all. Nothing
/// is written if one of them is there.
pub fn write_new_files(root: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    for (path, _) in files {
        if root.join(path).symlink_metadata().is_ok() {
            bail!("{} is there already, and nothing is overwritten", root.join(path).display());
        }
    }
    for (path, bytes) in files {
        let file = root.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        create_file(&file, bytes)?;
    }
    Ok(())
}
