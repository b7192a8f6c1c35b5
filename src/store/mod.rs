//! Writing the output so that a crash at any moment leaves the last good state whole.
//!
//! New files first, the manifest's parts among them, one sync, `SHA256SUMS`, then `manifest.json` by rename, which is the commit
//! point, then removal of what no manifest names. The only output.
#![allow(clippy::disallowed_methods, reason = "this module and `load` are where files are touched")]

mod atomic;
mod cache;
mod commit;
mod gallery;
mod growing;
mod held;
mod kept;
mod links;
mod lock;
mod manifest;
mod output;
mod parts;
mod paths;
mod pictures;
mod place;
mod reread;
mod rewritten;
mod scaffold;
mod scan;
mod sealed;
mod sign;
mod stamp;
mod tables;
mod target;
mod trace;
mod trace_entries;
mod whole;

pub use atomic::{replace_file, replace_file_with, sweep_folder};
pub use commit::{Committed, commit};
pub use gallery::{GalleryFolder, check_gallery_place, put_gallery, way};
pub use held::{held_back, keep_held_back};
pub use kept::{keep_approved, keep_sources, kept_approved, kept_source};
pub use links::{keep_links, read_links};
pub use lock::{DirectoryLock, lock_directory};
pub use manifest::{Verified, manifest_bytes, read_manifest, verify_output};
pub use output::OutputDir;
pub use parts::{KeptParts, keep_parts};
pub use pictures::KeptPictures;
pub use place::{Lies, check_place, is_workspace, lies};
pub use scaffold::write_new_files;
pub use scan::{Listing, is_there, list, read_artifact};
pub use sign::{public_key_of, sign_with_key, write_decision};
pub use stamp::{Stamp, own_stamp, stamp_of};
pub use tables::{KnownFile, KnownTables};
pub use target::{
    ConditionalStore, FolderStore, Listed, ObjectTarget, Put, Read, Replaced, TargetFault, Version,
    check_conditions, live_site, open_target, prune_sites, put_site, read_small, site_contents,
    switch_site,
};
pub use trace::{NewTrace, Trace};
pub use trace_entries::{Entries, TraceEntry, TraceFile, WrittenEntry};
pub use whole::Whole;
