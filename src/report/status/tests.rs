//! Hostile texts in every form: what partners and people wrote moves nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{status_page, status_text};
use crate::decide::GateStates;
use crate::decide::status::{
    Built, Expected, KnownSwap, KnownWaiver, Made, PlannedCampaign, PlannedPartner, PlannedWindow,
    Problem, Promise, Situation, status,
};

const EVIL: &str = "\u{1b}[2J<script>alert(1)</script>\"'&\u{202e}`x`\n\u{7}";

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
}

/// A situation in which every text that somebody writes is hostile.
fn hostile() -> Situation {
    let evil = || EVIL.to_owned();
    let partner = PlannedPartner { name: evil(), tier: evil(), owner: evil() };
    Situation {
        title: evil(),
        zone: TimeZone::UTC,
        now: at(1),
        campaigns: vec![PlannedCampaign {
            id: "c".into(),
            name: evil(),
            owner: evil(),
            zone: TimeZone::UTC,
            windows: vec![PlannedWindow {
                id: "w".into(),
                freezes: at(0),
                locks: at(2),
                opens: at(3),
                closes: at(4),
                channels: vec!["email".into()],
            }],
        }],
        partners: BTreeMap::from([("lumen".to_owned(), partner)]),
        artifacts: vec![lost()],
        problems: vec![Problem {
            what: evil(),
            why: evil(),
            owner: evil(),
            next: evil(),
            artifacts: vec!["email/c/a.html".into()],
            quarantine: true,
            blocking: false,
        }],
        build: Some(Built {
            root: "a".into(),
            as_of: None,
            changed: vec![evil()],
            other_engine: false,
            partial: false,
        }),
        live: None,
        gates: GateStates::default(),
        decisions: Vec::new(),
        policies: BTreeMap::new(),
        waivers: vec![KnownWaiver {
            rule: "missing-alt".into(),
            place: evil(),
            reason: evil(),
            approver: evil(),
            expires: at(9),
            used: true,
            artifacts: vec!["email/c/a.html".into()],
        }],
        swaps: vec![KnownSwap {
            id: "s".into(),
            at: at(0),
            by: evil(),
            because: evil(),
            reference: Some(evil()),
            active: true,
            changes: vec![[evil(), evil(), evil()]],
            artifacts: Vec::new(),
        }],
        promises: vec![promise()],
        builder: evil(),
    }
}

fn promise() -> Promise {
    let evil = || EVIL.to_owned();
    Promise {
        id: evil(),
        campaign: "c".into(),
        asset: "a".into(),
        channel: "email".into(),
        window: "w".into(),
        slot: evil(),
        partner: evil(),
        partners: vec![evil()],
        offer: evil(),
        shown: vec![evil()],
        placements: Vec::new(),
        committed: true,
        lost: Some(evil()),
    }
}

fn lost() -> Expected {
    let evil = || EVIL.to_owned();
    Expected {
        id: "email/c/a.html".into(),
        campaign: "c".into(),
        channel: "email".into(),
        asset: "a".into(),
        window: "w".into(),
        partners: vec!["lumen".into()],
        placements: vec!["p".into()],
        made: Made::Failed { why: evil(), owner: evil(), next: evil() },
    }
}

#[test]
fn no_text_moves_the_cursor_of_a_terminal() {
    let found = status(&hostile(), Some(EVIL));
    let text = status_text(&found, true, false);
    let bad: Vec<char> =
        text.chars().filter(|one| one.is_control() && *one != '\n' || *one == '\u{202e}').collect();
    assert!(bad.is_empty(), "{bad:?}: {text}");
    // Nothing that was written makes a line of its own.
    assert!(text.lines().all(|line| !line.starts_with("[U+0007]")), "{text}");
    assert!(text.starts_with("NO-GO  "));
}

#[test]
fn no_text_becomes_markup() {
    let found = status(&hostile(), Some(EVIL));
    let page = status_page(&found, true);
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    assert!(!page.contains("onload") && !page.contains("http:"));
}

#[test]
fn colours_are_added_to_words_and_never_instead_of_them() {
    let found = status(&hostile(), None);
    let colored = status_text(&found, true, true);
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let without = status_text(&found, true, false);
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&without));
}

#[test]
fn with_many_partners_those_are_shown_that_are_not_ready() {
    let mut many = hostile();
    many.problems.clear();
    many.artifacts = (0..50)
        .map(|at| Expected {
            partners: vec![format!("p{at:02}")],
            id: format!("email/c/{at}.html"),
            made: Made::File { sha256: "1".into(), built: (at != 7).then(|| "1".to_owned()) },
            ..many.artifacts[0].clone()
        })
        .collect();
    let found = status(&many, None);
    let text = status_text(&found, false, false);
    assert!(text.contains("\n  p07 "), "{text}");
    assert!(!text.contains("\n  p08 "), "{text}");
    assert!(text.contains("49 partners ready and not shown: --all shows them"), "{text}");
    assert!(status_text(&found, true, false).contains("\n  p08 "));
    assert!(status_page(&found, false).contains("49 partners ready and not shown here"));
}
