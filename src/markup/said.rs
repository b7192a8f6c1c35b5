//! The text of HTML that somebody reads or has read out, wherever it stands. Must not judge
//! whether it is shown.

use super::{Kind, Tokens};

/// Attributes whose values are read: by people, by readers of screens, by those who share a page.
const SAID: [&str; 6] = ["alt", "title", "aria-label", "content", "placeholder", "summary"];

/// The HTML with a blank for every byte that nobody reads, so that each text keeps its place:
/// texts, also those that are hidden or that only Outlook shows, titles, and attributes that are
/// read out. Entities stay, but for the blank that does not break.
pub fn said(html: &str) -> String {
    let mut out = vec![b' '; html.len()];
    let mut keep = |start: usize, text: &str| {
        if let Some(place) = out.get_mut(start..start + text.len()) {
            place.copy_from_slice(text.as_bytes());
        }
    };
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        match token.kind {
            Kind::Text => keep(token.range.start, token.text),
            Kind::Raw if matches_any(token.text, &["title", "textarea"]) => {
                keep(token.range.start, html.get(token.range.clone()).unwrap_or(""));
            }
            Kind::Start => {
                let read = tokens.attributes().iter().filter(|one| matches_any(one.name, &SAID));
                read.for_each(|one| keep(one.value_offset, one.value));
            }
            _ => {}
        }
    }
    // Whole texts were kept, so that what is left is UTF-8 as before.
    String::from_utf8(out).unwrap_or_default().replace("&nbsp;", "      ")
}

fn matches_any(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| name.eq_ignore_ascii_case(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_keeps_its_place() {
        let html = "<title>Now é</title><style>p{width:30%}</style><p style=\"width:30%\" \
            title='a b'>Save <b>30</b>&nbsp;%<img alt=\"c\" src=\"d\"><!-- e --><!--[if mso]>f\
            <![endif]--></p>";
        let text = said(html);
        assert_eq!(text.len(), html.len());
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words, ["Now", "é", "a", "b", "Save", "30", "%", "c", "f"]);
        assert_eq!(text.find("Save"), html.find("Save"));
    }
}
