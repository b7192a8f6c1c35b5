//! What is true once everything is joined.

use std::sync::Arc;

use super::copy::CopyBlocks;
use super::{Pages, Rendition, Roster};
use crate::locale::Locale;
use crate::model::{Fields, PlacementId, SharedText, Span};
use crate::source::Applied;

/// The promotion, resolved.
#[derive(Debug)]
pub struct Facts {
    /// Partners, offers and bundles, joined.
    pub roster: Roster,
    /// Campaigns, in the order of the briefs.
    pub campaigns: Vec<Campaign>,
    /// Placements, by campaign, asset and slot.
    pub placements: Vec<Placement>,
    /// Pages of ours, by what they show.
    pub pages: Pages,
    /// Assets that are not built because a committed placement is missing.
    pub held_back: Vec<HeldBack>,
    /// Offers that swaps put into the places of others.
    pub replaced: Vec<Applied>,
}

/// One campaign's assets.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Index of its brief.
    pub brief: usize,
    /// Its assets, in the order of the brief; each of its variants in each of its locales.
    pub assets: Vec<Asset>,
}

/// One rendition of an asset with its placements.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Index in the brief's assets.
    pub spec: usize,
    /// Which of its renditions this is.
    pub rendition: Rendition,
    /// Index of its channel.
    pub channel: usize,
    /// Index of its window in the brief.
    pub window: usize,
    /// Its placements: a range of [`Facts::placements`].
    pub placements: std::ops::Range<usize>,
    /// It is not built.
    pub held_back: bool,
    /// Copy blocks as this rendition sees them.
    pub copy: CopyBlocks,
}

/// An offer in a slot of an asset: the unit of work and of identity.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Its id.
    pub id: PlacementId,
    /// Index of its campaign.
    pub campaign: usize,
    /// Index of its asset in the campaign.
    pub asset: usize,
    /// Its slot.
    pub slot: SharedText,
    /// Its variant.
    pub variant: SharedText,
    /// Its locale.
    pub locale: &'static Locale,
    /// Index of its offer in the roster.
    pub offer: usize,
    /// Where it was decided, mostly the same place as for others.
    pub decided: Arc<Decided>,
}

impl Placement {
    /// Adds what it is, but for its offer, to what a digest is made of.
    pub fn describe(&self, fields: &mut Fields) {
        let Self { id, campaign, asset, slot, variant, locale, offer: _, decided: _ } = self;
        fields
            .text(id.as_str())
            .text(slot)
            .text(variant)
            .text(locale.tag())
            .number(*campaign as u64)
            .number(*asset as u64);
    }
}

/// Where a placement was decided: in cells of its hand-picked row, or in the asset of the brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Which offer it shows.
    pub offer: Span,
    /// Its slot.
    pub slot: Span,
    /// Its variant.
    pub variant: Span,
    /// Its locale.
    pub locale: Span,
}

/// An asset that would lose a committed placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// `bf26/digest`.
    pub asset: String,
    /// Why.
    pub reason: String,
}
