//! Walking and reading the workspace. The only input.
#![allow(
    clippy::disallowed_methods,
    reason = "this module and `store` are where files are touched"
)]

mod inputs;
mod read;
mod walk;

pub use inputs::{Inputs, load, load_lock};
pub use read::{ReadFault, read_file};
pub use walk::{FoundFile, walk};
