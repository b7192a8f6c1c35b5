//! What links mean in this build, against what throughline.lock says: what is new in it.

use jiff::Timestamp;

use super::registry::ids;
use super::{Link, Links};
use crate::model::Span;
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

/// Brings the lock up to date with the finished links, given in the order of their ids. Tells
/// which links mean something else than it said.
pub(super) fn record(
    documents: &Documents,
    facts: &Facts,
    links: &Links,
    order: &[usize],
    recording: Recording<'_>,
    lock: &mut Lock,
) -> Vec<String> {
    let (mut fresh, mut learned, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    // Nearly all mean what they meant.
    let moved = documents.lock.with_current(&ids(links, order), |place, row| {
        let link = links.links.get(*order.get(place)?)?;
        let now = meaning(documents, facts, link);
        let same = |(row, now): (&LockRow<'_>, &LockRow<'_>)| {
            row.is_known() && row.offer == now.offer && row.url == now.url
        };
        (!row.as_ref().zip(now.as_ref()).is_some_and(same)).then_some((link, row, now))
    });
    for (link, row, now) in moved {
        let whole = !links.broken.contains(&link.placement);
        match (row, now) {
            // What cannot be built was given an id all the same; what it means is not known yet.
            (None, Some(_)) => fresh.push((link, whole)),
            (Some(row), Some(_)) if whole && !row.is_known() => learned.push((link, row)),
            (Some(row), Some(_)) if whole => changed.push((link, row)),
            (_, None) | (Some(_), Some(_)) => {}
        }
    }
    let ids = changed.iter().map(|(link, _)| link.id.clone()).collect();
    let Recording::Allowed(clock) = recording else { return ids };
    lock.extend_from(&fresh, |(link, whole)| {
        let row = meaning(documents, facts, link)?;
        Some(if *whole { row } else { LockRow { offer: "", url: "".into(), ..row } })
    });
    lock.extend(learned.iter().filter_map(|(link, before)| {
        let row = meaning(documents, facts, link)?;
        Some(LockRow { valid_from: before.valid_from, ..row })
    }));
    if changed.is_empty() {
        return ids;
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
    ids
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
