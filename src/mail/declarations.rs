//! CSS declarations in a `style` attribute: split, and put before those of the author.

use std::borrow::Cow;

use crate::markup::unescape;

/// One declaration that came from a style sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// In small letters.
    name: String,
    /// `name:value`, as an attribute in double quotes holds it.
    text: String,
    important: bool,
}

impl Declaration {
    /// Whether an element with it is not shown.
    pub(super) fn hides(&self) -> bool {
        self.text.starts_with("display:none") || self.text.starts_with("mso-hide:all")
    }
}

/// The declarations of a style, in order.
pub(super) fn parse(style: &str) -> Vec<Declaration> {
    let parts = split(style, b';').into_iter();
    parts
        .filter_map(|part| {
            let (name, value) = part.split_once(':')?;
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            let important = is_important(value);
            // Single quotes need no entity.
            let value = if value.contains('\'') {
                Cow::Borrowed(value)
            } else {
                Cow::Owned(value.replace('"', "'"))
            };
            let value = value.replace('&', "&amp;").replace('"', "&quot;");
            let text = format!("{name}:{value}");
            (!name.is_empty()).then_some(Declaration { name, text, important })
        })
        .collect()
}

/// Puts what a style sheet says before what the author wrote on the element, which wins.
///
/// What the author's own bytes say stays as it is, merge tags included, and so does `quote`,
/// in which they stand.
pub(super) fn merge(inlined: &[Declaration], own: Option<&str>, open: bool, quote: char) -> String {
    let own = own.map(str::trim).unwrap_or_default();
    let names: Vec<String> = if own.is_empty() || open { Vec::new() } else { names(own) };
    let mut out = String::new();
    for one in inlined {
        // An important rule of the sheet wins over the author's own.
        if !one.important && names.contains(&one.name) {
            continue;
        }
        if !out.is_empty() {
            out.push(';');
        }
        if quote == '\'' {
            out.push_str(&one.text.replace('\'', "&#39;"));
        } else {
            out.push_str(&one.text);
        }
    }
    if !own.is_empty() {
        if !out.is_empty() {
            out.push(';');
        }
        out.push_str(own);
    }
    out
}

/// The properties that a `style` attribute sets, in small letters.
fn names(own: &str) -> Vec<String> {
    let plain = unescape(own);
    let parts = split(&plain, b';').into_iter();
    parts.filter_map(|part| Some(part.split_once(':')?.0.trim().to_ascii_lowercase())).collect()
}

fn is_important(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    lower.strip_suffix("important").is_some_and(|rest| rest.trim_end().ends_with('!'))
}

/// Splits at a sign outside of strings and parentheses.
pub(super) fn split(text: &str, sign: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote, mut escaped) = (0, 0_usize, None, false);
    for (at, byte) in text.bytes().enumerate() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, byte) {
            (_, b'\\') => escaped = true,
            (Some(open), _) => quote = Some(open).filter(|_| open != byte),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = depth.saturating_sub(1),
            (None, _) if byte == sign && depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}
