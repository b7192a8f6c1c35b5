//! The promotion as a picture: DOT for Graphviz, and an SVG of our own, column by column.

use std::collections::BTreeMap;

use super::drawing::{begin, curve, cut, line};
use super::gallery::text as escaped;
use crate::decide::{Edge, Node, NodeKind, Promotion};

/// The graph in the language of Graphviz.
pub fn dot(promotion: &Promotion) -> String {
    let mut out = String::from(
        "digraph promotion {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n\
         \x20 edge [fontname=\"sans-serif\", fontsize=8];\n",
    );
    for node in &promotion.nodes {
        let (kind, id) = node;
        let label = quoted(&[kind.as_str(), id]);
        line(&mut out, format_args!("  {} [label={label}];", name(node)));
    }
    for edge in &promotion.edges {
        let (label, tip) = (quoted(&[&edge.rule, owner_of(edge)]), quoted(&[&edge.place]));
        let (from, to) = (name(&edge.from), name(&edge.to));
        line(&mut out, format_args!("  {from} -> {to} [label={label}, tooltip={tip}];"));
    }
    out.push_str("}\n");
    out
}

fn name((kind, id): &Node) -> String {
    quoted(&[&format!("{}:{id}", kind.as_str())])
}

/// A quoted string of DOT, a line for each text.
fn quoted(lines: &[&str]) -> String {
    let escaped = lines
        .iter()
        .map(|line| line.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " "));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}

/// From left to right. Where links lead is left out: it would cross everything.
const COLUMNS: [&[NodeKind]; 6] = [
    &[NodeKind::Partner],
    &[NodeKind::Bundle, NodeKind::Terms],
    &[NodeKind::Offer],
    &[NodeKind::Placement],
    &[NodeKind::Asset],
    &[NodeKind::Window, NodeKind::Campaign, NodeKind::Channel],
];

/// In pixels.
const COLUMN: usize = 270;
const BOX: usize = 190;
const ROW: usize = 22;
const HEAD: usize = 76;
/// Longer names are cut.
const LETTERS: usize = 30;

/// Colours of owners, which repeat where there are more: each reads well on white.
const INKS: [&str; 8] =
    ["#1f5fa8", "#a8471f", "#2c7a3f", "#7a2e7a", "#8a6d00", "#00707a", "#a8325a", "#555555"];

/// The graph as a picture. Each line says on whose word it is, by its colour and its title.
pub fn svg(promotion: &Promotion) -> String {
    let columns = columns(promotion);
    let places: BTreeMap<&Node, (usize, usize)> = columns
        .iter()
        .enumerate()
        .flat_map(|(x, column)| column.iter().enumerate().map(move |(y, node)| (*node, (x, y))))
        .collect();
    let owners: BTreeMap<&str, usize> = {
        let all: std::collections::BTreeSet<&str> = promotion.edges.iter().map(owner_of).collect();
        all.into_iter().enumerate().map(|(at, owner)| (owner, at)).collect()
    };
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (COLUMN * (COLUMNS.len() - 1) + BOX + 40, HEAD + ROW * rows + 20);
    let (nodes, edges) = (promotion.nodes.len(), promotion.edges.len());
    let title = format!("The promotion: {nodes} nodes, {edges} edges");
    let mut out = begin((width, height), 11, &title);
    legend(&mut out, &owners);
    for (x, kinds) in COLUMNS.iter().enumerate() {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let left = 20 + x * COLUMN;
        let names = names.join(", ");
        line(
            &mut out,
            format_args!(
                "<text x=\"{left}\" y=\"{}\" font-weight=\"bold\">{names}</text>",
                HEAD - 12
            ),
        );
    }
    for edge in &promotion.edges {
        let ends = places.get(&edge.from).zip(places.get(&edge.to));
        if let Some((from, to)) = ends {
            draw_edge(&mut out, edge, (*from, *to), &owners);
        }
    }
    for (node, (x, y)) in &places {
        draw_node(&mut out, node, (*x, *y));
    }
    out.push_str("</svg>\n");
    out
}

fn owner_of(edge: &Edge) -> &str {
    edge.owner.as_deref().unwrap_or("nobody")
}

fn ink(owners: &BTreeMap<&str, usize>, owner: &str) -> &'static str {
    let at = owners.get(owner).copied().unwrap_or(0);
    INKS.get(at % INKS.len()).copied().unwrap_or("#555555")
}

fn legend(out: &mut String, owners: &BTreeMap<&str, usize>) {
    let mut left = 20;
    line(out, format_args!("<text x=\"{left}\" y=\"22\">on the word of:</text>"));
    left += 100;
    for owner in owners.keys() {
        let colour = ink(owners, owner);
        let shown = escaped(owner);
        line(
            out,
            format_args!(
                "<text x=\"{left}\" y=\"22\" fill=\"{colour}\" font-weight=\"bold\">{shown}</text>"
            ),
        );
        left += owner.chars().count() * 7 + 20;
    }
}

/// The nodes of each column, near to what leads to them.
fn columns(promotion: &Promotion) -> Vec<Vec<&Node>> {
    let mut columns: Vec<Vec<&Node>> = Vec::new();
    let mut heights: BTreeMap<&Node, usize> = BTreeMap::new();
    let mut sources: BTreeMap<&Node, Vec<&Node>> = BTreeMap::new();
    for edge in &promotion.edges {
        sources.entry(&edge.to).or_default().push(&edge.from);
    }
    for kinds in COLUMNS {
        let of_kind = promotion.nodes.iter().filter(|(kind, _)| kinds.contains(kind));
        let mut column: Vec<(usize, &Node)> = of_kind
            .map(|node| {
                let known = sources.get(node).into_iter().flatten();
                let known: Vec<usize> =
                    known.filter_map(|source| heights.get(source).copied()).collect();
                // In thousandths of a row, without a float.
                let middle = known.iter().sum::<usize>() * 1000 / known.len().max(1);
                (middle, node)
            })
            .collect();
        column.sort();
        for (y, (_, node)) in column.iter().enumerate() {
            heights.insert(node, y);
        }
        columns.push(column.into_iter().map(|(_, node)| node).collect());
    }
    columns
}

fn draw_edge(
    out: &mut String,
    edge: &Edge,
    (from, to): ((usize, usize), (usize, usize)),
    owners: &BTreeMap<&str, usize>,
) {
    let (x1, y1) = (20 + from.0 * COLUMN + BOX, HEAD + from.1 * ROW + ROW / 2 - 2);
    let (x2, y2) = (20 + to.0 * COLUMN, HEAD + to.1 * ROW + ROW / 2 - 2);
    let way = curve((x1, y1), (x2, y2));
    let title = escaped(&format!(
        "{} {} -> {} {}: {} ({}), {}",
        edge.from.0.as_str(),
        edge.from.1,
        edge.to.0.as_str(),
        edge.to.1,
        edge.rule,
        owner_of(edge),
        edge.place
    ));
    let colour = ink(owners, owner_of(edge));
    line(
        out,
        format_args!(
            "<path d=\"{way}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-opacity=\"0.55\"><title>{title}</title></path>"
        ),
    );
}

fn draw_node(out: &mut String, (kind, id): &Node, (x, y): (usize, usize)) {
    let (left, top) = (20 + x * COLUMN, HEAD + y * ROW);
    let shown = cut(id, LETTERS);
    let title = escaped(&format!("{} {id}", kind.as_str()));
    line(
        out,
        format_args!(
            "<g><title>{title}</title><rect x=\"{left}\" y=\"{top}\" width=\"{BOX}\" height=\"18\" \
             rx=\"3\" fill=\"#f4f1ea\" stroke=\"#c9c2b4\"/><text x=\"{}\" y=\"{}\" \
             fill=\"#14213d\">{shown}</text></g>",
            left + 6,
            top + 13
        ),
    );
}
