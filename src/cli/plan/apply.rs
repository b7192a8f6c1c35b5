//! `apply`: exactly what a plan says, or what has moved since.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::document::SCHEMA;
use super::{ApplyArgs, Asked, Planned, Planning, plan_build};
use crate::cli::args::BuildArgs;
use crate::cli::build::{Expected, build};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::prepare::{Ids, Outcome, output_folder, prepare, report_unprepared, use_threads};
use crate::decide::Selection;
use crate::diag::Diagnostics;
use crate::load::read_file;
use crate::report::count;

/// What `apply` needs of a plan.
#[derive(Debug, Deserialize)]
struct Stored {
    schema: String,
    base: Option<String>,
    target: String,
    as_of: Option<String>,
    engine_epoch: u32,
    changes: Vec<StoredChange>,
    sources: BTreeMap<String, String>,
    #[serde(default)]
    selection: StoredSelection,
}

#[derive(Debug, Default, Deserialize)]
struct StoredSelection {
    only: Vec<String>,
    exclude: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct StoredChange {
    id: String,
    class: String,
    sha256: String,
}

/// Largest plan, in bytes.
const MAX_PLAN: u64 = 256_000_000;
/// Names that are listed of one kind.
const LISTED: usize = 10;

pub(in crate::cli) fn apply(root: &Path, args: &ApplyArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let bytes = read_file(&args.plan, MAX_PLAN)
        .map_err(|fault| anyhow::Error::msg(fault.to_string()))
        .with_context(|| format!("cannot read {}", args.plan.display()))?;
    let stored: Stored = match serde_json::from_slice(&bytes) {
        Ok(stored) => stored,
        Err(error) => {
            console.error(&format!("{} is no plan: {error}", args.plan.display()));
            return Ok(Exit::Usage);
        }
    };
    if stored.schema != SCHEMA {
        console.error(&format!("{} is a plan of another version", args.plan.display()));
        return Ok(Exit::Usage);
    }
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
    let asked = Asked { root, against: &output, selection: &selection };
    let planned = plan_build(&asked, &prepared, None, &mut diagnostics, console)?;
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
fn again(stored: &Stored, mut planning: Planning) -> Planning {
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
fn stale(stored: &Stored, planning: &Planning) -> Option<Vec<String>> {
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
    let planned: BTreeMap<&str, (&str, &str)> = stored
        .changes
        .iter()
        .filter(|one| effect(&one.class))
        .map(|one| (one.id.as_str(), (one.class.as_str(), one.sha256.as_str())))
        .collect();
    let current: BTreeMap<&str, (&str, &str)> = planning
        .effects()
        .map(|one| (one.entry.id.as_str(), (one.class.as_str(), one.entry.sha256.as_str())))
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
