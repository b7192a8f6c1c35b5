//! What is in each gate's scopes: artifacts and files, with the digests of what is watched of them.
//! The one place where it is said what an approval is for.

use std::collections::{BTreeMap, BTreeSet};

use super::About;
use super::facets::{Facet, Facets, facets_of};
use crate::decide::fact::World;
use crate::decide::touch::Readers;
use crate::graph::Job;
use crate::link::Links;
use crate::model::{Digest, Span};
use crate::source::{Digests, GateRule, Item, ScopeField, Sticky, Watch};

/// One gate for one thing.
#[derive(Clone, Debug)]
pub struct Scope<'r> {
    /// The gate.
    pub rule: &'r GateRule,
    /// `bf26/lumen`.
    pub id: String,
    /// What it is about.
    pub about: About,
    /// What is in it, sorted by id.
    pub items: Vec<Watched>,
    /// It is what was written down of a release, and not what the sources say.
    pub recorded: bool,
}

/// One thing in a scope.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// What a decision names.
    pub item: Option<Item>,
    /// The id of its first artifact, or a file's path.
    pub id: String,
    /// All artifacts that are made with it.
    pub artifacts: Vec<String>,
    /// What is watched of it, in full: text by the name of the facet.
    pub values: BTreeMap<String, String>,
    /// Where each facet stands, by its name.
    pub places: BTreeMap<String, Span>,
    /// Who wrote what is watched of it.
    pub authors: BTreeSet<String>,
}

/// What is watched and cannot be had, so that nobody can approve it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrenderable;

/// What only a look at the build can tell.
pub trait Rendered {
    /// The digest of an artifact's bytes without the addresses of tracked links; nothing where it
    /// has not been built from what the sources say now.
    fn bytes(&self, job: &Job) -> Option<Digest>;
    /// A block of an artifact as it is rendered; nothing where its template has none of that name.
    ///
    /// # Errors
    /// It has one, and it cannot be rendered.
    fn block(&self, job: &Job, name: &str) -> Result<Option<String>, Unrenderable>;
}

/// Everything that gates are about.
#[derive(Clone, Copy)]
pub struct Gated<'a> {
    /// The workspace.
    pub world: World<'a>,
    /// What each artifact can read.
    pub readers: &'a Readers,
    /// All links.
    pub links: &'a Links,
    /// All jobs.
    pub jobs: &'a [Job],
    /// What was rendered.
    pub rendered: &'a dyn Rendered,
}

/// The digest of what a gate's rule says that it watches: whoever approved has approved that.
pub fn rule_digest(rule: &GateRule) -> String {
    let watches: Vec<String> = rule.watches.iter().map(ToString::to_string).collect();
    let artifacts: Vec<&str> = rule.artifacts.iter().map(|(glob, _)| glob.as_str()).collect();
    let (id, scope) = (&rule.id, rule.scope.to_string());
    let said = (artifacts, id, &rule.role, scope, rule.sticky.as_str(), watches);
    Digest::of(&serde_json::to_vec(&said).unwrap_or_default()).hex()
}

/// The digest of everything in a scope.
pub fn subject_digest(rule: &GateRule, scope: &str, items: &[Item]) -> String {
    let items: Vec<(&str, String)> =
        items.iter().map(|item| (item.id.as_str(), item.digest())).collect();
    let said = ("https://throughline.dev/approval-subject/v1", scope, rule_digest(rule), items);
    Digest::of(&serde_json::to_vec(&said).unwrap_or_default()).hex()
}

/// Every scope of every gate, sorted by gate and scope.
pub fn scopes<'r>(gated: Gated<'_>, rules: &'r [GateRule]) -> Vec<Scope<'r>> {
    let mut found: BTreeMap<(&str, String), Scope<'r>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.is_about_files()) {
        let Some(id) = rule.scope.expand(&|_| None) else { continue };
        let items = files(gated.world, rule);
        let (about, recorded) = (About::default(), false);
        if !items.is_empty() {
            let scope = Scope { rule, id: id.clone(), about, items, recorded };
            found.insert((&rule.id, id), scope);
        }
    }
    let rules: Vec<&'r GateRule> = rules.iter().filter(|rule| !rule.is_about_files()).collect();
    let jobs = if rules.is_empty() { &[] } else { gated.jobs };
    for job in jobs {
        let Some(facets) = facets_of(gated.world, (gated.readers, gated.links), job) else {
            continue;
        };
        for rule in rules.iter().filter(|rule| covers(rule, job)) {
            for (id, about) in scopes_of(gated, rule, job, &facets) {
                let watched = watch(gated, rule, job, (&facets, about.partner.as_deref()));
                let Some(watched) = watched else { continue };
                let key = (rule.id.as_str(), id.clone());
                let new = || Scope { rule, id, about, items: Vec::new(), recorded: false };
                found.entry(key).or_insert_with(new).items.push(watched);
            }
        }
    }
    let mut scopes: Vec<Scope<'_>> = found.into_values().collect();
    for scope in &mut scopes {
        scope.items.sort_by(|a, b| a.id.cmp(&b.id));
    }
    scopes
}

fn covers(rule: &GateRule, job: &Job) -> bool {
    job.parts.iter().any(|part| rule.covers(part.path.as_str()))
}

/// The scopes that a job is in: one for each partner, where the gate's scope names one.
fn scopes_of(
    gated: Gated<'_>,
    rule: &GateRule,
    job: &Job,
    facets: &Facets,
) -> Vec<(String, About)> {
    let Some(reader) = job.parts.first().and_then(|part| gated.readers.get(part.path.as_str()))
    else {
        return Vec::new();
    };
    let partners: BTreeSet<Option<String>> = if rule.scope.has(ScopeField::Partner) {
        let all = facets.values().flat_map(|facet| &facet.partners).cloned().map(Some);
        let all: BTreeSet<_> = all.collect();
        // What shows no partner is watched as well.
        if all.is_empty() { [None].into() } else { all }
    } else {
        [None].into()
    };
    let named = |field: ScopeField, value: &str| rule.scope.has(field).then(|| value.to_owned());
    let artifact = job.parts.first().map_or("", |part| part.path.as_str());
    let all = partners.into_iter().filter_map(|partner| {
        let about = About {
            campaign: named(ScopeField::Campaign, &reader.campaign),
            channel: named(ScopeField::Channel, &reader.channel),
            window: named(ScopeField::Window, &reader.window),
            asset: named(ScopeField::Asset, &reader.asset),
            artifact: named(ScopeField::Artifact, artifact),
            partner,
        };
        let value = |field: ScopeField| match field {
            ScopeField::Partner => Some(about.partner.clone().unwrap_or_else(|| "-".to_owned())),
            other => about.get(other),
        };
        Some((rule.scope.expand(&value)?, about))
    });
    all.collect()
}

impl About {
    fn get(&self, field: ScopeField) -> Option<String> {
        match field {
            ScopeField::Campaign => self.campaign.clone(),
            ScopeField::Partner => self.partner.clone(),
            ScopeField::Channel => self.channel.clone(),
            ScopeField::Window => self.window.clone(),
            ScopeField::Asset => self.asset.clone(),
            ScopeField::Artifact => self.artifact.clone(),
        }
    }
}

/// What a gate watches of a job; nothing where there is nothing to watch. A scope of a partner sees
/// that partner's values and what all share, and no other partner's.
fn watch(
    gated: Gated<'_>,
    rule: &GateRule,
    job: &Job,
    (facets, partner): (&Facets, Option<&str>),
) -> Option<Watched> {
    let wanted = |facet: &Facet| {
        let own =
            partner.is_none_or(|one| facet.partners.is_empty() || facet.partners.contains(one));
        own && rule.watches(facet.class, (facet.entity, &facet.field))
    };
    let mut watched = Watched {
        id: job.parts.first()?.path.to_string(),
        artifacts: job.parts.iter().map(|part| part.path.to_string()).collect(),
        ..Watched::default()
    };
    for (name, facet) in facets.iter().filter(|(_, facet)| wanted(facet)) {
        watched.values.insert(name.clone(), facet.value.clone());
        watched.places.insert(name.clone(), facet.span);
    }
    // Who approves bytes approves all that is in them.
    let whole_text = rule.sticky == Sticky::Bytes
        || rule.watches.iter().any(|watch| matches!(watch, Watch::Block(_)));
    let judged = facets.values().filter(|facet| whole_text || wanted(facet));
    watched.authors.extend(judged.flat_map(|facet| facet.authors.iter().cloned()));
    let mut broken = false;
    for watch in &rule.watches {
        let Watch::Block(block) = watch else { continue };
        let Ok(shown) = gated.rendered.block(job, block) else {
            broken = true;
            continue;
        };
        let shown = shown.filter(|text| !text.trim().is_empty());
        watched.values.extend(shown.map(|text| (watch.to_string(), text)));
    }
    // What is not built has no bytes to approve, and no digest to be approved by.
    let whole = rule.sticky == Sticky::Facets;
    let bytes = if whole { None } else { gated.rendered.bytes(job) };
    if whole && watched.values.is_empty() && !broken {
        return None;
    }
    if !broken && (whole || bytes.is_some()) {
        let bytes = bytes.map(|digest| Digests { sha256: digest.hex() });
        let facets = watched.values.iter();
        let facets = facets.map(|(name, text)| (name.clone(), Digest::of(text.as_bytes()).hex()));
        watched.item = Some(Item { bytes, facets: facets.collect(), id: watched.id.clone() });
    }
    Some(watched)
}

/// The files that a gate is about: one item, so that a file that goes is asked about as well.
fn files(world: World<'_>, rule: &GateRule) -> Vec<Watched> {
    let globs = rule.watches.iter().filter_map(|watch| match watch {
        Watch::Files(glob) => globset::GlobBuilder::new(glob).literal_separator(true).build().ok(),
        _ => None,
    });
    let globs: Vec<_> = globs.map(|glob| glob.compile_matcher()).collect();
    let mut watched = Watched { id: rule.scope.to_string(), ..Watched::default() };
    let mut facets = BTreeMap::new();
    for (id, file) in world.sources.iter() {
        let path = file.path.as_str();
        if globs.iter().any(|glob| glob.is_match(path)) {
            facets.insert(path.to_owned(), file.digest.hex());
            watched.places.insert(path.to_owned(), Span::start_of(id));
            if Digest::of(file.text.as_bytes()) == file.digest {
                watched.values.insert(path.to_owned(), file.text.as_ref().clone());
            }
        }
    }
    if facets.is_empty() {
        return Vec::new();
    }
    watched.item = Some(Item { bytes: None, facets, id: watched.id.clone() });
    vec![watched]
}
