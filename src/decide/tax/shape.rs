//! What the invoice says, as one document: each form that shows it is a function of this.

use serde::Serialize;

use crate::decide::Quantiles;

/// The invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tax {
    /// How far one late change reaches.
    pub blast_radius: BlastRadius,
    /// The campaign; null for all.
    pub campaign: Option<String>,
    /// What people judged that a machine can check; null where no decision says what had changed.
    pub judgment: Option<Judgment>,
    /// How long each gate takes; empty where nothing was decided.
    pub latency: Vec<Latency>,
    /// What came out of it.
    pub output: Output,
    /// Gates that hang on one person; null where no gate is declared.
    pub person_bound: Option<Vec<PersonBound>>,
    /// What was done again.
    pub rework: Rework,
    /// The version of the format.
    pub schema: &'static str,
    /// From when on; null for everything.
    pub since: Option<String>,
    /// Until when.
    pub until: String,
    /// What the workspace is called.
    pub workspace: String,
}

/// What came out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Output {
    /// Artifacts that are to be.
    pub artifacts: usize,
    /// Decisions of people in the period.
    pub decisions: usize,
    /// Tracked links.
    pub links: usize,
    /// Artifacts that are out; null where no release is recorded.
    pub live: Option<usize>,
    /// Placements that are to be shown.
    pub placements: usize,
    /// Late changes in the period.
    pub swaps: usize,
}

/// What was done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rework {
    /// Artifacts that changes after the freeze of their window reach.
    pub artifacts_after_freeze: usize,
    /// Artifacts and sources that were approved and are otherwise since; null where no gate is
    /// declared.
    pub changed_after_approval: Option<usize>,
    /// Late changes of facts that a late change had changed before.
    pub repeated_swaps: usize,
    /// Late changes that reach a window after its freeze.
    pub swaps_after_freeze: usize,
}

/// How long a gate takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Decisions in the period.
    pub decisions: usize,
    /// The gate.
    pub gate: String,
    /// From being asked until somebody looks; null where that was not recorded.
    pub waiting: Option<Quantiles>,
    /// From being asked until it is decided.
    pub whole: Option<Quantiles>,
    /// From looking until it is decided.
    pub working: Option<Quantiles>,
}

/// What people judged that a machine can check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgment {
    /// Items that people decided on, of which it is known what had changed.
    pub items: usize,
    /// Those of them that a machine could have decided on.
    pub machine_checkable: usize,
}

/// How far one late change reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlastRadius {
    /// The change that reaches furthest; null where there is none.
    pub largest: Option<Blast>,
    /// How many artifacts half of the changes do not exceed.
    pub median: Option<usize>,
    /// Each change, the largest first.
    pub swaps: Vec<Blast>,
}

/// One late change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blast {
    /// Artifacts that can show it.
    pub artifacts: usize,
    /// Those of them that are out; null where no release is recorded.
    pub live: Option<usize>,
    /// The change's id.
    pub swap: String,
}

/// A role with one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonBound {
    /// The gates that it decides.
    pub gates: Vec<String>,
    /// The person; empty where there is nobody.
    pub person: String,
    /// The role.
    pub role: String,
}
