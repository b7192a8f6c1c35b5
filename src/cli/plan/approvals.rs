//! What a plan means for approvals: which are kept, which are lost, and what is asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Target;
use crate::cli::gates::{BuiltFiles, judge};
use crate::decide::{GateState, GateStates};
use crate::load::Decisions;
use crate::manifest::Manifest;
use crate::model::ArtifactPath;
use crate::source::{Documents, Sticky};

/// Keeps the files that a build would write, where a gate looks at bytes.
#[derive(Default)]
pub(in crate::cli) struct HeldFiles {
    wanted: bool,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl HeldFiles {
    /// Keeps nothing where no gate looks at bytes.
    pub(in crate::cli) fn new(documents: &Documents) -> Self {
        let wanted = documents.gates.gates.iter().any(|gate| gate.sticky == Sticky::Bytes);
        Self { wanted, files: Mutex::default() }
    }

    /// Takes a file, unless it lies in the folder already.
    pub(in crate::cli) fn put(&self, base: Option<&Manifest>, path: &ArtifactPath, bytes: &[u8]) {
        let there =
            || base.is_some_and(|base| base.artifacts.iter().any(|one| one.path == path.as_str()));
        if self.wanted && !there() {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.insert(path.to_string(), bytes.to_vec());
        }
    }
}

/// How the gates would stand after a build.
pub(in crate::cli) fn gates_after(
    output: &Path,
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
