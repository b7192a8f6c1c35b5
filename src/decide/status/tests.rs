//! Cases of windows, gates and verdicts, each a small situation.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::decide::{About, Basis, DecisionRecord, GateState, GateStates, GateStatus, ItemState};

/// Hours since the window's freeze: it locks at 10, opens at 20 and closes at 30.
pub(super) fn hour(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
}

pub(super) fn artifact(id: &str, made: Made) -> Expected {
    Expected {
        id: id.into(),
        campaign: "c".into(),
        channel: "email".into(),
        asset: "digest".into(),
        window: "am".into(),
        partners: vec!["acme".into(), "lumen".into()],
        placements: vec![format!("p-{id}")],
        made,
    }
}

pub(super) fn file(sha256: &str, built: Option<&str>) -> Made {
    Made::File { sha256: sha256.into(), built: built.map(str::to_owned) }
}

pub(super) fn situation(now: i64, artifacts: Vec<Expected>) -> Situation {
    let partner = |name: &str| PlannedPartner {
        name: name.to_uppercase(),
        tier: "gold".into(),
        owner: "pm".into(),
    };
    Situation {
        title: "Shop".into(),
        zone: TimeZone::UTC,
        now: hour(now),
        campaigns: vec![PlannedCampaign {
            id: "c".into(),
            name: "Campaign".into(),
            owner: "chen".into(),
            zone: TimeZone::UTC,
            windows: vec![PlannedWindow {
                id: "am".into(),
                freezes: hour(0),
                locks: hour(10),
                opens: hour(20),
                closes: hour(30),
                channels: vec!["email".into()],
            }],
        }],
        partners: ["acme", "lumen"].map(|id| (id.to_owned(), partner(id))).into(),
        artifacts,
        problems: Vec::new(),
        build: Some(Built {
            root: "ab".repeat(32),
            as_of: None,
            changed: Vec::new(),
            other_engine: false,
            partial: false,
        }),
        live: None,
        gates: GateStates::default(),
        decisions: Vec::new(),
        policies: BTreeMap::new(),
        waivers: Vec::new(),
        swaps: Vec::new(),
        promises: Vec::new(),
        builder: "ops".into(),
    }
}

fn ready() -> Expected {
    artifact("a", file("1", Some("1")))
}

pub(super) fn gate(status: GateStatus, items: &[(&str, bool)]) -> GateState {
    let item = |(id, holds): &(&str, bool)| ItemState {
        id: (*id).to_owned(),
        artifacts: Vec::new(),
        authors: BTreeSet::new(),
        digest: "d".into(),
        approved_by: BTreeSet::new(),
        holds: *holds,
        changes: Vec::new(),
        is_new: true,
        seen_bytes: None,
    };
    GateState {
        gate: "legal".into(),
        role: "counsel".into(),
        scope: "c/lumen".into(),
        about: About {
            campaign: Some("c".into()),
            partner: Some("lumen".into()),
            ..About::default()
        },
        status,
        because: "the terms changed".into(),
        subject: "s".into(),
        items: items.iter().map(item).collect(),
        approved_by: Vec::new(),
        rejected_by: Vec::new(),
        eligible: vec!["p.shah".into(), "p.kim".into()],
        needs: 1,
        asked: Some(hour(1)),
        expires: None,
    }
}

fn gates(states: Vec<GateState>) -> GateStates {
    GateStates { states, declared: true }
}

fn live(artifacts: &[(&str, &str)]) -> LiveRelease {
    LiveRelease {
        root: "cd".repeat(32),
        seq: 3,
        published: hour(9),
        artifacts: artifacts.iter().map(|(id, sha)| ((*id).into(), (*sha).into())).collect(),
    }
}

fn decided(asked: i64, minutes: i64) -> DecisionRecord {
    let asked = hour(asked);
    DecisionRecord {
        gate: "legal".into(),
        role: "counsel".into(),
        scope: "c/acme".into(),
        principal: "p.shah".into(),
        decision: "approve".into(),
        asked: Some(asked),
        opened: None,
        decided: Timestamp::from_second(asked.as_second() + minutes * 60).unwrap(),
        items: 1,
        changed: None,
    }
}

#[track_caller]
fn expect(situation: &Situation, state: WindowState, verdict: Verdict) -> Status {
    let found = status(situation, None);
    assert_eq!((found.windows[0].state, found.verdict), (state, verdict), "{found:#?}");
    found
}

#[test]
fn a_window_through_its_times() {
    use WindowState::{Closed, Live, Locked, Missed, Ready, Unknown};
    for (now, state, verdict) in [
        (-5, Ready, Verdict::Go),
        (9, Ready, Verdict::Go),
        (10, Locked, Verdict::Go),
        (19, Locked, Verdict::Go),
        // Nobody has recorded a release, so nobody knows.
        (20, Unknown, Verdict::NoGo),
        (29, Unknown, Verdict::NoGo),
        (30, Closed, Verdict::Go),
    ] {
        expect(&situation(now, vec![ready()]), state, verdict);
    }
    let mut released = situation(20, vec![ready()]);
    released.live = Some(live(&[("a", "1")]));
    let found = expect(&released, Live, Verdict::Go);
    assert_eq!(found.counts.live, 1);
    released.live = Some(live(&[("a", "2")]));
    let found = expect(&released, Missed, Verdict::NoGo);
    assert_eq!((found.counts.live, found.counts.ready), (0, 1));
    assert!(found.sentence.contains("it is MISSED: 1 of 1 are not out"), "{}", found.sentence);
}

#[test]
fn what_is_not_built_is_moving_until_it_is_too_late() {
    let moving = || vec![artifact("a", file("1", Some("2")))];
    let found = expect(&situation(-1, moving()), WindowState::Moving, Verdict::NoGo);
    assert_eq!(found.attention[0].next, "throughline build");
    expect(&situation(1, moving()), WindowState::AtRisk, Verdict::NoGo);
    let found = expect(&situation(11, moving()), WindowState::Missed, Verdict::NoGo);
    assert_eq!(found.counts.moving, 1);
}

#[test]
fn a_stale_output_never_goes_out_although_nothing_would_come_out_otherwise() {
    let mut stale = situation(1, vec![ready()]);
    stale.build.as_mut().unwrap().changed = vec!["briefs/c.md".into()];
    let found = expect(&stale, WindowState::Ready, Verdict::NoGo);
    assert_eq!(found.counts.ready, 1);
    assert!(
        found.sentence.contains("the output is stale: 1 file has changed"),
        "{}",
        found.sentence
    );
    stale.build = None;
    let found = status(&stale, None);
    assert_eq!(found.verdict, Verdict::NoGo);
    assert!(found.sentence.contains("nothing has been built"), "{}", found.sentence);
}

#[test]
fn an_open_gate_waits_and_says_for_whom_since_when_and_how_long_that_takes() {
    let mut asked = situation(2, vec![ready()]);
    asked.gates = gates(vec![gate(GateStatus::Asked, &[("a", false)])]);
    let found = expect(&asked, WindowState::Waiting, Verdict::NoGo);
    assert_eq!(found.counts.waiting, 1);
    assert_eq!(
        found.sentence,
        "`c/am` locks in 8h (Fri 15 Jan 18:00 UTC): `legal:c/lumen` is open, and has waited 1h for \
         p.shah or p.kim (counsel); there is no basis for an estimate"
    );
    asked.decisions = (0..5).map(|at| decided(at - 10, 30 + at)).collect();
    let found = expect(&asked, WindowState::Waiting, Verdict::NoGo);
    assert_eq!(found.windows[0].needed_seconds, Some(34 * 60));
    assert_eq!(found.windows[0].slack_seconds, Some(8 * 3600 - 34 * 60));
    assert!(
        found.sentence.ends_with("it takes 34m as a rule, which leaves 7h 26m"),
        "{}",
        found.sentence
    );
    // What is left is less than what it takes.
    asked.now = Timestamp::from_second(hour(10).as_second() - 30 * 60).unwrap();
    let found = expect(&asked, WindowState::Infeasible, Verdict::NoGo);
    assert!(found.sentence.ends_with("which is 4m too long"), "{}", found.sentence);
    asked.now = Timestamp::from_second(hour(10).as_second() - 60 * 60).unwrap();
    expect(&asked, WindowState::AtRisk, Verdict::NoGo);
    // For want of history, the rule.
    asked.decisions.clear();
    asked.policies = BTreeMap::from([("legal".to_owned(), 7200)]);
    let found = expect(&asked, WindowState::Infeasible, Verdict::NoGo);
    assert_eq!(found.windows[0].basis, Some(Basis::Policy));
}

#[test]
fn a_gate_that_was_refused_blocks_and_one_that_holds_does_not() {
    let mut one = situation(2, vec![ready()]);
    one.gates = gates(vec![gate(GateStatus::Holds, &[("a", true)])]);
    expect(&one, WindowState::Ready, Verdict::Go);
    for status in [GateStatus::Rejected, GateStatus::Blocked] {
        one.gates = gates(vec![gate(status, &[("a", false)])]);
        let found = expect(&one, WindowState::AtRisk, Verdict::NoGo);
        assert_eq!(found.counts.blocked, 1);
    }
    // Of an email of two partners, the other's cell is not touched.
    let lumen = status(&one, None).matrix;
    let of =
        |partner: &str| lumen.iter().find(|row| row.partner == partner).unwrap().cells[0].gates;
    assert_eq!((of("lumen"), of("acme")), (GateLetter::Refused, GateLetter::Hold));
}

#[test]
fn a_gate_of_sources_holds_back_what_it_is_about() {
    let mut one = situation(2, vec![ready(), artifact("b", file("1", Some("1")))]);
    one.artifacts[1].partners = vec!["acme".into()];
    one.gates = gates(vec![gate(GateStatus::Asked, &[("legal/terms.md", false)])]);
    let found = status(&one, None);
    assert_eq!((found.counts.waiting, found.counts.ready), (1, 1));
}

#[test]
fn an_approval_that_ends_before_the_opening_is_told() {
    let mut one = situation(2, vec![ready()]);
    let mut state = gate(GateStatus::Holds, &[("a", true)]);
    state.expires = Some(hour(15));
    one.gates = gates(vec![state]);
    let found = expect(&one, WindowState::Ready, Verdict::Go);
    assert_eq!(found.attention[0].kind, "approval");
    one.gates.states[0].expires = Some(hour(25));
    assert_eq!(status(&one, None).attention, []);
}

#[test]
fn queue_and_attention_are_narrowed_to_a_role_or_a_person() {
    let mut one = situation(2, vec![ready()]);
    let brand = GateState {
        gate: "brand".into(),
        role: "studio".into(),
        eligible: vec!["kai".into()],
        asked: None,
        ..gate(GateStatus::Asked, &[("a", false)])
    };
    one.gates = gates(vec![gate(GateStatus::Asked, &[("a", false)]), brand]);
    let all = status(&one, None);
    assert_eq!(
        all.queue.iter().map(|one| one.role.as_str()).collect::<Vec<_>>(),
        ["counsel", "studio"]
    );
    assert_eq!(all.queue[0].oldest_seconds, Some(3600));
    assert_eq!(all.queue[1].oldest_seconds, None);
    for who in ["studio", "kai"] {
        let own = status(&one, Some(who));
        assert_eq!(own.queue.len(), 1);
        assert_eq!(
            own.attention.iter().map(|one| one.owner.as_str()).collect::<Vec<_>>(),
            ["studio"]
        );
        // The verdict is everybody's.
        assert_eq!((own.verdict, &own.sentence), (all.verdict, &all.sentence));
    }
}

fn waiver(expires: i64, used: bool) -> KnownWaiver {
    KnownWaiver {
        rule: "missing-alt".into(),
        place: "decisions/waivers/w.toml:1:1".into(),
        reason: "a new logo is coming".into(),
        approver: "ana".into(),
        expires: hour(expires),
        used,
        artifacts: vec!["a".into()],
    }
}

#[test]
fn waivers_make_it_conditional_while_they_last() {
    let mut one = situation(2, vec![ready()]);
    one.waivers = vec![waiver(40, true)];
    let found = expect(&one, WindowState::Ready, Verdict::Conditional);
    assert!(found.sentence.contains("under 1 waiver, which ends in 1d 14h"), "{}", found.sentence);
    one.waivers = vec![waiver(40, false)];
    expect(&one, WindowState::Ready, Verdict::Go);
    one.waivers = vec![waiver(2, true)];
    let found = expect(&one, WindowState::AtRisk, Verdict::NoGo);
    assert_eq!(found.counts.blocked, 1);
    assert_eq!((found.attention[0].kind, found.attention[0].age_seconds), ("waiver", Some(0)));
}

#[test]
fn at_most_seven_things_the_least_slack_first_then_what_reaches_furthest() {
    let mut one = situation(2, vec![ready(), artifact("b", file("1", Some("1")))]);
    let problem = |name: usize| Problem {
        what: format!("problem {name}"),
        why: String::new(),
        owner: "pm".into(),
        next: "throughline check".into(),
        artifacts: if name == 8 { vec!["a".into(), "b".into()] } else { vec!["a".into()] },
        quarantine: false,
        blocking: false,
    };
    one.problems = (0..10).map(problem).collect();
    one.problems[3].artifacts.clear();
    let found = status(&one, None);
    assert_eq!((found.attention.len(), found.attention_hidden), (7, 3));
    assert_eq!(found.attention[0].what, "problem 8");
    assert!(found.attention.iter().all(|one| one.what != "problem 3"));
    assert_eq!(found.verdict, Verdict::NoGo);
}

#[test]
fn nothing_planned_is_not_ready() {
    let mut one = situation(2, Vec::new());
    expect(&one, WindowState::Unknown, Verdict::NoGo);
    one.campaigns.clear();
    assert_eq!(status(&one, None).verdict, Verdict::NoGo);
}

#[test]
fn a_promise_stands_as_the_worst_of_what_shows_it() {
    let mut one = situation(2, vec![ready(), artifact("b", file("1", Some("2")))]);
    let promise = |id: &str, placements: &[&str], lost: Option<&str>| Promise {
        id: id.into(),
        campaign: "c".into(),
        asset: "digest".into(),
        channel: "email".into(),
        window: "am".into(),
        slot: "s01".into(),
        partner: "lumen".into(),
        partners: vec!["lumen".into()],
        offer: "o".into(),
        shown: vec!["o".into()],
        placements: placements.iter().map(|id| (*id).to_owned()).collect(),
        committed: true,
        lost: lost.map(str::to_owned),
    };
    one.promises = vec![
        promise("1", &["p-a"], None),
        promise("2", &["p-a", "p-b"], None),
        promise("3", &[], Some("its row is in quarantine")),
        promise("4", &["p-nowhere"], None),
    ];
    let found = status(&one, None).commitments;
    let states: Vec<_> = found.iter().map(|one| (one.state, one.why.as_str())).collect();
    assert_eq!(
        states,
        [
            (Some(Readiness::Ready), ""),
            (Some(Readiness::Moving), "it is not built as the sources say"),
            (None, "its row is in quarantine"),
            (None, "no artifact shows it"),
        ]
    );
}
