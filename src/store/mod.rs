//! Writing the output so that a crash at any moment leaves the last good state whole.
//!
//! New files first, one sync, `SHA256SUMS`, then `manifest.json` by rename, which is the commit
//! point, then removal of what no manifest names. The only output.
#![allow(clippy::disallowed_methods, reason = "this module and `load` are where files are touched")]

mod atomic;
mod cache;
mod commit;
mod gallery;
mod growing;
mod kept;
mod lock;
mod output;
mod pictures;
mod place;
mod scaffold;
mod scan;
mod stamp;
mod trace;
mod whole;

pub use atomic::replace_file;
pub use commit::{Committed, commit};
pub use gallery::{GalleryFolder, check_gallery_place, put_gallery, way};
pub use kept::{keep_sources, kept_source};
pub use lock::{DirectoryLock, lock_directory};
pub use output::OutputDir;
pub use pictures::KeptPictures;
pub use place::{check_place, is_workspace};
pub use scaffold::write_new_files;
pub use scan::{hash_output, is_there, read_artifact, read_checksums, read_manifest};
pub use stamp::{Stamp, own_stamp};
pub use trace::{Trace, TraceEntry, TraceFile};
pub use whole::Whole;
