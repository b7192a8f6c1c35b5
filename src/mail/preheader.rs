//! The line that clients show behind the subject, where the template does not place it itself.

use std::fmt::Write;

use super::ascii;
use crate::dialect::{Dialect, scan};
use crate::markup::{Kind, Tokens, unescape};

/// Clients show about this many characters. What a shorter preheader leaves free they fill with
/// the beginning of the mail, unless something that shows nothing comes between.
const SHOWN: usize = 100;
/// More of them would weigh more than they are worth: each has seven bytes.
const MOST: usize = 60;

/// Elements that may stand before the body.
const BEFORE_BODY: [&str; 8] = ["html", "head", "meta", "title", "style", "link", "base", "script"];

/// Where to put the preheader, and its HTML; nothing where the body begins with it already.
///
/// `blanked` is the HTML with its merge tags out of the way. A template places it itself if the first text of its body, hidden or not, begins with it. Only
/// the beginning of the mail is read. Without a body, the preheader stands before the first thing
/// that is shown.
pub(super) fn insertion(
    html: &str,
    blanked: &str,
    preheader: &str,
    dialect: Dialect,
) -> Option<(usize, String)> {
    let wanted = squeezed(preheader);
    if wanted.is_empty() {
        return None;
    }
    let mut tokens = Tokens::new(blanked);
    let (mut body, mut first, mut text) = (None, None, String::new());
    while let Some(token) = tokens.advance() {
        let start = token.range.start;
        match token.kind {
            _ if token.hidden => {}
            Kind::Start if token.starts("body") && body.is_none() => {
                body = Some(token.range.end);
                text.clear();
            }
            Kind::Start if !BEFORE_BODY.iter().any(|name| token.starts(name)) => {
                first.get_or_insert(start);
            }
            Kind::Text if !token.text.trim_ascii().is_empty() => {
                first.get_or_insert(start);
                text.push_str(&unescape(html.get(token.range).unwrap_or("")));
                text.push(' ');
            }
            _ => {}
        }
        // What is known of the text so far stays as it is.
        let is_enough = text.len() >= wanted.len() && squeezed(&text).len() >= wanted.len();
        if body.is_some() && is_enough {
            break;
        }
    }
    if squeezed(&text).starts_with(&wanted) {
        return None;
    }
    Some((body.or(first)?, insert(preheader, dialect)))
}

fn insert(preheader: &str, dialect: Dialect) -> String {
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
