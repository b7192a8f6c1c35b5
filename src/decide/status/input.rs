//! What status is computed from: plain values, which `cli` puts together from the workspace, the
//! output and the releases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::decide::{DecisionRecord, GateStates};

/// Everything that is known at one time.
#[derive(Clone, Debug)]
pub struct Situation {
    /// What the workspace is called.
    pub title: String,
    /// The workspace's zone.
    pub zone: TimeZone,
    /// The time that is judged at.
    pub now: Timestamp,
    /// The campaigns that are asked about, by id.
    pub campaigns: Vec<PlannedCampaign>,
    /// The partners, by id.
    pub partners: BTreeMap<String, PlannedPartner>,
    /// What there is to be: what a build makes now, and what it loses.
    pub artifacts: Vec<Expected>,
    /// What is wrong in sources and rules, whether or not it keeps an artifact back.
    pub problems: Vec<Problem>,
    /// The last build; nothing where there is none.
    pub build: Option<Built>,
    /// What is out; nothing where no release is recorded.
    pub live: Option<LiveRelease>,
    /// How each gate stands.
    pub gates: GateStates,
    /// What was decided before.
    pub decisions: Vec<DecisionRecord>,
    /// How many seconds each gate takes by its own rule.
    pub policies: BTreeMap<String, i64>,
    /// Findings that somebody answers for.
    pub waivers: Vec<KnownWaiver>,
    /// Late changes.
    pub swaps: Vec<KnownSwap>,
    /// Placements that a partner was promised.
    pub promises: Vec<Promise>,
    /// Who is asked to build.
    pub builder: String,
}

/// One campaign.
#[derive(Clone, Debug)]
pub struct PlannedCampaign {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// Its zone: its times are shown there.
    pub zone: TimeZone,
    /// Its windows.
    pub windows: Vec<PlannedWindow>,
}

/// One window of a campaign.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "as `source::Window` has them")]
pub struct PlannedWindow {
    pub id: String,
    pub freezes: Timestamp,
    pub locks: Timestamp,
    pub opens: Timestamp,
    pub closes: Timestamp,
    pub channels: Vec<String>,
}

/// One partner.
#[derive(Clone, Debug, Default)]
pub struct PlannedPartner {
    /// Its name.
    pub name: String,
    /// Its tier; may be empty.
    pub tier: String,
    /// Who looks after it.
    pub owner: String,
}

/// One artifact that is to be.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Its logical id.
    pub id: String,
    /// Its campaign.
    pub campaign: String,
    /// Its channel.
    pub channel: String,
    /// Its asset.
    pub asset: String,
    /// Its window.
    pub window: String,
    /// The partners that it shows, sorted.
    pub partners: Vec<String>,
    /// The ids of the placements that it shows.
    pub placements: Vec<String>,
    /// What comes of it.
    pub made: Made,
}

/// What comes of an artifact when the workspace is built as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A file.
    File {
        /// Its SHA-256, 64 hex digits.
        sha256: String,
        /// That of the file in the output, where there is one as the manifest says.
        built: Option<String>,
    },
    /// Nothing, because something is wrong in it or in everything.
    Failed {
        /// What is wrong.
        why: String,
        /// Whose it is.
        owner: String,
        /// What to run next.
        next: String,
    },
    /// Nothing, because its rows are in quarantine.
    Quarantined,
}

/// One fault of sources, rules or templates.
#[derive(Clone, Debug)]
pub struct Problem {
    /// `TL0218`, or the file of rows in quarantine.
    pub what: String,
    /// What is wrong, with its place.
    pub why: String,
    /// Whose it is.
    pub owner: String,
    /// What to run next.
    pub next: String,
    /// The artifacts that it keeps back, by id.
    pub artifacts: Vec<String>,
    /// Whether it is about rows that are left out.
    pub quarantine: bool,
    /// Whether nothing can be built before it is put right.
    pub blocking: bool,
}

/// The last build.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its root, 64 hex digits.
    pub root: String,
    /// The time that it was told with `--as-of`.
    pub as_of: Option<String>,
    /// Files that are otherwise than it read them, or came or went, sorted.
    pub changed: Vec<String>,
    /// Whether this engine would write other bytes from the same files.
    pub other_engine: bool,
    /// Whether it is a build in parts: some artifacts were kept from an earlier one.
    pub partial: bool,
}

/// What is out.
#[derive(Clone, Debug)]
pub struct LiveRelease {
    /// Its root, 64 hex digits.
    pub root: String,
    /// Its number.
    pub seq: u64,
    /// When it was published.
    pub published: Timestamp,
    /// The digests of its artifacts, by id.
    pub artifacts: BTreeMap<String, String>,
}

/// One waiver.
#[derive(Clone, Debug)]
pub struct KnownWaiver {
    /// The check whose findings it is about.
    pub rule: String,
    /// Where it stands.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: String,
    /// Until when.
    pub expires: Timestamp,
    /// Whether any finding needs it.
    pub used: bool,
    /// The artifacts that it fits, by id.
    pub artifacts: Vec<String>,
}

/// One late change.
#[derive(Clone, Debug)]
pub struct KnownSwap {
    /// Its id.
    pub id: String,
    /// When it was decided.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub because: String,
    /// Where that was agreed.
    pub reference: Option<String>,
    /// No later swap ends it.
    pub active: bool,
    /// What it changes: the fact, what it was, what it is.
    pub changes: Vec<[String; 3]>,
    /// The artifacts that can show it, by id.
    pub artifacts: Vec<String>,
}

/// One placement that is to be shown.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its id: of a hand-picked one, as a person wrote it.
    pub id: String,
    /// Its campaign.
    pub campaign: String,
    /// Its asset.
    pub asset: String,
    /// Its channel.
    pub channel: String,
    /// Its window; empty where it has none.
    pub window: String,
    /// Its slot.
    pub slot: String,
    /// The partner it was promised to: of a bundle, its lead.
    pub partner: String,
    /// All partners that it was promised to: of a bundle, its members.
    pub partners: Vec<String>,
    /// The offer that was promised.
    pub offer: String,
    /// The offers that are shown in its place, in the order of its renditions.
    pub shown: Vec<String>,
    /// The ids of the placements that came of it; none where it is lost.
    pub placements: Vec<String>,
    /// Whether it was committed to.
    pub committed: bool,
    /// Why it is lost, where it is.
    pub lost: Option<String>,
}
