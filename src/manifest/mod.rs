//! What was built: the manifest, its canonical form, its root digest, and comparing outputs with it.

mod compare;
mod entry;
mod schema;
mod tree;

pub use compare::{Comparison, Found, checksums_hold, compare};
pub use entry::{Entry, EntryKind, NO_DIGEST, Names};
pub use schema::{ENGINE_EPOCH, Manifest, Root, SCHEMA, Selected, SourceEntry};
pub use tree::{leaf, root};
