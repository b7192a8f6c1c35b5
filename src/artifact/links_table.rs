//! links/links.csv: every tracked URL with its parameters, one row a link.

use std::io::{self, Write};

use rayon::prelude::*;

use super::LiveLink;
use super::generated::{FileWriter, GeneratedFile, Shelf};
use super::sheet::SheetWriter;
use crate::link::Link;
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

/// Links whose rows one thread makes at a time, and links that are made before they are written.
const PART: usize = 512;
const AT_ONCE: usize = 32 * PART;

/// Makes the table of the live links, which are sorted by id.
pub fn links_table(
    documents: &Documents,
    facts: &Facts,
    live: &[LiveLink<'_>],
    shelf: &dyn Shelf,
) -> io::Result<GeneratedFile> {
    debug_assert!(COLUMNS.iter().all(|column| PARAMETERS.contains(column)));
    let mut file = FileWriter::begin(shelf, "links/links.csv", "text/csv")?;
    file.write_all(&SheetWriter::new(link_columns()).finish())?;
    for some in live.chunks(AT_ONCE) {
        let part = |links: &[LiveLink<'_>]| {
            let mut rows = SheetWriter::rows();
            for link in links {
                match link {
                    LiveLink::Made(link) => match link_row(documents, facts, link) {
                        Some(row) => rows.cells(row),
                        None => continue,
                    },
                    LiveLink::Kept(kept) => rows.cells(kept.listed.iter().map(String::as_str)),
                }
                rows.end_row();
            }
            rows.finish()
        };
        let parts: Vec<Vec<u8>> = some.par_chunks(PART).map(part).collect();
        parts.iter().try_for_each(|part| file.write_all(part))?;
    }
    file.finish()
}

/// The columns of links.csv, in their order.
pub fn link_columns() -> impl Iterator<Item = &'static str> {
    HEADER.into_iter().chain(COLUMNS).chain(["ga4_channel", "sub_id"])
}

/// A link's row of links.csv, cell by cell.
pub fn link_row<'a>(
    documents: &'a Documents,
    facts: &'a Facts,
    link: &'a Link,
) -> Option<impl Iterator<Item = &'a str>> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    let named = [
        link.id.as_str(),
        &link.short_code,
        scene.brief.id.value.as_str(),
        scene.channel.id.as_str(),
        scene.asset.id.value.as_str(),
        &placement.slot,
        &offer.partner_id,
        &offer.id,
        &placement.variant,
        scene.channel.links.get(link.rule)?.role.as_str(),
        &link.destination,
        &link.url,
        &link.short_url,
    ];
    let last = [link.ga4_channel, link.sub_id.as_deref().unwrap_or("")];
    Some(named.into_iter().chain(COLUMNS.map(|column| param(link, column))).chain(last))
}

/// The value of a parameter; empty where the link has none.
pub(super) fn param<'l>(link: &'l Link, name: &str) -> &'l str {
    link.params.get(name).unwrap_or("")
}
