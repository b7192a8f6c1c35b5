//! Slots of an asset: hand-picked rows first, then the offers that were picked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Rendition;
use super::facts::{HeldBack, Placement};
use super::hand_picked::HandPicked;
use super::placements::{Place, Placer};
use crate::diag::{Code, Diagnostic};
use crate::model::PlacementId;

impl<'d> Placer<'d> {
    /// Fills the slots of a rendition: what people picked first, then the candidates in order.
    pub(super) fn fill_slots<'h>(
        &mut self,
        place: &Place<'d>,
        rendition: &Rendition,
        count: usize,
        hand_picked: impl Iterator<Item = &'h HandPicked>,
        candidates: &[usize],
    ) -> Vec<Placement> {
        let mut slots: BTreeMap<String, Placement> = BTreeMap::new();
        for one in hand_picked {
            if let Some(placement) = self.place_by_hand(place, rendition, one) {
                slots.insert(one.slot.clone(), placement);
            }
        }
        let per_partner = place.spec.per_partner;
        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        let mut shown: BTreeSet<usize> = BTreeSet::new();
        for placement in slots.values() {
            shown.insert(placement.offer);
            *used.entry(self.partner_id(placement.offer)).or_default() += 1;
        }
        let mut candidates = candidates.iter().copied();
        for number in 1..=count {
            let slot = slot_name(number, count);
            if slots.contains_key(&slot) {
                continue;
            }
            let Some((offer, decided)) = candidates.by_ref().find_map(|offer| {
                let (offer, decided) = self.shown_in(place, &slot, offer);
                let partner = self.partner_id(offer);
                let room = used.get(partner).copied().unwrap_or(0) < per_partner;
                let fits = room && !shown.contains(&offer) && self.fits(place, offer);
                fits.then_some((offer, decided))
            }) else {
                if !self.tables_are_whole() {
                    break;
                }
                let message = format!(
                    "the asset `{}` fills {} of its {count} slots",
                    place.spec.id.value,
                    slots.len()
                );
                self.tell(
                    Diagnostic::warning(Code::UnfilledSlots, place.spec.id.span, message)
                        .help("widen its `pick`, raise `per_partner`, or lower `slots`"),
                );
                break;
            };
            shown.insert(offer);
            let nth = used.entry(self.partner_id(offer)).or_default();
            *nth += 1;
            let name = slot.as_str().into();
            let nth = *nth;
            let decided = self.decided(rendition, decided);
            let placement = self.placement(place, rendition, name, (offer, nth), decided);
            slots.insert(slot, placement);
        }
        slots.into_values().collect()
    }

    fn place_by_hand(
        &mut self,
        place: &Place<'d>,
        rendition: &Rendition,
        one: &HandPicked,
    ) -> Option<Placement> {
        let usable = |placer: &mut Self, id: &str| {
            let offer = placer.roster.offer_by_id.get(id).copied()?;
            let active = placer.roster.offers.get(offer).is_some_and(|one| one.active);
            (active && placer.fits(place, offer)).then_some(offer)
        };
        let picked = self.roster.offer_by_id.get(one.offer.as_str()).copied();
        let swapped = picked.and_then(|offer| {
            let key = [place.brief.id.value.as_str(), place.spec.id.value.as_str(), &one.slot];
            self.replaced.instead(key, offer)
        });
        let instead = swapped.and_then(|(offer, _)| self.roster.offers.get(offer));
        let chosen = usable(self, instead.map_or(one.offer.as_str(), |offer| offer.id.as_str()));
        let inactive = swapped.is_none()
            && self.roster.offer_by_id.get(one.offer.as_str()).is_some_and(|offer| {
                self.roster.offers.get(*offer).is_some_and(|offer| !offer.active)
            });
        let fallback = if chosen.is_none() && !one.fallback.is_empty() {
            usable(self, &one.fallback)
        } else {
            None
        };
        if inactive {
            let message = format!("the offer `{}` is not active", one.offer);
            let diagnostic = match fallback {
                Some(_) => Diagnostic::warning(Code::InactiveOffer, one.offer_span, message)
                    .help(format!("the fallback `{}` takes the slot", one.fallback)),
                None => Diagnostic::error(Code::InactiveOffer, one.offer_span, message)
                    .help("choose another offer, or name a fallback"),
            };
            self.tell(diagnostic);
        }
        let offer = chosen.or(fallback);
        if offer.is_none() && one.committed && self.tables_are_whole() {
            let asset = format!("{}/{}", place.brief.id.value, place.spec.id.value);
            let reason = format!("its committed placement `{}` has no offer to show", one.id);
            self.tell(
                Diagnostic::error(
                    Code::HeldBack,
                    one.id_span,
                    format!("`{asset}` is held back: {reason}"),
                )
                .help("repair the placement, or agree on a fallback with the partner"),
            );
            if self.held_back.iter().all(|held| held.reason != reason || held.asset != asset) {
                self.held_back.push(HeldBack { asset, reason });
            }
        }
        let slot = one.slot.as_str().into();
        let offer = offer?;
        let decided = self.decided(rendition, one.id_span);
        let mut placement = self.placement(place, rendition, slot, (offer, 1), decided);
        let promised =
            self.roster.offer_by_id.get(one.offer.as_str()).map(|at| self.partner_id(*at));
        let shown = self.partner_id(placement.offer);
        placement.id = id_of_row(one, rendition, shown, promised);
        let decided = Arc::make_mut(&mut placement.decided);
        decided.slot = one.slot_span;
        if chosen.is_some() {
            decided.offer = swapped.map_or(one.offer_span, |(_, span)| span);
        }
        if !one.variant.is_empty() {
            placement.variant = one.variant.as_str().into();
            decided.variant = one.variant_span;
        }
        Some(placement)
    }
}

/// The id that a person gave a row, with what keeps its placements apart. A row for all variants
/// makes one for each, in each locale. The partner always stands before the variant, and that before
/// the locale, so that no id can be read in two ways.
fn id_of_row(
    one: &HandPicked,
    rendition: &Rendition,
    shown: &str,
    promised: Option<&str>,
) -> PlacementId {
    let mut parts = vec![one.id.as_str()];
    let varied = one.variant.is_empty() && !rendition.is_plain() || !rendition.is_first();
    // A fallback of another partner is another placement: an id keeps its partner for ever.
    if varied || promised.is_some_and(|partner| partner != shown) {
        parts.push(shown);
    }
    if varied {
        parts.push(&rendition.variant);
    }
    let locale = rendition.locale.slug();
    if !rendition.is_first() {
        parts.push(&locale);
    }
    PlacementId::join(&parts)
}

/// `s01` … `s12`; three digits where there are a hundred.
pub(super) fn slot_name(number: usize, count: usize) -> String {
    let width = count.to_string().len().max(2);
    format!("s{number:0width$}")
}
