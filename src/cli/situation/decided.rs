//! What people decided: late changes and waivers, with how far each reaches.

use std::collections::BTreeMap;

use crate::cli::plan::world;
use crate::cli::prepare::Prepared;
use crate::decide::status::{Expected, KnownSwap, KnownWaiver};
use crate::decide::{reach_of, readers};
use crate::render::{Engine, Report};

/// All late changes.
pub(super) fn swaps(prepared: &Prepared, engine: &Engine<'_>) -> Vec<KnownSwap> {
    let swaps = &prepared.documents.swaps;
    if swaps.is_empty() {
        return Vec::new();
    }
    let digests = BTreeMap::new();
    let world = world(prepared, &digests);
    let readers = readers(world, &prepared.jobs, engine);
    let known = swaps.iter().map(|swap| {
        let changes = swap.changes.iter().map(|change| {
            let (old, new) = change.values();
            [change.fact(), old, new]
        });
        KnownSwap {
            id: swap.id.clone(),
            at: swap.at.value,
            by: swap.by.value.clone(),
            because: swap.because.value.clone(),
            reference: swap.reference.as_ref().map(|one| one.value.clone()),
            active: swap.active,
            changes: changes.collect(),
            artifacts: reach_of(world, &readers, swap).into_iter().collect(),
        }
    });
    known.collect()
}

/// All waivers that fit one of the artifacts.
pub(super) fn waivers(
    prepared: &Prepared,
    report: &Report,
    artifacts: &[Expected],
) -> Vec<KnownWaiver> {
    let waivers = prepared.documents.waivers.iter().enumerate();
    let known = waivers.map(|(at, waiver)| {
        let fits = artifacts.iter().filter(|one| waiver.subject.is_match(&one.id));
        KnownWaiver {
            rule: waiver.rule.name().to_owned(),
            place: prepared.sources.locate(waiver.span),
            reason: waiver.reason.clone(),
            approver: waiver.approver.clone(),
            expires: waiver.expires,
            used: report.waived.get(at) == Some(&true),
            artifacts: fits.map(|one| one.id.clone()).collect(),
        }
    });
    known.filter(|waiver| !waiver.artifacts.is_empty()).collect()
}
