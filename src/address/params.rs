//! The parameters of a base: tags, nested URLs, redirects, people's data. Must not write.

use std::ops::Range;

use percent_encoding::percent_decode_str;

use super::fault::{AddressFaultKind as Kind, Faults, part};
use super::names::{fold, is_phone, is_redirect, is_tracking_name};
use super::read::Tagged;
use super::site::same_registrant;
use super::target::{Target, is_nested, target_of};

/// One `name=value` of a query, by place.
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

/// The pieces of a query, empty ones too.
pub(super) fn pieces(text: &str, query: &Range<usize>) -> impl Iterator<Item = Piece> {
    let mut start = query.start;
    part(text, query).split('&').map(move |piece| {
        let range = start..start + piece.len();
        start = range.end + 1;
        let equals = memchr::memchr(b'=', piece.as_bytes());
        let name = range.start..equals.map_or(range.end, |at| range.start + at);
        let value = equals.map_or(range.end, |at| range.start + at + 1)..range.end;
        Piece { range, name, value }
    })
}

/// What a base's own query means for what is written behind it.
#[derive(Default)]
pub(super) struct Query {
    /// The pieces that are kept.
    pub(super) kept: Vec<Range<usize>>,
    /// The pieces that our parameters replace.
    pub(super) replaced: Vec<Range<usize>>,
    /// Values that are URLs themselves.
    pub(super) nested: Vec<Range<usize>>,
}

/// Judges every parameter. `query` is the range behind the `?`.
pub(super) fn read_query(
    shape: &str,
    query: &Range<usize>,
    host: &str,
    tagged: Tagged,
    faults: &mut Faults<'_>,
) -> Query {
    let mut read = Query::default();
    for piece in pieces(shape, query) {
        let name = fold(part(shape, &piece.name));
        let value = part(shape, &piece.value);
        check_semicolons(shape, &piece, faults);
        if value.contains('%') && is_nested(value) {
            read.nested.push(piece.value.clone());
        }
        if is_tracking_name(&name) {
            if tagged == Tagged::Replace {
                read.replaced.push(piece.range);
                continue;
            }
            base_tagged(piece.range.clone(), faults);
        } else {
            if is_redirect(&name) {
                check_redirect(value, &piece, host, faults);
            }
            check_person(value, is_phone(&name), &piece, faults);
        }
        read.kept.push(piece.range);
    }
    for at in memchr::memchr_iter(b'?', part(shape, query).as_bytes()) {
        let at = query.start + at;
        let help = "write `&` before another parameter, or `%3F` inside a value";
        faults.add(Kind::SecondQuestionMark, at..at + 1, "stands in the address twice", help);
    }
    read
}

fn base_tagged(range: Range<usize>, faults: &mut Faults<'_>) {
    let says = "is a tracking parameter, which only the build writes";
    faults.add(Kind::BaseTagged, range, says, "remove it");
}

/// Some servers part parameters at `;` too: a tag behind one cannot be replaced safely.
fn check_semicolons(shape: &str, piece: &Piece, faults: &mut Faults<'_>) {
    let text = part(shape, &piece.range);
    for at in memchr::memchr_iter(b';', text.as_bytes()) {
        let rest = part(text, &(at + 1..text.len()));
        let end = rest.find(';').unwrap_or(rest.len());
        let pair = part(rest, &(0..end));
        let is_tag = pair.split_once('=').is_some_and(|(name, _)| is_tracking_name(&fold(name)));
        // `&amp;utm_source=x` has its own fault.
        if is_tag && !part(text, &(0..at)).eq_ignore_ascii_case("amp") {
            let start = piece.range.start + at + 1;
            base_tagged(start..start + end, faults);
        }
    }
}

fn check_redirect(value: &str, piece: &Piece, host: &str, faults: &mut Faults<'_>) {
    let (says, help) = match target_of(value) {
        None | Some(Target::Relative) => return,
        Some(Target::Host(other)) if same_registrant(&other, host) => return,
        Some(Target::Host(_)) => (
            "sends visitors on to another site",
            "write the page that visitors end on, or a wrapper that the partner's network has",
        ),
        Some(Target::Script) => ("runs a script", "remove it"),
    };
    faults.add(Kind::UnknownOpenRedirect, piece.range.clone(), says, help);
}

fn check_person(value: &str, named_phone: bool, piece: &Piece, faults: &mut Faults<'_>) {
    let may_be_email = memchr::memchr2(b'@', b'%', value.as_bytes()).is_some();
    let may_be_phone = value.bytes().filter(u8::is_ascii_digit).count() >= 7;
    if !may_be_email && !may_be_phone {
        return;
    }
    let decoded = percent_decode_str(value).decode_utf8_lossy();
    let says = if holds_email(&decoded) {
        "holds what looks like an e-mail address"
    } else if is_phone_number(&decoded, named_phone) {
        "holds what looks like a telephone number"
    } else {
        return;
    };
    faults.add(Kind::Pii, piece.range.clone(), says, "remove what names a person");
}

/// `name@host.tld` anywhere in a text.
fn holds_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text.get(..at).unwrap_or("").chars().next_back();
        let host = text.get(at + 1..).unwrap_or("");
        let end = host.find(|one: char| !one.is_alphanumeric() && one != '-' && one != '.');
        let host = host.get(..end.unwrap_or(host.len())).unwrap_or("").trim_end_matches('.');
        let top = host.rsplit_once('.').map_or("", |(_, top)| top);
        before.is_some_and(|one| one.is_alphanumeric() || "._%+-".contains(one))
            && top.chars().count() >= 2
            && top.chars().all(char::is_alphabetic)
    })
}

/// `+49 151 12345678`, `(555) 123-4567`, or any number where the name says that it is one.
fn is_phone_number(text: &str, named: bool) -> bool {
    let text = text.trim();
    if !text.chars().all(|one| one.is_ascii_digit() || "+-.() /".contains(one)) {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let groups = text.split(|one: char| !one.is_ascii_digit()).map(str::len);
    let groups: Vec<usize> = groups.filter(|length| *length > 0).collect();
    let american = matches!(groups.as_slice(), [3, 3, 4] | [1, 3, 3, 4]);
    let plausible = (7..=15).contains(&digits);
    plausible && (named || american || (text.starts_with('+') && digits >= 8))
}

/// Finds a tracking parameter behind the `#`, where no server and few scripts see it.
pub(super) fn check_fragment(shape: &str, fragment: &Range<usize>, faults: &mut Faults<'_>) {
    let mut start = fragment.start;
    for piece in part(shape, fragment).split(['#', '?', '&', ';', '/', '!']) {
        let range = start..start + piece.len();
        start = range.end + 1;
        if piece.split_once('=').is_some_and(|(name, _)| is_tracking_name(&fold(name))) {
            let says = "is a tracking parameter behind the `#`, where no report finds it";
            faults.add(Kind::UtmInFragment, range, says, "remove it");
        }
    }
}

/// Finds `&name=value` in a path.
pub(super) fn check_path(
    shape: &str,
    path: &Range<usize>,
    has_query: bool,
    faults: &mut Faults<'_>,
) {
    let Some(first) = part(shape, path).find('&').map(|at| path.start + at) else { return };
    for piece in pieces(shape, &(first + 1..path.end)) {
        let name = fold(part(shape, &piece.name));
        let is_pair = piece.name.end < piece.range.end && !name.is_empty() && !name.contains('/');
        if is_pair && (!has_query || is_tracking_name(&name)) {
            let says = "is in the path: the address has no `?` before it";
            let help = "write `?` before the first parameter";
            faults.add(Kind::NoQueryMark, first..piece.range.end, says, help);
            return;
        }
    }
}

/// Finds what was copied from the source of a page.
pub(super) fn check_entities(shape: &str, tail: &Range<usize>, faults: &mut Faults<'_>) {
    const ENTITIES: [(&str, &str); 11] = [
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#038;", "&"),
        ("&#x26;", "&"),
        ("&amp%3b", "&"),
        ("&lt;", "%3C"),
        ("&gt;", "%3E"),
        ("&quot;", "%22"),
        ("&#39;", "%27"),
        ("&apos;", "%27"),
        ("&nbsp;", "%20"),
    ];
    let text = part(shape, tail);
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        let known = ENTITIES.iter().find(|(entity, _)| {
            text.get(at..at + entity.len()).is_some_and(|found| found.eq_ignore_ascii_case(entity))
        });
        if let Some((entity, plain)) = known {
            let range = tail.start + at..tail.start + at + entity.len();
            let help = format!("write `{plain}` for `{entity}`");
            faults.add(Kind::HtmlEscaped, range, "was copied from the source of a page", help);
        }
    }
}
