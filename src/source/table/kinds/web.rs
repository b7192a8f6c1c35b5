//! URLs, host names and paths, judged as they were written.

use std::borrow::Cow;
use std::ops::Range;

use super::{CellContext, Fault, Reading};
use crate::address::{
    AddressFault, AddressFaultKind as Kind, MAX_LENGTH, Rules, check_host, check_permitted, read,
};
use crate::diag::Code;
use crate::dialect::scan_any;
use crate::model::WorkspacePath;
use crate::source::table::findings::Normalised;

/// A host of our own, to judge a path with. No fault is ever told of it.
const HOST: &str = "https://a.example";

pub(super) fn url(
    text: &str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<(), Fault> {
    let tokens = macros(text);
    let rules = Rules { fragment: true, tagged: reading.tagged, tokens: &tokens };
    match read(text, &rules) {
        Ok(_) => Ok(()),
        Err(faults) => Err(told(text, faults, 0, context)),
    }
}

/// Nearly every path is words between slashes, in which nothing can be wrong.
fn is_plain_path(text: &str) -> bool {
    let mut before = b'/';
    let plain = text.bytes().skip(1).all(|byte| {
        let joins = byte.is_ascii_alphanumeric()
            || byte == b'-'
            || matches!(byte, b'/' | b'_' | b'.') && byte != before && before != b'/';
        before = byte;
        joins
    });
    plain && text.len() < MAX_LENGTH / 2
}

/// Macros of any platform: whether a channel may have them is seen where its links are made.
fn macros(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(scan_any) {
        found.push(at + next.range.start..at + next.range.end);
        at += next.range.end;
    }
    found
}

/// A path on a partner's host, with its query and fragment.
pub(super) fn path(
    text: &str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<(), Fault> {
    if !text.starts_with('/') || text.starts_with("//") {
        let message = format!("`{text}` is not a path");
        return Err(Fault::new(Code::BadUrl, message).help("begin it with one `/`"));
    }
    if is_plain_path(text) {
        return Ok(());
    }
    let whole = format!("{HOST}{text}");
    let tokens = macros(&whole);
    let rules = Rules { fragment: true, tagged: reading.tagged, tokens: &tokens };
    match read(&whole, &rules) {
        Ok(_) => Ok(()),
        Err(faults) => Err(told(text, faults, HOST.len(), context)),
    }
}

/// Reports all faults but the first, which is handed back.
fn told(
    text: &str,
    faults: Vec<AddressFault>,
    before: usize,
    context: &mut CellContext<'_>,
) -> Fault {
    let mut faults = faults.into_iter().map(|fault| {
        let range =
            fault.range.start.saturating_sub(before)..fault.range.end.saturating_sub(before);
        // A space is the usual mistake, and everybody sees it.
        let space = text.get(range.clone()).is_some_and(|part| part.trim_matches(' ').is_empty());
        let told = of_address(fault);
        (if space { told.of(Code::BadUrl) } else { told }).within(range)
    });
    let first = faults.next();
    for fault in faults {
        context.push(fault);
    }
    first.unwrap_or_else(|| Fault::new(Code::BadUrl, format!("`{text}` is not a URL")))
}

fn of_address(fault: AddressFault) -> Fault {
    let code = match fault.kind {
        Kind::BaseTagged | Kind::UtmInFragment => Code::TypedParameter,
        Kind::ConfusableHost => Code::ConfusableHost,
        Kind::ControlOrInvisible => Code::ControlCharacter,
        Kind::BadHost | Kind::PublicSuffix | Kind::IpHost | Kind::TrailingDot => Code::BadHost,
        _ => Code::BadUrl,
    };
    Fault::new(code, fault.message).help(fault.help)
}

/// Host names with `;` between them, without the spaces.
pub(super) fn hosts<'t>(
    text: Cow<'t, str>,
    context: &mut CellContext<'_>,
) -> Result<Cow<'t, str>, Fault> {
    for host in text.split(';').map(str::trim) {
        check_host(host)
            .and_then(|()| check_permitted(host))
            .map_err(|fault| of_host(host, fault))?;
    }
    if !text.contains(' ') {
        return Ok(text);
    }
    context.note(Normalised::Spaces);
    Ok(Cow::Owned(text.replace(' ', "")))
}

/// A whole URL where only its host is wanted is the usual mistake.
fn of_host(host: &str, fault: AddressFault) -> Fault {
    let lower = host.to_ascii_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("http://");
    let bare = bare.split('/').next().unwrap_or(bare);
    if bare != host && check_host(bare).is_ok() {
        return Fault::new(Code::BadHost, format!("`{host}` is not a host name"))
            .help(format!("write `{bare}`"));
    }
    let told = of_address(fault);
    if told.0.code == Code::BadUrl { told.of(Code::BadHost) } else { told }
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
