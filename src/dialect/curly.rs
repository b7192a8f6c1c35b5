//! The curly dialects of e-mail senders: Liquid, Django and Handlebars. Must not run them.
//!
//! A string in a tag may hold the sign that ends the tag. Reading stops at the next start outside
//! a string, so that each byte is read a few times at most: whatever a text looks like, only a
//! scan outside strings, one in `'` and one in `"` can pass over the same byte, and none of the
//! first kind passes a start.

use memchr::{memchr, memmem};

use super::bytes::{byte, first_word, is_word, plain_end, run_end, stands};
use super::platform::Dialect;
use super::read::Found;
use super::scan::TokenKind;

/// Tags that an `end…` closes, in Liquid, Django or Klaviyo.
const OPENING: [&[u8]; 16] = [
    b"if",
    b"unless",
    b"case",
    b"for",
    b"tablerow",
    b"capture",
    b"with",
    b"block",
    b"filter",
    b"autoescape",
    b"spaceless",
    b"ifchanged",
    b"catalog",
    b"raw",
    b"verbatim",
    b"comment",
];

const fn is_handlebars(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::AdobeJourney | Dialect::Iterable | Dialect::SendGrid)
}

const fn has_tags(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Klaviyo | Dialect::Braze | Dialect::AdobeJourney)
}

/// Reads `{{ … }}`, `{{{ … }}}`, `{% … %}`, `{# … #}` and `[[ … ]]`, as far as the dialect has them.
pub(super) fn read(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    match (byte(bytes, at)?, byte(bytes, at + 1)?) {
        (b'{', b'{') if is_handlebars(dialect) => read_mustache(bytes, at, dialect),
        (b'{', b'{') => read_output(bytes, at, dialect),
        (b'{', b'%') if has_tags(dialect) => read_tag(bytes, at, dialect),
        (b'{', b'#') if dialect == Dialect::Klaviyo => {
            let end = plain_end(bytes, at + 2, b"{#", b"#}")?;
            Some(Found { end: end + 2, kind: TokenKind::Comment })
        }
        (b'[', b'[') if dialect == Dialect::Iterable => read_square(bytes, at, dialect),
        _ => None,
    }
}

fn read_output(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    let start = at + 2;
    if byte(bytes, start) == Some(b'{') {
        return None;
    }
    let end = quoted_end(bytes, start, b"}}", dialect)
        .or_else(|| plain_end(bytes, start, b"{{", b"}}"))?;
    has_body(bytes, start, end).then_some(Found { end: end + 2, kind: TokenKind::Value })
}

fn read_mustache(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    if stands(bytes, at, b"{{!--") {
        let end = plain_end(bytes, at + 5, b"{{!--", b"--}}")?;
        return Some(Found { end: end + 4, kind: TokenKind::Comment });
    }
    if stands(bytes, at, b"{{!") {
        let end = plain_end(bytes, at + 3, b"{{", b"}}")?;
        return Some(Found { end: end + 2, kind: TokenKind::Comment });
    }
    // Counted no further: a long run is read again from each of its braces.
    let counted = bytes.get(..bytes.len().min(at + 5))?;
    let start = run_end(counted, at, |one| one == b'{');
    let close: &[u8] = match start - at {
        2 => b"}}",
        3 => b"}}}",
        4 => b"}}}}",
        _ => return None,
    };
    let plain = || plain_end(bytes, start, b"{{", b"}}").filter(|_| close.len() == 2);
    let end = quoted_end(bytes, start, close, dialect).or_else(plain)?;
    let kind = match mustache_kind(bytes.get(start..end)?)? {
        // `{{{{raw}}}}` begins a part that is sent as it is.
        TokenKind::Value if close.len() == 4 => TokenKind::Open,
        kind => kind,
    };
    Some(Found { end: end + close.len(), kind })
}

fn read_square(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    let start = at + 2;
    let first = byte(bytes, start)?;
    // `[[1, 2]]` is a list.
    if !first.is_ascii_alphabetic() && !matches!(first, b'_' | b'#' | b'/' | b'^' | b' ') {
        return None;
    }
    let end = quoted_end(bytes, start, b"]]", dialect)
        .or_else(|| plain_end(bytes, start, b"[[", b"]]"))?;
    let kind = mustache_kind(bytes.get(start..end)?)?;
    Some(Found { end: end + 2, kind })
}

fn read_tag(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    let start = at + 2;
    // `{%20` is a brace and a percent escape.
    if byte(bytes, start)?.is_ascii_digit() {
        return None;
    }
    let end = quoted_end(bytes, start, b"%}", dialect)
        .or_else(|| plain_end(bytes, start, b"{%", b"%}"))?;
    let kind = tag_kind(bytes.get(start..end)?);
    has_body(bytes, start, end).then_some(Found { end: end + 2, kind })
}

fn has_body(bytes: &[u8], start: usize, end: usize) -> bool {
    bytes.get(start..end).is_some_and(|body| !body.trim_ascii().is_empty())
}

/// Where `close` stands outside of strings.
fn quoted_end(bytes: &[u8], from: usize, close: &[u8], dialect: Dialect) -> Option<usize> {
    let mut at = from;
    loop {
        at = run_end(bytes, at, |one| !is_sign(one));
        if stands(bytes, at, close) {
            return Some(at);
        }
        at = match byte(bytes, at)? {
            quote @ (b'"' | b'\'') => string_end(bytes, at, quote, close)?,
            // Braze calls addresses that hold values: `{% connected_content https://…/{{x}} %}`.
            b'{' if close == b"%}" && stands(bytes, at, b"{{") => read(bytes, at, dialect)?.end,
            b'{' if stands(bytes, at, b"{{") || stands(bytes, at, b"{%") => return None,
            b'[' if close == b"]]" && stands(bytes, at, b"[[") => return None,
            // Fewer braces than were opened.
            b'}' if close.len() > 2 && stands(bytes, at, b"}}") => return None,
            b'$' if dialect == Dialect::Braze => attribute_end(bytes, at),
            _ => at + 1,
        };
    }
}

const fn is_sign(one: u8) -> bool {
    matches!(one, b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b'%' | b'$')
}

/// Behind a string; behind its quote where nothing ends it.
fn string_end(bytes: &[u8], at: usize, quote: u8, close: &[u8]) -> Option<usize> {
    let rest = bytes.get(at + 1..)?;
    let Some(length) = memchr(quote, rest) else { return Some(at + 1) };
    let inside = rest.get(..length)?;
    // Two tags with an apostrophe each, rather than a string with an end and a start in it.
    let split = memmem::find(inside, close).and_then(|end| inside.get(end..)).is_some_and(|tail| {
        memmem::find(tail, b"{{").or_else(|| memmem::find(tail, b"{%")).is_some()
    });
    (!split).then_some(at + 1 + length + 1)
}

/// Behind Braze's `${name}`, whose brace ends nothing else.
fn attribute_end(bytes: &[u8], at: usize) -> usize {
    if byte(bytes, at + 1) != Some(b'{') {
        return at + 1;
    }
    let end = run_end(bytes, at + 2, |one| is_word(one) || matches!(one, b' ' | b'-' | b'.'));
    if byte(bytes, end) == Some(b'}') { end + 1 } else { at + 1 }
}

fn mustache_kind(body: &[u8]) -> Option<TokenKind> {
    let body = body.trim_ascii();
    let body = body.strip_prefix(b"~").unwrap_or(body).trim_ascii();
    let body = body.strip_suffix(b"~").unwrap_or(body).trim_ascii();
    Some(match body.first()? {
        b'^' if body.len() == 1 => TokenKind::Middle,
        b'#' | b'^' => TokenKind::Open,
        b'/' => TokenKind::Close,
        b'!' => TokenKind::Comment,
        b'>' => TokenKind::Other,
        _ if first_word(body) == b"else" => TokenKind::Middle,
        _ => TokenKind::Value,
    })
}

fn tag_kind(body: &[u8]) -> TokenKind {
    let body = body.trim_ascii();
    match body.first() {
        Some(b'=') => return TokenKind::Value,
        Some(b'#') => return TokenKind::Open,
        Some(b'/') => return TokenKind::Close,
        _ => {}
    }
    match first_word(body) {
        b"else" | b"elsif" | b"elif" | b"when" | b"empty" => TokenKind::Middle,
        word if word.starts_with(b"end") => TokenKind::Close,
        word if OPENING.contains(&word) => TokenKind::Open,
        _ => TokenKind::Other,
    }
}

/// The word of a tag that hides what stands up to its `end…`: its text is a note, or it is to be
/// sent as it is.
pub(super) fn hiding_word(token: &[u8], dialect: Dialect) -> Option<&'static [u8]> {
    let word = first_word(token.strip_prefix(b"{%")?);
    match (dialect, word) {
        (Dialect::Klaviyo | Dialect::Braze, b"comment") => Some(b"comment"),
        (Dialect::Braze, b"raw") => Some(b"raw"),
        (Dialect::Klaviyo, b"verbatim") => Some(b"verbatim"),
        _ => None,
    }
}

/// Where the tag that ends a hidden part begins and ends.
pub(super) fn find_end_tag(bytes: &[u8], from: usize, word: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        at += memmem::find(bytes.get(at..)?, b"{%")?;
        let body = bytes.get(at + 2..)?;
        if first_word(body).strip_prefix(b"end") == Some(word) {
            let end = plain_end(bytes, at + 2, b"{%", b"%}")?;
            return Some((at, end + 2));
        }
        at += 2;
    }
}
