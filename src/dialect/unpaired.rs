//! Signs that begin a token which nothing ends, and the other way round. Must not read whole
//! tokens.

use super::braces::name_end;
use super::bytes::{before, byte, is_word, run_end, stands};
use super::foreign::{Foreign, ForeignKind};
use super::platform::Dialect;
use super::spelling::shown;
use super::vocabulary::{GOOGLE_STYLE, Standing, has_single_braces, standing};

/// Signs that begin, with those that end.
const PAIRS: [(&str, &str); 9] = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("{#", "#}"),
    ("*|", "|*"),
    ("%%[", "]%%"),
    ("%%=", "=%%"),
    ("<%", "%>"),
    ("[*", "*]"),
    ("[[", "]]"),
];

/// How many bytes behind a sign a message shows with it.
const SHOWN_BEHIND: usize = 40;

/// A sign at an offset that has no partner; nothing that stands there is a token.
pub(super) fn at(text: &str, at: usize, allowed: Option<Dialect>) -> Option<Foreign> {
    let bytes = text.as_bytes();
    for (open, close) in PAIRS {
        if stands(bytes, at, open.as_bytes()) && begins(bytes, at, open, allowed) {
            return lone_start(text, at, open, close);
        }
        if stands(bytes, at, close.as_bytes()) && ends(bytes, at, close, allowed) {
            return lone_end(text, at, open, close);
        }
    }
    let single = allowed.is_some_and(has_single_braces);
    match byte(bytes, at)? {
        b'{' if single || holds_known_name(text, at) => lone_start(text, at, "{", "}"),
        b'}' if single => lone_end(text, at, "{", "}"),
        _ => None,
    }
}

/// Whether a sign is meant to begin a token, as far as the bytes around it tell.
fn begins(bytes: &[u8], at: usize, open: &str, allowed: Option<Dialect>) -> bool {
    let next = byte(bytes, at + open.len());
    match open {
        // Before a digit these are a percent escape.
        "{%" | "<%" => !next.is_some_and(|one| one.is_ascii_digit()),
        "{#" => allowed == Some(Dialect::Klaviyo),
        "*|" => next.is_some_and(is_word),
        "[*" => next.is_some_and(|one| one.is_ascii_alphabetic()),
        "[[" => allowed == Some(Dialect::Iterable),
        _ => true,
    }
}

/// Whether a sign is meant to end a token.
fn ends(bytes: &[u8], at: usize, close: &str, allowed: Option<Dialect>) -> bool {
    let last = before(bytes, at);
    match close {
        // `width:100%}` and `<hr width=100%>`.
        "%}" | "%>" => !last.is_some_and(|one| one.is_ascii_digit()),
        "#}" => allowed == Some(Dialect::Klaviyo),
        "|*" | "*]" => last.is_some_and(is_word),
        // `=%%name%%` is a value that is a token.
        "=%%" => last == Some(b')'),
        "]]" => allowed == Some(Dialect::Iterable),
        _ => true,
    }
}

fn holds_known_name(text: &str, at: usize) -> bool {
    let name = name_end(text.as_bytes(), at + 1).and_then(|end| text.get(at + 1..end));
    name.is_some_and(|name| {
        let known = |dialect| standing(dialect, name) == Standing::Known;
        name.len() > 2 && !name.starts_with('_') && GOOGLE_STYLE.into_iter().any(known)
    })
}

fn lone_start(text: &str, at: usize, open: &str, close: &str) -> Option<Foreign> {
    let part = |one: u8| is_word(one) || matches!(one, b'.' | b':' | b' ' | b'@' | b'(');
    let start = at + open.len();
    let end = run_end(text.as_bytes(), start, part).min(start + SHOWN_BEHIND);
    let value = text.get(at..end)?.trim_end();
    Some(Foreign {
        kind: ForeignKind::Unbalanced,
        range: at..at + value.len(),
        message: format!("`{}` begins a token that nothing ends", shown(value)),
        help: format!("end it with `{close}`, or take `{open}` out"),
    })
}

fn lone_end(text: &str, at: usize, open: &str, close: &str) -> Option<Foreign> {
    let end = at + close.len();
    Some(Foreign {
        kind: ForeignKind::Unbalanced,
        range: at..end,
        message: format!("`{}` ends a token that nothing begins", text.get(at..end)?),
        help: format!("begin it with `{open}`, or take `{close}` out"),
    })
}
