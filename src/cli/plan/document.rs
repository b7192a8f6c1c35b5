//! A plan as one JSON document: for programs, and for `apply`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::approvals::lost;
use super::{Against, Planning};
use crate::cli::prepare::Prepared;
use crate::decide::{Class, Fact, GateState, Planned};

/// The version of the format.
pub(super) const SCHEMA: &str = "https://throughline.dev/plan/v1";

/// How many artifacts change, by what somebody may ask for.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) classes: BTreeMap<&'static str, usize>,
    pub(super) partners: BTreeMap<String, usize>,
    pub(super) campaigns: BTreeMap<String, usize>,
    pub(super) channels: BTreeMap<String, usize>,
    pub(super) owners: BTreeMap<String, usize>,
}

/// A window of a campaign, and what changes in it.
pub(super) struct WindowLeft {
    pub(super) campaign: String,
    pub(super) window: String,
    pub(super) locks: Timestamp,
    /// `planned`, `frozen`, `locked`, `open`, `closed`.
    pub(super) state: &'static str,
    /// Until it locks; negative where it has.
    pub(super) seconds_left: i64,
    /// Its artifacts that change.
    pub(super) artifacts: Vec<String>,
}

impl Planning {
    /// The artifacts that a build writes or removes.
    pub(super) fn effects(&self) -> impl Iterator<Item = &Planned> {
        self.plan.artifacts.iter().filter(|one| one.class.is_effect())
    }

    /// The facts that change: where only a part goes out, those that it goes out for.
    pub(super) fn facts(&self) -> Vec<&Fact> {
        let all = self.plan.facts.as_deref().unwrap_or_default();
        if self.partial.is_none() {
            return all.iter().collect();
        }
        // Tables list everything.
        let own = self.effects().filter(|one| one.entry.kind.campaign.is_some());
        let of_part: BTreeSet<usize> = own.flat_map(|one| one.reasons.iter().copied()).collect();
        of_part.into_iter().filter_map(|at| all.get(at)).collect()
    }

    /// The facts that something follows from.
    pub(super) fn reasons<'p>(&'p self, planned: &'p Planned) -> impl Iterator<Item = &'p Fact> {
        let facts = self.plan.facts.as_deref().unwrap_or_default();
        planned.reasons.iter().filter_map(|at| facts.get(*at))
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for class in Class::ALL {
            let of_class = self.plan.artifacts.iter().filter(|one| one.class == class).count();
            counts.classes.insert(class.as_str(), of_class);
        }
        for planned in self.effects() {
            let entry = &planned.entry;
            for partner in &entry.partners {
                *counts.partners.entry(partner.to_string()).or_default() += 1;
            }
            let (campaign, channel) = (&entry.kind.campaign, &entry.kind.channel);
            for (map, name) in [(&mut counts.campaigns, campaign), (&mut counts.channels, channel)]
            {
                if let Some(name) = name {
                    *map.entry(name.to_string()).or_default() += 1;
                }
            }
        }
        // Who said what changes: whom to call.
        for fact in self.facts() {
            if let Some(owner) = &fact.owner {
                *counts.owners.entry(owner.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// The windows of everything that changes, the next to lock first.
    pub(super) fn windows(&self, prepared: &Prepared) -> Vec<WindowLeft> {
        let mut found = Vec::new();
        for brief in &prepared.documents.briefs {
            for window in &brief.windows {
                let campaign = brief.id.value.as_str();
                let here = |one: &&Planned| {
                    one.entry.kind.campaign.as_deref() == Some(campaign)
                        && one.entry.kind.window.as_deref() == Some(window.id.as_str())
                };
                let artifacts: Vec<String> =
                    self.effects().filter(here).map(|one| one.entry.id.to_string()).collect();
                if artifacts.is_empty() {
                    continue;
                }
                let now = self.now;
                let state = if now >= window.closes {
                    "closed"
                } else if now >= window.opens {
                    "open"
                } else if now >= window.locks {
                    "locked"
                } else if now >= window.freezes {
                    "frozen"
                } else {
                    "planned"
                };
                found.push(WindowLeft {
                    campaign: campaign.to_owned(),
                    window: window.id.to_string(),
                    locks: window.locks,
                    state,
                    seconds_left: window.locks.as_second() - now.as_second(),
                    artifacts,
                });
            }
        }
        found.sort_by(|a, b| (a.locks, &a.campaign).cmp(&(b.locks, &b.campaign)));
        found
    }
}

/// The whole plan.
pub(super) fn document(planning: &Planning, prepared: &Prepared) -> Value {
    let known = planning.plan.artifacts.iter().filter(|one| one.class != Class::Clean);
    let gates = planning.gates.open_by_artifact();
    let gates_of = |one: &Planned| gates.get(one.entry.id.as_str()).map_or(&[][..], Vec::as_slice);
    let changes: Vec<Value> = known.map(|one| change(planning, one, gates_of(one))).collect();
    let counts = planning.counts();
    let windows = planning.windows(prepared);
    let live: Vec<&String> =
        windows.iter().filter(|one| one.state == "open").flat_map(|one| &one.artifacts).collect();
    let sources: BTreeMap<&str, &str> = planning
        .target
        .sources
        .iter()
        .map(|one| (one.path.as_str(), one.sha256.as_str()))
        .collect();
    let [only, exclude] = planning.selection.typed();
    json!({
        "schema": SCHEMA,
        "base": planning.base.as_ref().map(|base| &base.root.hash),
        "target": planning.target.root.hash,
        "as_of": planning.target.as_of,
        "engine_epoch": planning.target.engine_epoch,
        "against": planning.against.as_ref().map(Against::document),
        "facts_known": planning.plan.facts.is_some(),
        "changes": changes,
        "counts": {
            "classes": counts.classes, "partners": counts.partners,
            "campaigns": counts.campaigns, "channels": counts.channels, "owners": counts.owners,
        },
        "growth": planning.growth.iter().copied().collect::<BTreeMap<_, _>>(),
        "live": live,
        "approvals": approvals(planning),
        "windows": windows.iter().map(|one| json!({
            "campaign": one.campaign, "window": one.window, "locks": one.locks.to_string(),
            "state": one.state, "seconds_left": one.seconds_left,
            "artifacts": one.artifacts.len(),
        })).collect::<Vec<_>>(),
        "selection": { "only": only, "exclude": exclude },
        "sources": sources,
    })
}

/// Which approvals a build keeps, which it costs, and what is asked after it.
fn approvals(planning: &Planning) -> Value {
    let states = &planning.gates;
    let kept: Vec<String> =
        states.states.iter().filter(|state| state.holds()).map(GateState::name).collect();
    let lost: Vec<String> = lost(states).map(GateState::name).collect();
    let needed: Vec<Value> = states
        .open()
        .map(|state| {
            json!({ "gate": state.gate, "scope": state.scope, "role": state.role,
                "status": state.status, "because": state.because, "eligible": state.eligible })
        })
        .collect();
    json!({ "kept": kept, "lost": lost, "needed": needed })
}

fn change(planning: &Planning, planned: &Planned, gates: &[&GateState]) -> Value {
    let entry = &planned.entry;
    let reasons: Vec<Value> = planning
        .reasons(planned)
        .map(|fact| {
            json!({
                "file": fact.file, "line": fact.line, "column": fact.column, "field": fact.name,
                "old": fact.old, "new": fact.new, "owner": fact.owner, "swap": fact.swap,
            })
        })
        .collect();
    json!({
        "id": entry.id, "class": planned.class.as_str(), "campaign": entry.kind.campaign,
        "channel": entry.kind.channel, "window": entry.kind.window, "partners": entry.partners,
        "path": entry.path, "sha256": entry.sha256, "size": entry.size,
        "media_type": entry.kind.media_type, "reasons": reasons,
        "gates": gates.iter().map(|state| state.name()).collect::<Vec<_>>(),
    })
}
