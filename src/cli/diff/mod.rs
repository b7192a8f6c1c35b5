//! `diff`: two builds by artifact, by what people read, by link and by fact.

mod page;
mod shown;
mod side;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::prepare::{Ids, Outcome, output_folder, prepare, report_unprepared, use_threads};
use crate::decide::{Difference, Fact, Side, changed_facts, differences};
use crate::diag::Diagnostics;
use crate::load::load;
use crate::store::check_gallery_place;
use page::write_page;
use shown::{document, print};
use side::Build;

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// An output folder [default: output/ in the workspace]
    before: Option<PathBuf>,
    /// Another output folder [default: what a build would make now]
    after: Option<PathBuf>,
    /// Only artifacts whose id begins with this
    #[arg(long, value_name = "PREFIX")]
    only: Option<String>,
    /// Also write it as a page, before and after side by side, with its pictures in a folder beside
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// List everything, however much it is
    #[arg(long)]
    all: bool,
    /// How many threads render
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  throughline diff                             the last build, and what a build would make now
  throughline diff ../yesterday/output         another build, and what a build would make now
  throughline diff ../yesterday/output output  two builds
  throughline diff --only email/               mails alone
  throughline diff --html late.html            and side by side, to look at

Exit codes: 0 whatever differs; 1 what a build would make cannot be told; 5 a folder holds no build.";

/// What differs, with the facts that do where they are known.
struct Comparison {
    before: Build,
    after: Build,
    difference: Difference,
    facts: Option<Vec<Fact>>,
}

pub(super) fn run(root: &Path, args: &DiffArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let folder = output_folder(root, args.before.as_deref());
    let before = Build::in_folder(&folder, &folder.display().to_string())?;
    let mut comparison = if let Some(after) = &args.after {
        let folder = output_folder(root, Some(after));
        let after = Build::in_folder(&folder, &folder.display().to_string())?;
        let known = before.kept(root).zip(after.kept(root));
        let facts = known.map(|(old, new)| changed_facts(old.world(), new.world()));
        compared(before, after, facts)
    } else {
        let mut found = Diagnostics::new();
        let prepared = match prepare(root, None, Ids::Record, &mut found) {
            Outcome::Ready(prepared) => prepared,
            other => return report_unprepared(other, found, console, false),
        };
        let after = Build::now(root, &prepared, &before.manifest, &mut found, console)?;
        prepared.finish(&mut found);
        console.diagnostics(&prepared.sources, &found, false)?;
        let Some(after) = after else {
            console.note("nothing can be compared before this is put right");
            return Ok(Exit::Findings);
        };
        let now = after.facts_now(&prepared);
        let facts = before.kept(root).map(|old| changed_facts(old.world(), now.world()));
        compared(before, after, facts)
    };
    if let Some(prefix) = &args.only {
        comparison.difference.artifacts.retain(|one| one.id.starts_with(prefix));
    }
    if let Some(wanted) = &args.html {
        let file = root.join(wanted);
        check_gallery_place(&file, &folder)?;
        // Where assets are said to be: what was built elsewhere shows no pictures.
        let workspace = load(root, &mut Diagnostics::new()).workspace;
        let host = workspace.map(|workspace| workspace.hosts.assets.value.to_string());
        write_page(&file, &comparison, host.as_deref(), args.all)?;
        console.note(&format!("wrote {}", wanted.display()));
    }
    if console.format.is_json() {
        console.line(&document(&comparison).to_string())?;
    } else {
        print(&comparison, args.all, console)?;
    }
    Ok(Exit::Done)
}

fn compared(before: Build, after: Build, facts: Option<Vec<Fact>>) -> Comparison {
    let read_before = |entry: &_| before.read(entry);
    // What is the same is only held once.
    let read_after = |entry: &_| after.read(entry).or_else(|| before.read(entry));
    let old = Side { manifest: &before.manifest, read: &read_before, links: &before.links };
    let new = Side { manifest: &after.manifest, read: &read_after, links: &after.links };
    let difference = differences(old, new);
    Comparison { before, after, difference, facts }
}
