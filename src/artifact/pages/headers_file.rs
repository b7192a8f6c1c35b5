//! `_headers`, as Netlify and Cloudflare Pages read it.
//!
//! A rule cannot know which form is due, so a route's policy is what any of its forms needs, and
//! what search engines are told is left to the pages themselves. Their files below the folders of
//! the output are not for search engines at all.

use std::fmt::Write as _;
use std::io;

use super::headers::{ASSETS, COMMON};
use super::policy_headers::PolicyHeaders;
use super::{Forms, folders, for_each_route};

pub(super) fn headers_file<'p>(
    routes: &[Forms<'p>],
    assets: &'p str,
    file: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = String::new();
    // Where two rules name a header, both services send both values: each is named once. Neither
    // keeps a page that says nothing of it.
    let everywhere = COMMON.iter().filter(|(name, _)| *name != "Cache-Control").copied();
    rule(&mut text, "/*", &everywhere.collect::<Vec<_>>());
    let files = ASSETS.iter().filter(|one| !COMMON.contains(one)).copied();
    rule(&mut text, "/assets/*", &files.collect::<Vec<_>>());
    for folder in folders(routes) {
        rule(&mut text, &format!("/{folder}/*"), &[("X-Robots-Tag", "noindex")]);
    }
    file.write_all(text.as_bytes())?;
    let write = |forms: Forms<'p>, policies: &mut PolicyHeaders<'p>, text: &mut String| {
        let route = forms.first().map_or("", |page| page.route.as_str());
        rule(text, route, &[("Content-Security-Policy", policies.of(forms))]);
    };
    for_each_route(routes, assets, write, |part| file.write_all(part.as_bytes()))
}

fn rule(text: &mut String, path: &str, headers: &[(&str, &str)]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{path}");
    for (name, value) in headers {
        let _ = writeln!(text, "  {name}: {value}");
    }
}
