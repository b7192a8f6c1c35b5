//! How each gate stands at a time.

use anyhow::Result;
use jiff::Timestamp;

use super::prepare::Prepared;
use crate::decide::{DecisionRecord, GateStates};

/// What is known of the gates.
#[derive(Debug, Default)]
pub(super) struct KnownGates {
    pub(super) states: GateStates,
    /// What was decided before.
    pub(super) decisions: Vec<DecisionRecord>,
}

/// How the gates of a workspace stand. It declares none, so there is nothing to wait for.
///
/// # Errors
/// Where decisions cannot be read.
#[expect(clippy::unnecessary_wraps, reason = "decisions are files, and a file may be unreadable")]
pub(super) fn gate_states(_: &Prepared, _: Timestamp) -> Result<KnownGates> {
    Ok(KnownGates::default())
}
