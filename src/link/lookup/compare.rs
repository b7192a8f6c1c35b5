//! Holds what was found against a link: what differs, and whether it can still be that link.

use std::borrow::Cow;

use super::difference::{Finding, PathChange};
use super::form::{Form, folded_path};
use super::params::compare_params;
use super::seen::{Seen, Through};
use crate::address::Parts;
use crate::dialect::Dialect;
use crate::link::MadeLink;

/// What came of holding a URL against a link.
#[derive(Debug, Default)]
pub(super) struct Comparison<'t> {
    pub(super) findings: Vec<Finding<'t>>,
    /// Less is nearer.
    pub(super) cost: u32,
    /// It cannot be this link as it stands.
    pub(super) contradicts: bool,
}

/// Things that happen to links on their way.
pub(super) const USUAL: u32 = 1;
/// Things that people and programs do to links.
pub(super) const SLIP: u32 = 3;
const BEHIND: u32 = 4;
/// Something is not there any more.
pub(super) const MISSING: u32 = 10;
const SHORTENED: u32 = 20;
/// Something else is there.
pub(super) const OTHER: u32 = 100;
const OTHER_PAGE: u32 = 300;
const OTHER_HOST: u32 = 500;

impl<'t> Comparison<'t> {
    pub(super) fn note(&mut self, cost: u32, finding: Finding<'t>) {
        self.cost += cost;
        self.findings.push(finding);
    }

    pub(super) fn contradict(&mut self, cost: u32, finding: Finding<'t>) {
        self.contradicts = true;
        self.note(cost, finding);
    }
}

/// Compares what was found with one form of a link.
pub(super) fn compare<'t>(
    seen: &'t Seen,
    parts: &Parts<'t>,
    form: &Form<'t>,
    link: MadeLink<'t>,
    dialects: &[Dialect],
) -> Comparison<'t> {
    // What is behind a network says less than the whole link, where both are there.
    let cost = if form.bare { BEHIND } else { 0 };
    let mut all = Comparison { cost, ..Comparison::default() };
    compare_ways(seen, form, link, &mut all);
    compare_scheme(&seen.text, parts, form, &mut all);
    compare_host(&seen.text, parts, form, &mut all);
    let matched = compare_params(parts, form, dialects, &mut all);
    compare_path(parts, form, matched, &mut all);
    if parts.fragment != form.fragment {
        let finding = Finding::Fragment { value: form.fragment, given: parts.fragment };
        all.note(SLIP, finding);
    }
    // A page alone is no sign of having come by a link to it.
    all.contradicts |= matched == 0 && !form.params.is_empty();
    if all.findings.is_empty() && seen.text != form.url && !form.bare {
        let (value, given) = (form.url.clone().into_owned(), seen.text.clone());
        all.note(USUAL, Finding::Spelling { value, given });
    }
    all
}

/// Networks and redirects around it, against the network of the link.
fn compare_ways(seen: &Seen, form: &Form<'_>, link: MadeLink<'_>, all: &mut Comparison<'_>) {
    let own = link.details.wrapping.as_ref().filter(|_| form.bare);
    let mut is_there = false;
    for way in &seen.through {
        let Through::Network { profile, unwrapped } = way else {
            all.note(USUAL, way.finding());
            continue;
        };
        let Some(own) = own.filter(|own| own.profile == *profile) else {
            all.note(USUAL, way.finding());
            continue;
        };
        is_there = true;
        let expected = own.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let sub_id = link.sub_id().map(|value| ("sub_id", value));
        for (name, value) in expected.chain(sub_id) {
            let given = if name == "sub_id" {
                unwrapped.sub_id.as_deref()
            } else {
                let mut fields = unwrapped.fields.iter();
                fields.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
            };
            let given = given.unwrap_or("");
            if !given.eq_ignore_ascii_case(value) {
                let finding = Finding::Network {
                    field: name.to_owned(),
                    value: value.to_owned(),
                    given: given.to_owned(),
                };
                all.note(OTHER, finding);
            }
        }
    }
    if let Some(own) = own.filter(|_| !is_there) {
        all.note(SLIP, Finding::Unwrapped { profile: own.profile.clone() });
    }
}

fn compare_scheme(text: &str, parts: &Parts<'_>, form: &Form<'_>, all: &mut Comparison<'_>) {
    let (value, given) = (form.scheme.clone(), parts.scheme.clone());
    if given != value {
        all.note(USUAL, Finding::Scheme { value, given });
    } else if !text.trim_start().starts_with(&given) {
        let given = text.split(':').next().unwrap_or("").to_owned();
        all.note(USUAL, Finding::Spelling { value, given });
    }
}

fn compare_host(text: &str, parts: &Parts<'_>, form: &Form<'_>, all: &mut Comparison<'_>) {
    let (value, given) = (form.host.clone(), parts.host.clone());
    if given == value {
        let behind = text.split_once("//").map_or(text, |(_, rest)| rest);
        let written = behind.split(['/', '\\', '?', '#']).next().unwrap_or("");
        if written.bytes().any(|one| one.is_ascii_uppercase()) {
            all.note(USUAL, Finding::HostCase { value });
        }
        return;
    }
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    if bare(&given) == bare(&value) {
        all.note(SLIP, Finding::Host { value, given });
    } else {
        all.contradict(OTHER_HOST, Finding::Host { value, given });
    }
}

fn compare_path<'t>(parts: &Parts<'t>, form: &Form<'t>, matched: usize, all: &mut Comparison<'t>) {
    let (given, value) = (parts.path, form.path);
    let root = |path: &str| path.is_empty() || path == "/";
    if given == value || (root(given) && root(value)) {
        return;
    }
    let (short, long) = (folded_path(given), folded_path(value));
    let (why, cost) = if short == long {
        (PathChange::Spelling, USUAL)
    } else if long.starts_with(&short) {
        (PathChange::Shortened, SHORTENED)
    } else if short.starts_with(&long) && !long.is_empty() {
        (PathChange::Extended, SHORTENED)
    } else {
        (PathChange::Other, OTHER_PAGE)
    };
    let finding = Finding::Path { value: Cow::Borrowed(value), given: Cow::Borrowed(given), why };
    // Without a parameter, a piece of a path says nothing.
    if why == PathChange::Other || (cost == SHORTENED && matched == 0) {
        all.contradict(cost, finding);
    } else {
        all.note(cost, finding);
    }
}
