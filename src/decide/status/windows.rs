//! Each window: how it stands, how long there is, and whether that is enough.

use std::collections::BTreeMap;

use super::counts::Counts;
use super::input::{PlannedCampaign, PlannedWindow, Situation};
use super::judge::Judged;
use super::shape::{WindowLine, WindowState};
use super::span::{instant, seconds, span};
use crate::decide::{Basis, GateTime};

/// All windows, in the order in which they lock.
pub(super) fn window_lines(
    situation: &Situation,
    judged: &Judged<'_>,
    times: &BTreeMap<String, GateTime>,
) -> Vec<WindowLine> {
    let mut lines = Vec::new();
    for campaign in &situation.campaigns {
        for window in &campaign.windows {
            let here = Here { situation, campaign, window, judged, times };
            lines.push((window.locks, here.line()));
        }
    }
    let name = |line: &WindowLine| (line.campaign.clone(), line.window.clone());
    lines.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| name(&a.1).cmp(&name(&b.1))));
    lines.into_iter().map(|(_, line)| line).collect()
}

struct Here<'a> {
    situation: &'a Situation,
    campaign: &'a PlannedCampaign,
    window: &'a PlannedWindow,
    judged: &'a Judged<'a>,
    times: &'a BTreeMap<String, GateTime>,
}

/// What the open gates of a window take.
struct Needed {
    basis: Option<Basis>,
    seconds: Option<i64>,
    /// The gate that takes longest.
    longest: Option<GateTime>,
}

impl Here<'_> {
    fn line(&self) -> WindowLine {
        let Self { situation, campaign, window, judged, .. } = self;
        let now = situation.now;
        let own = || judged.of_window(&campaign.id, &window.id);
        let counts = Counts::of(own().map(|one| one.readiness));
        let mut gates: Vec<String> =
            own().flat_map(|one| one.open.iter().map(|state| state.name())).collect();
        gates.sort_unstable();
        gates.dedup();
        let mut ids: Vec<&str> =
            own().flat_map(|one| one.open.iter().map(|state| state.gate.as_str())).collect();
        ids.sort_unstable();
        ids.dedup();
        let needed = self.needed(&ids);
        let out = own().filter(|one| one.live).count();
        let (state, why) = self.state(counts, out, &needed);
        let next = [("locks", window.locks), ("opens", window.opens), ("closes", window.closes)];
        let next = next.into_iter().find(|(_, at)| now < *at);
        let left = seconds(now, window.locks);
        let slack =
            if now < window.locks { needed.seconds.map(|taken| left - taken) } else { None };
        let time = |at| instant(at, &campaign.zone);
        WindowLine {
            basis: needed.basis,
            campaign: campaign.id.clone(),
            channels: window.channels.clone(),
            closes: time(window.closes),
            counts,
            freezes: time(window.freezes),
            gates,
            locks: time(window.locks),
            needed_seconds: needed.seconds,
            opens: time(window.opens),
            seconds_left: next.map(|(_, at)| seconds(now, at)),
            slack_seconds: slack,
            state,
            until: next.map(|(name, _)| name),
            why,
            window: window.id.clone(),
            zone: campaign.zone.iana_name().unwrap_or("UTC").to_owned(),
        }
    }

    /// Gates are asked side by side, so the one that takes longest counts. One without a basis
    /// leaves the whole without one.
    fn needed(&self, gates: &[&str]) -> Needed {
        let times: Vec<&GateTime> = gates.iter().filter_map(|gate| self.times.get(*gate)).collect();
        if gates.is_empty() {
            return Needed { basis: None, seconds: Some(0), longest: None };
        }
        let basis = times.iter().map(|time| time.basis).max();
        let longest = times.into_iter().max_by_key(|time| (time.p90, &time.gate)).cloned();
        let known = basis.is_some_and(|basis| basis != Basis::NoBasis);
        let seconds = longest.as_ref().and_then(|time| time.p90).filter(|_| known);
        Needed { basis: basis.or(Some(Basis::NoBasis)), seconds, longest }
    }

    fn state(&self, counts: Counts, out: usize, needed: &Needed) -> (WindowState, String) {
        let Self { situation, window, .. } = self;
        let now = situation.now;
        if now >= window.closes {
            return (WindowState::Closed, "it is over".to_owned());
        }
        if counts.total == 0 {
            return (WindowState::Unknown, "no artifact belongs to it".to_owned());
        }
        if now >= window.opens {
            return self.opened(counts, out);
        }
        if now >= window.locks {
            return match counts.open() {
                0 => (WindowState::Locked, "everything in it is ready".to_owned()),
                _ => (WindowState::Missed, format!("it locked with {}", open(counts))),
            };
        }
        self.before_its_lock(counts, needed)
    }

    fn opened(&self, counts: Counts, out: usize) -> (WindowState, String) {
        if self.situation.live.is_none() {
            let why = "it is open, and no release is recorded: nobody can say what is out";
            return (WindowState::Unknown, why.to_owned());
        }
        match (counts.total - out, counts.open()) {
            (0, 0) => (WindowState::Live, "everything in it is out".to_owned()),
            (0, _) => (WindowState::AtRisk, format!("it is out with {}", open(counts))),
            (missing, _) => {
                let why = format!("{missing} of {} are not out as the sources say", counts.total);
                (WindowState::Missed, why)
            }
        }
    }

    fn before_its_lock(&self, counts: Counts, needed: &Needed) -> (WindowState, String) {
        let Self { situation, window, .. } = self;
        let (now, left) = (situation.now, seconds(situation.now, window.locks));
        if counts.open() == 0 {
            return (WindowState::Ready, "everything in it is ready".to_owned());
        }
        let estimate = estimate(needed);
        match needed.seconds {
            Some(taken) if taken > left => {
                let why = format!("{}; {estimate}, and {} is left", open(counts), span(left));
                return (WindowState::Infeasible, why);
            }
            Some(taken) if taken > 0 && left - taken < taken => {
                return (WindowState::AtRisk, format!("{}; {estimate}", open(counts)));
            }
            _ => {}
        }
        if counts.stuck() > 0 {
            return (WindowState::AtRisk, open(counts));
        }
        if counts.moving > 0 && now >= window.freezes {
            return (WindowState::AtRisk, format!("{} after it froze", open(counts)));
        }
        if counts.waiting > 0 {
            return (WindowState::Waiting, format!("{}; {estimate}", open(counts)));
        }
        (WindowState::Moving, open(counts))
    }
}

/// `2 moving, 1 waiting`.
fn open(counts: Counts) -> String {
    let parts = counts.parts();
    let wanted = parts.iter().filter(|(name, _)| !matches!(*name, "ready" | "live"));
    let shown = wanted.filter(|(_, number)| *number > 0);
    let shown: Vec<String> = shown.map(|(name, number)| format!("{number} {name}")).collect();
    shown.join(", ")
}

fn estimate(needed: &Needed) -> String {
    let Some(longest) = &needed.longest else { return "nobody is asked".to_owned() };
    match (needed.seconds, longest.basis) {
        (Some(taken), Basis::History) => format!(
            "`{}` takes {} (p90 of {} decisions)",
            longest.gate,
            span(taken),
            longest.decisions
        ),
        (Some(taken), _) => format!("`{}` takes {} by its rule", longest.gate, span(taken)),
        (None, _) => "no basis for an estimate".to_owned(),
    }
}
