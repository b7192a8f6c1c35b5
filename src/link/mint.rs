//! Makes the links of every placement, from parts, with the URL library.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use url::Url;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Span;
use crate::resolve::{Facts, Placement, Scene};
use crate::source::{
    Documents, LinkRule, LinkTarget, ParameterRules, Pattern, Piece, find_typed_parameter,
};

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
    /// The partner network's sub-id parameter and its value.
    pub sub_id: Option<(String, String)>,
    /// The whole tracked URL.
    pub url: String,
    /// Its short code.
    pub short_code: String,
    /// The short code on the workspace's link host.
    pub short_url: String,
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

struct Minter<'a> {
    documents: &'a Documents,
    facts: &'a Facts,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Minter<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
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
            let made = self.destination(&scene, link_rule).and_then(|destination| {
                let params = self.params(&scene)?;
                Some((destination, params))
            });
            let Some((destination, params)) = made else {
                whole = false;
                continue;
            };
            let id = format!("{}.{role}", placement.id);
            let mut url = destination.clone();
            {
                let mut pairs = url.query_pairs_mut();
                for (name, value) in &params {
                    pairs.append_pair(name, value);
                }
            }
            out.push(Link {
                id,
                placement: index,
                rule,
                destination: destination.into(),
                params,
                sub_id: sub_id_param(&scene, link_rule).map(|name| (name, String::new())),
                url: url.into(),
                short_code: String::new(),
                short_url: String::new(),
            });
        }
        whole.then_some(out)
    }

    fn destination(&mut self, scene: &Scene<'_>, rule: &LinkRule) -> Option<Url> {
        match &rule.target {
            LinkTarget::Landing(fragment) => {
                let placement = scene.placement?;
                let route = self.facts.pages.route(placement.campaign, placement.offer)?;
                let mut url = self.documents.workspace.hosts.site.value.join(route).ok()?;
                url.set_fragment(fragment.as_deref());
                Some(url)
            }
            LinkTarget::Partner => self.partner_page(scene),
        }
    }

    fn partner_page(&mut self, scene: &Scene<'_>) -> Option<Url> {
        let columns = &scene.roster.columns;
        let (offer, partner) = (scene.offer()?, scene.partner()?);
        let channel = scene.channel.id.as_str();
        let base = partner.text(columns.landing_base);
        if base.is_empty() {
            let message = format!(
                "the partner `{}` has no landing base for its links",
                partner.text(columns.partner_id)
            );
            let span = partner.span(columns.landing_base);
            self.report(
                Diagnostic::error(Code::NoDestination, span, message)
                    .help("fill in `landing_base`"),
            );
            return None;
        }
        let base = Url::parse(base).ok()?;
        let (path, span) = offer.value_in(columns.landing_path, channel);
        let Some(path) = path.as_text() else { return Some(base) };
        let joined = base.join(path).ok().filter(|url| url.host() == base.host());
        if joined.is_none() {
            let message = format!("`{path}` does not stay on {}", base.host_str().unwrap_or(""));
            self.report(
                Diagnostic::error(Code::BadUrl, span, message)
                    .help("write a path on the partner's host"),
            );
        }
        joined
    }

    fn params(&mut self, scene: &Scene<'_>) -> Option<Vec<(&'static str, String)>> {
        let mut params = Vec::with_capacity(scene.channel.params.len());
        for (name, pattern) in &scene.channel.params {
            match scene.expand(pattern) {
                Ok(value) => {
                    self.check_value(scene, name, pattern, &value);
                    params.push((*name, value));
                }
                // A field that no row can have was told where the pattern is.
                Err((field, _)) if !scene.exists(field) => return None,
                Err((field, span)) => {
                    let message =
                        format!("`{{{}}}` is empty, and {name} is made from it", field.name());
                    self.report(
                        Diagnostic::error(Code::EmptyField, span, message)
                            .related(pattern.span, "the parameter is made here")
                            .help("fill it in, or take it out of the parameter"),
                    );
                    return None;
                }
            }
        }
        Some(params)
    }

    fn check_value(&mut self, scene: &Scene<'_>, name: &str, pattern: &Pattern, value: &str) {
        let rules = &self.documents.taxonomy.params;
        let Some(fault) = value_fault(rules, value) else { return };
        // The fact that brought the fault in is what must change.
        let guilty = pattern.pieces.iter().find_map(|piece| {
            let Piece::Field(field) = piece else { return None };
            let mut text = String::new();
            let span = scene.write(field, &mut text).ok()?;
            value_fault(rules, &text).map(|_| span)
        });
        let message = format!("{name} would be `{value}`, which {fault}");
        self.report(
            Diagnostic::error(Code::BadParameterValue, guilty.unwrap_or(pattern.span), message)
                .related(pattern.span, "the parameter is made here")
                .help("change the fact it is made from"),
        );
    }
}

fn report_indistinct(
    documents: &Documents,
    facts: &Facts,
    links: &Links,
    diagnostics: &mut Diagnostics,
) {
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    let mut seen: HashMap<&str, &Link> = HashMap::with_capacity(links.links.len());
    for link in &links.links {
        let url = link.url.split('#').next().unwrap_or(&link.url);
        let Some(first) = seen.insert(url, link).filter(|first| first.placement != link.placement)
        else {
            continue;
        };
        let placement = |at: usize| facts.placements.get(at);
        let Some((a, b)) = placement(first.placement).zip(placement(link.placement)) else {
            continue;
        };
        let Some(scene) = Scene::of(documents, facts, b) else { continue };
        let Some(rule) = scene.channel.links.get(link.rule) else { continue };
        let message = format!("the placements `{}` and `{}` have the same URL", a.id, b.id);
        let diagnostic = Diagnostic::error(Code::IndistinctLinks, rule.span, message)
            .help("add a field that differs, such as {slot}, to the channel's [params]");
        if reported.insert(rule.span) {
            diagnostics.push(diagnostic);
        }
    }
}

fn sub_id_param(scene: &Scene<'_>, rule: &LinkRule) -> Option<String> {
    let name = scene.partner()?.text(scene.roster.columns.subid_param);
    (rule.target == LinkTarget::Partner && !name.is_empty()).then(|| name.to_owned())
}

fn value_fault(rules: &ParameterRules, value: &str) -> Option<String> {
    if let Some(found) = value.chars().find(|found| !rules.allows(*found)) {
        return Some(format!("holds {found:?}"));
    }
    if rules.lower_case && value.chars().any(char::is_uppercase) {
        return Some("is not lower case".to_owned());
    }
    let encoded: usize = value
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { 1 } else { 3 })
        .sum();
    if encoded > rules.max_length {
        return Some(format!(
            "is {encoded} characters long, at most {} reach reports",
            rules.max_length
        ));
    }
    find_typed_parameter(value).map(|_| "looks like a parameter itself".to_owned())
}
