//! The author's bytes with merge tags as they are and the rest written anew. Must not move a tag.

use std::borrow::Cow;
use std::ops::Range;

use super::ascii;
use super::declarations;
use super::document::Document;
use super::inliner::Change;
use crate::markup::Attribute;

/// The `style` attribute of an element with what the sheet says, and its quotes.
pub(super) fn new_style<'c>(
    document: &Document<'_>,
    change: &'c Change,
    own: Option<&Attribute<'_>>,
) -> Option<(Cow<'c, str>, char)> {
    if change.style.is_empty() {
        return None;
    }
    let Some(own) = own else { return Some((Cow::Borrowed(&change.joined), '"')) };
    let quote = own.value_offset.checked_sub(1).and_then(|at| document.html.as_bytes().get(at));
    let quote = if quote == Some(&b'\'') { '\'' } else { '"' };
    let mut text = String::new();
    segments(document, &own.value_range(), &mut text, ascii::entities);
    let open = document.is_open(own);
    let merged = declarations::merge(&change.style, Some(&text), open, quote);
    Some((Cow::Owned(merged), quote))
}

/// Writes a range with its merge tags as they are and the rest by `write`.
pub(super) fn segments(
    document: &Document<'_>,
    range: &Range<usize>,
    out: &mut String,
    write: fn(&mut String, &str),
) {
    let mut at = range.start;
    let plain = |out: &mut String, text: &str| {
        if text.contains('\r') {
            write(out, &text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            write(out, text);
        }
    };
    for tag in document.tags_in(range) {
        plain(out, document.slice(at..tag.start));
        out.push_str(document.slice(tag.clone()));
        at = tag.end;
    }
    plain(out, document.slice(at..range.end.max(at)));
}
