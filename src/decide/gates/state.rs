//! Where each gate stands: what was decided, by whom, and what is still asked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One gate for one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateState {
    /// The gate's id: `legal`.
    pub gate: String,
    /// Who decides.
    pub role: String,
    /// What is decided on: `bf26/lumen`.
    pub scope: String,
    /// What the scope is about, as far as its pattern says.
    pub about: About,
    /// How it stands.
    pub status: GateStatus,
    /// Why it does not hold, as the end of a sentence: `the terms changed`; empty where it holds.
    pub because: String,
    /// The digest of what is to be decided on, 64 hex digits.
    pub subject: String,
    /// What is in the scope, sorted by id.
    pub items: Vec<ItemState>,
    /// Whose approvals count for at least one item as it is now, sorted.
    pub approved_by: Vec<String>,
    /// Who has said no and not otherwise since, in the order of their words.
    pub rejected_by: Vec<String>,
    /// Who may still decide: of the role, not an author, and not among those who have.
    pub eligible: Vec<String>,
    /// How many people must approve.
    pub needs: usize,
    /// Since when it is asked, as far as facts tell: when the last swap was decided that changed
    /// something that is watched.
    pub asked: Option<Timestamp>,
    /// When the first approval that is counted on ends.
    pub expires: Option<Timestamp>,
}

/// What a scope is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is the id of what it is named after")]
pub struct About {
    pub artifact: Option<String>,
    pub asset: Option<String>,
    pub campaign: Option<String>,
    pub channel: Option<String>,
    pub partner: Option<String>,
    pub window: Option<String>,
}

/// How a gate stands for a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateStatus {
    /// Everything in it was approved as it is.
    Holds,
    /// Somebody is asked.
    Asked,
    /// Somebody said no, and has not said otherwise since.
    Rejected,
    /// Nobody may decide: the role has too few people that are not authors.
    Blocked,
}

/// One thing that a gate watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// The id of its first artifact, or the path of a source.
    pub id: String,
    /// The ids of all artifacts that are made with it: those of one mail, the forms of one page.
    pub artifacts: Vec<String>,
    /// The digest of what is watched of it, 64 hex digits.
    pub digest: String,
    /// Whose approvals count for it as it is now, sorted.
    pub approved_by: BTreeSet<String>,
    /// Who wrote it or answers for it, and may not judge it, sorted.
    pub authors: BTreeSet<String>,
    /// Whether enough of them do.
    pub holds: bool,
    /// What is otherwise than it was when it was last approved; empty where it never was, or holds.
    pub changes: Vec<FacetChange>,
    /// Whether it was never approved under this id.
    pub is_new: bool,
    /// The digest of its bytes without links as they were last approved, where bytes are watched.
    pub seen_bytes: Option<String>,
}

/// One value that is otherwise than it was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetChange {
    /// `offers:lumen-serums.value`.
    pub name: String,
    /// As it was approved; nothing for what is new, or was too long for a decision to repeat.
    pub old: Option<String>,
    /// As it is; nothing for what is gone.
    pub new: Option<String>,
    /// Where it stands: `partners/offers.csv:2:29`.
    pub place: Option<String>,
    /// The swap that says so.
    pub swap: Option<String>,
    /// When that was decided.
    pub since: Option<Timestamp>,
}

/// All gates of a build at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateStates {
    /// Each gate and scope, sorted by both.
    pub states: Vec<GateState>,
    /// Whether rules/gates.toml declares any gate.
    pub declared: bool,
}

impl GateStatus {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Asked => "asked",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
        }
    }
}

impl GateState {
    /// `legal:bf26/lumen`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.gate, self.scope)
    }

    /// Whether everything in it was approved as it is.
    pub fn holds(&self) -> bool {
        self.status == GateStatus::Holds
    }

    /// How many of its items do not hold.
    pub fn open_items(&self) -> usize {
        self.items.iter().filter(|item| !item.holds).count()
    }
}

impl GateStates {
    /// Those that do not hold.
    pub fn open(&self) -> impl Iterator<Item = &GateState> {
        self.states.iter().filter(|state| !state.holds())
    }

    /// As they stand for some of the items alone. A gate without any of them is left out.
    #[must_use]
    pub fn only(&self, wanted: &dyn Fn(&ItemState) -> bool) -> Self {
        let mut states = self.states.clone();
        for state in &mut states {
            state.items.retain(wanted);
            let asks = matches!(state.status, GateStatus::Asked | GateStatus::Blocked);
            if asks && state.items.iter().all(|item| item.holds) {
                state.status = GateStatus::Holds;
                state.because = String::new();
            }
        }
        states.retain(|state| !state.items.is_empty());
        Self { states, declared: self.declared }
    }

    /// Those that do not hold, by the artifacts for which they do not.
    pub fn open_by_artifact(&self) -> BTreeMap<&str, Vec<&GateState>> {
        let mut found: BTreeMap<&str, Vec<&GateState>> = BTreeMap::new();
        for state in self.open() {
            let asks = |item: &&ItemState| !item.holds || state.status == GateStatus::Rejected;
            for artifact in state.items.iter().filter(asks).flat_map(|item| &item.artifacts) {
                found.entry(artifact).or_default().push(state);
            }
        }
        found
    }
}
