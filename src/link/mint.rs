//! Makes the links of every placement, from parts, with the URL library.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::base::{Base, Bases};
use super::params::Params;
use super::values::{Judged, Param, tokens};
use super::wrapping::Wrapping;
use crate::address::Value;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Excerpt, SharedText, Span};
use crate::resolve::{Facts, Placement, Scene};
use crate::source::{Documents, Field, LinkField, LinkRule, LinkTarget, RecipeKind};
use crate::wrapper::{Profile, Style};

/// One tracked URL.
#[derive(Clone, Debug)]
pub struct Link {
    /// `bf26.digest.lumen.a.cta`.
    pub id: Excerpt,
    /// Index of its placement.
    pub placement: usize,
    /// Index of its rule in the channel.
    pub rule: usize,
    /// The URL without our parameters, which most links of an offer share.
    pub destination: SharedText,
    /// Our parameters, in the order of the URL.
    pub params: Params,
    /// The network that the link goes through.
    pub wrapping: Option<Arc<Wrapping>>,
    /// What the network reports back.
    pub sub_id: Option<Excerpt>,
    /// The whole tracked URL.
    pub url: Excerpt,
    /// Its short code.
    pub short_code: Excerpt,
    /// The short code on the workspace's link host.
    pub short_url: SharedText,
    /// The channel that GA4 files its visits under; empty where it has no source.
    pub ga4_channel: &'static str,
}

/// All links of a build.
#[derive(Debug, Default)]
pub struct Links {
    /// By placement and role.
    pub links: Vec<Link>,
    /// The links of each placement: a range of [`Links::links`].
    pub by_placement: Vec<std::ops::Range<usize>>,
    /// Placements that have no whole set of links.
    pub broken: BTreeSet<usize>,
}

impl Links {
    /// The links of a placement.
    pub fn of(&self, placement: usize) -> &[Link] {
        let range = self.by_placement.get(placement).cloned().unwrap_or(0..0);
        self.links.get(range).unwrap_or_default()
    }

    /// Adds the links of the next placements; `all` is how many placements there are.
    fn add(&mut self, own: Vec<Link>, of_placements: Vec<(bool, usize)>, all: usize) {
        let mut start = self.links.len();
        if self.links.capacity() < start + own.len() {
            // Placements mostly have as many links as those before them.
            let known = self.by_placement.len() + of_placements.len();
            let about = (start + own.len()).saturating_mul(all) / known.max(1);
            self.links.reserve_exact(about.max(start + own.len()) - start);
        }
        self.links.extend(own);
        for (whole, count) in of_placements {
            if !whole {
                self.broken.insert(self.by_placement.len());
            }
            self.by_placement.push(start..start + count);
            start += count;
        }
    }
}

/// Makes all links. Short codes are given out by [`super::register`].
pub fn mint(documents: &Documents, facts: &Facts, diagnostics: &mut Diagnostics) -> Links {
    let bases = Bases::new(facts.roster.offers.len());
    let mint_some = |(part, placements): (usize, &[Placement])| {
        let mut own = Minted::default();
        let mut minter =
            Minter { documents, facts, bases: &bases, diagnostics: Vec::new(), judged: None };
        for (index, placement) in placements.iter().enumerate() {
            let start = own.links.len();
            let whole = minter.mint_placement(part * PART + index, placement, &mut own.links);
            if !whole {
                own.links.truncate(start);
            }
            own.of_placements.push((whole, own.links.len() - start));
        }
        own.found = minter.diagnostics;
        own
    };
    let mut links = Links::default();
    links.by_placement.reserve_exact(facts.placements.len());
    let mut reported: BTreeSet<(Span, Code)> = BTreeSet::new();
    // Some at a time, so that no list of all of them is in memory twice.
    for (some, placements) in facts.placements.chunks(AT_ONCE).enumerate() {
        // One part at a time, so that no thread is left with many at the end.
        let parts = placements.par_chunks(PART).enumerate().with_max_len(1);
        let parts = parts.map(|(part, own)| (some * (AT_ONCE / PART) + part, own));
        let parts: Vec<Minted> = parts.map(mint_some).collect();
        for Minted { links: own, of_placements, found } in parts {
            links.add(own, of_placements, facts.placements.len());
            let first = |one: &Diagnostic| reported.insert((one.primary, one.code));
            diagnostics.extend(found.into_iter().filter(first));
        }
    }
    report_indistinct(documents, facts, &links, diagnostics);
    links
}

/// Placements whose links one thread makes at a time.
const PART: usize = 512;
/// Placements whose links are made before they are put together.
const AT_ONCE: usize = 32 * PART;

/// The links of some placements.
#[derive(Default)]
struct Minted {
    links: Vec<Link>,
    /// Whether a placement has all its links, and how many it has.
    of_placements: Vec<(bool, usize)>,
    found: Vec<Diagnostic>,
}

pub(super) struct Minter<'a> {
    pub(super) documents: &'a Documents,
    pub(super) facts: &'a Facts,
    pub(super) bases: &'a Bases,
    diagnostics: Vec<Diagnostic>,
    /// The last kind of visit that GA4 was asked about.
    pub(super) judged: Option<Judged<'a>>,
}

/// What the links of one placement have in common, kept from one to the next.
#[derive(Default)]
struct Shared<'a> {
    /// The base of the last target, if it can be had.
    base: Option<(&'a LinkTarget, Option<Arc<Base>>)>,
    /// The values of the last link.
    params: Vec<Param>,
    /// The channel, where no role changes it.
    ga4: Option<&'static str>,
    /// Room for a URL while it is written.
    url: String,
}

impl<'a> Minter<'a> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds the links of a placement; tells whether all of them can be made.
    fn mint_placement(
        &mut self,
        index: usize,
        placement: &'a Placement,
        out: &mut Vec<Link>,
    ) -> bool {
        let Some(scene) = Scene::of(self.documents, self.facts, placement) else { return false };
        let (mut whole, mut shared) = (true, Shared::default());
        for (rule, link_rule) in scene.channel.links.iter().enumerate() {
            let role = link_rule.role.as_str();
            let scene = Scene { role: Some((role, link_rule.span)), ..scene };
            let Some(made) = self.mint_link(&scene, link_rule, &mut shared) else {
                whole = false;
                continue;
            };
            let id = [placement.id.as_str(), ".", role].concat().into();
            out.push(Link { id, placement: index, rule, ..made });
        }
        whole
    }

    /// A link without its code, and with its wrapping still to be put on.
    fn mint_link(
        &mut self,
        scene: &Scene<'a>,
        rule: &'a LinkRule,
        shared: &mut Shared<'a>,
    ) -> Option<Link> {
        let Shared { base, params, ga4, url } = shared;
        if base.as_ref().is_none_or(|(target, _)| **target != rule.target) {
            *base = Some((&rule.target, self.base(scene, rule)));
        }
        let base = base.as_ref()?.1.as_ref()?;
        self.params(scene, params)?;
        let mut wrapping = self.wrapping(scene, rule).ok()?;
        let ga4_channel = self.predict(scene, params, ga4);
        url.clear();
        let in_params = scene.channel.params.iter().any(|(_, one)| one.has_macros());
        if base.has_macros || in_params {
            self.check_short(scene, rule)?;
            let patterns = scene.channel.params.iter();
            let tokens: Vec<_> = patterns.map(|(_, one)| tokens(scene, one)).collect();
            let values = params
                .iter()
                .zip(&tokens)
                .map(|((name, text), tokens)| (*name, Value { text, tokens }));
            base.prepared.write(url, values);
            if let Some(wrapping) = &mut wrapping {
                wrapping.macros = scene.channel.dialect;
                self.check_nesting(scene, wrapping, in_params, base.span)?;
            }
        } else {
            let values = params.iter().map(|(name, value)| (*name, value.as_str()));
            base.prepared.write(url, values);
        }
        Some(Link {
            id: Excerpt::default(),
            placement: 0,
            rule: 0,
            destination: base.text.clone(),
            params: Params::new(params.iter().map(|(name, value)| (*name, value.as_str()))),
            wrapping: wrapping.map(|one| self.bases.share(scene, one)),
            sub_id: None,
            // With no room to spare, of which a million links would have much.
            url: url.clone().into(),
            short_code: Excerpt::default(),
            short_url: SharedText::default(),
            ga4_channel,
        })
    }

    /// A redirect cannot fill in macros, so the short link of such a URL goes into nothing.
    fn check_short(&mut self, scene: &Scene<'_>, rule: &LinkRule) -> Option<()> {
        let link = rule.role.as_str();
        let is_first = scene.channel.links.first().is_some_and(|first| first.role == rule.role);
        let place = scene.channel.recipes.iter().find_map(|recipe| match recipe.kind {
            RecipeKind::Qr => {
                let named = recipe.link.as_ref();
                named.map_or(is_first, |named| named.value == link).then_some(recipe.span)
            }
            _ => recipe.columns.iter().map(|column| &column.value).find_map(|value| {
                let is_short = |field: &Field| matches!(field, Field::Link(of, LinkField::ShortUrl | LinkField::ShortCode) if of == link);
                value.fields().any(is_short).then_some(value.span)
            }),
        });
        let Some(place) = place else { return Some(()) };
        let message =
            format!("the link `{link}` has macros, and its short link cannot fill them in");
        self.report(
            Diagnostic::error(Code::ShortLinkWithMacro, place, message)
                .related(rule.span, "the link is here")
                .help("use the whole URL here, or take the macros out of the link"),
        );
        None
    }

    /// A macro inside an encoded destination is not filled in, unless its network says so.
    fn check_nesting(
        &mut self,
        scene: &Scene<'_>,
        wrapping: &Wrapping,
        in_params: bool,
        span: Span,
    ) -> Option<()> {
        let encodes = |profile: &&Profile| {
            // What is added to a destination leaves it as it is, but may hold our parameters.
            let whole = profile.style() != Style::Append || (in_params && profile.takes_pairs());
            whole && !profile.tokens_in_destination()
        };
        let Some(profile) = self.documents.wrapper(&wrapping.profile).filter(encodes) else {
            return Some(());
        };
        let message = format!(
            "the wrapper `{}` would encode the macros of `{}`, and nobody would fill them in",
            profile.name(),
            scene.channel.id
        );
        self.report(
            Diagnostic::error(Code::ForeignMacro, span, message)
                .help("take the macros out, or use a wrapper that passes them on"),
        );
        None
    }
}

/// Placements that no report could tell apart.
fn report_indistinct(
    documents: &Documents,
    facts: &Facts,
    links: &Links,
    diagnostics: &mut Diagnostics,
) {
    let hash = |link: &Link| {
        let mut hasher = DefaultHasher::new();
        link.params.hash(&mut hasher);
        hasher.finish()
    };
    let all = links.links.par_iter().enumerate().filter(|(_, link)| !link.params.is_empty());
    let mut seen: Vec<(u64, usize)> = all.map(|(at, link)| (hash(link), at)).collect();
    seen.par_sort_unstable();
    let pairs = seen.iter().zip(seen.iter().skip(1)).filter(|(a, b)| a.0 == b.0);
    let pairs = pairs.filter_map(|(a, b)| links.links.get(a.1).zip(links.links.get(b.1)));
    let mut same: Vec<(&Link, &Link)> =
        pairs.filter(|(a, b)| a.placement != b.placement && a.params == b.params).collect();
    // Told in the order of links, and not of digests.
    same.sort_by_key(|(_, later)| (later.placement, later.rule));
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    for (first, link) in same {
        let placement = |at: usize| facts.placements.get(at);
        let Some((a, b)) = placement(first.placement).zip(placement(link.placement)) else {
            continue;
        };
        let Some(scene) = Scene::of(documents, facts, b) else { continue };
        let Some(rule) = scene.channel.links.get(link.rule) else { continue };
        let message = format!("the placements `{}` and `{}` have the same parameters", a.id, b.id);
        let diagnostic = Diagnostic::error(Code::IndistinctLinks, rule.span, message)
            .help("add a field that differs, such as {slot}, to the channel's [params]");
        if reported.insert(rule.span) {
            diagnostics.push(diagnostic);
        }
    }
}
