//! The invoice: what orchestration costs, in five currencies, next to what came out of it.
//!
//! Counted from facts: swaps, decisions, gates, artifacts. Where no fact tells, there is no number.

use std::collections::{BTreeMap, BTreeSet};

use super::status::{KnownSwap, Situation, instant};
use super::{DecisionRecord, Quantiles};
use crate::source::{FieldRules, Variation};
use jiff::Timestamp;

mod shape;
#[cfg(test)]
mod tests;

pub use shape::{Blast, BlastRadius, Judgment, Latency, Output, PersonBound, Rework, Tax};

/// The version of the format.
const SCHEMA: &str = "https://throughline.dev/tax/v1";

/// What is counted, and what for.
#[derive(Debug)]
pub struct TaxInput<'a> {
    /// Everything that is known; of one campaign where one is asked for.
    pub situation: &'a Situation,
    /// The campaign that is asked for.
    pub campaign: Option<&'a str>,
    /// What was decided before is left out.
    pub since: Option<Timestamp>,
    /// Which fields people decide.
    pub fields: &'a FieldRules,
    /// How many tracked links there are.
    pub links: usize,
}

/// Adds it up.
pub fn tax(input: &TaxInput<'_>) -> Tax {
    let situation = input.situation;
    let counter = Counter { input, situation };
    let live = situation.live.as_ref().map(|live| {
        let out = situation.artifacts.iter();
        out.filter(|one| live.artifacts.contains_key(&one.id)).count()
    });
    Tax {
        blast_radius: counter.blast_radius(),
        campaign: input.campaign.map(str::to_owned),
        judgment: counter.judgment(),
        latency: counter.latency(),
        output: Output {
            artifacts: situation.artifacts.len(),
            decisions: counter.decisions().count(),
            links: input.links,
            live,
            placements: situation.promises.len(),
            swaps: counter.swaps().count(),
        },
        person_bound: counter.person_bound(),
        rework: counter.rework(),
        schema: SCHEMA,
        since: input.since.map(|at| instant(at, &situation.zone)),
        until: instant(situation.now, &situation.zone),
        workspace: situation.title.clone(),
    }
}

struct Counter<'a> {
    input: &'a TaxInput<'a>,
    situation: &'a Situation,
}

impl<'a> Counter<'a> {
    fn is_in(&self, at: Timestamp) -> bool {
        self.input.since.is_none_or(|since| since <= at) && at <= self.situation.now
    }

    fn swaps(&self) -> impl Iterator<Item = &'a KnownSwap> {
        self.situation.swaps.iter().filter(|swap| self.is_in(swap.at))
    }

    fn decisions(&self) -> impl Iterator<Item = &'a DecisionRecord> {
        let of_campaign = |scope: &str| {
            self.input.campaign.is_none_or(|campaign| scope.split('/').next() == Some(campaign))
        };
        let all = self.situation.decisions.iter();
        all.filter(move |one| self.is_in(one.decided) && of_campaign(&one.scope))
    }

    fn rework(&self) -> Rework {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut repeated_swaps = 0;
        let mut in_order: Vec<_> = self.situation.swaps.iter().collect();
        in_order.sort_by_key(|swap| (swap.at, &swap.id));
        for swap in in_order {
            let facts: Vec<&str> = swap
                .changes
                .iter()
                .filter_map(|change| change.first())
                .map(String::as_str)
                .collect();
            if self.is_in(swap.at) && facts.iter().any(|fact| known.contains(fact)) {
                repeated_swaps += 1;
            }
            known.extend(facts);
        }
        let frozen: BTreeMap<(&str, &str), [Timestamp; 2]> = self
            .situation
            .campaigns
            .iter()
            .flat_map(|campaign| {
                let windows = campaign.windows.iter();
                windows
                    .map(|one| ((campaign.id.as_str(), one.id.as_str()), [one.freezes, one.closes]))
            })
            .collect();
        let by_id: BTreeMap<&str, _> = self
            .situation
            .artifacts
            .iter()
            .filter_map(|one| {
                let times = frozen.get(&(one.campaign.as_str(), one.window.as_str()))?;
                Some((one.id.as_str(), *times))
            })
            .collect();
        let late: Vec<usize> = self
            .swaps()
            .map(|swap| {
                let is_late = |id: &&String| {
                    let times = by_id.get(id.as_str());
                    times.is_some_and(|[from, to]| *from <= swap.at && swap.at < *to)
                };
                swap.artifacts.iter().filter(is_late).count()
            })
            .filter(|reached| *reached > 0)
            .collect();
        let gates = &self.situation.gates;
        let again = || {
            let items = gates.states.iter().flat_map(|state| &state.items);
            items.filter(|item| !item.is_new && !item.changes.is_empty()).count()
        };
        Rework {
            artifacts_after_freeze: late.iter().sum(),
            changed_after_approval: gates.declared.then(again),
            repeated_swaps,
            swaps_after_freeze: late.len(),
        }
    }

    fn latency(&self) -> Vec<Latency> {
        let mut gates: BTreeMap<&str, Vec<&DecisionRecord>> = BTreeMap::new();
        for one in self.decisions() {
            gates.entry(&one.gate).or_default().push(one);
        }
        let seconds = |from: Option<Timestamp>, to: Option<Timestamp>| {
            Some((to?.as_second() - from?.as_second()).max(0))
        };
        let latency = |(gate, records): (&str, Vec<&DecisionRecord>)| {
            let of = |take: &dyn Fn(&DecisionRecord) -> Option<i64>| {
                Quantiles::of(records.iter().filter_map(|one| take(one)).collect())
            };
            Latency {
                decisions: records.len(),
                gate: gate.to_owned(),
                waiting: of(&|one| seconds(one.asked, one.opened)),
                whole: of(&|one| seconds(one.asked, Some(one.decided))),
                working: of(&|one| seconds(one.opened, Some(one.decided))),
            }
        };
        gates.into_iter().map(latency).collect()
    }

    /// A machine can decide on an item where all that has changed is made by the build
    /// (`generated`), or is a value that must be the same everywhere (`never`) and that somebody has
    /// looked at in this gate before: that it is the same here too is what the build checks.
    fn judgment(&self) -> Option<Judgment> {
        let mut looked_at: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut judgment = Judgment { items: 0, machine_checkable: 0 };
        let mut records: Vec<&DecisionRecord> = self.decisions().collect();
        records.sort_by_key(|one| (one.decided, &one.gate, &one.scope));
        let mut known = false;
        for one in records {
            let Some(changed) = one.changed.as_ref().filter(|changed| !changed.is_empty()) else {
                continue;
            };
            known = true;
            judgment.items += one.items;
            let mut needs_a_look = false;
            let mut needs_judgment = false;
            for name in changed {
                match self.rule_of(name) {
                    Some(Variation::Generated) => {}
                    Some(Variation::Never) => {
                        needs_a_look |= looked_at.insert((one.gate.as_str(), name.as_str()));
                    }
                    Some(Variation::MayVary { .. } | Variation::Human) | None => {
                        needs_judgment = true;
                    }
                }
            }
            if !needs_judgment {
                judgment.machine_checkable += one.items - usize::from(needs_a_look).min(one.items);
            }
        }
        known.then_some(judgment)
    }

    /// The rule of a value such as `offers:lumen-serums.value`. A cell without one is `never`.
    fn rule_of(&self, name: &str) -> Option<&'a Variation> {
        let (table, rest) = name.split_once(':')?;
        let (_, field) = rest.rsplit_once('.')?;
        // What one channel has of its own is not the same everywhere.
        let entity = table.strip_suffix('s').filter(|_| !field.contains('@'))?;
        if !["offer", "partner", "bundle", "placement"].contains(&entity) {
            return None;
        }
        let rule = self.input.fields.get(entity, field);
        Some(rule.map_or(&Variation::Never, |rule| &rule.variation))
    }

    fn blast_radius(&self) -> BlastRadius {
        let live = self.situation.live.as_ref();
        let mut swaps: Vec<Blast> = self
            .swaps()
            .map(|swap| Blast {
                artifacts: swap.artifacts.len(),
                live: live.map(|live| {
                    let out = swap.artifacts.iter();
                    out.filter(|id| live.artifacts.contains_key(*id)).count()
                }),
                swap: swap.id.clone(),
            })
            .collect();
        swaps.sort_by(|a, b| b.artifacts.cmp(&a.artifacts).then_with(|| a.swap.cmp(&b.swap)));
        // By nearest rank of the falling list.
        let median = swaps.get(swaps.len() / 2).map(|one| one.artifacts);
        BlastRadius { largest: swaps.first().cloned(), median, swaps }
    }

    fn person_bound(&self) -> Option<Vec<PersonBound>> {
        let gates = &self.situation.gates;
        if !gates.declared {
            return None;
        }
        let mut roles: BTreeMap<&str, [BTreeSet<&str>; 2]> = BTreeMap::new();
        for state in &gates.states {
            let [people, names] = roles.entry(&state.role).or_default();
            people.extend(state.eligible.iter().chain(&state.approved_by).map(String::as_str));
            names.insert(&state.gate);
        }
        let bound = roles.into_iter().filter(|(_, [people, _])| people.len() < 2);
        let bound = bound.map(|(role, [people, names])| PersonBound {
            gates: names.into_iter().map(str::to_owned).collect(),
            person: people.into_iter().collect(),
            role: role.to_owned(),
        });
        Some(bound.collect())
    }
}
