//! What was decided and promised: queue, late changes, waivers, commitments.

use std::collections::BTreeMap;

use super::LATE_CHANGES;
use super::input::{Made, Promise, Situation};
use super::judge::{Judged, Readiness, Standing};
use super::shape_decided::{Commitment, LateChange, RoleQueue, WaiverLine};
use super::span::{instant, seconds};
use crate::decide::{GateState, GateStatus};

/// What waits, by role.
pub(super) fn queue(situation: &Situation, role: Option<&str>) -> Vec<RoleQueue> {
    let mut roles: BTreeMap<&str, Vec<&GateState>> = BTreeMap::new();
    for state in situation.gates.open() {
        if role
            .is_none_or(|role| role == state.role || state.eligible.iter().any(|one| one == role))
        {
            roles.entry(&state.role).or_default().push(state);
        }
    }
    let line = |(role, states): (&str, Vec<&GateState>)| {
        let mut people: Vec<String> =
            states.iter().flat_map(|state| state.eligible.iter().cloned()).collect();
        people.sort_unstable();
        people.dedup();
        let asked = states.iter().filter_map(|state| state.asked).min();
        RoleQueue {
            blocked: states.iter().filter(|one| one.status == GateStatus::Blocked).count(),
            next: states.first().map(|state| review_of(state)).unwrap_or_default(),
            oldest_seconds: asked.map(|asked| seconds(asked, situation.now)),
            people,
            role: role.to_owned(),
            waiting: states.iter().map(|state| state.name()).collect(),
        }
    };
    roles.into_iter().map(line).collect()
}

/// The command that shows what a gate asks.
pub(super) fn review_of(state: &GateState) -> String {
    format!("throughline review {}", state.name())
}

/// The last late changes, the latest first.
pub(super) fn late_changes(situation: &Situation) -> Vec<LateChange> {
    let mut swaps: Vec<_> =
        situation.swaps.iter().filter(|swap| swap.at <= situation.now).collect();
    swaps.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    let line = |swap: &&super::KnownSwap| LateChange {
        active: swap.active,
        artifacts: swap.artifacts.len(),
        at: instant(swap.at, &situation.zone),
        because: swap.because.clone(),
        by: swap.by.clone(),
        changes: swap.changes.clone(),
        id: swap.id.clone(),
        live: situation.live.as_ref().map(|live| {
            let out = swap.artifacts.iter().filter(|id| live.artifacts.contains_key(*id));
            out.count()
        }),
        reference: swap.reference.clone(),
    };
    swaps.iter().take(LATE_CHANGES).map(line).collect()
}

/// All waivers, those that end first before the others.
pub(super) fn waivers(situation: &Situation) -> Vec<WaiverLine> {
    let mut waivers: Vec<_> = situation.waivers.iter().collect();
    waivers.sort_by(|a, b| (a.expires, &a.place).cmp(&(b.expires, &b.place)));
    let line = |waiver: &&super::KnownWaiver| WaiverLine {
        approver: waiver.approver.clone(),
        artifacts: waiver.artifacts.len(),
        expired: waiver.expires <= situation.now,
        expires: instant(waiver.expires, &situation.zone),
        place: waiver.place.clone(),
        reason: waiver.reason.clone(),
        rule: waiver.rule.clone(),
        seconds_left: seconds(situation.now, waiver.expires),
        used: waiver.used,
    };
    waivers.iter().map(line).collect()
}

/// Committed placements, by campaign and id.
pub(super) fn commitments(situation: &Situation, judged: &Judged<'_>) -> Vec<Commitment> {
    let committed = situation.promises.iter().filter(|promise| promise.committed);
    let mut found: Vec<Commitment> = committed
        .map(|promise| {
            let (state, why) = kept(promise, judged);
            Commitment {
                asset: promise.asset.clone(),
                campaign: promise.campaign.clone(),
                offer: promise.offer.clone(),
                partner: promise.partner.clone(),
                placement: promise.id.clone(),
                shown: promise.others(),
                slot: promise.slot.clone(),
                state,
                why,
            }
        })
        .collect();
    found.sort_by(|a, b| (&a.campaign, &a.placement).cmp(&(&b.campaign, &b.placement)));
    found
}

impl Promise {
    /// The offers that are shown in the place of the promised one.
    pub fn others(&self) -> Vec<String> {
        self.shown.iter().filter(|offer| **offer != self.offer).cloned().collect()
    }
}

/// How a promise stands: as the worst of what shows it; nothing where it is lost.
pub(in crate::decide) fn kept(
    promise: &Promise,
    judged: &Judged<'_>,
) -> (Option<Readiness>, String) {
    if let Some(why) = &promise.lost {
        return (None, why.clone());
    }
    let showing = promise.placements.iter().flat_map(|id| judged.showing(id));
    match showing.max_by_key(|one| one.readiness) {
        Some(worst) => (Some(worst.readiness), why_of(worst)),
        None => (None, "no artifact shows it".to_owned()),
    }
}

fn why_of(one: &Standing<'_>) -> String {
    match (one.readiness, &one.artifact.made) {
        (Readiness::Live | Readiness::Ready, _) => String::new(),
        (_, Made::Failed { why, .. }) => why.clone(),
        (Readiness::Quarantined, _) => "rows that it needs are in quarantine".to_owned(),
        (Readiness::Moving, _) => "it is not built as the sources say".to_owned(),
        (Readiness::Waiting | Readiness::Blocked, _) => {
            let names: Vec<String> = one.open.iter().map(|state| state.name()).collect();
            if names.is_empty() {
                "the waiver that it needs has ended".to_owned()
            } else {
                format!("`{}` is open", names.join("`, `"))
            }
        }
    }
}
