//! `swap`: records a late change as a file of its own. What it does is shown first.

mod args;
mod compose;
mod list;

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

pub(super) use args::SwapArgs;
use args::{DecisionArgs, SwapCommand};
use compose::{Composer, swap_of};

use super::build::lock_for;
use super::console::Console;
use super::exit::Exit;
use super::named::Files;
use super::plan::{
    HeldFiles, NOWHERE, Planning, digests, gates_after, plan_against, print_plan, target_of, world,
};
use super::prepare::{Ids, Outcome, Prepared, now, prepare, prepare_inputs, report_unprepared};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::load::{load_decisions, load_with};
use crate::model::{PublishedPath, WorkspacePath, parse_datetime};
use crate::resolve::OwnerBook;
use crate::source::{SourceKind, Sources, Swap, SwapText, swap_id, swap_text};
use crate::store::{is_workspace, sweep_folder, write_new_files};

pub(super) fn run(root: &Path, args: &SwapArgs, console: &mut Console) -> Result<Exit> {
    let Some(decision) = decision_of(&args.command) else {
        return list::run(root, matches!(args.command, SwapCommand::List { all: true }), console);
    };
    // Two people at one workspace take their numbers one after the other.
    let writes = !decision.dry_run && is_workspace(root);
    let _ids = if writes { Some(lock_for(&root.join(".throughline"), console)?) } else { None };
    if writes {
        sweep_folder(&root.join("decisions/swaps"))?;
    }
    let mut before = Diagnostics::new();
    let base = match prepare(root, None, Ids::Record, &mut before) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, before, console, false),
    };
    let (swap, text) = match compose(&base, &args.command, decision) {
        Ok(Composed::New(swap, text)) => (swap, text),
        Ok(Composed::Recorded(id)) => return tell_recorded(&id, console),
        Err(sentence) => {
            console.error(&sentence);
            return Ok(Exit::Usage);
        }
    };
    let path = format!("decisions/swaps/{}.toml", text.id);
    let Ok(place) = WorkspacePath::new(&path) else { return Ok(Exit::Usage) };
    let proposed = [(place, SourceKind::Swap, text.text.clone().into_bytes())];
    let mut after = Diagnostics::new();
    let inputs = load_with(root, &proposed, &mut after);
    let mut target = match prepare_inputs(inputs, (None, Ids::Record), &|| None, &mut after) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, after, console, false),
    };
    let planning = plan_swap(root, (&base, &mut before), (&mut target, &mut after), console)?
        .map(|planning| Planning { now: swap.at.value, ..planning });
    base.finish(&mut before);
    target.finish(&mut after);
    let new = new_findings((&base.sources, &before), (&target.sources, &after));
    let shown = Shown { swap: &swap, text: &text, path: &path, base: &base };
    if new.blocks_build() {
        console.diagnostics(&target.sources, &new, false)?;
        console.note("nothing was written");
        return Ok(Exit::Findings);
    }
    if console.format.is_json() {
        shown.print_json(!decision.dry_run && decision.yes, console)?;
    } else {
        shown.print(console)?;
        if let Some(planning) = &planning {
            print_plan(planning, &target, false, console)?;
        }
    }
    if !new.is_empty() {
        console.note("with it, this is found besides:");
        console.diagnostics(&target.sources, &new, false)?;
    }
    if decision.dry_run {
        console.note("a dry run: nothing was written");
        return Ok(Exit::Done);
    }
    if !decision.yes && !confirm(&path, console)? {
        return Ok(Exit::Usage);
    }
    write_new_files(root, &[(path.as_str(), text.text.as_bytes())])?;
    console.note(&format!("wrote {path}"));
    console.note("next: throughline build; commit the file with throughline.lock");
    Ok(Exit::Done)
}

fn decision_of(command: &SwapCommand) -> Option<&DecisionArgs> {
    match command {
        SwapCommand::Set { decision, .. }
        | SwapCommand::Replace { decision, .. }
        | SwapCommand::Withdraw { decision, .. }
        | SwapCommand::Move { decision, .. }
        | SwapCommand::Revert { decision, .. } => Some(decision),
        SwapCommand::List { .. } => None,
    }
}

/// What was typed, as a swap.
enum Composed {
    New(Box<Swap>, SwapText),
    /// The id of the one that says it already.
    Recorded(String),
}

/// Said again, as after a run that was stopped, it changes nothing.
fn tell_recorded(id: &str, console: &mut Console) -> Result<Exit> {
    let path = format!("decisions/swaps/{id}.toml");
    if console.format.is_json() {
        let object = json!({ "kind": "swap", "id": id, "path": path, "written": false,
            "recorded": true });
        console.line(&object.to_string())?;
    }
    console.note(&format!("{path} says just that: nothing to do"));
    console.note("next: throughline build; commit the file with throughline.lock");
    Ok(Exit::Done)
}

fn compose(
    base: &Prepared,
    command: &SwapCommand,
    decision: &DecisionArgs,
) -> Result<Composed, String> {
    let Prepared { documents, sources, facts, .. } = base;
    let zone = &documents.workspace.zone;
    let at = match &decision.at {
        Some(text) => parse_datetime(text, zone)
            .map_err(|_| "--at takes a time such as 2026-11-25T16:20".to_owned())?,
        None => now(),
    };
    for (name, text) in [("--by", &decision.by), ("--because", &decision.because)] {
        if text.trim().is_empty() {
            return Err(format!("{name} says nothing: a decision has a person and a reason"));
        }
    }
    let composer = Composer { documents, sources, facts };
    let (changes, about) = composer.changes(command)?;
    let given = decision.at.as_ref().map(|_| at);
    if let Some(swap) = composer.recorded((command, decision), &changes, given) {
        return Ok(Composed::Recorded(swap.id.clone()));
    }
    let ends = composer.ends(command, &changes, decision)?;
    let swap = swap_of(decision, at, changes, ends);
    let at = at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let text = swap_text(&swap, &at);
    let known = documents.swaps.iter().map(|swap| swap.id.as_str());
    let id = swap_id(known, &about, &text);
    Ok(Composed::New(Box::new(swap), SwapText { id, text }))
}

/// What the swap changes, of the workspace as it is now and whatever was built last. Nothing where
/// one of the two cannot be built.
fn plan_swap(
    root: &Path,
    (base, before): (&Prepared, &mut Diagnostics),
    (target, after): (&mut Prepared, &mut Diagnostics),
    console: &Console,
) -> Result<Option<Planning>> {
    let old = target_of(root, base, NOWHERE, before, console)?;
    let decisions = load_decisions(root, &mut target.sources, after);
    let target = &*target;
    let held = HeldFiles::new(&target.documents, None);
    let sink = |place: &PublishedPath, bytes: &[u8]| {
        held.put(place, bytes);
        Ok(())
    };
    let new = target_of(root, target, &sink, after, console)?;
    let Some((old, new)) = old.zip(new) else { return Ok(None) };
    let digests = digests(&old.manifest);
    let base_world = world(base, &digests);
    let mut planning = plan_against(Some(old.manifest), &[base_world], &new);
    planning.gates = gates_after(&Files::Nowhere, &new, held, decisions, planning.now);
    Ok(Some(planning))
}

/// What is found with the swap and was not found without it.
fn new_findings(before: (&Sources, &Diagnostics), after: (&Sources, &Diagnostics)) -> Diagnostics {
    let key = |sources: &Sources, one: &Diagnostic| {
        (one.code, one.message.clone(), sources.locate(one.primary))
    };
    let known: BTreeSet<_> = before.1.iter().map(|one| key(before.0, one)).collect();
    let is_new =
        |one: &Diagnostic| one.severity != Severity::Note && !known.contains(&key(after.0, one));
    after.1.iter().filter(|one| is_new(one)).cloned().collect()
}

/// Asks a person at a terminal.
fn confirm(path: &str, console: &mut Console) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        console.error("nobody is there to ask: add --yes to write it, or --dry-run to only look");
        return Ok(false);
    }
    console.note(&format!("write {path}? [y/N]"));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !yes {
        console.note("nothing was written");
    }
    Ok(yes)
}

/// A swap that is about to be written.
struct Shown<'a> {
    swap: &'a Swap,
    text: &'a SwapText,
    path: &'a str,
    base: &'a Prepared,
}

impl Shown<'_> {
    fn print(&self, console: &mut Console) -> Result<()> {
        let swap = self.swap;
        let reference = swap.reference.as_ref();
        let reference = reference.map(|one| format!("  ({})", one.value)).unwrap_or_default();
        console.line(&format!("swap     {}  by {}", self.text.id, swap.by.value))?;
        console.line(&format!("because  {}{reference}", swap.because.value))?;
        for end in &swap.ends {
            console.line(&format!("ends     {}", end.value))?;
        }
        for change in &swap.changes {
            let (old, new) = change.values();
            let owner = self.place_of(change).map(|(place, owner)| {
                format!("   {place}{}", owner.map(|one| format!(" ({one})")).unwrap_or_default())
            });
            let shown = |text: String| if text.is_empty() { "empty".to_owned() } else { text };
            console.line(&format!(
                "change   {}  {} -> {}{}",
                change.fact(),
                shown(old),
                shown(new),
                owner.unwrap_or_default()
            ))?;
        }
        Ok(())
    }

    /// Where the source says what is changed, and whose it is.
    fn place_of(&self, change: &crate::source::Change) -> Option<(String, Option<String>)> {
        let crate::source::Change::Set(set) = change else { return None };
        let Prepared { documents, sources, .. } = self.base;
        let table = documents.tables.get(&set.table.value)?;
        let record = table.records.get(table.row(&set.row.value)?)?;
        let column = table.column(&set.field.value)?;
        let channel = set.channel.as_ref();
        let mut own = record.overrides.iter().filter(|one| one.column == column);
        let own = own.find(|one| channel.is_some_and(|channel| channel.value == one.scope));
        let span = own.map_or(record.cell_span(column), |one| one.span);
        Some((sources.locate(span), OwnerBook::new(documents, sources).of(span)))
    }

    fn print_json(&self, writes: bool, console: &mut Console) -> Result<()> {
        let swap = self.swap;
        let changes: Vec<_> = swap
            .changes
            .iter()
            .map(|change| {
                let (old, new) = change.values();
                let (place, owner) = self.place_of(change).unzip();
                json!({ "fact": change.fact(), "old": old, "new": new, "place": place,
                    "owner": owner.flatten() })
            })
            .collect();
        let object = json!({
            "kind": "swap", "id": self.text.id, "path": self.path, "by": swap.by.value,
            "because": swap.because.value, "at": swap.at.value.to_string(),
            "ref": swap.reference.as_ref().map(|one| &one.value),
            "ends": swap.ends.iter().map(|one| &one.value).collect::<Vec<_>>(),
            "changes": changes, "written": writes,
        });
        Ok(console.line(&object.to_string())?)
    }
}
