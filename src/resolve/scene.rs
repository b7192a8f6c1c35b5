//! What a pattern sees: one placement with everything around it.

use super::copy::CopyBlocks;
use super::{Decided, Facts, Placement, Rendition, Roster};
use crate::model::Span;
use crate::source::table::{Record, Table};
use crate::source::{AssetSpec, Brief, Channel, Documents, Field, Pattern, Piece};

/// The facts around one placement, or around an asset where there is no placement.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// All documents.
    pub documents: &'a Documents,
    /// Joined partners and offers.
    pub roster: &'a Roster,
    /// The campaign's brief.
    pub brief: &'a Brief,
    /// The asset.
    pub asset: &'a AssetSpec,
    /// Which of its renditions is meant.
    pub rendition: &'a Rendition,
    /// Copy blocks as that rendition sees them.
    pub copy: &'a CopyBlocks,
    /// Its channel.
    pub channel: &'a Channel,
    /// The offers and partners tables.
    pub tables: (&'a Table, &'a Table),
    /// The placement.
    pub placement: Option<&'a Placement>,
    /// The link's role.
    pub role: Option<(&'a str, Span)>,
}

impl<'a> Scene<'a> {
    /// The scene of a placement.
    pub fn of(
        documents: &'a Documents,
        facts: &'a Facts,
        placement: &'a Placement,
    ) -> Option<Self> {
        let scene = Self::of_asset(documents, facts, placement.campaign, placement.asset)?;
        Some(Self { placement: Some(placement), ..scene })
    }

    /// The scene of an asset without a placement.
    pub fn of_asset(
        documents: &'a Documents,
        facts: &'a Facts,
        campaign: usize,
        asset: usize,
    ) -> Option<Self> {
        let campaign = facts.campaigns.get(campaign)?;
        let brief = documents.briefs.get(campaign.brief)?;
        let resolved = campaign.assets.get(asset)?;
        Some(Self {
            documents,
            roster: &facts.roster,
            brief,
            asset: brief.assets.get(resolved.spec)?,
            rendition: &resolved.rendition,
            copy: &resolved.copy,
            channel: documents.channels.get(resolved.channel)?,
            tables: tables(documents)?,
            placement: None,
            role: None,
        })
    }

    /// The offer's row.
    pub fn offer(&self) -> Option<&'a Record> {
        let offer = self.roster.offers.get(self.placement?.offer)?;
        self.tables.0.records.get(offer.record)
    }

    /// The partner's row: of a bundle, its lead's.
    pub fn partner(&self) -> Option<&'a Record> {
        let offer = self.roster.offers.get(self.placement?.offer)?;
        self.tables.1.records.get(offer.partner)
    }

    /// The brand whose templates go before the common ones: the asset's, else the channel's.
    pub fn theme(&self) -> Option<&'a str> {
        let theme = self.asset.theme.as_ref().or(self.channel.theme.as_ref());
        theme.map(|theme| theme.value.as_str())
    }

    /// Whose values of a row count, the first before the next: a text in another language is of no
    /// use, however short it is.
    pub fn scopes(&self) -> [&'a str; 2] {
        [self.rendition.locale.tag(), self.channel.id.as_str()]
    }

    /// Whether rows can have the field at all.
    pub fn exists(&self, field: &Field) -> bool {
        match field {
            Field::Offer(column) => self.tables.0.column(column).is_some(),
            Field::Partner(column) => self.tables.1.column(column).is_some(),
            _ => true,
        }
    }

    /// Appends a field's value and says where it stands; `Err` is the place of an empty cell.
    pub fn write(&self, field: &Field, out: &mut String) -> Result<Span, Span> {
        let brief = self.brief;
        let asset = self.asset.id.span;
        let decided = Decided { offer: asset, slot: asset, variant: asset, locale: asset };
        let decided = self.placement.map_or(decided, |placement| *placement.decided);
        let (text, span) = match field {
            Field::ChannelId => (self.channel.id.as_str(), self.channel.span),
            Field::ChannelSource => (self.channel.source.value.as_str(), self.channel.source.span),
            Field::ChannelMedium => (self.channel.medium.value.as_str(), self.channel.medium.span),
            Field::CampaignId => (brief.id.value.as_str(), brief.id.span),
            Field::CampaignCode => (brief.code.value.as_str(), brief.code.span),
            Field::CampaignName => (brief.name.value.as_str(), brief.name.span),
            Field::AssetId => (self.asset.id.value.as_str(), self.asset.id.span),
            Field::PlacementId => (self.placement.map_or("", |one| one.id.as_str()), decided.offer),
            Field::Slot => (self.placement.map_or("", |one| one.slot.as_str()), decided.slot),
            Field::Variant => {
                let own = (self.rendition.variant.as_str(), self.rendition.variant_span);
                self.placement.map_or(own, |one| (one.variant.as_str(), one.decided.variant))
            }
            Field::Locale => {
                let locale = self.rendition.locale;
                out.push_str(&locale.slug());
                return Ok(self.rendition.locale_span);
            }
            Field::LinkRole => self.role.unwrap_or(("", decided.offer)),
            Field::Offer(column) => {
                return self.write_cell(self.tables.0, self.offer(), column, out);
            }
            Field::Partner(column) => {
                return self.write_cell(self.tables.1, self.partner(), column, out);
            }
            Field::Link(..) => ("", decided.offer),
        };
        out.push_str(text);
        if text.is_empty() { Err(span) } else { Ok(span) }
    }

    fn write_cell(
        &self,
        table: &Table,
        record: Option<&Record>,
        column: &str,
        out: &mut String,
    ) -> Result<Span, Span> {
        let at = table.column(column);
        let (Some(at), Some(record)) = (at, record) else { return Err(self.asset.id.span) };
        let (value, span) = record.value_in(at, &self.scopes());
        if value.is_empty() {
            return Err(span);
        }
        value.write(out);
        Ok(span)
    }

    /// Writes a whole pattern out; `Err` names the empty field and its place.
    pub fn expand<'p>(&self, pattern: &'p Pattern) -> Result<String, (&'p Field, Span)> {
        let mut text = String::new();
        for piece in &pattern.pieces {
            match piece {
                Piece::Literal(literal) | Piece::Macro(literal) => text.push_str(literal),
                Piece::Field(field) => {
                    self.write(field, &mut text).map_err(|span| (field, span))?;
                }
            }
        }
        Ok(text)
    }
}

/// The offers and partners tables, which every workspace has.
pub(super) fn tables(documents: &Documents) -> Option<(&Table, &Table)> {
    Some((documents.tables.get("offers")?, documents.tables.get("partners")?))
}
