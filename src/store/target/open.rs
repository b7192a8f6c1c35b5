//! From what was typed to a target.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::conditional::ConditionalStore;
use super::folder::FolderStore;
use super::object::ObjectTarget;
use crate::store::place::real_path;

/// Opens `s3://bucket/prefix`, or a folder, which is relative to the workspace. Nothing is written.
///
/// # Errors
/// Where it can be no target.
pub fn open_target(root: &Path, typed: &str) -> Result<Box<dyn ConditionalStore>> {
    if typed.starts_with("s3://") {
        return Ok(Box::new(ObjectTarget::s3(typed)?));
    }
    if let Some((scheme, _)) = typed.split_once("://") {
        bail!(
            "`{}` is no target: write a folder or s3://BUCKET/PREFIX",
            format!("{scheme}://…").escape_debug()
        );
    }
    let path = root.join(typed);
    let (root, place) = (real_path(root)?, real_path(&path)?);
    if root.starts_with(&place) {
        bail!("{typed} holds the workspace, so nothing can be published into it");
    }
    Ok(Box::new(FolderStore::new(path, typed.to_owned())))
}

/// Reads a small file that was named on the command line.
///
/// # Errors
/// Where it cannot be read, or is too large to be what it should be.
pub fn read_small(path: &Path, cap: u64) -> Result<Vec<u8>> {
    let context = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(context)?;
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes).with_context(context)?;
    if bytes.len() as u64 > cap {
        bail!("{} is larger than {cap} bytes", path.display());
    }
    Ok(bytes)
}
