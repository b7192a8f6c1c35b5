//! The promotion as a graph: who and what there is, and what ties one to another, by which rule and
//! on whose word.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::World;
use crate::model::Span;
use crate::resolve::{OwnerBook, Placement, Scene};
use crate::source::table::{Record, Table};
use crate::source::{LinkTarget, SourceKind};

/// What a node is. They stand in the order in which one leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// Who offers.
    Partner,
    /// Several partners with one offer.
    Bundle,
    /// A legal text.
    Terms,
    /// What is offered.
    Offer,
    /// An offer in a slot.
    Placement,
    /// A mail, a page, a sheet.
    Asset,
    /// When it is seen.
    Window,
    /// What it is part of.
    Campaign,
    /// How it goes out.
    Channel,
    /// Where its links lead.
    Destination,
}

impl NodeKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Bundle => "bundle",
            Self::Terms => "terms",
            Self::Offer => "offer",
            Self::Placement => "placement",
            Self::Asset => "asset",
            Self::Window => "window",
            Self::Campaign => "campaign",
            Self::Channel => "channel",
            Self::Destination => "destination",
        }
    }
}

/// A node: its kind and its id.
pub type Node = (NodeKind, String);

/// What ties two nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// From here.
    pub from: Node,
    /// To there.
    pub to: Node,
    /// What says so: `offers.partner_id`, `pick`, `links.cta`, `swap …`.
    pub rule: String,
    /// Where it is said: `partners/offers.csv:2:14`.
    pub place: String,
    /// Whose word it is.
    pub owner: Option<String>,
}

/// Everything there is, and what ties it.
#[derive(Clone, Debug, Default)]
pub struct Promotion {
    /// All nodes.
    pub nodes: BTreeSet<Node>,
    /// All edges, in the order of their ends.
    pub edges: Vec<Edge>,
}

impl Promotion {
    /// The graph of a workspace.
    pub fn of(world: World<'_>) -> Self {
        let owners = OwnerBook::new(world.documents, world.sources);
        let mut promotion = Self::default();
        weave(world, &mut |from, to, rule, span| {
            let swap = world.documents.swapped(span).map(|(swap, _)| format!("swap {}", swap.id));
            let edge = Edge {
                from: from.clone(),
                to: to.clone(),
                rule: swap.unwrap_or_else(|| rule.to_owned()),
                place: world.sources.locate(span),
                owner: owners.of(span),
            };
            promotion.nodes.extend([from, to]);
            promotion.edges.push(edge);
        });
        promotion.edges.sort();
        promotion
    }

    /// How many nodes of each kind there are.
    pub fn counts(&self) -> BTreeMap<NodeKind, usize> {
        let mut counts = BTreeMap::new();
        for (kind, _) in &self.nodes {
            *counts.entry(*kind).or_insert(0) += 1;
        }
        counts
    }

    /// What the nodes that `wanted` tells lead to, and what leads to them, but never round a corner:
    /// one more partner of an asset is not reached.
    #[must_use]
    pub fn around(&self, wanted: impl Fn(&Node) -> bool) -> Self {
        let start: BTreeSet<Node> = self.nodes.iter().filter(|one| wanted(one)).cloned().collect();
        let walk = |forward: bool| {
            let mut ties: BTreeMap<&Node, Vec<&Node>> = BTreeMap::new();
            for Edge { from, to, .. } in &self.edges {
                let (here, there) = if forward { (from, to) } else { (to, from) };
                ties.entry(here).or_default().push(there);
            }
            let mut seen = start.clone();
            let mut todo: Vec<&Node> = start.iter().collect();
            while let Some(node) = todo.pop() {
                for next in ties.get(node).into_iter().flatten() {
                    if seen.insert((*next).clone()) {
                        todo.push(next);
                    }
                }
            }
            seen
        };
        let nodes: BTreeSet<Node> = walk(true).union(&walk(false)).cloned().collect();
        let inside = |edge: &&Edge| nodes.contains(&edge.from) && nodes.contains(&edge.to);
        let edges = self.edges.iter().filter(inside).cloned().collect();
        Self { nodes, edges }
    }
}

/// How large a promotion is, by the words for nodes, and `edge`.
pub type Size = BTreeMap<&'static str, usize>;

/// Counts a workspace's graph without making it.
pub fn size_of(world: World<'_>) -> Size {
    let (mut nodes, mut edges) = (BTreeSet::new(), 0);
    weave(world, &mut |from, to, _, _| {
        nodes.extend([from, to]);
        edges += 1;
    });
    let mut size = Size::from([("edge", edges)]);
    for (kind, _) in nodes {
        *size.entry(kind.as_str()).or_insert(0) += 1;
    }
    size
}

/// What one promotion has more, or less, than another. What is the same in number is left out.
pub fn growth(before: &Size, after: &Size) -> Vec<(&'static str, i64)> {
    let names: BTreeSet<&'static str> = before.keys().chain(after.keys()).copied().collect();
    let number = |size: &Size, name: &str| {
        i64::try_from(size.get(name).copied().unwrap_or(0)).unwrap_or(i64::MAX)
    };
    let more = names.into_iter().map(|name| (name, number(after, name) - number(before, name)));
    more.filter(|(_, more)| *more != 0).collect()
}

/// Takes two nodes, the rule that ties them, and where it is said.
type Tie<'t> = &'t mut dyn FnMut(Node, Node, &str, Span);

fn weave(world: World<'_>, tie: Tie<'_>) {
    let mut weaver = Weaver { world, members: members(world), told: BTreeSet::new(), tie };
    weaver.offers();
    for placement in &world.facts.placements {
        weaver.placement(placement);
    }
    weaver.assets();
}

/// Where each bundle says that a partner is in it.
fn members(world: World<'_>) -> BTreeMap<(String, String), Span> {
    let Some(bundles) = world.documents.tables.get("bundles") else { return BTreeMap::new() };
    let [id, partner] = ["bundle_id", "partner_id"].map(|name| bundles.column(name));
    let Some((id, partner)) = id.zip(partner) else { return BTreeMap::new() };
    let pair = |row: &Record| (row.text(id).to_owned(), row.text(partner).to_owned());
    bundles.records.iter().map(|row| (pair(row), row.span(partner))).collect()
}

struct Weaver<'a, 't> {
    world: World<'a>,
    members: BTreeMap<(String, String), Span>,
    /// Members that were tied to their bundles: several offers may be of one.
    told: BTreeSet<(String, String)>,
    tie: Tie<'t>,
}

impl Weaver<'_, '_> {
    fn tie(&mut self, from: Node, to: Node, rule: &str, span: Span) {
        (self.tie)(from, to, rule, span);
    }

    /// Partners, bundles and terms of every offer that can be shown.
    fn offers(&mut self) {
        let World { documents, facts, .. } = self.world;
        let table = |name: &str| documents.tables.get(name);
        let (Some(offers), Some(partners)) = (table("offers"), table("partners")) else { return };
        let column = |table: &Table, name: &str| table.column(name).unwrap_or(usize::MAX);
        let (own_partner, own_bundle) = (column(offers, "partner_id"), column(offers, "bundle_id"));
        for offer in facts.roster.offers.iter().filter(|offer| offer.active) {
            let Some(record) = offers.records.get(offer.record) else { continue };
            let node = (NodeKind::Offer, offer.id.to_string());
            let bundle = record.text(own_bundle).to_owned();
            if bundle.is_empty() {
                let partner = (NodeKind::Partner, offer.partner_id.to_string());
                let span = record.span(own_partner);
                self.tie(partner, node.clone(), "offers.partner_id", span);
            } else {
                let own = (NodeKind::Bundle, bundle.clone());
                self.tie(own, node.clone(), "offers.bundle_id", record.span(own_bundle));
                for row in offer.partners.iter().filter_map(|at| partners.records.get(*at)) {
                    self.member(partners.key_of(row), &bundle);
                }
            }
            let terms = facts.roster.columns.terms_id;
            if !record.text(terms).is_empty() {
                let from = (NodeKind::Terms, record.text(terms).to_owned());
                self.tie(from, node, "offers.terms_id", record.span(terms));
            }
        }
    }

    fn member(&mut self, partner: String, bundle: &str) {
        let pair = (bundle.to_owned(), partner);
        let Some(span) = self.members.get(&pair).copied() else { return };
        if self.told.insert(pair.clone()) {
            let (bundle, partner) = pair;
            let from = (NodeKind::Partner, partner);
            self.tie(from, (NodeKind::Bundle, bundle), "bundles.partner_id", span);
        }
    }

    fn placement(&mut self, placement: &Placement) {
        let World { documents, facts, sources, .. } = self.world;
        let Some(scene) = Scene::of(documents, facts, placement) else { return };
        let Some(offer) = facts.roster.offers.get(placement.offer) else { return };
        let node = (NodeKind::Placement, placement.id.to_string());
        let by_hand = sources
            .get(placement.decided.offer.source)
            .is_some_and(|file| file.kind == SourceKind::Table);
        let rule = match (by_hand, scene.asset.pick.is_empty()) {
            (true, _) => "placements.offer_id",
            (false, true) => "assets.each",
            (false, false) => "assets.pick",
        };
        let from = (NodeKind::Offer, offer.id.to_string());
        self.tie(from, node.clone(), rule, placement.decided.offer);
        let asset = asset_node(&scene);
        self.tie(node.clone(), asset, "slot", placement.decided.slot);
        for link in &scene.channel.links {
            let to = match &link.target {
                LinkTarget::Partner => {
                    let column = facts.roster.columns.landing_base;
                    let base =
                        |partner: &Record| partner.value_in(column, &scene.scopes()).0.display();
                    scene.partner().map(base).unwrap_or_default()
                }
                LinkTarget::Landing(_) | LinkTarget::App => {
                    facts.pages.route(placement).unwrap_or("").to_owned()
                }
            };
            if !to.is_empty() {
                let rule = format!("links.{}", link.role);
                self.tie(node.clone(), (NodeKind::Destination, to), &rule, link.span);
            }
        }
    }

    /// When assets are seen, how they go out, and what they are part of.
    fn assets(&mut self) {
        let World { documents, facts, .. } = self.world;
        for (campaign_at, campaign) in facts.campaigns.iter().enumerate() {
            for (asset_at, asset) in campaign.assets.iter().enumerate() {
                let scene = Scene::of_asset(documents, facts, campaign_at, asset_at);
                let Some(scene) = scene else { continue };
                let (node, brief) = (asset_node(&scene), scene.brief);
                let campaign = (NodeKind::Campaign, brief.id.value.to_string());
                self.tie(node.clone(), campaign, "assets", scene.asset.id.span);
                if let Some(window) = brief.windows.get(asset.window) {
                    let to = (NodeKind::Window, format!("{}/{}", brief.id.value, window.id));
                    let own = scene.asset.window.as_ref().map(|one| one.span);
                    let rule = if own.is_some() { "assets.window" } else { "windows.channels" };
                    self.tie(node.clone(), to, rule, own.unwrap_or(window.span));
                }
                let to = (NodeKind::Channel, scene.channel.id.to_string());
                self.tie(node, to, "assets.channel", scene.asset.channel.span);
            }
        }
    }
}

fn asset_node(scene: &Scene<'_>) -> Node {
    (NodeKind::Asset, format!("{}/{}", scene.brief.id.value, scene.asset.id.value))
}
