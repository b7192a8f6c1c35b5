//! Gates: what people must have approved before a build may go out.
//!
//! A gate watches values, blocks and bytes of the artifacts in its scope. Their digest is computed
//! here and nowhere else; an approval counts for just the items whose digests it names. Reads no
//! file and no clock: the time is handed in.

mod because;
mod decisions;
mod evaluate;
mod facets;
mod mask;
mod record;
mod scopes;
mod signature;
mod state;

pub use decisions::{BadVote, Ballot, Vote, votes};
pub use evaluate::{Judging, evaluate};
pub use mask::{MaskedLink, masked_digest};
pub use record::{GATES_SCHEMA, GatesRecord, RecordedGate, RecordedInput, RecordedItem, merged};
pub use scopes::{
    Gated, Rendered, Scope, Unrenderable, Watched, rule_digest, scopes, subject_digest,
};
pub use signature::Keyring;
pub use state::{About, FacetChange, GateState, GateStates, GateStatus, ItemState};
