//! The front of an address: scheme, slashes, user, host and port. Must not look behind the host.

use std::ops::Range;

use super::characters::invisible_name;
use super::fault::{AddressFaultKind as Kind, Faults, part, quoted};
use super::host::check_host;

const BEGIN: &str = "begin it with `https://`";

/// Finds the scheme and gives the place behind its slashes. `None` where there is no telling
/// which part of the address is which.
pub(super) fn read_scheme(
    shape: &str,
    tokens: &[Range<usize>],
    faults: &mut Faults<'_>,
) -> Option<usize> {
    let trimmed = shape.trim_start_matches(|one: char| invisible_name(one).is_some());
    let start = shape.len() - trimmed.len();
    if let Some(token) = tokens.iter().find(|token| token.contains(&start)) {
        faults.add(Kind::TokenInHost, token.clone(), "stands where the host must be", BEGIN);
        return None;
    }
    let slashes = |text: &str| text.bytes().take_while(|byte| matches!(byte, b'/' | b'\\')).count();
    let leading = slashes(trimmed);
    if leading >= 2 {
        let says = "begins an address without a scheme";
        faults.add(Kind::SchemeRelative, start..start + leading, says, BEGIN);
        return Some(start + leading);
    }
    let end = trimmed.find([':', '/', '?', '#', '\\']).unwrap_or(trimmed.len());
    let name = part(trimmed, &(0..end));
    let rest = part(trimmed, &(end..trimmed.len()));
    let host_and_port =
        name.contains('.') || rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if !rest.starts_with(':') || name.is_empty() || host_and_port {
        let range = start..start + end.max(trimmed.len().min(1));
        let says = if range.is_empty() { "is empty" } else { "begins an address without a scheme" };
        faults.add(Kind::OddScheme, range, says, BEGIN);
        return None;
    }
    let range = start..start + end + 1;
    match name.to_ascii_lowercase().as_str() {
        "https" if name == "https" => {}
        "https" => {
            faults.add(Kind::NotNormalised, range, "is not in lower case", "write `https:`");
        }
        "http" => faults.add(Kind::NotHttps, range, "is not `https:`", BEGIN),
        _ => {
            faults.add(Kind::OddScheme, range, "is not a scheme that links may have", BEGIN);
            return None;
        }
    }
    let behind = start + end + 1;
    let count = slashes(part(shape, &(behind..shape.len())));
    if count != 2 {
        let says = format!("has {count} slashes behind the scheme, not 2");
        faults.add(Kind::MissingSlashes, start..behind + count, &says, BEGIN);
    }
    Some(behind + count)
}

/// Judges everything between the slashes and the path, and gives the range of the host.
pub(super) fn read_authority(
    shape: &str,
    range: &Range<usize>,
    tokens: &[Range<usize>],
    faults: &mut Faults<'_>,
) -> Range<usize> {
    let text = part(shape, range);
    let user = text.rfind('@').map_or(0, |at| at + 1);
    if user > 0 {
        let says = "names a user: what stands before the `@` is not the host";
        let help = "remove everything before the host";
        faults.add(Kind::Userinfo, range.start..range.start + user, says, help);
    }
    let host_and_port = part(text, &(user..text.len()));
    let port = if host_and_port.starts_with('[') {
        host_and_port.find("]:").map(|at| at + 1)
    } else {
        host_and_port.find(':')
    };
    let length = port.unwrap_or(host_and_port.len());
    let host = range.start + user..range.start + user + length;
    if port.is_some() {
        let says = "is a port, which no page for the public needs";
        faults.add(Kind::Port, host.end..range.end, says, "remove it");
    }
    let mut opaque = false;
    let inside = tokens.iter().filter(|token| token.start < range.end && token.end > range.start);
    for token in inside {
        opaque = true;
        token_in_host(token.clone(), faults);
    }
    let bare = part(shape, &host);
    let braces = ["{", "%%", "*|", "<%", "[*"].iter().find_map(|opening| bare.find(opening));
    if let Some(at) = braces.filter(|_| !opaque) {
        opaque = true;
        token_in_host(host.start + at..host.end, faults);
    }
    // Unseen characters were told already; the host is judged when they are gone.
    if !opaque && !bare.chars().any(|one| invisible_name(one).is_some()) {
        check_shape_of_host(bare, host.start, faults);
    }
    host
}

fn token_in_host(range: Range<usize>, faults: &mut Faults<'_>) {
    let help = "write the host itself; macros may stand behind it only";
    faults.add(Kind::TokenInHost, range, "is a macro in the host", help);
}

/// The case of a host and its other faults are independent: both are told.
fn check_shape_of_host(host: &str, start: usize, faults: &mut Faults<'_>) {
    let lower = host.to_ascii_lowercase();
    if lower != host && host.is_ascii() {
        let help = format!("write {}", quoted(&lower));
        let range = start..start + host.len();
        faults.add(Kind::NotNormalised, range, "is not in lower case", help);
    }
    let checked = if host.is_ascii() { check_host(&lower) } else { check_host(host) };
    if let Err(mut fault) = checked {
        fault.range = start + fault.range.start..start + fault.range.end;
        faults.push(fault);
    }
}
