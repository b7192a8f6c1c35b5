//! reporting/: what each link and each parameter value means.

use std::collections::HashMap;

use rayon::prelude::*;

use super::GeneratedFile;
use super::links_table::param;
use super::sheet::SheetWriter;
use crate::link::{Link, recorded_params, short_code_url};
use crate::model::Digest;
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, Lock, LockRow, PARAMETERS};

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
    let by_id: HashMap<&str, &Link> = live.iter().map(|link| (link.id.as_str(), *link)).collect();
    let mut table = SheetWriter::new(DIM_LINK);
    for row in lock.links() {
        match by_id.get(row.link_id) {
            Some(link) => {
                write_live(documents, facts, link, brief_path, &mut table);
            }
            None => write_retired(documents, &row, &mut table),
        }
    }
    let links_file = GeneratedFile::at("reporting/dim_link.csv", "text/csv", table.finish());
    let values = param_values(documents, live);
    let values_file = GeneratedFile::at("reporting/dim_param_value.csv", "text/csv", values);
    [links_file, values_file].into_iter().flatten().collect()
}

fn write_live(
    documents: &Documents,
    facts: &Facts,
    link: &Link,
    brief_path: &dyn Fn(usize) -> String,
    table: &mut SheetWriter,
) -> Option<()> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = facts.roster.offers.get(placement.offer)?;
    let name = documents.tables.get("partners").and_then(|table| table.column("name"));
    let partner_name = scene.partner().zip(name).map_or("", |(partner, at)| partner.text(at));
    let role = scene.channel.links.get(link.rule)?.role.as_str();
    table.cells([link.id.as_str(), param(link, "utm_id"), &link.short_code]);
    let others = DIM_LINK.iter().filter(|name| name.starts_with("utm_") && **name != "utm_id");
    table.cells(others.map(|name| param(link, name)));
    table.cells([
        link.sub_id.as_deref().unwrap_or(""),
        &link.destination,
        &link.url,
        &Digest::of(link.url.as_bytes()).hex(),
        &link.short_url,
        link.ga4_channel,
        &offer.partner_id,
        partner_name,
        &offer.id,
        scene.brief.id.value.as_str(),
        scene.channel.id.as_str(),
        placement.id.as_str(),
        role,
        "live",
        &documents.taxonomy.version,
        &brief_path(placement.campaign),
    ]);
    table.end_row();
    Some(())
}

/// Late clicks on retired links still have to resolve, so their rows stay.
fn write_retired(documents: &Documents, row: &LockRow<'_>, table: &mut SheetWriter) {
    let short = short_code_url(documents, row.short_code);
    let url = row.url.as_ref();
    let digest = if url.is_empty() { String::new() } else { Digest::of(url.as_bytes()).hex() };
    let params = recorded_params(documents, url);
    let param =
        |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    for column in DIM_LINK {
        table.cell(match column {
            "link_id" => row.link_id,
            "short_code" => row.short_code,
            "utm_id" => param(column).map_or(row.campaign, String::as_str),
            "campaign_id" => row.campaign,
            "channel_id" => row.channel,
            "partner_id" => row.partner,
            "offer_id" => row.offer,
            "final_url" => url,
            "final_url_sha256" => &digest,
            "short_url" => &short,
            "status" => "retired",
            "taxonomy_version" => &documents.taxonomy.version,
            other => param(other).map_or("", String::as_str),
        });
    }
    table.end_row();
}

/// Every value of every parameter in use, with its meaning where the taxonomy or a brief has one.
fn param_values(documents: &Documents, live: &[&Link]) -> Vec<u8> {
    let mut values: Vec<(usize, &str)> = Vec::with_capacity(live.len() * PARAMETERS.len());
    for link in live {
        for (name, value) in &link.params {
            let order = PARAMETERS.iter().position(|known| known == name).unwrap_or(usize::MAX);
            values.push((order, value));
        }
    }
    values.par_sort_unstable();
    values.dedup();
    let mut table = SheetWriter::new(DIM_PARAM_VALUE);
    for (order, value) in values {
        let name = PARAMETERS.get(order).copied().unwrap_or("");
        let (label, definition) = meaning(documents, name, value);
        table.cells([name, value, &label, &definition, &documents.taxonomy.version]);
        table.end_row();
    }
    table.finish()
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
