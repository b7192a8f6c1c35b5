//! What was built: the manifest, its canonical form, its root digest, and comparing outputs with it.

mod compare;
mod schema;
mod tree;

pub use compare::{Comparison, Found, checksums_hold, compare};
pub use schema::{ENGINE_EPOCH, Entry, Manifest, Root, SCHEMA, Selected, SourceEntry};
pub use tree::{leaf, root};
