//! links/links.csv: every tracked URL with its parameters, one row a link; of many links in parts.

use std::borrow::Cow;
use std::io::{self, Write};

use rayon::prelude::*;

use super::LiveLink;
use super::generated::{FileWriter, GeneratedFile, Shelf};
use super::parts::{LINKS, Part, Parts};
use super::sheet::SheetWriter;
use crate::link::MadeLink;
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, PARAMETERS};

const HEADER: [&str; 13] = [
    "link_id",
    "short_code",
    "campaign",
    "channel",
    "asset",
    "slot",
    "partner",
    "offer",
    "variant",
    "role",
    "destination",
    "url",
    "short_url",
];

/// The order of the parameters' columns.
const COLUMNS: [&str; 9] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_id",
    "utm_content",
    "utm_term",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
];

/// Makes the table of the live links, which are sorted by id.
pub fn links_table(
    documents: &Documents,
    facts: &Facts,
    live: &[LiveLink<'_>],
    shelf: &dyn Shelf,
) -> io::Result<Vec<GeneratedFile>> {
    debug_assert!(COLUMNS.iter().all(|column| PARAMETERS.contains(column)));
    let parts = Parts::of_rows(live.len());
    let split =
        parts.split(live.len(), |at| live.get(at).map_or(0, |link| parts.number(link.id())));
    let table_of = |part: Part| {
        let mut file = FileWriter::begin_own(shelf, &LINKS.of(part), "text/csv")?;
        let mut table = SheetWriter::new(link_columns());
        for link in split.rows(part).iter().filter_map(|at| live.get(*at)) {
            match link {
                LiveLink::Made(made) => match link_row(documents, facts, *made) {
                    Some(row) => row.for_each(|cell| table.cell(&cell)),
                    None => continue,
                },
                LiveLink::Kept(kept) => table.cells(kept.listed.iter().map(String::as_str)),
            }
            table.end_row();
            table.hand_over(&mut file)?;
        }
        file.write_all(&table.finish())?;
        file.finish()
    };
    split.written().into_par_iter().map(table_of).collect()
}

/// The columns of links.csv, in their order.
pub fn link_columns() -> impl Iterator<Item = &'static str> {
    HEADER.into_iter().chain(COLUMNS).chain(["ga4_channel", "sub_id"])
}

/// A link's row of links.csv, cell by cell.
pub fn link_row<'a>(
    documents: &'a Documents,
    facts: &'a Facts,
    link: MadeLink<'a>,
) -> Option<impl Iterator<Item = Cow<'a, str>>> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    let named = [
        link.link.id.as_str(),
        &link.link.short_code,
        scene.brief.id.value.as_str(),
        scene.channel.id.as_str(),
        scene.asset.id.value.as_str(),
        &placement.slot,
        &offer.partner_id,
        &offer.id,
        &placement.variant,
        scene.channel.links.get(link.rule)?.role.as_str(),
        &link.details.destination,
        link.url(),
    ];
    let last = [link.details.ga4_channel, link.sub_id().unwrap_or("")];
    let last = COLUMNS.map(|column| link.param(column)).into_iter().chain(last);
    let short_url = Cow::Owned(link.short_url());
    let named = named.into_iter().map(Cow::Borrowed).chain([short_url]);
    Some(named.chain(last.map(Cow::Borrowed)))
}
