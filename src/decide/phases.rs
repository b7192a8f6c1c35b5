//! Which late changes came too late: what a window shows is fixed step by step.
//!
//! Until it locks, a decision with a name and a reason is enough. From its lock on, what it shows
//! is on its way out; from its opening on, customers have seen it, and only the end of a promotion
//! may change. An end always may: what a partner has withdrawn is taken out wherever it is.

use super::fact::{Subject, World};
use super::reach::fact_of_cell;
use super::touch::Readers;
use crate::diag::{Code, Diagnostic};
use crate::model::Span;
use crate::source::{Change, SetCell, Swap, Waiver, Window};

/// Every change that a window did not allow any more when it was decided.
pub fn late_changes(world: World<'_>, readers: &Readers) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for swap in world.documents.swaps.iter().filter(|swap| swap.active) {
        for change in &swap.changes {
            let windows = match change {
                Change::Set(set) if is_end(set) => continue,
                Change::Set(set) => windows_of_cell(world, readers, set),
                Change::Replace(_) => windows_of_placements(world, change.span()),
                // Whether a window may move is known where it is moved.
                Change::Move(_) => continue,
            };
            let late = windows.into_iter().filter_map(|window| judge(swap, change, window));
            let late = late.min_by_key(|one| one.code);
            found.extend(late.map(|one| waived(world, swap, one)));
        }
    }
    found
}

/// A change after the lock that somebody answers for is told and passes: whose waiver held when it
/// was decided. Nobody can answer for what customers have seen.
fn waived(world: World<'_>, swap: &Swap, late: Diagnostic) -> Diagnostic {
    let fits = |one: &&Waiver| one.rule == late.code && one.subject.is_match(&swap.id);
    let all = || world.documents.waivers.iter().filter(fits);
    let holding = all().find(|waiver| swap.at.value < waiver.expires);
    match holding.or_else(|| all().next()) {
        Some(waiver) if swap.at.value < waiver.expires => waiver.let_pass(late),
        Some(waiver) => waiver.is_over(late),
        None => late,
    }
}

/// Whether a change ends something, or moves its end.
fn is_end(set: &SetCell) -> bool {
    let field = (set.table.value.as_str(), set.field.value.as_str());
    match field {
        ("offers", "effective_to" | "display_to") | ("placements", "flight_end") => true,
        ("offers" | "partners", "status") => {
            matches!(set.new.value.as_str(), "withdrawn" | "expired" | "draft")
        }
        _ => false,
    }
}

fn windows_of_cell<'w>(world: World<'w>, readers: &Readers, set: &SetCell) -> Vec<&'w Window> {
    let fact = fact_of_cell(world, set);
    if let Subject::Placed { campaign, asset, .. } = &fact.subject {
        return windows_of_asset(world, campaign, asset);
    }
    let mut names: Vec<(&str, &str)> = readers
        .all()
        .filter(|reader| readers.can_read(reader, &fact))
        .map(|reader| (reader.campaign.as_str(), reader.window.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter_map(|(campaign, id)| window(world, campaign, id)).collect()
}

fn windows_of_asset<'w>(world: World<'w>, campaign: &str, asset: &str) -> Vec<&'w Window> {
    let campaigns = world.facts.campaigns.iter();
    let assets = campaigns.filter_map(|one| {
        let brief = world.documents.briefs.get(one.brief)?;
        (brief.id.value.as_str() == campaign).then_some((brief, &one.assets))
    });
    let windows = assets.flat_map(|(brief, assets)| {
        let named = assets.iter().filter(|one| {
            brief.assets.get(one.spec).is_some_and(|spec| spec.id.value.as_str() == asset)
        });
        named.filter_map(|one| brief.windows.get(one.window))
    });
    windows.collect()
}

fn windows_of_placements(world: World<'_>, span: Span) -> Vec<&Window> {
    let placements = world.facts.placements.iter().filter(|one| one.decided.offer == span);
    let windows = placements.filter_map(|placement| {
        let campaign = world.facts.campaigns.get(placement.campaign)?;
        let window = campaign.assets.get(placement.asset)?.window;
        world.documents.briefs.get(campaign.brief)?.windows.get(window)
    });
    windows.collect()
}

fn window<'w>(world: World<'w>, campaign: &str, id: &str) -> Option<&'w Window> {
    let mut briefs = world.documents.briefs.iter();
    let brief = briefs.find(|brief| brief.id.value.as_str() == campaign)?;
    brief.windows.iter().find(|window| window.id.as_str() == id)
}

fn judge(swap: &Swap, change: &Change, window: &Window) -> Option<Diagnostic> {
    let at = swap.at.value;
    if at < window.locks || at >= window.closes {
        return None;
    }
    let fact = change.fact();
    let (code, message) = if at >= window.opens {
        let message = format!("`{fact}` is shown in the window `{}`, which had opened", window.id);
        (Code::SwapTooLate, message)
    } else {
        let message = format!("`{fact}` is shown in the window `{}`, which had locked", window.id);
        (Code::SwapAfterLock, message)
    };
    let help = match change {
        Change::Set(set) if set.table.value == "offers" => format!(
            "end the offer with `throughline swap withdraw offer:{}`, and show another",
            set.row.value
        ),
        _ => {
            "narrow it with `--in`, or give one channel its own value, so that the window is left \
              as it is"
                .to_owned()
        }
    };
    Some(
        Diagnostic::error(code, change.span(), message)
            .related(window.span, "the window")
            .help(help),
    )
}
