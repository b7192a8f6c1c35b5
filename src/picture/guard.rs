//! What an SVG costs to draw, before it is drawn. A few lines of XML can ask for years of work.

use resvg::usvg::roxmltree::{Document, Node};

use super::Fault;

/// Elements, each counted as often as it is drawn; a layer or a filter counts for many.
const MAX_WEIGHT: u64 = 50_000;
/// Of elements and references in each other.
const MAX_DEPTH: usize = 200;
/// A mask, a clip, a pattern or a group of its own opacity is drawn into pixels of its own.
const LAYER: u64 = 100;
/// A step of a filter goes through all pixels, some of them many times.
const FILTER: u64 = 1_000;
/// Wider or higher tiles of a pattern are not made.
const MAX_TILE: f64 = 8192.0;

/// Refuses what would not be drawn as it is meant, or not in time.
pub(super) fn check(document: &Document<'_>) -> Result<(), Fault> {
    for node in document.descendants().filter(Node::is_element) {
        check_element(node)?;
    }
    let mut costs = Costs { document, known: vec![None; document.descendants().count()] };
    let weight = costs.of(document.root(), 0)?;
    if weight > MAX_WEIGHT {
        let message = format!("{weight} elements are drawn, {MAX_WEIGHT} may be");
        return Err(Fault::TooComplex(message));
    }
    Ok(())
}

fn check_element(node: Node<'_, '_>) -> Result<(), Fault> {
    let name = node.tag_name().name();
    let refused = match name {
        "script" | "foreignObject" | "iframe" | "video" | "audio" | "animate" | "animateMotion"
        | "animateTransform" | "set" => true,
        // An element that a style sheet lets refer to another would not be counted.
        "style" => {
            node.text().is_some_and(|text| text.contains("url(") || text.contains("@import"))
        }
        _ => false,
    };
    if refused && name == "style" {
        return Err(Fault::Refused("an address in <style>".to_owned()));
    }
    if refused {
        return Err(Fault::Refused(format!("<{name}>")));
    }
    if name == "pattern" {
        let sides = [node.attribute("width"), node.attribute("height")];
        let large = |side: &str| side.parse::<f64>().is_ok_and(|side| side > MAX_TILE);
        if sides.into_iter().flatten().any(large) {
            return Err(Fault::TooComplex(format!("a pattern is wider than {MAX_TILE}")));
        }
    }
    Ok(())
}

struct Costs<'d, 'i> {
    document: &'d Document<'i>,
    known: Vec<Option<u64>>,
}

impl<'d, 'i> Costs<'d, 'i> {
    fn of(&mut self, node: Node<'d, 'i>, depth: usize) -> Result<u64, Fault> {
        let at = node.id().get_usize();
        if let Some(known) = self.known.get(at).copied().flatten() {
            return Ok(known);
        }
        if depth > MAX_DEPTH {
            let message = format!("elements refer to each other more than {MAX_DEPTH} deep");
            return Err(Fault::TooComplex(message));
        }
        let mut weight: u64 = own_weight(node);
        for child in node.children().filter(Node::is_element) {
            weight = weight.saturating_add(self.of(child, depth + 1)?);
        }
        for target in self.references(node) {
            // A reference to something that it stands in has no end, and runs into MAX_DEPTH.
            weight = weight.saturating_add(self.of(target, depth + 1)?);
        }
        if let Some(slot) = self.known.get_mut(at) {
            *slot = Some(weight);
        }
        Ok(weight)
    }

    /// The elements that an element lets be drawn in its place, or needs to be drawn.
    fn references(&self, node: Node<'d, 'i>) -> Vec<Node<'d, 'i>> {
        let mut ids: Vec<&str> = Vec::new();
        for attribute in node.attributes() {
            let value = attribute.value();
            if attribute.name() == "href" {
                ids.extend(value.trim().strip_prefix('#'));
            }
            for (at, _) in value.match_indices("url(") {
                let inside = value.get(at + 4..).unwrap_or("").split(')').next().unwrap_or("");
                let inside = inside.trim().trim_matches(['"', '\'']).trim();
                ids.extend(inside.strip_prefix('#'));
            }
        }
        if ids.is_empty() {
            return Vec::new();
        }
        let named = |id: &str| {
            let mut all = self.document.descendants();
            all.find(|other| other.attribute("id") == Some(id))
        };
        ids.into_iter().filter_map(named).collect()
    }
}

fn own_weight(node: Node<'_, '_>) -> u64 {
    let name = node.tag_name().name();
    if name.starts_with("fe") {
        return FILTER;
    }
    let layered = ["mask", "clip-path", "filter", "opacity"].iter().any(|attribute| {
        let styled = node.attribute("style").is_some_and(|style| style.contains(attribute));
        node.has_attribute(*attribute) || styled
    });
    let layer = layered || matches!(name, "pattern" | "mask" | "clipPath" | "image" | "marker");
    if layer { LAYER } else { 1 }
}
