//! `receipt`: what a partner was promised and what was shipped, to send to the partner.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::console::Console;
use super::exit::Exit;
use super::prepare::Prepared;
use super::situation::{Asked, Gathered, SituationArgs, gather};
use crate::decide::{ReceiptFacts, ReceiptLink, receipt};
use crate::diag::did_you_mean;
use crate::report::{Format, receipt_page, receipt_text};
use crate::resolve::Scene;

pub(super) const EXAMPLES: &str = "\
A receipt leaves the house: no finding, no owner and no other partner is in it.

Examples:
  throughline receipt --partner lumen
  throughline receipt --partner lumen --html lumen.html     one page to send
  throughline receipt --partner lumen --campaign bf26 --format json

Exit codes: 0 done, whatever was shipped; 1 the workspace cannot be read; 2 wrong command line;
5 the output or a release cannot be read.";

#[derive(Debug, Args)]
pub(super) struct ReceiptArgs {
    #[command(flatten)]
    common: SituationArgs,
    /// The partner
    #[arg(long, value_name = "ID")]
    partner: String,
    /// Judge as of this time: RFC 3339, or local to the workspace's zone [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
}

pub(super) fn run(root: &Path, args: &ReceiptArgs, console: &mut Console) -> Result<Exit> {
    let at = args.as_of.as_deref().map(|text| ("--as-of", text));
    let asked = Asked { root, args: &args.common, at, jobs: None };
    let known = match gather(&asked, console)? {
        Gathered::Known(known) => known,
        Gathered::Ended(exit) => return Ok(exit),
    };
    let partners = &known.situation.partners;
    if !partners.contains_key(&args.partner) {
        let names = partners.keys().map(String::as_str);
        let help = did_you_mean(&args.partner, names).map(|help| format!("; {help}"));
        let help = help.unwrap_or_default();
        console.error(&format!("there is no partner `{}`{help}", args.partner));
        return Ok(Exit::Usage);
    }
    let receipt = receipt(&known.situation, &args.partner, &facts_of(&known.prepared));
    match console.format {
        Format::Json | Format::Sarif => console.line(&serde_json::to_string(&receipt)?)?,
        Format::Short => console.line(&format!(
            "{}: {} of {} shipped",
            receipt.partner, receipt.shipped, receipt.promised
        ))?,
        Format::Human | Format::Csv => console.bytes(receipt_text(&receipt).as_bytes())?,
    }
    known.page.write(|| receipt_page(&receipt), console)?;
    Ok(Exit::Done)
}

/// Links and offers as a partner may see them.
fn facts_of(prepared: &Prepared) -> ReceiptFacts {
    let Prepared { documents, facts, links, .. } = prepared;
    let mut by_placement: BTreeMap<String, Vec<ReceiptLink>> = BTreeMap::new();
    for (at, placement) in facts.placements.iter().enumerate() {
        let Some(scene) = Scene::of(documents, facts, placement) else { continue };
        let own = links.of(at).iter().filter_map(|link| {
            let rule = scene.channel.links.get(link.rule)?;
            Some(ReceiptLink {
                role: rule.role.to_string(),
                short_url: links.short_urls.url(&link.short_code),
                url: link.url.to_string(),
            })
        });
        by_placement.insert(placement.id.to_string(), own.collect());
    }
    let offers = documents.tables.get("offers");
    let partners = documents.tables.get("partners").map(|table| &table.records);
    let title = offers.and_then(|table| table.column("title"));
    let of = facts.roster.offers.iter().map(|offer| {
        let row = offers.and_then(|table| table.records.get(offer.record));
        let title = row.zip(title).map_or("", |(row, at)| row.text(at)).to_owned();
        let members = offer.partners.iter().filter_map(|at| partners?.get(*at));
        let column = facts.roster.columns.partner_id;
        let members = members.map(|row| row.text(column).to_owned()).collect();
        (offer.id.to_string(), (members, title))
    });
    ReceiptFacts { links: by_placement, offers: of.collect() }
}
