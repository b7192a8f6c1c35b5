//! `lock`: what was given out, and a lock that is whole again after a merge.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::LockArgs;
use super::build::lock_for;
use super::console::Console;
use super::exit::Exit;
use super::prepare::output_folder;
use super::released::released_links;
use crate::diag::Diagnostics;
use crate::link::{Because, Choice, Decision, Repaired, repair};
use crate::load::{Inputs, load_lock};
use crate::model::SourceId;
use crate::report::count;
use crate::source::{Lock, SourceKind, SourceText, read_lock};
use crate::store::{is_workspace, replace_file};

pub(super) fn run(root: &Path, args: &LockArgs, console: &mut Console) -> Result<Exit> {
    let _ids = if args.repair && is_workspace(root) {
        Some(lock_for(&root.join(".throughline"), console)?)
    } else {
        None
    };
    let mut diagnostics = Diagnostics::new();
    let inputs = load_lock(root, &mut diagnostics);
    let Some((id, file)) = inputs.sources.of_kind(SourceKind::Lock).next() else {
        if diagnostics.has_errors() {
            return report(&inputs, diagnostics, console);
        }
        console.error("there is no throughline.lock here: `throughline build` writes it");
        return Ok(Exit::Findings);
    };
    if args.repair && !file.damaged {
        let target = output_folder(root, args.output.as_deref());
        return mend(root, &target, &inputs, (id, file), console);
    }
    let lock = read_lock(&file.text, id, file.content_start(), &mut diagnostics);
    if diagnostics.has_errors() {
        return report(&inputs, diagnostics, console);
    }
    print_counts(&lock, console)?;
    Ok(Exit::Done)
}

/// Says what is wrong, and whose the lock is.
fn report(inputs: &Inputs, mut diagnostics: Diagnostics, console: &mut Console) -> Result<Exit> {
    let owners = inputs.workspace.as_ref().map(|workspace| &workspace.owners);
    let owner = owners.and_then(|owners| owners.of(SourceKind::Lock));
    diagnostics.for_each_mut(|one| one.owner = owner.map(str::to_owned));
    diagnostics.sort();
    console.diagnostics(&inputs.sources, &diagnostics, true)?;
    Ok(Exit::Findings)
}

fn mend(
    root: &Path,
    target: &Path,
    inputs: &Inputs,
    (id, file): (SourceId, &SourceText),
    console: &mut Console,
) -> Result<Exit> {
    let mut diagnostics = Diagnostics::new();
    let released = released_links(target).unwrap_or_default();
    let mended = repair(&file.text, id, file.content_start(), &released, &mut diagnostics);
    let Some(mended) = mended else {
        let exit = report(inputs, diagnostics, console)?;
        console.note("nothing was written");
        return Ok(exit);
    };
    let written = !mended.lock.is_written_as(&file.text);
    if written {
        replace_file(&root.join("throughline.lock"), mended.lock.text().as_bytes())?;
    }
    print_mended(&mended, written, console)?;
    Ok(Exit::Done)
}

fn print_mended(mended: &Repaired, written: bool, console: &mut Console) -> Result<()> {
    let Repaired { lock, conflicts, decisions } = mended;
    let links = lock.links().count();
    if console.format.is_json() {
        let decisions: Vec<_> = decisions.iter().map(decision_json).collect();
        let object = json!({
            "kind": "lock", "written": written, "conflicts": conflicts, "links": links,
            "rows": lock.len(), "decisions": decisions,
        });
        return Ok(console.line(&object.to_string())?);
    }
    for decision in decisions {
        console.line(&sentence(decision))?;
    }
    let (links, rows) = (count(links, "link"), count(lock.len(), "row"));
    let said = match (written, conflicts) {
        (false, _) => format!("throughline.lock is whole: {links}, {rows}"),
        (true, 0) => format!("put throughline.lock in order: {links}, {rows}"),
        (true, more) => {
            format!("mended {} in throughline.lock: {links}, {rows}", count(*more, "conflict"))
        }
    };
    console.line(&said)?;
    if written {
        console.note("help: run `throughline build`, and commit throughline.lock");
    }
    Ok(())
}

fn sentence(decision: &Decision) -> String {
    let Decision { link_id, choice, kept, dropped, because } = decision;
    let why = match because {
        Because::Released => "is in the output already",
        Because::Head => "is of this branch",
        Because::OnlyChange => "is the only change",
        Because::NeverRemoved => "was given out",
    };
    match choice {
        Choice::Code => format!("{link_id}: kept the code {kept}, which {why}, and not {dropped}"),
        Choice::LongerCode => {
            format!("{link_id}: got the code {kept}, because the other link with {dropped} {why}")
        }
        Choice::Meaning => format!("{link_id}: kept {kept}, which {why}, and not {dropped}"),
        Choice::RemovedRow => {
            format!("{link_id}: put its row back, which both branches had removed: it {why}")
        }
    }
}

fn decision_json(decision: &Decision) -> serde_json::Value {
    let choice = match decision.choice {
        Choice::Code => "code",
        Choice::LongerCode => "longer-code",
        Choice::Meaning => "meaning",
        Choice::RemovedRow => "removed-row",
    };
    let because = match decision.because {
        Because::Released => "released",
        Because::Head => "head",
        Because::OnlyChange => "only-change",
        Because::NeverRemoved => "never-removed",
    };
    let Decision { link_id, kept, dropped, .. } = decision;
    json!({
        "link_id": link_id, "choice": choice, "kept": kept, "dropped": dropped, "because": because,
    })
}

fn print_counts(lock: &Lock, console: &mut Console) -> Result<()> {
    let (mut links, mut unknown) = (0, 0);
    let mut campaigns: BTreeMap<&str, usize> = BTreeMap::new();
    for row in lock.links() {
        links += 1;
        unknown += usize::from(!row.is_known());
        *campaigns.entry(row.campaign).or_default() += 1;
    }
    let superseded = lock.len() - links;
    if console.format.is_json() {
        let object = json!({
            "kind": "lock", "links": links, "rows": lock.len(), "superseded": superseded,
            "not_recorded": unknown, "campaigns": campaigns,
        });
        return Ok(console.line(&object.to_string())?);
    }
    console.line(&format!(
        "{} given out; {} kept",
        count(links, "link"),
        count(superseded, "earlier meaning")
    ))?;
    for (campaign, number) in &campaigns {
        console.line(&format!("  {campaign:<26}{number:>6}"))?;
    }
    if unknown > 0 {
        console.line(&format!(
            "{} from before offers and URLs were recorded: they cannot be redirected",
            count(unknown, "link")
        ))?;
    }
    Ok(())
}
