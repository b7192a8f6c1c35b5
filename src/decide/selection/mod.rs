//! A part of what a build would change: which artifacts are meant, and whether they can go out
//! while everything else stays as it is.
//!
//! What is made together goes out together: the files of a mail, the forms of a page. Nothing is
//! guessed: which file shows which other is read off their bytes, and which links it shows off the
//! tables. Must not render, nor touch a file.

mod mix;
mod selector;
mod unit;

pub use mix::{Conflict, Mixed, Mixing};
pub use selector::{BadSelector, Selection};
pub use unit::{Made, Unit, names_in, units};
