//! What somebody is asked to decide on: just what the gate watches, before and after, and nothing
//! else. As text for a terminal, and as a page.

mod page;
mod text;

pub use page::packet_page;
pub use text::{packet_digest, packet_text};

use std::collections::BTreeMap;

use crate::decide::{ArtifactDifference, GateState, ItemState};
use crate::report::comparison::Look;

/// Everything that a packet shows.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// The workspace's title.
    pub title: &'a str,
    /// The gate and its scope.
    pub state: &'a GateState,
    /// Where the files of the build are: path by the id of an artifact.
    pub files: &'a BTreeMap<String, String>,
    /// The time at which it was made, with its zone.
    pub at: &'a str,
    /// What was there before of items whose bytes are asked about, by item. Only the page shows it.
    pub before: Option<&'a BTreeMap<String, Before>>,
}

/// An item whose bytes are asked about, before and now.
#[derive(Debug)]
pub struct Before {
    /// What is shown as before, or why nothing is, as a sentence.
    pub how: String,
    /// Its artifacts that differ, with what is seen of them.
    pub artifacts: Vec<(ArtifactDifference, [Look; 2])>,
    /// How many artifacts are not shown as they look.
    pub without_look: usize,
}

/// A value that is asked about, wherever it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked<'a> {
    name: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
    place: Option<&'a str>,
    swap: Option<&'a str>,
}

impl<'a> Packet<'a> {
    fn open(&self) -> impl Iterator<Item = &'a ItemState> {
        self.state.items.iter().filter(|item| !item.holds)
    }

    fn kept(&self) -> usize {
        self.state.items.iter().filter(|item| item.holds).count()
    }

    /// What changed since it was approved, once for each value, with how many items show it.
    fn changed(&self) -> Vec<(Asked<'a>, usize)> {
        gathered(self.open().filter(|item| !item.is_new))
    }

    /// What was never approved.
    fn asked_first(&self) -> Vec<(Asked<'a>, usize)> {
        gathered(self.open().filter(|item| item.is_new))
    }

    /// How it is approved.
    fn command(&self) -> String {
        format!("throughline approve {}@{}", self.state.name(), short(&self.state.subject))
    }
}

/// Each value once, with how many items show it.
fn gathered<'a>(items: impl Iterator<Item = &'a ItemState>) -> Vec<(Asked<'a>, usize)> {
    let mut found: BTreeMap<Asked<'a>, usize> = BTreeMap::new();
    for change in items.flat_map(|item| &item.changes) {
        let asked = Asked {
            name: &change.name,
            old: change.old.as_deref(),
            new: change.new.as_deref(),
            place: change.place.as_deref(),
            swap: change.swap.as_deref(),
        };
        *found.entry(asked).or_default() += 1;
    }
    found.into_iter().collect()
}

/// What of a digest is typed.
fn short(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}
