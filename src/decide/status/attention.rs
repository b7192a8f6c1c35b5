//! What somebody must see to: what, why, whose, since when, and what to run next.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{Made, PlannedWindow, Problem, Situation};
use super::judge::{Judged, Readiness, Standing};
use super::late::review_of;
use super::shape::{Attention, WindowLine, WindowState};
use super::span::{instant, seconds, span};
use crate::decide::{GateState, GateStatus, GateTime};

/// Everything, the least slack first, then what reaches furthest.
pub(super) fn attention(
    situation: &Situation,
    judged: &Judged<'_>,
    windows: &[WindowLine],
    times: &BTreeMap<String, GateTime>,
) -> Vec<Attention> {
    let slack = windows
        .iter()
        .filter(|line| line.state != WindowState::Closed)
        .map(|line| (line.name(), slack_of(situation, line)))
        .collect();
    let finder = Finder { situation, judged, slack, times };
    let mut found = Vec::new();
    found.extend(finder.build());
    found.extend(situation.problems.iter().map(|problem| finder.problem(problem)));
    found.extend(finder.lost());
    found.extend(situation.gates.open().map(|state| finder.gate(state)));
    found.extend(situation.gates.states.iter().filter_map(|state| finder.ending(state)));
    found.extend(windows.iter().filter_map(|line| finder.window(line)));
    found.extend(finder.waivers());
    found.extend(finder.promises());
    let key = |one: &Attention| {
        (one.slack_seconds.unwrap_or(i64::MAX), usize::MAX - one.reach, one.what.clone())
    };
    found.sort_by_cached_key(key);
    found
}

/// Until it locks when the gates have taken what they take; without a basis, until it locks.
fn slack_of(situation: &Situation, line: &WindowLine) -> i64 {
    let left = line.slack_seconds.or(line.seconds_left.filter(|_| line.until == Some("locks")));
    left.unwrap_or_else(|| {
        let locks = window_of(situation, line).map(|window| window.locks);
        locks.map_or(0, |locks| seconds(situation.now, locks))
    })
}

fn window_of<'s>(situation: &'s Situation, line: &WindowLine) -> Option<&'s PlannedWindow> {
    let campaign = situation.campaigns.iter().find(|one| one.id == line.campaign)?;
    campaign.windows.iter().find(|one| one.id == line.window)
}

struct Finder<'a> {
    situation: &'a Situation,
    judged: &'a Judged<'a>,
    /// Of each window that is not over.
    slack: BTreeMap<String, i64>,
    times: &'a BTreeMap<String, GateTime>,
}

impl Finder<'_> {
    /// Fills in what follows from the artifacts that hang on it.
    fn about<'s>(
        &self,
        one: Attention,
        artifacts: impl Iterator<Item = &'s Standing<'s>>,
    ) -> Attention {
        let mut windows = BTreeSet::new();
        let mut reach = 0;
        for standing in artifacts {
            reach += 1;
            let artifact = standing.artifact;
            windows.insert(format!("{}/{}", artifact.campaign, artifact.window));
        }
        windows.retain(|name| self.slack.contains_key(name));
        let slack = windows.iter().filter_map(|name| self.slack.get(name)).min().copied();
        Attention { reach, slack_seconds: slack, windows: windows.into_iter().collect(), ..one }
    }

    fn since(&self, at: Option<jiff::Timestamp>) -> (Option<String>, Option<i64>) {
        let zone = &self.situation.zone;
        (at.map(|at| instant(at, zone)), at.map(|at| seconds(at, self.situation.now)))
    }

    /// An output that is not what the sources say.
    fn build(&self) -> Option<Attention> {
        let all = || self.judged.all.iter();
        let moving = || all().filter(|one| one.readiness == Readiness::Moving);
        let (what, why) = match &self.situation.build {
            None => ("nothing has been built".to_owned(), "there is no output".to_owned()),
            Some(built) if built.other_engine => (
                "the output is of another version of throughline".to_owned(),
                "this one may write other bytes from the same files".to_owned(),
            ),
            Some(built) if !built.changed.is_empty() => {
                let changed = built.changed.len();
                let files = if changed == 1 { "file has" } else { "files have" };
                let what = format!("the output is stale: {changed} {files} changed since");
                (what, some(&built.changed))
            }
            Some(built) => {
                let number = moving().count();
                if number == 0 {
                    return None;
                }
                let why = if built.partial {
                    "a build in parts has kept them from an earlier one"
                } else {
                    "they are gone from the output, or were changed there"
                };
                (format!("{number} artifacts are not as the sources say"), why.to_owned())
            }
        };
        let one = Attention {
            next: "throughline build".to_owned(),
            ..bare("build", what, why, self.situation.builder.clone())
        };
        let mut one = self.about(one, moving());
        if one.windows.is_empty() {
            // Nothing may go out from it, although no file comes out otherwise.
            one.slack_seconds = self.slack.values().min().copied();
        }
        Some(one)
    }

    fn problem(&self, problem: &Problem) -> Attention {
        let kind = if problem.quarantine { "quarantine" } else { "error" };
        let (what, why) = (problem.what.clone(), problem.why.clone());
        let one = Attention {
            next: problem.next.clone(),
            ..bare(kind, what, why, problem.owner.clone())
        };
        if problem.blocking {
            return self.about(one, self.judged.all.iter());
        }
        let own = problem.artifacts.iter().filter_map(|id| self.judged.get(id));
        self.about(one, own)
    }

    /// What makes nothing, where no problem has said so.
    fn lost(&self) -> impl Iterator<Item = Attention> {
        let told: BTreeSet<&str> = self
            .situation
            .problems
            .iter()
            .flat_map(|problem| problem.artifacts.iter().map(String::as_str))
            .collect();
        let everything = self.situation.problems.iter().any(|problem| problem.blocking);
        let mut groups: BTreeMap<(&str, &str, &str), Vec<&Standing<'_>>> = BTreeMap::new();
        let untold = self.judged.all.iter().filter(|one| !told.contains(one.artifact.id.as_str()));
        for one in untold.filter(|_| !everything) {
            let key = match &one.artifact.made {
                Made::File { .. } => continue,
                Made::Failed { why, owner, next } => (why.as_str(), owner.as_str(), next.as_str()),
                Made::Quarantined => {
                    ("rows that it needs are in quarantine", "", "throughline check")
                }
            };
            groups.entry(key).or_default().push(one);
        }
        groups.into_iter().map(|((why, owner, next), lost)| {
            let first = lost.first().map_or("", |one| one.artifact.id.as_str());
            let more = match lost.len() {
                0 | 1 => " is".to_owned(),
                number => format!(" and {} more are", number - 1),
            };
            let what = format!("`{first}`{more} not built");
            let one = Attention {
                next: next.to_owned(),
                ..bare("error", what, why.to_owned(), owner.to_owned())
            };
            self.about(one, lost.into_iter())
        })
    }

    fn gate(&self, state: &GateState) -> Attention {
        let (since, age_seconds) = self.since(state.asked);
        let what = match state.status {
            GateStatus::Blocked => format!("`{}` can be decided by nobody", state.name()),
            GateStatus::Rejected => format!("`{}` was rejected", state.name()),
            GateStatus::Asked | GateStatus::Holds => format!("`{}` is open", state.name()),
        };
        let missing = state.needs.saturating_sub(state.approved_by.len());
        let mut why = state.because.clone();
        if state.needs > 1 {
            why = format!("{why}; {missing} of {} approvals are missing", state.needs);
        }
        let takes = self.times.get(&state.gate).and_then(|time| time.p90);
        if let Some(takes) = takes.filter(|_| state.status == GateStatus::Asked) {
            why = format!("{why}; it takes {}", span(takes));
        }
        let one = Attention {
            age_seconds,
            next: review_of(state),
            people: state.eligible.clone(),
            since,
            ..bare("gate", what, why, state.role.clone())
        };
        self.about(one, self.judged.kept_by(state))
    }

    /// An approval that ends before its artifacts go out.
    fn ending(&self, state: &GateState) -> Option<Attention> {
        let expires = state.expires.filter(|_| state.holds())?;
        let own = || {
            let items = state.items.iter().filter_map(|item| self.judged.get(&item.id));
            items.filter(|one| {
                let windows = self.situation.campaigns.iter().flat_map(|campaign| {
                    campaign.windows.iter().map(move |window| (&campaign.id, window))
                });
                let (campaign, window) = (&one.artifact.campaign, &one.artifact.window);
                let mut own = windows.filter(|(id, one)| *id == campaign && one.id == *window);
                own.any(|(_, window)| expires < window.opens && self.situation.now < window.opens)
            })
        };
        own().next()?;
        let what = format!("the approval of `{}` ends before it opens", state.name());
        let why = format!("it ends {}", instant(expires, &self.situation.zone));
        let one = Attention {
            next: review_of(state),
            people: state.eligible.clone(),
            ..bare("approval", what, why, state.role.clone())
        };
        Some(self.about(one, own()))
    }

    /// A window that cannot be made, or of which nobody can say anything.
    fn window(&self, line: &WindowLine) -> Option<Attention> {
        let next = match line.state {
            WindowState::Missed if line.until == Some("opens") => {
                format!("throughline swap move {} locks=… opens=…", line.name())
            }
            WindowState::Infeasible => format!("throughline swap move {} locks=…", line.name()),
            WindowState::Unknown if line.counts.total == 0 => {
                format!("throughline graph --of campaign:{}", line.campaign)
            }
            WindowState::Missed | WindowState::Unknown => "throughline release".to_owned(),
            _ => return None,
        };
        let campaign = self.situation.campaigns.iter().find(|one| one.id == line.campaign)?;
        let what = format!("the window `{}` is {}", line.name(), line.state.as_str());
        let locks = window_of(self.situation, line).map(|window| window.locks);
        let missed = locks.filter(|locks| *locks <= self.situation.now);
        let (since, age_seconds) = self.since(missed);
        let one = Attention {
            age_seconds,
            next,
            reach: match line.counts.open() {
                0 => line.counts.total,
                open => open,
            },
            since,
            slack_seconds: self.slack.get(&line.name()).copied(),
            windows: vec![line.name()],
            ..bare("window", what, line.why.clone(), campaign.owner.clone())
        };
        Some(one)
    }

    /// Waivers that findings need and that are over.
    fn waivers(&self) -> impl Iterator<Item = Attention> {
        let now = self.situation.now;
        let ended = self.situation.waivers.iter().filter(move |one| one.used && one.expires <= now);
        ended.map(|waiver| {
            let (since, age_seconds) = self.since(Some(waiver.expires));
            let one = Attention {
                age_seconds,
                next: format!("throughline explain {}", waiver.rule),
                since,
                ..bare(
                    "waiver",
                    format!("the waiver of `{}` has ended", waiver.rule),
                    format!("{}: {}", waiver.place, waiver.reason),
                    waiver.approver.clone(),
                )
            };
            self.about(one, waiver.artifacts.iter().filter_map(|id| self.judged.get(id)))
        })
    }

    /// Committed placements that are lost, where no problem has said so.
    fn promises(&self) -> impl Iterator<Item = Attention> {
        let situation = self.situation;
        let told = |id: &str| situation.problems.iter().any(|problem| problem.why.contains(id));
        let lost = situation.promises.iter().filter(move |one| one.committed && !told(&one.id));
        lost.filter_map(|promise| {
            let why = promise.lost.clone()?;
            let owner = situation.partners.get(&promise.partner).map(|one| one.owner.clone());
            let what = format!("the promise `{}` to `{}` is lost", promise.id, promise.partner);
            let windows = vec![format!("{}/{}", promise.campaign, promise.window)];
            let slack = windows.iter().find_map(|name| self.slack.get(name)).copied();
            Some(Attention {
                next: format!("throughline receipt --partner {}", promise.partner),
                reach: 1,
                slack_seconds: slack,
                windows,
                ..bare("promise", what, why, owner.unwrap_or_default())
            })
        })
    }
}

fn bare(kind: &'static str, what: String, why: String, owner: String) -> Attention {
    Attention {
        age_seconds: None,
        kind,
        next: String::new(),
        owner: if owner.is_empty() { "nobody".to_owned() } else { owner },
        people: Vec::new(),
        reach: 0,
        since: None,
        slack_seconds: None,
        what,
        why,
        windows: Vec::new(),
    }
}

/// The first few of a list.
fn some(list: &[String]) -> String {
    const NAMED: usize = 3;
    let shown: Vec<&str> = list.iter().take(NAMED).map(String::as_str).collect();
    match list.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
