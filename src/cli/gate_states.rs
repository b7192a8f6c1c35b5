//! How each gate stands at a time, and what was decided before.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::gates::judge_gates;
use super::prepare::Prepared;
use crate::decide::{DecisionRecord, GateStates};
use crate::diag::Diagnostics;
use crate::source::{ApprovalFile, Decision, Item};

/// What is known of the gates.
#[derive(Debug, Default)]
pub(super) struct KnownGates {
    pub(super) states: GateStates,
    /// What was decided before.
    pub(super) decisions: Vec<DecisionRecord>,
}

/// How the gates of a workspace stand. What is wrong with decisions is added to the findings.
///
/// # Errors
/// Where the output cannot be read.
pub(super) fn gate_states(
    (root, target): (&Path, &Path),
    prepared: &mut Prepared,
    at: Timestamp,
    diagnostics: &mut Diagnostics,
) -> Result<KnownGates> {
    let (gates, _) = judge_gates((root, target), prepared, at, diagnostics)?;
    let bad = |file: &&ApprovalFile| gates.bad.iter().any(|bad| bad.file == file.name);
    let mut files: Vec<&ApprovalFile> =
        gates.approvals.iter().filter(|file| file.at <= at && !bad(file)).collect();
    files.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    Ok(KnownGates { states: gates.states, decisions: records(&files) })
}

/// The decisions in their order, each with what was otherwise than at the approval before.
fn records(files: &[&ApprovalFile]) -> Vec<DecisionRecord> {
    let mut last: BTreeMap<(&str, &str, &str), &Item> = BTreeMap::new();
    let mut found = Vec::new();
    for file in files {
        let said = &file.statement.predicate;
        let word = match said.decision {
            Decision::Approve => "approve",
            Decision::Reject => "reject",
            // It judges a decision and nothing that was built.
            Decision::Revoke => continue,
        };
        let mut changed = Vec::new();
        for item in &said.items {
            let key = (said.gate.as_str(), said.scope.as_str(), item.id.as_str());
            if let Some(before) = last.get(&key) {
                changed.extend(differences(before, item));
            }
            if said.decision == Decision::Approve {
                last.insert(key, item);
            }
        }
        changed.sort_unstable();
        changed.dedup();
        let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        found.push(DecisionRecord {
            gate: said.gate.clone(),
            role: said.role.clone(),
            scope: said.scope.clone(),
            principal: said.approver.clone(),
            decision: word.to_owned(),
            asked: time(&said.asked_on),
            opened: time(&said.opened_on),
            decided: file.at,
            items: said.items.len(),
            changed: (!changed.is_empty()).then_some(changed),
        });
    }
    found
}

/// The names of values that differ.
fn differences(before: &Item, now: &Item) -> Vec<String> {
    let names = before.facets.keys().chain(now.facets.keys());
    let differs = |name: &&String| before.facets.get(*name) != now.facets.get(*name);
    names.filter(differs).cloned().collect()
}
