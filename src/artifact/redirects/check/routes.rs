//! Where codes lead on their own host: circles, chains, pages.

use std::collections::{BTreeMap, BTreeSet};

use super::{FaultKind, Finding, LinkHost, Redirect, Site, shown, split};

/// What is wrong with the ways of redirects, by their place in the order of codes.
pub(super) struct Routes {
    by_place: BTreeMap<usize, Vec<Finding>>,
}

impl Routes {
    /// What is wrong with one of them.
    pub(super) fn of(&self, place: usize) -> Vec<Finding> {
        self.by_place.get(&place).cloned().unwrap_or_default()
    }
}

/// Follows every redirect that stays on the link host, and looks at the pages there.
pub(super) fn check(sorted: &[(&Redirect<'_>, usize)], site: &Site<'_>, host: &LinkHost) -> Routes {
    let mut by_place: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    let mut pages: Vec<String> = site.pages.iter().map(|page| bare_path(page)).collect();
    pages.sort_unstable();
    for page in &pages {
        let Some(place) = place_of(page, sorted, host) else { continue };
        let code = sorted.get(place).map_or("", |(redirect, _)| redirect.code);
        let message =
            format!("the code `{code}` stands at the path of the page `/{}`", shown(page));
        let help = "give the page another path, or serve codes on a host of their own";
        by_place.entry(place).or_default().push((FaultKind::ShadowsPage, message, help.into()));
    }
    let mut next = BTreeMap::new();
    for (place, (redirect, _)) in sorted.iter().enumerate() {
        let Some((_, rest)) = split(redirect.url).filter(|(authority, _)| host.is(authority))
        else {
            continue;
        };
        let path = bare_path(rest);
        if let Some(to) = place_of(&path, sorted, host) {
            next.insert(place, to);
        } else if pages.binary_search(&path).is_err() {
            let (code, url) = (redirect.code, shown(redirect.url));
            let message = format!(
                "`{}` leads to `{url}` on the link host, where nothing answers",
                shown(code)
            );
            let help = "lead to the page itself, on the host that serves it";
            by_place.entry(place).or_default().push((FaultKind::OwnHost, message, help.into()));
        }
    }
    let circles = circles(&next);
    for (place, to) in &next {
        let name = |place: &usize| sorted.get(*place).map_or("", |(redirect, _)| redirect.code);
        let (code, to) = (shown(name(place)), shown(name(to)));
        let finding = if circles.contains(place) {
            let message = format!("`{code}` leads to the short link `{to}`, and back to itself");
            (FaultKind::Loop, message, "lead to a page".into())
        } else {
            let message = format!("`{code}` leads to another short link, `{to}`");
            (FaultKind::Chain, message, "lead to where the other one leads".into())
        };
        by_place.entry(*place).or_default().push(finding);
    }
    Routes { by_place }
}

/// Those that come back to themselves. Each is walked over once.
fn circles(next: &BTreeMap<usize, usize>) -> BTreeSet<usize> {
    let mut walked: BTreeMap<usize, usize> = BTreeMap::new();
    let mut circles = BTreeSet::new();
    for start in next.keys() {
        let mut at = *start;
        while let Some(to) = next.get(&at).filter(|_| !walked.contains_key(&at)) {
            walked.insert(at, *start);
            at = *to;
        }
        // Met a place of this same walk: from there on it is a circle.
        if walked.get(&at) == Some(start) {
            while circles.insert(at) {
                let Some(to) = next.get(&at) else { break };
                at = *to;
            }
        }
    }
    circles
}

/// The place of the code that answers at a bare path.
fn place_of(path: &str, sorted: &[(&Redirect<'_>, usize)], host: &LinkHost) -> Option<usize> {
    let folder = host.path.trim_matches('/').to_ascii_lowercase();
    let code = path.strip_prefix(folder.as_str())?;
    let code = if folder.is_empty() { code } else { code.strip_prefix('/')? };
    let place = sorted.partition_point(|(redirect, _)| redirect.code < code);
    sorted.get(place).filter(|(redirect, _)| redirect.code == code).map(|_| place)
}

/// A path as servers compare it: decoded, in lower case, without query, outer slashes, and the
/// endings that many servers leave out.
fn bare_path(path: &str) -> String {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path);
    let decoded = String::from_utf8_lossy(&decode(path)).to_ascii_lowercase();
    let bare = decoded.trim_matches('/');
    let bare = bare.strip_suffix(".html").unwrap_or(bare);
    let bare = bare.strip_suffix("/index").unwrap_or(bare);
    bare.to_owned()
}

fn decode(path: &str) -> Vec<u8> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let mut digit = || char::from(ahead.next()?).to_digit(16);
        let pair = (byte == b'%').then(|| Some(digit()? << 4 | digit()?)).flatten();
        match pair.and_then(|pair| u8::try_from(pair).ok()) {
            Some(pair) => {
                decoded.push(pair);
                bytes = ahead;
            }
            None => decoded.push(byte),
        }
    }
    decoded
}
