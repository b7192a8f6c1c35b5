//! Nearly tokens: a sign too few or too many, blanks, the signs of another platform, or the
//! percent escapes of a URL writer. Must not report what works.

use super::braces::name_end;
use super::bytes::{before, byte, is_word, run_end, stands};
use super::foreign::{Foreign, ForeignKind};
use super::platform::Dialect;
use super::spelling::shown;
use super::vocabulary::{GOOGLE_STYLE, Standing, has_single_braces, names, single_name, standing};

/// What a near miss is, and how it is written rightly.
struct Miss {
    end: usize,
    why: &'static str,
    right: String,
}

/// The near miss at an offset.
pub(super) fn at(text: &str, at: usize, allowed: Option<Dialect>) -> Option<Foreign> {
    let bytes = text.as_bytes();
    let miss = match byte(bytes, at)? {
        b'{' if before(bytes, at) == Some(b'{') => None,
        b'{' if stands(bytes, at, b"{{") => double_brace(text, at, allowed),
        b'{' => single_brace(text, at, allowed),
        b'_' => underscored(text, at, allowed),
        b'%' if stands(bytes, at, b"%%") => percents(text, at),
        b'%' | b'*' => return encoded(text, at),
        _ => None,
    }?;
    let value = shown(text.get(at..miss.end)?);
    Some(Foreign {
        kind: ForeignKind::NearMiss,
        range: at..miss.end,
        message: format!("`{value}` {}", miss.why),
        help: format!("write `{}`", shown(&miss.right)),
    })
}

fn known(dialect: Dialect, name: &str) -> bool {
    standing(dialect, name) == Standing::Known && !name.starts_with('_')
}

/// `{{ad.id}`, `{{ ad.id }}` for Meta, `{{campaignid}}` for a platform of single braces.
fn double_brace(text: &str, at: usize, allowed: Option<Dialect>) -> Option<Miss> {
    let bytes = text.as_bytes();
    let blank = |one: u8| one == b' ';
    let start = run_end(bytes, at + 2, blank);
    let end = run_end(bytes, start, |one| is_word(one) || matches!(one, b'.' | b'+'));
    let name = text.get(start..end).filter(|name| !name.is_empty())?;
    let close = run_end(bytes, end, blank);
    let single = allowed.filter(|one| has_single_braces(*one) && known(*one, name));
    if stands(bytes, close, b"}}") {
        let metas = allowed == Some(Dialect::Meta) && known(Dialect::Meta, name);
        let blanks = start > at + 2 || close > end;
        let (why, right) = match single {
            Some(_) => ("has two braces where one is written", format!("{{{name}}}")),
            None if metas && blanks => ("has blanks in it", format!("{{{{{name}}}}}")),
            None => return None,
        };
        return Some(Miss { end: close + 2, why, right });
    }
    if byte(bytes, close) != Some(b'}') {
        return None;
    }
    let right = if single.is_some() { format!("{{{name}}}") } else { format!("{{{{{name}}}}}") };
    Some(Miss { end: close + 1, why: "begins with two braces and ends with one", right })
}

/// `{ad.id}` for Meta's `{{ad.id}}`, `{ad.id}}`, `{lpurl}}`.
fn single_brace(text: &str, at: usize, allowed: Option<Dialect>) -> Option<Miss> {
    let bytes = text.as_bytes();
    let end = run_end(bytes, at + 1, |one| is_word(one) || matches!(one, b'.' | b'+'));
    let name = text.get(at + 1..end).filter(|name| !name.is_empty())?;
    if byte(bytes, end) != Some(b'}') {
        return None;
    }
    let single = allowed.is_some_and(has_single_braces);
    if byte(bytes, end + 1) == Some(b'}') && name_end(bytes, at + 1).is_some() {
        let right = if single { format!("{{{name}}}") } else { format!("{{{{{name}}}}}") };
        let why = "begins with one brace and ends with two";
        return Some(Miss { end: end + 2, why, right });
    }
    let dotted = name.contains('.');
    let metas = known(Dialect::Meta, name) && (dotted || allowed == Some(Dialect::Meta));
    if !metas {
        return None;
    }
    Some(Miss {
        end: end + 1,
        why: "has too few braces for Meta",
        right: format!("{{{{{name}}}}}"),
    })
}

/// `_CID_`, `__CID_`, `_CID__` and, where `TikTok` may be, `__cid__`.
fn underscored(text: &str, at: usize, allowed: Option<Dialect>) -> Option<Miss> {
    let bytes = text.as_bytes();
    if before(bytes, at).is_some_and(is_word) {
        return None;
    }
    let end = run_end(bytes, at, is_word);
    let run = text.get(at..end)?;
    let name = run.trim_matches('_');
    let (head, tail) = (run.len() - run.trim_start_matches('_').len(), run.ends_with('_'));
    if head > 2 || !tail || run.ends_with("___") {
        return None;
    }
    let tiktok = allowed == Some(Dialect::TikTok);
    let upper = name.to_ascii_uppercase();
    let listed = names(Dialect::TikTok).contains(&upper.as_str());
    let whole = head == 2 && run.ends_with("__");
    let right = format!("__{upper}__");
    // The platform's own page writes its click id with single ones.
    if !listed || run == "_CLICKID_" || run == right {
        return None;
    }
    // Short words in single ones are also plain writing.
    if !tiktok && (name != upper || name.len() < 3) {
        return None;
    }
    let why = if whole {
        "is not in capitals, as TikTok needs it"
    } else {
        "has too few underscores for TikTok"
    };
    Some(Miss { end, why, right })
}

/// `%%name%`.
fn percents(text: &str, at: usize) -> Option<Miss> {
    let bytes = text.as_bytes();
    let first = byte(bytes, at + 2)?;
    let percentage = before(bytes, at).is_some_and(|one| one.is_ascii_digit() || one == b'%');
    if percentage || !(first.is_ascii_alphabetic() || first == b'_') {
        return None;
    }
    let end = run_end(bytes, at + 2, is_word);
    let escape = |offset| byte(bytes, end + offset).is_some_and(|one| one.is_ascii_hexdigit());
    if byte(bytes, end) != Some(b'%') || stands(bytes, end, b"%%") || escape(1) && escape(2) {
        return None;
    }
    let name = text.get(at + 2..end)?;
    let why = "begins with two percent signs and ends with one";
    Some(Miss { end: end + 1, why, right: format!("%%{name}%%") })
}

/// `%7Blpurl%7D`, `%7B%7Bad.id%7D%7D` and `*%7CFNAME%7C*`.
fn encoded(text: &str, at: usize) -> Option<Foreign> {
    let rest = text.get(at..)?;
    let starred = rest.starts_with('*');
    let (open, close) = if starred { ("%7C", "%7C*") } else { ("%7B", "%7D") };
    let mut body = strip_sign(if starred { rest.get(1..)? } else { rest }, open)?;
    let doubled = if starred { None } else { strip_sign(body, open) };
    body = doubled.unwrap_or(body);
    let end = run_end(body.as_bytes(), 0, |one| is_word(one) || matches!(one, b'.' | b'+' | b':'));
    let name = body.get(..end).filter(|name| !name.is_empty())?;
    let mut tail = strip_sign(body.get(end..)?, close)?;
    let right = if starred {
        format!("*|{name}|*")
    } else if doubled.is_some() {
        tail = strip_sign(tail, close)?;
        format!("{{{{{name}}}}}")
    } else {
        let head = single_name(name);
        if !GOOGLE_STYLE.into_iter().any(|one| known(one, head)) {
            return None;
        }
        format!("{{{name}}}")
    };
    let range = at..text.len() - tail.len();
    Some(Foreign {
        kind: ForeignKind::Encoded,
        message: format!(
            "`{}` is `{}` percent-encoded, and nobody fills it in",
            shown(text.get(range.clone())?),
            shown(&right)
        ),
        range,
        help: format!("write `{}`", shown(&right)),
    })
}

/// What stands behind a sign, whose hexadecimal digits may be small.
fn strip_sign<'t>(text: &'t str, sign: &str) -> Option<&'t str> {
    let (head, tail) = text.split_at_checked(sign.len())?;
    head.eq_ignore_ascii_case(sign).then_some(tail)
}
