//! How the gates of a workspace stand: reads decisions and the build, and has `decide` judge.

mod built;
mod releasing;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::prepare::Prepared;
use crate::decide::{
    BadVote, GateStates, Gated, Judging, Keyring, Scope, World, evaluate, readers, rule_digest,
    scopes, votes,
};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::load::{APPROVALS, Decisions, load_decisions};
use crate::manifest::Manifest;
use crate::model::{Digest, Span};
use crate::render::Engine;
use crate::source::{ApprovalFile, GateRule, Item, MAX_VALUE, RevokedKeys, Signers};

pub(super) use built::BuiltFiles;
pub(super) use releasing::{Decided, Subject, decide};

/// How all gates stand, and what that rests on.
pub(super) struct Gates {
    /// Each gate and scope.
    pub(super) states: GateStates,
    /// What is in each of them, in the same order.
    pub(super) items: Vec<Vec<Item>>,
    /// The values that are watched in each of them, each once, by their digests.
    pub(super) values: Vec<BTreeMap<String, String>>,
    /// The digest of each gate's rule, by its id.
    pub(super) rules: BTreeMap<String, String>,
    /// Every decision that can be read.
    pub(super) approvals: Vec<ApprovalFile>,
    /// Those that count for nothing.
    pub(super) bad: Vec<BadVote>,
    /// Whose keys count, and which count no more.
    pub(super) keys: (Signers, RevokedKeys),
    /// Whether the output is what the sources say now.
    pub(super) fresh: bool,
}

/// Judges every gate at a time. Findings about decisions are added; their files become sources.
pub(super) fn judge_gates(
    (root, output): (&Path, &Path),
    prepared: &mut Prepared,
    now: Timestamp,
    diagnostics: &mut Diagnostics,
) -> Result<(Gates, Option<Manifest>)> {
    let built = BuiltFiles::open(output, prepared)?;
    let decisions = load_decisions(root, &mut prepared.sources, diagnostics);
    let engine = Engine::new(
        &prepared.documents,
        &prepared.sources,
        &prepared.assets,
        // What is wrong with templates is `check`'s to tell.
        &mut Diagnostics::new(),
    );
    let gates = judge((&*prepared, &engine), &built, decisions, now);
    diagnostics.extend(gates.bad.iter().filter_map(|bad| finding(prepared, bad)));
    let watches = |rule: &GateRule| gates.states.states.iter().any(|one| one.gate == rule.id);
    diagnostics.extend(idle(prepared, &watches));
    Ok((gates, built.manifest))
}

/// Judges every gate of a workspace with what was built, or would be.
pub(super) fn judge(
    (prepared, engine): (&Prepared, &Engine<'_>),
    built: &BuiltFiles<'_>,
    decisions: Decisions,
    now: Timestamp,
) -> Gates {
    let rules = &prepared.documents.gates;
    let scopes = current_scopes((prepared, engine), built);
    let Judged { states, bad } = judge_scopes(prepared, &decisions, &scopes, now);
    let items = scopes
        .iter()
        .map(|scope| scope.items.iter().filter_map(|watched| watched.item.clone()).collect());
    Gates {
        items: items.collect(),
        values: scopes.iter().map(values_of).collect(),
        rules: rules.gates.iter().map(|rule| (rule.id.clone(), rule_digest(rule))).collect(),
        states,
        fresh: built.fresh,
        bad,
        approvals: decisions.approvals,
        keys: (decisions.signers, decisions.revoked),
    }
}

/// What is in every scope as the sources say it now.
fn current_scopes<'p>(
    (prepared, engine): (&'p Prepared, &Engine<'_>),
    built: &BuiltFiles<'_>,
) -> Vec<Scope<'p>> {
    let digests = BTreeMap::new();
    let Prepared { sources, documents, facts, links, jobs, .. } = prepared;
    let rules = &documents.gates.gates;
    if rules.is_empty() {
        return Vec::new();
    }
    let world = World { sources, documents, facts, digests: &digests };
    let readers = readers(world, jobs, engine);
    let rendered = built.with(prepared, engine);
    scopes(Gated { world, readers: &readers, links, jobs, rendered: &rendered }, rules)
}

/// How the gates of some scopes stand.
struct Judged {
    states: GateStates,
    /// Decisions that count for nothing.
    bad: Vec<BadVote>,
}

fn judge_scopes(
    prepared: &Prepared,
    decisions: &Decisions,
    scopes: &[Scope<'_>],
    now: Timestamp,
) -> Judged {
    let keyring = Keyring { signers: &decisions.signers, revoked: &decisions.revoked };
    let (good, bad) = votes(&prepared.documents.gates, keyring, &decisions.approvals, now);
    let digests = BTreeMap::new();
    let Prepared { sources, documents, facts, .. } = prepared;
    let world = World { sources, documents, facts, digests: &digests };
    Judged { states: evaluate(Judging { world, keyring, now }, scopes, &good), bad }
}

/// Says which decisions count for nothing, which keys are not understood, and which gates watch
/// nothing.
pub(super) fn check_decisions(
    root: &Path,
    prepared: &mut Prepared,
    now: Timestamp,
    diagnostics: &mut Diagnostics,
) {
    let decisions = load_decisions(root, &mut prepared.sources, diagnostics);
    let keyring = Keyring { signers: &decisions.signers, revoked: &decisions.revoked };
    let (_, bad) = votes(&prepared.documents.gates, keyring, &decisions.approvals, now);
    diagnostics.extend(bad.iter().filter_map(|bad| finding(prepared, bad)));
    if prepared.documents.gates.gates.is_empty() {
        return;
    }
    let Prepared { documents, sources, assets, .. } = &*prepared;
    let engine = Engine::new(documents, sources, assets, &mut Diagnostics::new());
    let scopes = current_scopes((prepared, &engine), &BuiltFiles::nothing());
    let watches = |rule: &GateRule| scopes.iter().any(|scope| scope.rule.id == rule.id);
    let idle: Vec<Diagnostic> = idle(prepared, &watches).collect();
    diagnostics.extend(idle);
}

/// Gates that could not be closed by anything.
fn idle<'p>(
    prepared: &'p Prepared,
    watches: &'p dyn Fn(&GateRule) -> bool,
) -> impl Iterator<Item = Diagnostic> + 'p {
    let rules = prepared.documents.gates.gates.iter().filter(|rule| !watches(rule));
    rules.map(|rule| {
        let message = format!("nothing that is built is watched by the gate `{}`", rule.id);
        Diagnostic::warning(Code::IdleGate, rule.span, message)
    })
}

/// The values of a scope that are short enough to be repeated in a decision.
fn values_of(scope: &Scope<'_>) -> BTreeMap<String, String> {
    let all = scope.items.iter().flat_map(|watched| watched.values.values());
    let short = all.filter(|text| text.len() <= MAX_VALUE);
    short.map(|text| (Digest::of(text.as_bytes()).hex(), text.clone())).collect()
}

/// A decision that counts for nothing, where it stands.
fn finding(prepared: &Prepared, bad: &BadVote) -> Option<Diagnostic> {
    let path = format!("{APPROVALS}/{}.json", bad.file);
    let mut files = prepared.sources.iter();
    let (id, _) = files.find(|(_, file)| file.path.as_str() == path)?;
    let message = format!("the decision counts for nothing: {}", bad.why);
    Some(Diagnostic::error(Code::BadApproval, Span::start_of(id), message))
}
