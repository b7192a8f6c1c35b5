//! What is wrong with an address in an artifact, by the looks of it.

use std::ops::Range;

use super::finding::{Findings, Place};
use crate::diag::Code;

/// Public shorteners, whose addresses spam filters know.
const SHORTENERS: [&str; 22] = [
    "bit.ly",
    "bitly.com",
    "buff.ly",
    "cutt.ly",
    "dlvr.it",
    "goo.gl",
    "is.gd",
    "lnkd.in",
    "ow.ly",
    "rb.gy",
    "rebrand.ly",
    "s.id",
    "shorturl.at",
    "short.io",
    "t.co",
    "t.ly",
    "t2m.io",
    "tiny.cc",
    "tinyurl.com",
    "trib.al",
    "v.gd",
    "x.co",
];

/// Entities that browsers know without a semicolon and that names of parameters begin with; some
/// programs also read `&order` and its like so.
const ENTITIES: [&str; 29] = [
    "amp", "brvbar", "cedil", "cent", "copy", "curren", "deg", "divide", "frac", "gt", "iexcl",
    "iquest", "laquo", "lt", "macr", "micro", "middot", "not", "ord", "para", "plusmn", "pound",
    "quot", "raquo", "reg", "sect", "shy", "times", "yen",
];

/// Where an address stands.
#[derive(Clone, Debug)]
pub(super) struct Address<'h> {
    /// As written in the HTML.
    pub(super) raw: &'h str,
    /// As a browser reads it.
    pub(super) value: &'h str,
    /// The bytes of the attribute.
    pub(super) range: Range<usize>,
    /// A link, and not a picture or a style sheet.
    pub(super) link: bool,
}

/// Judges one address.
pub(super) fn judge(one: &Address<'_>, found: &mut Findings<'_>) {
    let place = || Place::Html(one.range.clone());
    let value = one.value.trim();
    if one.link && value.is_empty() {
        found.error(Code::EmptyLink, place(), "the link has no address");
        return;
    }
    if one.link && value == "#" {
        found.error(Code::HashLink, place(), "the link leads to `#`, which is nowhere");
        return;
    }
    judge_encoding(one, found);
    let scheme = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    if scheme.starts_with("data:") {
        return;
    }
    let limit = |over| format!("the address has {} characters, {over} are safe", value.len());
    found.judge(Code::LongUrl, value.len(), place(), limit);
    let Some(host) = host_of(value) else { return };
    if is_local(host) {
        let message = format!("`{host}` cannot be reached by customers");
        found.error(Code::LocalLink, place(), message);
    } else if scheme.starts_with("http:") {
        let message = format!("`{}` is not https", shown(value));
        found.error(Code::InsecureLink, place(), message);
        found.written(Code::InsecureLink, value);
    }
    if SHORTENERS.iter().any(|one| one.eq_ignore_ascii_case(host)) {
        found.error(Code::Shortener, place(), format!("`{host}` is a public shortener"));
    }
}

fn judge_encoding(one: &Address<'_>, found: &mut Findings<'_>) {
    let place = || Place::Html(one.range.clone());
    let twice = |at: usize| one.raw.get(at..).is_some_and(|rest| rest.starts_with("&amp;amp;"));
    let signs = || memchr::memchr_iter(b'&', one.raw.as_bytes());
    let encoded = memchr::memchr(b'%', one.value.as_bytes()).is_some();
    if signs().any(twice) || encoded && one.value.contains("amp%3B") {
        let message = "`&` was escaped twice, so that parameters begin with `amp;`";
        found.error(Code::DoubleEncoded, place(), message);
        return;
    }
    for at in signs() {
        let rest = one.raw.get(at + 1..).unwrap_or("");
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        let entity = ENTITIES.iter().find(|entity| name.starts_with(**entity));
        // What a semicolon ends is an entity that somebody wrote.
        if let Some(entity) =
            entity.filter(|_| !rest.get(name.len()..).unwrap_or("").starts_with(';'))
        {
            let message = format!("`&{name}` begins as the entity `&{entity};` does");
            found.error(Code::EntityParameter, place(), message);
            found.help(Code::EntityParameter, format!("write `&amp;{name}`"));
        }
    }
}

/// The host of a web address, without port.
fn host_of(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest.get(..end).filter(|host| !host.is_empty())
}

/// Whether a host is of one machine, one office or of a stage before the real one.
fn is_local(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let ends = [".local", ".localhost", ".internal", ".lan", ".test", ".invalid"];
    let first = host.split('.').next().unwrap_or("");
    let stage = first.split('-').any(|word| {
        matches!(word, "staging" | "stage" | "preprod" | "uat" | "qa" | "dev" | "localhost")
    });
    let private = ["10.", "127.", "192.168.", "169.254."].iter().any(|one| host.starts_with(one))
        && host.bytes().all(|one| one.is_ascii_digit() || one == b'.');
    stage && first.len() < host.len()
        || host == "localhost"
        || host == "0.0.0.0"
        || private
        || ends.iter().any(|end| host.ends_with(end))
}

/// As much of an address as a message needs.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 80;
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or("")),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_customers_cannot_reach() {
        for host in
            ["localhost", "10.0.0.7", "staging.shop.example", "shop-uat.x.example", "a.local"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in ["shop.example", "www.dev.example", "10.example", "devices.example", "qa"] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn entities_without_a_semicolon_are_found() {
        let rules = crate::lint::Rules::default();
        let codes = |raw: &str| {
            let value = crate::markup::unescape(raw).into_owned();
            let mut found = Findings::new(&rules);
            judge(&Address { raw, value: &value, range: 0..0, link: true }, &mut found);
            found.finish().into_iter().map(|one| one.code.name()).collect::<Vec<_>>()
        };
        assert_eq!(codes("https://a.example/?x=1&copy=2"), ["entity-parameter"]);
        assert_eq!(codes("https://a.example/?x=1&amp;copy=2"), [""; 0]);
        assert_eq!(codes("https://a.example/?x=1&region=2"), ["entity-parameter"]);
        assert_eq!(codes("https://a.example/?x=1&utm_id=2&amp;amp;b=3"), ["double-encoded"]);
        assert_eq!(codes("http://a.example/"), ["insecure-link"]);
        assert_eq!(codes("https://bit.ly/x"), ["shortener"]);
        assert_eq!(codes("*|UNSUB|*"), [""; 0]);
        assert_eq!(codes("mailto:a@b.example"), [""; 0]);
    }
}
