//! Placements that are to be shown: rows that people filled in, and what was picked for the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::artifacts::Ideal;
use crate::cli::prepare::Prepared;
use crate::decide::status::Promise;
use crate::model::Span;
use crate::resolve::{Facts, Placement, Scene, is_committed};
use crate::source::Documents;
use crate::source::table::{Record, Table};

/// All of them. Of rows, also those that nothing came of.
pub(super) fn promises(prepared: &Prepared, ideal: Option<&Ideal>) -> Vec<Promise> {
    let documents = &prepared.documents;
    // What is lost has its artifacts in the plan in which nothing is wrong.
    let facts = ideal.map_or(&prepared.facts, |ideal| &ideal.facts);
    let mut by_slot: BTreeMap<Span, Vec<&Placement>> = BTreeMap::new();
    for placement in &facts.placements {
        by_slot.entry(placement.decided.slot).or_default().push(placement);
    }
    let mut promises = Vec::new();
    let mut of_rows: BTreeSet<Span> = BTreeSet::new();
    if let Some(table) = documents.tables.get("placements") {
        let columns = Columns::of(table);
        for record in &table.records {
            let slot = columns.slot.map(|at| record.span(at));
            of_rows.extend(slot);
            let placed = slot.and_then(|slot| by_slot.get(&slot)).map(Vec::as_slice);
            let promise = of_row(prepared, &columns, record, (facts, placed.unwrap_or_default()));
            promises.extend(promise);
        }
    }
    let picked = facts.placements.iter().filter(|one| !of_rows.contains(&one.decided.slot));
    promises.extend(picked.filter_map(|placement| of_pick(documents, facts, placement)));
    promises
}

struct Columns {
    id: Option<usize>,
    campaign: Option<usize>,
    asset: Option<usize>,
    slot: Option<usize>,
    offer: Option<usize>,
    committed: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let column = |name: &str| table.column(name);
        Self {
            id: column("placement_id"),
            campaign: column("campaign_id"),
            asset: column("asset_id"),
            slot: column("slot"),
            offer: column("offer_id"),
            committed: column("committed"),
        }
    }
}

fn of_row(
    prepared: &Prepared,
    columns: &Columns,
    record: &Record,
    (facts, placed): (&Facts, &[&Placement]),
) -> Option<Promise> {
    let documents = &prepared.documents;
    let cell = |column: Option<usize>| column.map_or("", |at| record.text(at)).to_owned();
    let (campaign, asset, offer) =
        (cell(columns.campaign), cell(columns.asset), cell(columns.offer));
    let brief = documents.briefs.iter().find(|brief| brief.id.value.as_str() == campaign)?;
    let spec = brief.assets.iter().find(|one| one.id.value.as_str() == asset)?;
    let partners = partners_of(documents, facts, &offer);
    let shown = placed.iter().filter_map(|one| offer_of(facts, one));
    let mut shown: Vec<String> = shown.collect();
    shown.dedup();
    let id = cell(columns.id);
    let lost = placed.is_empty().then(|| why_lost(prepared, record, (&campaign, &asset, &id)));
    Some(Promise {
        window: window_of(documents, facts, (&campaign, &asset)),
        channel: spec.channel.value.clone(),
        slot: cell(columns.slot),
        partner: partners.first().cloned().unwrap_or_default(),
        partners,
        shown,
        placements: placed.iter().map(|one| one.id.to_string()).collect(),
        committed: columns.committed.is_some_and(|at| is_committed(record, at)),
        lost,
        id,
        campaign,
        asset,
        offer,
    })
}

fn why_lost(
    prepared: &Prepared,
    record: &Record,
    (campaign, asset, id): (&str, &str, &str),
) -> String {
    let name = format!("{campaign}/{asset}");
    let held = || prepared.facts.held_back.iter().filter(|one| one.asset == name);
    let own = held().find(|one| one.reason.contains(&format!("`{id}`"))).or_else(|| held().next());
    match own {
        Some(held) => held.reason.clone(),
        None if record.quarantined => "its row is in quarantine".to_owned(),
        None => "no offer can be shown in its slot".to_owned(),
    }
}

fn of_pick(documents: &Documents, facts: &Facts, placement: &Placement) -> Option<Promise> {
    let scene = Scene::of(documents, facts, placement)?;
    let (campaign, asset) = (scene.brief.id.value.to_string(), scene.asset.id.value.to_string());
    let offer = offer_of(facts, placement)?;
    let partners = partners_of(documents, facts, &offer);
    Some(Promise {
        id: placement.id.to_string(),
        window: window_of(documents, facts, (&campaign, &asset)),
        campaign,
        asset,
        channel: scene.channel.id.to_string(),
        slot: placement.slot.to_string(),
        partner: partners.first().cloned().unwrap_or_default(),
        partners,
        shown: vec![offer.clone()],
        offer,
        placements: vec![placement.id.to_string()],
        committed: false,
        lost: None,
    })
}

fn offer_of(facts: &Facts, placement: &Placement) -> Option<String> {
    facts.roster.offers.get(placement.offer).map(|offer| offer.id.to_string())
}

fn window_of(documents: &Documents, facts: &Facts, (campaign, asset): (&str, &str)) -> String {
    let found = facts.campaigns.iter().find_map(|one| {
        let brief = documents.briefs.get(one.brief)?;
        let named =
            |at: usize| brief.assets.get(at).is_some_and(|spec| spec.id.value.as_str() == asset);
        (brief.id.value.as_str() == campaign).then_some(())?;
        let own = one.assets.iter().find(|asset| named(asset.spec))?;
        Some(brief.windows.get(own.window)?.id.to_string())
    });
    found.unwrap_or_default()
}

/// The partner of an offer, or its bundle's, the lead first.
fn partners_of(documents: &Documents, facts: &Facts, offer: &str) -> Vec<String> {
    let roster = &facts.roster;
    let found = roster.offer_by_id.get(offer).and_then(|at| roster.offers.get(*at));
    let Some(found) = found else { return partners_of_row(documents, offer) };
    let rows = documents.tables.get("partners").map(|table| &table.records);
    let members = found.partners.iter().filter_map(|at| rows?.get(*at));
    members.map(|row| row.text(roster.columns.partner_id).to_owned()).collect()
}

/// As the rows say, whatever else is wrong with them.
fn partners_of_row(documents: &Documents, offer: &str) -> Vec<String> {
    let tables = &documents.tables;
    let Some(offers) = tables.get("offers") else { return Vec::new() };
    let Some(record) = offers.row(offer).and_then(|at| offers.records.get(at)) else {
        return Vec::new();
    };
    let cell = |name: &str| offers.column(name).map_or("", |at| record.text(at));
    let (partner, bundle) = (cell("partner_id"), cell("bundle_id"));
    if !partner.is_empty() {
        return vec![partner.to_owned()];
    }
    let Some(bundles) = tables.get("bundles") else { return Vec::new() };
    let [id, member, role] = ["bundle_id", "partner_id", "role"].map(|name| bundles.column(name));
    let text = |row: &Record, at: Option<usize>| at.map_or("", |at| row.text(at)).to_owned();
    let own = bundles.records.iter().filter(|row| text(row, id) == bundle);
    let mut members: Vec<(bool, String)> =
        own.map(|row| (text(row, role) != "lead", text(row, member))).collect();
    members.sort();
    members.into_iter().map(|(_, id)| id).collect()
}
