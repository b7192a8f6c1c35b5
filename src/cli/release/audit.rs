//! `audit`: who did what to a target, and whether that can be believed.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::{AuditArgs, AuditCommand, TargetArgs};
use super::make::mistyped;
use super::place::{Mistyped, Place};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::publish::{past_publications, read_audit, read_state};
use crate::release::AuditEntry;
use crate::report::count;

pub(in crate::cli) fn run(root: &Path, args: &AuditArgs, console: &mut Console) -> Result<Exit> {
    let (target, verifies) = match &args.command {
        None => (args.target.clone(), false),
        Some(AuditCommand::Verify { target }) => (either(target, &args.target), true),
    };
    let place = match Place::open(root, &target, "nobody")? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    place.must_exist()?;
    let chain = read_audit(place.store.as_ref(), 1)?;
    if verifies {
        return verify(&place, chain.entries.len(), console);
    }
    for (entry, _) in &chain.entries {
        if console.format.is_json() {
            console.line(&json!(entry).to_string())?;
        } else {
            console.line(&line(entry))?;
        }
    }
    if chain.entries.is_empty() {
        console.note(&format!("nothing was done in {} so far", place.store.shown()));
    }
    Ok(Exit::Done)
}

/// The options before the word, where there are none behind it.
fn either(behind: &TargetArgs, before: &TargetArgs) -> TargetArgs {
    TargetArgs {
        to: behind.to.clone().or_else(|| before.to.clone()),
        env: behind.env.clone().or_else(|| before.env.clone()),
    }
}

/// The log was read whole, so its entries fit each other; the pointer and the history must too.
fn verify(place: &Place, entries: usize, console: &mut Console) -> Result<Exit> {
    let run = place.run();
    let state = read_state(&run)?;
    let past = past_publications(place.store.as_ref(), &place.env, state.seq())?;
    let missing = state.live.is_some() && !state.recorded;
    if console.format.is_json() {
        let document = json!({ "ok": !missing, "entries": entries, "publications": past.len() });
        console.line(&document.to_string())?;
    } else {
        let all = count(entries, "entry").replace("entrys", "entries");
        console.line(&format!(
            "{all} of the audit log and {} of `{}` fit each other",
            count(past.len(), "publication"),
            place.env
        ))?;
    }
    if missing {
        console.error(
            "what is live has no entry yet: a run was stopped before it wrote that; the next release \
             or rollback does",
        );
    }
    Ok(if missing { Exit::Findings } else { Exit::Done })
}

fn line(entry: &AuditEntry) -> String {
    let text = |key: &str| entry.data.get(key).and_then(serde_json::Value::as_str).unwrap_or("");
    let number = entry.data.get("seq").and_then(serde_json::Value::as_u64);
    let what = match entry.action.as_str() {
        "release" | "rollback" => format!(
            "{} of {} as number {}",
            text("release").get(..16).unwrap_or_default(),
            text("env"),
            number.unwrap_or_default()
        ),
        "sent" => format!("{} until {}", text("campaign"), text("until")),
        _ => entry.data.get("deleted").map_or_else(String::new, |number| format!("{number} files")),
    };
    let why = match text("because") {
        "" => String::new(),
        why => format!(": {why}"),
    };
    // Whoever can write there chose these words.
    let plain = format!("{} {} by {}: {what}{why}", entry.ts, entry.action, entry.actor);
    plain
        .chars()
        .flat_map(|one| {
            if one.is_control() { one.escape_default().collect::<Vec<_>>() } else { vec![one] }
        })
        .collect()
}
