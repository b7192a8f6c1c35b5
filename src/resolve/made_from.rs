//! Digests of what tables say: of rows, of whole tables, and of what each placement is made from.
//! Must not guess: what may be read of a placement counts as read.
//!
//! Rows count by what is in them, not by where they stand, so that other rows, their order and the
//! form of the file change nothing.

use rayon::prelude::*;

use super::{Facts, Placement};
use crate::model::{Digest, Fields};
use crate::source::Documents;
use crate::source::table::{Record, Table};

/// Placements and rows that one thread hashes at a time.
const PART: usize = 256;

/// Of each placement, a digest of everything that differs from one to the next: what it is, its rows,
/// and the page that it leads to.
pub fn placement_digests(documents: &Documents, facts: &Facts) -> Vec<Digest> {
    let rows = |name: &str| documents.tables.get(name).map(row_digests).unwrap_or_default();
    let (offers, partners) = rayon::join(|| rows("offers"), || rows("partners"));
    let all = facts.placements.par_iter().with_min_len(PART);
    let digest = |fields: &mut Fields, placement: &Placement| {
        placement.describe(fields);
        fields.text(facts.pages.route(placement).unwrap_or(""));
        // Which swap put the offer there decides which old values may not be shown beside it.
        let swap =
            documents.swapped(placement.decided.offer).map(|(_, applied)| format!("{applied:?}"));
        fields.optional(swap.as_deref());
        if let Some(offer) = facts.roster.offers.get(placement.offer) {
            fields
                .text(&offer.id)
                .text(&offer.partner_id)
                .digest(offers.get(offer.record))
                .digest(partners.get(offer.partner));
            // Of a bundle, its members.
            let members = offer.partners.as_slice();
            let members = if members == [offer.partner] { &[] } else { members };
            fields.number(members.len() as u64);
            for partner in members {
                fields.digest(partners.get(*partner));
            }
        }
        fields.finish()
    };
    all.map_init(Fields::default, digest).collect()
}

fn row_digests(table: &Table) -> Vec<Digest> {
    let rows = table.records.par_iter().with_min_len(PART);
    let digests =
        rows.map_init(Fields::default, |fields, record| row_digest(table, record, fields));
    digests.collect()
}

/// What a table says, wherever its rows stand in which file: its columns, and each row.
pub fn table_digest(table: &Table) -> Digest {
    let mut fields = Fields::default();
    for column in &table.contract.columns {
        fields.text(&column.name);
    }
    for row in &row_digests(table) {
        fields.digest(Some(row));
    }
    fields.finish()
}

fn row_digest(table: &Table, record: &Record, fields: &mut Fields) -> Digest {
    fields.number(u64::from(record.quarantined));
    for column in 0..table.contract.columns.len() {
        fields.value(record.value(column));
    }
    for one in &record.overrides {
        let value = record.value_in(one.column, &[one.scope.as_str()]).0;
        fields.number(one.column as u64).text(&one.scope).value(value);
    }
    fields.finish()
}
