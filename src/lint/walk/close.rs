//! End tags: what a link or a table turned out to be.

use super::element::El;
use super::{Open, Walk};
use crate::diag::Code;
use crate::lint::finding::Place;

/// Texts that say nothing about where a link leads.
const GENERIC: [&str; 24] = [
    "click",
    "click here",
    "click this",
    "details",
    "go",
    "here",
    "hier",
    "hier klicken",
    "info",
    "jetzt klicken",
    "klicken sie hier",
    "learn more",
    "link",
    "mehr",
    "mehr erfahren",
    "more",
    "more info",
    "read more",
    "read on",
    "see more",
    "tap here",
    "this link",
    "this page",
    "weiterlesen",
];

impl<'h> Walk<'_, 'h, '_> {
    pub(super) fn end(&mut self, name: &str) {
        let el = El::of(name);
        let same = |one: &Open<'_>| {
            one.el == el
                && (el != El::Other && el != El::Block || one.name.eq_ignore_ascii_case(name))
        };
        let Some(at) = self.stack.iter().rposition(same) else { return };
        // A cell does not close what stands outside of its table.
        let table = self.stack.iter().rposition(|one| one.el == El::Table);
        if el != El::Table && table.is_some_and(|table| table > at) {
            return;
        }
        while self.stack.len() > at {
            self.pop();
        }
        if el.divides() {
            self.seen.visible.divide();
        }
    }

    pub(super) fn pop(&mut self) {
        if let Some(open) = self.stack.pop() {
            self.close(&open);
        }
    }

    pub(super) fn close(&mut self, open: &Open<'h>) {
        match open.el {
            El::Table => {
                self.tables -= 1;
                if self.is_mail() && !open.told {
                    let message = "this table has neither `role=\"presentation\"` nor a header";
                    let place = Place::Html(open.range.clone());
                    self.found.error(Code::LayoutTableRole, place, message);
                }
            }
            El::A => self.close_link(open),
            _ => {}
        }
    }

    /// A picture in a link names it.
    pub(super) fn name_link(&mut self, alt: &str) {
        let Some(at) = self.stack.iter().rev().find_map(|one| one.link) else { return };
        if alt.trim().is_empty() {
            return;
        }
        if let Some(link) = self.seen.links.get_mut(at) {
            link.named = true;
        }
    }

    fn close_link(&mut self, open: &Open<'h>) {
        let end = self.seen.visible.text.len();
        let Some(link) = open.link.and_then(|at| self.seen.links.get_mut(at)) else { return };
        link.text.end = end;
        let (named, range) = (link.named, link.text.clone());
        let text = self.seen.visible.text.get(range.clone()).unwrap_or("").trim();
        let place = || Place::Html(open.range.clone());
        if open.gone {
            return;
        }
        if text.is_empty() && !named {
            let message = "the link has no text, nor a picture with one";
            self.found.error(Code::UnnamedLink, place(), message);
            return;
        }
        let bare = text.trim_end_matches(['.', '!', '…', '›', '»', '>', '→', ' ', ':']);
        let lower = bare.to_lowercase();
        if GENERIC.contains(&lower.as_str()) && !link_is_labelled(self.html, open) {
            let message = format!("`{text}` does not say where the link leads");
            self.found.warning(Code::GenericLinkText, place(), message);
            self.found.written(Code::GenericLinkText, text);
        }
        if open.plain && !open.apart && !text.is_empty() {
            let before = self.seen.visible.text.get(..range.start).unwrap_or("");
            let lead = before.rsplit('\n').next().unwrap_or("").trim_end();
            if lead.ends_with(|one: char| one.is_alphanumeric() || matches!(one, ',' | '(')) {
                let message =
                    format!("the link `{text}` differs from the text around it by colour");
                self.found.warning(Code::LinkByColour, place(), message);
            }
        }
    }
}

/// Whether a label says what the text does not.
fn link_is_labelled(html: &str, open: &Open<'_>) -> bool {
    html.get(open.range.clone()).is_some_and(|tag| tag.contains("aria-label"))
}
