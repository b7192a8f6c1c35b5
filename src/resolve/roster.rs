//! Partners, offers and bundles, joined by their ids.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::model::SharedText;
use crate::source::Documents;
use crate::source::table::{Record, Table};

/// Who offers what.
#[derive(Debug)]
pub struct Roster {
    /// Offers whose row, partner and terms are whole, in the order of their ids.
    pub offers: Vec<Offer>,
    /// Offer by id.
    pub offer_by_id: BTreeMap<SharedText, usize>,
    /// Columns that the engine itself reads.
    pub columns: Columns,
    /// The time that the run was told, from `--as-of`.
    pub as_of: Option<Timestamp>,
}

/// One offer with its partners.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its row in the offers table.
    pub record: usize,
    /// The row of its partner, or of its bundle's lead.
    pub partner: usize,
    /// Rows of all its partners: of the bundle's members, or the one.
    pub partners: Vec<usize>,
    /// Its id.
    pub id: SharedText,
    /// Its partner's id.
    pub partner_id: SharedText,
    /// Whether it and its partner may be shown at all.
    pub active: bool,
}

/// Positions of built-in columns.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the position of the column of its name")]
pub struct Columns {
    pub partner_id: usize,
    pub permitted_domains: usize,
    pub landing_base: usize,
    pub deep_link: usize,
    pub subid_param: usize,
    pub embargo_until: usize,
    pub offer_code: usize,
    pub terms_id: usize,
    pub landing_path: usize,
    pub effective_from: usize,
    pub effective_to: usize,
    pub display_from: usize,
    pub display_to: usize,
}

/// Positions of `names` in a table. A missing one reads as an empty cell.
pub(super) fn positions<const N: usize>(table: &Table, names: [&str; N]) -> [usize; N] {
    names.map(|name| table.column(name).unwrap_or(usize::MAX))
}

impl Columns {
    fn new(partners: &Table, offers: &Table) -> Self {
        let [partner_id, permitted_domains, landing_base, deep_link, subid_param, embargo_until] =
            positions(
                partners,
                [
                    "partner_id",
                    "permitted_domains",
                    "landing_base",
                    "deep_link",
                    "subid_param",
                    "embargo_until",
                ],
            );
        let [offer_code, terms_id, landing_path] =
            positions(offers, ["code", "terms_id", "landing_path"]);
        let [effective_from, effective_to, display_from, display_to] =
            positions(offers, ["effective_from", "effective_to", "display_from", "display_to"]);
        Self {
            partner_id,
            permitted_domains,
            landing_base,
            deep_link,
            subid_param,
            embargo_until,
            offer_code,
            terms_id,
            landing_path,
            effective_from,
            effective_to,
            display_from,
            display_to,
        }
    }
}

impl Roster {
    /// Joins the tables. Rows in quarantine, and what hangs on them, are left out.
    pub(super) fn new(documents: &Documents, as_of: Option<Timestamp>) -> Self {
        let empty = BTreeMap::new();
        let tables = &documents.tables;
        let (Some(partners), Some(offers), Some(bundles)) =
            (tables.get("partners"), tables.get("offers"), tables.get("bundles"))
        else {
            let columns = Columns {
                partner_id: usize::MAX,
                permitted_domains: usize::MAX,
                landing_base: usize::MAX,
                deep_link: usize::MAX,
                subid_param: usize::MAX,
                embargo_until: usize::MAX,
                offer_code: usize::MAX,
                terms_id: usize::MAX,
                landing_path: usize::MAX,
                effective_from: usize::MAX,
                effective_to: usize::MAX,
                display_from: usize::MAX,
                display_to: usize::MAX,
            };
            return Self { offers: Vec::new(), offer_by_id: empty, columns, as_of };
        };
        let columns = Columns::new(partners, offers);
        let by_id = index(partners, columns.partner_id);
        let members = bundle_members(bundles, &by_id);
        let [id, partner, bundle, status] =
            positions(offers, ["offer_id", "partner_id", "bundle_id", "status"]);
        let [partner_status] = positions(partners, ["status"]);
        let join = |(row, record): (usize, &Record)| {
            let own = by_id.get(record.text(partner)).map(|at| (*at, vec![*at]));
            let (lead, all) = own.or_else(|| members.get(record.text(bundle)).cloned())?;
            let lead_record = partners.records.get(lead)?;
            if record.quarantined {
                return None;
            }
            let ends =
                [columns.display_to, columns.effective_to].map(|at| record.value(at).as_instant());
            let expired = as_of.is_some_and(|now| ends.iter().flatten().any(|end| *end <= now));
            let up = all.iter().filter_map(|at| partners.records.get(*at));
            let active = !expired
                && is_active(record, status)
                && up.into_iter().all(|one| is_active(one, partner_status));
            Some(Offer {
                record: row,
                partner: lead,
                partners: all,
                id: record.text(id).into(),
                partner_id: lead_record.text(columns.partner_id).into(),
                active,
            })
        };
        let mut joined: Vec<Offer> =
            offers.records.par_iter().enumerate().filter_map(join).collect();
        joined.par_sort_by(|a, b| a.id.cmp(&b.id));
        let offer_by_id = joined.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
        Self { offers: joined, offer_by_id, columns, as_of }
    }
}

fn is_active(record: &Record, status: usize) -> bool {
    matches!(record.text(status), "" | "active")
}

fn index(table: &Table, key: usize) -> BTreeMap<&str, usize> {
    let whole = table.records.iter().enumerate().filter(|(_, record)| !record.quarantined);
    whole.map(|(row, record)| (record.text(key), row)).filter(|(id, _)| !id.is_empty()).collect()
}

/// Of a member of a bundle: whether it is no lead, its id, and its row among the partners.
type Member<'t> = (bool, &'t str, usize);

/// Lead and members of each bundle whose rows are all whole: the lead first, then by their ids, so
/// that the order of rows means nothing.
fn bundle_members<'t>(
    bundles: &'t Table,
    partners: &BTreeMap<&str, usize>,
) -> BTreeMap<&'t str, (usize, Vec<usize>)> {
    let [id, partner, role] = positions(bundles, ["bundle_id", "partner_id", "role"]);
    let mut found: BTreeMap<&str, (Option<usize>, BTreeSet<Member<'t>>, bool)> = BTreeMap::new();
    for record in &bundles.records {
        let entry = found.entry(record.text(id)).or_insert((None, BTreeSet::new(), true));
        match partners.get(record.text(partner)) {
            Some(at) if !record.quarantined => {
                let is_lead = record.text(role) == "lead";
                if is_lead {
                    entry.0 = Some(*at);
                }
                entry.1.insert((!is_lead, record.text(partner), *at));
            }
            _ => entry.2 = false,
        }
    }
    let whole = found.into_iter().filter(|(_, (_, _, whole))| *whole);
    let rows = |members: BTreeSet<Member<'_>>| members.into_iter().map(|(_, _, at)| at).collect();
    whole.filter_map(|(id, (lead, all, _))| Some((id, (lead?, rows(all))))).collect()
}
