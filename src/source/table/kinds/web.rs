//! URLs, host names and paths. What a parser would repair is refused before it sees it.

use std::borrow::Cow;

use unicode_security::{MixedScript, skeleton};
use url::{Host, Url};

use super::{CellContext, Fault};
use crate::diag::Code;
use crate::model::WorkspacePath;
use crate::source::table::findings::Normalised;

pub(super) fn url(text: &str) -> Result<(), Fault> {
    let fault = |message: &str| Fault::new(Code::BadUrl, format!("`{text}` {message}"));
    if let Some(found) = text.chars().find(|one| !one.is_ascii_graphic() || *one == '\\') {
        return Err(
            fault(&format!("holds {found:?}")).help("write a plain ASCII URL without spaces")
        );
    }
    let Some(rest) = text.strip_prefix("https://") else {
        return Err(fault("is not an https URL").help("begin it with `https://`"));
    };
    if rest.starts_with('/')
        || rest.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@'))
    {
        return Err(fault("has no plain host").help("write `https://host/path`"));
    }
    let parsed = Url::parse(text).map_err(|error| fault(&format!("is not a URL: {error}")))?;
    let named = matches!(parsed.host(), Some(Host::Domain(domain)) if is_host(domain));
    if !named || parsed.port().is_some() {
        return Err(fault("has no plain host").help("write a host name without a port"));
    }
    if parsed.fragment().is_some() {
        return Err(fault("has a fragment").help("remove `#` and what follows it"));
    }
    check_escapes(text)?;
    // A bare host gets its slash from every client; any other difference is a repair.
    if parsed.as_str() != text && parsed.as_str().strip_suffix('/') != Some(text) {
        return Err(fault("is not as browsers write it").help(format!("write `{parsed}`")));
    }
    parsed.host_str().map_or(Ok(()), check_script)
}

/// What a URL looks like after it went through one hand too many.
fn check_escapes(text: &str) -> Result<(), Fault> {
    if memchr::memchr2(b'%', b'&', text.as_bytes()).is_none() {
        return Ok(());
    }
    let fault = |message: &str| Fault::new(Code::BadUrl, format!("`{text}` {message}"));
    if text.contains("&amp;") {
        return Err(fault("was copied from HTML").help("write `&` for `&amp;`"));
    }
    for (at, _) in text.match_indices('%') {
        let hex =
            text.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|one| one.is_ascii_hexdigit()));
        let Some(hex) = hex else {
            return Err(
                fault("has a `%` that escapes nothing").help("write `%25` for a percent sign")
            );
        };
        let next = text.get(at + 3..at + 5).unwrap_or("");
        let twice = next.len() == 2 && next.bytes().all(|one| one.is_ascii_hexdigit());
        if hex == "25" && twice {
            return Err(fault("is escaped twice").help(format!("write `%{next}` for `%25{next}`")));
        }
    }
    Ok(())
}

/// A DNS name of letters, digits and dashes with at least two labels (RFC 1123, section 2.1).
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

/// A host in `xn--` form is decoded: its letters are of one script, and it does not look like a
/// host of plain letters (Unicode Technical Standard 39).
fn check_script(host: &str) -> Result<(), Fault> {
    if !host.contains("xn--") {
        return Ok(());
    }
    let fault = |code: Code, message: String| Fault::new(code, message);
    let (shown, valid) = idna::domain_to_unicode(host);
    if valid.is_err() || idna::domain_to_ascii(&shown).is_ok_and(|again| again != host) {
        return Err(fault(Code::BadHost, format!("`{host}` is not a valid `xn--` name"))
            .help("copy the host from the partner's site"));
    }
    for label in shown.split('.').filter(|label| !label.is_ascii()) {
        let plain: String = skeleton(label).collect();
        let looks_plain = plain.is_ascii();
        if looks_plain || !label.is_single_script() {
            let message = if looks_plain {
                format!(
                    "`{host}` shows as `{shown}`, which looks like `{plain}` and is another host"
                )
            } else {
                format!("`{host}` shows as `{shown}`, whose letters are of several scripts")
            };
            return Err(fault(Code::ConfusableHost, message)
                .help("write the host with plain letters, as the partner's site shows it"));
        }
    }
    Ok(())
}

/// Host names with `;` between them, without the spaces.
pub(super) fn hosts<'t>(
    text: Cow<'t, str>,
    context: &mut CellContext<'_>,
) -> Result<Cow<'t, str>, Fault> {
    for host in text.split(';').map(str::trim) {
        if !is_host(host) {
            return Err(bad_host(host));
        }
        check_script(host)?;
    }
    if !text.contains(' ') {
        return Ok(text);
    }
    context.note(Normalised::Spaces);
    Ok(Cow::Owned(text.replace(' ', "")))
}

fn bad_host(host: &str) -> Fault {
    let fault = Fault::new(Code::BadHost, format!("`{host}` is not a host name"));
    let lower = host.to_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("http://");
    let bare = bare.split('/').next().unwrap_or(bare);
    if is_host(bare) {
        return fault.help(format!("write `{bare}`"));
    }
    if !bare.is_ascii()
        && let Ok(ascii) = idna::domain_to_ascii_strict(bare)
        && is_host(&ascii)
    {
        return match check_script(&ascii) {
            Ok(()) => fault.help(format!("write `{ascii}`")),
            Err(confusable) => confusable,
        };
    }
    fault
}

pub(super) fn path(text: &str) -> Result<(), Fault> {
    let fault = |message: &str| Fault::new(Code::BadUrl, format!("`{text}` {message}"));
    if !text.starts_with('/') || text.starts_with("//") {
        return Err(fault("is not a path").help("begin it with one `/`"));
    }
    // All printable ASCII but `#` and the backslash.
    let plain = text
        .bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b'!' | b'"' | b'$'..=b'[' | b']'..=b'~'));
    let odd = |one: &char| !one.is_ascii_graphic() || matches!(one, '\\' | '#');
    if let Some(found) = if plain { None } else { text.chars().find(odd) } {
        return Err(fault(&format!("holds {found:?}")).help("write a plain ASCII path"));
    }
    check_escapes(text)
}

pub(super) fn asset(text: &str) -> Result<(), Fault> {
    match WorkspacePath::new(text) {
        Ok(_) => Ok(()),
        Err(fault) => {
            Err(Fault::new(Code::MissingAsset, format!("`{text}` is not a path: {fault}"))
                .help("write a path below assets/, such as images/logo.png"))
        }
    }
}
