//! reporting/: what each link and each parameter value means.

use std::collections::{BTreeMap, BTreeSet};

use super::GeneratedFile;
use super::links_table::param;
use super::sheet::{SheetRow, write_sheet};
use crate::link::{Link, short_code_url, short_url};
use crate::model::Digest;
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, Lock, PARAMETERS};

const DIM_LINK: [&str; 27] = [
    "link_id",
    "utm_id",
    "short_code",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
    "sub_id",
    "base_url",
    "final_url",
    "final_url_sha256",
    "short_url",
    "ga4_channel",
    "partner_id",
    "partner_name",
    "offer_id",
    "campaign_id",
    "channel_id",
    "placement_id",
    "role",
    "status",
    "taxonomy_version",
    "brief_path",
];

const DIM_PARAM_VALUE: [&str; 5] = ["param", "value", "label", "definition", "taxonomy_version"];

/// Makes the reporting tables: one row for each link ever minted, one for each value in use.
pub fn reporting_tables(
    documents: &Documents,
    facts: &Facts,
    live: &[&Link],
    lock: &Lock,
    brief_path: &dyn Fn(usize) -> String,
) -> Vec<GeneratedFile> {
    let by_id: BTreeMap<&str, &Link> = live.iter().map(|link| (link.id.as_str(), *link)).collect();
    let mut rows: Vec<SheetRow> = Vec::with_capacity(lock.entries.len());
    for (id, entry) in &lock.entries {
        let row = match by_id.get(id.as_str()) {
            Some(link) => live_row(documents, facts, link, brief_path),
            None => Some(retired_row(documents, id, entry)),
        };
        rows.extend(row);
    }
    let links_file =
        GeneratedFile::new("reporting/dim_link.csv", "text/csv", write_sheet(&DIM_LINK, &rows));
    let values = param_values(documents, live);
    let values_file = GeneratedFile::new(
        "reporting/dim_param_value.csv",
        "text/csv",
        write_sheet(&DIM_PARAM_VALUE, &values),
    );
    [links_file, values_file].into_iter().flatten().collect()
}

fn live_row(
    documents: &Documents,
    facts: &Facts,
    link: &Link,
    brief_path: &dyn Fn(usize) -> String,
) -> Option<SheetRow> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    let name = documents.tables.get("partners").and_then(|table| table.column("name"));
    let partner_name = scene.partner().zip(name).map_or("", |(partner, at)| partner.text(at));
    let mut row: SheetRow =
        vec![link.id.clone(), param(link, "utm_id").to_owned(), link.short_code.clone()];
    for name in [
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "utm_source_platform",
        "utm_creative_format",
        "utm_marketing_tactic",
    ] {
        row.push(param(link, name).to_owned());
    }
    row.push(link.sub_id.as_ref().map(|(_, value)| value.clone()).unwrap_or_default());
    row.push(link.destination.clone());
    row.push(link.url.clone());
    row.push(Digest::of(link.url.as_bytes()).hex());
    row.push(short_url(documents, link));
    row.push(scene.channel.expected_ga4.clone().unwrap_or_default());
    row.push(offer.partner_id.clone());
    row.push(partner_name.to_owned());
    row.push(offer.id.clone());
    row.push(scene.brief.id.value.to_string());
    row.push(scene.channel.id.to_string());
    row.push(placement.id.to_string());
    row.push(scene.channel.links.get(link.rule)?.role.to_string());
    row.push("live".to_owned());
    row.push(documents.taxonomy.version.clone());
    row.push(brief_path(placement.campaign));
    Some(row)
}

/// Late clicks on retired links still have to resolve, so their rows stay.
fn retired_row(documents: &Documents, id: &str, entry: &crate::source::LockEntry) -> SheetRow {
    let mut row = vec![String::new(); DIM_LINK.len()];
    let short = short_code_url(documents, &entry.short_code);
    let cells = [
        ("link_id", id),
        ("short_code", &entry.short_code),
        ("utm_id", &entry.campaign),
        ("campaign_id", &entry.campaign),
        ("channel_id", &entry.channel),
        ("partner_id", &entry.partner),
        ("short_url", &short),
        ("status", "retired"),
        ("taxonomy_version", &documents.taxonomy.version),
    ];
    for (name, value) in cells {
        let at = DIM_LINK.iter().position(|column| *column == name);
        if let Some(cell) = at.and_then(|at| row.get_mut(at)) {
            value.clone_into(cell);
        }
    }
    row
}

/// Every value of every parameter in use, with its meaning where the taxonomy or a brief has one.
fn param_values(documents: &Documents, live: &[&Link]) -> Vec<SheetRow> {
    let mut values: BTreeSet<(usize, &str)> = BTreeSet::new();
    for link in live {
        for (name, value) in &link.params {
            let order = PARAMETERS.iter().position(|known| known == name).unwrap_or(usize::MAX);
            values.insert((order, value));
        }
    }
    values
        .into_iter()
        .map(|(order, value)| {
            let name = PARAMETERS.get(order).copied().unwrap_or("");
            let (label, definition) = meaning(documents, name, value);
            let version = documents.taxonomy.version.clone();
            vec![name.to_owned(), value.to_owned(), label, definition, version]
        })
        .collect()
}

fn meaning(documents: &Documents, name: &str, value: &str) -> (String, String) {
    let dimension =
        name.strip_prefix("utm_").and_then(|name| documents.taxonomy.dimensions.get(name));
    if let Some(term) =
        dimension.and_then(|one| one.terms.iter().find(|term| term.value.value == value))
    {
        return (term.label.clone(), term.definition.clone());
    }
    let brief = documents.briefs.iter().find(|brief| match name {
        "utm_campaign" => brief.code.value == value,
        "utm_id" => brief.id.value.as_str() == value,
        _ => false,
    });
    (brief.map(|brief| brief.name.value.clone()).unwrap_or_default(), String::new())
}
