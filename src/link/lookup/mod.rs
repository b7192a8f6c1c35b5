//! From anything that somebody found to the link it is: a URL, a short URL, a code or an id,
//! however it was treated on its way. Pure; never guesses: what it cannot tell apart, it says.

mod compare;
mod difference;
mod form;
mod names;
mod params;
mod places;
mod seen;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_properties;

pub use difference::Difference;

use std::sync::OnceLock;

use self::compare::{Comparison, compare};
use self::difference::Finding;
use self::form::{behind, whole};
use self::names::Names;
use self::places::Places;
use self::seen::{Seen, seen};
use super::{Links, MadeLink};
use crate::address::{Parts, split};
use crate::dialect::Dialect;
use crate::resolve::Facts;
use crate::source::{Documents, Lock};
use crate::wrapper::Profile;

/// What links are looked up in.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// All links of the workspace.
    pub links: Vec<MadeLink<'a>>,
    /// All links ever made.
    pub lock: &'a Lock,
    /// The networks' profiles.
    pub profiles: Vec<&'a Profile>,
    /// Whose macros platforms fill in.
    pub dialects: Vec<Dialect>,
    /// The host of short URLs.
    pub short_host: &'a str,
}

impl<'a> Known<'a> {
    /// What a workspace knows.
    pub fn of(documents: &'a Documents, facts: &Facts, links: &'a Links) -> Self {
        let mut names = documents.wrapper_names();
        names.sort_unstable();
        names.dedup();
        let mut dialects: Vec<Dialect> = Vec::new();
        for dialect in documents.channels.iter().filter_map(|channel| channel.dialect) {
            if !dialects.contains(&dialect) {
                dialects.push(dialect);
            }
        }
        Self {
            links: links.made(documents, facts).iter().collect(),
            lock: &documents.lock,
            profiles: names.into_iter().filter_map(|name| documents.wrapper(name)).collect(),
            dialects,
            short_host: documents.workspace.hosts.links.value.host_str().unwrap_or(""),
        }
    }

    fn profile(&self, name: &str) -> Option<&'a Profile> {
        self.profiles.iter().copied().find(|profile| profile.name() == name)
    }
}

/// A link that was given out, or will be.
#[derive(Clone, Copy, Debug)]
pub enum Minted<'a> {
    /// The workspace makes it.
    Live(MadeLink<'a>),
    /// Only the lock knows it.
    Retired {
        /// Its id.
        id: &'a str,
        /// Its short code.
        short_code: &'a str,
    },
}

impl<'a> Minted<'a> {
    /// Its id.
    pub fn id(self) -> &'a str {
        match self {
            Self::Live(made) => &made.link.id,
            Self::Retired { id, .. } => id,
        }
    }

    /// Its short code.
    pub fn short_code(self) -> &'a str {
        match self {
            Self::Live(made) => &made.link.short_code,
            Self::Retired { short_code, .. } => short_code,
        }
    }
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Byte for byte what was built.
    Exact,
    /// Not as it was built, and no other link.
    Same,
    /// Like this link, and not it, or not it alone.
    Nearest,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// How sure it is.
    pub kind: Match,
    /// The link.
    pub link: Minted<'a>,
    /// What is not as it was built.
    pub differences: Vec<Difference>,
    /// Ids of other links that it may be just as well.
    pub also: Vec<&'a str>,
    /// The URL of it, out of whatever it was inside of; nothing for ids and codes.
    pub url: Option<String>,
}

/// Looks links up. What it looks in is sorted once, when it is first needed.
#[derive(Debug)]
pub struct Lookup<'a> {
    known: Known<'a>,
    names: Names<'a>,
    places: OnceLock<Places>,
}

/// A candidate, as it compares.
struct Ranked<'a> {
    cost: u32,
    contradicts: bool,
    link: MadeLink<'a>,
    seen: usize,
    bare: bool,
}

impl<'a> Lookup<'a> {
    /// Prepares for looking up.
    pub fn new(known: Known<'a>) -> Self {
        let names = Names::new(&known.links, known.lock);
        Self { known, names, places: OnceLock::new() }
    }

    /// Finds the link that something is.
    pub fn find(&self, what: &str) -> Option<Found<'a>> {
        let what = what.trim();
        if let Some(link) = self.names.by_id(what).or_else(|| self.names.by_code(what)) {
            return Some(sure(link, &[], None));
        }
        let all = seen(what, &self.known.profiles);
        self.by_short_url(&all).or_else(|| self.by_url(&all)).or_else(|| self.by_typed_name(what))
    }

    /// Ids near a word that is none, if they are few.
    pub fn near_ids(&self, word: &str) -> Vec<&'a str> {
        self.names.near_ids(word)
    }

    /// A code or id as people type it: in any case, with spaces or dashes, with a slip in it.
    fn by_typed_name(&self, what: &str) -> Option<Found<'a>> {
        let spelled = |what_is, value: &str| {
            let (value, given) = (value.to_owned(), what.to_owned());
            vec![Finding::CodeCase { what: what_is, value, given }]
        };
        let id = what.to_lowercase();
        if let Some(link) = self.names.by_id(&id) {
            return Some(sure(link, &spelled("link_id", link.id()), None));
        }
        let bare: String = id.chars().filter(|one| !one.is_whitespace() && *one != '-').collect();
        if let Some(link) = self.names.by_code(&bare) {
            return Some(sure(link, &spelled("short_code", link.short_code()), None));
        }
        self.by_mistyped_code(&bare, Vec::new(), None)
    }

    fn by_mistyped_code(
        &self,
        code: &str,
        findings: Vec<Finding<'_>>,
        url: Option<String>,
    ) -> Option<Found<'a>> {
        let near = self.names.near_code(code);
        let (first, others) = near.split_first()?;
        let (value, given) = (first.short_code().to_owned(), code.to_owned());
        let mut findings = findings;
        findings.push(Finding::Mistyped { value, given });
        let also = others.iter().map(|one| one.id()).collect();
        Some(Found { kind: Match::Nearest, also, ..sure(*first, &findings, url) })
    }

    /// A short URL, in whatever it was found. Upper case is how QR codes hold it.
    fn by_short_url(&self, all: &[Seen]) -> Option<Found<'a>> {
        let mut slip = None;
        for one in all {
            let parts = split(&one.text);
            let code = parts.path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            let lower = code.to_ascii_lowercase();
            let is_ours = parts.host == self.known.short_host;
            let mut findings: Vec<_> = one.through.iter().map(seen::Through::finding).collect();
            if let Some(link) = self.names.by_code(&lower) {
                self.compare_short_url(one, &parts, code, link, &mut findings);
                let found = sure(link, &findings, None);
                let kind = if is_ours { found.kind } else { Match::Nearest };
                return Some(Found { kind, ..found });
            }
            if is_ours && slip.is_none() {
                slip = self.by_mistyped_code(&lower, findings, None);
            }
        }
        slip
    }

    fn compare_short_url<'t>(
        &self,
        seen: &'t Seen,
        parts: &Parts<'t>,
        code: &str,
        link: Minted<'_>,
        findings: &mut Vec<Finding<'t>>,
    ) {
        let value = link.short_code();
        if parts.host != self.known.short_host {
            let (value, given) = (self.known.short_host.to_owned(), parts.host.clone());
            findings.push(Finding::CodeHost { value, given });
        }
        if code != value {
            let (value, given) = (value.to_owned(), code.to_owned());
            findings.push(Finding::CodeCase { what: "short_code", value, given });
        }
        if parts.scheme != "https" {
            let (value, given) = ("https".to_owned(), parts.scheme.clone());
            findings.push(Finding::Scheme { value, given });
        }
        let added = parts.params.iter().chain(&parts.noise);
        findings
            .extend(added.map(|param| Finding::Added { name: param.name.clone(), raw: param.raw }));
        if let Some(fragment) = parts.fragment {
            findings.push(Finding::Fragment { value: None, given: Some(fragment) });
        }
        let built = format!("https://{}/{value}", self.known.short_host);
        if findings.is_empty() && seen.text != built {
            let given = seen.text.clone();
            findings.push(Finding::Spelling { value: built, given });
        }
    }

    fn by_url(&self, all: &[Seen]) -> Option<Found<'a>> {
        let places = self.places.get_or_init(|| Places::new(&self.known.links));
        let mut ranked: Vec<Ranked<'a>> = Vec::new();
        for near in [false, true] {
            for (at, one) in all.iter().enumerate() {
                let parts = split(&one.text);
                let candidates = if near { places.near(&parts) } else { places.candidates(&parts) };
                let by_sub_id = self.by_sub_id(one, &parts);
                let links =
                    candidates.into_iter().filter_map(|at| self.known.links.get(at).copied());
                for link in links.chain(by_sub_id) {
                    ranked.extend(self.rank(at, one, &parts, link));
                }
            }
            if !ranked.is_empty() {
                break;
            }
        }
        ranked.sort_by(|a, b| {
            (a.cost, a.contradicts, a.link.id.as_str()).cmp(&(
                b.cost,
                b.contradicts,
                b.link.id.as_str(),
            ))
        });
        ranked.dedup_by(|b, a| a.link.id == b.link.id);
        self.settle(all, &ranked)
    }

    /// Links whose code a network or the partner hands back.
    fn by_sub_id(&self, seen: &Seen, parts: &Parts<'_>) -> Vec<MadeLink<'a>> {
        let networks = seen.through.iter().filter_map(|way| match way {
            seen::Through::Network { unwrapped, .. } => unwrapped.sub_id.clone(),
            _ => None,
        });
        let params = parts.params.iter().chain(&parts.noise).map(|one| one.value.to_string());
        let codes = networks.chain(params).map(|code| code.to_ascii_lowercase());
        let links = codes.filter_map(|code| match self.names.by_code(&code)? {
            Minted::Live(link) => Some(link),
            Minted::Retired { .. } => None,
        });
        links.collect()
    }

    /// A link in each of its forms.
    fn rank(
        &self,
        seen_at: usize,
        seen: &Seen,
        parts: &Parts<'_>,
        link: MadeLink<'a>,
    ) -> impl Iterator<Item = Ranked<'a>> {
        let rank = |comparison: Comparison<'_>, bare| Ranked {
            cost: comparison.cost,
            contradicts: comparison.contradicts,
            link,
            seen: seen_at,
            bare,
        };
        let dialects = &self.known.dialects;
        let first = rank(compare(seen, parts, &whole(link), link, dialects), false);
        let profile =
            link.details.wrapping.as_ref().and_then(|one| self.known.profile(&one.profile));
        let inner = behind(link, profile)
            .map(|form| rank(compare(seen, parts, &form, link, dialects), true));
        std::iter::once(first).chain(inner)
    }

    /// Says how sure the nearest one is.
    fn settle(&self, all: &[Seen], ranked: &[Ranked<'a>]) -> Option<Found<'a>> {
        let best = ranked.first()?;
        let seen = all.get(best.seen)?;
        let parts = split(&seen.text);
        let profile =
            best.link.details.wrapping.as_ref().and_then(|one| self.known.profile(&one.profile));
        let form = if best.bare { behind(best.link, profile)? } else { whole(best.link) };
        let mut compared = compare(seen, &parts, &form, best.link, &self.known.dialects);
        let given = all.first()?.text.clone();
        if compared.findings.is_empty() && given != best.link.url.as_str() {
            let value = best.link.url.to_string();
            compared.findings.push(Finding::Spelling { value, given });
        }
        let rivals = ranked.iter().skip(1).take_while(|one| one.cost == best.cost);
        let rivals: Vec<&Ranked<'a>> = rivals.collect();
        // Two links of one placement with one URL are the same for everybody who follows them.
        let is_sure =
            !best.contradicts && rivals.iter().all(|one| one.link.placement == best.link.placement);
        let mut found = sure(Minted::Live(best.link), &compared.findings, Some(seen.text.clone()));
        if !is_sure {
            found.kind = Match::Nearest;
        }
        found.also = rivals.iter().map(|one| one.link.link.id.as_str()).collect();
        Some(found)
    }
}

/// A link that it is, as built if there is nothing to say.
fn sure<'a>(link: Minted<'a>, findings: &[Finding<'_>], url: Option<String>) -> Found<'a> {
    let kind = if findings.is_empty() { Match::Exact } else { Match::Same };
    let differences = findings.iter().map(Finding::describe).collect();
    Found { kind, link, differences, also: Vec::new(), url }
}
