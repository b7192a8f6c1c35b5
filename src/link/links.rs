//! The links of a build: what every artifact shows of them, and what only tables and explanations
//! tell besides.

use std::collections::BTreeSet;
use std::ops::{Deref, Range};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rayon::prelude::*;

use super::listed::listed;
use super::mint::make_details;
use super::params::Params;
use super::short_urls::ShortUrls;
use super::wrapping::Wrapping;
use crate::model::{Digest, Excerpt, Fields, SharedText};
use crate::resolve::Facts;
use crate::source::Documents;

/// One tracked URL.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// `bf26.digest.lumen.a.cta`.
    pub id: Excerpt,
    /// Index of its placement.
    pub placement: usize,
    /// Index of its rule in the channel.
    pub rule: usize,
    /// The whole tracked URL.
    pub url: Excerpt,
    /// Its short code.
    pub short_code: Excerpt,
}

/// What a link is made of, which no artifact shows.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The URL without our parameters, which most links of an offer share.
    pub destination: SharedText,
    /// Our parameters, in the order of the URL.
    pub params: Params,
    /// The network that the link goes through.
    pub wrapping: Option<Arc<Wrapping>>,
    /// Whether the network reports its short code back.
    pub has_sub_id: bool,
    /// The channel that GA4 files its visits under; empty where it has no source.
    pub ga4_channel: &'static str,
}

/// A link with what it is made of.
#[derive(Clone, Copy, Debug)]
pub struct MadeLink<'l> {
    /// What artifacts show of it.
    pub link: &'l Link,
    /// What it is made of.
    pub details: &'l Details,
    /// The addresses of short codes.
    pub short_urls: &'l ShortUrls,
}

impl<'l> MadeLink<'l> {
    /// The whole tracked URL.
    pub fn url(self) -> &'l str {
        &self.link.url
    }

    /// The short code on the workspace's link host.
    pub fn short_url(self) -> String {
        self.short_urls.url(&self.link.short_code)
    }

    /// What its network reports back.
    pub fn sub_id(self) -> Option<&'l str> {
        self.details.has_sub_id.then_some(&*self.link.short_code)
    }

    /// The name of the profile that wraps it; empty where none does.
    pub fn profile(self) -> &'l str {
        self.details.wrapping.as_ref().map_or("", |one| one.profile.as_str())
    }

    /// The value of a parameter; empty where it has none.
    pub fn param(self, name: &str) -> &'l str {
        self.details.params.get(name).unwrap_or("")
    }
}

impl Deref for MadeLink<'_> {
    type Target = Link;

    fn deref(&self) -> &Link {
        self.link
    }
}

/// All links of a build.
#[derive(Debug, Default)]
pub struct Links {
    /// By placement and role.
    pub links: Vec<Link>,
    /// Of each placement, where its links end among [`Links::links`].
    ends: Vec<u32>,
    /// Placements that have no whole set of links.
    pub broken: BTreeSet<usize>,
    /// The addresses of short codes.
    pub short_urls: ShortUrls,
    /// Of each link; made when it is asked for where links were not.
    details: OnceLock<Vec<Details>>,
    /// What tables say of each placement and its links, where that is known.
    listed: Mutex<Option<Arc<Vec<Digest>>>>,
}

impl Links {
    /// None yet, of so many placements.
    pub(super) fn with_room_for(placements: usize, short_urls: ShortUrls) -> Self {
        let ends = Vec::with_capacity(placements);
        Self { ends, short_urls, details: OnceLock::from(Vec::new()), ..Self::default() }
    }

    /// Links that were made one by one, each with what it is made of, and of no placement.
    pub fn from_made(made: impl Iterator<Item = (Link, Details)>, short_urls: ShortUrls) -> Self {
        let (links, details): (Vec<_>, Vec<_>) = made.unzip();
        Self { links, details: OnceLock::from(details), short_urls, ..Self::default() }
    }

    /// Links that are what they were, of placements that each have a whole set of them, given where those
    /// of each end.
    pub(super) fn recalled(
        (links, ends): (Vec<Link>, Vec<u32>),
        listed: Vec<Digest>,
        short_urls: ShortUrls,
    ) -> Self {
        let listed = Mutex::new(Some(Arc::new(listed)));
        Self { links, ends, short_urls, listed, ..Self::default() }
    }

    /// The links of a placement.
    pub fn of(&self, placement: usize) -> &[Link] {
        self.links.get(self.range_of(placement)).unwrap_or_default()
    }

    /// Where the links of a placement are among [`Links::links`].
    pub fn range_of(&self, placement: usize) -> Range<usize> {
        let end = |at: usize| self.ends.get(at).map(|end| *end as usize);
        let start = placement.checked_sub(1).map_or(Some(0), end);
        start.zip(end(placement)).map_or(0..0, |(start, end)| start..end)
    }

    /// Where the links of all placements are, in their order.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.ends.len()).map(|placement| self.range_of(placement))
    }

    /// All links with what they are made of, from the facts that they were made from.
    pub fn made<'l>(&'l self, documents: &Documents, facts: &Facts) -> MadeLinks<'l> {
        let details = self.details.get_or_init(|| make_details(documents, facts, self));
        MadeLinks { links: self, details }
    }

    /// What tables say of each placement and its links, as a digest.
    pub fn listed(&self, documents: &Documents, facts: &Facts) -> Arc<Vec<Digest>> {
        if let Some(known) = &*self.lock_listed() {
            return Arc::clone(known);
        }
        let made = self.made(documents, facts);
        let all = 0..facts.placements.len();
        let all = all.into_par_iter().with_min_len(PART);
        let digest = |fields: &mut Fields, at| listed(facts, at, made.of(at), fields);
        let listed: Vec<Digest> = all.map_init(Fields::default, digest).collect();
        Arc::clone(self.lock_listed().insert(Arc::new(listed)))
    }

    /// Lets go of what tables say of placements, once nobody asks for it any more.
    pub fn forget_listed(&self) {
        *self.lock_listed() = None;
    }

    fn lock_listed(&self) -> MutexGuard<'_, Option<Arc<Vec<Digest>>>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What each link is made of, to be changed.
    pub(super) fn details_mut(&mut self) -> (&mut [Link], &mut [Details]) {
        (&mut self.links, self.details.get_mut().map(Vec::as_mut_slice).unwrap_or_default())
    }

    /// What the links that were minted are made of.
    pub(super) fn into_details(self) -> Vec<Details> {
        self.details.into_inner().unwrap_or_default()
    }

    /// Adds the links of the next placements; `all` is how many placements there are.
    pub(super) fn add(
        &mut self,
        (own, details): (Vec<Link>, Vec<Details>),
        of_placements: Vec<(bool, usize)>,
        all: usize,
    ) {
        let mut end = self.links.len();
        let known = self.ends.len() + of_placements.len();
        // Placements mostly have as many links as those before them.
        let about = ((end + own.len()).saturating_mul(all) / known.max(1)).max(end + own.len());
        extend(&mut self.links, own, about);
        if let Some(all) = self.details.get_mut() {
            extend(all, details, about);
        }
        for (whole, count) in of_placements {
            if !whole {
                self.broken.insert(self.ends.len());
            }
            end += count;
            self.ends.push(end as u32);
        }
    }
}

/// Placements that one thread looks at at a time.
const PART: usize = 256;

/// Adds to a list that will have `about` so many: one that doubles may have twice as much room.
fn extend<T>(list: &mut Vec<T>, own: Vec<T>, about: usize) {
    if list.capacity() < list.len() + own.len() {
        list.reserve_exact(about - list.len());
    }
    list.extend(own);
}

/// The links of a build, each with what it is made of.
#[derive(Clone, Copy, Debug)]
pub struct MadeLinks<'l> {
    links: &'l Links,
    details: &'l [Details],
}

impl<'l> MadeLinks<'l> {
    /// A link by its place.
    pub fn get(self, at: usize) -> Option<MadeLink<'l>> {
        let (link, details) = (self.links.links.get(at)?, self.details.get(at)?);
        Some(MadeLink { link, details, short_urls: &self.links.short_urls })
    }

    /// The links of a placement.
    pub fn of(self, placement: usize) -> impl ExactSizeIterator<Item = MadeLink<'l>> + Clone {
        let range = self.links.range_of(placement);
        let links = self.links.links.get(range.clone()).unwrap_or_default();
        let details = self.details.get(range).unwrap_or_default();
        let short_urls = &self.links.short_urls;
        let pairs = links.iter().zip(details);
        pairs.map(move |(link, details)| MadeLink { link, details, short_urls })
    }

    /// All of them.
    pub fn iter(self) -> impl ExactSizeIterator<Item = MadeLink<'l>> + Clone {
        let short_urls = &self.links.short_urls;
        let pairs = self.links.links.iter().zip(self.details);
        pairs.map(move |(link, details)| MadeLink { link, details, short_urls })
    }
}
