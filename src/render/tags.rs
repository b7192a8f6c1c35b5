//! Tera's own marks in a template's source: `{{ … }}`, `{% … %}`, `{# … #}`.

use std::ops::Range;

/// What a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `{{ … }}` prints data.
    Print,
    /// `{% … %}` decides.
    Statement,
    /// `{# … #}` says nothing.
    Comment,
}

/// One mark and its bytes, delimiters included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TeraTag {
    pub(super) mark: Mark,
    pub(super) range: Range<usize>,
}

impl TeraTag {
    /// The text between the delimiters.
    pub(super) fn inside<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.range.start + 2..self.range.end.saturating_sub(2)).unwrap_or("")
    }
}

/// Finds all marks in order. Between `{% raw %}` and `{% endraw %}` there are none.
pub(super) fn tera_tags(source: &str) -> Vec<TeraTag> {
    let bytes = source.as_bytes();
    let mut tags: Vec<TeraTag> = Vec::new();
    let mut at = 0;
    let mut raw = false;
    while let Some(found) = memchr::memchr(b'{', bytes.get(at..).unwrap_or_default()) {
        let start = at + found;
        let mark = match bytes.get(start + 1) {
            Some(b'{') => Mark::Print,
            Some(b'%') => Mark::Statement,
            Some(b'#') => Mark::Comment,
            _ => {
                at = start + 1;
                continue;
            }
        };
        let end = end_of(bytes, start + 2, mark);
        let tag = TeraTag { mark, range: start..end };
        let word = tag.inside(source).trim_matches(|one: char| one == '-' || one.is_whitespace());
        if raw {
            let ends = mark == Mark::Statement && word == "endraw";
            raw = !ends;
            at = if ends { end } else { start + 1 };
            continue;
        }
        raw = mark == Mark::Statement && word == "raw";
        tags.push(tag);
        at = end;
    }
    tags
}

fn end_of(bytes: &[u8], start: usize, mark: Mark) -> usize {
    if mark == Mark::Print && is_component(bytes, start) {
        return end_of_component(bytes, start);
    }
    let close = match mark {
        Mark::Print => b'}',
        Mark::Statement => b'%',
        Mark::Comment => b'#',
    };
    let mut quote: Option<u8> = None;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match quote {
            Some(open) if *byte == open => quote = None,
            None if mark != Mark::Comment && matches!(byte, b'"' | b'\'' | b'`') => {
                quote = Some(*byte);
            }
            None if *byte == close && bytes.get(at + 1) == Some(&b'}') => return at + 2,
            Some(_) | None => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Whether what is printed is a component: `{{ <card … /> }}`.
fn is_component(bytes: &[u8], start: usize) -> bool {
    let rest = bytes.get(start..).unwrap_or_default();
    let rest = rest.strip_prefix(b"-").unwrap_or(rest).trim_ascii_start();
    rest.first() == Some(&b'<')
}

/// Behind the braces of a component, whose parameters stand in braces of their own.
fn end_of_component(bytes: &[u8], start: usize) -> usize {
    let mut quote: Option<u8> = None;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match quote {
            Some(open) if *byte == open => quote = None,
            None if matches!(byte, b'"' | b'\'' | b'`') => quote = Some(*byte),
            None if *byte == b'/' && bytes.get(at + 1) == Some(&b'>') => {
                let rest = bytes.get(at + 2..).unwrap_or_default().trim_ascii_start();
                let rest = rest.strip_prefix(b"-").unwrap_or(rest);
                if rest.starts_with(b"}}") {
                    return bytes.len() - rest.len() + 2;
                }
            }
            Some(_) | None => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Chains such as `s.offer.code` in an expression, with their offsets.
pub(super) fn chains(expression: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut push = |start: &mut Option<usize>, end: usize| {
        if let Some(text) = start.take().and_then(|from| Some((from, expression.get(from..end)?))) {
            found.push(text);
        }
    };
    for (at, one) in expression.char_indices() {
        if let Some(open) = quote {
            quote = (one != open).then_some(open);
            continue;
        }
        if matches!(one, '"' | '\'' | '`') {
            push(&mut start, at);
            quote = Some(one);
        } else if one.is_ascii_alphanumeric() || matches!(one, '_' | '.' | '?') {
            start.get_or_insert(at);
        } else {
            push(&mut start, at);
        }
    }
    push(&mut start, expression.len());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_raw_blocks_and_comments_hide_marks() {
        let source = "a{{ x | f(a='}}') }}{# {{ no }} #}{% raw %}{{ no }}{% endraw %}{%- if y -%}";
        let found: Vec<_> =
            tera_tags(source).iter().map(|tag| &source[tag.range.clone()]).collect();
        assert_eq!(found, ["{{ x | f(a='}}') }}", "{# {{ no }} #}", "{% raw %}", "{%- if y -%}"]);
    }

    #[test]
    fn a_component_ends_behind_its_own_braces() {
        let source =
            r#"{{ <card at={{"a": "/>}}"}} n={1} /> }}x{{- <b a={c}/> -}}{% <d> %}y{% </d> %}"#;
        let found: Vec<_> =
            tera_tags(source).iter().map(|tag| &source[tag.range.clone()]).collect();
        let first = r#"{{ <card at={{"a": "/>}}"}} n={1} /> }}"#;
        assert_eq!(found, [first, "{{- <b a={c}/> -}}", "{% <d> %}", "{% </d> %}"]);
    }

    #[test]
    fn chains_leave_strings_out() {
        let found: Vec<_> =
            chains(r#" s.offer.code == "offer.x" and b "#).iter().map(|one| one.1).collect();
        assert_eq!(found, ["s.offer.code", "and", "b"]);
    }
}
