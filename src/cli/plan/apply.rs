//! `apply`: exactly what a plan says, or what has moved since.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::stored::{StoredPlan, StoredSelection};
use super::{ApplyArgs, Asked, Planned, Planning, output_of, plan_build};
use crate::cli::args::BuildArgs;
use crate::cli::build::{Expected, build};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::prepare::{Ids, Outcome, output_folder, prepare, report_unprepared, use_threads};
use crate::decide::Selection;
use crate::diag::Diagnostics;
use crate::model::Digest;
use crate::report::count;

/// Names that are listed of one kind.
const LISTED: usize = 10;

pub(in crate::cli) fn apply(root: &Path, args: &ApplyArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let stored = match StoredPlan::read(&root.join(&args.plan))? {
        Ok(stored) => stored,
        Err(sentence) => {
            console.error(&sentence);
            return Ok(Exit::Usage);
        }
    };
    let StoredSelection { only, exclude } = &stored.selection;
    let selection = match Selection::parse(only, exclude) {
        Ok(selection) => selection,
        Err(sentence) => {
            console.error(&format!("{} is no plan: {sentence}", args.plan.display()));
            return Ok(Exit::Usage);
        }
    };
    let mut diagnostics = Diagnostics::new();
    let as_of = stored.as_of.as_deref();
    let prepared = match prepare(root, as_of, Ids::Record, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let output = output_folder(root, None);
    let (files, base) = output_of(&output)?;
    let asked = Asked { root, files: &files, base, selection: &selection };
    let planned = plan_build(asked, &prepared, None, &mut diagnostics, console)?;
    let planning = match planned {
        Planned::Ready(planning) => again(&stored, *planning),
        Planned::Blocked => {
            prepared.finish(&mut diagnostics);
            console.diagnostics(&prepared.sources, &diagnostics, false)?;
            console.note("nothing was written");
            return Ok(Exit::Findings);
        }
        // It could go out when it was planned.
        Planned::Refused(refusal) => return Ok(does_not_fit(&refusal.lines, console)),
    };
    if let Some(reasons) = stale(&stored, &planning) {
        return Ok(does_not_fit(&reasons, console));
    }
    let args = BuildArgs { as_of: stored.as_of.clone(), ..BuildArgs::default() };
    build(root, &args, Some(&Expected { root: stored.target, partial: planning.partial }), console)
}

/// Where the plan has been applied, the output stays what it says of itself: which part of which build.
fn again(stored: &StoredPlan, mut planning: Planning) -> Planning {
    if let (Some(partial), Some(base)) = (&mut planning.partial, &planning.base)
        && base.root.hash == stored.target
    {
        partial.selected.clone_from(&base.selection);
    }
    planning
}

fn does_not_fit(reasons: &[String], console: &mut Console) -> Exit {
    console.error("the plan does not fit any more, and nothing was written");
    for line in reasons {
        console.note(&format!("  {line}"));
    }
    console.note("next: throughline plan, and look at it again");
    Exit::Stale
}

/// Why a plan does not fit: what moved, and whether it matters to what was planned. What moved
/// and changes no byte does not matter.
fn stale(stored: &StoredPlan, planning: &Planning) -> Option<Vec<String>> {
    let base = planning.base.as_ref().map(|base| &base.root.hash);
    // An apply that was stopped behind its commit has done it, but for cleaning up.
    let same_base = base == stored.base.as_ref() || base == Some(&stored.target);
    if same_base && stored.target == planning.target.root.hash {
        return None;
    }
    let mut lines = Vec::new();
    if !same_base {
        lines.push("the output was built anew since the plan was made".to_owned());
    }
    if stored.engine_epoch != planning.target.engine_epoch {
        lines.push("the plan was made by another version of throughline".to_owned());
    }
    let now: BTreeMap<&str, &str> = planning
        .target
        .sources
        .iter()
        .map(|one| (one.path.as_str(), one.sha256.as_str()))
        .collect();
    let moved =
        |path: &&str| stored.sources.get(*path).map(String::as_str) != now.get(*path).copied();
    let paths = stored.sources.keys().map(String::as_str).chain(now.keys().copied());
    let mut moved: Vec<&str> = paths.filter(moved).collect();
    moved.sort_unstable();
    moved.dedup();
    lines.extend(moved.iter().take(LISTED).map(|path| format!("moved: {path}")));
    if moved.len() > LISTED {
        lines.push(format!("and {} more", count(moved.len() - LISTED, "file")));
    }
    let effect = |class: &str| matches!(class, "changed" | "added" | "removed");
    let planned: BTreeMap<&str, (&str, Digest)> = stored
        .changes
        .iter()
        .filter(|one| effect(&one.class))
        .map(|one| (one.id.as_str(), (one.class.as_str(), one.sha256)))
        .collect();
    let current: BTreeMap<&str, (&str, Digest)> = planning
        .effects()
        .map(|one| (one.entry.id.as_str(), (one.class.as_str(), one.entry.sha256)))
        .collect();
    let other = planned.iter().filter(|(id, what)| current.get(*id) != Some(*what)).count();
    let more = current.keys().filter(|id| !planned.contains_key(*id)).count();
    lines.push(if other == 0 {
        format!(
            "what was planned would come out the same; {} would change besides",
            count(more, "artifact")
        )
    } else {
        format!(
            "{} of those planned would come out otherwise, and {more} would change besides",
            count(other, "artifact")
        )
    });
    Some(lines)
}
