//! `status`: whether everything is ready, computed from facts.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::situation::{Asked, Gathered, SituationArgs, gather};
use crate::decide::status::{Status, Verdict, status};
use crate::report::{Format, status_page, status_text};

pub(super) const EXAMPLES: &str = "\
Nothing is typed in: whether an artifact is ready follows from the sources, the output, what people
decided and what was released. What is not known is never counted as ready.

Examples:
  throughline status                               are we ready?
  throughline status --for legal                   what waits for one role, or one person
  throughline status --html status.html            one page, for anyone: no network, no script
  throughline status --as-of 2026-11-25T16:20      as it is, or will be, at another time
  throughline status --campaign bf26 --format json
  throughline status --to s3://promo/live          what is live there; without --to, a folder

Exit codes: 0 go, or go under waivers; 3 no-go; 1 the workspace cannot be read; 2 wrong command line;
5 the output or a release cannot be read.";

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    common: SituationArgs,
    /// Only what waits for this role or person, in the queue and under what needs attention
    #[arg(long = "for", value_name = "ROLE")]
    role: Option<String>,
    /// Judge as of this time: RFC 3339, or local to the workspace's zone [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Show all partners, however many are ready
    #[arg(long)]
    all: bool,
    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

pub(super) fn run(root: &Path, args: &StatusArgs, console: &mut Console) -> Result<Exit> {
    let at = args.as_of.as_deref().map(|text| ("--as-of", text));
    let asked = Asked { root, args: &args.common, at, jobs: args.jobs };
    let known = match gather(&asked, console)? {
        Gathered::Known(known) => known,
        Gathered::Ended(exit) => return Ok(exit),
    };
    let status = status(&known.situation, args.role.as_deref());
    show(&status, args.all, console)?;
    known.page.write(|| status_page(&status, args.all), console)?;
    // Taking a large workspace apart piece by piece would only take time.
    std::mem::forget(known);
    Ok(match status.verdict {
        Verdict::Go | Verdict::Conditional => Exit::Done,
        Verdict::NoGo => Exit::NotReady,
    })
}

fn show(status: &Status, all: bool, console: &mut Console) -> Result<()> {
    match console.format {
        Format::Json | Format::Sarif => console.line(&serde_json::to_string(status)?)?,
        Format::Short => {
            let text = status_text(status, all, false);
            console.line(text.lines().next().unwrap_or_default())?;
        }
        Format::Human | Format::Csv => {
            let text = status_text(status, all, console.colors(true));
            console.bytes(text.as_bytes())?;
        }
    }
    Ok(())
}
