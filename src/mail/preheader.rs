//! The line that clients show behind the subject, where the template does not place it itself.

use std::fmt::Write;

use super::ascii;
use super::document::Document;
use crate::dialect::{Dialect, scan};
use crate::markup::{Kind, unescape};

/// Clients show about this many characters. What a shorter preheader leaves free they fill with
/// the beginning of the mail, unless something that shows nothing comes between.
const SHOWN: usize = 100;
/// More of them would weigh more than they are worth: each has seven bytes.
const MOST: usize = 60;

/// Where to put the preheader, and its HTML; nothing where the body begins with it already.
///
/// A template places it itself if the first text of its body, hidden or not, begins with it.
pub(super) fn insertion(
    document: &Document<'_>,
    preheader: &str,
    dialect: Dialect,
) -> Option<(usize, String)> {
    let wanted = squeezed(preheader);
    if wanted.is_empty() {
        return None;
    }
    let body = document.pieces.iter().position(|one| one.kind == Kind::Start && one.is("body"));
    let inside = document.pieces.get(body.map_or(0, |at| at + 1)..).unwrap_or_default();
    let mut text = String::new();
    for piece in inside.iter().filter(|one| one.kind == Kind::Text && !one.hidden) {
        text.push_str(&unescape(document.slice(piece.range.clone())));
        if text.len() > wanted.len() * 2 + 64 {
            break;
        }
    }
    if squeezed(&text).starts_with(&wanted) {
        return None;
    }
    let at = match body.and_then(|at| document.pieces.get(at)) {
        Some(body) => body.range.end,
        None => first_content(document)?,
    };
    Some((at, html(preheader, dialect)))
}

/// Without a body, the preheader stands before the first thing that is shown.
fn first_content(document: &Document<'_>) -> Option<usize> {
    let head = ["html", "head", "meta", "title", "style", "link", "base", "script"];
    let piece = document.pieces.iter().find(|one| match one.kind {
        Kind::Start => !head.iter().any(|name| one.is(name)),
        Kind::Text => !one.text.trim_ascii().is_empty(),
        _ => false,
    })?;
    Some(piece.range.start)
}

fn html(preheader: &str, dialect: Dialect) -> String {
    let mut out = String::from(
        "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\" data-text=\"skip\">",
    );
    let mut at = 0;
    for tag in scan(preheader, dialect) {
        escape(&mut out, preheader.get(at..tag.range.start).unwrap_or(""));
        out.push_str(tag.text);
        at = tag.range.end;
    }
    escape(&mut out, preheader.get(at..).unwrap_or(""));
    let free = SHOWN.saturating_sub(preheader.chars().count()).min(MOST);
    for _ in 0..free {
        // A joiner that shows nothing, so that blanks are not one.
        let _ = write!(out, "&#847; ");
    }
    out.push_str("</div>\n");
    out
}

fn escape(out: &mut String, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    ascii::entities(out, &text);
}

fn squeezed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
