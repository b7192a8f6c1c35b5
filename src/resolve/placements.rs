//! Placements: hand-picked ones first, then what `pick` and `each` bring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::checks::{check_channel_name, landing_rule};
use super::copy::{CopyBlocks, copy_of};
use super::facts::{Asset, Campaign, Decided, Facts, HeldBack, Placement};
use super::hand_picked::{HandPicked, read_hand_picked};
use super::pages::page_recipe;
use super::replaced::Replaced;
use super::scene::tables;
use super::split::check_split;
use super::windows::{check_windows, misfit, window_of};
use super::{Pages, Rendition, Roster, Scene, pick};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{PlacementId, SharedText, Span};
use crate::source::{AssetSpec, Brief, Documents, Each, is_route};

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
        told: BTreeSet::new(),
        replaced: Replaced::new(documents, &roster, diagnostics),
        decided: None,
        diagnostics,
    };
    let mut campaigns = Vec::new();
    let mut placements = Vec::new();
    for (index, brief) in documents.briefs.iter().enumerate() {
        let mut campaign = Campaign { brief: index, assets: Vec::new() };
        let assets = placer.place_campaign(index, brief);
        // With no room to spare, of which a hundred thousand of them would have much.
        placements.reserve_exact(assets.iter().map(|(_, own)| own.len()).sum());
        for (mut asset, own) in assets {
            let start = placements.len();
            let at = campaign.assets.len();
            placements.extend(own.into_iter().map(|one| Placement { asset: at, ..one }));
            asset.placements = start..placements.len();
            campaign.assets.push(asset);
        }
        campaigns.push(campaign);
    }
    let Placer { pages, held_back, replaced, diagnostics, .. } = placer;
    replaced.report_unused(&placements, diagnostics);
    let replaced = replaced.applied();
    Facts { roster, campaigns, placements, pages, held_back, replaced }
}

pub(super) struct Placer<'d> {
    pub(super) documents: &'d Documents,
    pub(super) roster: &'d Roster,
    hand_picked: BTreeMap<(String, String), Vec<HandPicked>>,
    pages: Pages,
    pub(super) held_back: Vec<HeldBack>,
    reported: BTreeSet<(Span, Code)>,
    /// What was said of an asset: its other renditions do not say it again.
    told: BTreeSet<(Span, Code)>,
    pub(super) replaced: Replaced<'d>,
    /// Where the last placement was decided.
    decided: Option<Arc<Decided>>,
    diagnostics: &'d mut Diagnostics,
}

/// One asset on its way to its placements.
#[derive(Clone, Copy)]
pub(super) struct Place<'d> {
    campaign: usize,
    pub(super) brief: &'d Brief,
    pub(super) spec: &'d AssetSpec,
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
        done.into_values().flatten().collect()
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

    /// Every rendition of an asset.
    fn place_asset(&mut self, index: usize, place: &Place<'d>) -> Vec<(Asset, Vec<Placement>)> {
        let key = (place.brief.id.value.to_string(), place.spec.id.value.to_string());
        let hand_picked = self.hand_picked.remove(&key).unwrap_or_default();
        let (before, told) = (self.held_back.len(), self.reported.len());
        check_split(self.documents, place.channel, place.spec, self.diagnostics);
        let candidates =
            pick::candidates(self.documents, self.roster, place.spec, self.diagnostics);
        let mut placed = Vec::new();
        for rendition in Rendition::all(place.spec, self.documents.workspace.locale) {
            let placements = match place.spec.each {
                Each::Slots(count) => {
                    let rows = hand_picked.iter().filter(|row| row.belongs(place.spec, &rendition));
                    self.fill_slots(place, &rendition, count, rows, &candidates)
                }
                Each::Offer | Each::Partner => self.fan_out(place, &rendition, &candidates),
            };
            let refused = self.reported.len() > told;
            if placements.is_empty() && !refused && self.tables_are_whole() {
                let message = format!("the asset `{}` picks no offer", place.spec.id.value);
                self.tell(
                    Diagnostic::error(Code::NothingPicked, place.spec.id.span, message)
                        .help("widen its `pick`, or look at the offers that were refused"),
                );
            }
            let copy = copy_of(place.brief, place.spec, &rendition);
            self.add_pages(place, (&rendition, &copy), &placements);
            let asset = Asset {
                spec: index,
                channel: place.channel,
                window: place.window,
                placements: 0..0,
                held_back: false,
                copy,
                rendition,
            };
            placed.push((asset, placements));
        }
        let name = format!("{}/{}", key.0, key.1);
        let held_back =
            self.held_back.len() > before || self.held_back.iter().any(|one| one.asset == name);
        for (asset, _) in &mut placed {
            asset.held_back = held_back;
        }
        placed
    }

    /// Says something of an asset once for all its renditions.
    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        if self.told.insert((diagnostic.primary, diagnostic.code)) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn fan_out(
        &mut self,
        place: &Place<'d>,
        rendition: &Rendition,
        candidates: &[usize],
    ) -> Vec<Placement> {
        let shown = candidates.iter().map(|offer| {
            let own = self.slot_of(place, *offer).map_or("", SharedText::as_str);
            self.shown_in(place, own, *offer)
        });
        let shown: Vec<(usize, Span)> = shown.collect();
        let faulty = shown.par_iter().map(|(offer, _)| self.keeps_out(place, *offer).is_some());
        let faulty: Vec<bool> = faulty.collect();
        let mut taken = BTreeSet::new();
        let mut chosen = Vec::with_capacity(shown.len());
        for ((offer, decided), faulty) in shown.into_iter().zip(faulty) {
            // An offer that comes instead of another may be there already.
            let slot = self.number_of_slot(place, offer);
            let fault = || faulty.then(|| self.keeps_out(place, offer)).flatten();
            if !taken.contains(&slot) && self.is_let_in(place, offer, fault()) {
                taken.insert(slot);
                chosen.push((offer, self.decided(rendition, decided)));
            }
        }
        let placed = chosen.into_par_iter().map(|(offer, decided)| {
            let slot = self.slot_of(place, offer).cloned().unwrap_or_default();
            self.placement(place, rendition, slot, (offer, 1), decided)
        });
        placed.collect()
    }

    /// Where there is one artifact for each offer or partner, its id is the slot.
    fn slot_of(&self, place: &Place<'_>, offer: usize) -> Option<&'d SharedText> {
        let offer = self.roster.offers.get(offer)?;
        Some(if place.spec.each == Each::Partner { &offer.partner_id } else { &offer.id })
    }

    /// The same as a number: the partner's row, or the first of the offers with that id.
    fn number_of_slot(&self, place: &Place<'_>, offer: usize) -> usize {
        let (before, behind) = self.roster.offers.split_at_checked(offer).unwrap_or_default();
        let Some(own) = behind.first() else { return offer };
        let alike = before.iter().rev().take_while(|one| one.id == own.id);
        if place.spec.each == Each::Partner { own.partner } else { offer - alike.count() }
    }

    /// The offer that a slot shows where `offer` is picked, and where that was decided: in the
    /// asset, or by a swap.
    pub(super) fn shown_in(
        &mut self,
        place: &Place<'_>,
        slot: &str,
        offer: usize,
    ) -> (usize, Span) {
        let (campaign, asset) = (place.brief.id.value.as_str(), place.spec.id.value.as_str());
        let swapped = self.replaced.instead([campaign, asset, slot], offer);
        swapped.unwrap_or((offer, place.spec.id.span))
    }

    /// What a table lacks that could not be read is not said to be missing.
    pub(super) fn tables_are_whole(&self) -> bool {
        let unusable = &self.documents.unusable;
        unusable.tables.is_empty() && !unusable.terms
    }

    pub(super) fn partner_id(&self, offer: usize) -> &'d str {
        self.roster.offers.get(offer).map_or("", |one| one.partner_id.as_str())
    }

    /// `nth` counts the placements of one partner in one asset.
    pub(super) fn placement(
        &self,
        place: &Place<'_>,
        rendition: &Rendition,
        slot: SharedText,
        (offer, nth): (usize, usize),
        decided: Arc<Decided>,
    ) -> Placement {
        let campaign = place.brief.id.value.as_str();
        let asset = place.spec.id.value.as_str();
        // Not the slot: when one partner leaves, the others move up and stay who they are.
        let who = if place.spec.each == Each::Offer { &slot } else { self.partner_id(offer) };
        // A part of its own: `lumen-2` can be another partner.
        let number = (nth > 1).then(|| nth.to_string());
        let locale = (!rendition.is_first()).then(|| rendition.locale.slug());
        let mut parts = vec![campaign, asset, who];
        parts.extend(number.as_deref());
        parts.push(&rendition.variant);
        parts.extend(locale.as_deref());
        Placement {
            id: PlacementId::join(&parts),
            campaign: place.campaign,
            asset: 0,
            slot,
            variant: rendition.variant.clone(),
            locale: rendition.locale,
            offer,
            decided,
        }
    }

    /// Where offer and slot were decided, and the rest by the rendition: what the last placement has,
    /// where that is the same.
    pub(super) fn decided(&mut self, rendition: &Rendition, at: Span) -> Arc<Decided> {
        let (variant, locale) = (rendition.variant_span, rendition.locale_span);
        let decided = Decided { offer: at, slot: at, variant, locale };
        match &self.decided {
            Some(last) if **last == decided => Arc::clone(last),
            _ => Arc::clone(self.decided.insert(Arc::new(decided))),
        }
    }

    /// Whether an offer can be shown in an asset; what keeps it out is reported once.
    pub(super) fn fits(&mut self, place: &Place<'_>, offer: usize) -> bool {
        let fault = self.keeps_out(place, offer);
        self.is_let_in(place, offer, fault)
    }

    /// What keeps an offer out of an asset.
    fn keeps_out(&self, place: &Place<'_>, offer: usize) -> Option<Diagnostic> {
        let window = place.brief.windows.get(place.window)?;
        misfit(self.documents, self.roster, offer, place.brief, window)
            .or_else(|| self.homeless(place, offer))
    }

    /// Reports what keeps an offer out; tells whether nothing does.
    fn is_let_in(&mut self, place: &Place<'_>, offer: usize, fault: Option<Diagnostic>) -> bool {
        let Some(diagnostic) = fault else { return true };
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
        if self.pages.shows(place.campaign, offer) {
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

    fn add_pages(
        &mut self,
        place: &Place<'_>,
        (rendition, copy): (&Rendition, &CopyBlocks),
        placements: &[Placement],
    ) {
        let Some(channel) = self.documents.channels.get(place.channel) else { return };
        let Some(recipe) = page_recipe(channel, place.spec.id.value.as_str()) else { return };
        let Some(route) = &recipe.route else { return };
        let Some(tables) = tables(self.documents) else { return };
        let scene = Scene {
            documents: self.documents,
            roster: self.roster,
            brief: place.brief,
            asset: place.spec,
            rendition,
            copy,
            channel,
            tables,
            placement: None,
            role: None,
        };
        let address = |placement| {
            let scene = Scene { placement: Some(placement), ..scene };
            let text = scene.expand(route).ok()? + &rendition.suffix(route);
            Some((placement, is_route(&text), text.into_boxed_str()))
        };
        let addresses: Vec<_> = placements.par_iter().filter_map(address).collect();
        for (placement, is_route, text) in addresses {
            if is_route {
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
