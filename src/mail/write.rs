//! Writes the finished HTML: the author's bytes, with styles and classes as planned, one blank
//! where many stood, entities for what is not ASCII. Must not move anything.

use std::ops::Range;

use super::ascii;
use super::document::{Document, Piece};
use super::fault::{Fault, FaultKind, shown};
use super::inliner::{Change, Plan, keeps_spaces};
use super::places::Places;
use super::segments::{new_style, segments};
use super::writer::{LONGEST, Writer};
use crate::markup::{Attribute, Kind, is_space, run_of_words};

/// What is done to the white space of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spaces {
    /// One is left of many, and comments that nobody reads are left out.
    Squeezed,
    /// Left as they are.
    Kept,
}

/// A mail's HTML as it is sent.
pub(super) struct Written {
    pub(super) html: String,
    pub(super) places: Places,
    /// How many bytes of it are style sheets.
    pub(super) style: usize,
}

/// Writes a mail without the parts at `left_out`.
pub(super) fn write(
    document: &Document<'_>,
    plan: &Plan,
    left_out: &[Range<usize>],
    spaces: Spaces,
) -> Result<Written, Vec<Fault>> {
    let mut places = Places::with_capacity(document.pieces.len());
    let mut page = Page {
        document,
        plan,
        spaces: if plan.spaces_count { Spaces::Kept } else { spaces },
        writer: Writer::with_capacity(document.html.len() * 9 / 8 + plan.styles),
        verbatim: Vec::new(),
        skip_end: None,
        style: 0,
        faults: Vec::new(),
    };
    for (index, piece) in document.pieces.iter().enumerate() {
        if !left_out.iter().any(|range| range.contains(&piece.range.start)) {
            places.add(page.writer.out.len(), piece.range.clone());
            page.piece(index, piece, spaces);
        }
    }
    let html = page.writer.finish();
    let written = Written { html, places, style: page.style };
    if page.faults.is_empty() { Ok(written) } else { Err(page.faults) }
}

struct Page<'d> {
    document: &'d Document<'d>,
    plan: &'d Plan,
    spaces: Spaces,
    writer: Writer,
    /// The elements that are open and whose white space counts.
    verbatim: Vec<&'d str>,
    /// The end tag of a style element that was left out.
    skip_end: Option<usize>,
    style: usize,
    faults: Vec<Fault>,
}

impl<'d> Page<'d> {
    fn piece(&mut self, index: usize, piece: &'d Piece<'d>, comments: Spaces) {
        match piece.kind {
            Kind::Start => self.start(index, piece),
            Kind::End => {
                if self.verbatim.last().is_some_and(|name| piece.is(name)) {
                    self.verbatim.pop();
                }
                if self.skip_end.take() != Some(index) {
                    self.end(piece);
                }
            }
            Kind::Text if self.verbatim.is_empty() && self.spaces == Spaces::Squeezed => {
                self.text(piece);
            }
            Kind::Raw => self.raw(index, piece),
            Kind::Comment => {
                let tagged = !self.document.tags_in(&piece.range).is_empty();
                if tagged || comments == Spaces::Kept {
                    self.kept(&piece.range, ascii::entities);
                }
            }
            Kind::Text
            | Kind::HiddenStart
            | Kind::HiddenEnd
            | Kind::RevealedStart
            | Kind::RevealedEnd
            | Kind::Doctype
            | Kind::Other => self.kept(&piece.range, ascii::entities),
        }
        self.check_line(piece);
    }

    /// A line that nothing could break.
    fn check_line(&mut self, piece: &Piece<'_>) {
        if self.writer.column() <= LONGEST {
            return;
        }
        if !self.faults.iter().any(|one| one.kind == FaultKind::LongLine) {
            let text = shown(self.document.slice(piece.range.clone()));
            let fault = Fault::new(
                FaultKind::LongLine,
                format!(
                    "`{text}` makes a line of more than {LONGEST} bytes, which mail cannot carry"
                ),
                "break it with a blank or a line end, or make it shorter",
            );
            self.faults.push(fault.at(piece.range.clone()));
        }
    }

    /// Writes a range with its merge tags as they are and the rest by `write`.
    fn kept(&mut self, range: &Range<usize>, write: fn(&mut String, &str)) {
        let document = self.document;
        self.writer.verbatim(|out| segments(document, range, out, write));
    }

    fn end(&mut self, piece: &Piece<'_>) {
        if !self.document.tags_in(&piece.range).is_empty() {
            self.kept(&piece.range, ascii::entities);
            return;
        }
        self.name(piece);
        self.writer.push("</");
        self.writer.push(piece.text);
        self.writer.push(">");
    }

    /// Names cannot hold entities.
    fn name(&mut self, piece: &Piece<'_>) {
        if !piece.text.is_ascii() {
            self.not_ascii(piece, "the name of a tag");
        }
    }

    fn not_ascii(&mut self, piece: &Piece<'_>, what: &str) {
        let fault = Fault::new(
            FaultKind::NotAscii,
            format!(
                "{what} holds letters that are not ASCII, and nothing else can be written there"
            ),
            "use ASCII letters there",
        );
        self.faults.push(fault.at(piece.range.clone()));
    }

    fn start(&mut self, index: usize, piece: &'d Piece<'d>) {
        let none = Change::default();
        let planned = if piece.hidden { None } else { self.plan.elements.get(piece.ordinal) };
        let change = planned.unwrap_or(&none);
        if change.sheet.as_deref() == Some("") {
            // Nothing is left of the sheet: the element goes too.
            self.skip_end = Some(piece.end.saturating_sub(1)).filter(|end| *end > index);
            return;
        }
        self.name(piece);
        let document = self.document;
        let own = document.attribute(piece, "style");
        // Of two in branches of a merge tag, the first is planned for.
        let class_at = document.attribute(piece, "class").map(|one| one.offset);
        let style = new_style(document, (change, self.plan.is_shared()), own);
        let mut keeps = piece.is("pre") || piece.is("listing") || piece.is("textarea");
        keeps |= change.keeps_spaces || own.is_some_and(|own| keeps_spaces(own.value));
        self.writer.push("<");
        let mut at = piece.range.start + 1 + piece.text.len();
        self.kept(&(piece.range.start + 1..at), ascii::entities);
        for one in document.attributes(piece) {
            self.gap(&(at..one.offset));
            at = one.end;
            let first = own.is_some_and(|own| own.offset == one.offset);
            match (&style, &change.class) {
                _ if one.is("data-text") && !document.is_open(one) => self.writer.forget(),
                (Some((style, quote)), _) if first => self.new_attribute("style", style, *quote),
                (_, Some(class)) if class_at == Some(one.offset) => {
                    if class.is_empty() {
                        self.writer.forget();
                    } else {
                        self.new_attribute("class", class, '"');
                    }
                }
                _ => self.attribute(piece, one),
            }
        }
        if let (Some((style, quote)), None) = (&style, own) {
            self.writer.blank(false);
            self.new_attribute("style", style, *quote);
        }
        self.gap(&(at..piece.range.end.saturating_sub(1)));
        self.writer.forget();
        self.writer.push(">");
        let begins = keeps && !piece.hidden && piece.end > index + 1;
        if begins || self.verbatim.last().is_some_and(|name| piece.is(name)) {
            self.verbatim.push(piece.text);
        }
    }

    /// What stands between attributes: white space, merge tags, `/`.
    fn gap(&mut self, range: &Range<usize>) {
        let document = self.document;
        let mut at = range.start;
        let tags = document.tags_in(range);
        for tag in tags {
            self.between(document.slice(at..tag.start));
            let text = document.slice(tag.clone());
            self.writer.before(text.len());
            self.writer.verbatim(|out| out.push_str(text));
            at = tag.end;
        }
        self.between(document.slice(at..range.end.max(at)));
    }

    fn between(&mut self, text: &str) {
        if text == " " {
            self.writer.blank(false);
            return;
        }
        let mut rest = text;
        while let Some(one) = rest.chars().next() {
            rest = rest.get(one.len_utf8()..).unwrap_or("");
            if one.is_ascii_whitespace() {
                self.writer.blank(false);
            } else {
                self.writer.push(one.encode_utf8(&mut [0; 4]));
            }
        }
    }

    fn attribute(&mut self, piece: &Piece<'_>, one: &Attribute<'_>) {
        if !one.name.is_ascii() {
            self.not_ascii(piece, "the name of an attribute");
        }
        let range = one.range();
        let length = if self.document.is_plain || self.document.slice(range.clone()).is_ascii() {
            range.len()
        } else {
            let mut encoded = String::with_capacity(range.len() * 3);
            segments(self.document, &range, &mut encoded, ascii::entities);
            encoded.len()
        };
        // Where a line end does no harm, one is put into a value that would make a line too long.
        let signs: &[char] = match () {
            () if length < LONGEST - 200 || self.document.is_open(one) => &[],
            () if one.is("style") => &[';'],
            () if one.is("class") || one.is("content") || one.is("alt") || one.is("title") => {
                &[' ']
            }
            () => &[],
        };
        self.writer.before(length);
        if signs.is_empty() {
            self.kept(&range, ascii::entities);
            return;
        }
        self.kept(&(range.start..one.value_offset), ascii::entities);
        let mut value = String::new();
        ascii::entities(&mut value, self.document.value(one));
        self.breaking_value(&value, signs);
        self.kept(&(one.value_range().end..range.end), ascii::entities);
    }

    /// Breaks at signs wherever they stand in the value.
    fn breaking_value(&mut self, value: &str, signs: &[char]) {
        let mut rest = value;
        while rest.len() > LONGEST / 2 {
            let (head, _) = rest.split_at_checked(LONGEST / 2).unwrap_or((rest, ""));
            let Some(at) = head.rfind(signs) else { break };
            let (head, tail) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
            self.writer.verbatim(|out| out.push_str(head));
            self.writer.line();
            rest = tail;
        }
        self.writer.verbatim(|out| out.push_str(rest));
    }

    fn new_attribute(&mut self, name: &str, value: &str, quote: char) {
        self.writer.before(name.len() + value.len() + 3);
        let has_tags = !self.document.tags.is_empty();
        if value.len() <= LONGEST - 200 || has_tags {
            self.writer.verbatim(|out| {
                out.push_str(name);
                out.push('=');
                out.push(quote);
                out.push_str(value);
                out.push(quote);
            });
            return;
        }
        self.writer.verbatim(|out| {
            out.push_str(name);
            out.push('=');
            out.push(quote);
        });
        self.breaking_value(value, if name == "style" { &[';'] } else { &[' '] });
        self.writer.verbatim(|out| out.push(quote));
    }

    /// Text whose white space is worth one blank.
    fn text(&mut self, piece: &Piece<'_>) {
        let document = self.document;
        let mut at = piece.range.start;
        for tag in document.tags_in(&piece.range) {
            self.words(document.slice(at..tag.start));
            let text = document.slice(tag.clone());
            self.writer.before(text.len());
            self.writer.verbatim(|out| out.push_str(text));
            at = tag.end;
        }
        self.words(document.slice(at..piece.range.end.max(at)));
    }

    fn words(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let blank = rest.iter().position(|one| !is_space(*one)).unwrap_or(rest.len());
            if blank > 0 {
                let run = rest.get(..blank).unwrap_or_default();
                self.writer.blank(run.iter().any(|one| matches!(one, b'\n' | b'\r')));
                at += blank;
                continue;
            }
            let length = word_end(rest);
            let word = text.get(at..at + length).unwrap_or("");
            if word.is_ascii() {
                self.writer.before(length);
                let run = run_of_words(rest, self.writer.room()).max(length);
                self.writer.push(text.get(at..at + run).unwrap_or(word));
                at += run;
            } else {
                let mut encoded = String::with_capacity(length * 3);
                ascii::entities(&mut encoded, word);
                self.writer.push(&encoded);
                at += length;
            }
        }
    }

    fn raw(&mut self, index: usize, piece: &Piece<'_>) {
        let start = index.checked_sub(1).and_then(|at| self.document.pieces.get(at));
        let is = |name: &str| piece.is(name);
        if is("style") {
            let before = self.writer.out.len();
            let change = start.filter(|_| !piece.hidden);
            let change = change.and_then(|one| self.plan.elements.get(one.ordinal));
            match change.and_then(|one| one.sheet.as_deref()) {
                Some("") => {}
                Some(sheet) => {
                    let mut text = String::with_capacity(sheet.len());
                    ascii::css(&mut text, sheet);
                    self.writer.before(0);
                    self.writer.line();
                    self.writer.breaking(&text, &[';', '}', '{', ',']);
                    self.writer.line();
                }
                None => self.kept(&piece.range, ascii::css),
            }
            self.style += self.writer.out.len() - before;
        } else if is("script") {
            self.kept(&piece.range, ascii::json);
        } else if is("title") || is("textarea") {
            self.kept(&piece.range, ascii::entities);
        } else {
            if !self.document.slice(piece.range.clone()).is_ascii() {
                self.not_ascii(piece, "an element whose text cannot hold entities");
            }
            self.kept(&piece.range, ascii::entities);
        }
    }
}

fn word_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|one| is_space(*one)).unwrap_or(bytes.len())
}
