//! Cuts HTML into tokens, each byte into one of them. Must not judge them.

use memchr::{memchr, memchr2, memmem, memrchr};

use super::comment::{self, Condition};
use super::token::{Attribute, Kind, Token, is_space};

/// Elements whose content is text up to their own end tag.
const RAW: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// Whether an element's content is such text.
fn is_raw(name: &str) -> bool {
    // Asked of every start tag: nearly all are told by their first letter or their length.
    let first = name.bytes().next().map(|one| one.to_ascii_lowercase());
    let may_be = match first {
        Some(b's' | b't') => matches!(name.len(), 5 | 6 | 8),
        Some(b'x' | b'i' | b'n' | b'p') => true,
        _ => false,
    };
    may_be && RAW.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Classes of bytes that end something in a tag.
const SPACE: u8 = 1;
const SLASH: u8 = 2;
const ANGLE: u8 = 4;
const EQUALS: u8 = 8;

#[inline]
const fn class_of(byte: u8) -> u8 {
    // Letters, which nearly all are, stand behind all of them.
    if byte > b'>' {
        return 0;
    }
    match byte {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0c => SPACE,
        b'/' => SLASH,
        b'>' => ANGLE,
        b'=' => EQUALS,
        _ => 0,
    }
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// Behind what may be read: the end of the text, or of what a conditional comment hides.
    limit: usize,
    /// Behind the conditional comment, while in one.
    hidden: Option<usize>,
    /// The element whose raw text comes next.
    raw: Option<&'h str>,
    attributes: Vec<Attribute<'h>>,
}

impl<'h> Tokens<'h> {
    /// Begins at the start of a text.
    pub const fn new(html: &'h str) -> Self {
        Self { html, at: 0, limit: html.len(), hidden: None, raw: None, attributes: Vec::new() }
    }

    /// The attributes of the tag that [`Self::advance`] gave last, in order.
    pub fn attributes(&self) -> &[Attribute<'h>] {
        &self.attributes
    }

    /// The next token.
    pub fn advance(&mut self) -> Option<Token<'h>> {
        self.attributes.clear();
        let start = self.at;
        if start >= self.limit {
            let end = self.hidden.take()?;
            self.at = end;
            self.limit = self.html.len();
            let text = self.slice(start, end);
            return Some(Token { kind: Kind::HiddenEnd, range: start..end, text, hidden: false });
        }
        if let Some(name) = self.raw.take()
            && let Some(token) = self.raw_text(name)
        {
            return Some(token);
        }
        let bytes = self.bytes(0);
        // What a `<` begins that begins nothing is text.
        let mut text_end = start;
        loop {
            // Half of all tags follow another.
            if bytes.get(text_end) != Some(&b'<') {
                let Some(found) = memchr(b'<', bytes.get(text_end..).unwrap_or_default()) else {
                    return Some(self.take(Kind::Text, self.limit));
                };
                text_end += found;
            }
            let begins = match bytes.get(text_end + 1) {
                Some(b'!' | b'?') => true,
                Some(b'/') => text_end + 2 < bytes.len(),
                Some(letter) => letter.is_ascii_alphabetic(),
                None => false,
            };
            if begins && text_end > start {
                return Some(self.take(Kind::Text, text_end));
            }
            if begins {
                return Some(self.markup(bytes));
            }
            text_end += 1;
        }
    }

    fn slice(&self, start: usize, end: usize) -> &'h str {
        self.html.get(start..end).unwrap_or("")
    }

    fn bytes(&self, from: usize) -> &'h [u8] {
        self.html.as_bytes().get(from..self.limit).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.html.as_bytes().get(at).copied().filter(|_| at < self.limit)
    }

    /// What stands up to an end, which is next.
    fn take(&mut self, kind: Kind, end: usize) -> Token<'h> {
        let start = std::mem::replace(&mut self.at, end);
        let hidden = self.hidden.is_some();
        Token { kind, range: start..end, text: self.slice(start, end), hidden }
    }

    /// Behind the next `>`.
    fn behind_angle(&self, from: usize) -> usize {
        memchr(b'>', self.bytes(from)).map_or(self.limit, |found| from + found + 1)
    }

    /// A tag, a comment or the like, at a `<`.
    fn markup(&mut self, bytes: &[u8]) -> Token<'h> {
        let rest = bytes.get(self.at + 1..).unwrap_or_default();
        match rest {
            [b'!', b'-', b'-', ..] => self.comment(),
            [b'!', ..] => self.declaration(),
            [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                // An end tag can have attributes, which mean nothing but can hold a `>`.
                self.tag(Kind::End, bytes, self.at + 2)
            }
            [b'/' | b'?', ..] => self.take(Kind::Other, self.behind_angle(self.at + 2)),
            _ => self.tag(Kind::Start, bytes, self.at + 1),
        }
    }

    fn declaration(&mut self) -> Token<'h> {
        let end = self.behind_angle(self.at + 2);
        let body = self.slice(self.at + 2, end);
        let kind = if body.starts_with("[if") {
            Kind::RevealedStart
        } else if body.starts_with("[endif]") {
            Kind::RevealedEnd
        } else if body.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("doctype")) {
            Kind::Doctype
        } else {
            Kind::Other
        };
        let mut token = self.take(kind, end);
        if kind == Kind::RevealedStart {
            let name = body.trim_start_matches("[if").trim_end_matches('>');
            token.text = name.trim_end_matches(']').trim();
        }
        token
    }

    fn comment(&mut self) -> Token<'h> {
        let start = self.at + 4;
        let read = comment::read(self.bytes(start));
        let end = start + read.whole;
        let inside = self.slice(start, start + read.inside);
        // A comment does not hold another, so that none is begun in one.
        let condition =
            if self.hidden.is_some() { Condition::None } else { comment::condition(inside) };
        let (kind, text) = match condition {
            Condition::None => (Kind::Comment, inside),
            Condition::End => (Kind::RevealedEnd, inside),
            Condition::Revealed(name) => (Kind::RevealedStart, name),
            Condition::Hidden(name, offset) => {
                let tail = memrchr(b'<', inside.as_bytes()).unwrap_or(inside.len());
                let closes = inside.get(tail..).is_some_and(|tail| tail.trim_end() == "<![endif]");
                let token = self.take(Kind::HiddenStart, start + offset);
                self.limit = start + if closes { tail.max(offset) } else { inside.len() };
                self.hidden = Some(end);
                return Token { text: name, hidden: false, ..token };
            }
        };
        Token { text, ..self.take(kind, end) }
    }

    fn raw_text(&mut self, name: &'h str) -> Option<Token<'h>> {
        let end =
            if name.eq_ignore_ascii_case("plaintext") { self.limit } else { self.raw_end(name) };
        if end == self.at {
            return None;
        }
        Some(Token { text: name, ..self.take(Kind::Raw, end) })
    }

    /// Where the end tag of a raw element begins.
    fn raw_end(&self, name: &str) -> usize {
        if name.eq_ignore_ascii_case("script") {
            return self.script_end();
        }
        let mut at = self.at;
        while let Some(found) = memmem::find(self.bytes(at), b"</") {
            at += found + 2;
            if self.is_named(at, name) {
                return at - 2;
            }
        }
        self.limit
    }

    /// As [`Self::raw_end`]: in `<!-- <script> … </script> -->` only the inner script ends.
    fn script_end(&self) -> usize {
        let (mut commented, mut inner) = (false, false);
        let mut at = self.at;
        while let Some(found) = memchr2(b'<', b'-', self.bytes(at)) {
            at += found;
            let rest = self.bytes(at);
            if rest.starts_with(b"-->") {
                (commented, inner) = (false, false);
            } else if rest.starts_with(b"<!--") && !commented {
                commented = true;
                // `<!-->` is a whole comment.
                at += 1;
            } else if rest.starts_with(b"</") && self.is_named(at + 2, "script") {
                if !inner {
                    return at;
                }
                inner = false;
            } else if rest.starts_with(b"<") && commented && self.is_named(at + 1, "script") {
                inner = true;
            }
            at += 1;
        }
        self.limit
    }

    /// Whether a tag at an offset has this name.
    fn is_named(&self, at: usize, name: &str) -> bool {
        let end = at + name.len();
        let text = self.html.as_bytes().get(at..end.min(self.limit));
        text.is_some_and(|text| text.eq_ignore_ascii_case(name.as_bytes()))
            && self.byte(end).is_some_and(|byte| is_space(byte) || matches!(byte, b'/' | b'>'))
    }

    /// Reads a tag from the first letter of its name to behind its `>`.
    fn tag(&mut self, kind: Kind, bytes: &[u8], name_start: usize) -> Token<'h> {
        let name_end = find(bytes, name_start, SPACE | SLASH | ANGLE);
        let name = self.slice(name_start, name_end);
        let mut at = name_end;
        loop {
            at = skip(bytes, at, SPACE | SLASH);
            match bytes.get(at) {
                // A tag that the text ends in is none.
                None => {
                    self.attributes.clear();
                    return self.take(Kind::Other, self.limit);
                }
                Some(b'>') => break,
                Some(_) => {
                    let attribute = attribute(self.html, bytes, at);
                    at = attribute.end;
                    self.attributes.push(attribute);
                }
            }
        }
        if kind == Kind::Start && is_raw(name) {
            self.raw = Some(name);
        }
        let start = std::mem::replace(&mut self.at, at + 1);
        Token { kind, range: start..at + 1, text: name, hidden: self.hidden.is_some() }
    }
}

/// Reads the attribute that begins at an offset of what may be read.
fn attribute<'h>(html: &'h str, bytes: &[u8], offset: usize) -> Attribute<'h> {
    let slice = |start, end| html.get(start..end).unwrap_or("");
    // A `=` that comes first belongs to the name.
    let end = find(bytes, offset + 1, SPACE | SLASH | ANGLE | EQUALS);
    let name = slice(offset, end);
    let sign = skip(bytes, end, SPACE);
    if bytes.get(sign) != Some(&b'=') {
        return Attribute { name, value: "", offset, value_offset: end, end };
    }
    let start = skip(bytes, sign + 1, SPACE);
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(start) {
        let value_offset = start + 1;
        let closed = memchr(*quote, bytes.get(value_offset..).unwrap_or_default());
        let closed = closed.map(|found| value_offset + found);
        let value = slice(value_offset, closed.unwrap_or(bytes.len()));
        let end = closed.map_or(bytes.len(), |closed| closed + 1);
        return Attribute { name, value, offset, value_offset, end };
    }
    let end = find(bytes, start, SPACE | ANGLE);
    Attribute { name, value: slice(start, end), offset, value_offset: start, end }
}

/// Where the first byte stands that is of none of some classes.
#[inline]
fn skip(bytes: &[u8], from: usize, classes: u8) -> usize {
    let mut at = from;
    // Loops, and not `position`, which is called for each byte.
    while bytes.get(at).is_some_and(|byte| class_of(*byte) & classes != 0) {
        at += 1;
    }
    at
}

/// Where the first byte stands that is of one of some classes.
#[inline]
fn find(bytes: &[u8], from: usize, classes: u8) -> usize {
    let mut at = from;
    while bytes.get(at).is_some_and(|byte| class_of(*byte) & classes == 0) {
        at += 1;
    }
    at
}
