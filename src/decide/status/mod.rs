//! Are we ready? A verdict, windows, what needs attention: computed from facts, never typed.
//!
//! A pure function from a [`Situation`] to a [`Status`]. Whatever is shown, in whatever form, is
//! shown from the `Status` alone. What is not known is never counted as ready.

mod attention;
mod counts;
mod input;
mod judge;
mod late;
mod matrix;
mod shape;
mod shape_decided;
mod span;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_properties;
mod verdict;
mod windows;

pub use counts::Counts;
pub use input::{
    Built, Expected, KnownSwap, KnownWaiver, LiveRelease, Made, PlannedCampaign, PlannedPartner,
    PlannedWindow, Problem, Promise, Situation,
};
pub use judge::Readiness;
pub(in crate::decide) use judge::{Judged, Standing};
pub(in crate::decide) use late::kept;
pub use shape::{
    Attention, BuildLine, CampaignLine, Cell, GateLetter, LiveLine, MatrixRow, Shipped, Status,
    Verdict, WindowLine, WindowState,
};
pub use shape_decided::{Commitment, LateChange, RoleQueue, WaiverLine};
pub use span::{instant, span};

use self::matrix::matrix;
use self::verdict::sentence;
use self::windows::window_lines;
use super::gate_times;

/// The version of the format.
pub const STATUS_SCHEMA: &str = "https://throughline.dev/status/v1";

/// How much is listed at most.
pub const ATTENTION: usize = 7;
/// Late changes that are listed at most.
pub const LATE_CHANGES: usize = 10;

/// Computes the status. With a role, queue and attention are about what waits for it.
pub fn status(situation: &Situation, role: Option<&str>) -> Status {
    let judged = Judged::new(situation);
    let gates = situation.gates.states.iter().map(|state| state.gate.as_str());
    let times = gate_times(gates, &situation.decisions, &situation.policies, situation.now);
    let windows = window_lines(situation, &judged, &times);
    let waivers = late::waivers(situation);
    let all = attention::attention(situation, &judged, &windows, &times);
    let verdict = verdict::verdict(situation, &windows, &waivers);
    let sentence = sentence(situation, verdict, &windows, &waivers, &all);
    let mut wanted: Vec<Attention> =
        all.into_iter().filter(|one| role.is_none_or(|role| one.is_for(role))).collect();
    let attention_hidden = wanted.len().saturating_sub(ATTENTION);
    wanted.truncate(ATTENTION);
    let live = situation.live.as_ref();
    Status {
        as_of: instant(situation.now, &situation.zone),
        attention: wanted,
        attention_hidden,
        campaigns: situation.campaigns.iter().map(CampaignLine::of).collect(),
        commitments: late::commitments(situation, &judged),
        counts: Counts::of(judged.all.iter().map(|one| one.readiness)),
        gate_times: times.into_values().collect(),
        gates_declared: situation.gates.declared,
        late_changes: late::late_changes(situation),
        live: live.map(|live| LiveLine::of(live, situation)),
        matrix: matrix(situation, &judged),
        output: situation.build.as_ref().map(BuildLine::of),
        queue: late::queue(situation, role),
        role: role.map(str::to_owned),
        schema: STATUS_SCHEMA,
        sentence,
        verdict,
        waivers,
        windows,
        workspace: situation.title.clone(),
        zone: situation.zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}
