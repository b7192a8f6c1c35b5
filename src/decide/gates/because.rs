//! Why a gate does not hold, as the end of a sentence.

use std::collections::BTreeSet;

use super::evaluate::Judged;
use super::{Ballot, FacetChange, GateStatus};
use crate::decide::fact::World;
use crate::source::GateRule;

/// Longest value that a sentence repeats, in letters.
const SHOWN: usize = 60;

/// Why a gate stands as it does; empty where it holds.
pub(super) fn because(
    status: GateStatus,
    ballot: &Ballot<'_, '_>,
    judged: &[Judged<'_, '_>],
    rule: &GateRule,
    world: World<'_>,
) -> String {
    let open: Vec<&Judged<'_, '_>> = judged.iter().filter(|one| !one.state.holds).collect();
    match status {
        GateStatus::Holds => String::new(),
        GateStatus::Rejected => rejected(ballot),
        GateStatus::Blocked => {
            format!(
                "{}, and nobody may decide: {}",
                asked(&open, judged.len(), rule),
                nobody(rule, world)
            )
        }
        GateStatus::Asked => asked(&open, judged.len(), rule),
    }
}

fn rejected(ballot: &Ballot<'_, '_>) -> String {
    let said: Vec<String> = ballot
        .rejections
        .iter()
        .map(|vote| {
            let comment = shown(&vote.file.statement.predicate.comment);
            format!("{} said no: {comment}", vote.principal)
        })
        .collect();
    said.join("; ")
}

fn nobody(rule: &GateRule, world: World<'_>) -> String {
    let all = world.documents.gates.principals(&rule.role).len();
    let authors = if rule.not_author { " that have not written it" } else { "" };
    format!(
        "it needs {} of the {all} in `{}` with a key that counts{authors}",
        rule.needs, rule.role
    )
}

fn asked(open: &[&Judged<'_, '_>], all: usize, rule: &GateRule) -> String {
    let of = if all > 1 { format!(" ({} of {all})", open.len()) } else { String::new() };
    if let Some(one) = open.iter().find(|one| one.missing) {
        return format!("{} is not built as the sources say now", one.state.id);
    }
    if let Some(change) =
        open.iter().filter(|one| !one.state.is_new).find_map(|one| one.state.changes.first())
    {
        let names: BTreeSet<&str> = open
            .iter()
            .filter(|one| !one.state.is_new)
            .flat_map(|one| &one.state.changes)
            .map(|change| change.name.as_str())
            .collect();
        let more = names.len() - 1;
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        return format!("{}{more} changed{of}", sentence(change));
    }
    if let Some(vote) = open.iter().find_map(|one| one.ended.last()) {
        let end = vote.ends(rule).map_or_else(String::new, |end| end.to_string());
        return format!("what {} approved ended {end}{of}", vote.principal);
    }
    if let Some(vote) = open.iter().find_map(|one| one.own.last()) {
        return format!("{} wrote it, so somebody else has to judge it{of}", vote.principal);
    }
    if open.iter().any(|one| !one.state.is_new && one.state.approved_by.is_empty()) {
        return format!("the gate's rule changed{of}");
    }
    let some = open.iter().map(|one| one.state.approved_by.len()).max().unwrap_or(0);
    if some > 0 {
        return format!("{some} of {} have approved{of}", rule.needs);
    }
    match open.first() {
        Some(one) if open.len() < all => format!("{} is new{of}", one.state.id),
        _ => "nobody has decided yet".to_owned(),
    }
}

fn sentence(change: &FacetChange) -> String {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "…".to_owned(), shown);
    match (&change.old, &change.new) {
        (None, None) => change.name.clone(),
        (old, new) => format!("{} ({} -> {})", change.name, value(old), value(new)),
    }
}

/// One line of a text, cut where it is long.
fn shown(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let line: String = line.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}
