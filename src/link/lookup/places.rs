//! Links by the page they lead to and by their parameters. Finds candidates; compares none.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::form::page_key;
use crate::address::{Parts, split};
use crate::diag::nearest;
use crate::link::MadeLink;

/// Pages are proposed for one that nobody knows only where they are few.
const FEW: usize = 200;
/// Slips of the hand in a path.
const MAX_SLIPS: usize = 3;

/// Indexes into the links, by what a URL shows of them.
#[derive(Debug)]
pub(super) struct Places {
    pages: BTreeMap<String, Vec<usize>>,
    /// By a digest of all tracked parameters, and by one of the two that name the placement.
    tuples: Vec<(u64, usize)>,
}

/// What a link adds to the indexes.
struct Entry {
    pages: Vec<String>,
    digests: [Option<u64>; 2],
}

impl Places {
    pub(super) fn new(links: &[MadeLink<'_>]) -> Self {
        let entries: Vec<Entry> = links.par_iter().map(|link| entry(*link)).collect();
        let mut pages: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut tuples = Vec::with_capacity(2 * links.len());
        for (at, entry) in entries.into_iter().enumerate() {
            for page in entry.pages {
                pages.entry(page).or_default().push(at);
            }
            tuples.extend(entry.digests.into_iter().flatten().map(|digest| (digest, at)));
        }
        tuples.par_sort_unstable();
        Self { pages, tuples }
    }

    /// Links that a URL may be, each once.
    pub(super) fn candidates(&self, parts: &Parts<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        let page = page_key(&parts.host, parts.path);
        found.extend(self.pages.get(&page).into_iter().flatten().copied());
        let tracked: Vec<(&str, String)> = parts
            .params
            .iter()
            .filter(|param| param.name.starts_with("utm_"))
            .map(|param| (&*param.name, param.form_value.to_lowercase()))
            .collect();
        let tracked: Vec<(&str, &str)> =
            tracked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for digest in digests(tracked).into_iter().flatten() {
            let start = self.tuples.partition_point(|(known, _)| *known < digest);
            let same = self.tuples.iter().skip(start).take_while(|(known, _)| *known == digest);
            found.extend(same.map(|(_, at)| *at));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Links to pages that are nearly the one of a URL: its path was cut, or has a slip in it.
    pub(super) fn near(&self, parts: &Parts<'_>) -> Vec<usize> {
        let page = page_key(&parts.host, parts.path);
        let Some(slash) = page.rfind('/') else { return Vec::new() };
        let below = |begin: &str| -> Vec<&str> {
            let from = self.pages.range(begin.to_owned()..).map(|(page, _)| page.as_str());
            let found: Vec<&str> =
                from.take_while(|page| page.starts_with(begin)).take(FEW + 1).collect();
            if found.len() > FEW { Vec::new() } else { found }
        };
        let mut pages = below(&page);
        if pages.is_empty() {
            let beside = below(page.get(..=slash).unwrap_or(&page));
            let near = nearest(&page, beside).filter(|(slips, _)| *slips <= MAX_SLIPS);
            pages.extend(near.map(|(_, page)| page));
        }
        let links = pages.into_iter().filter_map(|page| self.pages.get(page));
        links.flatten().copied().collect()
    }
}

fn entry(link: MadeLink<'_>) -> Entry {
    let mut pages = vec![page_of(&link.url)];
    if link.details.wrapping.is_some() {
        pages.push(page_of(&link.details.destination));
        pages.dedup();
    }
    Entry { pages, digests: digests(link.details.params.iter().collect()) }
}

fn page_of(url: &str) -> String {
    let parts = split(url);
    page_key(&parts.host, parts.path)
}

/// Digests of all parameters in any order, and of those that name a placement.
fn digests(mut params: Vec<(&str, &str)>) -> [Option<u64>; 2] {
    params.sort_unstable();
    params.dedup_by_key(|(name, _)| *name);
    let all = (!params.is_empty()).then(|| digest(&params));
    params.retain(|(name, _)| matches!(*name, "utm_id" | "utm_content"));
    [all, (params.len() == 2).then(|| digest(&params))]
}

fn digest(params: &[(&str, &str)]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (name, value) in params {
        (name, value.to_lowercase()).hash(&mut hasher);
    }
    hasher.finish()
}
