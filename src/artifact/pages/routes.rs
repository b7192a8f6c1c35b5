//! landing/routes.json: each route, its forms, when they are due and how they are sent.
//!
//! Canonical JSON like the manifest: fields stand in the order of their names.

use std::collections::BTreeMap;

use serde::Serialize;

use super::headers::{ASSETS, COMMON};
use super::{PageFile, for_each_route};
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
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<&'a str>,
    path: &'a str,
    sha256: Digest,
}

pub(super) fn routes(pages: &[PageFile], assets: &str) -> Vec<u8> {
    let document = Document {
        asset_headers: ASSETS.into(),
        headers: COMMON.into(),
        moments: moments(pages),
        routes: [],
        schema: SCHEMA,
    };
    // Plain structs with text keys always serialise.
    let frame = serde_json::to_string(&document).unwrap_or_default();
    let list = for_each_route(pages, |forms, text| {
        let address = address(forms, assets).and_then(|one| serde_json::to_string(&one).ok());
        text.extend(address.iter().flat_map(|one| [one, ","]));
    });
    // The list is as long as all around it is short, so it is put between.
    let (before, behind) = frame.split_once(NO_ROUTES).unwrap_or((&frame, ""));
    let length = frame.len() + list.iter().map(String::len).sum::<usize>();
    let mut json = Vec::with_capacity(length);
    json.extend_from_slice(before.as_bytes());
    json.extend_from_slice(BEGIN.as_bytes());
    for part in list {
        json.extend_from_slice(part.as_bytes());
    }
    json.pop_if(|last| *last == b',');
    json.extend_from_slice(END.as_bytes());
    json.extend_from_slice(behind.as_bytes());
    json
}

fn address<'a>(forms: &'a [PageFile], assets: &str) -> Option<Address<'a>> {
    let (first, last) = (forms.first()?, forms.last()?);
    Some(Address {
        forms: forms.iter().map(|page| form(page, assets)).collect(),
        redirect_after: last.due.redirect_after.as_deref(),
        redirect_to: last.due.redirect_to.as_deref(),
        route: &first.route,
        url: &first.url,
    })
}

fn form<'a>(page: &'a PageFile, assets: &str) -> Timed<'a> {
    Timed {
        form: page.form.name(),
        headers: BTreeMap::from([
            ("Content-Security-Policy", page.policy.header(assets)),
            ("X-Robots-Tag", page.due.robots.clone()),
        ]),
        not_after: page.due.not_after.as_deref(),
        not_before: page.due.not_before.as_deref(),
        path: &page.path,
        sha256: page.sha256,
    }
}

/// Every instant at which some route changes, in their order and in UTC.
fn moments(pages: &[PageFile]) -> Vec<String> {
    let times = pages.iter().filter_map(|page| page.due.times);
    let mut all: Vec<_> = times
        .flat_map(|PageTimes { opens, closes, redirects }| {
            [Some(opens), Some(closes), redirects].into_iter().flatten()
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all.iter().map(ToString::to_string).collect()
}
