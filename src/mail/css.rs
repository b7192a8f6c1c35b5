//! Style sheets: which names they use, and the same without rules that nothing can match. Must
//! not change a rule otherwise than in white space.

use std::collections::BTreeSet;

use super::declarations::split;
use super::hooks;

/// The names in a mail that selectors can match.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Classes and ids, in small letters, with their sign.
    pub(super) all: BTreeSet<String>,
    /// Whether merge tags make more of them.
    pub(super) open: bool,
}

/// A style sheet without rules for classes and ids that the mail has not.
pub(super) fn purge(css: &str, names: &Names) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    loop {
        rest = skip_blank(rest);
        let Some(first) = rest.chars().next() else { return out };
        let (length, block) = rule_end(rest);
        let (rule, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        let before = out.len();
        match (block, first) {
            // An empty rule, or the sign that hides a sheet from browsers of old.
            (_, '}' | ';') => continue,
            (None, '@') => squeeze(&mut out, rule),
            // What is no rule is no rule to clients either, but it is not ours to judge.
            (None, _) => out.push_str(rule.trim()),
            (Some(block), '@') if holds_rules(rule) => {
                let inner = purge(inside(rule, block), names);
                if inner.is_empty() {
                    continue;
                }
                squeeze(&mut out, rule.get(..block).unwrap_or(""));
                out.push_str("{\n");
                out.push_str(&inner);
                out.push_str("\n}");
            }
            (Some(_), '@') => squeeze(&mut out, rule),
            (Some(block), _) => {
                let list = rule.get(..block).unwrap_or("");
                let used: Vec<_> =
                    split(list, b',').into_iter().filter(|one| is_used(one, names)).collect();
                if used.is_empty() {
                    continue;
                }
                for (at, one) in used.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    squeeze(&mut out, one.trim());
                }
                out.push('{');
                // The inliner ends what it leaves with a semicolon.
                squeeze(&mut out, inside(rule, block).trim().trim_end_matches(';'));
                out.push('}');
            }
        }
        if before > 0 && out.len() > before {
            out.insert(before, '\n');
        }
    }
}

/// At-rules whose block is made of rules.
fn holds_rules(rule: &str) -> bool {
    let name: String =
        rule.chars().skip(1).take_while(|one| !one.is_whitespace() && *one != '{').collect();
    matches!(
        name.to_ascii_lowercase().as_str(),
        "media" | "supports" | "layer" | "container" | "document" | "-moz-document" | "scope"
    )
}

/// What stands between the braces of a rule.
fn inside(rule: &str, block: usize) -> &str {
    let body = rule.get(block + 1..).unwrap_or("");
    body.strip_suffix('}').unwrap_or(body)
}

/// Behind white space, comments, and what hides a sheet as an HTML comment.
fn skip_blank(css: &str) -> &str {
    let mut rest = css;
    loop {
        rest = rest.trim_start();
        let after = if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else if let Some(after) = rest.strip_prefix("<!--").or_else(|| rest.strip_prefix("-->")) {
            after
        } else {
            return rest;
        };
        rest = after;
    }
}

/// Where a rule ends, and where its block begins.
fn rule_end(css: &str) -> (usize, Option<usize>) {
    let (mut depth, mut quote, mut escaped, mut block) = (0_usize, None, false, None);
    let mut at = 0;
    let bytes = css.as_bytes();
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, byte) {
            (_, b'\\') => escaped = true,
            (Some(open), _) => quote = Some(open).filter(|_| open != byte && byte != b'\n'),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'/') if bytes.get(at) == Some(&b'*') => {
                let rest = css.get(at + 1..).unwrap_or("");
                at += 1 + rest.find("*/").map_or(rest.len(), |end| end + 2);
            }
            (None, b'{') => {
                depth += 1;
                block.get_or_insert(at - 1);
            }
            (None, b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (at, block);
                }
            }
            (None, b';') if depth == 0 => return (at, block),
            (None, _) => {}
        }
    }
    (css.len(), block)
}

/// Makes one sign of white space, and none of that at braces and semicolons; strings stay.
pub(super) fn squeeze(out: &mut String, css: &str) {
    let (mut quote, mut escaped, mut blank) = (None, false, false);
    let mut rest = css;
    while let Some(one) = rest.chars().next() {
        let after = rest.get(one.len_utf8()..).unwrap_or("");
        if quote.is_none() && rest.starts_with("/*") {
            let comment = rest.get(2..).unwrap_or("");
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            blank = true;
            continue;
        }
        rest = after;
        if quote.is_none() && !escaped && one.is_ascii_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank)
            && !matches!(one, '{' | '}' | ';')
            && !out.ends_with(['{', '}', ';', '\n'])
        {
            out.push(' ');
        }
        if std::mem::take(&mut escaped) {
        } else if one == '\\' {
            escaped = true;
        } else if quote == Some(one) {
            quote = None;
        } else if quote.is_none() && matches!(one, '"' | '\'') {
            quote = Some(one);
        }
        out.push(one);
    }
}

/// Whether a selector can match something in the mail, or in what a client puts around it.
fn is_used(selector: &str, names: &Names) -> bool {
    // An escape may write any name in any way.
    if names.open || selector.contains('\\') {
        return true;
    }
    let mut missing = false;
    for_each_name(selector, &mut |sign, name| {
        let hook = if sign == '.' { hooks::is_class(name) } else { hooks::is_id(name) };
        let known = || names.all.contains(&format!("{sign}{}", name.to_ascii_lowercase()));
        missing |= !hook && !known();
    });
    !missing
}

/// Calls with the sign and the name of each class and id that a selector requires.
fn for_each_name(selector: &str, call: &mut dyn FnMut(char, &str)) {
    let mut rest = selector;
    let mut depth = 0_usize;
    while let Some(one) = rest.chars().next() {
        rest = rest.get(one.len_utf8()..).unwrap_or("");
        match one {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '.' | '#' if depth == 0 => {
                let end = rest.find(|one| !is_name(one)).unwrap_or(rest.len());
                if let Some(name) = rest.get(..end).filter(|name| !name.is_empty()) {
                    call(one, name);
                }
                rest = rest.get(end..).unwrap_or("");
            }
            _ => {}
        }
    }
}

fn is_name(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '-' | '_') || !one.is_ascii()
}

/// The class names that a style sheet may use anywhere, in small letters.
pub(super) fn mentioned_classes(css: &str, into: &mut BTreeSet<String>) {
    let mut rest = css;
    while let Some((_, after)) = rest.split_once('.') {
        let end = after.find(|one| !is_name(one)).unwrap_or(after.len());
        if let Some(name) = after.get(..end).filter(|name| !name.is_empty()) {
            into.insert(name.to_ascii_lowercase());
        }
        rest = after;
    }
}
