//! `swap list`: what was decided late, by whom and why.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::prepare::{Ids, Outcome, prepare, report_unprepared};
use crate::diag::Diagnostics;
use crate::source::Swap;

pub(super) fn run(root: &Path, all: bool, console: &mut Console) -> Result<Exit> {
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let zone = &prepared.documents.workspace.zone;
    let mut swaps: Vec<&Swap> =
        prepared.documents.swaps.iter().filter(|swap| all || swap.active).collect();
    swaps.sort_by_key(|swap| (swap.at.value, swap.id.as_str()));
    for swap in &swaps {
        let changes = swap.changes.iter().map(|change| (change.fact(), change.values()));
        if console.format.is_json() {
            let changes: Vec<_> = changes
                .map(|(fact, (old, new))| json!({ "fact": fact, "old": old, "new": new }))
                .collect();
            let object = json!({
                "kind": "swap", "id": swap.id, "at": swap.at.value.to_string(),
                "by": swap.by.value, "because": swap.because.value,
                "ref": swap.reference.as_ref().map(|one| &one.value), "active": swap.active,
                "ends": swap.ends.iter().map(|one| &one.value).collect::<Vec<_>>(),
                "changes": changes,
            });
            console.line(&object.to_string())?;
            continue;
        }
        let at = swap.at.value.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
        let ended = if swap.active { "" } else { "  (ended)" };
        console.line(&format!("{}{ended}", swap.id))?;
        console.line(&format!("  {at}  {}: {}", swap.by.value, swap.because.value))?;
        for end in &swap.ends {
            console.line(&format!("  ends {}", end.value))?;
        }
        for (fact, (old, new)) in changes {
            console.line(&format!("  {fact}  {old} -> {new}"))?;
        }
    }
    if swaps.is_empty() {
        console.note("no swap counts: everything is as the sources say");
    }
    Ok(Exit::Done)
}
