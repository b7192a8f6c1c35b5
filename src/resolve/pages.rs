//! Pages of ours: where a link to `landing` goes.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Placement;
use crate::locale::Locale;
use crate::model::SharedText;
use crate::source::{Channel, Recipe, RecipeKind};

/// Public paths of pages, by the offer they show.
#[derive(Debug, Default)]
pub struct Pages {
    /// By campaign and offer: the page of each rendition.
    routes: BTreeMap<(usize, usize), Vec<Page>>,
    /// Offers that their campaign's pages refused; why was told.
    refused: BTreeSet<(usize, usize)>,
    campaigns: BTreeSet<usize>,
}

#[derive(Debug)]
struct Page {
    variant: SharedText,
    locale: &'static Locale,
    route: Box<str>,
}

impl Pages {
    /// Notes that a campaign has pages at all.
    pub(super) fn note_campaign(&mut self, campaign: usize) {
        self.campaigns.insert(campaign);
    }

    /// Notes that an offer does not fit the window of its page.
    pub(super) fn refuse(&mut self, campaign: usize, offer: usize) {
        self.refused.insert((campaign, offer));
    }

    /// Tells whether it was said why an offer has no page.
    pub(super) fn was_refused(&self, campaign: usize, offer: usize) -> bool {
        self.refused.contains(&(campaign, offer))
    }

    /// Tells whether a campaign has an asset that builds pages.
    pub fn any_in(&self, campaign: usize) -> bool {
        self.campaigns.contains(&campaign)
    }

    /// Adds the page of one placement.
    pub(super) fn add(&mut self, placement: &Placement, route: Box<str>) {
        let pages = self.routes.entry((placement.campaign, placement.offer)).or_default();
        let (variant, locale) = (placement.variant.clone(), placement.locale);
        pages.retain(|page| page.variant != variant || page.locale != locale);
        // Nearly always the one of this offer.
        pages.reserve_exact(1);
        pages.push(Page { variant, locale, route });
    }

    /// Tells whether there is a page for an offer.
    pub(super) fn shows(&self, campaign: usize, offer: usize) -> bool {
        self.routes.contains_key(&(campaign, offer))
    }

    /// The page that shows a placement's offer: in its own locale and variant, else in its locale,
    /// else in its variant, else the first.
    pub fn route(&self, placement: &Placement) -> Option<&str> {
        let pages = self.routes.get(&(placement.campaign, placement.offer))?;
        let likeness =
            |page: &&Page| (page.locale == placement.locale, page.variant == placement.variant);
        // Of several that are as like, the last is taken: here that is the first.
        pages.iter().rev().max_by_key(likeness).map(|page| &*page.route)
    }

    /// Every public path.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.routes.values().flatten().map(|page| &*page.route)
    }
}

/// The recipe that builds a channel's pages for an asset.
pub(super) fn page_recipe<'c>(channel: &'c Channel, asset: &str) -> Option<&'c Recipe> {
    channel.recipes.iter().find(|recipe| recipe.kind == RecipeKind::Page && recipe.serves(asset))
}

impl Recipe {
    /// Tells whether the recipe builds this asset of its channel.
    pub fn serves(&self, asset: &str) -> bool {
        self.assets.is_empty() || self.assets.iter().any(|one| one.value == asset)
    }
}
