//! Go or no-go, and the one sentence that says why.

use super::input::Situation;
use super::shape::{Attention, Verdict, WindowLine, WindowState};
use super::shape_decided::WaiverLine;
use super::span::{clock, span};

/// Whether it can go out. Whatever is wrong, open, stale or unknown is a no.
pub(super) fn verdict(
    situation: &Situation,
    windows: &[WindowLine],
    waivers: &[WaiverLine],
) -> Verdict {
    let built = situation.build.as_ref().is_some_and(|built| !built.is_stale());
    let good = windows.iter().all(|line| line.state.is_good());
    if !built || !good || windows.is_empty() || !situation.problems.is_empty() {
        return Verdict::NoGo;
    }
    // A waiver of what nothing shows any more, or that is over after its windows are, changes nothing.
    if waivers.iter().any(|one| one.used && !one.expired) {
        return Verdict::Conditional;
    }
    Verdict::Go
}

/// The nearest lock, how long there is, what stands in the way, who is asked, since when, and what
/// that takes.
pub(super) fn sentence(
    situation: &Situation,
    verdict: Verdict,
    windows: &[WindowLine],
    waivers: &[WaiverLine],
    attention: &[Attention],
) -> String {
    if windows.is_empty() {
        return "no window is planned, so there is nothing to be ready for".to_owned();
    }
    if verdict == Verdict::NoGo {
        return refusal(situation, windows, attention);
    }
    let due = windows.iter().filter(|line| line.state != WindowState::Closed);
    let next = due.min_by_key(|line| {
        // What locks comes before what only opens or closes.
        (line.until != Some("locks"), line.seconds_left)
    });
    let Some(next) = next else { return "every window has closed".to_owned() };
    let mut sentence = if situation.gates.declared {
        "everything is built, right and approved".to_owned()
    } else {
        "everything is built and right, and no gate is declared".to_owned()
    };
    let mut used = waivers.iter().filter(|one| one.used && !one.expired);
    let number = used.clone().count();
    // They stand in the order in which they end.
    if let Some(first) = used.next() {
        let (noun, which) =
            if number == 1 { ("waiver", "which") } else { ("waivers", "the first of which") };
        let left = span(first.seconds_left);
        sentence = format!("{sentence}, under {number} {noun}, {which} ends in {left}");
    }
    format!("{sentence}; {}", time(situation, next))
}

fn refusal(situation: &Situation, windows: &[WindowLine], attention: &[Attention]) -> String {
    let mut open = windows.iter().filter(|line| !line.state.is_good());
    let first = attention.first();
    // The window that the first cause is about, else the first that is not ready, else the next.
    let named = first.and_then(|one| {
        windows.iter().find(|line| one.windows.iter().any(|name| *name == line.name()))
    });
    let next = || windows.iter().find(|line| line.until == Some("locks"));
    let line = named.or_else(|| open.next()).or_else(next);
    let when = line.map(|line| time(situation, line)).unwrap_or_default();
    let cause = first.map(|one| match (one.kind, line) {
        // The window has been named.
        ("window", Some(line)) => format!("it is {}: {}", line.state.as_str(), line.why),
        ("gate", line) => {
            format!("{}{}{}", one.what, asked(one), line.map(estimate).unwrap_or_default())
        }
        _ if one.why.is_empty() => one.what.clone(),
        _ => format!("{} ({})", one.what, one.why),
    });
    let parts = [when, cause.unwrap_or_default()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(": ")
}

/// `, and waits for p.shah or p.kim (legal) since 31m`.
fn asked(one: &Attention) -> String {
    let who = match one.people.as_slice() {
        [] => format!("`{}`", one.owner),
        [only] => format!("{only} ({})", one.owner),
        [first, second] => format!("{first} or {second} ({})", one.owner),
        [first, rest @ ..] => format!("{first} or {} others ({})", rest.len(), one.owner),
    };
    match one.age_seconds {
        Some(age) => format!(", and has waited {} for {who}", span(age)),
        None => format!(", and waits for {who}, since when is not known"),
    }
}

fn estimate(line: &WindowLine) -> String {
    match (line.needed_seconds, line.slack_seconds) {
        (Some(needed), Some(slack)) if slack >= 0 => {
            format!("; it takes {} as a rule, which leaves {}", span(needed), span(slack))
        }
        (Some(needed), Some(slack)) => {
            format!("; it takes {} as a rule, which is {} too long", span(needed), span(slack))
        }
        (None, _) => "; there is no basis for an estimate".to_owned(),
        (Some(_), None) => String::new(),
    }
}

/// `` `bf26/email-am` locks in 1h 40m (Wed 25 Nov 18:00 EST) ``.
fn time(situation: &Situation, line: &WindowLine) -> String {
    let campaign = situation.campaigns.iter().find(|one| one.id == line.campaign);
    let window = campaign.and_then(|one| one.windows.iter().find(|one| one.id == line.window));
    let Some((campaign, window)) = campaign.zip(window) else { return String::new() };
    let name = line.name();
    let ago = |at: jiff::Timestamp| span(situation.now.as_second() - at.as_second());
    let left = span(line.seconds_left.unwrap_or(0));
    match line.until {
        Some("locks") => {
            format!("`{name}` locks in {left} ({})", clock(window.locks, &campaign.zone))
        }
        Some("opens") => format!(
            "`{name}` has been locked for {} and opens in {left} ({})",
            ago(window.locks),
            clock(window.opens, &campaign.zone)
        ),
        Some(_) => format!(
            "`{name}` has been open for {} and closes in {left} ({})",
            ago(window.opens),
            clock(window.closes, &campaign.zone)
        ),
        None => format!("`{name}` closed {} ago", ago(window.closes)),
    }
}
