//! A plan for people: what changes, why, whose it is, and how long there is.

use std::collections::BTreeMap;

use anyhow::Result;

use super::Planning;
use super::approvals::lost;
use super::document::WindowLeft;
use crate::cli::console::Console;
use crate::cli::prepare::Prepared;
use crate::decide::{Class, Fact};
use crate::report::{DrawnWindow, blast, count};

/// Artifacts that are listed unless all are asked for.
const LISTED: usize = 40;
/// Facts that are listed above them.
const FACTS: usize = 20;
/// Gates that are listed.
const GATES: usize = 12;
/// Reasons that are shown of one artifact.
const REASONS: usize = 3;

pub(in crate::cli) fn print_plan(
    planning: &Planning,
    prepared: &Prepared,
    all: bool,
    console: &mut Console,
) -> Result<()> {
    if let Some(against) = &planning.against {
        console.line(&format!("against   {}", against.line()))?;
    }
    print_facts(planning, all, console)?;
    print_artifacts(planning, all, console)?;
    let counts = planning.counts();
    let shown = counts.classes.iter().filter(|(_, number)| **number > 0);
    let shown: BTreeMap<&str, usize> = shown.map(|(name, number)| (*name, *number)).collect();
    let order = Class::ALL.map(Class::as_str);
    let parts: Vec<String> =
        order.iter().filter_map(|name| Some(format!("{} {name}", shown.get(name)?))).collect();
    console.line(&format!("total     {}", parts.join(", ")))?;
    if !planning.growth.is_empty() {
        let of = |(kind, more): &(&str, i64)| {
            let plural = if more.abs() == 1 || *kind == "terms" { "" } else { "s" };
            format!("{more:+} {kind}{plural}")
        };
        let grown: Vec<String> = planning.growth.iter().map(of).collect();
        console.line(&format!("grows     {}", grown.join(", ")))?;
    }
    let kept = counts.classes.get(Class::Kept.as_str()).copied().unwrap_or(0);
    if kept > 0 {
        let kept = count(kept, "artifact");
        let [only, exclude] = planning.selection.typed();
        let only = only.iter().flat_map(|one| ["--only", one]);
        let typed = only.chain(exclude.iter().flat_map(|one| ["--exclude", one]));
        let typed = typed.collect::<Vec<_>>().join(" ");
        console.line(&format!("stay      {kept} would change and stay as they are: {typed}"))?;
    }
    for (name, map) in
        [("channels", &counts.channels), ("partners", &counts.partners), ("ask", &counts.owners)]
    {
        if !map.is_empty() {
            let listed = map.iter().take(LISTED).map(|(name, number)| format!("{name} {number}"));
            console.line(&format!("{name:<9} {}", listed.collect::<Vec<_>>().join(", ")))?;
        }
    }
    print_approvals(planning, all, console)?;
    for window in planning.windows(prepared) {
        console.line(&format!("window    {}", window_line(&window, prepared)))?;
    }
    Ok(())
}

/// Who must look again, and why; who need not.
fn print_approvals(planning: &Planning, all: bool, console: &mut Console) -> Result<()> {
    let states = &planning.gates;
    let open: Vec<_> = states.open().collect();
    let limit = if all { open.len() } else { GATES };
    for state in open.iter().take(limit) {
        let lost = lost(states).any(|one| std::ptr::eq(one, *state));
        let word = if lost { "lost" } else { state.status.as_str() };
        console.line(&format!("approval  {word:<9} {}: {}", state.name(), state.because))?;
        if !state.eligible.is_empty() {
            console.line(&format!("            {} may decide", state.eligible.join(", ")))?;
        }
    }
    if open.len() > limit {
        let more = count(open.len() - limit, "gate");
        console.line(&format!("          and {more} more; --all lists them"))?;
    }
    let kept = states.states.len() - open.len();
    if kept > 0 {
        console.line(&format!("approval  kept      {} as they are", count(kept, "gate")))?;
    }
    Ok(())
}

fn print_facts(planning: &Planning, all: bool, console: &mut Console) -> Result<()> {
    if planning.plan.facts.is_none() {
        console.line(&match (&planning.gone, &planning.base) {
            (Some(gone), _) => format!(
                "reasons   no record of the base's facts: only what changes can be said, not why; {gone}"
            ),
            (None, Some(_)) => "reasons   no record of the base's facts".to_owned(),
            (None, None) => "reasons   there is no output yet: everything is new".to_owned(),
        })?;
        return Ok(());
    }
    let facts = planning.facts();
    let limit = if all { facts.len() } else { FACTS };
    for fact in facts.iter().take(limit) {
        console.line(&format!("fact      {}", fact_line(fact)))?;
    }
    if facts.len() > limit {
        console.line(&format!("          and {} more; --all lists them", facts.len() - limit))?;
    }
    Ok(())
}

fn print_artifacts(planning: &Planning, all: bool, console: &mut Console) -> Result<()> {
    let effects: Vec<_> = planning.effects().collect();
    let asks = planning.gates.open_by_artifact();
    let limit = if all { effects.len() } else { LISTED };
    for planned in effects.iter().take(limit) {
        let entry = &planned.entry;
        let window = entry.kind.campaign.as_ref().zip(entry.kind.window.as_ref());
        let window = window.map(|(campaign, window)| format!("  -> {campaign}/{window}"));
        let class = planned.class.as_str();
        console.line(&format!("{class:<9} {}{}", entry.id, window.unwrap_or_default()))?;
        for fact in planning.reasons(planned).take(REASONS) {
            console.line(&format!("            <- {}", short_line(fact)))?;
        }
        let gates = asks.get(entry.id.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(first) = gates.first().map(|state| state.name()) {
            let more = match gates.len() - 1 {
                0 => String::new(),
                more => format!(" and {}", count(more, "other gate")),
            };
            console.line(&format!("            -> asks {first}{more}"))?;
        }
        if planned.reasons.len() > REASONS {
            let more = planned.reasons.len() - REASONS;
            console.line(&format!("            <- and {more} more"))?;
        }
    }
    if effects.len() > limit {
        let more = count(effects.len() - limit, "artifact");
        console.line(&format!("          and {more} more; --all lists them"))?;
    }
    Ok(())
}

/// Longest value that is shown whole.
const SHOWN: usize = 48;

fn value(text: Option<&String>) -> String {
    let Some(text) = text else { return "nothing".to_owned() };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}

fn short_line(fact: &Fact) -> String {
    format!("{}  {} -> {}", fact.name, value(fact.old.as_ref()), value(fact.new.as_ref()))
}

pub(in crate::cli) fn fact_line(fact: &Fact) -> String {
    let owner = fact.owner.as_ref().map(|owner| format!("  ({owner})")).unwrap_or_default();
    format!("{}   {}{owner}", short_line(fact), fact.place)
}

fn window_line(window: &WindowLeft, prepared: &Prepared) -> String {
    let time = window_time(window, prepared);
    let name = format!("{}/{}", window.campaign, window.window);
    format!("{name:<20} {:<13} {time}", count(window.artifacts.len(), "artifact"))
}

/// How long there is.
fn window_time(window: &WindowLeft, prepared: &Prepared) -> String {
    let mut briefs = prepared.documents.briefs.iter();
    let brief = briefs.find(|brief| brief.id.value.as_str() == window.campaign);
    let locks = brief.map(|brief| {
        window.locks.to_zoned(brief.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    });
    match window.state {
        "closed" => "has closed".to_owned(),
        "open" => "is open: customers see it already".to_owned(),
        "locked" => "has locked".to_owned(),
        _ => format!("locks {} ({} left)", locks.unwrap_or_default(), left(window.seconds_left)),
    }
}

/// The plan as a picture.
pub(super) fn drawn(planning: &Planning, prepared: &Prepared) -> String {
    let windows = planning.windows(prepared);
    let windows = windows.iter().map(|window| DrawnWindow {
        name: [window.campaign.clone(), window.window.clone()],
        time: window_time(window, prepared),
        late: matches!(window.state, "locked" | "open" | "closed"),
    });
    let effects = planning.effects().count();
    let facts = planning.facts().len();
    let title = &prepared.documents.workspace.title.value;
    let against = planning.against.as_ref().map(|against| format!(", against {}", against.name));
    let headline = format!(
        "{title}: {} change, {} follow{}",
        count(facts, "fact"),
        count(effects, "artifact"),
        against.unwrap_or_default()
    );
    blast(&planning.plan, &windows.collect::<Vec<_>>(), &headline)
}

/// `1h40m`, `3d2h`.
fn left(seconds: i64) -> String {
    let minutes = seconds / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}m"),
        (0, hours) => format!("{hours}h{minutes:02}m"),
        (days, hours) => format!("{days}d{hours}h"),
    }
}
