//! Where each parameter of a link comes from, down to the cell.

use super::{MadeLink, Wrapping};
use crate::model::Span;
use crate::resolve::{Facts, OwnerBook, Scene};
use crate::source::{Documents, Field, Piece};

/// A link with the origin of everything in it.
#[derive(Clone, Debug)]
pub struct LinkOrigin {
    /// Its id.
    pub link_id: String,
    /// Its placement's id.
    pub placement: String,
    /// The tracked URL.
    pub url: String,
    /// The short URL.
    pub short_url: String,
    /// What the destination was made from.
    pub destination: ParamOrigin,
    /// Its parameters.
    pub params: Vec<ParamOrigin>,
}

/// One parameter and the facts it was made from.
#[derive(Clone, Debug)]
pub struct ParamOrigin {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its pattern's place.
    pub rule: Option<Span>,
    /// The facts.
    pub from: Vec<FieldOrigin>,
}

/// One fact and its place.
#[derive(Clone, Debug)]
pub struct FieldOrigin {
    /// `offer.id`.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// Whose it is.
    pub owner: Option<String>,
    /// The swap that says so, where it is not the source.
    pub swap: Option<SwapOrigin>,
}

/// A swap, and what it replaced.
#[derive(Clone, Debug)]
pub struct SwapOrigin {
    /// Its id.
    pub id: String,
    /// When it was decided.
    pub at: jiff::Timestamp,
    /// Who decided it.
    pub by: String,
    /// Why.
    pub because: String,
    /// Where it was agreed.
    pub reference: Option<String>,
    /// The value before.
    pub old: String,
    /// Where that stands, and whose it is.
    pub replaced: Option<(Span, Option<String>)>,
}

impl SwapOrigin {
    /// The swap that said a value.
    pub fn of(documents: &Documents, span: Span, owners: OwnerBook<'_>) -> Option<Self> {
        let (swap, applied) = documents.swapped(span)?;
        Some(Self {
            id: swap.id.clone(),
            at: swap.at.value,
            by: swap.by.value.clone(),
            because: swap.because.value.clone(),
            reference: swap.reference.as_ref().map(|one| one.value.clone()),
            old: applied.old.clone(),
            replaced: applied.replaced.map(|span| (span, owners.of(span))),
        })
    }
}

/// Explains one link.
pub fn explain(
    documents: &Documents,
    facts: &Facts,
    link: MadeLink<'_>,
    owners: OwnerBook<'_>,
) -> Option<LinkOrigin> {
    let placement = facts.placements.get(link.placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let rule = scene.channel.links.get(link.rule)?;
    let scene = Scene { role: Some((rule.role.as_str(), rule.span)), ..scene };
    let origin = |field: &Field| {
        let mut value = String::new();
        let span = scene.write(field, &mut value).unwrap_or_else(|span| span);
        let swap = SwapOrigin::of(documents, span, owners);
        FieldOrigin { field: field.name(), value, span, owner: owners.of(span), swap }
    };
    let decided = placement.decided.offer;
    let chosen = FieldOrigin {
        field: "placement.offer".to_owned(),
        value: scene.roster.offers.get(placement.offer)?.id.to_string(),
        span: decided,
        owner: owners.of(decided),
        swap: SwapOrigin::of(documents, decided, owners),
    };
    let mut params = Vec::new();
    for (name, pattern) in &scene.channel.params {
        let value = link.details.params.get(name).map(str::to_owned);
        let fields = pattern.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Literal(_) | Piece::Macro(_) => None,
        });
        // Which offer it is was decided elsewhere than in the offer's own row.
        let from = fields.flat_map(|field| {
            let chosen = (*field == Field::Offer("offer_id".to_owned())).then(|| chosen.clone());
            std::iter::once(origin(field)).chain(chosen)
        });
        params.push(ParamOrigin {
            name: (*name).to_owned(),
            value: value.unwrap_or_default(),
            rule: Some(pattern.span),
            from: from.collect(),
        });
    }
    let wrapped = |one| explain_wrapping(documents, link, one, owners);
    params.extend(link.details.wrapping.as_deref().map(wrapped));
    let goes_to_partner = rule.target == crate::source::LinkTarget::Partner;
    let fields: &[Field] = if goes_to_partner {
        &[Field::Partner("landing_base".to_owned()), Field::Offer("landing_path".to_owned())]
    } else {
        &[Field::CampaignId, Field::Offer("offer_id".to_owned())]
    };
    let from: Vec<_> = fields.iter().map(origin).filter(|one| !one.value.is_empty()).collect();
    let destination = ParamOrigin {
        name: "destination".to_owned(),
        value: link.details.destination.to_string(),
        rule: Some(rule.span),
        from,
    };
    Some(LinkOrigin {
        link_id: link.id.to_string(),
        placement: placement.id.to_string(),
        url: link.url.to_string(),
        short_url: link.short_url(),
        destination,
        params,
    })
}

/// The sub-id of a network, and the ids that the network needs besides.
fn explain_wrapping(
    documents: &Documents,
    link: MadeLink<'_>,
    wrapping: &Wrapping,
    owners: OwnerBook<'_>,
) -> ParamOrigin {
    let cell = |field: String, value: String| FieldOrigin {
        field,
        value,
        span: wrapping.span,
        owner: owners.of(wrapping.span),
        swap: SwapOrigin::of(documents, wrapping.span, owners),
    };
    let named = cell("wrapper".to_owned(), wrapping.profile.clone());
    let fields = wrapping.fields.iter().map(|(name, value)| cell(name.clone(), value.clone()));
    ParamOrigin {
        name: if link.details.has_sub_id { "sub_id" } else { "wrapper" }.to_owned(),
        value: link.sub_id().unwrap_or(&wrapping.profile).to_owned(),
        rule: Some(wrapping.span),
        from: std::iter::once(named).chain(fields).collect(),
    }
}
