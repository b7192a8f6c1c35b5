//! Merge tags in what goes out: whether conditions are closed, and what a reader sees of whom
//! nothing is known. Whose they are was judged where they are typed.

use std::ops::Range;

use super::finding::{Findings, Place};
use super::walk::Seen;
use crate::diag::Code;
use crate::dialect::{Token, TokenKind};

/// Parts of names of fields that are empty for some people.
const PERSONAL: [&str; 9] = [
    "first_name",
    "firstname",
    "fname",
    "last_name",
    "lastname",
    "lname",
    "full_name",
    "salutation",
    "nickname",
];

/// Checks the merge tags of a mail: follows conditions and loops through the whole text.
pub(super) fn check(tokens: &[Token<'_>], seen: &Seen<'_>, found: &mut Findings<'_>) {
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Open => open.push(token),
            TokenKind::Middle if open.is_empty() => lone(token, found),
            TokenKind::Close => {
                if open.pop().is_none() {
                    lone(token, found);
                }
            }
            TokenKind::Value if open.is_empty() && lacks_default(token.text) => {
                let message = format!("`{}` has no default", token.text);
                found.warning(Code::TagWithoutFallback, Place::Html(token.range.clone()), message);
                found.written(Code::TagWithoutFallback, token.text);
            }
            TokenKind::Value | TokenKind::Middle | TokenKind::Comment | TokenKind::Other => {}
        }
        let divides = matches!(token.kind, TokenKind::Open | TokenKind::Close | TokenKind::Middle);
        let holds =
            |one: &&Range<usize>| one.start <= token.range.start && token.range.end <= one.end;
        if divides && seen.in_tables.iter().any(|one| holds(&one)) {
            let message =
                format!("`{}` stands between rows of a table without `<tbody>`", token.text);
            found.error(Code::TagBetweenRows, Place::Html(token.range.clone()), message);
            found.written(Code::TagBetweenRows, token.text);
        }
    }
    for token in open {
        let message = format!("`{}` is not closed", token.text);
        found.error(Code::UnbalancedMergeTag, Place::Html(token.range.clone()), message);
        found.written(Code::UnbalancedMergeTag, token.text);
    }
}

fn lone(token: &Token<'_>, found: &mut Findings<'_>) {
    let message = format!("`{}` closes what was not opened", token.text);
    found.error(Code::UnbalancedMergeTag, Place::Html(token.range.clone()), message);
    found.written(Code::UnbalancedMergeTag, token.text);
}

fn lacks_default(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    PERSONAL.iter().any(|name| tag.contains(name)) && !tag.contains("default")
}
