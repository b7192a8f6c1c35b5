//! What status says, as one document: each form that shows it is a function of this.
//!
//! Fields stand in the order of their names, so that two documents can be compared line by line.

use serde::Serialize;

use super::counts::Counts;
use super::input::{Built, LiveRelease, PlannedCampaign, Situation};
use super::judge::Readiness;
use super::shape_decided::{Commitment, LateChange, RoleQueue, WaiverLine};
use super::span::{instant, seconds};
use crate::decide::{Basis, GateTime};

/// The whole status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The time that is judged at, RFC 3339 in the workspace's zone.
    pub as_of: String,
    /// What needs attention, the most urgent first.
    pub attention: Vec<Attention>,
    /// How much more there is.
    pub attention_hidden: usize,
    /// The campaigns that it is about.
    pub campaigns: Vec<CampaignLine>,
    /// Committed placements, and where each is.
    pub commitments: Vec<Commitment>,
    /// How many artifacts are in which state.
    pub counts: Counts,
    /// How long each gate takes.
    pub gate_times: Vec<GateTime>,
    /// Whether any gate is declared.
    pub gates_declared: bool,
    /// The last late changes, the latest first.
    pub late_changes: Vec<LateChange>,
    /// What is out; null where no release is recorded.
    pub live: Option<LiveLine>,
    /// Partners by channels.
    pub matrix: Vec<MatrixRow>,
    /// The last build; null where there is none.
    pub output: Option<BuildLine>,
    /// What waits for people, by role.
    pub queue: Vec<RoleQueue>,
    /// The role that queue and attention are about; null for everyone.
    pub role: Option<String>,
    /// The version of the format.
    pub schema: &'static str,
    /// Why the verdict is what it is.
    pub sentence: String,
    /// Whether it can go out.
    pub verdict: Verdict,
    /// Findings that somebody answers for.
    pub waivers: Vec<WaiverLine>,
    /// The windows, in the order in which they lock.
    pub windows: Vec<WindowLine>,
    /// What the workspace is called.
    pub workspace: String,
    /// The workspace's zone.
    pub zone: String,
}

/// Whether it can go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that is due is ready.
    Go,
    /// So it is, but somebody answers for findings.
    Conditional,
    /// Something is not ready, or not known.
    NoGo,
}

impl Verdict {
    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::Conditional => "CONDITIONAL",
            Self::NoGo => "NO-GO",
        }
    }
}

/// One campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "as the brief has them")]
pub struct CampaignLine {
    pub id: String,
    pub name: String,
    pub owner: String,
    pub zone: String,
}

impl CampaignLine {
    pub(super) fn of(campaign: &PlannedCampaign) -> Self {
        Self {
            id: campaign.id.clone(),
            name: campaign.name.clone(),
            owner: campaign.owner.clone(),
            zone: campaign.zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }
}

/// The last build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildLine {
    /// The time that it was told with `--as-of`.
    pub as_of: Option<String>,
    /// Files that are otherwise than it read them.
    pub changed: Vec<String>,
    /// Whether it was made in parts.
    pub partial: bool,
    /// Its root.
    pub root: String,
    /// Whether it is not what the sources say now.
    pub stale: bool,
}

impl BuildLine {
    pub(super) fn of(built: &Built) -> Self {
        Self {
            as_of: built.as_of.clone(),
            changed: built.changed.clone(),
            partial: built.partial,
            root: built.root.clone(),
            stale: built.is_stale(),
        }
    }
}

impl Built {
    /// Whether it is not what the sources say now.
    pub fn is_stale(&self) -> bool {
        self.other_engine || !self.changed.is_empty()
    }
}

/// What is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveLine {
    /// For how long.
    pub age_seconds: i64,
    /// Since when.
    pub published: String,
    /// Its root.
    pub root: String,
    /// Its number.
    pub seq: u64,
}

impl LiveLine {
    pub(super) fn of(live: &LiveRelease, situation: &Situation) -> Self {
        Self {
            age_seconds: seconds(live.published, situation.now),
            published: instant(live.published, &situation.zone),
            root: live.root.clone(),
            seq: live.seq,
        }
    }
}

/// How a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowState {
    /// Everything in it is ready, and it has not locked.
    Ready,
    /// A build is needed.
    Moving,
    /// People are asked.
    Waiting,
    /// It can be made, and may well not be.
    AtRisk,
    /// It cannot be made, by what decisions took so far.
    Infeasible,
    /// It has locked with everything ready.
    Locked,
    /// It is open, and everything in it is out.
    Live,
    /// It has locked or opened without everything.
    Missed,
    /// Nobody can say.
    Unknown,
    /// It is over.
    Closed,
}

impl WindowState {
    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "READY",
            Self::Moving => "MOVING",
            Self::Waiting => "WAITING",
            Self::AtRisk => "AT RISK",
            Self::Infeasible => "INFEASIBLE",
            Self::Locked => "LOCKED",
            Self::Live => "LIVE",
            Self::Missed => "MISSED",
            Self::Unknown => "UNKNOWN",
            Self::Closed => "CLOSED",
        }
    }

    /// Whether nothing is left to do before its next time.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Ready | Self::Locked | Self::Live | Self::Closed)
    }
}

/// One window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowLine {
    /// Where the estimate comes from; null where nobody is waited for.
    pub basis: Option<Basis>,
    /// Its campaign.
    pub campaign: String,
    /// Its channels.
    pub channels: Vec<String>,
    /// When it closes, RFC 3339 in the campaign's zone, as the next three.
    pub closes: String,
    /// Its artifacts.
    pub counts: Counts,
    /// When changes begin to need a decision.
    pub freezes: String,
    /// Its open gates, such as `legal:bf26/lumen`.
    pub gates: Vec<String>,
    /// When nothing changes any more.
    pub locks: String,
    /// What the open gates take, in seconds; null without a basis.
    pub needed_seconds: Option<i64>,
    /// When customers see it.
    pub opens: String,
    /// Until the time that `until` names.
    pub seconds_left: Option<i64>,
    /// What is left until it locks when the gates have taken what they take.
    pub slack_seconds: Option<i64>,
    /// How it stands.
    pub state: WindowState,
    /// Its next time: `locks`, `opens` or `closes`; null where it is over.
    pub until: Option<&'static str>,
    /// Why it stands so.
    pub why: String,
    /// Its id.
    pub window: String,
    /// The campaign's zone.
    pub zone: String,
}

impl WindowLine {
    /// `bf26/email-am`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.campaign, self.window)
    }
}

/// Something that somebody must see to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attention {
    /// Since how long; null where no fact tells.
    pub age_seconds: Option<i64>,
    /// `build`, `error`, `quarantine`, `gate`, `approval`, `window`, `waiver` or `promise`.
    pub kind: &'static str,
    /// What to run next.
    pub next: String,
    /// Whose it is: a role, or a person.
    pub owner: String,
    /// Who can do it, where that is more than its owner.
    pub people: Vec<String>,
    /// How many artifacts hang on it.
    pub reach: usize,
    /// Since when, RFC 3339.
    pub since: Option<String>,
    /// The least slack of a window that hangs on it.
    pub slack_seconds: Option<i64>,
    /// What it is about.
    pub what: String,
    /// Why.
    pub why: String,
    /// The windows that hang on it.
    pub windows: Vec<String>,
}

impl Attention {
    pub(super) fn is_for(&self, role: &str) -> bool {
        self.owner == role || self.people.iter().any(|one| one == role)
    }
}

/// One partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// One for each channel that shows it, by channel.
    pub cells: Vec<Cell>,
    /// Its name.
    pub name: String,
    /// Who looks after it.
    pub owner: String,
    /// Its id.
    pub partner: String,
    /// Whether all its cells are ready.
    pub ready: bool,
    /// Its tier.
    pub tier: String,
}

/// A partner in a channel: the worst of its artifacts there, three ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How many artifacts show the partner.
    pub artifacts: usize,
    /// Whether they are built.
    pub built: Readiness,
    /// The channel.
    pub channel: String,
    /// Whether their gates hold, as far as they are about the partner.
    pub gates: GateLetter,
    /// Whether nothing is left to do.
    pub ready: bool,
    /// Whether they are out.
    pub shipped: Shipped,
}

/// How the gates of some artifacts stand, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateLetter {
    /// All hold.
    Hold,
    /// None is declared.
    None,
    /// One is asked.
    Asked,
    /// Somebody said no, or nobody may say yes.
    Refused,
}

/// Whether some artifacts are out, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shipped {
    /// They are.
    Live,
    /// Their window is over.
    Over,
    /// Their window has not opened.
    NotYet,
    /// Their window is open, and no release is recorded.
    Unknown,
    /// Their window is open, and they are not out.
    Missed,
}
