//! `tax`: what orchestration costs, in five currencies, next to what came out of it.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::situation::{Asked, Gathered, SituationArgs, gather, instant};
use crate::decide::{TaxInput, tax};
use crate::report::{Format, tax_page, tax_text};
use crate::resolve::Scene;

pub(super) const EXAMPLES: &str = "\
Five currencies next to output: rework; latency, waiting against working; judgment spent on what a
machine can check; blast radius; gates that hang on one person. Where no fact tells, it says no data.

Examples:
  throughline tax
  throughline tax --campaign bf26 --since 2026-11-20T00:00 --until 2026-11-27T05:00
  throughline tax --html tax.html
  throughline tax --format json

Exit codes: 0 done; 1 the workspace cannot be read; 2 wrong command line; 5 the output or a release
cannot be read.";

#[derive(Debug, Args)]
pub(super) struct TaxArgs {
    #[command(flatten)]
    common: SituationArgs,
    /// Leave out what was decided before: RFC 3339, or local to the workspace's zone
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Leave out what was decided later [default: now]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

pub(super) fn run(root: &Path, args: &TaxArgs, console: &mut Console) -> Result<Exit> {
    let at = args.until.as_deref().map(|text| ("--until", text));
    let asked = Asked { root, args: &args.common, at, jobs: None };
    let known = match gather(&asked, console)? {
        Gathered::Known(known) => known,
        Gathered::Ended(exit) => return Ok(exit),
    };
    let prepared = &known.prepared;
    let since = args.since.as_deref().map(|text| instant("--since", text, prepared)).transpose();
    let since = match since {
        Ok(since) => since,
        Err(sentence) => {
            console.error(&sentence);
            return Ok(Exit::Usage);
        }
    };
    if since.is_some_and(|since| since > known.situation.now) {
        console.error("--since is after --until: nothing is between them");
        return Ok(Exit::Usage);
    }
    let links = prepared.links.links.iter().filter(|link| {
        let placement = prepared.facts.placements.get(link.placement);
        let scene = placement.and_then(|one| Scene::of(&prepared.documents, &prepared.facts, one));
        args.common.campaign.as_ref().is_none_or(|campaign| {
            scene.is_some_and(|scene| scene.brief.id.value.as_str() == campaign)
        })
    });
    let tax = tax(&TaxInput {
        situation: &known.situation,
        campaign: args.common.campaign.as_deref(),
        since,
        fields: &prepared.documents.fields,
        links: links.count(),
    });
    match console.format {
        Format::Json | Format::Sarif => console.line(&serde_json::to_string(&tax)?)?,
        Format::Human | Format::Csv | Format::Short => {
            console.bytes(tax_text(&tax).as_bytes())?;
        }
    }
    let zone = known.situation.zone.iana_name().unwrap_or("UTC");
    known.page.write(|| tax_page(&tax, zone), console)?;
    Ok(Exit::Done)
}
