//! What was decided of a release, written down beside it: `gates.json`. From it, the same gates can
//! be judged again when the sources are others: for what stays in a partial build, and for a
//! release that is put back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scopes::{Scope, Watched, rule_digest};
use super::{About, GateState, GateStatus};
use crate::source::{Digests, GateRule, GateRules, Item};

/// The version of the format.
pub const GATES_SCHEMA: &str = "https://throughline.dev/gates/v1";

/// The whole document. Fields stand in the order of their names, which is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatesRecord {
    /// When it was decided, RFC 3339 in UTC.
    pub at: String,
    /// Each gate and scope, sorted by both.
    pub gates: Vec<RecordedGate>,
    /// The files it rests on besides the build, sorted by path: rules, keys and decisions.
    pub inputs: Vec<RecordedInput>,
    /// What the rule of each declared gate watched: its digest, by the gate's id.
    pub rules: BTreeMap<String, String>,
    /// [`GATES_SCHEMA`].
    pub schema: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedInput {
    /// Relative to the workspace.
    pub path: String,
    /// 64 hex digits.
    pub sha256: String,
}

/// How one gate stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedGate {
    /// What the scope is about.
    pub about: About,
    /// Whose approvals counted, sorted.
    pub approved_by: Vec<String>,
    /// The gate.
    pub gate: String,
    /// What was in it, sorted by id.
    pub items: Vec<RecordedItem>,
    /// Who decides.
    pub role: String,
    /// The digest of what its rule watched.
    pub rule: Digests,
    /// The scope.
    pub scope: String,
    /// How it stood.
    pub status: GateStatus,
    /// The digest of everything in it.
    pub subject: Digests,
}

/// One thing in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedItem {
    /// The digests of what the manifest says of its artifacts, by their ids; none for source files.
    pub artifacts: BTreeMap<String, String>,
    /// Who wrote it or answers for it.
    pub authors: BTreeSet<String>,
    /// What decisions name.
    pub item: Item,
}

impl GatesRecord {
    /// Writes down how gates stand. `digest` is that of what the manifest says of an artifact.
    pub fn new(
        rules: &GateRules,
        (scopes, states): (&[Scope<'_>], &[GateState]),
        mut inputs: Vec<RecordedInput>,
        digest: &dyn Fn(&str) -> Option<String>,
        now: Timestamp,
    ) -> Self {
        inputs.sort();
        let gates = scopes.iter().zip(states).map(|(scope, state)| {
            let items = scope.items.iter().filter_map(|watched| {
                let artifacts = watched.artifacts.iter();
                let artifacts = artifacts.filter_map(|id| Some((id.clone(), digest(id)?)));
                Some(RecordedItem {
                    artifacts: artifacts.collect(),
                    authors: watched.authors.clone(),
                    item: watched.item.clone()?,
                })
            });
            RecordedGate {
                about: state.about.clone(),
                approved_by: state.approved_by.clone(),
                gate: state.gate.clone(),
                items: items.collect(),
                role: state.role.clone(),
                rule: Digests { sha256: rule_digest(scope.rule) },
                scope: state.scope.clone(),
                status: state.status,
                subject: Digests { sha256: state.subject.clone() },
            }
        });
        let declared = rules.gates.iter().map(|rule| (rule.id.clone(), rule_digest(rule)));
        let (at, schema) = (now.to_string(), GATES_SCHEMA.to_owned());
        Self { at, gates: gates.collect(), inputs, rules: declared.collect(), schema }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let record: Self = serde_json::from_slice(bytes)
            .map_err(|error| format!("gates.json is no record of gates: {error}"))?;
        if record.schema != GATES_SCHEMA {
            return Err(format!("the schema of gates.json is not `{GATES_SCHEMA}`"));
        }
        Ok(record)
    }

    /// The scopes as they were, of gates that are still declared; of each, the wanted items.
    pub fn scopes<'r>(
        &self,
        rules: &'r GateRules,
        wanted: &dyn Fn(&RecordedItem) -> bool,
    ) -> Vec<Scope<'r>> {
        let scopes = self.gates.iter().filter_map(|gate| {
            let rule = rules.gate(&gate.gate)?;
            let items: Vec<Watched> = gate
                .items
                .iter()
                .filter(|one| wanted(one))
                .map(|one| Watched {
                    item: Some(one.item.clone()),
                    id: one.item.id.clone(),
                    artifacts: one.artifacts.keys().cloned().collect(),
                    authors: one.authors.clone(),
                    ..Watched::default()
                })
                .collect();
            let (id, about) = (gate.scope.clone(), gate.about.clone());
            (!items.is_empty()).then_some(Scope { rule, id, about, items, recorded: true })
        });
        scopes.collect()
    }

    /// The gates that watch something else now than then, or were not declared.
    pub fn unknown<'r>(&self, rules: &'r GateRules) -> Vec<&'r str> {
        let same = |rule: &&GateRule| self.rules.get(&rule.id) == Some(&rule_digest(rule));
        let other = rules.gates.iter().filter(|rule| !same(rule));
        other.map(|rule| rule.id.as_str()).collect()
    }

    /// Whether everything in it is in a build as it was.
    pub fn is_of(&self, digest: &dyn Fn(&str) -> Option<String>) -> bool {
        let items = || self.gates.iter().flat_map(|gate| &gate.items);
        items().all(|one| one.artifacts.is_empty() || one.is_in(digest))
    }
}

impl RecordedItem {
    /// Whether all its artifacts are in a build as they were.
    pub fn is_in(&self, digest: &dyn Fn(&str) -> Option<String>) -> bool {
        !self.artifacts.is_empty()
            && self.artifacts.iter().all(|(id, was)| digest(id).as_deref() == Some(was))
    }
}

/// Puts two lists of scopes together: what is in the first takes the place of what has the same id
/// in the second.
pub fn merged<'r>(first: Vec<Scope<'r>>, second: Vec<Scope<'r>>) -> Vec<Scope<'r>> {
    let mut found: BTreeMap<(String, String), Scope<'r>> = BTreeMap::new();
    for scope in first.into_iter().chain(second) {
        match found.entry((scope.rule.id.clone(), scope.id.clone())) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(scope);
            }
            std::collections::btree_map::Entry::Occupied(mut taken) => {
                let own = &mut taken.get_mut().items;
                for item in scope.items {
                    if !own.iter().any(|one| one.id == item.id) {
                        own.push(item);
                    }
                }
                own.sort_by(|a, b| a.id.cmp(&b.id));
            }
        }
    }
    found.into_values().collect()
}
