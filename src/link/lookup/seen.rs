//! What somebody found: the URL itself, and every URL inside it. Knows no link.

use percent_encoding::percent_decode_str;

use super::difference::Finding;
use crate::address::split;
use crate::wrapper::{Profile, Unwrapped, unwrap_any};

/// URLs inside URLs are looked for this deep.
const MAX_DEPTH: usize = 4;

/// A URL, and what it was taken out of.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) text: String,
    pub(super) through: Vec<Through>,
}

/// What a URL was inside of.
#[derive(Clone, Debug)]
pub(super) enum Through {
    /// A network's link, of a profile.
    Network { profile: String, unwrapped: Unwrapped },
    /// A parameter of anybody's redirect.
    Redirect { host: String, param: String },
    /// Nothing: it was a value that had lost its URL.
    Escaped,
}

impl Through {
    pub(super) fn finding(&self) -> Finding<'static> {
        match self {
            Self::Network { profile, .. } => Finding::WrappedBy { profile: profile.clone() },
            Self::Redirect { host, param } => {
                Finding::InsideOf { host: host.clone(), param: param.clone() }
            }
            Self::Escaped => Finding::EscapedWhole,
        }
    }
}

/// The URL as it was found, and what it holds, the outermost first.
pub(super) fn seen(what: &str, profiles: &[&Profile]) -> Vec<Seen> {
    let mut all = vec![Seen { text: what.to_owned(), through: Vec::new() }];
    while all.len() <= MAX_DEPTH {
        let Some(last) = all.last() else { break };
        let (text, through) = (last.text.clone(), last.through.clone());
        let layers = unwrap_any(profiles, &text).layers;
        if layers.is_empty() {
            let Some((inner, way)) = inner(&text) else { break };
            all.push(Seen { text: inner, through: [through, vec![way]].concat() });
            continue;
        }
        let mut through = through;
        for layer in layers {
            let text = layer.unwrapped.destination.clone();
            let profile = layer.profile.name().to_owned();
            through.push(Through::Network { profile, unwrapped: layer.unwrapped });
            all.push(Seen { text, through: through.clone() });
        }
    }
    all
}

/// A URL that is a value of a parameter, or that is escaped as one.
fn inner(text: &str) -> Option<(String, Through)> {
    let parts = split(text);
    let found = parts.params.iter().chain(&parts.noise).find(|param| is_web(&param.value));
    if let Some(param) = found {
        let (host, name) = (parts.host.clone(), param.name.clone().into_owned());
        return Some((param.value.clone().into_owned(), Through::Redirect { host, param: name }));
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    let whole = !text.contains("://") && is_web(&decoded);
    whole.then(|| (decoded.into_owned(), Through::Escaped))
}

fn is_web(text: &str) -> bool {
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|at| at.eq_ignore_ascii_case(with));
    begins("https://") || begins("http://")
}
