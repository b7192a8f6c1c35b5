//! Makes the links of every placement, from parts, with the URL library.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::base::{Base, Bases};
use super::params::Params;
use super::values::{Judged, Param, tokens};
use super::wrapping::{Wrapping, wrap};
use super::{Details, Link, Links, MadeLink, ShortUrls};
use crate::address::Value;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Excerpt, Span};
use crate::resolve::{Facts, Placement, Scene};
use crate::source::{Documents, Field, LinkField, LinkRule, LinkTarget, RecipeKind};
use crate::wrapper::{Profile, Style};

/// Makes all links. Short codes are given out by [`super::register`].
pub fn mint(documents: &Documents, facts: &Facts, diagnostics: &mut Diagnostics) -> Links {
    let links = mint_all(documents, facts, diagnostics);
    report_indistinct(documents, facts, &links, diagnostics);
    links
}

fn mint_all(documents: &Documents, facts: &Facts, diagnostics: &mut Diagnostics) -> Links {
    let bases = Bases::new(facts.roster.offers.len());
    let mut links = Links::with_room_for(facts.placements.len(), ShortUrls::of(documents));
    let mut reported: BTreeSet<(Span, Code)> = BTreeSet::new();
    // Some at a time, so that no list of all of them is in memory twice.
    for (some, placements) in facts.placements.chunks(AT_ONCE).enumerate() {
        // One part at a time, so that no thread is left with many at the end.
        let parts = placements.par_chunks(PART).enumerate().with_max_len(1);
        let parts = parts.map(|(part, own)| {
            let first = some * AT_ONCE + part * PART;
            mint_some((documents, facts), &bases, (first..).zip(own))
        });
        let parts: Vec<Minted> = parts.collect();
        for Minted { links: own, details, of_placements, found } in parts {
            links.add((own, details), of_placements, facts.placements.len());
            let first = |one: &Diagnostic| reported.insert((one.primary, one.code));
            diagnostics.extend(found.into_iter().filter(first));
        }
    }
    links
}

/// What links are made of that were made before from the same facts.
pub(super) fn make_details(documents: &Documents, facts: &Facts, links: &Links) -> Vec<Details> {
    let mut minted = mint_all(documents, facts, &mut Diagnostics::new());
    let (own, details) = minted.details_mut();
    let all = own.par_iter_mut().zip(details).zip(&links.links);
    all.for_each(|((link, details), known)| {
        link.short_code = known.short_code.clone();
        // What was found in them was told when they were made.
        let _ = wrap(documents, facts, link, details);
    });
    minted.into_details()
}

/// Makes the links of some placements, given with their places.
pub(super) fn mint_some<'a>(
    (documents, facts): (&'a Documents, &'a Facts),
    bases: &Bases,
    placements: impl Iterator<Item = (usize, &'a Placement)>,
) -> Minted {
    let mut own = Minted::default();
    let mut minter = Minter { documents, facts, bases, diagnostics: Vec::new(), judged: None };
    for (index, placement) in placements {
        let start = own.links.len();
        let whole = minter.mint_placement(index, placement, &mut own);
        if !whole {
            own.links.truncate(start);
            own.details.truncate(start);
        }
        own.of_placements.push((whole, own.links.len() - start));
    }
    own.found = minter.diagnostics;
    own
}

/// Placements whose links one thread makes at a time.
const PART: usize = 512;
/// Placements whose links are made before they are put together.
const AT_ONCE: usize = 32 * PART;

/// The links of some placements.
#[derive(Default)]
pub(super) struct Minted {
    pub(super) links: Vec<Link>,
    /// Of each link.
    pub(super) details: Vec<Details>,
    /// Whether a placement has all its links, and how many it has.
    pub(super) of_placements: Vec<(bool, usize)>,
    pub(super) found: Vec<Diagnostic>,
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
    fn mint_placement(&mut self, index: usize, placement: &'a Placement, out: &mut Minted) -> bool {
        let Some(scene) = Scene::of(self.documents, self.facts, placement) else { return false };
        let (mut whole, mut shared) = (true, Shared::default());
        for (rule, link_rule) in scene.channel.links.iter().enumerate() {
            let role = link_rule.role.as_str();
            let scene = Scene { role: Some((role, link_rule.span)), ..scene };
            let Some((url, details)) = self.mint_link(&scene, link_rule, &mut shared) else {
                whole = false;
                continue;
            };
            let id = [placement.id.as_str(), ".", role].concat().into();
            let short_code = Excerpt::default();
            out.links.push(Link { id, placement: index, rule, url, short_code });
            out.details.push(details);
        }
        whole
    }

    /// The URL of a link with its wrapping still to be put on, and what it is made of.
    fn mint_link(
        &mut self,
        scene: &Scene<'a>,
        rule: &'a LinkRule,
        shared: &mut Shared<'a>,
    ) -> Option<(Excerpt, Details)> {
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
        let details = Details {
            destination: base.text.clone(),
            params: Params::new(params.iter().map(|(name, value)| (*name, value.as_str()))),
            wrapping: wrapping.map(|one| self.bases.share(scene, one)),
            has_sub_id: false,
            ga4_channel,
        };
        // With no room to spare, of which a million links would have much.
        Some((url.clone().into(), details))
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
    let made = links.made(documents, facts);
    let hash = |link: MadeLink<'_>| {
        let mut hasher = DefaultHasher::new();
        link.details.params.hash(&mut hasher);
        hasher.finish()
    };
    let all = (0..links.links.len()).into_par_iter().filter_map(|at| Some((made.get(at)?, at)));
    let all = all.filter(|(link, _)| !link.details.params.is_empty());
    let mut seen: Vec<(u64, usize)> = all.map(|(link, at)| (hash(link), at)).collect();
    seen.par_sort_unstable();
    let pairs = seen.iter().zip(seen.iter().skip(1)).filter(|(a, b)| a.0 == b.0);
    let pairs = pairs.filter_map(|(a, b)| made.get(a.1).zip(made.get(b.1)));
    let is_same = |a: MadeLink<'_>, b: MadeLink<'_>| {
        a.placement != b.placement && a.details.params == b.details.params
    };
    let mut same: Vec<(MadeLink<'_>, MadeLink<'_>)> =
        pairs.filter(|(a, b)| is_same(*a, *b)).collect();
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
