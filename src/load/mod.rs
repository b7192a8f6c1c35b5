//! Walking and reading the workspace. The only input.
#![allow(
    clippy::disallowed_methods,
    reason = "this module and `store` are where files are touched"
)]

mod add;
mod decisions;
mod inputs;
mod kept;
mod read;
mod walk;
mod watch;

pub use decisions::{APPROVALS, Decisions, load_decisions};
pub use inputs::{Inputs, Proposed, load, load_config, load_lock, load_with};
pub use kept::{KeptFile, load_kept};
pub use read::{ReadFault, read_file};
pub use walk::{FoundFile, walk};
pub use watch::{SourceWatch, Waited};
