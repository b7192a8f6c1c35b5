//! What can be wrong, where it is, whose it is, and how to say it.
//!
//! A diagnostic is plain data. Nothing here prints, and nothing here stops at the first one.

mod code;
mod collection;
mod diagnostic;
mod suggest;

pub use code::{Code, Reach};
pub use collection::Diagnostics;
pub use diagnostic::{Diagnostic, Label, Severity};
pub use suggest::{did_you_mean, nearest};
