//! The one pass over the tokens of an artifact: what stands alone is judged on the way, what needs
//! the whole is remembered.

mod close;
mod element;
mod looks;
mod open;
mod picture;
mod visible;

pub(super) use picture::kb;

use std::borrow::Cow;
use std::ops::Range;

use element::El;
use looks::Looks;
use visible::Visible;

use super::clients::Sign;
use super::colour::Colour;
use super::finding::{Findings, Place};
use super::style::{Look, StyleFault, read_sheet};
use super::subject::Facts;
use crate::diag::Code;
use crate::markup::{Attribute, Kind, Token, Tokens, unescape};

/// What is walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// A mail as it is sent: its styles stand in its elements.
    FinishedMail,
    /// A mail whose styles may stand in classes.
    RawMail,
    /// A page.
    Page,
}

/// A link that was seen.
#[derive(Clone, Debug)]
pub(super) struct SeenLink<'h> {
    /// Its address as a reader reads it.
    pub(super) href: Cow<'h, str>,
    /// The bytes of its start tag.
    pub(super) range: Range<usize>,
    /// Where its text is in the visible text.
    pub(super) text: Range<usize>,
    /// It has a name that is no text: a picture's.
    pub(super) named: bool,
}

/// What was seen of the whole.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Seen<'h> {
    pub(super) visible: Visible,
    pub(super) links: Vec<SeenLink<'h>>,
    pub(super) html: Option<Range<usize>>,
    pub(super) head: Option<Range<usize>>,
    pub(super) body: Option<Range<usize>>,
    /// What the document says of its language and its direction.
    pub(super) lang: Option<&'h str>,
    pub(super) dir: Option<&'h str>,
    pub(super) charset: bool,
    pub(super) viewport: bool,
    pub(super) robots: bool,
    pub(super) title: Option<Range<usize>>,
    pub(super) address: bool,
    pub(super) canonical: Vec<(Cow<'h, str>, Range<usize>)>,
    /// Open Graph data by name.
    pub(super) preview: Vec<(&'h str, Cow<'h, str>, Range<usize>)>,
    pub(super) first_headings: Vec<Range<usize>>,
    pub(super) json_ld: Vec<Range<usize>>,
    /// The first text that is there and not shown.
    pub(super) hidden: Option<(Range<usize>, String)>,
    /// Bytes of style sheets, and where the last one is.
    pub(super) styles: usize,
    pub(super) last_style: Range<usize>,
    /// Bytes of pictures, each counted once, and where the first is.
    pub(super) pictures: usize,
    pub(super) first_picture: Option<Range<usize>>,
    pub(super) ids: Vec<(&'h str, Range<usize>)>,
    pub(super) fragments: Vec<(Cow<'h, str>, Range<usize>)>,
    /// Texts that stand right in a table, between its rows.
    pub(super) in_tables: Vec<Range<usize>>,
}

/// How text looks where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ink {
    colour: Option<Colour>,
    ground: Option<Colour>,
    size: u32,
    bold: bool,
}

/// An element that is open.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Open<'h> {
    el: El,
    name: &'h str,
    range: Range<usize>,
    ink: Ink,
    gone: bool,
    /// Its link in [`Seen::links`].
    link: Option<usize>,
    plain: bool,
    apart: bool,
    /// A table that says what it is, or that has a header.
    told: bool,
}

pub(super) struct Walk<'w, 'h, 'r> {
    /// As it stands, merge tags and all; tokens come from where these are blanked.
    html: &'h str,
    medium: Medium,
    facts: &'w Facts<'w>,
    found: &'w mut Findings<'r>,
    stack: Vec<Open<'h>>,
    tables: usize,
    level: u8,
    /// What is open in comments for Outlook: tables, rows, cells.
    ghosts: [isize; 3],
    ghost_place: Range<usize>,
    revealed: Vec<Range<usize>>,
    next_raw: Option<RawText>,
    looks: Looks,
    contrasts: Vec<(Colour, Colour)>,
    /// Gaps of clients that were told.
    told: Vec<usize>,
    shown: Vec<&'h str>,
    seen: Seen<'h>,
}

/// What the text of a raw element is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RawText {
    Style,
    JsonLd,
    Title,
}

/// Walks through an artifact. `blanked` is its HTML with merge tags out of the way.
pub(super) fn walk<'h>(
    html: &'h str,
    blanked: &'h str,
    medium: Medium,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) -> Seen<'h> {
    let mut walk = Walk {
        html,
        medium,
        facts,
        found,
        stack: Vec::with_capacity(32),
        tables: 0,
        level: 0,
        ghosts: [0; 3],
        ghost_place: 0..0,
        revealed: Vec::new(),
        next_raw: None,
        looks: Looks::recall(),
        contrasts: Vec::new(),
        told: Vec::new(),
        shown: Vec::new(),
        seen: Seen::default(),
    };
    let mut tokens = Tokens::new(blanked);
    while let Some(token) = tokens.advance() {
        walk.token(&token, tokens.attributes());
    }
    walk.finish()
}

impl<'h> Walk<'_, 'h, '_> {
    fn is_mail(&self) -> bool {
        self.medium != Medium::Page
    }

    fn token(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) {
        if token.hidden {
            self.ghost(token, attributes);
            return;
        }
        match token.kind {
            Kind::Start => self.start(token, attributes),
            Kind::End => self.end(token.text),
            Kind::Text => self.text(token),
            Kind::Raw => self.raw(token),
            Kind::RevealedStart => self.revealed.push(token.range.clone()),
            Kind::RevealedEnd => {
                if self.revealed.pop().is_none() && self.is_mail() {
                    let message = "this condition for Outlook was not begun";
                    self.found.error(
                        Code::MsoUnbalanced,
                        Place::Html(token.range.clone()),
                        message,
                    );
                }
            }
            Kind::HiddenEnd => {
                if self.is_mail() && !token.text.contains("endif") {
                    let message = "this comment for Outlook does not end with `<![endif]-->`";
                    self.found.error(
                        Code::MsoUnbalanced,
                        Place::Html(token.range.clone()),
                        message,
                    );
                    self.found.written(Code::MsoUnbalanced, "-->");
                }
            }
            Kind::HiddenStart | Kind::Comment | Kind::Doctype | Kind::Other => {}
        }
    }

    /// What only Outlook sees: it follows links there, and needs tables to be whole.
    fn ghost(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>]) {
        let step = match token.kind {
            Kind::Start => 1,
            Kind::End => -1,
            _ => return,
        };
        if step > 0 {
            self.addresses(El::of(token.text), attributes, &token.range);
        }
        let at = match El::of(token.text) {
            El::Table => 0,
            El::Tr => 1,
            El::Td => 2,
            _ => return,
        };
        if let Some(count) = self.ghosts.get_mut(at) {
            *count += step;
            if self.ghosts.iter().all(|one| *one == 0) || self.ghost_place.is_empty() {
                self.ghost_place = token.range.clone();
            }
        }
    }

    fn text(&mut self, token: &Token<'h>) {
        let written = self.html.get(token.range.clone()).unwrap_or("");
        let is_blank = written.bytes().all(|one| one.is_ascii_whitespace());
        let top = self.stack.last();
        if top.is_some_and(|top| top.gone) {
            if !is_blank && self.seen.hidden.is_none() {
                let text = unescape(written).trim().to_owned();
                self.seen.hidden = Some((token.range.clone(), text));
            }
            return;
        }
        if is_blank {
            self.seen.visible.push(" ", token.range.clone());
            return;
        }
        let ink = top.map(|top| top.ink);
        if top.is_some_and(|top| top.el == El::Table) {
            self.seen.in_tables.push(token.range.clone());
        }
        let text = unescape(written);
        self.seen.visible.push(&text, token.range.clone());
        if let Some(ink) = ink {
            self.contrast(ink, &text, &token.range);
        }
    }

    fn contrast(&mut self, ink: Ink, text: &str, range: &Range<usize>) {
        let (Some(colour), Some(ground)) = (ink.colour, ink.ground) else { return };
        // Spaces and dots that only keep two things apart need not be read.
        if self.contrasts.contains(&(colour, ground)) || !text.contains(char::is_alphanumeric) {
            return;
        }
        // Large letters: 24 pixels, or bold ones of 18.66 (WCAG 2, 1.4.3).
        let large = ink.size >= 240 || ink.bold && ink.size >= 187;
        let (needed, ratio) = (if large { 300 } else { 450 }, colour.contrast(ground));
        if ratio >= needed {
            return;
        }
        self.contrasts.push((colour, ground));
        let hundredths = |number: u32| format!("{}.{:02}", number / 100, number % 100);
        let message = format!(
            "the contrast of this text to its ground is {}:1, {}:1 can be read",
            hundredths(ratio),
            hundredths(needed)
        );
        self.found.error(Code::LowContrast, Place::Html(trimmed(self.html, range)), message);
    }

    fn raw(&mut self, token: &Token<'h>) {
        let Some(kind) = self.next_raw.take() else { return };
        match kind {
            RawText::Title => {
                let text = self.html.get(token.range.clone()).unwrap_or("");
                if !text.trim().is_empty() {
                    self.seen.title = Some(token.range.clone());
                }
            }
            RawText::JsonLd => self.seen.json_ld.push(token.range.clone()),
            RawText::Style => self.sheet(token),
        }
    }

    fn sheet(&mut self, token: &Token<'h>) {
        if !self.is_mail() {
            return;
        }
        self.seen.styles += token.range.len();
        self.seen.last_style = token.range.clone();
        let (mut faults, mut signs) = (Vec::new(), Vec::new());
        // Of a raw text, the token's own text is the name of its element or the text itself.
        let css = self.html.get(token.range.clone()).unwrap_or("");
        read_sheet(css, &mut faults, |sign, at| signs.push((sign, at)));
        let from = token.range.start;
        let place = |range: &Range<usize>| Place::Html(from + range.start..from + range.end);
        for fault in faults {
            match fault {
                StyleFault::NestedAtRule(range) => {
                    let message = "an at-rule in an at-rule: Gmail drops the whole style sheet";
                    self.found.error(Code::NestedAtRule, place(&range), message);
                    self.found.written(Code::NestedAtRule, css.get(range).unwrap_or(""));
                }
                StyleFault::EscapedSelector(range) => {
                    let name = css.get(range.clone()).unwrap_or("");
                    let message = format!("Gmail drops a style sheet with the selector `{name}`");
                    self.found.error(Code::EscapedSelector, place(&range), message);
                    self.found.written(Code::EscapedSelector, name);
                }
            }
        }
        for (sign, at) in signs {
            self.sign(sign, from + at..from + at + 1);
        }
    }

    /// Something that some client may not support.
    fn sign(&mut self, sign: Sign<'_>, range: Range<usize>) {
        let Some((number, gap)) = self.facts.clients.gap(sign) else { return };
        if self.told.contains(&number) {
            return;
        }
        self.told.push(number);
        let message = format!("`{}` is not supported by {}", gap.title, gap.clients);
        self.found.warning(Code::ClientSupport, Place::Html(range), message);
        let page = format!("see https://www.caniemail.com/features/{}/", gap.feature);
        self.found.help(Code::ClientSupport, page);
    }

    /// What a `style` attribute says, and what in it is not supported.
    fn look(&mut self, style: &Attribute<'h>) -> Look {
        let (look, signs) = self.looks.of(style.value);
        if self.is_mail() {
            for sign in signs {
                self.sign(sign, style.range());
            }
        }
        look
    }

    fn finish(mut self) -> Seen<'h> {
        while let Some(open) = self.stack.pop() {
            self.close(&open);
        }
        if self.is_mail() {
            if self.ghosts.iter().any(|one| *one != 0) {
                let place = Place::Html(self.ghost_place.clone());
                let message = "a table in comments for Outlook is not closed as it is opened";
                self.found.error(Code::MsoUnbalanced, place, message);
            }
            if let Some(range) = self.revealed.pop() {
                let message = "this condition for Outlook has no `<!--<![endif]-->`";
                self.found.error(Code::MsoUnbalanced, Place::Html(range), message);
            }
        }
        self.looks.remember();
        self.seen
    }
}

/// A range without the blanks at its ends.
fn trimmed(html: &str, range: &Range<usize>) -> Range<usize> {
    let text = html.get(range.clone()).unwrap_or("");
    let start = range.start + text.len() - text.trim_start().len();
    start..(start + text.trim().len())
}
