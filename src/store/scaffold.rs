//! Writing the files of a new workspace.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Writes files that must not be there yet. Nothing is written if one of them is.
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
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&file)
            .and_then(|mut file| file.write_all(bytes))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
