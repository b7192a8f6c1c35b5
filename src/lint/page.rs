//! All checks of a page.

use super::finding::{Finding, Findings, Place};
use super::json_ld;
use super::mail::{document, visible_text};
use super::subject::{Facts, Page};
use super::walk::{Medium, walk};
use crate::diag::Code;

/// Checks a page.
pub fn check_page(page: &Page<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Findings::new(facts.rules);
    let html = page.html;
    let seen = walk(html, html, Medium::Page, facts, &mut found);
    document(&seen, facts.lang, &mut found);
    visible_text(html, &seen, facts, &mut found);
    for (fragment, range) in &seen.fragments {
        if !seen.ids.iter().any(|(id, _)| *id == fragment) && fragment != "top" {
            let message = format!("the page has no element with the id `{fragment}`");
            found.error(Code::BrokenFragment, Place::Html(range.clone()), message);
        }
    }
    json_ld::check(html, facts, &seen, &mut found);
    found.finish()
}
