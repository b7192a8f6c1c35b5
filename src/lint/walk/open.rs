//! Start tags: what they must have, and what they say about the text in them.

use std::ops::Range;

use super::element::El;
use super::{Ink, Medium, Open, RawText, SeenLink, Walk};
use crate::diag::Code;
use crate::lint::clients::Sign;
use crate::lint::colour::Colour;
use crate::lint::finding::Place;
use crate::lint::style::{Look, Paint};
use crate::lint::urls::{self, Address};
use crate::markup::{Attribute, Token, unescape};

/// Letters are this large where nothing is said: 16 pixels.
const USUAL_SIZE: u32 = 160;

pub(super) fn attribute<'a, 'h>(
    attributes: &'a [Attribute<'h>],
    name: &str,
) -> Option<&'a Attribute<'h>> {
    attributes.iter().find(|one| one.is(name))
}

impl<'h> Walk<'_, 'h, '_> {
    pub(super) fn start(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) {
        let el = El::of(token.text);
        if el.ends_itself()
            && let Some(top) = self.stack.last()
            && top.el == el
        {
            self.pop();
        }
        if el.divides() {
            self.seen.visible.divide();
        }
        let look = attribute(attributes, "style").map(|one| self.look(one)).unwrap_or_default();
        self.addresses(el, attributes, &token.range);
        self.particulars(el, token, attributes, &look);
        if el.is_void() {
            return;
        }
        let open = self.opened(el, token, attributes, &look);
        self.stack.push(open);
        if el == El::Table {
            self.table(token, &look, attributes);
        }
    }

    /// What one kind of element must have, or tells of the whole.
    fn particulars(
        &mut self,
        el: El,
        token: &Token<'h>,
        attributes: &[Attribute<'h>],
        look: &Look,
    ) {
        match el {
            El::Html => {
                let said = |name| attribute(attributes, name).map(|one| one.value);
                self.seen.lang = said("lang").filter(|text| !text.is_empty());
                self.seen.dir = said("dir").filter(|text| !text.is_empty());
                self.seen.html = Some(token.range.clone());
            }
            El::Head => self.seen.head = Some(token.range.clone()),
            El::Body => self.seen.body = Some(token.range.clone()),
            El::Address => self.seen.address = true,
            El::Meta => self.meta(token, attributes),
            El::Link => self.link_tag(token, attributes),
            El::Style => self.next_raw = Some(RawText::Style),
            El::Title => self.next_raw = Some(RawText::Title),
            El::Script => {
                let kind = attribute(attributes, "type").map_or("", |one| one.value);
                let json = kind.eq_ignore_ascii_case("application/ld+json");
                self.next_raw = json.then_some(RawText::JsonLd);
            }
            El::Heading(level) => self.heading(level, &token.range),
            El::Img => self.picture(token, attributes, look),
            El::Th => {
                if let Some(table) = self.stack.iter_mut().rev().find(|one| one.el == El::Table) {
                    table.told = true;
                }
            }
            El::Td | El::Tr => self.height(look, attributes, &token.range),
            El::Other | El::Input if self.is_mail() => {
                let sign = match attribute(attributes, "type").filter(|_| el == El::Input) {
                    Some(kind) => Sign::Input(kind.value),
                    None => Sign::Element(token.text),
                };
                self.sign(sign, token.range.clone());
            }
            El::Block if self.is_mail() && token.text.eq_ignore_ascii_case("form") => {
                self.sign(Sign::Element("form"), token.range.clone());
            }
            _ => {}
        }
        if !self.is_mail()
            && let Some(id) = attribute(attributes, "id")
        {
            if self.seen.ids.iter().any(|(one, _)| *one == id.value) {
                let message = format!("the id `{}` stands twice", id.value);
                self.found.error(Code::DuplicateId, Place::Html(id.range()), message);
            } else {
                self.seen.ids.push((id.value, id.range()));
            }
        }
    }

    fn opened(
        &mut self,
        el: El,
        token: &Token<'h>,
        attributes: &[Attribute<'h>],
        look: &Look,
    ) -> Open<'h> {
        let above = self.stack.last();
        let styled = self.medium == Medium::FinishedMail;
        let first = Ink {
            colour: styled.then_some(Colour::BLACK),
            ground: styled.then_some(Colour::WHITE),
            size: USUAL_SIZE,
            bold: false,
        };
        let mut ink = above.map_or(first, |above| above.ink);
        // Where a class may say something, only what stands here is known.
        if !styled && attribute(attributes, "class").is_some() {
            (ink.colour, ink.ground) = (None, None);
        }
        if !styled && el == El::A {
            ink.colour = None;
        }
        let ground = attribute(attributes, "bgcolor").map(|one| Paint::parse(one.value));
        let picture = attribute(attributes, "background").map(|_| Paint::Unknown);
        ink.colour = look.colour.map_or(ink.colour, Paint::colour);
        ink.ground = look.ground.or(picture).or(ground).map_or(ink.ground, Paint::colour);
        ink.size = match el {
            El::Heading(1) => 320,
            El::Heading(2) => 240,
            _ => ink.size,
        };
        ink.size = look.size.unwrap_or(ink.size);
        let bold = matches!(el, El::Heading(_) | El::Th) || matches!(token.text, "b" | "strong");
        ink.bold = look.bold.unwrap_or(ink.bold || bold);
        let gone = look.gone
            || above.is_some_and(|above| above.gone)
            || matches!(el, El::Head | El::Script | El::Style | El::Title)
            || attribute(attributes, "hidden").is_some();
        let told = el == El::Table && {
            let role = attribute(attributes, "role").map_or("", |one| one.value);
            matches!(role, "presentation" | "none")
        };
        let leads = (el == El::A).then(|| self.link(token, attributes)).flatten();
        let range = token.range.clone();
        let (plain, apart) = (look.plain, look.apart || ink.bold);
        Open { el, name: token.text, range, ink, gone, link: leads, plain, apart, told }
    }

    fn link(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) -> Option<usize> {
        let Some(href) = attribute(attributes, "href") else {
            let anchor = ["name", "id"].iter().any(|name| attribute(attributes, name).is_some());
            if !anchor {
                let message = "the link has no address";
                self.found.error(Code::EmptyLink, Place::Html(token.range.clone()), message);
            }
            return None;
        };
        let written = self.html.get(href.value_range()).unwrap_or(href.value);
        let href = unescape(written);
        if let Some(fragment) = href.strip_prefix('#').filter(|one| !one.is_empty()) {
            let fragment = std::borrow::Cow::Owned(fragment.to_owned());
            self.seen.fragments.push((fragment, token.range.clone()));
        }
        let at = self.seen.visible.text.len();
        let label = ["aria-label", "title"].iter().filter_map(|one| attribute(attributes, one));
        let named = label.into_iter().any(|one| !one.value.trim().is_empty());
        self.seen.links.push(SeenLink { href, range: token.range.clone(), text: at..at, named });
        Some(self.seen.links.len() - 1)
    }

    /// The addresses of a tag.
    pub(super) fn addresses(&mut self, el: El, attributes: &[Attribute<'h>], tag: &Range<usize>) {
        for one in attributes {
            let link = one.is("href") && matches!(el, El::A | El::Area);
            let loads = one.is("src") || one.is("background") || one.is("href") && el == El::Link;
            if !link && !loads {
                continue;
            }
            let raw = self.html.get(one.value_range()).unwrap_or(one.value);
            let value = unescape(raw);
            let range = if one.range().end <= tag.end { one.range() } else { tag.clone() };
            urls::judge(&Address { raw, value: &value, range, link }, self.found);
        }
    }

    fn meta(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) {
        let value = |name| attribute(attributes, name).map_or("", |one| one.value);
        self.seen.charset |= value("charset").eq_ignore_ascii_case("utf-8")
            || value("http-equiv").eq_ignore_ascii_case("content-type")
                && value("content").to_ascii_lowercase().contains("utf-8");
        let content = value("content");
        match value("name") {
            "viewport" => self.seen.viewport |= content.contains("width"),
            "robots" => self.seen.robots |= !content.is_empty(),
            _ => {}
        }
        if let Some(property) = attribute(attributes, "property") {
            let content = unescape(content);
            self.seen.preview.push((property.value, content, token.range.clone()));
        }
    }

    fn link_tag(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) {
        let rel = attribute(attributes, "rel").map_or("", |one| one.value);
        let href = attribute(attributes, "href").map(|one| unescape(one.value));
        if let Some(href) = href.filter(|_| rel.eq_ignore_ascii_case("canonical")) {
            self.seen.canonical.push((href, token.range.clone()));
        }
    }

    fn heading(&mut self, level: u8, range: &Range<usize>) {
        if level == 1 {
            self.seen.first_headings.push(range.clone());
        }
        if self.level > 0 && level > self.level + 1 {
            let message = format!("`<h{level}>` follows `<h{}>`: a level is left out", self.level);
            self.found.warning(Code::HeadingOrder, Place::Html(range.clone()), message);
        }
        self.level = level;
    }

    fn table(&mut self, token: &Token<'h>, look: &Look, attributes: &[Attribute<'h>]) {
        self.tables += 1;
        if !self.is_mail() {
            return;
        }
        // Told where it is first too deep, and not again for each table in it.
        if self.tables == self.found.rules.bounds(Code::DeepNesting).warning + 1 {
            let place = Place::Html(token.range.clone());
            let tables = self.tables;
            self.found.judge(Code::DeepNesting, tables, place, |over| {
                format!("this is table {tables} in tables, {over} are safe")
            });
        }
        self.height(look, attributes, &token.range);
    }

    fn height(&mut self, look: &Look, attributes: &[Attribute<'h>], range: &Range<usize>) {
        if !self.is_mail() {
            return;
        }
        let written = attribute(attributes, "height").and_then(|one| one.value.parse().ok());
        if let Some(height) = look.height.or(written) {
            self.found.judge(Code::TableHeight, height, Place::Html(range.clone()), |over| {
                format!("this is {height} pixels high, {over} are shown without a gap")
            });
        }
    }
}
