//! Whether each gate holds: a pure function of what is watched, what was decided, and the time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::scopes::{Scope, Watched, rule_digest, subject_digest};
use super::{
    Ballot, FacetChange, GateState, GateStates, GateStatus, ItemState, Keyring, Vote, because,
};
use crate::decide::fact::World;
use crate::source::{Decision, GateRules, Item};

/// What decisions are judged by.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    /// The workspace.
    pub world: World<'a>,
    /// Whose keys count.
    pub keyring: Keyring<'a>,
    /// When it is.
    pub now: Timestamp,
}

/// How every gate stands.
pub fn evaluate(judging: Judging<'_>, scopes: &[Scope<'_>], votes: &[Vote<'_>]) -> GateStates {
    let states = scopes.iter().map(|scope| state_of(judging, scope, votes)).collect();
    GateStates { states, declared: !judging.world.documents.gates.gates.is_empty() }
}

/// What was found of one item.
pub(super) struct Judged<'v, 'a> {
    pub(super) state: ItemState,
    /// Approvals of it as it is that have ended.
    pub(super) ended: Vec<&'v Vote<'a>>,
    /// Approvals of it as it is by people who wrote it.
    pub(super) own: Vec<&'v Vote<'a>>,
    /// When its approval ends.
    expires: Option<Timestamp>,
    /// It is not built.
    pub(super) missing: bool,
}

fn state_of(judging: Judging<'_>, scope: &Scope<'_>, votes: &[Vote<'_>]) -> GateState {
    let rules = &judging.world.documents.gates;
    let rule = scope.rule;
    let ballot = Ballot::of(votes, (rule, rules), &scope.id, &|vote| is_about(scope, vote));
    let digest = rule_digest(rule);
    let judge = |watched| judge(judging, (scope, &digest), watched, &ballot);
    let judged: Vec<Judged<'_, '_>> = scope.items.iter().map(judge).collect();
    let has_key = |one: &&String| judging.keyring.has_key(one, judging.now);
    let able: Vec<&String> = rules.principals(&rule.role).iter().filter(has_key).collect();
    let open = || judged.iter().filter(|one| !one.state.holds);
    // For each open item there must be enough people who have not written it.
    let blocked = open().any(|one| {
        let free = able.iter().filter(|person| !one.state.authors.contains(**person));
        free.count() < rule.needs
    });
    let status = if !ballot.rejections.is_empty() {
        GateStatus::Rejected
    } else if open().next().is_none() {
        GateStatus::Holds
    } else if blocked {
        GateStatus::Blocked
    } else {
        GateStatus::Asked
    };
    let may_help = |person: &&&String| {
        open().any(|one| {
            !one.state.authors.contains(**person) && !one.state.approved_by.contains(**person)
        })
    };
    let eligible = able.iter().filter(may_help).map(|one| (*one).clone()).collect();
    let items: Vec<Item> = scope.items.iter().filter_map(|watched| watched.item.clone()).collect();
    let asked = open().flat_map(|one| &one.state.changes).filter_map(|change| change.since).max();
    let approved_by: BTreeSet<String> =
        judged.iter().flat_map(|one| one.state.approved_by.iter().cloned()).collect();
    GateState {
        gate: rule.id.clone(),
        role: rule.role.clone(),
        scope: scope.id.clone(),
        about: scope.about.clone(),
        because: because::because(status, &ballot, &judged, rule, judging.world),
        status,
        subject: subject_digest(rule, &scope.id, &items),
        approved_by: approved_by.into_iter().collect(),
        rejected_by: ballot.rejections.iter().map(|no| no.principal.clone()).collect(),
        eligible,
        needs: rule.needs,
        asked,
        expires: judged.iter().filter_map(|one| one.expires).min(),
        items: judged.into_iter().map(|one| one.state).collect(),
    }
}

/// Whether a vote is about what is judged. A no stays whatever changes; but of a release that was,
/// only one that names something of it: a no to what came after does not keep it from coming back.
fn is_about(scope: &Scope<'_>, vote: &Vote<'_>) -> bool {
    let no = vote.file.statement.predicate.decision == Decision::Reject;
    let names = |watched: &Watched| {
        let own = watched.item.as_ref().map(Item::digest);
        own.is_some() && vote.item(&watched.id).map(Item::digest) == own
    };
    !scope.recorded || !no || scope.items.iter().any(names)
}

fn judge<'v, 'a>(
    judging: Judging<'_>,
    (scope, rule): (&Scope<'_>, &str),
    watched: &Watched,
    ballot: &Ballot<'v, 'a>,
) -> Judged<'v, 'a> {
    let rules = &judging.world.documents.gates;
    let authors = authors(scope, watched, rules);
    let state = ItemState {
        id: watched.id.clone(),
        artifacts: watched.artifacts.clone(),
        digest: watched.item.as_ref().map(Item::digest).unwrap_or_default(),
        approved_by: BTreeSet::new(),
        authors,
        holds: false,
        changes: Vec::new(),
        is_new: true,
        seen_bytes: None,
    };
    let mut judged = Judged {
        state,
        ended: Vec::new(),
        own: Vec::new(),
        expires: None,
        missing: watched.item.is_none(),
    };
    let Some(item) = &watched.item else { return judged };
    // Two keys of one person count once, and so do two names with one key.
    let mut ends: BTreeMap<&str, Option<Timestamp>> = BTreeMap::new();
    let mut keys: BTreeMap<&str, &str> = BTreeMap::new();
    let mut last: Option<(&Item, &Vote<'_>)> = None;
    for vote in &ballot.approvals {
        let Some(seen) = vote.item(&watched.id) else { continue };
        last = Some((seen, vote));
        if seen.digest() != judged.state.digest || vote.file.statement.predicate.rule.sha256 != rule
        {
            continue;
        }
        let end = vote.ends(scope.rule);
        if end.is_some_and(|end| end <= judging.now) {
            judged.ended.push(vote);
        } else if is_authors(judging.keyring, &judged.state.authors, vote) {
            judged.own.push(vote);
        } else {
            if *keys.entry(&vote.key).or_insert(&vote.principal) != vote.principal {
                continue;
            }
            let until = |one: Option<Timestamp>| one.unwrap_or(Timestamp::MAX);
            let entry = ends.entry(&vote.principal).or_insert(end);
            if until(*entry) < until(end) {
                *entry = end;
            }
        }
    }
    judged.state.holds = ends.len() >= scope.rule.needs;
    if judged.state.holds {
        let mut times: Vec<Timestamp> =
            ends.values().map(|end| end.unwrap_or(Timestamp::MAX)).collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        let end = times.get(scope.rule.needs.saturating_sub(1)).copied();
        judged.expires = end.filter(|end| *end < Timestamp::MAX);
    }
    judged.state.approved_by = ends.keys().map(|one| (*one).to_owned()).collect();
    judged.state.is_new = last.is_none();
    let seen = last.and_then(|(seen, _)| seen.bytes.as_ref());
    judged.state.seen_bytes = seen.map(|bytes| bytes.sha256.clone());
    if !judged.state.holds {
        judged.state.changes = changes(judging.world, watched, last, item);
    }
    judged
}

/// Whether a vote is an author's, under this name or another of the same key.
fn is_authors(keyring: Keyring<'_>, authors: &BTreeSet<String>, vote: &Vote<'_>) -> bool {
    authors.contains(&vote.principal)
        || authors.iter().any(|author| keyring.stands_for(&vote.key, author))
}

/// Who may not judge: whoever wrote what is watched, where the gate says so.
fn authors(scope: &Scope<'_>, watched: &Watched, rules: &GateRules) -> BTreeSet<String> {
    if !scope.rule.not_author {
        return BTreeSet::new();
    }
    watched.authors.iter().map(|name| rules.principal(name)).collect()
}

/// What is otherwise than it was approved last.
fn changes(
    world: World<'_>,
    watched: &Watched,
    last: Option<(&Item, &Vote<'_>)>,
    item: &Item,
) -> Vec<FacetChange> {
    let empty = BTreeMap::new();
    let old = last.map_or(&empty, |(last, _)| &last.facets);
    let kept = last.map(|(_, vote)| &vote.file.statement.predicate.values);
    let names: BTreeSet<&String> = old.keys().chain(item.facets.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (was, is) = (old.get(name), item.facets.get(name));
        if was == is {
            continue;
        }
        let place = watched.places.get(name).copied();
        let swap = place.and_then(|span| world.documents.swapped(span)).map(|(swap, _)| swap);
        found.push(FacetChange {
            name: name.clone(),
            old: was.and_then(|digest| kept?.get(digest)).cloned(),
            new: is.and_then(|_| watched.values.get(name)).cloned(),
            place: place.map(|span| world.sources.locate(span)),
            swap: swap.map(|swap| swap.id.clone()),
            since: swap.map(|swap| swap.at.value),
        });
    }
    let bytes = |one: Option<&Item>| one.and_then(|one| one.bytes.clone());
    let (was, is) = (bytes(last.map(|(last, _)| last)), bytes(Some(item)));
    if was != is && found.is_empty() {
        found.push(FacetChange {
            name: "bytes".to_owned(),
            old: was.map(|one| one.sha256),
            new: is.map(|one| one.sha256),
            place: None,
            swap: None,
            since: None,
        });
    }
    found
}
