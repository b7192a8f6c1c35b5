//! The mail as tokens, with merge tags and the ends of elements. Must not change it.

use std::ops::Range;

use crate::markup::{Attribute, Kind, Token, Tokens};

/// A token and what belongs to it.
#[derive(Debug)]
pub(super) struct Piece<'h> {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// See [`Token::text`].
    pub(super) text: &'h str,
    pub(super) hidden: bool,
    attributes: Range<usize>,
    /// Of a start tag, its number among the start tags.
    pub(super) ordinal: usize,
    /// Of a start tag, behind the last token of its element.
    pub(super) end: usize,
}

impl Piece<'_> {
    /// Whether it is a tag of this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }
}

/// A mail's HTML, read once.
#[derive(Debug)]
pub(super) struct Document<'h> {
    /// As it was written.
    pub(super) html: &'h str,
    /// Where merge tags stand, in order.
    pub(super) tags: &'h [Range<usize>],
    pub(super) pieces: Vec<Piece<'h>>,
    attributes: Vec<Attribute<'h>>,
    /// How many start tags there are.
    pub(super) elements: usize,
    /// Whether every byte can be written as it is: ASCII, and line ends of one kind.
    pub(super) is_plain: bool,
}

/// Elements that have no end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

impl<'h> Document<'h> {
    /// Reads HTML whose merge tags stand at `tags`, and have blanks in their place in `blanked`.
    pub(super) fn read(html: &'h str, blanked: &'h str, tags: &'h [Range<usize>]) -> Self {
        let mut tokens = Tokens::new(blanked);
        let mut document = Self {
            html,
            tags,
            pieces: Vec::with_capacity(html.len() / 16 + 8),
            attributes: Vec::with_capacity(html.len() / 24 + 8),
            elements: 0,
            is_plain: html.is_ascii() && memchr::memchr(b'\r', html.as_bytes()).is_none(),
        };
        let mut open: Vec<usize> = Vec::new();
        while let Some(token) = tokens.advance() {
            let from = document.attributes.len();
            document.attributes.extend_from_slice(tokens.attributes());
            document.push(token, from, &mut open);
        }
        let end = document.pieces.len();
        for index in open {
            document.set_end(index, end);
        }
        document
    }

    fn push(&mut self, token: Token<'h>, attributes_from: usize, open: &mut Vec<usize>) {
        let index = self.pieces.len();
        let Token { kind, range, text, hidden } = token;
        let piece = Piece {
            kind,
            range,
            text,
            hidden,
            attributes: attributes_from..self.attributes.len(),
            ordinal: self.elements,
            end: index + 1,
        };
        if kind == Kind::Start {
            self.elements += 1;
        }
        if hidden {
            self.pieces.push(piece);
            return;
        }
        if kind == Kind::Start && !VOID.iter().any(|one| piece.is(one)) {
            self.close_implied(text, index, open);
            open.push(index);
        } else if kind == Kind::End {
            self.close(text, index, open);
        }
        self.pieces.push(piece);
    }

    /// A start tag that ends what its author did not end.
    fn close_implied(&mut self, name: &str, index: usize, open: &mut Vec<usize>) {
        let closed: &[&str] = match () {
            () if name.eq_ignore_ascii_case("li") => &["li"],
            () if name.eq_ignore_ascii_case("td") || name.eq_ignore_ascii_case("th") => {
                &["td", "th"]
            }
            () if name.eq_ignore_ascii_case("tr") => &["td", "th", "tr"],
            () if name.eq_ignore_ascii_case("p") => &["p"],
            () if name.eq_ignore_ascii_case("body") => &["head"],
            () => return,
        };
        while let Some(last) = open.last().copied() {
            let ends = self.pieces.get(last).is_some_and(|one| closed.iter().any(|n| one.is(n)));
            if !ends {
                return;
            }
            open.pop();
            self.set_end(last, index);
        }
    }

    /// An end tag ends its element and all that is open in it.
    fn close(&mut self, name: &str, index: usize, open: &mut Vec<usize>) {
        let is = |one: &usize| self.pieces.get(*one).is_some_and(|piece| piece.is(name));
        let Some(at) = open.iter().rposition(is) else { return };
        let inner = open.split_off(at);
        for (depth, one) in inner.into_iter().enumerate() {
            self.set_end(one, if depth == 0 { index + 1 } else { index });
        }
    }

    fn set_end(&mut self, index: usize, end: usize) {
        if let Some(piece) = self.pieces.get_mut(index) {
            piece.end = end;
        }
    }

    /// The attributes of a tag.
    pub(super) fn attributes(&self, piece: &Piece<'h>) -> &[Attribute<'h>] {
        self.attributes.get(piece.attributes.clone()).unwrap_or_default()
    }

    /// The first attribute of a name.
    pub(super) fn attribute(&self, piece: &Piece<'h>, name: &str) -> Option<&Attribute<'h>> {
        self.attributes(piece).iter().find(|one| one.is(name))
    }

    /// A part of the HTML as it was written.
    pub(super) fn slice(&self, range: Range<usize>) -> &'h str {
        self.html.get(range).unwrap_or("")
    }

    /// The value of an attribute as it was written, merge tags included.
    pub(super) fn value(&self, attribute: &Attribute<'_>) -> &'h str {
        self.slice(attribute.value_range())
    }

    /// The merge tags that begin in a range.
    pub(super) fn tags_in(&self, range: &Range<usize>) -> &'h [Range<usize>] {
        // Asked of every tag and attribute, while most mails have a few in one place or two.
        let outside = |tags: &[Range<usize>]| match tags {
            [] => true,
            [first, ..] if range.end <= first.start => true,
            [.., last] => last.start < range.start,
        };
        if outside(self.tags) {
            return &[];
        }
        let from = self.tags.partition_point(|one| one.start < range.start);
        let behind = self.tags.get(from..).unwrap_or_default();
        let count = behind.iter().take_while(|one| one.start < range.end).count();
        behind.get(..count).unwrap_or_default()
    }

    /// Whether a merge tag stands in an attribute's value.
    pub(super) fn is_open(&self, attribute: &Attribute<'_>) -> bool {
        !self.tags_in(&attribute.value_range()).is_empty()
    }
}
