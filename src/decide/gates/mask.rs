//! The bytes of an artifact without what is generated anew without anybody's decision: the
//! addresses of tracked links, in whose place their ids stand.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::graph::{Form, Job};
use crate::link::MadeLinks;
use crate::model::{Digest, Hasher};
use crate::source::RecipeKind;

/// A tracked link, as far as it takes to find its address.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is the column of links.csv that is called so")]
pub struct MaskedLink<'l> {
    pub id: &'l str,
    pub url: &'l str,
    pub destination: &'l str,
    pub short_url: Cow<'l, str>,
    pub short_code: &'l str,
}

impl<'l> MaskedLink<'l> {
    /// The links that a job shows.
    pub fn of_job(job: &Job, links: MadeLinks<'l>) -> impl Iterator<Item = Self> {
        job.placements.iter().flat_map(move |at| links.of(*at)).map(|made| Self {
            id: &made.link.id,
            url: made.url(),
            destination: &made.details.destination,
            short_url: made.short_url().into(),
            short_code: &made.link.short_code,
        })
    }
}

/// The digest of a job's files, which are handed in in the order of its parts.
///
/// A message file is left out, since it holds the same texts once more, encoded; and so are the
/// sizes in a mail's sidecar, which change with the length of an address.
pub fn masked_digest<'b, 'l>(
    job: &Job,
    links: impl Iterator<Item = MaskedLink<'l>>,
    bytes: &dyn Fn(&str) -> Option<Cow<'b, [u8]>>,
) -> Option<Digest> {
    let (mut shown, mut names) = (Vec::new(), Vec::new());
    for link in links {
        let url = link.url;
        // Where it leads is no parameter.
        let long = format!("\u{1}{} {}\u{1}", link.id, link.destination);
        let host = link.short_url.strip_suffix(link.short_code).unwrap_or(&link.short_url);
        let short = format!("\u{1}{} {host}\u{1}", link.id);
        for (form, name) in [
            (url.to_owned(), &long),
            (url.replace('&', "&amp;"), &long),
            (link.short_url.to_string(), &short),
        ] {
            shown.push(form);
            names.push(name.clone());
        }
    }
    let finder =
        AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&shown).ok()?;
    let mut hasher = Hasher::default();
    for part in job.parts.iter().filter(|part| part.form != Form::Eml) {
        let bytes = bytes(part.path.as_str())?;
        let is_picture = matches!(part.form, Form::Png | Form::Webp);
        let masked = if is_picture || shown.is_empty() {
            bytes.into_owned()
        } else {
            finder.replace_all_bytes(&bytes, &names)
        };
        let sidecar = job.kind == RecipeKind::Email && part.form == Form::Json;
        let masked = if sidecar { without_sizes(masked) } else { masked };
        hasher = hasher.part(part.path.as_str().as_bytes()).part(&masked);
    }
    Some(hasher.finish())
}

fn without_sizes(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_slice(&bytes) else {
        return bytes;
    };
    fields.remove("sizes");
    // In the order of their names, since serde_json sorts where it is not told otherwise.
    let fields: std::collections::BTreeMap<_, _> = fields.into_iter().collect();
    serde_json::to_vec(&fields).unwrap_or(bytes)
}
