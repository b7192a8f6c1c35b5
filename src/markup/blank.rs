//! Takes merge tags out of the way of whoever reads HTML, every byte of the rest in its place.

use std::borrow::Cow;
use std::ops::Range;

use crate::dialect::{Dialect, Token, TokenKind, scan};

/// Puts letters in place of each merge tag that may print something, and blanks in place of
/// those that do not (`{% if x %}`, notes, code), so that HTML is read as it will be sent.
///
/// Every other byte stays where it is, and so do line ends in blanks: what is found at an offset
/// stands at the same offset of `html`, and its value can be read from there, tags and all.
pub fn blank(html: &str, dialect: Dialect) -> Cow<'_, str> {
    let tokens: Vec<Token<'_>> = scan(html, dialect).collect();
    blank_tokens(html, &tokens)
}

/// As [`blank`], where the tags are known already, in order.
pub fn blank_tokens<'h>(html: &'h str, tokens: &[Token<'_>]) -> Cow<'h, str> {
    let mut out = None;
    for token in tokens {
        let out: &mut String = out.get_or_insert_with(|| String::with_capacity(html.len()));
        out.push_str(html.get(out.len()..token.range.start).unwrap_or_default());
        fill(out, token);
    }
    match out {
        None => html.into(),
        Some(mut out) => {
            out.push_str(html.get(out.len()..).unwrap_or_default());
            out.into()
        }
    }
}

/// As [`blank`], and where the tags stood.
pub fn blank_tags(html: &str, dialect: Dialect) -> (Cow<'_, str>, Vec<Range<usize>>) {
    let tokens: Vec<Token<'_>> = scan(html, dialect).collect();
    let blanked = blank_tokens(html, &tokens);
    (blanked, tokens.into_iter().map(|token| token.range).collect())
}

fn fill(out: &mut String, token: &Token<'_>) {
    if prints(token) {
        out.extend(std::iter::repeat_n('x', token.text.len()));
    } else {
        out.extend(token.text.bytes().map(|one| if one == b'\n' { '\n' } else { ' ' }));
    }
}

/// Whether a tag may leave something behind when the mail is sent.
fn prints(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Value => true,
        // `{% unsubscribe %}` prints; code in AMPscript's block does not.
        TokenKind::Other => !token.text.starts_with("%%["),
        TokenKind::Open | TokenKind::Close | TokenKind::Middle | TokenKind::Comment => false,
    }
}
