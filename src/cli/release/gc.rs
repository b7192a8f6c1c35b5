//! `gc`: what nobody needs any more goes.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::GcArgs;
use super::make::mistyped;
use super::place::{Mistyped, Place};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::publish::{Collected, GcWanted, collect};
use crate::report::count;

/// How many publications of each environment stay where nobody says it.
const KEEP: usize = 10;

pub(in crate::cli) fn run(root: &Path, args: &GcArgs, console: &mut Console) -> Result<Exit> {
    let place = match Place::open(root, &args.target, &args.who.by)? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    place.must_exist()?;
    let _lock = if args.delete { place.lock(console)? } else { None };
    let keep = args.keep.map(|keep| keep as usize).or(place.settings.keep).unwrap_or(KEEP);
    let wanted =
        GcWanted { keep, grace: args.grace, max_deletes: args.max_deletes, delete: args.delete };
    let done = collect(&place.run(), &wanted)?;
    tell(&place, args, &done, console)?;
    let stopped = done.over_limit.is_some() || done.held_by.is_some();
    Ok(if stopped { Exit::NotReady } else { Exit::Done })
}

fn tell(place: &Place, args: &GcArgs, done: &Collected, console: &mut Console) -> Result<()> {
    let Collected { needed, marked, waiting, deleted, over_limit, held_by } = done;
    if console.format.is_json() {
        let document = json!({
            "target": place.store.shown(),
            "dry_run": !args.delete,
            "needed": needed,
            "marked": { "files": marked.0, "bytes": marked.1 },
            "waiting": waiting,
            "deleted": { "files": deleted.0, "bytes": deleted.1 },
            "over_limit": over_limit,
            "held_by": held_by,
        });
        console.line(&document.to_string())?;
        return Ok(());
    }
    let would = if args.delete { "" } else { "would be " };
    console.line(&format!("{} needed", count(*needed, "file")))?;
    console.line(&format!(
        "{would}marked: {}, {} bytes; deleted when they were marked for {:#}",
        count(marked.0, "file"),
        marked.1,
        args.grace
    ))?;
    if *waiting > 0 {
        console
            .line(&format!("marked before, not yet for so long: {}", count(*waiting, "file")))?;
    }
    console.line(&format!("{would}deleted: {}, {} bytes", count(deleted.0, "file"), deleted.1))?;
    if let Some(number) = over_limit {
        console.error(&format!(
            "{} would be deleted, more than --max-deletes {}: look whether a release or an environment \
             is missing, then allow so many",
            count(*number, "file"),
            args.max_deletes
        ));
    }
    if let Some(by) = held_by {
        console.error(&format!(
            "somebody is publishing, so nothing more was deleted: {by}; run it again later"
        ));
    }
    if !args.delete {
        console.note("a dry run: nothing was written; --delete does it");
    }
    Ok(())
}
