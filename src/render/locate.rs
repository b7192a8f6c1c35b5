//! Finds the template and the line behind an attribute of a rendered artifact.
//!
//! Only when a stray address was found: the job is rendered once more from templates in which
//! every URL attribute is preceded by a mark that names its own place.

use std::fmt::Write;

use super::tags::tera_tags;
use super::template_set::Template;
use crate::artifact::MARK;
use crate::model::{SourceId, Span};

/// Attributes worth marking; the scanner knows a few more, which are then placed by file.
const ATTRIBUTES: [&str; 6] = ["href", "src", "srcset", "action", "background", "poster"];

/// The template's text with marks.
pub(super) fn mark(template: &Template<'_>) -> String {
    let text = template.text;
    let tags = tera_tags(text);
    let inside = |at: usize| tags.iter().any(|tag| tag.range.contains(&at));
    let mut places: Vec<usize> = Vec::new();
    for name in ATTRIBUTES {
        for (at, _) in text.match_indices(name) {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + name.len()..).map(str::trim_start);
            let starts = before.is_some_and(char::is_whitespace);
            if starts && after.is_some_and(|rest| rest.starts_with('=')) && !inside(at) {
                places.push(at);
            }
        }
    }
    places.sort_unstable();
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for at in places {
        out.push_str(text.get(from..at).unwrap_or(""));
        // Writing to a string cannot fail.
        let _ = write!(out, "{MARK}=\"{}:{}\" ", template.source.0, template.base + at);
        from = at;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}

/// Reads a mark back; the place is the attribute up to the end of its quotes.
pub(super) fn read_mark(mark: &str, templates: &[Template<'_>]) -> Option<Span> {
    let (source, at) = mark.split_once(':')?;
    let source = SourceId(source.parse().ok()?);
    let at: usize = at.parse().ok()?;
    let template = templates.iter().find(|template| template.source == source)?;
    let rest = template.text.get(at.checked_sub(template.base)?..)?;
    let quote = rest.find(['"', '\''])?;
    let mark = rest.get(quote..)?.chars().next()?;
    let tags = tera_tags(rest);
    let ends = rest.char_indices().find(|(index, one)| {
        *index > quote && *one == mark && !tags.iter().any(|tag| tag.range.contains(index))
    });
    let end = ends.map_or(rest.len(), |(index, _)| index + 1);
    Some(Span::new(source, at, at + end))
}

/// The place of a text that is typed into one of the templates.
pub(super) fn find_typed(value: &str, templates: &[Template<'_>]) -> Option<Span> {
    templates.iter().find_map(|template| {
        let at = template.text.find(value)? + template.base;
        Some(Span::new(template.source, at, at + value.len()))
    })
}
