//! Links that need not be made again: those of placements that are made from the same as in the last
//! build, whose URLs throughline.lock has. Must not know where that is written down.
//!
//! Links of all placements are the last build's, or none are: what is new, gone or otherwise is judged
//! against all others. So the few placements that are made from something else are minted, and all is
//! recalled only where they come to the same links.

use rayon::prelude::*;

use super::base::Bases;
use super::listed::listed;
use super::mint::mint_some;
use super::wrapping::wrap;
use super::{Link, Links, MadeLink, Minting, ShortUrls};
use crate::model::{Digest, Fields};
use crate::resolve::{Facts, Placement};
use crate::source::{Documents, Lock};

/// What a build knows of its links, in which nothing was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLinks {
    /// Digest of everything that any link may be made from besides its placement.
    pub shared: Digest,
    /// Digest of throughline.lock.
    pub lock: Digest,
    /// In their order. Each has a link for each rule of its channel.
    pub placements: Vec<KeptPlacement>,
    /// Of each link, the row of the lock that says what it means.
    pub rows: Vec<u32>,
}

/// What is known of a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptPlacement {
    /// What it is made from.
    pub made_from: Digest,
    /// What tables say of it and its links.
    pub listed: Digest,
}

impl KeptLinks {
    /// What is known of the links of this build, given what `shared` and each placement were made
    /// from; nothing where a placement has not all its links, or one is not recorded as it is.
    pub fn of(
        (documents, facts): (&Documents, &Facts),
        (links, lock): (&Links, &Lock),
        (shared, made_from): (Digest, &[Digest]),
        order: &[usize],
    ) -> Option<Self> {
        if !links.broken.is_empty() || made_from.len() != facts.placements.len() {
            return None;
        }
        let mut whole = links_of_placements(documents, facts).zip(links.ranges());
        if !whole.all(|(count, range)| count == range.len()) {
            return None;
        }
        let mut rows = vec![None; links.links.len()];
        let ids: Vec<&str> =
            order.iter().filter_map(|at| Some(&*links.links.get(*at)?.id)).collect();
        for (at, row) in order.iter().zip(lock.places_of(&ids)) {
            *rows.get_mut(*at)? = row;
        }
        let rows: Vec<u32> = rows.into_iter().collect::<Option<_>>()?;
        // A run that may not record leaves what the lock does not know, or knows otherwise.
        let are_recorded = links.links.par_iter().zip(&rows);
        if !are_recorded.all(|(link, row)| is_recorded(facts, link, lock, *row)) {
            return None;
        }
        let listed = links.listed(documents, facts);
        let placements = made_from.iter().zip(&*listed);
        let placements =
            placements.map(|(from, listed)| KeptPlacement { made_from: *from, listed: *listed });
        Some(Self { shared, lock: lock.digest(), placements: placements.collect(), rows })
    }

    /// Placements that would be recalled, and, of these, which would be as another than they are.
    pub fn compared(
        &self,
        (documents, facts): (&Documents, &Facts),
        links: &Links,
        (shared, made_from): (Digest, &[Digest]),
    ) -> (usize, Vec<usize>) {
        let lock = &documents.lock;
        let same = self.shared == shared
            && self.placements.len() == made_from.len()
            && self.rows.len() == links.links.len()
            && self.lock == lock.digest();
        let known: &[KeptPlacement] = if same { &self.placements } else { &[] };
        let now = made_from.iter().zip(known).enumerate();
        let now = now.filter(|(_, (from, known))| **from == known.made_from);
        let listed = links.listed(documents, facts);
        let is_right = |at: usize, known: &KeptPlacement| {
            let rows = self.rows.get(links.range_of(at)).unwrap_or_default();
            listed.get(at) == Some(&known.listed)
                && links
                    .of(at)
                    .iter()
                    .zip(rows)
                    .all(|(link, row)| is_recorded(facts, link, lock, *row))
        };
        let wrong = now.clone().filter(|(at, (_, known))| !is_right(*at, known));
        (now.count(), wrong.map(|(at, _)| at).collect())
    }
}

/// Whether a row of the lock says what a link means now.
fn is_recorded(facts: &Facts, link: &Link, lock: &Lock, row: u32) -> bool {
    let offer = facts.placements.get(link.placement);
    let offer = offer.and_then(|placement| facts.roster.offers.get(placement.offer));
    lock.row_at(row as usize).zip(offer).is_some_and(|(row, offer)| {
        *row.link_id == *link.id
            && *row.short_code == *link.short_code
            && *row.url == *link.url
            && offer.id == row.offer
    })
}

/// How many links each placement has where none is missing.
fn links_of_placements<'a>(
    documents: &'a Documents,
    facts: &'a Facts,
) -> impl Iterator<Item = usize> + 'a {
    facts.placements.iter().map(|placement| {
        let campaign = facts.campaigns.get(placement.campaign);
        let asset = campaign.and_then(|campaign| campaign.assets.get(placement.asset));
        let channel = asset.and_then(|asset| documents.channels.get(asset.channel));
        channel.map_or(0, |channel| channel.links.len())
    })
}

/// More changed placements than this part of all, and minting all takes hardly longer.
const FEW: usize = 8;

/// The links of this build, where they are those that are known, with how many placements had to be
/// minted to know it. `shared` and `made_from` are what they are made from.
pub fn recall(
    (documents, facts): (&Documents, &Facts),
    known: KeptLinks,
    (shared, made_from): (Digest, &[Digest]),
) -> Option<(Links, Minting, usize)> {
    let lock = &documents.lock;
    let KeptLinks { shared: kept_shared, lock: kept_lock, placements, rows } = known;
    let same = kept_shared == shared
        && placements.len() == facts.placements.len()
        && kept_lock == lock.digest();
    if !same {
        return None;
    }
    let mut ends: Vec<u32> = Vec::with_capacity(placements.len());
    for count in links_of_placements(documents, facts) {
        ends.push(ends.last().copied().unwrap_or(0) + count as u32);
    }
    if ends.last().map_or(0, |end| *end as usize) != rows.len() {
        return None;
    }
    let changed = made_from.iter().zip(&placements).enumerate();
    let changed = changed.filter(|(_, (now, known))| **now != known.made_from).map(|(at, _)| at);
    let changed: Vec<usize> = changed.collect();
    if changed.len() > placements.len() / FEW + FEW {
        return None;
    }
    let starts = [0].into_par_iter().chain(ends.par_iter().copied());
    let links: Option<Vec<Link>> = starts
        .zip(&ends)
        .enumerate()
        .flat_map_iter(|(placement, (start, end))| {
            (start..*end).map(move |at| (placement, (at - start) as usize, at as usize))
        })
        .map(|(placement, rule, at)| recorded(lock, *rows.get(at)?, (placement, rule)))
        .collect();
    // A list of its own: one that took the place of the other would be twice as long as it need be.
    let mut listed = Vec::with_capacity(placements.len());
    listed.extend(placements.iter().map(|one| one.listed));
    drop(placements);
    let links = Links::recalled((links?, ends), listed, ShortUrls::of(documents));
    if !come_to_the_same((documents, facts), &links, &changed) {
        return None;
    }
    let mut order: Vec<usize> = (0..links.links.len()).collect();
    order.par_sort_unstable_by_key(|at| (rows.get(*at), *at));
    let minting = Minting { lock: lock.clone(), order, ..Minting::default() };
    Some((links, minting, changed.len()))
}

/// A link as the lock has it.
fn recorded(lock: &Lock, row: u32, (placement, rule): (usize, usize)) -> Option<Link> {
    let row = lock.row_at(row as usize)?;
    Some(Link {
        id: lock.excerpt(row.link_id)?,
        placement,
        rule,
        url: lock.excerpt(&row.url).unwrap_or_else(|| row.url.as_ref().into()),
        short_code: lock.excerpt(row.short_code)?,
    })
}

/// Whether these placements have the links that are known of them, in which nothing is found.
fn come_to_the_same(
    (documents, facts): (&Documents, &Facts),
    links: &Links,
    changed: &[usize],
) -> bool {
    let bases = Bases::new(facts.roster.offers.len());
    let known = links.listed(documents, facts);
    let of = |at: &usize| Some((*at, facts.placements.get(*at)?));
    changed.par_chunks(MINTED_AT_ONCE).all(|changed| {
        let own: Vec<(usize, &Placement)> = changed.iter().filter_map(of).collect();
        let mut minted = mint_some((documents, facts), &bases, own.into_iter());
        if !minted.found.is_empty() || minted.of_placements.iter().any(|(whole, _)| !whole) {
            return false;
        }
        let recorded = changed.iter().flat_map(|at| links.of(*at));
        if minted.links.len() != recorded.clone().count() {
            return false;
        }
        let limit = documents.taxonomy.params.max_url;
        let made = minted.links.iter_mut().zip(&mut minted.details).zip(recorded);
        for ((link, details), recorded) in made {
            link.short_code = recorded.short_code.clone();
            let fault = wrap(documents, facts, link, details);
            if fault.is_some() || link.url.len() > limit || link.url != recorded.url {
                return false;
            }
        }
        let made = minted.links.iter().zip(&minted.details);
        let short_urls = &links.short_urls;
        let mut made = made.map(|(link, details)| MadeLink { link, details, short_urls });
        let mut fields = Fields::default();
        changed.iter().zip(&minted.of_placements).all(|(at, (_, count))| {
            let own: Vec<MadeLink<'_>> = made.by_ref().take(*count).collect();
            known.get(*at) == Some(&listed(facts, *at, own.into_iter(), &mut fields))
        })
    })
}

/// Changed placements that one thread mints at a time.
const MINTED_AT_ONCE: usize = 64;
