//! What a plan means for approvals: which are kept, which are lost, and what is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Target;
use crate::cli::gates::{BuiltFiles, judge};
use crate::cli::named::Files;
use crate::decide::{GateState, GateStates};
use crate::load::Decisions;
use crate::manifest::Manifest;
use crate::model::PublishedPath;
use crate::source::{Documents, Sticky};

/// Keeps the files that a build would write, where a gate looks at bytes.
pub(in crate::cli) struct HeldFiles {
    wanted: bool,
    /// Paths of files that lie in the folder already.
    there: BTreeSet<String>,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl HeldFiles {
    /// Keeps nothing where no gate looks at bytes, and nothing that a base has.
    pub(in crate::cli) fn new(documents: &Documents, base: Option<&Manifest>) -> Self {
        let wanted = documents.gates.gates.iter().any(|gate| gate.sticky == Sticky::Bytes);
        let entries = base.filter(|_| wanted).into_iter().flat_map(|base| &base.artifacts);
        let there = entries.map(|entry| entry.path.to_string()).collect();
        Self { wanted, there, files: Mutex::default() }
    }

    /// Takes a file, unless it lies in the folder already.
    pub(in crate::cli) fn put(&self, place: &PublishedPath, bytes: &[u8]) {
        if !self.wanted {
            return;
        }
        let path = place.to_string();
        if !self.there.contains(&path) {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.insert(path, bytes.to_vec());
        }
    }
}

/// How the gates would stand after a build.
pub(in crate::cli) fn gates_after(
    output: &Files,
    target: &Target<'_>,
    held: HeldFiles,
    decisions: Decisions,
    now: Timestamp,
) -> GateStates {
    let files = held.files.into_inner().unwrap_or_else(PoisonError::into_inner);
    let built = BuiltFiles::planned(output, &target.manifest, files);
    judge((target.prepared, &target.engine), &built, decisions, now).states
}

/// Approvals that a build costs: something was approved, and is not what it was.
pub(super) fn lost(states: &GateStates) -> impl Iterator<Item = &GateState> {
    states.open().filter(|state| {
        let changed = |item: &crate::decide::ItemState| {
            !item.holds && !item.is_new && !item.changes.is_empty()
        };
        state.items.iter().any(changed)
    })
}
