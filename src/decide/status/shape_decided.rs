//! What status says of decisions and promises: queue, late changes, waivers, commitments.

use serde::Serialize;

use super::judge::Readiness;

/// What waits for one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleQueue {
    /// How many gates nobody may decide.
    pub blocked: usize,
    /// What to run next.
    pub next: String,
    /// Since when the oldest waits, in seconds; null where no fact tells.
    pub oldest_seconds: Option<i64>,
    /// Who may decide, sorted.
    pub people: Vec<String>,
    /// The role.
    pub role: String,
    /// What waits: gates with their scopes.
    pub waiting: Vec<String>,
}

/// One late change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LateChange {
    /// No later one ends it.
    pub active: bool,
    /// How many artifacts can show it.
    pub artifacts: usize,
    /// When it was decided.
    pub at: String,
    /// Why.
    pub because: String,
    /// By whom.
    pub by: String,
    /// The facts, with what they were and what they are.
    pub changes: Vec<[String; 3]>,
    /// Its id.
    pub id: String,
    /// How many of the artifacts were out already; null where no release is recorded.
    pub live: Option<usize>,
    /// Where it was agreed.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
}

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverLine {
    /// Who answers for it.
    pub approver: String,
    /// How many artifacts it fits.
    pub artifacts: usize,
    /// Whether it is over.
    pub expired: bool,
    /// Until when.
    pub expires: String,
    /// Where it stands.
    pub place: String,
    /// Why.
    pub reason: String,
    /// The check whose findings it is about.
    pub rule: String,
    /// How long it lasts; negative where it is over.
    pub seconds_left: i64,
    /// Whether any finding needs it.
    pub used: bool,
}

/// One committed placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// The asset that it is in.
    pub asset: String,
    /// Its campaign.
    pub campaign: String,
    /// The offer that was promised.
    pub offer: String,
    /// The partner that it was promised to.
    pub partner: String,
    /// Its id.
    pub placement: String,
    /// The offers that are shown instead, where they are others.
    pub shown: Vec<String>,
    /// Its slot.
    pub slot: String,
    /// How it stands; null where it is lost.
    pub state: Option<Readiness>,
    /// Why it is lost or not ready.
    pub why: String,
}
