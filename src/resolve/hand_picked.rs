//! The placements table: slots that a person filled.

use std::collections::BTreeMap;

use super::Rendition;
use super::facts::HeldBack;
use super::roster::positions;
use super::slots::slot_name;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, Value};
use crate::source::table::Record;
use crate::source::{AssetSpec, Documents, Each};

/// One row of the placements table.
pub(super) struct HandPicked {
    pub(super) id: String,
    pub(super) id_span: Span,
    pub(super) slot: String,
    pub(super) slot_span: Span,
    pub(super) offer: String,
    pub(super) offer_span: Span,
    pub(super) fallback: String,
    pub(super) variant: String,
    pub(super) variant_span: Span,
    pub(super) committed: bool,
}

impl HandPicked {
    /// Whether a rendition shows the row: one without a variant is in all of them. Where the asset
    /// has no variants, a row's own is only a name for its slot.
    pub(super) fn belongs(&self, spec: &AssetSpec, rendition: &Rendition) -> bool {
        spec.variants.is_empty() || self.variant.is_empty() || rendition.variant == self.variant
    }

    /// Whether two rows stand in each other's way.
    fn collides(&self, other: &Self, spec: &AssetSpec) -> bool {
        let apart = !spec.variants.is_empty()
            && !self.variant.is_empty()
            && !other.variant.is_empty()
            && self.variant != other.variant;
        self.slot == other.slot && !apart
    }
}

/// Rows by the ids of campaign and asset.
type Rows = BTreeMap<(String, String), Vec<HandPicked>>;

/// Reads all rows. Rows that have no slot of their own are reported and left out; an asset that
/// loses a committed one by that is held back.
pub(super) fn read_hand_picked(
    documents: &Documents,
    diagnostics: &mut Diagnostics,
) -> (Rows, Vec<HeldBack>) {
    let (mut found, mut held_back) = (Rows::new(), Vec::new());
    let Some(table) = documents.tables.get("placements") else { return (found, held_back) };
    let [id, campaign, asset, slot, offer] =
        positions(table, ["placement_id", "campaign_id", "asset_id", "slot", "offer_id"]);
    let [fallback, variant, committed] =
        positions(table, ["fallback_offer_id", "variant", "committed"]);
    for record in &table.records {
        let key = (record.text(campaign).to_owned(), record.text(asset).to_owned());
        let Some(spec) = asset_of(documents, &key) else {
            if !record.quarantined && !documents.unusable.briefs {
                let message = format!("the campaign `{}` has no asset `{}`", key.0, key.1);
                diagnostics.push(
                    Diagnostic::error(Code::UnknownReference, record.span(asset), message)
                        .help("correct the asset or the campaign"),
                );
            }
            continue;
        };
        let one = HandPicked {
            id: record.text(id).to_owned(),
            id_span: record.span(id),
            slot: record.text(slot).to_owned(),
            slot_span: record.span(slot),
            // A row in quarantine keeps its slot, but nothing it says is shown.
            offer: if record.quarantined { String::new() } else { record.text(offer).to_owned() },
            offer_span: record.span(offer),
            fallback: if record.quarantined {
                String::new()
            } else {
                record.text(fallback).to_owned()
            },
            variant: record.text(variant).to_owned(),
            variant_span: record.span(variant),
            committed: is_committed(record, committed),
        };
        if let Some(diagnostic) = bad_slot(spec, &one).or_else(|| bad_variant(spec, &one)) {
            if !record.quarantined {
                diagnostics.push(diagnostic);
            }
            held_back.extend(hold_back(&key, &one));
            continue;
        }
        let rows = found.entry(key.clone()).or_default();
        if let Some(first) = rows.iter().find(|row| row.collides(&one, spec)) {
            let message = format!("the slot `{}` of `{}` is taken twice", one.slot, spec.id.value);
            diagnostics.push(
                Diagnostic::error(Code::DuplicateSlot, record.span(slot), message)
                    .related(first.id_span, format!("`{}` has it already", first.id))
                    .help("move one of the two to another slot"),
            );
            held_back.extend(hold_back(&key, &one));
            continue;
        }
        rows.push(one);
    }
    (found, held_back)
}

/// Whether a row of placements is promised. A promise that cannot be read is taken for one.
pub fn is_committed(record: &Record, column: usize) -> bool {
    let span = record.span(column);
    match record.value(column) {
        Value::Bool(flag) => flag,
        Value::Empty => record.quarantined && span.end > span.start,
        _ => false,
    }
}

fn hold_back(key: &(String, String), one: &HandPicked) -> Option<HeldBack> {
    one.committed.then(|| HeldBack {
        asset: format!("{}/{}", key.0, key.1),
        reason: format!("its committed placement `{}` has no slot", one.id),
    })
}

fn asset_of<'d>(documents: &'d Documents, key: &(String, String)) -> Option<&'d AssetSpec> {
    let brief = documents.briefs.iter().find(|brief| brief.id.value.as_str() == key.0)?;
    brief.assets.iter().find(|asset| asset.id.value.as_str() == key.1)
}

/// Where the asset has variants, a row's is one of them.
fn bad_variant(spec: &AssetSpec, one: &HandPicked) -> Option<Diagnostic> {
    let known = || spec.variants.iter().map(|variant| variant.id.value.as_str());
    if spec.variants.is_empty() || one.variant.is_empty() || known().any(|id| id == one.variant) {
        return None;
    }
    let message = format!("the asset `{}` has no variant `{}`", spec.id.value, one.variant);
    Some(
        Diagnostic::error(Code::UnknownTerm, one.variant_span, message)
            .related(spec.id.span, "its variants stand in the brief")
            .maybe_help(did_you_mean(&one.variant, known()))
            .help_if_none("use one of them, or leave the cell empty for all"),
    )
}

fn bad_slot(spec: &AssetSpec, one: &HandPicked) -> Option<Diagnostic> {
    let span = one.slot_span;
    let id = &spec.id.value;
    let Each::Slots(count) = spec.each else {
        let message =
            format!("the asset `{id}` has no slots: it is built for each offer or partner");
        return Some(Diagnostic::error(Code::BadSlot, span, message).help("remove the row"));
    };
    let known = (1..=count).any(|number| slot_name(number, count) == one.slot);
    (!known).then(|| {
        let (first, last) = (slot_name(1, count), slot_name(count, count));
        let message = format!("the asset `{id}` has no slot `{}`", one.slot);
        Diagnostic::error(Code::BadSlot, span, message).help(format!("use {first} to {last}"))
    })
}
