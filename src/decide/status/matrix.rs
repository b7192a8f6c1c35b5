//! Partners by channels: the worst of Built, Gates and Shipped.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{PlannedWindow, Situation};
use super::judge::{Judged, Readiness, Standing};
use super::shape::{Cell, GateLetter, MatrixRow, Shipped};
use crate::decide::GateStatus;

/// A row for each partner that anything shows, by id.
pub(super) fn matrix(situation: &Situation, judged: &Judged<'_>) -> Vec<MatrixRow> {
    let mut cells: BTreeMap<&str, BTreeMap<&str, Cell>> = BTreeMap::new();
    let windows: BTreeMap<(&str, &str), &PlannedWindow> = situation
        .campaigns
        .iter()
        .flat_map(|campaign| {
            let windows = campaign.windows.iter();
            windows.map(|window| ((campaign.id.as_str(), window.id.as_str()), window))
        })
        .collect();
    for one in &judged.all {
        let artifact = one.artifact;
        let window = windows.get(&(artifact.campaign.as_str(), artifact.window.as_str())).copied();
        let shipped = shipped(situation, one, window);
        for partner in &artifact.partners {
            let row = cells.entry(partner).or_default();
            let cell = row.entry(&artifact.channel).or_insert_with(|| Cell {
                artifacts: 0,
                built: Readiness::Ready,
                channel: artifact.channel.clone(),
                gates: GateLetter::Hold,
                ready: true,
                shipped: Shipped::Live,
            });
            cell.artifacts += 1;
            cell.built = cell.built.max(built(one));
            cell.gates = cell.gates.max(gates(situation, one, partner));
            cell.shipped = cell.shipped.max(shipped);
        }
    }
    // Partners of rows in quarantine are rows too, as long as something would show them.
    let known: BTreeSet<&str> = cells.keys().copied().collect();
    let rows = known.into_iter().map(|id| {
        let own = cells.remove(id).unwrap_or_default().into_values();
        let cells: Vec<Cell> = own.map(|cell| Cell { ready: is_ready(&cell), ..cell }).collect();
        let partner = situation.partners.get(id).cloned().unwrap_or_default();
        MatrixRow {
            ready: cells.iter().all(|cell| cell.ready),
            cells,
            name: if partner.name.is_empty() { id.to_owned() } else { partner.name },
            owner: partner.owner,
            partner: id.to_owned(),
            tier: partner.tier,
        }
    });
    rows.collect()
}

fn is_ready(cell: &Cell) -> bool {
    cell.built == Readiness::Ready
        && matches!(cell.gates, GateLetter::Hold | GateLetter::None)
        && matches!(cell.shipped, Shipped::Live | Shipped::NotYet | Shipped::Over)
}

/// Whether it is built as the sources say, whatever people have decided.
fn built(one: &Standing<'_>) -> Readiness {
    use super::Made;
    match &one.artifact.made {
        Made::Quarantined => Readiness::Quarantined,
        Made::Failed { .. } => Readiness::Blocked,
        Made::File { sha256, built } if built.as_ref() != Some(sha256) => Readiness::Moving,
        // A waiver that has ended leaves a fault that nobody answers for.
        Made::File { .. } if one.readiness == Readiness::Blocked && one.open.is_empty() => {
            Readiness::Blocked
        }
        Made::File { .. } => Readiness::Ready,
    }
}

/// A gate about another partner is not this one's business.
fn gates(situation: &Situation, one: &Standing<'_>, partner: &str) -> GateLetter {
    if !situation.gates.declared {
        return GateLetter::None;
    }
    let own = one.open.iter().filter(|state| {
        let about = state.about.partner.as_ref();
        about.is_none_or(|about| about == partner)
    });
    let letters = own.map(|state| match state.status {
        GateStatus::Holds => GateLetter::Hold,
        GateStatus::Asked => GateLetter::Asked,
        GateStatus::Rejected | GateStatus::Blocked => GateLetter::Refused,
    });
    letters.max().unwrap_or(GateLetter::Hold)
}

fn shipped(situation: &Situation, one: &Standing<'_>, window: Option<&PlannedWindow>) -> Shipped {
    match window {
        Some(window) if situation.now >= window.closes => Shipped::Over,
        _ if one.live => Shipped::Live,
        Some(window) if situation.now < window.opens => Shipped::NotYet,
        _ if situation.live.is_none() => Shipped::Unknown,
        _ => Shipped::Missed,
    }
}
