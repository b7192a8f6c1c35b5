//! A rendered document as the gallery shows it: the same, but that nothing of it reaches a network.

use crate::markup::{Kind, Tokens, unescape};

/// Whether a preview shows pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Images {
    /// It does.
    Shown,
    /// It does not, as with a reader who has switched them off.
    Off,
}

/// Attributes that hinder a file that is opened from a disk, or that load pictures.
const CUT: [&str; 2] = ["integrity", "crossorigin"];
const CUT_OFF: [&str; 3] = ["src", "srcset", "background"];

/// The document with the addresses of `host` below `folder` instead. A policy keeps it from loading
/// anything else and from running scripts, and its links lead nowhere while it is in a frame.
pub fn preview(html: &str, host: &str, folder: &str, images: Images) -> String {
    let pictures = if images == Images::Off { "'none'" } else { "'self' file: data:" };
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src {pictures}; style-src 'unsafe-inline' 'self' file:; font-src 'self' file:\">\
         <base target=\"_blank\">"
    );
    let mut out = String::with_capacity(html.len() + head.len());
    let (mut from, mut placed, mut behind_type) = (0, false, 0);
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        if token.kind == Kind::Doctype && from == 0 {
            behind_type = token.range.end;
        }
        if token.kind != Kind::Start {
            continue;
        }
        let picture =
            images == Images::Off && ["img", "source"].iter().any(|name| token.starts(name));
        let cut = tokens.attributes().iter().filter(|one| {
            CUT.iter().any(|name| one.is(name))
                || CUT_OFF.iter().any(|name| one.is(name))
                    && (picture || images == Images::Off && one.is("background"))
        });
        for one in cut {
            out.push_str(html.get(from..one.offset).unwrap_or(""));
            from = one.end;
        }
        if token.starts("head") && !placed {
            out.push_str(html.get(from..token.range.end).unwrap_or(""));
            out.push_str(&head);
            from = token.range.end;
            placed = true;
        }
    }
    out.push_str(html.get(from..).unwrap_or(""));
    if !placed {
        out.insert_str(behind_type.min(out.len()), &head);
    }
    out.replace(&format!("{}/", host.trim_end_matches('/')), &format!("{folder}/"))
}

/// The links of a document, in order: what is clicked, and where it leads.
pub fn links_of(html: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open: Option<(String, String)> = None;
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        if token.hidden {
            continue;
        }
        let value = |name: &str| {
            let mut all = tokens.attributes().iter();
            all.find(|one| one.is(name)).map(|one| unescape(one.value).into_owned())
        };
        match token.kind {
            Kind::Start if token.starts("a") => {
                found.extend(open.take());
                open = value("href").map(|href| (String::new(), href));
            }
            Kind::Start if token.starts("img") => {
                if let Some((text, _)) = &mut open {
                    text.push_str(&value("alt").unwrap_or_default());
                }
            }
            Kind::Text => {
                if let Some((text, _)) = &mut open {
                    text.push_str(&unescape(token.text));
                }
            }
            Kind::End if token.ends("a") => found.extend(open.take()),
            _ => {}
        }
    }
    found.extend(open);
    for (text, _) in &mut found {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    found
}
