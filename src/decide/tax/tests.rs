//! Each currency, from a handful of facts.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::decide::status::{Expected, KnownSwap, Made, PlannedCampaign, PlannedWindow};
use crate::decide::{About, GateState, GateStates, GateStatus};
use crate::diag::Diagnostics;
use crate::model::SourceId;
use crate::source::read_fields;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

/// Two artifacts in a window that freezes at 100 and closes at 1000.
fn situation() -> Situation {
    let artifact = |id: &str| Expected {
        id: id.into(),
        campaign: "c".into(),
        channel: "email".into(),
        asset: "a".into(),
        window: "w".into(),
        partners: Vec::new(),
        placements: Vec::new(),
        made: Made::File { sha256: "1".into(), built: None },
    };
    Situation {
        title: "Shop".into(),
        zone: TimeZone::UTC,
        now: at(500),
        campaigns: vec![PlannedCampaign {
            id: "c".into(),
            name: "C".into(),
            owner: "o".into(),
            zone: TimeZone::UTC,
            windows: vec![PlannedWindow {
                id: "w".into(),
                freezes: at(100),
                locks: at(200),
                opens: at(300),
                closes: at(1000),
                channels: Vec::new(),
            }],
        }],
        partners: BTreeMap::new(),
        artifacts: vec![artifact("x"), artifact("y")],
        problems: Vec::new(),
        build: None,
        live: None,
        gates: GateStates::default(),
        decisions: Vec::new(),
        policies: BTreeMap::new(),
        waivers: Vec::new(),
        swaps: Vec::new(),
        promises: Vec::new(),
        builder: String::new(),
    }
}

fn count(situation: &Situation, since: Option<Timestamp>) -> Tax {
    let mut told = Diagnostics::new();
    let text = "[offer.url]\nrule = \"generated\"\n[offer.title]\nrule = \"may_vary\"\n";
    let fields = read_fields(text, SourceId(0), 0, &mut told).unwrap();
    tax(&TaxInput { situation, campaign: None, since, fields: &fields, links: 3 })
}

fn swap(id: &str, minutes: i64, fact: &str, artifacts: &[&str]) -> KnownSwap {
    KnownSwap {
        id: id.into(),
        at: at(minutes),
        by: "o".into(),
        because: "b".into(),
        reference: None,
        active: true,
        changes: vec![[fact.to_owned(), "1".into(), "2".into()]],
        artifacts: artifacts.iter().map(|id| (*id).to_owned()).collect(),
    }
}

#[test]
fn nothing_known_is_no_data_and_no_zero() {
    let found = count(&situation(), None);
    assert_eq!((found.judgment, found.person_bound), (None, None));
    assert_eq!((found.rework.changed_after_approval, found.output.live), (None, None));
    assert_eq!((found.blast_radius.largest, found.blast_radius.median), (None, None));
    assert!(found.latency.is_empty());
    assert_eq!((found.output.artifacts, found.output.links), (2, 3));
}

#[test]
fn rework_and_blast_radius_follow_from_swaps() {
    let mut one = situation();
    one.swaps = vec![
        swap("late", 150, "offers:o.value", &["x", "y"]),
        swap("early", 50, "offers:o.value", &["x"]),
        swap("other", 160, "offers:p.value", &["y"]),
        swap("tomorrow", 600, "offers:o.value", &["x"]),
    ];
    let found = count(&one, None);
    assert_eq!(found.output.swaps, 3);
    assert_eq!(found.rework.repeated_swaps, 1);
    assert_eq!((found.rework.swaps_after_freeze, found.rework.artifacts_after_freeze), (2, 3));
    let largest = found.blast_radius.largest.unwrap();
    assert_eq!((largest.swap.as_str(), largest.artifacts, largest.live), ("late", 2, None));
    assert_eq!(found.blast_radius.median, Some(1));
    // What was changed before the period still counts as changed before.
    let found = count(&one, Some(at(140)));
    assert_eq!((found.output.swaps, found.rework.repeated_swaps), (2, 1));
}

fn decision(decided: i64, items: usize, changed: Option<&[&str]>) -> DecisionRecord {
    DecisionRecord {
        gate: "legal".into(),
        role: "counsel".into(),
        scope: "c/lumen".into(),
        principal: "p".into(),
        decision: "approve".into(),
        asked: Some(at(decided - 30)),
        opened: Some(at(decided - 10)),
        decided: at(decided),
        items,
        changed: changed.map(|list| list.iter().map(|name| (*name).to_owned()).collect()),
    }
}

#[test]
fn waiting_and_working_are_told_apart() {
    let mut one = situation();
    one.decisions = vec![decision(100, 1, None), decision(200, 1, None), decision(600, 1, None)];
    one.decisions[1].opened = None;
    one.decisions[1].asked = Some(at(100));
    let found = &count(&one, None).latency[0];
    let of = |quantiles: Option<Quantiles>| quantiles.map(|one| (one.count, one.p50, one.p90));
    assert_eq!((found.gate.as_str(), found.decisions), ("legal", 2));
    assert_eq!(of(found.waiting), Some((1, 1200, 1200)));
    assert_eq!(of(found.working), Some((1, 600, 600)));
    assert_eq!(of(found.whole), Some((2, 1800, 6000)));
}

#[test]
fn the_first_look_at_a_value_is_judgment_and_the_second_is_not() {
    let mut one = situation();
    let judged = |decisions: Vec<DecisionRecord>, one: &mut Situation| {
        one.decisions = decisions;
        count(one, None).judgment.map(|found| (found.items, found.machine_checkable))
    };
    // Of four mails with one new value, three could have been checked.
    let value = ["offers:o.value"];
    assert_eq!(judged(vec![decision(100, 4, Some(&value))], &mut one), Some((4, 3)));
    let again = vec![decision(100, 4, Some(&value)), decision(120, 2, Some(&value))];
    assert_eq!(judged(again, &mut one), Some((6, 5)));
    let made = ["offers:o.url"];
    assert_eq!(judged(vec![decision(100, 2, Some(&made))], &mut one), Some((2, 2)));
    // A text that may vary, a channel's own value, and what is no cell need a person.
    for name in ["offers:o.title", "offers:o.value@sms", "c:copy.subject"] {
        assert_eq!(judged(vec![decision(100, 2, Some(&[name]))], &mut one), Some((2, 0)), "{name}");
    }
    assert_eq!(judged(vec![decision(100, 2, None)], &mut one), None);
}

#[test]
fn a_role_with_one_person_is_a_person() {
    let gate = |role: &str, eligible: &[&str], approved: &[&str]| GateState {
        gate: format!("gate-of-{role}"),
        role: role.into(),
        scope: "c".into(),
        about: About::default(),
        status: GateStatus::Asked,
        because: String::new(),
        subject: String::new(),
        items: Vec::new(),
        approved_by: approved.iter().map(|one| (*one).to_owned()).collect(),
        rejected_by: Vec::new(),
        eligible: eligible.iter().map(|one| (*one).to_owned()).collect(),
        needs: 1,
        asked: None,
        expires: None,
    };
    let mut one = situation();
    one.gates = GateStates {
        states: vec![
            gate("alcohol", &["kim"], &[]),
            gate("brand", &["kai"], &["ana"]),
            gate("empty", &[], &[]),
        ],
        declared: true,
    };
    let found = count(&one, None).person_bound.unwrap();
    let found: Vec<_> = found.iter().map(|one| (one.role.as_str(), one.person.as_str())).collect();
    assert_eq!(found, [("alcohol", "kim"), ("empty", "")]);
}
