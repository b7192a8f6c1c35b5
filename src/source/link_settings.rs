//! What throughline.toml says about links: ids at affiliate networks, and servers of short codes.

use std::collections::BTreeMap;

use super::toml::{Entry, Section};
use crate::diag::Diagnostics;
use crate::model::Spanned;

/// Our own ids at networks and app stores, by profile and field.
pub type WrapperIds = BTreeMap<String, BTreeMap<String, Spanned<String>>>;

/// One server that answers short codes, as `[redirects.<kind>]` has it.
#[derive(Clone, Debug)]
pub struct RedirectSetting {
    /// The kind of server.
    pub kind: Spanned<String>,
    /// The HTTP status it answers with; 302 where nothing is said.
    pub status: Option<Spanned<usize>>,
    /// Whether a visitor's own query is put behind the target's.
    pub preserve_query: bool,
    /// How many redirects the plan allows; the smallest plan's number where nothing is said.
    pub limit: Option<usize>,
}

/// Reads `[wrappers]`.
pub(super) fn read_wrapper_ids(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> WrapperIds {
    let Some(section) = root.section("wrappers", diagnostics) else { return WrapperIds::new() };
    let mut profiles = WrapperIds::new();
    for entry in section.entries() {
        let Some(body) = entry.section(diagnostics) else { continue };
        let ids = body.entries();
        let ids =
            ids.iter().filter_map(|one| Some((one.key.value.clone(), one.text(diagnostics)?)));
        profiles.insert(entry.key.value.clone(), ids.collect());
    }
    profiles
}

/// Reads `[redirects]`. Without it nginx is served.
pub(super) fn read_redirects(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<RedirectSetting> {
    let Some(section) = root.section("redirects", diagnostics) else {
        let kind = Spanned::new("nginx".to_owned(), root.span);
        return vec![RedirectSetting { kind, status: None, preserve_query: false, limit: None }];
    };
    let entries = section.entries();
    entries.iter().filter_map(|entry| read_redirect(entry, diagnostics)).collect()
}

fn read_redirect(entry: &Entry<'_, '_>, diagnostics: &mut Diagnostics) -> Option<RedirectSetting> {
    let body = entry.section(diagnostics)?;
    let number = |name: &str, diagnostics: &mut Diagnostics| {
        body.entry(name).and_then(|one| one.number(diagnostics))
    };
    let status = number("status", diagnostics);
    let limit = number("limit", diagnostics).map(|number| number.value);
    let preserve_query = body.entry("preserve_query").and_then(|one| one.flag(diagnostics));
    body.finish(diagnostics);
    let preserve_query = preserve_query.unwrap_or(false);
    Some(RedirectSetting { kind: entry.key.clone(), status, preserve_query, limit })
}
