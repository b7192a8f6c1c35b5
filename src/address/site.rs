//! Which hosts belong to a permitted one, by the Public Suffix List. Must not read addresses.

use std::borrow::Cow;

use unicode_security::skeleton;

use super::fault::{AddressFault, AddressFaultKind as Kind, quoted};
use super::host::{check_host, plain_form};

/// Whether a host is one of the permitted ones or below one of them, within the same registrable
/// domain: `www.lumen.example` for `lumen.example`, but never `a.github.io` for `github.io`.
pub fn same_site(host: &str, permitted: &[&str]) -> bool {
    let host = lower(host);
    permitted.iter().any(|entry| admits(&lower(entry), &host))
}

fn admits(entry: &str, host: &str) -> bool {
    if entry == host {
        return !entry.is_empty();
    }
    is_below(host, entry) && domain(entry).is_some_and(|own| domain(host) == Some(own))
}

fn is_below(host: &str, entry: &str) -> bool {
    host.strip_suffix(entry).is_some_and(|before| before.ends_with('.'))
}

/// Whether two hosts are of one registrable domain.
pub(super) fn same_registrant(one: &str, other: &str) -> bool {
    one == other || domain(one).is_some_and(|own| domain(other) == Some(own))
}

fn domain(host: &str) -> Option<&str> {
    psl::domain_str(host)
}

fn lower(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// Judges an entry of a list of permitted hosts. The range of the fault is within the entry.
pub fn check_permitted(entry: &str) -> Result<(), AddressFault> {
    check_host(entry).map_err(|fault| {
        let bare = entry.trim_start_matches("https://").trim_start_matches("http://");
        let bare = bare.trim_start_matches("*.").trim_start_matches('.');
        let bare = bare.split(['/', '?', '#']).next().unwrap_or(bare);
        if fault.kind == Kind::BadHost && bare != entry && check_host(bare).is_ok() {
            let help = format!("write `{bare}`, which admits the hosts below it too");
            return AddressFault { help, ..fault };
        }
        fault
    })?;
    if domain(entry).is_some() {
        return Ok(());
    }
    Err(AddressFault {
        kind: Kind::PublicSuffix,
        range: 0..entry.len(),
        message: format!("{} is a public suffix: anyone may own a host below it", quoted(entry)),
        help: format!("write the partner's own host, such as {}", quoted(&format!("name.{entry}"))),
    })
}

/// The permitted host that a host is confusable with: one that looks the same, stands at the
/// front of it, or differs by a slip of the hand.
pub fn near_host<'p>(host: &str, permitted: &[&'p str]) -> Option<&'p str> {
    let host = shown(host);
    let host = host.as_str();
    let looks = |text: &str| skeleton(&plain_form(text)).collect::<String>();
    let own = domain(host).unwrap_or(host);
    let (host_looks, own_looks) = (looks(host), looks(own));
    let alike = permitted.iter().find(|entry| {
        let entry_looks = looks(&shown(entry));
        entry_looks == host_looks || entry_looks == own_looks
    });
    let in_front = || {
        let begins = |entry: &&&str| {
            host.strip_prefix(**entry).is_some_and(|rest| rest.starts_with(['.', '-']))
        };
        permitted.iter().find(begins)
    };
    let mistyped = || {
        let distance =
            |entry: &str| strsim::osa_distance(host, entry).min(strsim::osa_distance(own, entry));
        let near = permitted.iter().map(|entry| (distance(&shown(entry)), entry));
        near.filter(|(distance, entry)| *distance <= if entry.len() < 8 { 1 } else { 2 })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, entry)| entry)
    };
    alike.or_else(in_front).or_else(mistyped).copied()
}

/// A host as browsers show it, cut where no host goes on.
fn shown(host: &str) -> String {
    let short: String = host.chars().take(253).collect();
    idna::domain_to_unicode(&short).0
}
