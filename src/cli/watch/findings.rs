//! What was wrong in the last round and is not any more, and the other way round.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::report::diagnostic_json;
use crate::source::Sources;

/// A finding that was told. Its sources are gone, so it is kept as it was shown.
#[derive(Clone, Debug)]
pub(super) struct Told {
    kind: Kind,
    /// Where it stood: rows above it come and go.
    place: String,
    at: u32,
    pub(super) severity: Severity,
    pub(super) json: Value,
}

/// What makes two findings the same, wherever they stand in their file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    code: Code,
    path: String,
    message: String,
}

impl Told {
    fn new(sources: &Sources, one: &Diagnostic) -> Self {
        let path = sources.get(one.primary.source).map(|file| file.path.to_string());
        let kind =
            Kind { code: one.code, path: path.unwrap_or_default(), message: one.message.clone() };
        let (place, json) = (sources.locate(one.primary), diagnostic_json(sources, one));
        Self { kind, place, at: one.primary.start, severity: one.severity, json }
    }

    pub(super) fn code(&self) -> Code {
        self.kind.code
    }

    pub(super) fn path(&self) -> &str {
        &self.kind.path
    }

    /// In one line.
    pub(super) fn line(&self) -> String {
        let (code, severity) = (self.kind.code.id(), self.severity.as_str());
        format!("{}: {severity}[{code}]: {}", self.place, self.kind.message.replace('\n', " "))
    }
}

/// What one round has found, against the one before.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) new: Diagnostics,
    pub(super) gone: Vec<Told>,
    /// Everything that is known to be wrong now.
    pub(super) now: Vec<Told>,
}

/// Compares a round with the one before. Where this one did not `look`, what was wrong still is.
pub(super) fn compare(
    before: Vec<Told>,
    (sources, found): (&Sources, &Diagnostics),
    looked: &dyn Fn(&Told) -> bool,
) -> Compared {
    let mut left: BTreeMap<Kind, Vec<Told>> = BTreeMap::new();
    for told in before {
        left.entry(told.kind.clone()).or_default().push(told);
    }
    let all: Vec<(&Diagnostic, Told)> =
        found.iter().map(|one| (one, Told::new(sources, one))).collect();
    let mut take = |told: &Told, same_place: bool| {
        let Some(known) = left.get_mut(&told.kind) else { return false };
        let at = known.iter().position(|one| !same_place || one.place == told.place);
        at.map(|at| known.swap_remove(at)).is_some()
    };
    // Those that have not moved first, so that of many alike the one that came is told.
    let stayed: Vec<bool> = all.iter().map(|(_, told)| take(told, true)).collect();
    let known = all.iter().zip(stayed).map(|((_, told), stayed)| stayed || take(told, false));
    let known: Vec<bool> = known.collect();
    let new = all.iter().zip(&known).filter(|(_, known)| !**known);
    let new = new.map(|((one, _), _)| (*one).clone()).collect();
    let (mut gone, kept): (Vec<Told>, Vec<Told>) = left.into_values().flatten().partition(looked);
    gone.sort_by(|a, b| (&a.kind.path, a.at).cmp(&(&b.kind.path, b.at)));
    let now = all.into_iter().map(|(_, told)| told).chain(kept).collect();
    Compared { new, gone, now }
}
