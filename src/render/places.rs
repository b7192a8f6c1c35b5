//! Leads a place of rendered HTML back to the template, the copy or the cell that it came from.
//!
//! Only where something was found: the job is rendered once more from templates in which every
//! start tag carries its own place. Tags are then matched by their number.

use std::fmt::Write;
use std::ops::Range;

use super::tags::tera_tags;
use super::template_set::Template;
use crate::markup::{Kind, Tokens};
use crate::model::{SourceId, Span};

/// Written into each start tag of a template when a place is looked for.
const TAG_MARK: &str = "data-throughline-tag";

/// The template's text with a mark in each start tag.
pub(super) fn mark_tags(template: &Template<'_>) -> String {
    let text = template.text;
    let blanked = without_tera(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut from = 0;
    let mut tokens = Tokens::new(&blanked);
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start {
            continue;
        }
        let behind_name = token.range.start + 1 + token.text.len();
        out.push_str(text.get(from..behind_name).unwrap_or(""));
        let at = template.base + token.range.start;
        // Writing to a string cannot fail.
        let _ = write!(out, " {TAG_MARK}=\"{}:{at}\"", template.source.0);
        from = behind_name;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}

/// The template's text in which Tera's own marks are blanks, every other byte in its place.
pub(super) fn without_tera(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    for tag in tera_tags(text) {
        if let Some(part) = out.get_mut(tag.range) {
            part.fill(b' ');
        }
    }
    // Whole marks were blanked, so that what is left is UTF-8 as before.
    String::from_utf8(out).unwrap_or_default()
}

/// Where each start tag of a marked artifact comes from; those that no template wrote have no place.
pub(super) struct TagPlaces(Vec<Option<(SourceId, usize)>>);

impl TagPlaces {
    /// Reads the marks of an artifact.
    pub(super) fn read(marked: &str) -> Self {
        let mut places = Vec::new();
        let mut tokens = Tokens::new(marked);
        while let Some(token) = tokens.advance() {
            if token.kind == Kind::Start {
                let mark = tokens.attributes().iter().find(|one| one.name == TAG_MARK);
                places.push(mark.and_then(|mark| read_mark(mark.value)));
            }
        }
        Self(places)
    }

    /// The last tag that a template wrote, among the first `count`.
    fn nearest(&self, count: usize) -> Option<(SourceId, usize)> {
        self.0.get(..count.min(self.0.len()))?.iter().rev().find_map(|place| *place)
    }
}

fn read_mark(mark: &str) -> Option<(SourceId, usize)> {
    let (source, at) = mark.split_once(':')?;
    Some((SourceId(source.parse().ok()?), at.parse().ok()?))
}

/// How far behind its tag a text is looked for in a template.
const NEAR: usize = 600;

/// Where in the templates a place of an artifact comes from.
pub(super) struct TemplatePlace {
    /// The tag, its attribute, or the text behind it.
    pub(super) span: Span,
    /// The text itself was found there.
    pub(super) exact: bool,
}

/// Finds the template's tag in which or behind which a place stands, and in it the attribute or
/// the text that is meant.
pub(super) fn in_template(
    html: &str,
    range: &Range<usize>,
    written: Option<&str>,
    places: &TagPlaces,
    templates: &[Template<'_>],
) -> Option<TemplatePlace> {
    let (count, inside, attribute) = tags_before(html, range);
    let (source, at) = places.nearest(count)?;
    let template = templates.iter().find(|template| template.source == source)?;
    let start = at.checked_sub(template.base)?;
    let blanked = without_tera(template.text.get(start..)?);
    let mut tokens = Tokens::new(&blanked);
    let tag = tokens.advance().filter(|token| token.kind == Kind::Start)?;
    let span = |from: usize, to: usize| Span::new(source, at + from, at + to);
    let named = attribute.and_then(|name| tokens.attributes().iter().find(|one| one.is(name)));
    if let Some(attribute) = named {
        let end = attribute.end.min(blanked.len());
        return Some(TemplatePlace { span: span(attribute.offset, end), exact: true });
    }
    if !inside && let Some(written) = written.filter(|text| !text.is_empty()) {
        let behind = template.text.get(start + tag.range.end..)?;
        let end = (0..=NEAR.min(behind.len())).rev().find(|at| behind.is_char_boundary(*at))?;
        if let Some(found) = behind.get(..end)?.find(written) {
            let from = tag.range.end + found;
            return Some(TemplatePlace { span: span(from, from + written.len()), exact: true });
        }
    }
    // The tag up to the end of its line: the rest of a long one says no more.
    let text = template.text.get(start..start + tag.range.end).unwrap_or("");
    let length = text.find('\n').unwrap_or(text.len());
    Some(TemplatePlace { span: span(0, length), exact: false })
}

/// How many start tags begin before a place or at it, whether it lies in the last one, and the
/// attribute there that it is about.
fn tags_before<'h>(html: &'h str, range: &Range<usize>) -> (usize, bool, Option<&'h str>) {
    let (mut count, mut inside, mut attribute) = (0, false, None);
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        if token.range.start > range.start {
            break;
        }
        if token.kind == Kind::Start {
            count += 1;
            inside = token.range.start < range.start && range.start < token.range.end;
            let holds = |start: usize, end: usize| start <= range.start && range.start < end;
            let mut all = tokens.attributes().iter();
            attribute = all.find(|one| holds(one.offset, one.end)).map(|one| one.name);
        }
    }
    (count, inside, attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_marked_and_led_back() {
        let text = "<p class=\"a\">{% if x < y %}<b{% if z %} id=\"i\"{% endif %}>{{ t }} now</b>{% endif %}</p>";
        let template = Template { name: "t", path: "t", source: SourceId(3), base: 0, text };
        let marked = mark_tags(&template);
        assert_eq!(marked.matches(TAG_MARK).count(), 2, "{marked}");
        let html = "<p class=\"a\"><b id=\"i\">text now</b></p>";
        let rendered = "<p data-throughline-tag=\"3:0\" class=\"a\"><b data-throughline-tag=\"3:27\" id=\"i\">text now</b></p>";
        let places = TagPlaces::read(rendered);
        let find = |range: Range<usize>, written| {
            let place =
                in_template(html, &range, written, &places, std::slice::from_ref(&template));
            let span = place.unwrap().span;
            &text[span.start as usize..span.end as usize]
        };
        assert_eq!(find(3..12, None), "class=\"a\"");
        assert_eq!(find(16..22, None), "id=\"i\"");
        assert_eq!(find(28..31, Some("now")), "now");
        assert_eq!(find(13..15, None), "<b{% if z %} id=\"i\"{% endif %}>");
    }
}
