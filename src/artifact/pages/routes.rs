//! landing/routes.json: each route, its forms, when they are due and how they are sent.
//!
//! Canonical JSON like the manifest: fields stand in the order of their names.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::headers::{ASSETS, COMMON};
use super::{PageFile, by_route};
use crate::graph::PageTimes;
use crate::model::Digest;

/// The version of the format.
const SCHEMA: &str = "https://throughline.dev/routes/v1";

#[derive(Serialize)]
struct Document<'a> {
    asset_headers: BTreeMap<&'a str, &'a str>,
    headers: BTreeMap<&'a str, &'a str>,
    moments: Vec<String>,
    routes: Addresses<'a>,
    schema: &'a str,
}

/// All routes. Each is made while it is written.
struct Addresses<'a> {
    pages: &'a [PageFile],
    assets: &'a str,
}

impl Serialize for Addresses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all: Vec<&[PageFile]> = by_route(self.pages).collect();
        serializer.collect_seq(all.iter().filter_map(|forms| address(forms, self.assets)))
    }
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
        routes: Addresses { pages, assets },
        schema: SCHEMA,
    };
    // Plain structs with text keys always serialise.
    serde_json::to_vec(&document).unwrap_or_default()
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
