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
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end().len();
        start += line.len();
        let bytes = range.len();
        if bytes > bounds.error {
            let message = format!("the line has {bytes} bytes, {} pass", bounds.error);
            found.error(Code::LongLine, Place::Text(range), message);
            return;
        }
        let length = line.trim_end().chars().count();
        // An address cannot be broken, nor can a word.
        if length > bounds.warning && !told && breaks(line.trim_end(), bounds.warning) {
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
    let mut told: Vec<&str> = Vec::new();
    for link in &seen.links {
        let href = link.href.trim();
        let elsewhere = ["mailto:", "tel:", "sms:", "#"].iter().any(|head| href.starts_with(head));
        if elsewhere || href.is_empty() || told.contains(&href) {
            continue;
        }
        told.push(href);
        if memchr::memmem::find(text.as_bytes(), href.as_bytes()).is_some() {
            continue;
        }
        let message = format!("the link `{}` is not in the plain text", shown(href));
        found.warning(Code::TextLinksDiffer, Place::Html(link.range.clone()), message);
    }
    for range in addresses(text) {
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
