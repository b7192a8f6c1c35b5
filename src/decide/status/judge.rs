//! How each artifact stands: in one state, the worst that holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::input::{Expected, Made, Situation};
use crate::decide::{About, GateState, GateStatus};

/// How an artifact stands, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Readiness {
    /// Out, as the sources say.
    Live,
    /// Built, approved, right.
    Ready,
    /// A gate waits for people.
    Waiting,
    /// A build is needed.
    Moving,
    /// Something is wrong, or somebody said no.
    Blocked,
    /// Its rows are in quarantine.
    Quarantined,
}

impl Readiness {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Moving => "moving",
            Self::Blocked => "blocked",
            Self::Quarantined => "quarantined",
        }
    }
}

/// One artifact with how it stands.
#[derive(Debug)]
pub(in crate::decide) struct Standing<'a> {
    pub(in crate::decide) artifact: &'a Expected,
    pub(in crate::decide) readiness: Readiness,
    /// Its open gates.
    pub(in crate::decide) open: Vec<&'a GateState>,
    /// Whether the very bytes that the sources say are out.
    pub(in crate::decide) live: bool,
}

/// All artifacts with how they stand.
#[derive(Debug)]
pub(in crate::decide) struct Judged<'a> {
    /// In the order of the situation.
    pub(in crate::decide) all: Vec<Standing<'a>>,
    by_id: BTreeMap<&'a str, usize>,
    by_placement: BTreeMap<&'a str, Vec<usize>>,
    /// What each open gate keeps back, by its name.
    kept: BTreeMap<String, BTreeSet<usize>>,
}

impl<'a> Judged<'a> {
    pub(in crate::decide) fn new(situation: &'a Situation) -> Self {
        let ids: BTreeMap<&str, usize> = situation
            .artifacts
            .iter()
            .enumerate()
            .map(|(at, artifact)| (artifact.id.as_str(), at))
            .collect();
        let mut open: Vec<Vec<&GateState>> = vec![Vec::new(); situation.artifacts.len()];
        let mut kept = BTreeMap::new();
        for state in situation.gates.open() {
            let held = held_by(situation, &ids, state);
            for at in &held {
                open.get_mut(*at).into_iter().for_each(|list| list.push(state));
            }
            kept.insert(state.name(), held);
        }
        let expired: BTreeSet<&str> = situation
            .waivers
            .iter()
            .filter(|waiver| waiver.used && waiver.expires <= situation.now)
            .flat_map(|waiver| waiver.artifacts.iter().map(String::as_str))
            .collect();
        let all: Vec<Standing<'_>> = situation
            .artifacts
            .iter()
            .zip(open)
            .map(|(artifact, open)| {
                let lapsed = expired.contains(artifact.id.as_str());
                stands(situation, artifact, open, lapsed)
            })
            .collect();
        let mut by_placement: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, artifact) in situation.artifacts.iter().enumerate() {
            for placement in &artifact.placements {
                by_placement.entry(placement).or_default().push(at);
            }
        }
        Self { all, by_id: ids, by_placement, kept }
    }

    /// An artifact by its id.
    pub(in crate::decide) fn get(&self, id: &str) -> Option<&Standing<'a>> {
        self.all.get(*self.by_id.get(id)?)
    }

    /// The artifacts that show a placement.
    pub(in crate::decide) fn showing<'s>(
        &'s self,
        placement: &str,
    ) -> impl Iterator<Item = &'s Standing<'a>> {
        let list = self.by_placement.get(placement).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|at| self.all.get(*at))
    }

    /// The artifacts of a window.
    pub(in crate::decide) fn of_window<'s>(
        &'s self,
        campaign: &'s str,
        window: &'s str,
    ) -> impl Iterator<Item = &'s Standing<'a>> {
        let here = move |one: &&Standing<'_>| {
            one.artifact.campaign == campaign && one.artifact.window == window
        };
        self.all.iter().filter(here)
    }

    /// The artifacts that a gate keeps from being ready.
    pub(in crate::decide) fn kept_by<'s>(
        &'s self,
        state: &GateState,
    ) -> impl Iterator<Item = &'s Standing<'a>> {
        let kept = self.kept.get(&state.name()).into_iter().flatten();
        kept.filter_map(|at| self.all.get(*at))
    }
}

/// Which artifacts wait for an open gate: those among its items that do not hold. A gate that
/// watches none of the artifacts, but their sources, is waited for by all that it is about.
fn held_by(
    situation: &Situation,
    ids: &BTreeMap<&str, usize>,
    state: &GateState,
) -> BTreeSet<usize> {
    let mut held = BTreeSet::new();
    let mut watches = false;
    for item in &state.items {
        let all = std::iter::once(&item.id).chain(&item.artifacts);
        let all: BTreeSet<usize> = all.filter_map(|id| ids.get(id.as_str()).copied()).collect();
        watches |= !all.is_empty();
        if !item.holds || state.status == GateStatus::Rejected {
            held.extend(all);
        }
    }
    if !watches {
        let about = situation.artifacts.iter().enumerate();
        held.extend(about.filter(|(_, one)| is_about(&state.about, one)).map(|(at, _)| at));
    }
    held
}

fn is_about(about: &About, artifact: &Expected) -> bool {
    let is =
        |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
    is(&about.campaign, &artifact.campaign)
        && is(&about.channel, &artifact.channel)
        && is(&about.window, &artifact.window)
        && is(&about.asset, &artifact.asset)
        && is(&about.artifact, &artifact.id)
        && about.partner.as_ref().is_none_or(|partner| artifact.partners.contains(partner))
}

fn stands<'a>(
    situation: &Situation,
    artifact: &'a Expected,
    open: Vec<&'a GateState>,
    lapsed: bool,
) -> Standing<'a> {
    let mut live = false;
    let readiness = match &artifact.made {
        Made::Quarantined => Readiness::Quarantined,
        Made::Failed { .. } => Readiness::Blocked,
        Made::File { sha256, built } => {
            let release = situation.live.as_ref();
            live = release.and_then(|one| one.artifacts.get(&artifact.id)) == Some(sha256);
            let refused = open.iter().any(|state| state.status != GateStatus::Asked);
            if refused || lapsed {
                Readiness::Blocked
            } else if built.as_ref() != Some(sha256) {
                Readiness::Moving
            } else if !open.is_empty() {
                Readiness::Waiting
            } else if live {
                Readiness::Live
            } else {
                Readiness::Ready
            }
        }
    };
    Standing { artifact, readiness, open, live }
}
