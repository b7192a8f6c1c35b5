//! The plain text of a mail: what its HTML says, in the order in which it says it.
//!
//! Merge tags stay where they are, byte for byte, and a part that one begins ends where the HTML
//! ends it. Every link is kept with its address. Must not look at style sheets: what is hidden
//! says so on the element, after inlining.

use std::ops::Range;

use super::document::{Document, Piece};
use super::flow::{Block, Item, Look, as_shown, lay_out, looks_like_tag};
use super::inliner::{Change, Plan};
use crate::dialect::{Dialect, TokenKind, scan};
use crate::markup::{Kind, unescape};

/// Elements that begin and end a line.
const BLOCKS: [&str; 28] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "html",
    "main",
    "nav",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];
/// Elements that an empty line stands before and after.
const APART: [&str; 13] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "dl", "pre"];

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
    let mut text = lay_out(&mut reader.blocks);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

struct Reader<'d> {
    document: &'d Document<'d>,
    plan: &'d Plan,
    dialect: Dialect,
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
            Kind::Start if self.is_left_out(piece) => {
                // What comes next may be of another block.
                self.blank = true;
                return piece.end.max(index + 1);
            }
            Kind::Start => self.start(piece),
            Kind::End => self.end(piece),
            Kind::Text => self.text(&piece.range),
            _ => {}
        }
        index + 1
    }

    /// Whether an element is not shown, or its author keeps it out of the text.
    fn is_left_out(&self, piece: &Piece<'d>) -> bool {
        let document = self.document;
        match document.attribute(piece, "data-text").map(|one| one.value) {
            Some("skip") => return true,
            Some("only") => return false,
            _ => {}
        }
        if ["head", "select", "svg", "object", "video", "audio"].iter().any(|one| piece.is(one))
            || document.attribute(piece, "hidden").is_some()
        {
            return true;
        }
        let own = document.attribute(piece, "style").is_some_and(|one| hides(one.value));
        own || self.plan.elements.get(piece.ordinal).is_some_and(Change::hides)
    }

    fn start(&mut self, piece: &Piece<'d>) {
        let name = piece.text.to_ascii_lowercase();
        match name.as_str() {
            "br" => {
                self.block.items.push(Item::Break);
                self.blank = false;
            }
            "img" => self.alternative(piece),
            "a" => self.open_link(piece),
            "hr" => {
                self.flush();
                self.block.look = Look::Rule;
                self.block.items.push(Item::Break);
                self.apart = true;
                self.flush();
                self.apart = true;
            }
            "li" => {
                self.flush();
                self.bullet();
            }
            "ul" | "ol" => {
                self.flush();
                self.apart |= self.lists.is_empty();
                let start = self.document.attribute(piece, "start");
                let first = start.and_then(|one| one.value.parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(first));
            }
            "td" | "th" if self.tables.last() == Some(&true) => {
                if !self.block.items.is_empty() {
                    self.word("|", true);
                    self.blank = true;
                }
            }
            _ => {
                self.boundary(&name);
                match name.as_str() {
                    "table" => self.tables.push(self.holds_data(piece)),
                    "pre" => self.verbatim += 1,
                    "h1" => self.block.look = Look::Heading('='),
                    "h2" => self.block.look = Look::Heading('-'),
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, piece: &Piece<'d>) {
        let name = piece.text.to_ascii_lowercase();
        match name.as_str() {
            "a" => self.close_link(),
            "li" => self.flush(),
            "ul" | "ol" => {
                self.flush();
                self.lists.pop();
                self.apart |= self.lists.is_empty();
            }
            "td" | "th" if self.tables.last() == Some(&true) => {}
            _ => {
                if name == "pre" {
                    self.verbatim = self.verbatim.saturating_sub(1);
                }
                self.boundary(&name);
                if name == "table" {
                    self.tables.pop();
                }
            }
        }
    }

    /// The start or the end of what may be a block.
    fn boundary(&mut self, name: &str) {
        let apart = APART.contains(&name);
        if apart || BLOCKS.contains(&name) {
            self.flush();
            self.apart |= apart;
        }
    }

    /// A table with a header and no role is one of data, and its cells stand side by side.
    fn holds_data(&self, piece: &Piece<'d>) -> bool {
        let document = self.document;
        if document.attribute(piece, "role").is_some() {
            return false;
        }
        let start = document.pieces.iter().position(|one| one.range == piece.range);
        let inside = start.and_then(|start| document.pieces.get(start + 1..piece.end));
        let inside = inside.unwrap_or_default();
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
            Item::Word(text, _) if looks_like_tag(text) => scan(text, self.dialect).any(|tag| {
                matches!(tag.kind, TokenKind::Open | TokenKind::Middle | TokenKind::Close)
            }),
            Item::Word(..) | Item::Link { .. } | Item::Break => false,
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
            self.word(document.slice(tag.clone()), blank);
            at = tag.end;
        }
        self.words(&unescape(document.slice(at..range.end.max(at))));
    }

    fn words(&mut self, text: &str) {
        if self.verbatim > 0 {
            self.verbatim_lines(text);
            return;
        }
        let mut rest = text;
        while let Some(one) = rest.chars().next() {
            if one.is_ascii_whitespace() {
                self.blank = true;
                rest = rest.trim_start_matches(|one: char| one.is_ascii_whitespace());
                continue;
            }
            let end = rest.find(|one: char| one.is_ascii_whitespace()).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let shown = as_shown(word);
            if shown.trim().is_empty() {
                self.blank |= !shown.is_empty();
            } else {
                let blank = std::mem::take(&mut self.blank);
                self.word(&shown, blank);
            }
            rest = after;
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
                self.word(line, false);
            }
        }
    }

    /// A word; without a blank it belongs to the one before, so that no line ends between them.
    fn word(&mut self, text: &str, blank: bool) {
        let items = &mut self.block.items;
        let begins_link = self.link.as_ref().is_some_and(|link| link.first == items.len());
        // Nothing but a sign may stand right behind an address.
        let behind_address = matches!(items.last(), Some(Item::Link { .. }));
        let blank = blank || behind_address && !text.starts_with(CLOSING);
        match items.last_mut() {
            Some(Item::Word(last, _)) if !blank && !begins_link => last.push_str(text),
            last => {
                let blank = blank && last.is_some();
                items.push(Item::Word(text.to_owned(), blank));
            }
        }
    }
}
