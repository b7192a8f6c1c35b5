//! Where a URL inside a parameter leads. Must not judge whether it may.

use percent_encoding::percent_decode_str;

use super::characters::invisible_name;

/// Layers of percent-encoding that are looked through.
const MAX_DEPTH: usize = 3;

/// Where a value leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A page on the same host.
    Relative,
    /// A host, in lower case.
    Host(String),
    /// Something that runs instead of a page.
    Script,
}

/// The target of a value as it stands in a query, through several layers of encoding.
pub(super) fn target_of(raw: &str) -> Option<Target> {
    let mut text = raw.to_owned();
    let mut found = None;
    for _ in 0..=MAX_DEPTH {
        // `/%5Cevil` is a path that decodes to another host.
        match read_target(&text) {
            Some(Target::Relative) => found = Some(Target::Relative),
            Some(away) => return Some(away),
            None => {}
        }
        if !text.contains('%') {
            break;
        }
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    found
}

/// Whether a value is a URL or an absolute path after one decoding.
pub(super) fn is_nested(raw: &str) -> bool {
    read_target(&percent_decode_str(raw).decode_utf8_lossy()).is_some()
}

/// Reads a URL as generously as browsers do.
fn read_target(text: &str) -> Option<Target> {
    let text: String = text.chars().filter(|one| invisible_name(*one).is_none()).collect();
    let slash = |one: char| matches!(one, '/' | '\\');
    let mut start = text.chars();
    if start.next().is_some_and(slash) {
        let away = start.next().is_some_and(slash);
        return Some(if away { host_of(&text) } else { Target::Relative });
    }
    let (scheme, rest) = text.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "ftp" => Some(host_of(rest)),
        "javascript" | "data" | "vbscript" => Some(Target::Script),
        _ => None,
    }
}

fn host_of(rest: &str) -> Target {
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest);
    Target::Host(host_in(authority).to_ascii_lowercase())
}

/// The host of an authority: without user, port and the root's dot.
pub(super) fn host_in(authority: &str) -> &str {
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match (host.starts_with('['), host.rfind(':')) {
        (false, Some(colon)) => host.get(..colon).unwrap_or(host),
        _ => host,
    };
    host.strip_suffix('.').unwrap_or(host)
}
