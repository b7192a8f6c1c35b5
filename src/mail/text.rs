//! The plain text of a mail: what its HTML says, in the order in which it says it.
//!
//! Merge tags stay where they are, byte for byte, and a part that one begins ends where the HTML
//! ends it. Every link is kept with its address. Must not look at style sheets: what is hidden
//! says so on the element, after inlining.

use std::borrow::Cow;
use std::ops::Range;

use super::document::{Document, Piece};
use super::flow::{Block, Item, Look, Words, as_shown, is_plain, lay_out};
use super::inliner::Plan;
use super::shape::Shape;
use crate::dialect::{Dialect, TokenKind, scan};
use crate::markup::{Kind, run_of_words, unescape};

/// How many bytes of words are looked at together.
const RUN: usize = 512;

/// Signs that belong to what stands before them.
const CLOSING: [char; 10] = ['.', ',', ';', ':', '!', '?', ')', ']', '"', '\''];

/// Whether an element with this style is not shown.
fn hides(style: &str) -> bool {
    // Nearly every element of a mail has a style, and nearly none of them hides it.
    let word =
        |four: &[u8]| four.eq_ignore_ascii_case(b"none") || four.eq_ignore_ascii_case(b"hide");
    if !style.as_bytes().windows(4).any(word) {
        return false;
    }
    let style: String = style.to_ascii_lowercase().split_ascii_whitespace().collect();
    style.contains("display:none") || style.contains("mso-hide:all")
}

/// Writes the plain text.
pub(super) fn plain_text(document: &Document<'_>, plan: &Plan, dialect: Dialect) -> String {
    let mut reader = Reader {
        document,
        plan,
        dialect,
        said: Words::default(),
        blocks: Vec::new(),
        block: Block::default(),
        blank: false,
        apart: false,
        lists: Vec::new(),
        tables: Vec::new(),
        link: None,
        verbatim: 0,
    };
    let mut index = 0;
    while let Some(piece) = document.pieces.get(index) {
        index = reader.piece(index, piece);
    }
    reader.flush();
    let mut text = lay_out(&mut reader.blocks, &reader.said);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

struct Reader<'d> {
    document: &'d Document<'d>,
    plan: &'d Plan,
    dialect: Dialect,
    said: Words,
    blocks: Vec<Block>,
    block: Block,
    /// Whether white space stands before what comes.
    blank: bool,
    /// Whether an empty line stands before the block that comes.
    apart: bool,
    /// The lists that are open, with the number of the next item where they count.
    lists: Vec<Option<usize>>,
    /// The tables that are open, and whether they hold data.
    tables: Vec<bool>,
    link: Option<Link>,
    verbatim: usize,
}

/// A link that is open.
struct Link {
    address: String,
    /// The item of the present block that it begins with.
    first: usize,
    /// Whether a block before held a part of it.
    shown: bool,
}

impl<'d> Reader<'d> {
    /// Takes in a piece, and gives the index of the one to go on with.
    fn piece(&mut self, index: usize, piece: &'d Piece<'d>) -> usize {
        if piece.hidden {
            return index + 1;
        }
        match piece.kind {
            Kind::Start => {
                let shape = Shape::of(piece.text);
                if self.is_left_out(piece, shape) {
                    // What comes next may be of another block.
                    self.blank = true;
                    return piece.end.max(index + 1);
                }
                self.start(piece, shape, index);
            }
            Kind::End => self.end(piece),
            Kind::Text => self.text(&piece.range),
            _ => {}
        }
        index + 1
    }

    /// Whether an element is not shown, or its author keeps it out of the text.
    fn is_left_out(&self, piece: &Piece<'d>, shape: Shape) -> bool {
        let document = self.document;
        match document.attribute(piece, "data-text").map(|one| one.value) {
            Some("skip") => return true,
            Some("only") => return false,
            _ => {}
        }
        if shape == Shape::Hidden || document.attribute(piece, "hidden").is_some() {
            return true;
        }
        let own = document.attribute(piece, "style").is_some_and(|one| hides(one.value));
        own || self.plan.elements.get(piece.ordinal).is_some_and(|one| one.hides)
    }

    fn start(&mut self, piece: &Piece<'d>, shape: Shape, index: usize) {
        match shape {
            Shape::Break => {
                self.block.items.push(Item::Break);
                self.blank = false;
            }
            Shape::Picture => self.alternative(piece),
            Shape::Link => self.open_link(piece),
            Shape::Rule => {
                self.flush();
                self.block.look = Look::Rule;
                self.block.items.push(Item::Break);
                self.apart = true;
                self.flush();
                self.apart = true;
            }
            Shape::Item => {
                self.flush();
                self.bullet();
            }
            Shape::List { counts } => {
                self.flush();
                self.apart |= self.lists.is_empty();
                let start = self.document.attribute(piece, "start");
                let first = start.and_then(|one| one.value.parse().ok()).unwrap_or(1);
                self.lists.push(counts.then_some(first));
            }
            Shape::Cell if self.tables.last() == Some(&true) => {
                if !self.block.items.is_empty() {
                    self.word("|", true, true);
                    self.blank = true;
                }
            }
            _ => {
                self.boundary(shape);
                match shape {
                    Shape::Table => self.tables.push(self.holds_data(piece, index)),
                    Shape::Verbatim => self.verbatim += 1,
                    Shape::Heading(sign) => self.block.look = Look::Heading(sign),
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, piece: &Piece<'d>) {
        match Shape::of(piece.text) {
            Shape::Link => self.close_link(),
            Shape::Item => self.flush(),
            Shape::List { .. } => {
                self.flush();
                self.lists.pop();
                self.apart |= self.lists.is_empty();
            }
            Shape::Cell if self.tables.last() == Some(&true) => {}
            shape => {
                if shape == Shape::Verbatim {
                    self.verbatim = self.verbatim.saturating_sub(1);
                }
                self.boundary(shape);
                if shape == Shape::Table {
                    self.tables.pop();
                }
            }
        }
    }

    /// The start or the end of what may be a block.
    fn boundary(&mut self, shape: Shape) {
        match shape {
            Shape::Block | Shape::Cell => self.flush(),
            Shape::Apart | Shape::Heading(_) | Shape::Table | Shape::Verbatim => {
                self.flush();
                self.apart = true;
            }
            _ => {}
        }
    }

    /// A table with a header and no role is one of data, and its cells stand side by side.
    fn holds_data(&self, piece: &Piece<'d>, index: usize) -> bool {
        let document = self.document;
        if document.attribute(piece, "role").is_some() {
            return false;
        }
        let inside = document.pieces.get(index + 1..piece.end).unwrap_or_default();
        let starts = |name: &str| inside.iter().any(|one| one.kind == Kind::Start && one.is(name));
        starts("th") && !starts("table")
    }

    fn bullet(&mut self) {
        let depth = self.lists.len().max(1);
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                let bullet = format!("{number}. ");
                *number += 1;
                bullet
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.block.indent = (depth - 1) * 2 + bullet.len();
        self.block.bullet = bullet;
    }

    /// Ends the block that is being read.
    fn flush(&mut self) {
        // A link around blocks ends in each of them.
        if let Some(link) = &mut self.link {
            if self.block.items.len() > link.first {
                let (address, first) = (link.address.clone(), link.first);
                self.block.items.push(Item::Link { address, first });
                link.shown = true;
            }
            link.first = 0;
        }
        let says = |one: &Item| !matches!(one, Item::Break);
        let mut block = std::mem::take(&mut self.block);
        if block.look == Look::Rule || block.items.iter().any(says) {
            while block.look != Look::Rule && block.items.last() == Some(&Item::Break) {
                block.items.pop();
            }
            block.apart = std::mem::take(&mut self.apart);
            block.divides = self.divides(&block);
            self.blocks.push(block);
        } else if !block.bullet.is_empty() {
            // `<li><p>`: the paragraph takes the bullet.
            self.block.bullet = block.bullet;
            self.block.indent = block.indent;
        }
        self.blank = false;
    }

    fn divides(&self, block: &Block) -> bool {
        block.items.iter().any(|one| match one {
            Item::Word(word) if word.tagged => scan(self.said.of(word), self.dialect).any(|tag| {
                matches!(tag.kind, TokenKind::Open | TokenKind::Middle | TokenKind::Close)
            }),
            Item::Word(_) | Item::Link { .. } | Item::Break => false,
        })
    }

    fn open_link(&mut self, piece: &Piece<'d>) {
        self.close_link();
        let document = self.document;
        let Some(one) = document.attribute(piece, "href") else { return };
        let address = unescape(document.value(one)).trim().to_owned();
        if address.is_empty() || address.starts_with('#') {
            return;
        }
        self.link = Some(Link { address, first: self.block.items.len(), shown: false });
    }

    fn close_link(&mut self) {
        let Some(Link { address, first, shown }) = self.link.take() else { return };
        if self.block.items.len() > first || !shown {
            self.block.items.push(Item::Link { address, first });
        }
    }

    fn alternative(&mut self, piece: &Piece<'d>) {
        if let Some(alt) = self.document.attribute(piece, "alt") {
            self.blank = true;
            self.text(&alt.value_range());
            self.blank = true;
        }
    }

    fn text(&mut self, range: &Range<usize>) {
        let document = self.document;
        let mut at = range.start;
        for tag in document.tags_in(range) {
            self.words(&unescape(document.slice(at..tag.start)));
            let blank = std::mem::take(&mut self.blank);
            self.word(document.slice(tag.clone()), blank, false);
            at = tag.end;
        }
        self.words(&unescape(document.slice(at..range.end.max(at))));
    }

    fn words(&mut self, text: &str) {
        if self.verbatim > 0 {
            self.verbatim_lines(text);
            return;
        }
        let space = |one: &u8| one.is_ascii_whitespace();
        let mut rest = text;
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            let blanks = bytes.iter().position(|one| !space(one)).unwrap_or(bytes.len());
            self.blank |= blanks > 0;
            let word = bytes.get(blanks..).unwrap_or_default();
            let run = run_of_words(word, RUN);
            let plain = run > 0 && is_plain(word.get(..run).unwrap_or_default());
            let length = if plain { Some(run) } else { word.iter().position(space) };
            let end = blanks + length.unwrap_or(word.len());
            let word = rest.get(blanks..end).unwrap_or("");
            let shown = if plain { Cow::Borrowed(word) } else { as_shown(word) };
            if plain && !word.is_empty() || !shown.trim().is_empty() {
                let blank = std::mem::take(&mut self.blank);
                self.word(&shown, blank, plain);
            } else {
                self.blank |= !shown.is_empty();
            }
            rest = rest.get(end..).unwrap_or("");
        }
    }

    fn verbatim_lines(&mut self, text: &str) {
        self.block.look = Look::Verbatim;
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.flush();
                self.block.look = Look::Verbatim;
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.word(line, false, false);
            }
        }
    }

    /// A word, and whether it is [`is_plain`]. Without a blank it belongs to the one before, so that
    /// no line ends between them.
    fn word(&mut self, text: &str, blank: bool, plain: bool) {
        let items = &mut self.block.items;
        let begins_link = self.link.as_ref().is_some_and(|link| link.first == items.len());
        // Nothing but a sign may stand right behind an address.
        let behind_address = matches!(items.last(), Some(Item::Link { .. }));
        let blank = blank || behind_address && !text.starts_with(CLOSING);
        match items.last_mut() {
            Some(Item::Word(last)) if !blank && !begins_link => {
                let own = if plain { None } else { self.said.split_last(last) };
                match own {
                    None => self.said.extend(last, text, plain),
                    Some(mut own) => {
                        self.said.extend(&mut own, text, plain);
                        items.push(Item::Word(own));
                    }
                }
            }
            last => {
                let blank = blank && last.is_some();
                items.push(Item::Word(self.said.add(text, blank, plain)));
            }
        }
    }
}
