//! Host names: DNS names in their ASCII form that look like no other. Must not know which hosts
//! are permitted.

use std::fmt::Write;
use std::ops::Range;

use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};

use super::fault::{AddressFault, AddressFaultKind as Kind, quoted};

const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;
/// Bytes of a host that IDNA mapping is tried on: its cost grows faster than the text.
pub(super) const MAX_UNMAPPED: usize = 1_024;
const COPY_HOST: &str = "copy the host from the browser on the partner's page";

/// Judges a host name: lower-case ASCII, at least two labels of letters, digits and dashes, no
/// address in any notation, and in `xn--` form nothing that looks like another host. The range
/// of the fault is within the host.
pub fn check_host(host: &str) -> Result<(), AddressFault> {
    if host.is_ascii() {
        check_ascii(host)?;
        return if host.contains("xn--") { check_script(host) } else { Ok(()) };
    }
    let whole = 0..host.len();
    let mapped = (host.len() <= MAX_UNMAPPED).then(|| idna::domain_to_ascii(host));
    let Some(Ok(ascii)) = mapped else {
        return Err(fault(host, Kind::BadHost, whole, "is not a host name", COPY_HOST));
    };
    check_ascii(&ascii)
        .and_then(|()| check_script(&ascii))
        .map_err(|found| AddressFault { range: whole.clone(), ..found })?;
    let help = format!("write `{ascii}`");
    Err(fault(host, Kind::NonAscii, whole, "is not in its ASCII form", help))
}

fn fault(
    host: &str,
    kind: Kind,
    range: Range<usize>,
    says: &str,
    help: impl Into<String>,
) -> AddressFault {
    AddressFault { kind, range, message: format!("{} {says}", quoted(host)), help: help.into() }
}

/// A DNS name of letters, digits and dashes (RFC 1123, section 2.1) that no parser takes for an
/// IP address.
fn check_ascii(host: &str) -> Result<(), AddressFault> {
    let whole = 0..host.len();
    if host.is_empty() {
        let message = "the address has no host".to_owned();
        let help = "write `https://host/path`".to_owned();
        return Err(AddressFault { kind: Kind::BadHost, range: whole, message, help });
    }
    if is_ip(host) {
        let help = "write the host's name";
        return Err(fault(host, Kind::IpHost, whole, "is read as an IP address", help));
    }
    if let Some(bare) = host.strip_suffix('.').filter(|bare| !bare.is_empty()) {
        let help = format!("write {}", quoted(bare));
        return Err(fault(host, Kind::TrailingDot, bare.len()..host.len(), "ends in a dot", help));
    }
    if let Some(at) = host.bytes().position(|byte| byte.is_ascii_uppercase()) {
        let help = format!("write {}", quoted(&host.to_ascii_lowercase()));
        let says = "is not in lower case";
        return Err(fault(host, Kind::NotNormalised, at..at + 1, says, help));
    }
    check_labels(host)
}

fn check_labels(host: &str) -> Result<(), AddressFault> {
    let bad = |range: Range<usize>, says: &str, help: &str| {
        Err(fault(host, Kind::BadHost, range, says, help))
    };
    let allowed = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    if let Some(at) = host.bytes().position(|byte| !allowed(&byte)) {
        let says = match host.as_bytes().get(at) {
            Some(b'_') => "holds an underscore, which no host name has",
            Some(b'%') => "holds a percent sign, which no host name has",
            _ => "holds a character that no host name has",
        };
        return bad(at..at + 1, says, COPY_HOST);
    }
    if host.len() > MAX_HOST {
        return bad(MAX_HOST..host.len(), "is longer than 253 characters", COPY_HOST);
    }
    let mut start = 0;
    for label in host.split('.') {
        let range = start..start + label.len();
        start = range.end + 1;
        let says = if label.is_empty() {
            "has nothing before or between its dots"
        } else if label.len() > MAX_LABEL {
            "has a part of more than 63 characters"
        } else if label.starts_with('-') || label.ends_with('-') {
            "has a part that begins or ends with a dash"
        } else {
            continue;
        };
        return bad(range, says, COPY_HOST);
    }
    if !host.contains('.') {
        return bad(0..host.len(), "has no dot: it is no public host", COPY_HOST);
    }
    Ok(())
}

/// Whether URL parsers take a host for an IP address: its last label is a number, decimal or
/// hexadecimal (`0x7f.1`), or it is in brackets.
fn is_ip(host: &str) -> bool {
    let bare = host.strip_suffix('.').unwrap_or(host);
    let last = bare.rsplit('.').next().unwrap_or(bare);
    let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let decimal = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    host.starts_with('[')
        || decimal
        || last.strip_prefix("0x").or(last.strip_prefix("0X")).is_some_and(hexadecimal)
}

/// Judges what an `xn--` host shows as: valid, of one script (Unicode Technical Standard 39,
/// "highly restrictive") and not like a host of plain letters.
fn check_script(host: &str) -> Result<(), AddressFault> {
    let whole = 0..host.len();
    let (shown, valid) = idna::domain_to_unicode(host);
    if valid.is_err() || !idna::domain_to_ascii(&shown).is_ok_and(|again| again == host) {
        return Err(fault(host, Kind::BadHost, whole, "is not a valid `xn--` name", COPY_HOST));
    }
    let mut looks_like = String::with_capacity(host.len());
    let mut suspect = false;
    for label in shown.split('.') {
        let plain = plain_form(label);
        let mimics = !label.is_ascii() && plain.is_ascii();
        let separates = !label.is_ascii() && holds_false_separator(label);
        let mixed = !label.check_restriction_level(RestrictionLevel::HighlyRestrictive);
        suspect |= mimics && !below_own_script(&shown) || separates || mixed;
        let dot = if looks_like.is_empty() { "" } else { "." };
        let _ = write!(looks_like, "{dot}{plain}");
    }
    if !suspect {
        return Ok(());
    }
    let (name, shown) = (quoted(host), quoted(&shown));
    let message = if looks_like.is_ascii() {
        let other = quoted(&looks_like);
        format!("{name} shows as {shown}, which looks like {other}: it is another host")
    } else {
        format!("{name} shows as {shown}, whose signs are not letters of one script")
    };
    let help = "write the host with plain letters, as the partner's own page shows it".to_owned();
    Err(AddressFault { kind: Kind::ConfusableHost, range: whole, message, help })
}

/// What a label looks like, in plain letters where there are such.
pub(super) fn plain_form(label: &str) -> String {
    let mut plain = String::with_capacity(label.len());
    for one in label.chars() {
        // The standard's table has these as two letters; no reader of the languages takes them so.
        if one.is_ascii() || matches!(one, 'æ' | 'œ') {
            plain.push(one);
        } else {
            plain.extend(skeleton(one.encode_utf8(&mut [0; 4])));
        }
    }
    plain
}

/// Names below a top-level domain of their own script, such as `сор.рф`, are read in that script.
fn below_own_script(shown: &str) -> bool {
    shown.rsplit('.').next().is_some_and(|top| !top.is_ascii() && !plain_form(top).is_ascii())
}

/// Whether a label with plain letters holds a sign that looks like the end of the host.
fn holds_false_separator(label: &str) -> bool {
    label.bytes().any(|byte| byte.is_ascii_alphabetic())
        && label.chars().filter(|one| !one.is_ascii()).any(|one| {
            skeleton(one.encode_utf8(&mut [0; 4]))
                .any(|sign| matches!(sign, '/' | '?' | '#' | ':' | '@' | '.' | '\\' | '%'))
        })
}
