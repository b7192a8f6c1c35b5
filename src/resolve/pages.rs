//! Pages of ours: where a link to `landing` goes.

use std::collections::BTreeMap;

use super::facts::Placement;
use crate::source::{Channel, Each, Recipe, RecipeKind};

/// Public paths of pages, by what they show.
#[derive(Debug, Default)]
pub struct Pages {
    by_offer: BTreeMap<(usize, usize), String>,
    by_partner: BTreeMap<(usize, String), String>,
    campaigns: Vec<usize>,
}

impl Pages {
    /// Notes that a campaign has pages at all.
    pub(super) fn note_campaign(&mut self, campaign: usize) {
        if !self.campaigns.contains(&campaign) {
            self.campaigns.push(campaign);
        }
    }

    /// Tells whether a campaign has an asset that builds pages.
    pub fn any_in(&self, campaign: usize) -> bool {
        self.campaigns.contains(&campaign)
    }

    /// Adds the page of one placement.
    pub(super) fn add(
        &mut self,
        placement: &Placement,
        each: Each,
        partner_id: &str,
        route: String,
    ) {
        match each {
            Each::Offer => {
                self.by_offer.insert((placement.campaign, placement.offer), route);
            }
            Each::Partner => {
                self.by_partner.insert((placement.campaign, partner_id.to_owned()), route);
            }
            Each::Slots(_) => {}
        }
    }

    /// The page that shows an offer: its own, or its partner's.
    pub fn route(&self, campaign: usize, offer: usize, partner_id: &str) -> Option<&str> {
        let own = self.by_offer.get(&(campaign, offer));
        own.or_else(|| self.by_partner.get(&(campaign, partner_id.to_owned()))).map(String::as_str)
    }

    /// Every public path.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.by_offer.values().chain(self.by_partner.values()).map(String::as_str)
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
