//! links/links.csv: every tracked URL with its parameters, one row a link.

use super::GeneratedFile;
use super::sheet::{SheetRow, write_sheet};
use crate::link::{Link, short_url};
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
    let rows: Vec<SheetRow> = order.iter().filter_map(|link| row(documents, facts, link)).collect();
    let mut header = HEADER.to_vec();
    header.extend(COLUMNS);
    header.extend(["ga4_channel", "sub_id"]);
    GeneratedFile::new("links/links.csv", "text/csv", write_sheet(&header, &rows))
}

fn row(documents: &Documents, facts: &Facts, link: &Link) -> Option<SheetRow> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    let role = scene.channel.links.get(link.rule)?.role.as_str();
    let mut row: SheetRow = [
        link.id.as_str(),
        &link.short_code,
        scene.brief.id.value.as_str(),
        scene.channel.id.as_str(),
        scene.asset.id.value.as_str(),
        &placement.slot,
        &offer.partner_id,
        &offer.id,
        &placement.variant,
        role,
        &link.destination,
        &link.url,
    ]
    .map(str::to_owned)
    .into();
    row.push(short_url(documents, link));
    for column in COLUMNS {
        row.push(param(link, column).to_owned());
    }
    row.push(scene.channel.expected_ga4.clone().unwrap_or_default());
    row.push(link.sub_id.as_ref().map(|(_, value)| value.clone()).unwrap_or_default());
    Some(row)
}

/// The value of a parameter; empty where the link has none.
pub(super) fn param<'l>(link: &'l Link, name: &str) -> &'l str {
    link.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}
