//! What would be wrong if an old release went out at a time.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::manifest::{Entry, Manifest};

/// A sentence for each offer of a release that has ended, and for each page that shows nothing of
/// an offer by then. Times are those that the manifest has.
pub(super) fn ended(manifest: &Manifest, at: Timestamp) -> Vec<String> {
    let mut offers: BTreeMap<&str, (Timestamp, Vec<&str>)> = BTreeMap::new();
    let mut pages = Vec::new();
    let live = |entry: &&Entry| entry.kind.form.as_deref() == Some("live");
    for entry in manifest.artifacts.iter().filter(live) {
        let end = entry.kind.not_after.as_deref().and_then(|end| end.parse::<Timestamp>().ok());
        let Some(end) = end.filter(|end| *end <= at) else { continue };
        match &*entry.offers {
            [] => pages.push(format!("the page {} ended at {end}", entry.id)),
            offers_of_page => {
                for offer in offers_of_page {
                    offers.entry(offer).or_insert((end, Vec::new())).1.push(&entry.id);
                }
            }
        }
    }
    let mails = |offer: &str| {
        let others = manifest.artifacts.iter().filter(|entry| entry.kind.form.is_none());
        others.filter(|entry| entry.offers.has(offer)).count()
    };
    let sentences = offers.into_iter().map(|(offer, (end, pages))| {
        let page = pages.first().copied().unwrap_or_default();
        match mails(offer) {
            0 => format!("offer {offer} ended at {end}: {page}"),
            more => {
                format!("offer {offer} ended at {end}: {page} and {more} other artifacts show it")
            }
        }
    });
    sentences.chain(pages).collect()
}
