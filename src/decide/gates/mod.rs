//! Gates: what people must have approved before a build may go out.
//!
//! A gate watches values, blocks and bytes of the artifacts in its scope. Their digest is computed
//! here and nowhere else; an approval counts for just the items whose digests it names. Reads no
//! file and no clock: the time is handed in.

mod state;

pub use state::{About, FacetChange, GateState, GateStates, GateStatus, ItemState};
