//! The part of a mail that decides which rules match which elements. Must not hold anything else:
//! mails with one skeleton share the result.
//!
//! A skeleton is itself HTML, and all that the inliner is given. It has the elements with their
//! classes and ids, the other attributes' names, values where a selector asks for them, and `x`
//! where text stands. It has no `style` attributes, since what they say is put behind what the
//! sheet says, whatever that is.

use std::ops::Range;

use super::document::{Document, Piece};
use crate::markup::{Attribute, Kind};

/// The attribute that numbers elements.
pub(super) const NUMBER: &str = "data-throughline-n";
/// The attribute of an element whose class holds a merge tag.
pub(super) const OPEN: &str = "data-throughline-open";

/// Attributes whose values a parser of HTML looks at, and those that selectors nearly always use.
const KEPT: [&str; 6] = ["class", "id", "type", "encoding", "lang", "dir"];

/// Writes the skeleton of a mail, without the parts at `left_out`.
pub(super) fn skeleton(document: &Document<'_>, left_out: &[Range<usize>]) -> String {
    let asked = Asked::of(document);
    let mut out = String::with_capacity(document.html.len() / 2);
    let mut style_is_open = false;
    for piece in &document.pieces {
        if left_out.iter().any(|range| range.contains(&piece.range.start)) {
            continue;
        }
        match piece.kind {
            Kind::Doctype => out.push_str(document.slice(piece.range.clone())),
            Kind::Start if piece.hidden => hidden_start(document, piece, &mut out),
            Kind::Start => {
                style_is_open = piece.is("style") && is_own(document, piece);
                start(document, piece, &asked, style_is_open, &mut out);
            }
            Kind::End if !piece.hidden => {
                out.push_str("</");
                out.push_str(piece.text);
                out.push('>');
            }
            Kind::Text if !piece.hidden => text(document, piece, &mut out),
            Kind::Raw if piece.is("style") && !style_is_open => {
                out.push_str(document.slice(piece.range.clone()));
                if piece.hidden {
                    out.push_str("</style>");
                }
            }
            Kind::Raw if piece.is("style") => {
                // Which classes it names is all that is asked of it.
                out.push_str(&without_tags(document, &piece.range));
            }
            Kind::HiddenStart => out.push_str("<!--[if x]>"),
            Kind::HiddenEnd => out.push_str("<![endif]-->"),
            _ => {}
        }
    }
    out
}

/// Whether a style element is left as it is: it holds merge tags, is for some media only, or its
/// author says so.
pub(super) fn is_own(document: &Document<'_>, piece: &Piece<'_>) -> bool {
    let media = document.attribute(piece, "media").is_some_and(|one| {
        !matches!(one.value.trim().to_ascii_lowercase().as_str(), "" | "all" | "screen")
    });
    let kept = document.attribute(piece, "data-css-inline").is_some();
    let end = document.pieces.get(piece.end.saturating_sub(1)).map_or(0, |last| last.range.end);
    media || kept || !document.tags_in(&(piece.range.start..end)).is_empty()
}

fn without_tags(document: &Document<'_>, range: &Range<usize>) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for tag in document.tags_in(range) {
        out.push_str(document.slice(at..tag.start));
        at = tag.end;
    }
    out.push_str(document.slice(at..range.end.max(at)));
    out
}

fn start(
    document: &Document<'_>,
    piece: &Piece<'_>,
    asked: &Asked,
    style_is_open: bool,
    out: &mut String,
) {
    out.push('<');
    out.push_str(piece.text);
    for one in document.attributes(piece) {
        if one.is("style") || one.is(NUMBER) || one.is(OPEN) || one.is("data-css-inline") {
            continue;
        }
        attribute(one, asked.wants(one.name), out);
        if one.is("class") && document.is_open(one) {
            attribute(&Attribute { name: OPEN, ..*one }, false, out);
        }
    }
    if style_is_open {
        out.push_str(" data-css-inline=\"ignore\"");
    }
    out.push_str(" data-throughline-n=\"");
    push_number(piece.ordinal, out);
    out.push('"');
    out.push_str(if document.slice(piece.range.clone()).ends_with("/>") { "/>" } else { ">" });
}

/// Writes a number as `Display` does, of which each mail has hundreds.
fn push_number(number: usize, out: &mut String) {
    if number >= 10 {
        push_number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn hidden_start(document: &Document<'_>, piece: &Piece<'_>, out: &mut String) {
    let names = document.attributes(piece).iter().filter(|one| one.is("class") || one.is("id"));
    let before = out.len();
    for one in names {
        attribute(one, true, out);
    }
    if out.len() > before {
        out.insert_str(before, "<i");
        out.push('>');
    }
    if piece.is("style") {
        out.push_str("<style>");
    }
}

fn attribute(one: &Attribute<'_>, with_value: bool, out: &mut String) {
    out.push(' ');
    out.push_str(one.name);
    if with_value && !one.value.is_empty() {
        out.push_str("=\"");
        // A value in single quotes may hold double ones.
        if memchr::memchr(b'"', one.value.as_bytes()).is_some() {
            out.push_str(&one.value.replace('"', "&quot;"));
        } else {
            out.push_str(one.value);
        }
        out.push('"');
    }
}

/// `x` for text and for tags that may print some, a blank for white space, nothing for the rest.
fn text(document: &Document<'_>, piece: &Piece<'_>, out: &mut String) {
    if !piece.text.trim_ascii().is_empty() {
        out.push('x');
    } else if document.tags_in(&piece.range).is_empty() {
        out.push(' ');
    }
}

/// The attributes that selectors of the mail's style sheets ask for.
struct Asked {
    names: Vec<String>,
    all: bool,
}

impl Asked {
    fn of(document: &Document<'_>) -> Self {
        let mut asked = Self { names: Vec::new(), all: false };
        let sheets = document.pieces.iter().filter(|one| one.kind == Kind::Raw && one.is("style"));
        for sheet in sheets {
            let css = document.slice(sheet.range.clone());
            // An escape may write any name in any way.
            asked.all |= css.contains('\\');
            for part in css.split('[').skip(1) {
                let name = part.trim_start_matches(|one: char| {
                    one.is_whitespace() || matches!(one, '*' | '|')
                });
                let end = name
                    .find(|one: char| !one.is_alphanumeric() && !matches!(one, '-' | '_' | ':'))
                    .unwrap_or(name.len());
                // With a comment in it, it may be any.
                asked.all |= name.starts_with('/');
                asked.names.extend(name.get(..end).map(str::to_ascii_lowercase));
            }
        }
        asked
    }

    fn wants(&self, name: &str) -> bool {
        self.all
            || KEPT.iter().any(|one| name.eq_ignore_ascii_case(one))
            || self.names.iter().any(|one| name.eq_ignore_ascii_case(one))
    }
}
