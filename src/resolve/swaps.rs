//! Swaps against the documents: which of them count, and what they change.
//!
//! Swaps are applied before anything is derived, so every check and every join sees the value that
//! counts. The source's own cell stays as it was sent, and is remembered as what was replaced.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, parse_local};
use crate::source::table::{NewValue, Table};
use crate::source::{Applied, Change, Documents, MoveTime, SetCell, Swap, WINDOW_TIMES, Window};

/// Applies the swaps that count, in the order in which they were decided.
pub(super) fn apply_swaps(documents: &mut Documents, diagnostics: &mut Diagnostics) {
    let mut swaps = std::mem::take(&mut documents.swaps);
    end_swaps(&mut swaps, diagnostics);
    let disputed = report_conflicts(&swaps, diagnostics);
    // What is disputed is told once, and the first to be read stands in for both.
    for swap in &mut swaps {
        swap.changes.retain(|change| !disputed.contains(&change.span()));
    }
    let mut order: Vec<(usize, &Swap)> =
        swaps.iter().enumerate().filter(|(_, swap)| swap.active).collect();
    order.sort_by_key(|(_, swap)| (swap.at.value, swap.id.as_str()));
    for (index, swap) in order {
        for change in &swap.changes {
            let applied = match change {
                Change::Set(set) => apply_set(documents, index, swap, set, diagnostics),
                Change::Move(moved) => apply_move(documents, index, swap, moved, diagnostics),
                // Which placements it is about is known when they are made.
                Change::Replace(_) => None,
            };
            documents.applied.extend(applied);
        }
    }
    documents.swaps = swaps;
}

/// Finds out which swaps a later one ends. A swap that is ended ends nothing itself.
fn end_swaps(swaps: &mut [Swap], diagnostics: &mut Diagnostics) {
    let ids: BTreeMap<String, usize> =
        swaps.iter().enumerate().map(|(at, swap)| (swap.id.clone(), at)).collect();
    let mut latest_first: Vec<usize> = (0..swaps.len()).collect();
    let key = |swaps: &[Swap], at: usize| swaps.get(at).map(|one| (one.at.value, one.id.clone()));
    latest_first.sort_by_key(|at| std::cmp::Reverse(key(swaps, *at)));
    for at in latest_first {
        let own = key(swaps, at);
        let ends = swaps.get(at).map(|swap| swap.ends.clone()).unwrap_or_default();
        let counts = swaps.get(at).is_some_and(|swap| swap.active);
        for end in ends {
            let Some(target) = ids.get(&end.value).copied() else {
                let message = format!("there is no swap `{}`", end.value);
                let known = ids.keys().map(String::as_str);
                diagnostics.push(
                    Diagnostic::error(Code::BadSwap, end.span, message)
                        .maybe_help(did_you_mean(&end.value, known))
                        .help_if_none("write the name of a file in decisions/swaps/"),
                );
                continue;
            };
            if key(swaps, target) >= own {
                let message = format!("`{}` was not decided before this swap", end.value);
                diagnostics.push(
                    Diagnostic::error(Code::BadSwap, end.span, message)
                        .help("a swap ends earlier ones only"),
                );
            } else if let Some(ended) = swaps.get_mut(target).filter(|_| counts) {
                ended.active = false;
            }
        }
    }
}

/// One fact is decided once. Who decides anew ends the earlier decision.
fn report_conflicts(swaps: &[Swap], diagnostics: &mut Diagnostics) -> BTreeSet<Span> {
    let mut disputed = BTreeSet::new();
    let mut taken: Vec<(&Swap, &Change)> = Vec::new();
    for swap in swaps.iter().filter(|swap| swap.active) {
        for change in &swap.changes {
            if let Some((other, first)) = taken.iter().find(|(_, one)| one.touches(change)) {
                let message = format!("two swaps decide on `{}`", change.fact());
                let help = format!(
                    "end one of them: `throughline swap revert {}` or `… {}`",
                    other.id, swap.id
                );
                diagnostics.push(
                    Diagnostic::error(Code::SwapConflict, change.span(), message)
                        .related(first.span(), format!("the swap of {} is here", other.by.value))
                        .help(help),
                );
                disputed.insert(change.span());
            }
            taken.push((swap, change));
        }
    }
    disputed
}

fn apply_set(
    documents: &mut Documents,
    index: usize,
    swap: &Swap,
    set: &SetCell,
    diagnostics: &mut Diagnostics,
) -> Option<Applied> {
    if documents.unusable.tables.contains(&set.table.value) {
        return None;
    }
    let (row, column) = match find_cell(documents, set) {
        Ok(found) => found,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return None;
        }
    };
    let channel = set.channel.as_ref().map(|channel| channel.value.as_str());
    let table = documents.tables.get(&set.table.value)?;
    let record = table.records.get(row)?;
    let definition = table.contract.column(column)?;
    if set.new.value.is_empty() && definition.required && channel.is_none() {
        let message = format!("`{}` cannot be empty", definition.name);
        diagnostics.push(Diagnostic::error(Code::RequiredCell, set.new.span, message).blocking());
        return None;
    }
    let currency = table.column("currency").map_or("", |at| record.text(at));
    let reader = documents.value_reader();
    let new = reader.read(definition, &set.new.value, set.new.span, currency, diagnostics)?;
    let (before, replaced) = match channel {
        Some(channel) => {
            let own =
                record.overrides.iter().find(|one| one.column == column && one.scope == channel);
            let before =
                own.map_or(crate::model::Value::Empty, |_| record.value_in(column, &[channel]).0);
            (before, own.map_or(record.cell_span(column), |one| one.span))
        }
        None => (record.value(column), record.cell_span(column)),
    };
    let old =
        reader.read(definition, &set.old.value, set.old.span, currency, &mut Diagnostics::new());
    let is_as_decided = old.as_ref().is_some_and(|old| old.value() == before);
    let has_cell = replaced.end > replaced.start;
    if !is_as_decided {
        let (shown, same) = (before.display(), new.value() == before);
        diagnostics.push(stale(swap, set, &shown, replaced, same));
        if !same {
            return None;
        }
    }
    let old = before.display();
    put(documents, &set.table.value, row, column, channel, &new);
    let replaced = has_cell.then_some(replaced);
    Some(Applied { swap: index, span: set.new.span, fact: set.fact(), old, replaced })
}

fn put(
    documents: &mut Documents,
    table: &str,
    row: usize,
    column: usize,
    channel: Option<&str>,
    new: &NewValue,
) {
    let table = documents.tables.get_mut(table);
    if let Some(record) = table.and_then(|table: &mut Table| table.records.get_mut(row)) {
        record.put(column, channel, new);
    }
}

/// The cell is not what the swap was decided on.
fn stale(swap: &Swap, set: &SetCell, now: &str, place: Span, same: bool) -> Diagnostic {
    let revert = format!("throughline swap revert {}", swap.id);
    let fact = set.fact();
    if same {
        let message = format!("`{fact}` is `{now}` without this swap");
        return Diagnostic::warning(Code::SwapWithoutEffect, set.new.span, message)
            .related(place, "the source says so itself now")
            .help(format!("end it: `{revert}`"));
    }
    let message = format!("`{fact}` was `{}` when this was decided, and is `{now}`", set.old.value);
    Diagnostic::error(Code::StaleSwap, set.old.span, message)
        .related(place, "the value now")
        .help(format!("end it with `{revert}`, and decide on the value that is there now"))
}

fn find_cell(documents: &Documents, set: &SetCell) -> Result<(usize, usize), Diagnostic> {
    let bad = |span: Span, message: String| Diagnostic::error(Code::BadSwap, span, message);
    let Some(table) = documents.tables.get(&set.table.value) else {
        let known = documents.tables.keys().map(String::as_str);
        return Err(bad(set.table.span, format!("there is no table `{}`", set.table.value))
            .maybe_help(did_you_mean(&set.table.value, known)));
    };
    let Some(column) = table.column(&set.field.value) else {
        let message = format!("no {} has a field `{}`", table.contract.entity, set.field.value);
        return Err(bad(set.field.span, message)
            .maybe_help(did_you_mean(&set.field.value, table.contract.names())));
    };
    if table.contract.key.contains(&column) {
        let message = format!("`{}` is the row's id, which never changes", set.field.value);
        return Err(
            bad(set.field.span, message).help("withdraw the row, or replace the offer by another")
        );
    }
    let Some(row) = table.row(&set.row.value) else {
        let entity = &table.contract.entity;
        let keys: Vec<String> = table.records.iter().map(|one| table.key_of(one)).collect();
        let message = format!("there is no {entity} `{}`", set.row.value);
        return Err(bad(set.row.span, message)
            .maybe_help(did_you_mean(&set.row.value, keys.iter().map(String::as_str)))
            .help_if_none(format!("the row is gone: end this swap, or put the {entity} back")));
    };
    Ok((row, column))
}

fn apply_move(
    documents: &mut Documents,
    index: usize,
    swap: &Swap,
    moved: &MoveTime,
    diagnostics: &mut Diagnostics,
) -> Option<Applied> {
    let is_campaign =
        |brief: &crate::source::Brief| brief.id.value.as_str() == moved.campaign.value;
    if documents.unusable.briefs && !documents.briefs.iter().any(is_campaign) {
        return None;
    }
    let bad = |span: Span, message: String| Diagnostic::error(Code::BadSwap, span, message);
    let Some(brief) = documents.briefs.iter_mut().find(|brief| is_campaign(brief)) else {
        let message = format!("there is no campaign `{}`", moved.campaign.value);
        diagnostics.push(bad(moved.campaign.span, message));
        return None;
    };
    let zone = brief.zone.clone();
    let names: Vec<String> = brief.windows.iter().map(|one| one.id.to_string()).collect();
    let mut windows = brief.windows.iter_mut();
    let Some(window) = windows.find(|window| window.id.as_str() == moved.window.value) else {
        let message = format!("the campaign has no window `{}`", moved.window.value);
        let help = did_you_mean(&moved.window.value, names.iter().map(String::as_str));
        diagnostics.push(bad(moved.window.span, message).maybe_help(help));
        return None;
    };
    let (Ok(old), Ok(new)) =
        (parse_local(moved.old.value, &zone), parse_local(moved.new.value, &zone))
    else {
        let message = "the time is skipped or comes twice in the campaign's zone".to_owned();
        diagnostics.push(bad(moved.new.span, message).help("choose another time of day"));
        return None;
    };
    if let Some(diagnostic) = too_late(swap, moved, window) {
        diagnostics.push(diagnostic);
        return None;
    }
    let times = [&mut window.freezes, &mut window.locks, &mut window.opens, &mut window.closes];
    let place = WINDOW_TIMES.iter().position(|name| *name == moved.time.value)?;
    let time = times.into_iter().nth(place)?;
    let before = time.to_zoned(zone).datetime().to_string();
    if *time != old {
        let fact = moved.fact();
        let message =
            format!("`{fact}` was {} when this was decided, and is {before}", moved.old.value);
        let revert = format!("throughline swap revert {}", swap.id);
        diagnostics.push(
            Diagnostic::error(Code::StaleSwap, moved.old.span, message)
                .related(window.span, "the window")
                .help(format!("end it with `{revert}`, and decide on the time that is there now")),
        );
        return None;
    }
    *time = new;
    let in_order = [window.freezes, window.locks, window.opens, window.closes].is_sorted();
    if !in_order {
        let message = format!("the window `{}` would not go in order", window.id);
        diagnostics.push(
            Diagnostic::error(Code::BadWindow, moved.new.span, message)
                .related(window.span, "the window")
                .help("a window freezes, locks, opens and closes, in this order"),
        );
    }
    let replaced = Some(window.span);
    Some(Applied { swap: index, span: moved.new.span, fact: moved.fact(), old: before, replaced })
}

/// What is out cannot be taken back, and a lock that has passed cannot be moved.
fn too_late(swap: &Swap, moved: &MoveTime, window: &Window) -> Option<Diagnostic> {
    let at = swap.at.value;
    let (code, message, help) = if at >= window.closes {
        let message = format!("the window `{}` had closed when this was decided", window.id);
        (Code::SwapTooLate, message, "open another window in the brief")
    } else if at >= window.opens && moved.time.value != "closes" {
        let message = format!("the window `{}` had opened when this was decided", window.id);
        (Code::SwapTooLate, message, "move when it closes; that is all that may still change")
    } else if at >= window.locks && moved.time.value != "closes" {
        let message = format!("the window `{}` had locked when this was decided", window.id);
        (Code::SwapAfterLock, message, "leave it as it is, or move when it closes")
    } else {
        return None;
    };
    Some(
        Diagnostic::error(code, moved.time.span, message)
            .related(window.span, "the window")
            .help(help),
    )
}
