//! The plain text of a mail: its lines, and whether it leads where the HTML leads.

use std::ops::Range;

use super::finding::{Findings, Place};
use super::leftovers::leftovers;
use super::urls::shown;
use super::walk::Seen;
use crate::diag::Code;
use crate::markup::is_space;

/// Checks the text beside what was seen of the HTML. Only what was `wrapped` can be too long for
/// reading: a text that its author wrote has the lines that he gave it.
pub(super) fn check(text: &str, wrapped: bool, seen: &Seen<'_>, found: &mut Findings<'_>) {
    lines(text, wrapped, found);
    links(text, seen, found);
    for range in leftovers(text) {
        let written = text.get(range.clone()).unwrap_or("").to_owned();
        // What the HTML shows as well was told there, and what is in a link was minted with it.
        let in_link = seen.links.iter().any(|link| link.href.contains(&written));
        if !in_link && !seen.visible.text.contains(&written) {
            let message = format!("`{written}` is left over in the plain text");
            found.error(Code::Leftover, Place::Text(range), message);
            found.written(Code::Leftover, &written);
        }
    }
}

fn lines(text: &str, wrapped: bool, found: &mut Findings<'_>) {
    let bounds = found.rules.bounds(Code::LongLine);
    let (mut start, mut told) = (0, !wrapped);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = text.get(start..end).unwrap_or("").trim_end();
        let range = start..start + line.len();
        start = end + 1;
        let bytes = range.len();
        if bytes > bounds.error {
            let message = format!("the line has {bytes} bytes, {} pass", bounds.error);
            found.error(Code::LongLine, Place::Text(range), message);
            return;
        }
        // No line has more characters than bytes.
        if bytes <= bounds.warning || told {
            continue;
        }
        let length = line.chars().count();
        // An address cannot be broken, nor can a word.
        if length > bounds.warning && breaks(line, bounds.warning) {
            told = true;
            let message =
                format!("the line has {length} characters, {} are read well", bounds.warning);
            found.warning(Code::LongLine, Place::Text(range), message);
        }
    }
}

/// Whether a line could be shorter: it has a blank that is not in front of one long word.
fn breaks(line: &str, length: usize) -> bool {
    if line.contains("://") || line.contains("{{") || line.contains("%%") || line.contains("*|") {
        return false;
    }
    line.chars().take(length).skip_while(|one| one.is_whitespace()).any(char::is_whitespace)
}

fn links(text: &str, seen: &Seen<'_>, found: &mut Findings<'_>) {
    let places: Vec<Range<usize>> = addresses(text).collect();
    let mut told: Vec<&str> = Vec::new();
    // Both have them in one order, so that the next is mostly where the last was found.
    let mut next = 0;
    let mut leads = |href: &str| {
        let begins = |at: &usize| {
            let rest = places.get(*at).and_then(|place| text.get(place.start..));
            rest.is_some_and(|rest| rest.starts_with(href))
        };
        let found = (next..places.len()).chain(0..next).find(begins);
        next = found.map_or(next, |at| at + 1);
        found.is_some() || memchr::memmem::find(text.as_bytes(), href.as_bytes()).is_some()
    };
    for link in &seen.links {
        let href = link.href.trim();
        let elsewhere = ["mailto:", "tel:", "sms:", "#"].iter().any(|head| href.starts_with(head));
        if elsewhere || href.is_empty() || told.contains(&href) {
            continue;
        }
        told.push(href);
        if leads(href) {
            continue;
        }
        let message = format!("the link `{}` is not in the plain text", shown(href));
        found.warning(Code::TextLinksDiffer, Place::Html(link.range.clone()), message);
    }
    for range in places {
        let address = text.get(range.clone()).unwrap_or("");
        let known =
            |href: &str| href == address || href.starts_with(address) || address.starts_with(href);
        if !seen.links.iter().any(|link| !link.href.is_empty() && known(link.href.trim())) {
            let message = format!("the link `{}` is not in the HTML", shown(address));
            found.warning(Code::TextLinksDiffer, Place::Text(range), message);
        }
    }
}

/// Web addresses of a text, without the punctuation behind them.
fn addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, "https://").map(move |start| {
        let rest = bytes.get(start..).unwrap_or_default();
        let ends = |byte: &u8| is_space(*byte) || matches!(byte, b'<' | b'>' | b'"');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let address = text.get(start..start + length).unwrap_or("");
        let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        start..start + address.len()
    })
}
