//! Two builds side by side on one page that needs no network and no script: facts, links, and each
//! artifact before and after.
//!
//! What is compared is plain data here; who has it, and where pictures stand, is the caller's
//! business.

mod marks;
mod page;
#[cfg(test)]
mod tests;

pub use page::comparison_page;
pub(super) use page::{LOOKS_STYLE, both};

use crate::decide::{ArtifactDifference, Fact, LinkDifference};

/// Everything that the page shows.
#[derive(Debug)]
pub struct ComparisonPage<'a> {
    /// What each side is called, and its root.
    pub sides: [(String, String); 2],
    /// The facts that differ; else why they are not known.
    pub facts: Result<&'a [Fact], &'a str>,
    /// The links that differ; nothing where they are not known.
    pub links: Option<&'a [LinkDifference]>,
    /// What could not be compared, a sentence each.
    pub remarks: &'a [String],
    /// The artifacts that differ, with what is seen of them.
    pub artifacts: Vec<Compared<'a>>,
    /// How many artifacts differ and are not shown as they look.
    pub without_look: usize,
    /// How many artifacts are the same.
    pub same: usize,
}

/// An artifact that differs.
#[derive(Debug)]
pub struct Compared<'a> {
    /// What differs.
    pub difference: &'a ArtifactDifference,
    /// How it looks before and after.
    pub looks: &'a [Look; 2],
}

/// How an artifact looks.
#[derive(Debug, Default)]
pub enum Look {
    /// It is not there.
    #[default]
    Absent,
    /// It is there, and nobody looks at it.
    Unseen,
    /// A document, ready to stand in a frame.
    Document(String),
    /// The address of a picture.
    Picture(String),
}
