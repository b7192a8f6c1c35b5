//! Which blocks a template has, its own and those of what it extends, and where they stand.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tags::{Mark, tera_tags};
use super::template_set::{Template, resolve};
use crate::model::Span;

/// The blocks of every template that can be named, the outermost place of each.
pub(super) type Blocks<'s> = BTreeMap<&'s str, BTreeMap<&'s str, Span>>;

/// Longer chains are refused when templates are loaded.
const MAX_DEPTH: usize = 32;

/// What one template says itself.
#[derive(Default)]
struct Own<'s> {
    extends: Option<&'s str>,
    blocks: Vec<(&'s str, Span)>,
}

/// Finds all blocks, by the path of their template; of one that is written again, the place nearest
/// to the template counts.
pub(super) fn find_blocks<'s>(templates: &[Template<'s>]) -> Blocks<'s> {
    let own: BTreeMap<&str, Own<'s>> =
        templates.iter().map(|template| (template.path, own(template))).collect();
    let mut found = Blocks::new();
    for path in own.keys() {
        let mut blocks = BTreeMap::new();
        let mut next = own.get(path);
        for _ in 0..MAX_DEPTH {
            let Some(one) = next else { break };
            for (block, span) in &one.blocks {
                blocks.entry(*block).or_insert(*span);
            }
            let parent = one.extends.and_then(|name| resolve(templates, name));
            next = parent.and_then(|parent| own.get(parent.path));
        }
        found.insert(*path, blocks);
    }
    found
}

fn own<'s>(template: &Template<'s>) -> Own<'s> {
    let mut own = Own::default();
    for tag in tera_tags(template.text).iter().filter(|tag| tag.mark == Mark::Statement) {
        let (word, rest) = statement(template.text, &tag.range);
        let argument = rest.split_whitespace().next().unwrap_or("");
        match word {
            "extends" => own.extends = Some(argument.trim_matches(['"', '\'', '`'])),
            "block" => {
                let span = super::fault::place(template, &tag.range);
                own.blocks.push((argument, span));
            }
            _ => {}
        }
    }
    own
}

/// The word of a statement and what stands behind it.
pub(super) fn statement<'s>(text: &'s str, range: &Range<usize>) -> (&'s str, &'s str) {
    let inside = text.get(range.start + 2..range.end.saturating_sub(2)).unwrap_or("");
    let inside = inside.trim_matches(|one: char| one == '-' || one.is_whitespace());
    inside.split_once(char::is_whitespace).unwrap_or((inside, ""))
}

/// The names of the components that a template defines.
pub(super) fn components(text: &str) -> Vec<&str> {
    let tags = tera_tags(text).into_iter().filter(|tag| tag.mark == Mark::Statement);
    let heads = tags.filter_map(|tag| match statement(text, &tag.range) {
        ("component", rest) => rest.split(['(', ' ']).next(),
        _ => None,
    });
    heads.collect()
}

/// The components that a mark calls: `{{ <email.card … /> }}` and `{% <email.card> %}`.
pub(super) fn called<'s>(text: &'s str, range: &Range<usize>) -> Option<&'s str> {
    let inside = text.get(range.start + 2..range.end.saturating_sub(2)).unwrap_or("");
    let inside = inside.trim_start_matches(|one: char| one == '-' || one.is_whitespace());
    let name = inside.strip_prefix('<')?.trim_start();
    name.split(|one: char| one.is_whitespace() || matches!(one, '/' | '>')).next()
}
