//! Makes the links of every placement, from parts, with the URL library.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::values::tokens;
use super::wrapping::Wrapping;
use crate::address::Value;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Span;
use crate::resolve::{Facts, Placement, Scene};
use crate::source::{Documents, LinkRule};
use crate::wrapper::{Profile, Style};

/// One tracked URL.
#[derive(Clone, Debug)]
pub struct Link {
    /// `bf26.digest.lumen.a.cta`.
    pub id: String,
    /// Index of its placement.
    pub placement: usize,
    /// Index of its rule in the channel.
    pub rule: usize,
    /// The URL without our parameters.
    pub destination: String,
    /// Our parameters, in the order of the URL.
    pub params: Vec<(&'static str, String)>,
    /// The network that the link goes through.
    pub wrapping: Option<Wrapping>,
    /// What the network reports back.
    pub sub_id: Option<String>,
    /// The whole tracked URL.
    pub url: String,
    /// Its short code.
    pub short_code: String,
    /// The short code on the workspace's link host.
    pub short_url: String,
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
}

/// Makes all links. Short codes are given out by [`super::register`].
pub fn mint(documents: &Documents, facts: &Facts, diagnostics: &mut Diagnostics) -> Links {
    let made: Vec<(Option<Vec<Link>>, Vec<Diagnostic>)> = facts
        .placements
        .par_iter()
        .enumerate()
        .map(|(index, placement)| {
            let mut minter = Minter { documents, facts, diagnostics: Vec::new() };
            (minter.mint_placement(index, placement), minter.diagnostics)
        })
        .collect();
    let mut links = Links::default();
    let mut reported: BTreeSet<(Span, Code)> = BTreeSet::new();
    for (index, (placement_links, found)) in made.into_iter().enumerate() {
        let start = links.links.len();
        match placement_links {
            Some(whole) => links.links.extend(whole),
            None => {
                links.broken.insert(index);
            }
        }
        links.by_placement.push(start..links.links.len());
        let first = |one: &Diagnostic| reported.insert((one.primary, one.code));
        diagnostics.extend(found.into_iter().filter(first));
    }
    report_indistinct(documents, facts, &links, diagnostics);
    links
}

pub(super) struct Minter<'a> {
    pub(super) documents: &'a Documents,
    pub(super) facts: &'a Facts,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Minter<'a> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The links of a placement; `None` where one of them cannot be made.
    fn mint_placement(&mut self, index: usize, placement: &'a Placement) -> Option<Vec<Link>> {
        let scene = Scene::of(self.documents, self.facts, placement)?;
        let mut out = Vec::with_capacity(scene.channel.links.len());
        let mut whole = true;
        for (rule, link_rule) in scene.channel.links.iter().enumerate() {
            let role = link_rule.role.as_str();
            let scene = Scene { role: Some((role, link_rule.span)), ..scene };
            let Some(made) = self.mint_link(&scene, link_rule) else {
                whole = false;
                continue;
            };
            let id = format!("{}.{role}", placement.id);
            out.push(Link { id, placement: index, rule, ..made });
        }
        whole.then_some(out)
    }

    /// A link without its code, and with its wrapping still to be put on.
    fn mint_link(&mut self, scene: &Scene<'_>, rule: &LinkRule) -> Option<Link> {
        let base = self.base(scene, rule)?;
        let params = self.params(scene)?;
        let mut wrapping = self.wrapping(scene, rule).ok()?;
        let ga4 = self.predict(scene, &params);
        let marked: Vec<_> = scene.channel.params.iter().zip(&params).collect();
        let in_params = marked.iter().any(|((_, one), _)| one.has_macros());
        let has_macros = base.has_macros || in_params;
        let mut url = String::with_capacity(base.text.len() + 40 * params.len());
        if has_macros {
            let tokens: Vec<_> = marked.iter().map(|((_, one), _)| tokens(scene, one)).collect();
            let values = params
                .iter()
                .zip(&tokens)
                .map(|((name, text), tokens)| (*name, Value { text, tokens }));
            base.prepared.write(&mut url, values);
            if let Some(wrapping) = &mut wrapping {
                wrapping.macros = scene.channel.dialect;
                self.check_nesting(scene, wrapping, in_params, base.span)?;
            }
        } else {
            let values = params.iter().map(|(name, value)| (*name, value.as_str()));
            base.prepared.write(&mut url, values);
        }
        Some(Link {
            id: String::new(),
            placement: 0,
            rule: 0,
            destination: base.text,
            params,
            wrapping,
            sub_id: None,
            url,
            short_code: String::new(),
            short_url: String::new(),
            ga4_channel: ga4,
        })
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
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    let mut seen: HashMap<u64, &Link> = HashMap::with_capacity(links.links.len());
    for link in links.links.iter().filter(|link| !link.params.is_empty()) {
        let mut hasher = DefaultHasher::new();
        link.params.hash(&mut hasher);
        let first = seen.insert(hasher.finish(), link);
        let other =
            |first: &&Link| first.placement != link.placement && first.params == link.params;
        let Some(first) = first.filter(other) else { continue };
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
