//! Whether a release may go out. The one place where that is asked.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{BuiltFiles, Judged, current_scopes, judge_scopes};
use crate::cli::prepare::{Ids, Outcome, Prepared, prepare};
use crate::decide::{GateState, GatesRecord, RecordedInput, RecordedItem, Scope, merged};
use crate::diag::{Diagnostics, Severity};
use crate::load::{Decisions, load_decisions};
use crate::manifest::{Entry, Manifest};
use crate::render::Engine;

/// What is decided about: a build, wherever its files are.
pub(in crate::cli) struct Subject<'a> {
    /// What was built.
    pub(in crate::cli) manifest: &'a Manifest,
    /// Reads a file of it.
    pub(in crate::cli) read: &'a (dyn Fn(&Entry) -> Result<Vec<u8>> + Sync),
    /// The `gates.json` of an earlier release, by its root.
    pub(in crate::cli) recorded: &'a (dyn Fn(&str) -> Result<Option<Vec<u8>>> + Sync),
}

/// What was decided.
pub(in crate::cli) struct Decided {
    /// One sentence for each open gate; empty where all hold.
    pub(in crate::cli) open: Vec<String>,
    /// What was decided, from which digests, at what time: gates.json.
    pub(in crate::cli) document: Value,
    /// Approvals and their signatures: file name and bytes, copied into the release.
    pub(in crate::cli) decisions: Vec<(String, Vec<u8>)>,
}

impl Decided {
    /// One thing stands in the way of everything.
    fn refused(sentence: String) -> Self {
        Self { open: vec![sentence], document: json!({ "gates": [] }), decisions: Vec::new() }
    }
}

/// Decides. A workspace that declares no gates has none that is open.
pub(in crate::cli) fn decide(root: &Path, subject: &Subject<'_>, at: Timestamp) -> Result<Decided> {
    let mut diagnostics = Diagnostics::new();
    let Outcome::Ready(mut prepared) = prepare(root, None, Ids::Leave, &mut diagnostics) else {
        let sentence =
            "the workspace cannot be read, so nobody knows its gates: `throughline check`";
        return Ok(Decided::refused(sentence.to_owned()));
    };
    let built = BuiltFiles::released(subject, &prepared);
    let mut found = Diagnostics::new();
    let decisions = load_decisions(root, &mut prepared.sources, &mut found);
    // What cannot be read may be a no.
    if let Some(first) = found.iter().find(|one| one.severity == Severity::Error) {
        let place = prepared.sources.locate(first.primary);
        return Ok(Decided::refused(format!("{place}: {}", first.message)));
    }
    if diagnostics.blocks_build() {
        let sentence =
            "something in the workspace stands in the way of every decision: `throughline check`";
        return Ok(Decided::refused(sentence.to_owned()));
    }
    let engine = Engine::new(
        &prepared.documents,
        &prepared.sources,
        &prepared.assets,
        // What is wrong with templates is `check`'s to tell.
        &mut Diagnostics::new(),
    );
    let scopes = match scopes_of(subject, (&prepared, &engine), &built)? {
        Ok(scopes) => scopes,
        Err(sentence) => return Ok(Decided::refused(sentence)),
    };
    Ok(decided(&prepared, &decisions, (&scopes, &built), at))
}

/// What is in the gates' scopes: of what was built from the sources as they are, as they say; of
/// what was not, as it was written down when it was released.
fn scopes_of<'p>(
    subject: &Subject<'_>,
    (prepared, engine): (&'p Prepared, &Engine<'_>),
    built: &BuiltFiles<'_>,
) -> Result<Result<Vec<Scope<'p>>, String>> {
    let rules = &prepared.documents.gates;
    let manifest = subject.manifest;
    if rules.gates.is_empty() || built.fresh {
        return Ok(Ok(current_scopes((prepared, engine), built)));
    }
    let record = |root: &str| -> Result<Option<GatesRecord>> {
        let bytes = (subject.recorded)(root)?;
        bytes.map(|bytes| GatesRecord::parse(&bytes).map_err(anyhow::Error::msg)).transpose()
    };
    if let Some(selected) = &manifest.selection
        && built.is_of_now
    {
        let Some(base) = record(&selected.base)? else {
            return Ok(Err(format!(
                "a part was built, and the rest of it is from {}, which was never released: \
                 release a whole build first",
                selected.base
            )));
        };
        let unknown = base.unknown(rules);
        if !unknown.is_empty() {
            return Ok(Err(format!(
                "a part was built, and what stays was never judged by what is declared now: {}; \
                 build and release the whole",
                unknown.join(", ")
            )));
        }
        // What is as it was released is judged as it was; what was built anew, as it is.
        let digest = |id: &str| built.digest(id);
        let stays = |one: &RecordedItem| one.is_in(&digest);
        let kept = base.scopes(rules, &stays);
        return Ok(Ok(merged(kept, current_scopes((prepared, engine), built))));
    }
    let Some(own) = record(&manifest.root.hash)? else {
        return Ok(Err(
            "the output is not what the sources say now, so nobody has decided on it: \
                       `throughline build`"
                .to_owned(),
        ));
    };
    let unknown = own.unknown(rules);
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        return Ok(Err(format!(
            "it was never judged by what is declared now: {names}; build what should be live, and \
             have that approved"
        )));
    }
    if !own.is_of(&|id| built.digest(id)) {
        return Ok(Err("what was decided of it is about another build".to_owned()));
    }
    Ok(Ok(own.scopes(rules, &|_| true)))
}

fn decided(
    prepared: &Prepared,
    decisions: &Decisions,
    (scopes, built): (&[Scope<'_>], &BuiltFiles<'_>),
    at: Timestamp,
) -> Decided {
    let Judged { states, .. } = judge_scopes(prepared, decisions, scopes, at);
    let gates_file = prepared.sources.iter().map(|(_, file)| file);
    let gates_file = gates_file.filter(|file| file.path.as_str() == "rules/gates.toml");
    let inputs = gates_file
        .map(|file| (file.path.to_string(), file.digest.hex()))
        .chain(decisions.read.iter().cloned())
        .map(|(path, sha256)| RecordedInput { path, sha256 });
    let digest = |id: &str| built.digest(id);
    let record = GatesRecord::new(
        &prepared.documents.gates,
        (scopes, &states.states),
        inputs.collect(),
        &digest,
        at,
    );
    // A record of texts and lists is always written.
    let document = serde_json::to_value(&record).unwrap_or_default();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in &decisions.approvals {
        files.insert(format!("{}.json", file.name), file.bytes.clone());
        if let Some(signature) = &file.signature {
            files.insert(format!("{}.json.sig", file.name), signature.clone());
        }
    }
    let open = states.open().map(sentence).collect();
    Decided { open, document, decisions: files.into_iter().collect() }
}

fn sentence(state: &GateState) -> String {
    let who = if state.eligible.is_empty() {
        String::new()
    } else {
        format!("; {} may decide", state.eligible.join(", "))
    };
    format!("{}: {}{who}", state.name(), state.because)
}
