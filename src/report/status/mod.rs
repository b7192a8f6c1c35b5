//! The status for people: lines of a terminal, and one page that needs no network and no script.
//!
//! Both are functions of the `Status` and of nothing else.

mod lists;
mod page;
#[cfg(test)]
mod tests;
mod text;
mod timeline;

pub use page::status_page;
pub(super) use page::{add, begin, sentence};
pub use text::status_text;

use crate::decide::status::{Cell, GateLetter, MatrixRow, Readiness, Shipped, Status, WindowState};

/// With more partners than this, those are shown that are not ready.
const PARTNERS: usize = 40;

/// The rows that are shown, and how many are not.
fn shown_rows(status: &Status, all: bool) -> (Vec<&MatrixRow>, usize) {
    let rows = status.matrix.iter();
    if all || status.matrix.len() <= PARTNERS {
        return (rows.collect(), 0);
    }
    let mut shown: Vec<&MatrixRow> = rows.filter(|row| !row.ready).collect();
    // By tier, and in it by partner: they come in the order of their ids.
    shown.sort_by(|a, b| a.tier.cmp(&b.tier));
    let hidden = status.matrix.len() - shown.len();
    (shown, hidden)
}

/// The channels that any partner is in, by id.
fn channels(status: &Status) -> Vec<&str> {
    let cells = status.matrix.iter().flat_map(|row| &row.cells);
    let mut channels: Vec<&str> = cells.map(|cell| cell.channel.as_str()).collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// Built, gates, shipped: a mark for each, and what it means.
fn marks(cell: &Cell) -> [(&'static str, &'static str, &'static str); 3] {
    let built = match cell.built {
        Readiness::Ready | Readiness::Live | Readiness::Waiting => ("B", "✓", "built"),
        Readiness::Moving => ("B", "~", "needs a build"),
        Readiness::Blocked => ("B", "✗", "not built: something is wrong"),
        Readiness::Quarantined => ("B", "✗", "not built: rows in quarantine"),
    };
    let gates = match cell.gates {
        GateLetter::Hold => ("G", "✓", "gates hold"),
        GateLetter::None => ("G", "-", "no gate is declared"),
        GateLetter::Asked => ("G", "…", "a gate waits"),
        GateLetter::Refused => ("G", "✗", "a gate was refused"),
    };
    let shipped = match cell.shipped {
        Shipped::Live => ("S", "✓", "out"),
        Shipped::Over => ("S", "-", "its window is over"),
        Shipped::NotYet => ("S", "-", "its window has not opened"),
        Shipped::Unknown => ("S", "?", "open, and no release is recorded"),
        Shipped::Missed => ("S", "✗", "open, and not out"),
    };
    [built, gates, shipped]
}

/// `Wed 25 Nov 18:00 EST`, of an instant and the name of its zone.
pub(super) fn shown_time(text: &str, zone: &str) -> String {
    let instant = text.parse::<jiff::Timestamp>().ok();
    let known = instant.zip(crate::model::zone(zone));
    known.map_or_else(
        || format!("{text} {zone}"),
        |(instant, zone)| instant.to_zoned(zone).strftime("%a %-d %b %H:%M %Z").to_string(),
    )
}

/// A window's state as a mark and a class of the style sheet.
fn look(state: WindowState) -> (&'static str, &'static str) {
    match state {
        WindowState::Ready => ("✓", "good"),
        WindowState::Locked => ("■", "good"),
        WindowState::Live => ("●", "good"),
        WindowState::Moving => ("↻", "work"),
        WindowState::Waiting => ("…", "work"),
        WindowState::AtRisk => ("!", "risk"),
        WindowState::Infeasible | WindowState::Missed => ("✗", "bad"),
        WindowState::Unknown => ("?", "bad"),
        WindowState::Closed => ("–", "quiet"),
    }
}
