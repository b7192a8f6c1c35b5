//! The bytes of an artifact without what is generated anew without anybody's decision: the
//! addresses of tracked links, in whose place their ids stand.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::graph::{Form, Job};
use crate::link::Links;
use crate::model::{Digest, Hasher};
use crate::source::RecipeKind;

/// The digest of a job's files, which are handed in in the order of its parts.
///
/// A message file is left out, since it holds the same texts once more, encoded; and so are the
/// sizes in a mail's sidecar, which change with the length of an address.
pub fn masked_digest<'b>(
    job: &Job,
    links: &Links,
    bytes: &dyn Fn(&str) -> Option<std::borrow::Cow<'b, [u8]>>,
) -> Option<Digest> {
    let (mut shown, mut names) = (Vec::new(), Vec::new());
    for link in job.placements.iter().flat_map(|at| links.of(*at)) {
        let url = link.url.as_str();
        // Where it leads is no parameter.
        let long = format!("\u{1}{} {}\u{1}", link.id, link.destination);
        let host = link.short_url.strip_suffix(&link.short_code).unwrap_or(&link.short_url);
        let short = format!("\u{1}{} {host}\u{1}", link.id);
        for (form, name) in [
            (url.to_owned(), &long),
            (url.replace('&', "&amp;"), &long),
            (link.short_url.clone(), &short),
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
