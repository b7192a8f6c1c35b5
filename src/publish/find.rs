//! Which release somebody means, by number, by root, or by being live.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::documents::{has_manifest, known_manifest};
use super::fault::PublishFault;
use super::history::{PastPublication, past_publications};
use super::run::Run;
use super::state::{State, read_state};
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::release::Publication;

/// A release as people name it. What is meant follows from the form alone, so that no name can be
/// two of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// `live`: what the environment serves.
    Live,
    /// One to seven digits: the number of a publication.
    Number(u64),
    /// Eight to 64 hexadecimal digits: how a root begins.
    Root(String),
}

/// Digits of a number; more are the beginning of a root.
const NUMBER: usize = 7;

/// A release that was found, with what was built for it.
#[derive(Debug)]
pub struct FoundRelease {
    /// The publication: of several of one root, the last.
    pub publication: Publication,
    /// Its root.
    pub root: Digest,
    /// What was built.
    pub manifest: Manifest,
    /// Whether it is live.
    pub is_live: bool,
}

impl Which {
    /// What a text names, if it has the form of such a name.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.bytes().all(|one| one.is_ascii_hexdigit());
        let digits = text.bytes().all(|one| one.is_ascii_digit());
        match text.len() {
            _ if text == "live" => Some(Self::Live),
            1..=NUMBER if digits => text.parse().ok().map(Self::Number),
            8..=64 if hex => Some(Self::Root(text.to_ascii_lowercase())),
            _ => None,
        }
    }

    /// Whether a publication is one of those that are meant.
    pub(super) fn is(&self, one: &Publication, live: Option<u64>) -> bool {
        match self {
            Self::Live => live == Some(one.seq),
            Self::Number(number) => *number == one.seq,
            Self::Root(digits) => one.release.starts_with(digits.as_str()),
        }
    }
}

/// Finds a release that is or was live.
///
/// # Errors
/// Where there is none, a root is not told apart from another, or what is there does not fit.
pub fn find_release(run: &Run<'_>, which: &Which) -> Result<FoundRelease> {
    let state = read_state(run)?;
    let Some(live) = &state.live else { return Err(nothing_released(run)) };
    let publication = if *which == Which::Live {
        live.publication.clone()
    } else {
        let past = past_publications(run.store, run.env, state.seq())?;
        find_in(run, &past, which, state.seq())?.publication.clone()
    };
    let is_live = publication.seq == live.publication.seq;
    found(run, &state, publication, is_live)
}

/// The last releases that are or were live and are still there, each root once, the last first.
///
/// # Errors
/// Where what is there does not fit.
pub fn last_releases(run: &Run<'_>, limit: usize) -> Result<Vec<FoundRelease>> {
    let state = read_state(run)?;
    let past = past_publications(run.store, run.env, state.seq())?;
    let (mut seen, mut releases) = (BTreeSet::new(), Vec::new());
    for one in past.into_iter().rev().filter(|one| one.was_live) {
        let publication = one.publication;
        if releases.len() == limit || !seen.insert(publication.release.clone()) {
            continue;
        }
        let is_live = state.seq() == Some(publication.seq);
        let there = publication.root().map(|root| has_manifest(run.store, &root)).transpose()?;
        if there == Some(true) {
            releases.push(found(run, &state, publication, is_live)?);
        }
    }
    Ok(releases)
}

fn found(
    run: &Run<'_>,
    state: &State,
    publication: Publication,
    is_live: bool,
) -> Result<FoundRelease> {
    let Some(root) = publication.root() else { bail!("a publication has no release") };
    // What is live is never cleaned up, so its manifest is gone only where somebody took it.
    if !is_live && !has_manifest(run.store, &root)? {
        return Err(PublishFault::unknown(format!(
            "release {} is not in {} any more, because `throughline gc` has removed it; {} is live",
            publication.seq,
            run.store.shown(),
            state.seq().unwrap_or_default()
        )));
    }
    let (manifest, _) = known_manifest(run.store, &root, Some(&publication.manifest))?;
    Ok(FoundRelease { publication, root, manifest, is_live })
}

/// That an environment never served anything.
pub(super) fn nothing_released(run: &Run<'_>) -> anyhow::Error {
    PublishFault::unknown(format!(
        "nothing was ever released in `{}` of {}",
        run.env,
        run.store.shown()
    ))
}

/// The publication that is meant, of those that were live.
pub(super) fn find_in<'p>(
    run: &Run<'_>,
    past: &'p [PastPublication],
    which: &Which,
    live: Option<u64>,
) -> Result<&'p PastPublication> {
    choose(past, which, live).map_err(|why| {
        let (env, target) = (run.env, run.store.shown());
        PublishFault::unknown(format!("{why}; `{env}` of {target} has {}", there(past, live)))
    })
}

/// The same; else why none is meant, in a few words.
fn choose<'p>(
    past: &'p [PastPublication],
    which: &Which,
    live: Option<u64>,
) -> std::result::Result<&'p PastPublication, String> {
    let meant = || past.iter().filter(|one| which.is(&one.publication, live));
    let mut roots: BTreeMap<&str, &PastPublication> = BTreeMap::new();
    for one in meant().filter(|one| one.was_live) {
        // The last of a root stays.
        roots.insert(&one.publication.release, one);
    }
    let mut found = roots.values();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(ambiguous(which, &roots)),
        _ => Err(match (meant().next(), which) {
            (Some(one), _) => format!(
                "publication {} was written and never was live, because its run was stopped or \
                 somebody else was faster",
                one.publication.seq
            ),
            (None, Which::Number(number)) => format!("there is no release {number}"),
            (None, Which::Root(digits)) => {
                format!("there is no release whose root begins with {digits}")
            }
            (None, Which::Live) => "nothing is live".to_owned(),
        }),
    }
}

fn ambiguous(which: &Which, roots: &BTreeMap<&str, &PastPublication>) -> String {
    let typed = if let Which::Root(digits) = which { digits.len() } else { 0 };
    let all: Vec<&str> = roots.keys().copied().collect();
    let differ = |length: &usize| {
        let begins: BTreeSet<_> = all.iter().map(|one| one.get(..*length)).collect();
        begins.len() == all.len()
    };
    let enough = (typed..64).find(differ).unwrap_or(64);
    let named = roots.iter().map(|(root, one)| {
        format!("{} is release {}", root.get(..enough).unwrap_or(root), one.publication.seq)
    });
    let named = named.collect::<Vec<_>>().join(", ");
    format!("more than one root begins so ({named}): type more of it")
}

/// What there is: `releases 1 to 7; 7 is live`.
fn there(past: &[PastPublication], live: Option<u64>) -> String {
    let numbers: Vec<u64> =
        past.iter().filter(|one| one.was_live).map(|one| one.publication.seq).collect();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
            _ => runs.push((number, number)),
        }
    }
    let told =
        runs.iter().map(
            |(start, end)| {
                if start == end { start.to_string() } else { format!("{start} to {end}") }
            },
        );
    let told = told.collect::<Vec<_>>().join(", ");
    let one = matches!(runs.as_slice(), [(start, end)] if start == end);
    let word = if one { "release" } else { "releases" };
    format!("{word} {told}; live is {}", live.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Act;

    fn past(seq: u64, release: &str, was_live: bool) -> PastPublication {
        let publication = Publication {
            act: Act::Release,
            audit_head: None,
            audit_seq: 0,
            because: None,
            by: "ops".to_owned(),
            env: "production".to_owned(),
            evidence: Vec::new(),
            follows: None,
            id: String::new(),
            manifest: String::new(),
            prev: None,
            previous: None,
            published: String::new(),
            release: release.to_owned() + &"0".repeat(64 - release.len()),
            schema: Publication::schema_name(),
            seq,
            valid_until: None,
        };
        PastPublication { publication, digest: Digest::of(b""), was_live }
    }

    #[test]
    fn a_name_is_one_thing_by_its_form() {
        let number = |number| Some(Which::Number(number));
        let root = |digits: &str| Some(Which::Root(digits.to_owned()));
        for (text, meant) in [
            ("live", Some(Which::Live)),
            ("7", number(7)),
            ("1234567", number(1_234_567)),
            ("12345678", root("12345678")),
            ("6F3A91C2", root("6f3a91c2")),
            ("deadbee", None),
            ("", None),
            ("Live", None),
            ("-1", None),
            ("+1", None),
            ("6f3a91cg", None),
        ] {
            assert_eq!(Which::parse(text), meant, "{text}");
        }
        assert_eq!(Which::parse(&"a".repeat(65)), None);
    }

    #[test]
    fn one_root_is_meant_or_none() {
        let all = [
            past(1, "aaaaaaaa1", true),
            past(2, "aaaaaaaa2", true),
            past(3, "bbbbbbbb", false),
            past(4, "aaaaaaaa1", true),
        ];
        let seq = |text: &str| {
            let found = choose(&all, &Which::parse(text).unwrap(), Some(4));
            found.map(|one| one.publication.seq)
        };
        assert_eq!(seq("1"), Ok(1));
        assert_eq!(seq("aaaaaaaa2"), Ok(2));
        assert_eq!(seq("aaaaaaaa1"), Ok(4), "what was released twice is the last of the two");
        assert_eq!(seq("live"), Ok(4));
        let why = seq("aaaaaaaa").unwrap_err();
        assert!(why.contains("aaaaaaaa1 is release 4, aaaaaaaa2 is release 2"), "{why}");
        assert!(seq("3").unwrap_err().contains("never was live"));
        assert!(seq("9").unwrap_err().contains("there is no release 9"));
        assert_eq!(there(&all, Some(4)), "releases 1 to 2, 4; live is 4");
        assert_eq!(there(&all[..1], Some(1)), "release 1; live is 1");
    }
}
