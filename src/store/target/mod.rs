//! Places that releases go to: a folder, or a bucket. Both keep the same promises, which
//! tests/it/stores.rs holds them to: a thing is there whole or not at all; what is written once is
//! never written over; of two that replace the same thing at once, one is told that it lost.

mod asking;
mod conditional;
mod folder;
mod object;
mod open;
mod probe;
mod said;
mod site;

pub use conditional::{ConditionalStore, Listed, Put, Read, Replaced, TargetFault, Version};
pub use folder::FolderStore;
pub use object::ObjectTarget;
pub use open::{open_target, read_small};
pub use probe::check_conditions;
pub use site::{live_site, prune_sites, put_site, site_contents, switch_site};
