//! Cuts HTML into tokens, each byte into one of them. Must not judge them.

use memchr::{memchr, memchr2, memmem, memrchr};

use super::comment::{self, Condition};
use super::token::{Attribute, Kind, Token, is_space};

/// Elements whose content is text up to their own end tag.
const RAW: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"];

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
        // What a `<` begins that begins nothing is text.
        let mut text_end = start;
        loop {
            let rest = self.bytes(text_end);
            let Some(found) = memchr(b'<', rest) else {
                return Some(self.take(Kind::Text, self.limit));
            };
            text_end += found;
            let next = self.byte(text_end + 1);
            let begins = match next {
                Some(b'!' | b'?') => true,
                Some(b'/') => self.byte(text_end + 2).is_some(),
                Some(letter) => letter.is_ascii_alphabetic(),
                None => false,
            };
            if begins && text_end > start {
                return Some(self.take(Kind::Text, text_end));
            }
            if begins {
                return Some(self.markup());
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
    fn markup(&mut self) -> Token<'h> {
        match (self.byte(self.at + 1), self.byte(self.at + 2)) {
            (Some(b'!'), Some(b'-')) if self.byte(self.at + 3) == Some(b'-') => self.comment(),
            (Some(b'!'), _) => self.declaration(),
            (Some(b'/'), Some(letter)) if letter.is_ascii_alphabetic() => {
                // An end tag can have attributes, which mean nothing but can hold a `>`.
                self.tag(Kind::End, self.at + 2)
            }
            (Some(b'/' | b'?'), _) => self.take(Kind::Other, self.behind_angle(self.at + 2)),
            _ => self.tag(Kind::Start, self.at + 1),
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
    fn tag(&mut self, kind: Kind, name_start: usize) -> Token<'h> {
        let name_end =
            self.skip(name_start, |byte| !is_space(byte) && !matches!(byte, b'/' | b'>'));
        let name = self.slice(name_start, name_end);
        let mut at = name_end;
        loop {
            at = self.skip(at, |byte| is_space(byte) || byte == b'/');
            match self.byte(at) {
                // A tag that the text ends in is none.
                None => {
                    self.attributes.clear();
                    return self.take(Kind::Other, self.limit);
                }
                Some(b'>') => {
                    let token = self.take(kind, at + 1);
                    let is_raw = |one: &&str| one.eq_ignore_ascii_case(name);
                    if kind == Kind::Start && RAW.iter().any(is_raw) {
                        self.raw = Some(name);
                    }
                    return Token { text: name, ..token };
                }
                Some(_) => {
                    let attribute = self.attribute(at);
                    at = attribute.end;
                    self.attributes.push(attribute);
                }
            }
        }
    }

    fn skip(&self, from: usize, inside: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes(from);
        from + rest.iter().position(|byte| !inside(*byte)).unwrap_or(rest.len())
    }

    fn attribute(&self, offset: usize) -> Attribute<'h> {
        // A `=` that comes first belongs to the name.
        let end =
            self.skip(offset + 1, |byte| !is_space(byte) && !matches!(byte, b'/' | b'>' | b'='));
        let name = self.slice(offset, end);
        let sign = self.skip(end, is_space);
        if self.byte(sign) != Some(b'=') {
            return Attribute { name, value: "", offset, value_offset: end, end };
        }
        let start = self.skip(sign + 1, is_space);
        if let Some(quote @ (b'"' | b'\'')) = self.byte(start) {
            let value_offset = start + 1;
            let closed = memchr(quote, self.bytes(value_offset)).map(|found| value_offset + found);
            let value = self.slice(value_offset, closed.unwrap_or(self.limit));
            let end = closed.map_or(self.limit, |closed| closed + 1);
            return Attribute { name, value, offset, value_offset, end };
        }
        let end = self.skip(start, |byte| !is_space(byte) && byte != b'>');
        Attribute { name, value: self.slice(start, end), offset, value_offset: start, end }
    }
}
