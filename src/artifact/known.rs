//! Every link and picture in an artifact is minted, hashed or declared.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::AssetUrls;
use crate::dialect::Dialect;
use crate::link::{Link, Links};
use crate::markup::{Attribute, Kind, Tokens, blank, unescape};
use crate::resolve::Facts;
use crate::source::{Documents, Esp};

/// All addresses that artifacts may hold, and the links among them.
#[derive(Debug, Default)]
pub struct KnownUrls<'a> {
    links: Option<&'a Links>,
    /// The addresses of links by their hashes, sorted: a million of them are put into this order by
    /// all threads, and into a map by one.
    by_hash: Vec<(u64, Address)>,
    /// Addresses of what is no link, sorted by their hashes as well.
    others: Vec<(u64, Cow<'a, str>)>,
    /// Pictures get their addresses while others are rendered.
    assets: Option<&'a AssetUrls>,
    /// Links with a merge tag in which text would end, sorted.
    broken_up: Vec<(&'a str, u32)>,
    /// Addresses that are claimed more than once.
    ambiguous: Vec<String>,
}

/// One of the two addresses of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    link: u32,
    is_short: bool,
}

/// What a known address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    /// A link, by its number.
    Link(u32),
    /// A page, a picture, or what is declared.
    Other,
}

impl Meant {
    fn link(self) -> Option<u32> {
        match self {
            Self::Link(link) => Some(link),
            Self::Other => None,
        }
    }
}

/// Links whose addresses one thread hashes at a time.
const PART: usize = 1024;

fn hash_of(address: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    hasher.finish()
}

/// An address that nobody minted, hashed or declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrayUrl {
    /// The attribute, or empty in text.
    pub attribute: String,
    /// The address.
    pub value: String,
    /// `source:offset` of the marked attribute in its template, where the artifact is marked.
    pub marked: Option<String>,
}

/// Attributes that browsers and mail clients follow or load.
const URL_ATTRIBUTES: [&str; 12] = [
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "background",
    "poster",
    "data",
    "xlink:href",
    "cite",
    "ping",
    "manifest",
];

/// Written before each URL attribute of a template when a stray one is looked for.
pub const MARK: &str = "data-throughline-at";

impl<'a> KnownUrls<'a> {
    /// Collects everything that may be linked.
    pub fn new(
        documents: &'a Documents,
        facts: &Facts,
        links: &'a Links,
        assets: &'a AssetUrls,
    ) -> Self {
        let short_urls = &links.short_urls;
        let both = |(part, some): (usize, &[Link])| {
            let (mut short, mut both) = (String::new(), Vec::with_capacity(2 * some.len()));
            for (link, at) in some.iter().zip((part * PART) as u32..) {
                short.clear();
                short_urls.write(&link.short_code, &mut short);
                both.push((hash_of(&link.url), Address { link: at, is_short: false }));
                both.push((hash_of(&short), Address { link: at, is_short: true }));
            }
            both
        };
        let mut by_hash: Vec<(u64, Address)> = Vec::with_capacity(2 * links.links.len());
        let parts = links.links.par_chunks(PART).enumerate();
        by_hash.par_extend(parts.flat_map_iter(both));
        by_hash.par_sort_unstable();
        let mut known = Self { links: Some(links), by_hash, ..Self::default() };
        known.ambiguous = known.claimed_twice();
        let declared = documents.workspace.declared.values().map(|one| one.value.as_str());
        let tags = documents.channels.iter().flat_map(|channel| &channel.esp);
        let tags = tags.flat_map(Esp::addresses);
        let addresses = assets.addresses().chain(declared).chain(tags).map(Cow::Borrowed);
        let mut others: Vec<Cow<'a, str>> = addresses.collect();
        let hosts = &documents.workspace.hosts;
        let routes: Vec<&str> = facts.pages.routes().collect();
        let routes: Vec<String> =
            routes.into_par_iter().filter_map(|route| hosts.page(route)).collect();
        let with_links = routes.par_iter().filter(|url| known.link(hash_of(url), url).is_some());
        let with_links: Vec<String> = with_links.cloned().collect();
        known.ambiguous.extend(with_links);
        others.extend(routes.into_iter().map(Cow::Owned));
        known.others = others.into_par_iter().map(|url| (hash_of(&url), url)).collect();
        known.others.par_sort_unstable();
        let with_tags = links.links.par_iter().enumerate();
        let with_tags =
            with_tags.filter(|(_, link)| may_end(&link.url) && link.url.contains(ends_address));
        known.broken_up =
            with_tags.map(|(index, link)| (link.url.as_str(), index as u32)).collect();
        known.broken_up.sort_unstable();
        known.assets = Some(assets);
        known
    }

    fn link_at(&self, at: u32) -> Option<&'a Link> {
        self.links?.links.get(at as usize)
    }

    fn text(&self, address: Address) -> Option<Cow<'a, str>> {
        let link = self.link_at(address.link)?;
        Some(if address.is_short {
            self.links?.short_urls.url(&link.short_code).into()
        } else {
            link.url.as_str().into()
        })
    }

    /// The addresses that several links claim, or one link twice, each with all but the first of them.
    fn claimed_twice(&self) -> Vec<String> {
        let mut twice: Vec<Address> = Vec::new();
        for same in self.by_hash.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            for (at, (_, address)) in same.iter().enumerate() {
                let mut before = same.iter().take(at).map(|(_, other)| self.text(*other));
                if before.any(|other| other == self.text(*address)) {
                    twice.push(*address);
                }
            }
        }
        // In the order of links, and not of hashes.
        twice.sort_unstable();
        let told = twice.into_iter().filter_map(|address| {
            let link = self.link_at(address.link)?;
            Some(format!("{} {}", self.text(address)?, link.id))
        });
        told.collect()
    }

    /// The link of an address; of several the last.
    fn link(&self, hash: u64, value: &str) -> Option<u32> {
        let end = self.by_hash.partition_point(|(one, _)| *one <= hash);
        let same = self.by_hash.get(..end)?.iter().rev().take_while(|(one, _)| *one == hash);
        let mut same = same.map(|(_, address)| *address);
        same.find(|address| self.text(*address).as_deref() == Some(value))
            .map(|address| address.link)
    }

    /// Addresses that mean the link or the page that claimed them last, with all that claim them.
    pub fn ambiguous(&self) -> &[String] {
        &self.ambiguous
    }

    /// What an address is, where it is known.
    fn find(&self, value: &str) -> Option<Meant> {
        let hash = hash_of(value);
        if let Some(link) = self.link(hash, value) {
            return Some(Meant::Link(link));
        }
        let start = self.others.partition_point(|(one, _)| *one < hash);
        let mut same = self.others.get(start..)?.iter().take_while(|(one, _)| *one == hash);
        let made = || self.assets.is_some_and(|assets| assets.images().is_known(value));
        (same.any(|(_, one)| one == value) || made()).then_some(Meant::Other)
    }

    /// The longest link with a merge tag that a text begins with, and its length.
    fn find_broken_up(&self, text: &str) -> Option<(usize, u32)> {
        let mut limit = text;
        loop {
            let next = self.broken_up.partition_point(|(url, _)| *url <= limit);
            let (url, link) = self.broken_up.get(next.checked_sub(1)?)?;
            if text.starts_with(url) {
                let rest = text.get(url.len()..).unwrap_or("");
                let rest = rest.split(ends_address).next().unwrap_or("");
                return rest.trim_matches(PUNCTUATION).is_empty().then_some((url.len(), *link));
            }
            // What is before it and begins the text has at most this in common with it.
            let pairs = text.chars().zip(url.chars());
            let common = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
            limit = text.get(..common)?;
        }
    }
}

/// A sentence's own, not an address's.
const PUNCTUATION: [char; 9] = ['.', ',', ';', ':', '!', '?', ')', ']', '\''];

/// Whether an address in a text ends before this.
fn ends_address(one: char) -> bool {
    one.is_whitespace() || matches!(one, '<' | '>' | '"')
}

/// Whether anything in an address may be what [`ends_address`]: nearly all are plain, and one look at
/// all of their bytes tells.
fn may_end(address: &str) -> bool {
    let ends = |byte: u8| byte <= b' ' || byte >= 0x80 || matches!(byte, b'<' | b'>' | b'"');
    address.bytes().fold(false, |found, byte| found | ends(byte))
}

/// Checks an HTML artifact, in which merge tags of a dialect stand; notes the links it shows.
pub fn scan_html(
    html: &str,
    dialect: Option<Dialect>,
    known: &KnownUrls<'_>,
    used: &mut Vec<u32>,
) -> Vec<StrayUrl> {
    let blanked = blank(html, dialect.unwrap_or(Dialect::Plain));
    let mut tokens = Tokens::new(&blanked);
    let mut stray = Vec::new();
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start {
            continue;
        }
        let attributes = tokens.attributes();
        let refresh = token.text.eq_ignore_ascii_case("meta")
            && attributes.iter().any(|one| one.value.eq_ignore_ascii_case("refresh"));
        let mut mark: Option<&str> = None;
        for attribute in attributes {
            // With the merge tags that are in it.
            let raw = html.get(attribute.value_range()).unwrap_or("");
            if attribute.name == MARK {
                mark = Some(raw);
                continue;
            }
            if !followed(attribute, refresh) {
                continue;
            }
            each_address(attribute, raw, |address| {
                let fragment = address.len() > 1 && address.starts_with('#');
                match known.find(address) {
                    Some(meant) => used.extend(meant.link()),
                    None if fragment => {}
                    None => stray.push(StrayUrl {
                        attribute: attribute.name.to_owned(),
                        value: address.to_owned(),
                        marked: mark.map(str::to_owned),
                    }),
                }
            });
        }
    }
    stray
}

/// Whether an attribute leads somewhere or loads something.
fn followed(attribute: &Attribute<'_>, refresh: bool) -> bool {
    attribute.is("style")
        || URL_ATTRIBUTES.iter().any(|one| attribute.is(one))
        || refresh && attribute.is("content")
}

/// Calls back for each address in an attribute.
fn each_address(attribute: &Attribute<'_>, raw: &str, mut each: impl FnMut(&str)) {
    let value = unescape(raw);
    if attribute.is("style") {
        for one in style_urls(&value) {
            each(&one);
        }
    } else if attribute.is("srcset") {
        value.split(',').filter_map(|one| one.split_whitespace().next()).for_each(each);
    } else {
        each(&value);
    }
}

/// Addresses that a style attribute loads.
fn style_urls(style: &str) -> Vec<String> {
    // Emails have a style on nearly every tag, and nearly none of them calls anything.
    if memchr::memchr(b'(', style.as_bytes()).is_none() {
        return Vec::new();
    }
    let lower = style.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, mark) in lower.match_indices("url(") {
        let rest = style.get(at + mark.len()..).unwrap_or("");
        let inside = rest.split(')').next().unwrap_or(rest);
        found.push(inside.trim().trim_matches(['"', '\'']).to_owned());
    }
    found
}

/// Checks a plain text: every web address in it must be known.
pub fn scan_text(text: &str, known: &KnownUrls<'_>, used: &mut Vec<u32>) -> Vec<StrayUrl> {
    let mut stray = Vec::new();
    let mut done = 0;
    for start in memchr::memmem::find_iter(text.as_bytes(), "://") {
        // Part of an address that is known.
        if start < done {
            continue;
        }
        let head = text.get(..start).unwrap_or("");
        let scheme = head.len()
            - head.trim_end_matches(|one: char| one.is_ascii_alphanumeric() || one == '+').len();
        let tail = text.get(start - scheme..).unwrap_or("");
        let whole = tail.split(ends_address).next().unwrap_or(tail);
        let bare = whole.trim_end_matches(PUNCTUATION);
        let found = [whole, bare].into_iter().find_map(|one| Some((one.len(), known.find(one)?)));
        let found = found.or_else(|| {
            known.find_broken_up(tail).map(|(length, link)| (length, Meant::Link(link)))
        });
        match found {
            Some((length, meant)) => {
                done = start - scheme + length;
                used.extend(meant.link());
            }
            None => stray.push(StrayUrl {
                attribute: String::new(),
                value: bare.to_owned(),
                marked: None,
            }),
        }
    }
    stray
}

/// Checks every text in a JSON document.
pub fn scan_json(
    value: &serde_json::Value,
    known: &KnownUrls<'_>,
    used: &mut Vec<u32>,
) -> Vec<StrayUrl> {
    match value {
        serde_json::Value::String(text) => match known.find(text) {
            Some(meant) => {
                used.extend(meant.link());
                Vec::new()
            }
            None => scan_text(text, known, used),
        },
        serde_json::Value::Array(items) => {
            items.iter().flat_map(|item| scan_json(item, known, used)).collect()
        }
        serde_json::Value::Object(fields) => {
            fields.values().flat_map(|item| scan_json(item, known, used)).collect()
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            Vec::new()
        }
    }
}
