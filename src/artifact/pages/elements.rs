//! The elements of a page as browsers see them, with the text of scripts and style sheets.

use crate::markup::{Attribute, Kind, Tokens};

/// Calls `element(name, attributes, content)` for each start tag; the content is that of scripts
/// and style sheets, and empty elsewhere. What only Outlook sees is left out.
pub fn for_each_element(html: &str, element: &mut dyn FnMut(&str, &[Attribute<'_>], &str)) {
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start || token.hidden {
            continue;
        }
        let holds_text = token.starts("script") || token.starts("style");
        let next = if holds_text { tokens.clone().advance() } else { None };
        let content = next.filter(|next| next.kind == Kind::Raw).map_or(0..0, |next| next.range);
        element(token.text, tokens.attributes(), html.get(content).unwrap_or(""));
    }
}
