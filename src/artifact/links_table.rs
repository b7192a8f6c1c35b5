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
    let header = HEADER.iter().chain(&COLUMNS).chain(&["ga4_channel", "sub_id"]);
    let mut table = SheetWriter::new(header.copied());
    for link in order {
        write_row(documents, facts, link, &mut table);
    }
    GeneratedFile::at("links/links.csv", "text/csv", table.finish())
}

fn write_row(
    documents: &Documents,
    facts: &Facts,
    link: &Link,
    table: &mut SheetWriter,
) -> Option<()> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    table.cells([
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
    ]);
    table.cells(COLUMNS.map(|column| param(link, column)));
    table.cell(link.ga4_channel);
    table.cell(link.sub_id.as_deref().unwrap_or(""));
    table.end_row();
    Some(())
}

/// The value of a parameter; empty where the link has none.
pub(super) fn param<'l>(link: &'l Link, name: &str) -> &'l str {
    link.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}
