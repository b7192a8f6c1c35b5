//! What people decided before, and how long it took them: the only basis of any estimate.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// One decision of one person at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The gate's id.
    pub gate: String,
    /// The role that the person decided in.
    pub role: String,
    /// What was decided on: `bf26/lumen`.
    pub scope: String,
    /// Who decided.
    pub principal: String,
    /// `approve` or `reject`.
    pub decision: String,
    /// Since when it was asked, where that is known.
    pub asked: Option<Timestamp>,
    /// When the person began to look, where that is known.
    pub opened: Option<Timestamp>,
    /// When it was decided.
    pub decided: Timestamp,
    /// How many artifacts and sources it was about.
    pub items: usize,
    /// The values that were otherwise than last approved, such as `offers:lumen-serums.value`;
    /// nothing where that was not recorded.
    pub changed: Option<Vec<String>>,
}

/// Fewer decisions than this are no basis for an estimate.
pub const BASIS: usize = 5;

/// Half of the values, and nine of ten, by nearest rank: the smallest value that at least so many
/// do not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// How many values there are.
    pub count: usize,
    /// In seconds.
    pub p50: i64,
    /// In seconds.
    pub p90: i64,
}

impl Quantiles {
    /// Of durations in seconds; nothing where there are none.
    pub fn of(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let rank = |percent: usize| {
            let rank = (seconds.len() * percent).div_ceil(100);
            seconds.get(rank.checked_sub(1)?).copied()
        };
        Some(Self { count: seconds.len(), p50: rank(50)?, p90: rank(90)? })
    }
}

/// Where an estimate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// From at least [`BASIS`] decisions at this gate.
    History,
    /// From what the gate's rule says, for want of decisions.
    Policy,
    /// There is none.
    NoBasis,
}

/// How long a gate takes, from being asked to a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GateTime {
    /// Where it comes from.
    pub basis: Basis,
    /// From how many decisions.
    pub decisions: usize,
    /// The gate.
    pub gate: String,
    /// In seconds, where there is a basis in history.
    pub p50: Option<i64>,
    /// In seconds, where there is a basis: the ninth of ten decisions, or what the rule says.
    pub p90: Option<i64>,
}

/// How long each gate takes, from the decisions until `now`. `policies` has what rules say, in
/// seconds.
pub fn gate_times<'g>(
    gates: impl Iterator<Item = &'g str>,
    records: &[DecisionRecord],
    policies: &BTreeMap<String, i64>,
    now: Timestamp,
) -> BTreeMap<String, GateTime> {
    let mut taken: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for one in records.iter().filter(|one| one.decided <= now) {
        let Some(asked) = one.asked else { continue };
        let seconds = one.decided.as_second() - asked.as_second();
        taken.entry(&one.gate).or_default().push(seconds.max(0));
    }
    let time = |gate: &str| {
        let seconds = taken.get(gate).cloned().unwrap_or_default();
        let decisions = seconds.len();
        let history = Quantiles::of(seconds).filter(|found| found.count >= BASIS);
        let policy = policies.get(gate).copied();
        let basis = match (history, policy) {
            (Some(_), _) => Basis::History,
            (None, Some(_)) => Basis::Policy,
            (None, None) => Basis::NoBasis,
        };
        GateTime {
            gate: gate.to_owned(),
            basis,
            decisions,
            p50: history.map(|found| found.p50),
            p90: history.map(|found| found.p90).or(policy),
        }
    };
    gates.map(|gate| (gate.to_owned(), time(gate))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(asked: i64, decided: i64) -> DecisionRecord {
        let at = |second| Timestamp::from_second(second).unwrap();
        DecisionRecord {
            gate: "legal".into(),
            role: "legal".into(),
            scope: "c".into(),
            principal: "p".into(),
            decision: "approve".into(),
            asked: Some(at(asked)),
            opened: None,
            decided: at(decided),
            items: 1,
            changed: None,
        }
    }

    #[test]
    fn ranks_are_those_of_the_list_and_never_between() {
        let of = |list: &[i64]| Quantiles::of(list.to_vec()).map(|one| (one.p50, one.p90));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some((7, 7)));
        assert_eq!(of(&[4, 1, 3, 2]), Some((2, 4)));
        assert_eq!(of(&(1..=10).collect::<Vec<_>>()), Some((5, 9)));
        assert_eq!(of(&(1..=11).collect::<Vec<_>>()), Some((6, 10)));
    }

    #[test]
    fn four_decisions_are_no_basis_and_the_rule_is() {
        let now = Timestamp::from_second(1000).unwrap();
        let mut records: Vec<_> = (1..=4).map(|at| record(0, at)).collect();
        let time = |records: &[DecisionRecord], policies: &BTreeMap<String, i64>| {
            gate_times(["legal"].into_iter(), records, policies, now)["legal"].clone()
        };
        let none = BTreeMap::new();
        assert_eq!(time(&records, &none).basis, Basis::NoBasis);
        assert_eq!(time(&records, &none).p90, None);
        let policies = BTreeMap::from([("legal".to_owned(), 60)]);
        let by_rule = time(&records, &policies);
        assert_eq!((by_rule.basis, by_rule.p90, by_rule.p50), (Basis::Policy, Some(60), None));
        // What was decided later than now is not known yet.
        records.push(record(0, 2000));
        assert_eq!(time(&records, &none).basis, Basis::NoBasis);
        records.push(record(0, 5));
        let known = time(&records, &policies);
        assert_eq!((known.basis, known.p50, known.p90), (Basis::History, Some(3), Some(5)));
    }
}
