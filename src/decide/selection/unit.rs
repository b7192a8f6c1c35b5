//! What is selected as one: the artifacts that one job makes, before and after.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::KeptLink;
use crate::decide::Fact;
use crate::graph::Job;
use crate::link::MadeLink;
use crate::manifest::{Entry, Manifest};
use crate::source::PageForm;

/// The artifacts of one job.
#[derive(Debug, Default)]
pub struct Unit<'a> {
    /// The id of the first of them.
    pub key: String,
    /// Those that the base has.
    pub old: Vec<&'a Entry>,
    /// Those that a build would make.
    pub new: Vec<&'a Entry>,
    /// The job; of what goes, there is none.
    pub job: Option<usize>,
    /// Its asset: `digest` and `bf26/digest`.
    pub assets: BTreeSet<String>,
    /// Links of the base that it may show, by their place.
    pub kept: Vec<usize>,
    /// The links that it would show.
    pub made: Vec<MadeLink<'a>>,
    /// Why it would change.
    pub reasons: Vec<&'a Fact>,
    /// Units that it shows something of, by their place: pages that it leads to, pictures.
    pub needs: BTreeSet<usize>,
}

impl<'a> Unit<'a> {
    /// The artifacts of both sides.
    pub fn entries(&self) -> impl Iterator<Item = &'a Entry> {
        self.old.iter().chain(&self.new).copied()
    }

    /// The artifact that people know it by: of a page, the form that is shown while it is open.
    pub fn name(&self) -> &str {
        let live = |entry: &&Entry| entry.kind.form.as_deref() == Some(PageForm::Live.name());
        self.entries().find(live).map_or(&self.key, |entry| &entry.id)
    }
}

/// What a build would make, as far as units are put together from it.
#[derive(Clone, Copy)]
pub struct Made<'m, 'a> {
    /// Its manifest.
    pub target: &'a Manifest,
    /// All jobs.
    pub jobs: &'m [Job],
    /// The asset of a job: `["bf26", "digest"]`.
    pub asset: &'m dyn Fn(&Job) -> Option<[String; 2]>,
}

/// Puts artifacts into units. Tables and files of `assets/` are in none. `links` are those of the
/// base.
pub fn units<'a>(base: &'a Manifest, made: Made<'_, 'a>, links: &[KeptLink]) -> Vec<Unit<'a>> {
    let mut units: Vec<Unit<'a>> = Vec::with_capacity(made.jobs.len());
    let (mut by_id, mut by_stem) = (BTreeMap::new(), BTreeMap::new());
    for (at, job) in made.jobs.iter().enumerate() {
        let Some(first) = job.parts.first() else { continue };
        let assets = (made.asset)(job).map(|[campaign, asset]| {
            let whole = format!("{campaign}/{asset}");
            [asset, whole]
        });
        let (key, place) = (first.path.to_string(), units.len());
        let stem = key.rsplit_once('.').map_or(key.as_str(), |(stem, _)| stem);
        by_stem.entry(stem.to_owned()).or_insert(place);
        for part in &job.parts {
            by_id.insert(part.path.to_string(), place);
        }
        let assets = assets.into_iter().flatten().collect();
        units.push(Unit { key, job: Some(at), assets, ..Unit::default() });
    }
    let of_job = |entry: &&Entry| entry.kind.campaign.is_some();
    for entry in made.target.artifacts.iter().filter(of_job) {
        if let Some(unit) = by_id.get(entry.id.as_str()).and_then(|at| units.get_mut(*at)) {
            unit.new.push(entry);
        }
    }
    for entry in base.artifacts.iter().filter(of_job) {
        let known = by_id.get(entry.id.as_str()).copied().or_else(|| of_stem(&by_stem, &entry.id));
        let at = known.unwrap_or_else(|| {
            by_stem.insert(shortest_stem(&entry.id).to_owned(), units.len());
            units.push(Unit { key: entry.id.to_string(), ..Unit::default() });
            units.len() - 1
        });
        if let Some(unit) = units.get_mut(at) {
            unit.old.push(entry);
        }
    }
    claim_links(&mut units, links);
    units
}

/// The name up to its first dot.
fn shortest_stem(id: &str) -> &str {
    let name = id.rfind('/').map_or(0, |at| at + 1);
    let dot = id.get(name..).and_then(|rest| rest.find('.'));
    id.get(..name + dot.unwrap_or(id.len() - name)).unwrap_or(id)
}

/// The unit that a file of the base belongs to, which would not be made any more: the one with the
/// longest name that it begins with.
fn of_stem(by_stem: &BTreeMap<String, usize>, id: &str) -> Option<usize> {
    let mut stem = id;
    let shortest = shortest_stem(id).len();
    while stem.len() > shortest {
        stem = stem.get(..stem.rfind('.')?)?;
        if let Some(at) = by_stem.get(stem) {
            return Some(*at);
        }
    }
    None
}

/// Tells each unit which links of the base it may show: those of its campaign, channel and asset
/// that lead to an offer of it. Of a unit that goes, the asset is not known.
fn claim_links(units: &mut [Unit<'_>], links: &[KeptLink]) {
    let mut by_place: BTreeMap<[&str; 3], Vec<usize>> = BTreeMap::new();
    let mut of_asset: BTreeSet<[&str; 3]> = BTreeSet::new();
    for (at, link) in links.iter().enumerate() {
        let [campaign, channel, asset, offer] = link.shown_in();
        by_place.entry([campaign, channel, offer]).or_default().push(at);
        of_asset.insert([campaign, channel, asset]);
    }
    for unit in units {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut named = BTreeSet::new();
        for entry in &unit.old {
            let (Some(campaign), Some(channel)) = (&entry.kind.campaign, &entry.kind.channel)
            else {
                continue;
            };
            let is_known = |asset: &String| of_asset.contains(&[campaign, channel, asset.as_str()]);
            let own = unit.assets.iter().any(is_known);
            for offer in &entry.offers {
                let there = by_place.get(&[campaign.as_str(), channel, offer.as_str()]);
                for at in there.into_iter().flatten() {
                    let [_, _, asset, _] = links.get(*at).map_or([""; 4], KeptLink::shown_in);
                    if !own || unit.assets.contains(asset) {
                        found.insert(*at);
                        named.extend([asset.to_owned(), format!("{campaign}/{asset}")]);
                    }
                }
            }
        }
        unit.kept = found.into_iter().collect();
        if unit.job.is_none() {
            unit.assets = named;
        }
    }
}

/// The digests that a file's bytes name: 16 hexadecimal digits between two dots, as they stand in
/// the names of published files.
pub fn names_in(bytes: &[u8]) -> BTreeSet<String> {
    const DIGITS: usize = 16;
    let mut found = BTreeSet::new();
    for dot in memchr::memchr_iter(b'.', bytes) {
        let Some(name) = bytes.get(dot + 1..dot + 1 + DIGITS) else { break };
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if bytes.get(dot + 1 + DIGITS) == Some(&b'.') && name.iter().all(is_digit) {
            found.insert(String::from_utf8_lossy(name).into_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_in_names_only() {
        let text = b"a.0123456789abcdef.png b.0123456789abcde.png .fedcba9876543210. \
                     c.0123456789ABCDEF.png .00000000000000001. end.0123456789abcdef";
        let found: Vec<String> = names_in(text).into_iter().collect();
        assert_eq!(found, ["0123456789abcdef", "fedcba9876543210"]);
    }

    #[test]
    fn a_file_that_goes_belongs_to_the_longest_name_it_begins_with() {
        let stems = BTreeMap::from([("email/a".to_owned(), 1), ("email/a.b".to_owned(), 2)]);
        assert_eq!(of_stem(&stems, "email/a.eml"), Some(1));
        assert_eq!(of_stem(&stems, "email/a.b.eml"), Some(2));
        assert_eq!(of_stem(&stems, "email/ab.eml"), None);
        assert_eq!(shortest_stem("x.y/a.pending.html"), "x.y/a");
        assert_eq!(shortest_stem("plain"), "plain");
    }
}
