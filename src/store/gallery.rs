//! The folder of the gallery, below `.throughline/`: everything in it can be made again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::atomic::replace_file;
use super::cache::Cache;
use super::place::real_path;

/// Where the gallery of a workspace is.
#[derive(Debug)]
pub struct GalleryFolder {
    cache: Cache,
    path: PathBuf,
    named: BTreeSet<String>,
}

impl GalleryFolder {
    /// The folder of a workspace; nothing is made yet.
    pub fn new(root: &Path) -> Self {
        // `./.throughline` is `.throughline` to everyone who reads it.
        let root = if root == Path::new(".") { Path::new("") } else { root };
        let path = root.join(".throughline").join(NAME);
        Self { cache: Cache::new(root, NAME), path, named: BTreeSet::new() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file, unless it is there already with these bytes.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.named.insert(name.to_owned());
        if self.cache.read(name).is_some_and(|there| there == bytes) {
            return Ok(());
        }
        self.cache.write(name, bytes)
    }

    /// Removes what was not put there.
    ///
    /// # Errors
    /// Where a file cannot be removed.
    pub fn finish(self) -> Result<()> {
        self.cache.forget_oldest(0, |name| self.named.contains(name))
    }
}

const NAME: &str = "gallery";

/// Refuses a place in the output, from which the next build would remove the gallery.
///
/// # Errors
/// Where it may not stand.
pub fn check_gallery_place(path: &Path, output: &Path) -> Result<()> {
    if real_path(path)?.starts_with(real_path(output)?) {
        bail!("{} is in the output, where only what is built may be", path.display());
    }
    Ok(())
}

/// Writes a file where somebody asked for it, unless it is there already with these bytes.
///
/// # Errors
/// Where it cannot be written.
pub fn put_gallery(path: &Path, bytes: &[u8]) -> Result<()> {
    let ordinary = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    if ordinary && fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    replace_file(path, bytes)
}

/// The way from a folder to a file or folder, with `/`.
///
/// # Errors
/// Where the present folder is unknown.
pub fn way(from: &Path, to: &Path) -> Result<String> {
    let (from, to) = (real_path(from)?, real_path(to)?);
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    Ok(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}
