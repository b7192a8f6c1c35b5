//! `diff`: two builds by artifact, by what people read, by link and by fact.

mod page;
mod shown;
mod side;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::named::{NAMES, check_target, find};
use super::prepare::{Ids, Outcome, output_folder, prepare, report_unprepared, use_threads};
use super::release::{Mistyped, TargetArgs, mistyped};
use crate::decide::{Difference, Fact, LinkRows, Side, changed_facts, differences};
use crate::diag::Diagnostics;
use crate::load::load;
use crate::manifest::Entry;
use crate::store::check_gallery_place;
use page::write_page;
use shown::{document, print};
use side::{Build, sides};

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// A build, a release or a plan, as said below [default: output/ in the workspace]
    before: Option<PathBuf>,
    /// Another [default: what a build would make now]
    after: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
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

const EXAMPLES: &str = "\
Examples:
  throughline diff                             the last build, and what a build would make now
  throughline diff ../yesterday/output         another build, and what a build would make now
  throughline diff ../yesterday/output output  two builds
  throughline diff 6 live                      two releases
  throughline diff live output                 what the next release would change
  throughline diff live 7 --to s3://promo/live --env staging
  throughline diff output late.plan            the last build, and what a plan would make of it
  throughline diff --only email/               mails alone
  throughline diff --html late.html            and side by side, to look at

Exit codes: 0 whatever differs; 1 what a build would make cannot be told, or there is no such
release; 2 wrong command line; 5 there is no such build, or it cannot be read.";

pub(super) fn help() -> String {
    let plan =
        "a file         what `throughline plan -o` wrote: digests and facts, for it has no files";
    format!("{NAMES}\n  {plan}\n\n{EXAMPLES}")
}

/// What differs, with the facts that do where they are known.
struct Comparison {
    before: Build,
    after: Build,
    difference: Difference,
    /// Else why they are not known.
    facts: Result<Vec<Fact>, String>,
    /// Whether the links of both are known.
    has_links: bool,
    /// Artifacts that nothing can be said of.
    left_out: usize,
}

pub(super) fn run(root: &Path, args: &DiffArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let output = PathBuf::from("output");
    let names = [Some(args.before.as_ref().unwrap_or(&output)), args.after.as_ref()];
    let names = names.map(|name| name.map(PathBuf::as_path));
    if let Err(Mistyped(sentence)) = check_target(&names, &args.target) {
        return Ok(mistyped(&sentence, console));
    }
    let mut meant = Vec::new();
    for name in names.into_iter().flatten() {
        match find(root, name, &args.target)? {
            Ok(found) => meant.push(found),
            Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
        }
    }
    let mut meant = meant.into_iter();
    let Some(before) = meant.next() else { return Ok(Exit::Usage) };
    let (before, after) = sides(root, before, meant.next())?;
    let mut comparison = if let Some(after) = after {
        let known = before.kept(root).and_then(|old| Ok((old, after.kept(root)?)));
        let facts = known.map(|(old, new)| changed_facts(old.world(), new.world()));
        compared(before, after, facts.map_err(unknown))
    } else {
        let mut found = Diagnostics::new();
        let prepared = match prepare(root, None, Ids::Record, &mut found) {
            Outcome::Ready(prepared) => prepared,
            other => return report_unprepared(other, found, console, false),
        };
        let after = Build::now(root, &prepared, &before, &mut found, console)?;
        prepared.finish(&mut found);
        console.diagnostics(&prepared.sources, &found, false)?;
        let Some(after) = after else {
            console.note("nothing can be compared before this is put right");
            return Ok(Exit::Findings);
        };
        let now = after.facts_now(&prepared);
        let facts = before.kept(root).map(|old| changed_facts(old.world(), now.world()));
        compared(before, after, facts.map_err(unknown))
    };
    if let Some(prefix) = &args.only {
        comparison.difference.artifacts.retain(|one| one.id.starts_with(prefix));
    }
    if let Some(wanted) = &args.html {
        let file = root.join(wanted);
        check_gallery_place(&file, &output_folder(root, None))?;
        for folder in names.into_iter().flatten() {
            check_gallery_place(&file, &output_folder(root, Some(folder)))?;
        }
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

/// Why facts are not told.
fn unknown((name, gone): side::Unknown) -> String {
    format!("of {name}, {gone}; what differs is told all the same")
}

fn compared(before: Build, after: Build, facts: Result<Vec<Fact>, String>) -> Comparison {
    let ((old, left), (new, right)) =
        (after.narrowed(&before.manifest), before.narrowed(&after.manifest));
    let read_before = |entry: &Entry| before.read(&after, entry);
    let read_after = |entry: &Entry| after.read(&before, entry);
    let nothing = LinkRows::default();
    let (old_links, new_links) =
        before.links.as_ref().zip(after.links.as_ref()).unwrap_or((&nothing, &nothing));
    let has_links = before.links.is_some() && after.links.is_some();
    let old = Side { manifest: &old, read: &read_before, links: old_links };
    let new = Side { manifest: &new, read: &read_after, links: new_links };
    let difference = differences(old, new);
    Comparison { before, after, difference, facts, has_links, left_out: left + right }
}
