//! What in a text is no token of the dialect that may stand there, but looks like one. Must not
//! change anything.

use std::ops::Range;

use super::braces::name_end;
use super::bytes::{before, byte, is_word};
use super::platform::Dialect;
use super::scan::{Sighting, Token, scan, sight};
use super::spelling::{nearest, one_of, shown};
use super::vocabulary::{
    GOOGLE_STYLE, Standing, has_custom_names, has_single_braces, is_condition, names, single_name,
    standing, starred_standing,
};
use super::{misspelled, unpaired};

/// The longest key of a custom parameter, in bytes. Sources:
/// <https://support.google.com/google-ads/answer/6325879> and
/// <https://learn.microsoft.com/advertising/campaign-management-service/customparameter>.
const MAX_CUSTOM_KEY: usize = 16;

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForeignKind {
    /// A token of another dialect, or one where none may stand.
    OtherDialect,
    /// A name that its platform does not document.
    UnknownName,
    /// Nearly a token: its platform would leave it as it is.
    NearMiss,
    /// A token that was percent-encoded, so that nobody fills it in.
    Encoded,
    /// The start or the end of a token without the other.
    Unbalanced,
}

/// Something that looks like a token and will not work as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What kind it is.
    pub kind: ForeignKind,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Finds what looks like a token and is none of the allowed dialect, in order and apart.
///
/// Meant for links and copy. Style sheets and scripts hold `}}` of their own.
pub fn foreign(text: &str, allowed: Option<Dialect>) -> Vec<Foreign> {
    let allowed = allowed.filter(|one| *one != Dialect::Plain);
    let mut out = Vec::new();
    let mut at = 0;
    for token in allowed.into_iter().flat_map(|dialect| scan(text, dialect)) {
        look_between(text, at..token.range.start, allowed, &mut out);
        at = token.range.end;
        if let Some(dialect) = allowed {
            judge(&token, dialect, &mut out);
        }
    }
    look_between(text, at..text.len(), allowed, &mut out);
    out
}

/// Looks at a part without tokens of the allowed dialect.
fn look_between(text: &str, part: Range<usize>, allowed: Option<Dialect>, out: &mut Vec<Foreign>) {
    // What stands before the part is still needed, to tell `{` from `{{`.
    let Some(head) = text.get(..part.end) else { return };
    let bytes = head.as_bytes();
    let mut at = part.start;
    while let Some(next) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|one| is_sign(*one)))
    {
        at += next;
        if !may_matter(bytes, at) {
            at += 1;
            continue;
        }
        let found = misspelled::at(head, at, allowed)
            .or_else(|| sight(bytes, at, allowed).map(|seen| other(head, &seen, allowed)))
            .or_else(|| unpaired::at(head, at, allowed));
        at = found.as_ref().map_or(at + 1, |found| found.range.end);
        out.extend(found);
    }
}

const fn is_sign(one: u8) -> bool {
    matches!(one, b'{' | b'}' | b'[' | b']' | b'*' | b'|' | b'%' | b'<' | b'_' | b'#' | b'=')
}

/// Whether a sign has a neighbour that makes it more than writing. Nearly none in a URL has.
fn may_matter(bytes: &[u8], at: usize) -> bool {
    let next = byte(bytes, at + 1);
    let is_next = |wanted: &[u8]| next.is_some_and(|next| wanted.contains(&next));
    match byte(bytes, at) {
        Some(b'_') => is_next(b"_") || !before(bytes, at).is_some_and(is_word),
        // `%7B` is an encoded brace.
        Some(b'%') => is_next(b"%}>7"),
        Some(b'*') => is_next(b"|]%"),
        Some(b'|') => is_next(b"*"),
        Some(b'<' | b'=') => is_next(b"%"),
        Some(b'#') => is_next(b"}"),
        Some(b'[') => is_next(b"[*"),
        Some(b']') => is_next(b"]%"),
        _ => true,
    }
}

fn other(text: &str, seen: &Sighting, allowed: Option<Dialect>) -> Foreign {
    // Where an ad platform knows the name, the senders whose tags look alike are no news.
    let platforms = || seen.dialects.iter().filter(|one| one.is_ad_platform());
    let mut whose: Vec<&str> = platforms().map(|one| one.title()).collect();
    let mut word = "macro";
    if whose.is_empty() {
        whose = seen.dialects.iter().map(|one| one.title()).collect();
        word = "merge tag";
    }
    let value = shown(text.get(seen.range.clone()).unwrap_or_default());
    let whose = one_of(&whose);
    let (message, help) = match allowed {
        Some(dialect) => {
            let title = dialect.title();
            let message =
                format!("`{value}` is a {word} of {whose}, and {title} leaves it as it is");
            (message, format!("write the {} of {title}, or take it out", dialect.word()))
        }
        None => (
            format!("`{value}` is a {word} of {whose}, and none may stand here"),
            "take it out, or say which platform fills it in".to_owned(),
        ),
    };
    Foreign { kind: ForeignKind::OtherDialect, range: seen.range.clone(), message, help }
}

/// Judges the names in a token of the allowed dialect.
fn judge(token: &Token<'_>, dialect: Dialect, out: &mut Vec<Foreign>) {
    let start = token.range.start;
    if let Some(name) = token.text.strip_prefix("[*").and_then(|rest| rest.strip_suffix("*]")) {
        if let Standing::Respelled(right) = starred_standing(name) {
            out.push(respelled(token.range.clone(), token.text, &format!("[*{right}*]"), dialect));
        }
    } else if has_single_braces(dialect) {
        judge_braces(token, dialect, out);
    } else if matches!(dialect, Dialect::Meta | Dialect::TikTok) {
        let inner = 2..token.text.len().saturating_sub(2);
        let name = token.text.get(inner).unwrap_or_default();
        out.extend(judge_name(start..token.range.end, token.text, name, dialect));
    }
}

/// Judges each name of a token in single braces: conditions hold others.
fn judge_braces(token: &Token<'_>, dialect: Dialect, out: &mut Vec<Foreign>) {
    let bytes = token.text.as_bytes();
    for at in memchr::memchr_iter(b'{', bytes) {
        let Some(end) = name_end(bytes, at + 1) else { continue };
        let Some(name) = token.text.get(at + 1..end).map(single_name) else { continue };
        let closed = bytes.get(end) == Some(&b'}');
        let shown_end = if closed { end + 1 } else { end };
        let start = token.range.start;
        let range = start + at..start + shown_end;
        let text = token.text.get(at..shown_end).unwrap_or_default();
        out.extend(judge_name(range.clone(), text, name, dialect));
        if closed && is_condition(name) && standing(dialect, name) == Standing::Known {
            out.push(Foreign {
                kind: ForeignKind::NearMiss,
                range,
                message: format!("`{text}` has no text to write where it holds"),
                help: format!("write the text behind a colon, as `{{{name}:text}}`"),
            });
        }
    }
}

fn judge_name(range: Range<usize>, text: &str, name: &str, dialect: Dialect) -> Option<Foreign> {
    let title = dialect.title();
    match standing(dialect, name) {
        Standing::Known => {
            let length = name.strip_prefix('_').filter(|_| has_custom_names(dialect))?.len();
            let message = match length {
                0 => format!("`{}` has no name behind the `_`", shown(text)),
                1..=MAX_CUSTOM_KEY => return None,
                _ => format!("`{}` has a name of {length} characters", shown(text)),
            };
            let help = format!("name the custom parameter with 1 to {MAX_CUSTOM_KEY} characters");
            Some(Foreign { kind: ForeignKind::UnknownName, range, message, help })
        }
        Standing::Respelled(right) => {
            Some(respelled(range, text, &text.replacen(name, right, 1), dialect))
        }
        Standing::Unknown => {
            let others: Vec<&str> = GOOGLE_STYLE
                .into_iter()
                .filter(|one| has_single_braces(dialect) && *one != dialect)
                .filter(|one| !name.starts_with('_') && standing(*one, name) == Standing::Known)
                .map(Dialect::title)
                .collect();
            let near = nearest(name, names(dialect).iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{}`?", text.replacen(name, near, 1)),
                None => format!("use a {} that {title} documents", dialect.word()),
            };
            let (kind, message) = if others.is_empty() {
                let message = format!("`{}` is no {} of {title}", shown(text), dialect.word());
                (ForeignKind::UnknownName, message)
            } else {
                let whose = one_of(&others);
                let message = format!("`{}` is a macro of {whose}, not of {title}", shown(text));
                (ForeignKind::OtherDialect, message)
            };
            Some(Foreign { kind, range, message, help })
        }
    }
}

fn respelled(range: Range<usize>, text: &str, right: &str, dialect: Dialect) -> Foreign {
    Foreign {
        kind: ForeignKind::NearMiss,
        range,
        message: format!("`{}` is not spelled as {} documents it", shown(text), dialect.title()),
        help: format!("write `{right}`"),
    }
}
