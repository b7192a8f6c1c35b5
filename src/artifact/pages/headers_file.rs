//! `_headers`, as Netlify and Cloudflare Pages read it.
//!
//! A rule cannot know which form is due, so a route's policy is what any of its forms needs, and
//! what search engines are told is left to the pages themselves. Their files below the folders of
//! the output are not for search engines at all.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::headers::{ASSETS, COMMON};
use super::{PageFile, PagePolicy, for_each_route};

pub(super) fn headers_file(pages: &[PageFile], assets: &str) -> String {
    let mut text = String::new();
    let owned = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
    // Where two rules name a header, both services send both values: each is named once. Neither
    // keeps a page that says nothing of it.
    let everywhere = COMMON.iter().filter(|(name, _)| *name != "Cache-Control").map(owned);
    rule(&mut text, "/*", &everywhere.collect::<Vec<_>>());
    let files = ASSETS.iter().filter(|one| !COMMON.contains(one)).map(owned);
    rule(&mut text, "/assets/*", &files.collect::<Vec<_>>());
    let folders: BTreeSet<&str> =
        pages.iter().filter_map(|page| page.path.split('/').next()).collect();
    for folder in folders {
        rule(&mut text, &format!("/{folder}/*"), &[("X-Robots-Tag", "noindex".to_owned())]);
    }
    let own = for_each_route(pages, |forms, text| {
        let mut policy = PagePolicy::default();
        for page in forms {
            policy.join(&page.policy);
        }
        let route = forms.first().map_or("", |page| page.route.as_str());
        rule(text, route, &[("Content-Security-Policy", policy.header(assets))]);
    });
    text.extend(own);
    text
}

fn rule(text: &mut String, path: &str, headers: &[(&str, String)]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{path}");
    for (name, value) in headers {
        let _ = writeln!(text, "  {name}: {value}");
    }
}
