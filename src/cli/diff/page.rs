//! `diff --html`: two builds side by side, with the pictures that they show copied beside the page.

use std::path::Path;

use anyhow::Result;

use super::Comparison;
use super::side::Build;
use crate::cli::looks::{Looker, Seen};
use crate::manifest::Entry;
use crate::report::{Compared, ComparisonPage, Look, comparison_page};
use crate::store::put_gallery;

/// Artifacts that are shown as they look unless all are asked for.
const LOOKS: usize = 60;

/// Of what is not looked at.
const UNSEEN: [Look; 2] = [Look::Unseen, Look::Unseen];

/// Writes the page, and its pictures into a folder beside it. `host` is where assets are.
pub(super) fn write_page(
    file: &Path,
    comparison: &Comparison,
    host: Option<&str>,
    all: bool,
) -> Result<()> {
    let Comparison { before, after, difference, facts, .. } = comparison;
    let read_before = |entry: &Entry| before.read(after, entry);
    let read_after = |entry: &Entry| after.read(before, entry);
    let sides =
        [Seen::new(&before.manifest, &read_before), Seen::new(&after.manifest, &read_after)];
    let [old, new] = &sides;
    let mut looker = Looker::new(file, host, if all { usize::MAX } else { LOOKS });
    let pairs = difference.artifacts.iter();
    let pairs: Vec<_> = pairs
        .map(|one| looker.pair([old, new], [one.before.as_ref(), one.after.as_ref()]))
        .collect();
    let without_look = pairs.iter().filter(|pair| pair.is_none()).count();
    let looks = |at: usize| pairs.get(at).and_then(Option::as_ref).unwrap_or(&UNSEEN);
    let artifacts = difference.artifacts.iter().enumerate();
    let artifacts = artifacts.map(|(at, one)| Compared { difference: one, looks: looks(at) });
    let artifacts = artifacts.collect();
    let side = |build: &Build| (build.name.clone(), build.manifest.root.hash.clone());
    let page = comparison_page(&ComparisonPage {
        sides: [side(before), side(after)],
        facts: facts.as_deref().map_err(String::as_str),
        links: comparison.has_links.then_some(&difference.links),
        remarks: &comparison.remarks(),
        artifacts,
        without_look,
        same: difference.same,
    });
    looker.put(file)?;
    put_gallery(file, page.as_bytes())
}
