//! Over random situations: the counts add up, and what is not known is never ready.

use proptest::prelude::*;

use super::tests::{artifact, file, gate, hour, situation};
use super::*;
use crate::decide::{GateState, GateStates, GateStatus};

fn made() -> impl Strategy<Value = Made> {
    prop_oneof![
        (0..3u8, proptest::option::of(0..3u8)).prop_map(|(sha256, built)| {
            file(&sha256.to_string(), built.map(|one| one.to_string()).as_deref())
        }),
        Just(Made::Quarantined),
        Just(Made::Failed { why: "wrong".into(), owner: "pm".into(), next: "check".into() }),
    ]
}

fn gate_state() -> impl Strategy<Value = GateState> {
    let status = prop_oneof![
        Just(GateStatus::Holds),
        Just(GateStatus::Asked),
        Just(GateStatus::Rejected),
        Just(GateStatus::Blocked),
    ];
    (status, proptest::collection::vec((0..6usize, any::<bool>()), 0..4), 0..3usize).prop_map(
        |(status, items, scope)| {
            let names: Vec<(String, bool)> =
                items.into_iter().map(|(at, holds)| (format!("a{at}"), holds)).collect();
            let items: Vec<(&str, bool)> =
                names.iter().map(|(id, holds)| (id.as_str(), *holds)).collect();
            GateState { scope: format!("c/{scope}"), ..gate(status, &items) }
        },
    )
}

prop_compose! {
    fn any_situation()(
        now in -5..35i64,
        made in proptest::collection::vec(made(), 0..6),
        gates in proptest::collection::vec(gate_state(), 0..4),
        declared in any::<bool>(),
        build in proptest::option::of(any::<bool>()),
        out in proptest::option::of(proptest::collection::vec(0..3u8, 6)),
    ) -> Situation {
        let artifacts = made.into_iter().enumerate();
        let artifacts = artifacts.map(|(at, made)| artifact(&format!("a{at}"), made)).collect();
        let mut one = situation(now, artifacts);
        one.gates = GateStates { states: gates, declared };
        one.build = build.and_then(|stale| {
            let mut built = one.build.clone()?;
            built.other_engine = stale;
            Some(built)
        });
        one.live = out.map(|digests| LiveRelease {
            root: "e".into(),
            seq: 1,
            published: hour(0),
            artifacts: digests
                .into_iter()
                .enumerate()
                .map(|(at, digest)| (format!("a{at}"), digest.to_string()))
                .collect(),
        });
        one
    }
}

fn adds_up(counts: &Counts) -> bool {
    counts.parts().iter().map(|(_, number)| number).sum::<usize>() == counts.total
}

proptest! {
    #[test]
    fn counts_add_up_and_the_unknown_is_never_ready(one in any_situation()) {
        let found = status(&one, None);
        prop_assert_eq!(found.counts.total, one.artifacts.len());
        prop_assert!(adds_up(&found.counts));
        for line in &found.windows {
            prop_assert!(adds_up(&line.counts));
            if line.state.is_good() && line.state != WindowState::Closed {
                prop_assert_eq!(line.counts.open(), 0);
                prop_assert!(line.counts.total > 0);
            }
            let opened = line.state == WindowState::Live;
            prop_assert!(!opened || one.live.is_some());
        }
        if found.verdict == Verdict::NoGo {
            // Whoever reads a no finds something to do.
            prop_assert!(!found.attention.is_empty());
        } else {
            prop_assert!(found.output.as_ref().is_some_and(|output| !output.stale));
            let over = found.windows.iter().all(|line| line.state == WindowState::Closed);
            prop_assert!(over || found.counts.open() == 0);
            prop_assert!(over || found.matrix.iter().all(|row| row.ready));
        }
        prop_assert!(found.attention.len() <= ATTENTION);
    }

    #[test]
    fn the_same_facts_give_the_same_document(one in any_situation()) {
        let [first, again] = [status(&one, None), status(&one.clone(), None)];
        let text = serde_json::to_string(&first).unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&again).unwrap());
        // Keys stand in the order of their names.
        prop_assert_eq!(text.into_bytes(), serde_jcs::to_vec(&first).unwrap());
    }
}
