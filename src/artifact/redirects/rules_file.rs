//! `_redirects` of Netlify and of Cloudflare Pages: path, URL, status.
//!
//! Both compare paths as they are, so a code has two rules. Both end a word at white space and
//! take a word that begins with `#` as a comment; a URL has no white space left, and begins
//! otherwise. All rules are static ones: none holds `*` or begins a segment with `:`.

use std::fmt::Write;

use super::{LinkHost, RedirectFile, Rule, Target};

/// The one file. Each server wants its own at the root of the site, under just this name.
pub(super) fn files(
    name: &str,
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
) -> Vec<RedirectFile> {
    let status = target.status.code();
    let bytes: usize = rules.iter().map(|rule| rule.url.len() + rule.code.len() + 16).sum();
    let mut text = String::with_capacity(bytes * 2);
    for Rule { code, url } in rules {
        for path in host.both_paths_of(code) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{path} {url} {status}");
        }
    }
    vec![RedirectFile::text(name, text)]
}
