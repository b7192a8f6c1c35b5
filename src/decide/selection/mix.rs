//! The selected artifacts as they would be, everything else as it is: whether the two fit.

use std::collections::{BTreeMap, BTreeSet};

use super::Unit;
use crate::artifact::KeptLink;
use crate::link::MadeLink;
use crate::manifest::{Entry, Manifest};

/// What is held against what.
#[derive(Clone, Copy)]
pub struct Mixing<'m, 'a> {
    /// What was built.
    pub base: &'a Manifest,
    /// What a build would make.
    pub target: &'a Manifest,
    /// All units.
    pub units: &'m [Unit<'a>],
    /// The units that are built anew, by their place.
    pub chosen: &'m BTreeSet<usize>,
    /// The links of the base.
    pub links: &'m [KeptLink],
    /// Whether a link of the base is listed as one that would be made.
    pub same_link: &'m dyn Fn(&KeptLink, MadeLink<'_>) -> bool,
    /// The digests that files of the base name, by path.
    pub old_names: &'m BTreeMap<String, BTreeSet<String>>,
    /// The digests that files of the target name, by path.
    pub new_names: &'m BTreeMap<String, BTreeSet<String>>,
    /// The routes of the base's pages by address.
    pub old_pages: &'m BTreeMap<String, String>,
    /// The routes of the target's pages by address.
    pub new_pages: &'m BTreeMap<String, String>,
}

/// Two things that cannot both be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// What they are.
    pub sentence: String,
    /// What would have to be selected as well: the name of a unit.
    pub select: String,
}

/// What is kept.
#[derive(Clone, Debug, Default)]
pub struct Mixed {
    /// Artifacts, and files below `assets/` that only they show.
    pub entries: Vec<Entry>,
    /// Links, by their place.
    pub links: Vec<usize>,
}

impl<'a> Mixing<'_, 'a> {
    /// Tells each unit which others it shows something of.
    pub fn needs(&self) -> Vec<BTreeSet<usize>> {
        let mut of_file: BTreeMap<String, usize> = BTreeMap::new();
        let mut of_route: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            for entry in unit.entries() {
                of_file.insert(short(entry), at);
                of_route.extend(entry.route.as_deref().map(|route| (route, at)));
            }
        }
        let needs = self.units.iter().enumerate().map(|(at, unit)| {
            let old = unit.old.iter().filter_map(|entry| self.old_names.get(entry.path.as_str()));
            let new = unit.new.iter().filter_map(|entry| self.new_names.get(entry.path.as_str()));
            let files = old.chain(new).flatten().filter_map(|name| of_file.get(name.as_str()));
            let old = unit.kept.iter().filter_map(|link| self.old_route(*link));
            let new = unit.made.iter().filter_map(|link| self.new_route(*link));
            let pages = old.chain(new).filter_map(|route| of_route.get(route));
            files.chain(pages).copied().filter(|other| *other != at).collect()
        });
        needs.collect()
    }

    /// Puts the two together.
    ///
    /// # Errors
    /// Everything in them that does not fit.
    pub fn mix(&self) -> Result<Mixed, Vec<Conflict>> {
        let mut wrong = BTreeSet::new();
        let links = self.kept_links(&mut wrong);
        self.check_pages(&mut wrong);
        let mut entries = self.kept_files(&mut wrong);
        if !wrong.is_empty() {
            return Err(wrong.into_iter().collect());
        }
        entries.extend(self.kept().flat_map(|(_, unit)| &unit.old).map(|entry| (*entry).clone()));
        Ok(Mixed { entries, links })
    }

    fn kept(&self) -> impl Iterator<Item = (usize, &Unit<'a>)> {
        self.units.iter().enumerate().filter(|(at, _)| !self.chosen.contains(at))
    }

    fn rebuilt(&self) -> impl Iterator<Item = &Unit<'a>> {
        self.chosen.iter().filter_map(|at| self.units.get(*at))
    }

    fn old_route(&self, link: usize) -> Option<&str> {
        let page = page_of(self.links.get(link)?.destination());
        self.old_pages.get(page).map(String::as_str)
    }

    fn new_route(&self, link: MadeLink<'_>) -> Option<&str> {
        self.new_pages.get(page_of(&link.details.destination)).map(String::as_str)
    }

    /// Links that only kept artifacts show stay as they are; one that both show must be the same.
    fn kept_links(&self, wrong: &mut BTreeSet<Conflict>) -> Vec<usize> {
        let made: BTreeMap<&str, (MadeLink<'a>, &Unit<'a>)> = self
            .rebuilt()
            .flat_map(|unit| unit.made.iter().map(move |link| (link.id.as_str(), (*link, unit))))
            .collect();
        let mut found = BTreeSet::new();
        for (_, unit) in self.kept() {
            for at in &unit.kept {
                let Some(link) = self.links.get(*at) else { continue };
                let Some((new, other)) = made.get(link.id()) else {
                    found.insert(*at);
                    continue;
                };
                if !(self.same_link)(link, *new) {
                    let sentence = format!(
                        "`{}` shows the link `{}` as it is, and `{}` as it would be",
                        unit.name(),
                        link.id(),
                        other.name()
                    );
                    wrong.insert(Conflict { sentence, select: unit.name().to_owned() });
                }
            }
        }
        found.into_iter().collect()
    }

    /// A page that something leads to is there, and there is one at each route.
    fn check_pages(&self, wrong: &mut BTreeSet<Conflict>) {
        let mut routes: BTreeMap<&str, &Unit<'a>> = BTreeMap::new();
        let new = self.rebuilt().flat_map(|unit| unit.new.iter().map(move |one| (unit, *one)));
        let old = self.kept().flat_map(|(_, unit)| unit.old.iter().map(move |one| (unit, *one)));
        for (unit, entry) in new.chain(old) {
            let Some(route) = entry.route.as_deref() else { continue };
            let other = routes.insert(route, unit);
            if let Some(other) = other.filter(|other| other.key != unit.key) {
                let (one, two) = (other.name(), unit.name());
                let sentence = format!("`{one}` and `{two}` are both the page at {route}");
                wrong.insert(Conflict { sentence, select: unit.name().to_owned() });
            }
        }
        for (_, unit) in self.kept() {
            let leads = unit.kept.iter().filter_map(|link| self.old_route(*link));
            for route in leads.filter(|route| !routes.contains_key(route)) {
                let sentence = format!("`{}` leads to {route}, which would be gone", unit.name());
                wrong.insert(Conflict { sentence, select: unit.name().to_owned() });
            }
        }
        for unit in self.rebuilt() {
            let leads = unit.made.iter().filter_map(|link| self.new_route(*link));
            for route in leads.filter(|route| !routes.contains_key(route)) {
                let sentence =
                    format!("`{}` would lead to {route}, which is not there", unit.name());
                let page = self.units.iter().find(|unit| {
                    unit.new.iter().any(|entry| entry.route.as_deref() == Some(route))
                });
                let select = page.unwrap_or(unit).name().to_owned();
                wrong.insert(Conflict { sentence, select });
            }
        }
    }

    /// A file that another shows stands under the name that is shown. Gives the files below
    /// `assets/` that stay because of it.
    fn kept_files(&self, wrong: &mut BTreeSet<Conflict>) -> Vec<Entry> {
        let (old, new) = (files(self.base), files(self.target));
        let mut of_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            of_id.extend(unit.entries().map(|entry| (entry.id.as_str(), at)));
        }
        let is_chosen = |id: &str| of_id.get(id).is_some_and(|at| self.chosen.contains(at));
        let by_id = |manifest: &'a Manifest| -> BTreeMap<&'a str, &'a Entry> {
            manifest.artifacts.iter().map(|entry| (entry.id.as_str(), entry)).collect()
        };
        let (base, target) = (by_id(self.base), by_id(self.target));
        let moved =
            |one: &Entry, other: Option<&&Entry>| other.is_none_or(|other| other.path != one.path);
        let mut kept_assets: BTreeMap<&str, (&Entry, Vec<&str>)> = BTreeMap::new();
        for (_, unit) in self.kept() {
            for shown in shown(&unit.old, self.old_names, &old) {
                if !moved(shown, target.get(shown.id.as_str())) {
                    continue;
                }
                if is_asset(shown) {
                    kept_assets.entry(&shown.id).or_insert((shown, vec![])).1.push(unit.name());
                } else if is_chosen(&shown.id) {
                    let sentence =
                        format!("`{}` shows `{}` as it is, which changes", unit.name(), shown.id);
                    wrong.insert(Conflict { sentence, select: unit.name().to_owned() });
                }
            }
        }
        for unit in self.rebuilt() {
            for shown in shown(&unit.new, self.new_names, &new) {
                if !moved(shown, base.get(shown.id.as_str())) {
                    continue;
                }
                let (id, key) = (shown.id.as_str(), unit.name());
                if let Some((_, shown_by)) = kept_assets.get(id) {
                    for other in shown_by {
                        let sentence =
                            format!("`{other}` shows `{id}` as it is, and `{key}` as it would be");
                        wrong.insert(Conflict { sentence, select: (*other).to_owned() });
                    }
                } else if !is_asset(shown) && !is_chosen(id) {
                    let sentence = format!("`{key}` would show `{id}`, which stays as it is");
                    let other = of_id.get(id).and_then(|at| self.units.get(*at));
                    let select = other.unwrap_or(unit).name().to_owned();
                    wrong.insert(Conflict { sentence, select });
                }
            }
        }
        kept_assets.into_values().map(|(entry, _)| entry.clone()).collect()
    }
}

/// Where a link leads, without the place in the page.
fn page_of(destination: &str) -> &str {
    destination.split_once('#').map_or(destination, |(page, _)| page)
}

/// What of a file's digest stands in its name.
fn short(entry: &Entry) -> String {
    entry.sha256.hex16()
}

fn is_asset(entry: &Entry) -> bool {
    entry.kind.campaign.is_none() && entry.id.starts_with("assets/")
}

/// The files of a build that others can show, by what of their digest stands in their names.
fn files(manifest: &Manifest) -> BTreeMap<String, Vec<&Entry>> {
    let mut found: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    let can_show = |one: &&Entry| one.kind.campaign.is_some() || is_asset(one);
    for entry in manifest.artifacts.iter().filter(can_show) {
        found.entry(short(entry)).or_default().push(entry);
    }
    found
}

/// The files that some others show.
fn shown<'a>(
    entries: &[&Entry],
    names: &BTreeMap<String, BTreeSet<String>>,
    files: &BTreeMap<String, Vec<&'a Entry>>,
) -> Vec<&'a Entry> {
    let own: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    let names = entries.iter().filter_map(|entry| names.get(entry.path.as_str())).flatten();
    let found: BTreeMap<&str, &'a Entry> = names
        .filter_map(|name| files.get(name.as_str()))
        .flatten()
        .filter(|entry| !own.contains(entry.id.as_str()))
        .map(|entry| (entry.id.as_str(), *entry))
        .collect();
    found.into_values().collect()
}
