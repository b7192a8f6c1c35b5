//! Pictures: what they weigh, what they are called, who can show them.

use super::Walk;
use super::open::attribute;
use crate::diag::Code;
use crate::lint::finding::Place;
use crate::lint::style::Look;
use crate::markup::{Attribute, Token, unescape};

/// Formats that some mail clients do not show, by the end of an address.
const FORMATS: [(&str, &str); 6] = [
    (".webp", "WebP"),
    (".avif", "AVIF"),
    (".svg", "SVG"),
    (".heic", "HEIF"),
    (".tiff", "TIFF"),
    (".bmp", "BMP"),
];

/// Names that say nothing.
const GENERIC: [&str; 18] = [
    "alt",
    "banner",
    "bild",
    "foto",
    "graphic",
    "hero",
    "icon",
    "image",
    "image of",
    "img",
    "logo",
    "photo",
    "pic",
    "picture",
    "placeholder",
    "spacer",
    "thumbnail",
    "untitled",
];

impl<'h> Walk<'_, 'h, '_> {
    pub(super) fn picture(&mut self, token: &Token<'h>, attributes: &[Attribute<'h>], look: &Look) {
        let place = || Place::Html(token.range.clone());
        let source = attribute(attributes, "src").map_or("", |one| one.value);
        let address = unescape(source);
        match attribute(attributes, "alt") {
            None => self.found.error(Code::MissingAlt, place(), "the picture has no `alt`"),
            Some(alt) => {
                let text = unescape(alt.value);
                self.alt(&text, alt);
                // A link may hold nothing but a picture.
                if !look.gone {
                    self.seen.visible.push("", token.range.clone());
                    self.name_link(&text);
                }
            }
        }
        if !self.is_mail() {
            return;
        }
        if attribute(attributes, "width").is_none() {
            self.found.error(Code::MissingWidth, place(), "the picture has no `width`");
        }
        if source.trim_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:")) {
            let message = "the picture is written into the mail";
            self.found.error(Code::DataUri, place(), message);
            return;
        }
        let path = address.split(['?', '#']).next().unwrap_or("").to_ascii_lowercase();
        if let Some((_, name)) = FORMATS.iter().find(|(end, _)| path.ends_with(end)) {
            let message = format!("not every mail client shows {name}");
            self.found.error(Code::ImageFormat, place(), message);
        }
        self.weigh(&address, source, token);
    }

    fn alt(&mut self, text: &str, alt: &Attribute<'h>) {
        let lower = text.trim().to_lowercase();
        let file = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"];
        if GENERIC.contains(&lower.as_str()) || file.iter().any(|end| lower.ends_with(end)) {
            let message = format!("`alt=\"{}\"` says nothing", text.trim());
            self.found.warning(Code::GenericAlt, Place::Html(alt.range()), message);
        }
    }

    fn weigh(&mut self, address: &str, source: &'h str, token: &Token<'h>) {
        let place = || Place::Html(token.range.clone());
        if self.shown.contains(&source) {
            return;
        }
        self.shown.push(source);
        let Some(picture) = (self.facts.picture)(address) else { return };
        self.seen.pictures += picture.bytes;
        self.seen.first_picture.get_or_insert_with(|| token.range.clone());
        self.found.judge(Code::ImageWeight, picture.bytes, place(), |over| {
            format!("the picture weighs {} KB, {} KB arrive in time", kb(picture.bytes), kb(over))
        });
        if let Some(height) = picture.height {
            self.found.judge(Code::ImageHeight, height, place(), |over| {
                format!("the picture is {height} pixels high, Outlook shows {over}")
            });
        }
        if picture.moves {
            let message = "of this animation Outlook for Windows shows the first picture only";
            self.found.warning(Code::GifFirstFrame, place(), message);
        }
    }
}

/// Bytes in KB of 1,024, rounded up.
pub(in crate::lint) fn kb(bytes: usize) -> usize {
    bytes.div_ceil(1024)
}
