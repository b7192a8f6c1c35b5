//! What links mean in this build, against what throughline.lock says: what is new in it.

use jiff::Timestamp;

use super::registry::ids;
use super::{Link, Links};
use crate::model::{Excerpt, Span};
use crate::resolve::{Facts, Placement, Scene};
use crate::source::{Documents, Lock, LockRow};

/// Whether a run may write into the lock.
#[derive(Clone, Copy)]
pub enum Recording<'a> {
    /// It may. A meaning that changes is dated by this clock, which is not looked at otherwise.
    Allowed(&'a dyn Fn() -> Timestamp),
    /// It leaves the lock as it is.
    Refused,
}

/// What an id means for ever.
pub(super) struct Identity<'a> {
    pub(super) campaign: &'a str,
    pub(super) channel: &'a str,
    pub(super) partner: &'a str,
    offer: &'a str,
    pub(super) decided: Span,
}

pub(super) fn identity<'a>(
    documents: &'a Documents,
    facts: &'a Facts,
    placement: usize,
) -> Option<Identity<'a>> {
    let placement = facts.placements.get(placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = scene.roster.offers.get(placement.offer)?;
    Some(Identity {
        campaign: scene.brief.id.value.as_str(),
        channel: scene.channel.id.as_str(),
        partner: &offer.partner_id,
        offer: &offer.id,
        decided: placement.decided.offer,
    })
}

/// What came of recording links.
pub(super) struct Recorded {
    /// The links that mean something else than the lock said.
    pub(super) changed: Vec<String>,
    /// Links with their id and URL as the lock has them, by their places.
    pub(super) texts: Vec<(usize, Excerpt, Excerpt)>,
}

/// Brings the lock up to date with the finished links, given in the order of their ids.
pub(super) fn record(
    documents: &Documents,
    facts: &Facts,
    links: &Links,
    order: &[usize],
    recording: Recording<'_>,
    lock: &mut Lock,
) -> Recorded {
    let (mut fresh, mut learned, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    let before = &documents.lock;
    let found = before.with_current(&ids(links, order), |place, row| {
        let at = *order.get(place)?;
        let link = links.links.get(at)?;
        let now = meaning(documents, facts, link)?;
        let same =
            |row: &LockRow<'_>| row.is_known() && row.offer == now.offer && row.url == now.url;
        Some(match row {
            None => Found::New(link),
            Some(row) if same(&row) => {
                Found::Same((at, before.excerpt(row.link_id)?, before.excerpt(&row.url)?))
            }
            Some(row) => Found::Other(link, Box::new(row)),
        })
    });
    let mut texts = Vec::new();
    for found in found {
        let whole = |link: &Link| !links.broken.contains(&link.placement);
        match found {
            Found::Same(same) => texts.push(same),
            // What cannot be built was given an id all the same; what it means is not known yet.
            Found::New(link) => fresh.push((link, whole(link))),
            Found::Other(link, row) if whole(link) && !row.is_known() => learned.push((link, row)),
            Found::Other(link, row) if whole(link) => changed.push((link, row)),
            Found::Other(..) => {}
        }
    }
    let ids = changed.iter().map(|(link, _)| link.id.to_string()).collect();
    let recorded = Recorded { changed: ids, texts };
    let Recording::Allowed(clock) = recording else { return recorded };
    lock.extend_from(&fresh, |(link, whole)| {
        let row = meaning(documents, facts, link)?;
        Some(if *whole { row } else { LockRow { offer: "", url: "".into(), ..row } })
    });
    lock.extend(learned.iter().filter_map(|(link, before)| {
        let row = meaning(documents, facts, link)?;
        Some(LockRow { valid_from: before.valid_from, ..row })
    }));
    if changed.is_empty() {
        return recorded;
    }
    let now = clock();
    let today = now.to_zoned(documents.workspace.zone.clone()).date().to_string();
    lock.extend(changed.iter().filter_map(|(link, before)| {
        let row = meaning(documents, facts, link)?;
        // Nobody has seen what is not open yet, and a day has one row.
        let unseen = before.valid_from.is_empty() && !is_open(documents, facts, link, now);
        let keeps_date = unseen || before.valid_from >= today.as_str();
        Some(LockRow { valid_from: if keeps_date { before.valid_from } else { &today }, ..row })
    }));
    recorded
}

/// What the lock says of a link.
enum Found<'l> {
    /// Nothing.
    New(&'l Link),
    /// What it means now.
    Same((usize, Excerpt, Excerpt)),
    Other(&'l Link, Box<LockRow<'l>>),
}

fn meaning<'a>(documents: &'a Documents, facts: &'a Facts, link: &'a Link) -> Option<LockRow<'a>> {
    let Identity { campaign, channel, partner, offer, .. } =
        identity(documents, facts, link.placement)?;
    Some(LockRow {
        link_id: &link.id,
        short_code: &link.short_code,
        campaign,
        channel,
        partner,
        offer,
        valid_from: "",
        url: link.url.as_str().into(),
        span: None,
    })
}

/// Whether customers may have seen the link: its window has opened, or its flight has begun.
fn is_open(documents: &Documents, facts: &Facts, link: &Link, now: Timestamp) -> bool {
    let opens = || {
        let placement = facts.placements.get(link.placement)?;
        if let Some(start) = flight_start(documents, placement) {
            return Some(start);
        }
        let campaign = facts.campaigns.get(placement.campaign)?;
        let window = campaign.assets.get(placement.asset)?.window;
        Some(documents.briefs.get(campaign.brief)?.windows.get(window)?.opens)
    };
    opens().is_none_or(|opens| opens <= now)
}

/// When the flight of a hand-picked placement begins, where its row says so.
fn flight_start(documents: &Documents, placement: &Placement) -> Option<Timestamp> {
    let table = documents.tables.get("placements")?;
    let (slot, start) = (table.column("slot")?, table.column("flight_start")?);
    let mut rows = table.records.iter();
    rows.find(|row| row.span(slot) == placement.decided.slot)?.value(start).as_instant()
}
