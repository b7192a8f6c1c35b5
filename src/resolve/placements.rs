//! Placements: hand-picked ones first, then what `pick` and `each` bring.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::{check_channel_name, landing_rule};
use super::copy::copy_of;
use super::facts::{Asset, Campaign, Decided, Facts, HeldBack, Placement};
use super::hand_picked::{HandPicked, read_hand_picked};
use super::pages::{is_route, page_recipe};
use super::scene::tables;
use super::windows::{check_windows, misfit, window_of};
use super::{Pages, Roster, Scene, pick};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{PlacementId, Span};
use crate::source::{AssetSpec, Brief, Documents, Each};

/// The variant of placements that no one varied.
const DEFAULT_VARIANT: &str = "a";

/// Places every asset of every brief.
pub(super) fn place(documents: &Documents, roster: Roster, diagnostics: &mut Diagnostics) -> Facts {
    let (hand_picked, held_back) = read_hand_picked(documents, diagnostics);
    let mut placer = Placer {
        documents,
        roster: &roster,
        hand_picked,
        pages: Pages::default(),
        held_back,
        reported: BTreeSet::new(),
        diagnostics,
    };
    let mut campaigns = Vec::new();
    let mut placements = Vec::new();
    for (index, brief) in documents.briefs.iter().enumerate() {
        let mut campaign = Campaign { brief: index, assets: Vec::new() };
        for (mut asset, placed) in placer.place_campaign(index, brief) {
            let start = placements.len();
            let at = campaign.assets.len();
            placements.extend(placed.into_iter().map(|one| Placement { asset: at, ..one }));
            asset.placements = start..placements.len();
            campaign.assets.push(asset);
        }
        campaigns.push(campaign);
    }
    let Placer { pages, held_back, .. } = placer;
    Facts { roster, campaigns, placements, pages, held_back }
}

struct Placer<'d> {
    documents: &'d Documents,
    roster: &'d Roster,
    hand_picked: BTreeMap<(String, String), Vec<HandPicked>>,
    pages: Pages,
    held_back: Vec<HeldBack>,
    reported: BTreeSet<(Span, Code)>,
    diagnostics: &'d mut Diagnostics,
}

/// One asset on its way to its placements.
struct Place<'d> {
    campaign: usize,
    brief: &'d Brief,
    spec: &'d AssetSpec,
    channel: usize,
    window: usize,
}

impl<'d> Placer<'d> {
    fn place_campaign(
        &mut self,
        campaign: usize,
        brief: &'d Brief,
    ) -> Vec<(Asset, Vec<Placement>)> {
        check_windows(self.documents, brief, self.diagnostics);
        self.report_duplicate_assets(brief);
        let mut places = Vec::new();
        for (index, spec) in brief.assets.iter().enumerate() {
            let channel = check_channel_name(self.documents, &spec.channel, self.diagnostics);
            let window = window_of(self.documents, brief, spec, self.diagnostics);
            if let Some((channel, window)) = channel.zip(window) {
                places.push((index, Place { campaign, brief, spec, channel, window }));
            }
        }
        // Pages first: whether a link has somewhere to go decides what else can be placed.
        places.sort_by_key(|(index, place)| (!self.builds_pages(place), *index));
        let mut done = BTreeMap::new();
        for (index, place) in &places {
            if self.builds_pages(place) {
                self.pages.note_campaign(campaign);
            }
            done.insert(*index, self.place_asset(*index, place));
        }
        done.into_values().collect()
    }

    fn report_duplicate_assets(&mut self, brief: &Brief) {
        for (index, asset) in brief.assets.iter().enumerate() {
            let first = brief.assets.iter().take(index).find(|one| one.id.value == asset.id.value);
            if let Some(first) = first {
                let message = format!("the asset `{}` stands twice", asset.id.value);
                self.diagnostics.push(
                    Diagnostic::error(Code::BadSetting, asset.id.span, message)
                        .related(first.id.span, "first here"),
                );
            }
        }
    }

    fn builds_pages(&self, place: &Place<'_>) -> bool {
        let channel = self.documents.channels.get(place.channel);
        channel.is_some_and(|channel| page_recipe(channel, place.spec.id.value.as_str()).is_some())
    }

    fn place_asset(&mut self, index: usize, place: &Place<'d>) -> (Asset, Vec<Placement>) {
        let key = (place.brief.id.value.to_string(), place.spec.id.value.to_string());
        let hand_picked = self.hand_picked.remove(&key).unwrap_or_default();
        let (before, told) = (self.held_back.len(), self.reported.len());
        let placements = match place.spec.each {
            Each::Slots(count) => self.fill_slots(place, count, hand_picked),
            Each::Offer | Each::Partner => self.fan_out(place),
        };
        let refused = self.reported.len() > told;
        if placements.is_empty() && !refused && self.tables_are_whole() {
            let message = format!("the asset `{}` picks no offer", place.spec.id.value);
            self.diagnostics.push(
                Diagnostic::error(Code::NothingPicked, place.spec.id.span, message)
                    .help("widen its `pick`, or look at the offers that were refused"),
            );
        }
        self.add_pages(place, &placements);
        let copy = copy_of(place.brief, place.spec.id.value.as_str());
        let asset = Asset {
            spec: index,
            channel: place.channel,
            window: place.window,
            placements: 0..0,
            held_back: self.held_back.len() > before
                || self.held_back.iter().any(|one| one.asset == format!("{}/{}", key.0, key.1)),
            copy,
        };
        (asset, placements)
    }

    fn fill_slots(
        &mut self,
        place: &Place<'d>,
        count: usize,
        hand_picked: Vec<HandPicked>,
    ) -> Vec<Placement> {
        let mut slots: BTreeMap<String, Placement> = BTreeMap::new();
        for one in hand_picked {
            if let Some(placement) = self.place_by_hand(place, &one) {
                slots.insert(one.slot, placement);
            }
        }
        let per_partner = place.spec.per_partner;
        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        let mut shown: BTreeSet<usize> = BTreeSet::new();
        for placement in slots.values() {
            shown.insert(placement.offer);
            *used.entry(self.partner_id(placement.offer)).or_default() += 1;
        }
        let candidates =
            pick::candidates(self.documents, self.roster, place.spec, self.diagnostics);
        let mut candidates = candidates.into_iter();
        for number in 1..=count {
            let slot = slot_name(number, count);
            if slots.contains_key(&slot) {
                continue;
            }
            let Some(offer) = candidates.by_ref().find(|offer| {
                let partner = self.partner_id(*offer);
                let room = used.get(partner).copied().unwrap_or(0) < per_partner;
                room && !shown.contains(offer) && self.fits(place, *offer)
            }) else {
                if !self.tables_are_whole() {
                    break;
                }
                let message = format!(
                    "the asset `{}` fills {} of its {count} slots",
                    place.spec.id.value,
                    slots.len()
                );
                self.diagnostics.push(
                    Diagnostic::warning(Code::UnfilledSlots, place.spec.id.span, message)
                        .help("widen its `pick`, raise `per_partner`, or lower `slots`"),
                );
                break;
            };
            shown.insert(offer);
            let nth = used.entry(self.partner_id(offer)).or_default();
            *nth += 1;
            let placement = self.placement(place, &slot, (offer, *nth), place.spec.id.span);
            slots.insert(slot, placement);
        }
        slots.into_values().collect()
    }

    fn fan_out(&mut self, place: &Place<'d>) -> Vec<Placement> {
        let candidates =
            pick::candidates(self.documents, self.roster, place.spec, self.diagnostics);
        let mut placed = Vec::new();
        let mut partners = BTreeSet::new();
        for offer in candidates {
            let id = self.roster.offers.get(offer).map_or("", |one| one.id.as_str());
            let slot = match place.spec.each {
                Each::Partner => self.partner_id(offer),
                Each::Offer | Each::Slots(_) => id,
            };
            if place.spec.each == Each::Partner && partners.contains(slot)
                || !self.fits(place, offer)
            {
                continue;
            }
            partners.insert(slot);
            placed.push(self.placement(place, slot, (offer, 1), place.spec.id.span));
        }
        placed
    }

    /// What a table lacks that could not be read is not said to be missing.
    fn tables_are_whole(&self) -> bool {
        let unusable = &self.documents.unusable;
        unusable.tables.is_empty() && !unusable.terms
    }

    fn partner_id(&self, offer: usize) -> &'d str {
        self.roster.offers.get(offer).map_or("", |one| one.partner_id.as_str())
    }

    /// `nth` counts the placements of one partner in one asset.
    fn placement(
        &self,
        place: &Place<'_>,
        slot: &str,
        (offer, nth): (usize, usize),
        decided: Span,
    ) -> Placement {
        let campaign = place.brief.id.value.as_str();
        let asset = place.spec.id.value.as_str();
        // Not the slot: when one partner leaves, the others move up and stay who they are.
        let who = if place.spec.each == Each::Offer { slot } else { self.partner_id(offer) };
        // A part of its own: `lumen-2` can be another partner.
        let number = nth.to_string();
        let mut parts = vec![campaign, asset, who];
        if nth > 1 {
            parts.push(&number);
        }
        parts.push(DEFAULT_VARIANT);
        Placement {
            id: PlacementId::join(&parts),
            campaign: place.campaign,
            asset: 0,
            slot: slot.to_owned(),
            variant: DEFAULT_VARIANT.to_owned(),
            offer,
            decided: Decided { offer: decided, slot: decided, variant: decided },
        }
    }

    fn place_by_hand(&mut self, place: &Place<'d>, one: &HandPicked) -> Option<Placement> {
        let usable = |placer: &mut Self, id: &str| {
            let offer = placer.roster.offer_by_id.get(id).copied()?;
            let active = placer.roster.offers.get(offer).is_some_and(|one| one.active);
            (active && placer.fits(place, offer)).then_some(offer)
        };
        let chosen = usable(self, &one.offer);
        let inactive =
            self.roster.offer_by_id.get(&one.offer).is_some_and(|offer| {
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
            self.diagnostics.push(diagnostic);
        }
        let offer = chosen.or(fallback);
        if offer.is_none() && one.committed && self.tables_are_whole() {
            let asset = format!("{}/{}", place.brief.id.value, place.spec.id.value);
            let reason = format!("its committed placement `{}` has no offer to show", one.id);
            self.diagnostics.push(
                Diagnostic::error(
                    Code::HeldBack,
                    one.id_span,
                    format!("`{asset}` is held back: {reason}"),
                )
                .help("repair the placement, or agree on a fallback with the partner"),
            );
            self.held_back.push(HeldBack { asset, reason });
        }
        let mut placement = self.placement(place, &one.slot, (offer?, 1), one.id_span);
        let promised = self.roster.offer_by_id.get(&one.offer).map(|at| self.partner_id(*at));
        let shown = self.partner_id(placement.offer);
        // A fallback of another partner is another placement: an id keeps its partner for ever.
        placement.id = match promised {
            Some(partner) if partner != shown => PlacementId::join(&[&one.id, shown]),
            _ => PlacementId::join(&[&one.id]),
        };
        placement.decided.slot = one.slot_span;
        if chosen.is_some() {
            placement.decided.offer = one.offer_span;
        }
        if !one.variant.is_empty() {
            placement.variant.clone_from(&one.variant);
            placement.decided.variant = one.variant_span;
        }
        Some(placement)
    }

    /// Whether an offer can be shown in an asset; what keeps it out is reported once.
    fn fits(&mut self, place: &Place<'_>, offer: usize) -> bool {
        let Some(window) = place.brief.windows.get(place.window) else { return false };
        let found = misfit(self.documents, self.roster, offer, place.brief, window)
            .or_else(|| self.homeless(place, offer));
        let Some(diagnostic) = found else { return true };
        if self.builds_pages(place) {
            self.pages.refuse(place.campaign, offer);
        } else if diagnostic.code == Code::HeldBack && self.pages.was_refused(place.campaign, offer)
        {
            return false;
        }
        if self.reported.insert((diagnostic.primary, diagnostic.code)) {
            self.diagnostics.push(diagnostic);
        }
        false
    }

    /// A link to a page of ours needs one.
    fn homeless(&self, place: &Place<'_>, offer: usize) -> Option<Diagnostic> {
        let channel = self.documents.channels.get(place.channel)?;
        let rule = landing_rule(channel)?;
        if self.pages.route(place.campaign, offer).is_some() {
            return None;
        }
        let brief = &place.brief.id.value;
        if !self.pages.any_in(place.campaign) {
            let message = format!("links go to `landing`, but no asset of `{brief}` builds pages");
            return Some(
                Diagnostic::error(Code::NoLandingPage, rule, message)
                    .help("add an asset with `each = \"offer\"` in a channel with a page recipe"),
            );
        }
        let offer = self.roster.offers.get(offer)?;
        let offers = self.documents.tables.get("offers")?;
        let place_of = offers.column("offer_id").unwrap_or(usize::MAX);
        let span = offers.records.get(offer.record)?.span(place_of);
        let message =
            format!("the offer `{}` has no page in `{brief}`, so its links go nowhere", offer.id);
        Some(
            Diagnostic::error(Code::HeldBack, span, message)
                .help("let the asset that builds pages pick it"),
        )
    }

    fn add_pages(&mut self, place: &Place<'_>, placements: &[Placement]) {
        let Some(channel) = self.documents.channels.get(place.channel) else { return };
        let Some(recipe) = page_recipe(channel, place.spec.id.value.as_str()) else { return };
        let Some(route) = &recipe.route else { return };
        let Some(tables) = tables(self.documents) else { return };
        for placement in placements {
            let scene = Scene {
                documents: self.documents,
                roster: self.roster,
                brief: place.brief,
                asset: place.spec,
                channel,
                tables,
                placement: Some(placement),
                role: None,
            };
            let Ok(text) = scene.expand(route) else { continue };
            if is_route(&text) {
                self.pages.add(placement, text);
            } else if self.reported.insert((route.span, Code::BadPath)) {
                let message = format!("`{text}` cannot be the address of a page");
                self.diagnostics.push(
                    Diagnostic::error(Code::BadPath, route.span, message)
                        .help("make it from ids, with single slashes between them"),
                );
            }
        }
    }
}

/// `s01` … `s12`; three digits where there are a hundred.
pub(super) fn slot_name(number: usize, count: usize) -> String {
    let width = count.to_string().len().max(2);
    format!("s{number:0width$}")
}
