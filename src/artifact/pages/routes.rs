//! landing/routes.json: each route, its forms, when they are due and how they are sent.
//!
//! Canonical JSON like the manifest: fields stand in the order of their names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::slice;

use serde::Serialize;

use super::headers::{ASSETS, COMMON};
use super::policy_headers::PolicyHeaders;
use super::{Forms, PageFile, for_each_route};
use crate::graph::PageTimes;
use crate::model::Digest;

/// The version of the format.
const SCHEMA: &str = "https://throughline.dev/routes/v1";

/// Where the routes stand in the document.
const NO_ROUTES: &str = r#""routes":[]"#;
const BEGIN: &str = r#""routes":["#;
const END: &str = "]";

#[derive(Serialize)]
struct Document<'a> {
    asset_headers: BTreeMap<&'a str, &'a str>,
    headers: BTreeMap<&'a str, &'a str>,
    moments: Vec<String>,
    routes: [Address<'a>; 0],
    schema: &'a str,
}

#[derive(Serialize)]
struct Address<'a> {
    forms: Vec<Timed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_to: Option<&'a str>,
    route: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Timed<'a> {
    form: &'a str,
    headers: BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<&'a str>,
    path: String,
    sha256: Digest,
}

pub(super) fn routes<'p>(
    routes: &[Forms<'p>],
    assets: &'p str,
    file: &mut dyn io::Write,
) -> io::Result<()> {
    let document = Document {
        asset_headers: ASSETS.into(),
        headers: COMMON.into(),
        moments: moments(routes),
        routes: [],
        schema: SCHEMA,
    };
    // Plain structs with text keys always serialise.
    let frame = serde_json::to_string(&document).unwrap_or_default();
    let (before, behind) = frame.split_once(NO_ROUTES).unwrap_or((&frame, ""));
    write!(file, "{before}{BEGIN}")?;
    let write = |forms: Forms<'p>, policies: &mut PolicyHeaders<'p>, text: &mut String| {
        let address = address(forms, policies).and_then(|one| serde_json::to_string(&one).ok());
        text.extend(address.iter().flat_map(|one| [",", one]));
    };
    let mut is_first = true;
    for_each_route(routes, assets, write, |part| {
        let part = if is_first { part.trim_start_matches(',') } else { part };
        is_first &= part.is_empty();
        file.write_all(part.as_bytes())
    })?;
    write!(file, "{END}{behind}")
}

fn address<'p>(forms: Forms<'p>, policies: &mut PolicyHeaders<'p>) -> Option<Address<'p>> {
    let (first, last) = (forms.first()?, forms.last()?);
    Some(Address {
        forms: forms.iter().map(|page| form(page, policies)).collect(),
        redirect_after: last.due.redirect_after.as_deref(),
        redirect_to: last.due.redirect_to.as_deref(),
        route: &first.route,
        url: &first.url,
    })
}

fn form<'p>(page: &'p PageFile, policies: &mut PolicyHeaders<'p>) -> Timed<'p> {
    Timed {
        form: page.form.name(),
        headers: BTreeMap::from([
            ("Content-Security-Policy", policies.of(slice::from_ref(page)).to_owned().into()),
            ("X-Robots-Tag", page.due.robots.as_str().into()),
        ]),
        not_after: page.due.not_after.as_deref(),
        not_before: page.due.not_before.as_deref(),
        path: page.place.to_string(),
        sha256: page.sha256,
    }
}

/// Every instant at which some route changes, in their order and in UTC.
fn moments(routes: &[Forms<'_>]) -> Vec<String> {
    let times = routes.iter().copied().flatten().filter_map(|page| page.due.times);
    let mut all: Vec<_> = times
        .flat_map(|PageTimes { opens, closes, redirects }| {
            [Some(opens), Some(closes), redirects].into_iter().flatten()
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all.iter().map(ToString::to_string).collect()
}
