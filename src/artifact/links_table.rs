//! links/links.csv: every tracked URL with its parameters, one row a link.

use super::GeneratedFile;
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

/// Makes the table of the live links, sorted by id.
pub fn links_table(documents: &Documents, facts: &Facts, live: &[&Link]) -> Option<GeneratedFile> {
    debug_assert!(COLUMNS.iter().all(|column| PARAMETERS.contains(column)));
    let mut order = live.to_vec();
    order.sort_by(|a, b| a.id.cmp(&b.id));
    let mut table = SheetWriter::new(link_columns());
    for link in order {
        if let Some(row) = link_row(documents, facts, link) {
            table.cells(row);
            table.end_row();
        }
    }
    GeneratedFile::at("links/links.csv", "text/csv", table.finish())
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
    link.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}
