//! Copies of the files that builds were made from, below `.throughline/sources/`, by digest. They
//! tell what a fact was before. Without them the reasons of a change are lost, and nothing else.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::model::Digest;

/// Bytes that are kept of builds whose manifest is gone: the oldest give way first.
const MAX_KEPT: u64 = 256_000_000;

fn folder(root: &Path) -> PathBuf {
    root.join(".throughline").join("sources")
}

/// Keeps a copy of each file, unless there is one. A file that has changed since it was read is
/// left out: its copy would be of something else.
///
/// # Errors
/// Where a copy cannot be written.
pub fn keep_sources(root: &Path, files: &[(&str, Digest)]) -> Result<()> {
    let folder = folder(root);
    if folder.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
        bail!("{} is a symbolic link, which is never followed", folder.display());
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut new = false;
    for (path, digest) in files {
        let copy = folder.join(digest.hex());
        if copy.symlink_metadata().is_ok() {
            continue;
        }
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if Digest::of(&bytes) != *digest {
            continue;
        }
        let temporary = folder.join(format!(".{}.new", digest.hex16()));
        let write = || -> std::io::Result<()> {
            match fs::remove_file(&temporary) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
            file.write_all(&bytes)?;
            fs::rename(&temporary, &copy)
        };
        write().with_context(|| format!("cannot write {}", copy.display()))?;
        new = true;
    }
    if new {
        let named: Vec<String> = files.iter().map(|(_, digest)| digest.hex()).collect();
        forget_oldest(&folder, &named)
            .with_context(|| format!("cannot clean {}", folder.display()))?;
    }
    Ok(())
}

fn forget_oldest(folder: &Path, named: &[String]) -> std::io::Result<()> {
    let mut all = Vec::new();
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        size += metadata.len();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !named.contains(&name) {
            all.push((metadata.modified()?, name, metadata.len()));
        }
    }
    all.sort();
    for (_, name, length) in all {
        if size <= MAX_KEPT {
            break;
        }
        fs::remove_file(folder.join(name))?;
        size = size.saturating_sub(length);
    }
    Ok(())
}

/// The copy of a file, if there is one and it is whole.
pub fn kept_source(root: &Path, digest: Digest) -> Option<Vec<u8>> {
    let bytes = fs::read(folder(root).join(digest.hex())).ok()?;
    (Digest::of(&bytes) == digest).then_some(bytes)
}
