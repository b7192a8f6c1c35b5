//! The author's bytes with merge tags as they are and the rest written anew. Must not move a tag.

use std::borrow::Cow;
use std::ops::Range;

use super::ascii;
use super::declarations;
use super::document::Document;
use super::inliner::{Change, Merged};
use crate::markup::Attribute;

/// The `style` attribute of an element with what the sheet says, and its quotes.
pub(super) fn new_style<'c>(
    document: &Document<'_>,
    (change, is_shared): (&'c Change, bool),
    own: Option<&Attribute<'_>>,
) -> Option<(Cow<'c, str>, char)> {
    if change.style.is_empty() {
        return None;
    }
    let Some(own) = own else { return Some((Cow::Borrowed(&change.joined), '"')) };
    let quote = own.value_offset.checked_sub(1).and_then(|at| document.html.as_bytes().get(at));
    let quote = if quote == Some(&b'\'') { '\'' } else { '"' };
    let open = document.is_open(own);
    let written = document.value(own);
    if let Some(merged) = change.merged.get()
        && !open
        && merged.quote == quote
        && merged.own == written
    {
        return Some((Cow::Borrowed(&merged.style), quote));
    }
    let mut text = String::new();
    segments(document, &own.value_range(), &mut text, ascii::entities);
    let style = declarations::merge(&change.style, Some(&text), open, quote);
    if is_shared && !open && change.merged.get().is_none() {
        let merged = Merged { own: written.to_owned(), quote, style: style.clone() };
        // Another thread may have been first, whose mail is as good.
        let _ = change.merged.set(merged);
    }
    Some((Cow::Owned(style), quote))
}

/// Writes a range with its merge tags as they are and the rest by `write`.
pub(super) fn segments(
    document: &Document<'_>,
    range: &Range<usize>,
    out: &mut String,
    write: fn(&mut String, &str),
) {
    let tags = document.tags_in(range);
    if tags.is_empty() && document.is_plain {
        out.push_str(document.slice(range.clone()));
        return;
    }
    let mut at = range.start;
    let plain = |out: &mut String, text: &str| {
        if memchr::memchr(b'\r', text.as_bytes()).is_some() {
            write(out, &text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            write(out, text);
        }
    };
    for tag in tags {
        plain(out, document.slice(at..tag.start));
        out.push_str(document.slice(tag.clone()));
        at = tag.end;
    }
    plain(out, document.slice(at..range.end.max(at)));
}
