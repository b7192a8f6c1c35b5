//! What a build would change, and because of which facts; what people decided, and whether all of
//! it is ready.
//!
//! Two resolved workspaces are compared fact by fact, two manifests artifact by artifact, and each
//! artifact is told which of the changed facts it can read. Nothing is predicted: the digests of
//! the target come from rendering it. Renders nothing itself and touches no file.

mod changed;
mod decisions;
mod difference;
mod fact;
mod gates;
mod origin;
mod phases;
mod plan;
mod promotion;
mod reach;
mod receipt;
mod selection;
pub mod status;
mod tax;
mod touch;

pub use changed::changed_facts;
pub use decisions::{BASIS, Basis, DecisionRecord, GateTime, Quantiles, gate_times};
pub use difference::{
    ArtifactDifference, Difference, Hunk, LinkDifference, LinkRows, Side, differences,
};
pub use fact::{Fact, Subject, World};
pub use gates::{
    About, BadVote, Ballot, FacetChange, GATES_SCHEMA, GateState, GateStates, GateStatus, Gated,
    GatesRecord, ItemState, Judging, Keyring, MaskedLink, RecordedGate, RecordedInput,
    RecordedItem, Rendered, Scope, Unrenderable, Vote, Watched, evaluate, masked_digest, merged,
    rule_digest, scopes, subject_digest, votes,
};
pub use origin::origin;
pub use phases::late_changes;
pub use plan::{Class, Plan, Planned, compare};
pub use promotion::{Edge, Node, NodeKind, Promotion, Size, growth, size_of};
pub use reach::reach_of;
pub use receipt::{Receipt, ReceiptArtifact, ReceiptFacts, ReceiptLine, ReceiptLink, receipt};
pub use selection::{BadSelector, Conflict, Made, Mixed, Mixing, Selection, Unit, names_in, units};
pub use tax::{
    Blast, BlastRadius, Judgment, Latency, Output, PersonBound, Rework, Tax, TaxInput, tax,
};
pub use touch::{Reader, Readers, readers};
