//! An output folder before it is written to.

use std::path::Path;

use super::build::lock_for;
use super::console::Console;
use super::recall::Memory;
use crate::load::Inputs;
use crate::store::{DirectoryLock, Listing, check_place, list};

/// What is in an output folder and what is known of it, looked at while the workspace is resolved.
pub(super) struct There<'p> {
    /// No other run writes there while this is held; nothing where there is no folder yet.
    pub(super) lock: Option<DirectoryLock>,
    pub(super) listing: Option<Listing>,
    pub(super) memory: Memory<'p>,
}

impl<'p> There<'p> {
    pub(super) fn look((root, target): (&'p Path, &'p Path), lock: Option<DirectoryLock>) -> Self {
        let listing = || lock.as_ref().and_then(|_| list(target).ok());
        let (listing, memory) = rayon::join(listing, || Memory::reading(root, target));
        Self { lock, listing, memory }
    }
}

/// Locks an output folder that is there and may be written to. What stands in the way is told where
/// it is written to.
pub(super) fn lock_early(
    (root, target): (&Path, &Path),
    inputs: &Inputs,
    console: &mut Console,
) -> Option<DirectoryLock> {
    let is_folder = target.symlink_metadata().is_ok_and(|found| found.is_dir());
    let may = is_folder && check_place(root, target, &inputs.table_folders()).is_ok();
    may.then(|| lock_for(target, console).ok())?
}
