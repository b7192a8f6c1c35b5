//! What must hold before anything is written.

use std::borrow::Cow;

use super::encode::encode;
use super::fault::shown;
use super::host::LinkHost;
use super::{Capacity, FaultKind, Redirect, RedirectFault, Site, Status, Target, TargetKind};

mod routes;

/// Longer ones do not fit into the shortest key, which is Fastly's, and no one would type them.
const LONGEST_CODE: usize = 64;

/// A redirect that can be written.
#[derive(Clone, Debug)]
pub(super) struct Rule<'a> {
    /// The code.
    pub(super) code: &'a str,
    /// The URL, as the format can hold it.
    pub(super) url: Cow<'a, str>,
}

/// Judges what holds for all redirects of a target. Tells whether files can be made.
pub(super) fn check_target(target: &Target, faults: &mut Vec<RedirectFault>) -> bool {
    let mut usable = true;
    let Target { kind, status, preserve_query, .. } = *target;
    let (slug, code) = (kind.slug(), status.code());
    if status.is_permanent() {
        faults.push(RedirectFault::of_target(
            FaultKind::PermanentStatus,
            format!("`{slug}` answers `{code}`, which browsers keep after a swap"),
            "use 302 or 307 unless no destination will ever change",
        ));
    }
    if kind == TargetKind::Netlify && !matches!(status, Status::Found | Status::MovedPermanently) {
        faults.push(RedirectFault::of_target(
            FaultKind::UnsupportedStatus,
            format!("`{slug}` redirects with 301 and 302 only, not with `{code}`"),
            "use 302",
        ));
        usable = false;
    }
    if kind == TargetKind::S3 && preserve_query {
        faults.push(RedirectFault::of_target(
            FaultKind::UnsupportedQuery,
            format!("`{slug}` cannot pass the query of a request on"),
            "set preserve_query = false, or use another kind of target",
        ));
        usable = false;
    }
    usable
}

/// Judges the sum.
pub(super) fn check_capacity(target: &Target, capacity: &Capacity) -> Option<RedirectFault> {
    let limit = capacity.limit.filter(|_| capacity.is_over())?;
    let Capacity { used, what, .. } = capacity;
    let slug = target.kind.slug();
    let twice = match target.kind.rules() {
        2 => ", two for each code, since paths are case-sensitive there",
        _ => "",
    };
    Some(RedirectFault::of_target(
        FaultKind::OverLimit,
        format!("`{slug}` holds `{limit}` {what}, and there are `{used}`{twice}"),
        match target.kind {
            TargetKind::CloudfrontKvs => "serve fewer codes there, or use another kind of target",
            TargetKind::CloudflarePages => "use cloudflare-bulk or another kind of target",
            _ => "set `limit` to what the plan allows, or use another kind of target",
        },
    ))
}

/// Judges each redirect. Gives those that can be written, sorted by code.
pub(super) fn check_rules<'a>(
    redirects: &[Redirect<'a>],
    target: &Target,
    site: &Site<'_>,
    host: &LinkHost,
) -> (Vec<Rule<'a>>, Vec<RedirectFault>) {
    let mut sorted: Vec<(&Redirect<'a>, usize)> =
        redirects.iter().enumerate().map(|(index, redirect)| (redirect, index)).collect();
    // By URL too, so that the order of rows does not decide which of two is kept.
    sorted.sort_by(|(a, _), (b, _)| (a.code, a.url).cmp(&(b.code, b.url)));
    let mut faults = Vec::new();
    let routes = routes::check(&sorted, site, host);
    let mut rules = Vec::with_capacity(sorted.len());
    let mut previous: Option<&Redirect<'a>> = None;
    for (place, (redirect, index)) in sorted.iter().enumerate() {
        let mut fault = |(kind, message, help): Finding| {
            faults.push(RedirectFault { index: Some(*index), kind, message, help });
        };
        let taken = previous.filter(|other| other.code == redirect.code);
        previous = Some(redirect);
        let url = encode(redirect.url, target.kind);
        let bad = duplicate(redirect, taken)
            .or_else(|| invalid(redirect))
            .or_else(|| conflict(redirect, target))
            .or_else(|| too_long(redirect, &url, target, host));
        if let Some(bad) = bad {
            fault(bad);
            continue;
        }
        let mut left_out = false;
        for route in routes.of(place) {
            left_out |= route.0.leaves_out();
            fault(route);
        }
        if !left_out {
            rules.push(Rule { code: redirect.code, url });
        }
    }
    (rules, faults)
}

/// Kind, message and help.
type Finding = (FaultKind, String, Cow<'static, str>);

fn duplicate(redirect: &Redirect<'_>, taken: Option<&Redirect<'_>>) -> Option<Finding> {
    let other = taken?;
    let Redirect { code, url } = redirect;
    let message =
        format!("`{}` leads to `{}` and to `{}`", shown(code), shown(other.url), shown(url));
    Some((FaultKind::DuplicateCode, message, "give each link its own code".into()))
}

fn invalid(redirect: &Redirect<'_>) -> Option<Finding> {
    let Redirect { code, url } = redirect;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if code.is_empty() || code.len() > LONGEST_CODE || !code.bytes().all(plain) {
        let message = format!("`{}` is not a short code", shown(code));
        return Some((FaultKind::InvalidCode, message, "use small letters and digits".into()));
    }
    let why = unfinished(url)?;
    let message = format!("`{}` leads to `{}`, which {why}", shown(code), shown(url));
    Some((FaultKind::InvalidUrl, message, "write a whole https URL, as a browser shows it".into()))
}

/// Why a URL cannot be served, if so. Encoding must not be what makes a host of something else,
/// so what stands before the path is judged here and never encoded.
fn unfinished(url: &str) -> Option<&'static str> {
    let Some((authority, path)) = split(url) else {
        return Some("is not https, or has no path");
    };
    let host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let bare = authority.rsplit_once(':').map_or(authority, |(bare, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { bare } else { authority }
    });
    if bare.is_empty() || !bare.bytes().all(host) {
        return Some("has no plain host name");
    }
    if path.bytes().any(|byte| byte < b' ') {
        return Some("holds a control character");
    }
    let end = path.find(['?', '#']).unwrap_or(path.len());
    path.get(..end).is_some_and(|path| path.contains('\\')).then_some("holds `\\` in its path")
}

/// The authority of an https URL, and the rest, from the slash on.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    let end = rest.find(['/', '?', '#', '\\'])?;
    let (authority, path) = rest.split_at_checked(end)?;
    path.starts_with('/').then_some((authority, path))
}

fn conflict(redirect: &Redirect<'_>, target: &Target) -> Option<Finding> {
    if !target.preserve_query {
        return None;
    }
    let (code, url) = (redirect.code, redirect.url);
    let before_fragment = url.split('#').next().unwrap_or(url);
    let (part, help) = match target.kind {
        TargetKind::CloudflareBulk | TargetKind::CloudflarePages => (
            before_fragment.contains('?').then_some("a query")?,
            "set preserve_query = false to keep the URL's query, or drop the query from the URL",
        ),
        TargetKind::Apache | TargetKind::Fastly => (
            url.contains('#').then_some("a fragment")?,
            "set preserve_query = false to keep the URL's fragment, or drop the fragment from it",
        ),
        _ => return None,
    };
    let slug = target.kind.slug();
    let message = format!(
        "`{code}` leads to `{}`, which has {part}, and `{slug}` cannot add a request's query to it",
        shown(url)
    );
    Some((FaultKind::PreserveQueryConflict, message, help.into()))
}

fn too_long(
    redirect: &Redirect<'_>,
    url: &str,
    target: &Target,
    host: &LinkHost,
) -> Option<Finding> {
    let (longest, why) = target.kind.longest()?;
    let around = match target.kind {
        // The line's other parts: a space, and the line's end.
        TargetKind::Apache => host.path.len() + redirect.code.len() + 1,
        TargetKind::CloudflarePages => {
            host.path.len() + redirect.code.len() + " ".len() + " 302".len()
        }
        // Each of these is written as two.
        TargetKind::Nginx => url.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count(),
        _ => 0,
    };
    let length = url.len() + around;
    if length <= longest {
        return None;
    }
    let (code, slug) = (redirect.code, target.kind.slug());
    let message = format!(
        "`{code}` needs `{length}` bytes for `{slug}`, and only `{longest}` may stand: {why}"
    );
    Some((FaultKind::TooLong, message, "shorten the URL, or use another kind of target".into()))
}
