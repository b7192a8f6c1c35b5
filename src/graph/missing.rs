//! What rows in quarantine keep from being built: the difference to a plan in which they are whole.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Job, plan_jobs};
use crate::diag::Diagnostics;
use crate::link::Links;
use crate::model::Span;
use crate::resolve::{Facts, Placement, place_again};
use crate::source::Documents;

/// A row by its table and its number there.
pub type RowKey = (String, usize);

/// What one row keeps from being built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Artifacts that are not built.
    pub held_back: BTreeSet<String>,
    /// Artifacts that are built without it.
    pub without: BTreeSet<String>,
}

/// Every row in quarantine with what it keeps from being built. Rows whose ids cannot be read
/// cannot be placed, and keep back nothing that is known.
pub fn missing(
    documents: &mut Documents,
    jobs: &[Job],
    as_of: Option<Timestamp>,
) -> BTreeMap<RowKey, Missing> {
    let rows = lift_quarantine(documents);
    let mut found: BTreeMap<RowKey, Missing> =
        rows.iter().map(|row| (row.clone(), Missing::default())).collect();
    if !found.is_empty() {
        // What is wrong with the rows has been told.
        let mut told = Diagnostics::new();
        let facts = place_again(documents, as_of, &mut told);
        let whole = plan_jobs(documents, &facts, &Links::default(), &mut told);
        compare(documents, &facts, &whole, jobs, &mut found);
    }
    impose_quarantine(documents, &rows);
    found
}

/// The plan in which every row is whole, every link can be made and no asset is held back: what is
/// not in a plan and is in this one is lost by something that is wrong.
pub fn plan_if_all_were_right(
    documents: &mut Documents,
    as_of: Option<Timestamp>,
) -> (Facts, Vec<Job>) {
    let rows = lift_quarantine(documents);
    let mut told = Diagnostics::new();
    let mut facts = place_again(documents, as_of, &mut told);
    for asset in facts.campaigns.iter_mut().flat_map(|campaign| &mut campaign.assets) {
        asset.held_back = false;
    }
    let jobs = plan_jobs(documents, &facts, &Links::default(), &mut told);
    impose_quarantine(documents, &rows);
    (facts, jobs)
}

/// Lets every row count, and says which did not.
fn lift_quarantine(documents: &mut Documents) -> Vec<RowKey> {
    let mut rows = Vec::new();
    for (name, table) in &mut documents.tables {
        for (row, record) in table.records.iter_mut().enumerate().filter(|(_, row)| row.quarantined)
        {
            record.quarantined = false;
            rows.push((name.clone(), row));
        }
    }
    rows
}

fn impose_quarantine(documents: &mut Documents, rows: &[RowKey]) {
    for (table, row) in rows {
        let record = documents.tables.get_mut(table).and_then(|one| one.records.get_mut(*row));
        if let Some(record) = record {
            record.quarantined = true;
        }
    }
}

fn compare(
    documents: &Documents,
    facts: &Facts,
    whole: &[Job],
    built: &[Job],
    found: &mut BTreeMap<RowKey, Missing>,
) {
    let paths: BTreeSet<&str> =
        built.iter().flat_map(|job| &job.parts).map(|part| part.path.as_str()).collect();
    let slots = slots_in_quarantine(documents, found);
    for job in whole {
        let placements = job.placements.iter().filter_map(|at| facts.placements.get(*at));
        let keys: BTreeSet<RowKey> =
            placements.flat_map(|one| rows_of(documents, facts, one, &slots)).collect();
        for key in keys {
            let Some(missing) = found.get_mut(&key) else { continue };
            for part in &job.parts {
                let path = part.path.as_str();
                let list = if paths.contains(path) {
                    &mut missing.without
                } else {
                    &mut missing.held_back
                };
                list.insert(path.to_owned());
            }
        }
    }
}

/// Rows of hand-picked slots, by the cell that names the slot.
fn slots_in_quarantine(
    documents: &Documents,
    found: &BTreeMap<RowKey, Missing>,
) -> BTreeMap<Span, usize> {
    let Some(table) = documents.tables.get("placements") else { return BTreeMap::new() };
    let Some(slot) = table.column("slot") else { return BTreeMap::new() };
    let rows = found.keys().filter(|(name, _)| name == "placements").map(|(_, row)| *row);
    rows.filter_map(|row| Some((table.records.get(row)?.span(slot), row))).collect()
}

/// The rows that a placement is made from.
fn rows_of(
    documents: &Documents,
    facts: &Facts,
    placement: &Placement,
    slots: &BTreeMap<Span, usize>,
) -> Vec<RowKey> {
    let Some(offer) = facts.roster.offers.get(placement.offer) else { return Vec::new() };
    let mut rows = vec![("offers".to_owned(), offer.record)];
    rows.extend(offer.partners.iter().map(|row| ("partners".to_owned(), *row)));
    let slot = slots.get(&placement.decided.slot);
    rows.extend(slot.map(|row| ("placements".to_owned(), *row)));
    rows.extend(bundle_rows(documents, offer.record));
    rows
}

fn bundle_rows(documents: &Documents, offer: usize) -> Vec<RowKey> {
    let (Some(offers), Some(bundles)) =
        (documents.tables.get("offers"), documents.tables.get("bundles"))
    else {
        return Vec::new();
    };
    let (Some(of), Some(id)) = (offers.column("bundle_id"), bundles.column("bundle_id")) else {
        return Vec::new();
    };
    let bundle = offers.records.get(offer).map_or("", |record| record.text(of));
    if bundle.is_empty() {
        return Vec::new();
    }
    let members = bundles.records.iter().enumerate().filter(|(_, row)| row.text(id) == bundle);
    members.map(|(row, _)| ("bundles".to_owned(), row)).collect()
}
