//! What was built: the manifest, its canonical form, its root digest, and comparing outputs with it.

mod compare;
mod entry;
mod head;
mod made_parts;
mod parts;
mod schema;
mod tree;

pub use compare::{Comparison, Found, checksums_hold, compare, compare_parts};
pub use entry::{Entry, EntryKind, Names};
pub use head::Head;
pub use made_parts::{MadePart, MadeParts};
pub use parts::{Listed, Part};
pub use schema::{ENGINE_EPOCH, Manifest, Root, SCHEMA, Selected, SourceEntry};
pub use tree::{leaf, root};

#[cfg(test)]
mod tests;
