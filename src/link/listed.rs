//! What tables say of a placement and its links, which is not what is in its rows, as a digest.

use super::MadeLink;
use crate::model::{Digest, Fields};
use crate::resolve::Facts;

/// The digest of a placement, given all its links.
pub(super) fn listed<'l>(
    facts: &Facts,
    placement: usize,
    links: impl ExactSizeIterator<Item = MadeLink<'l>>,
    fields: &mut Fields,
) -> Digest {
    let Some(placement) = facts.placements.get(placement) else { return fields.finish() };
    placement.describe(fields);
    if let Some(offer) = facts.roster.offers.get(placement.offer) {
        fields.text(&offer.id).text(&offer.partner_id);
    }
    fields.number(links.len() as u64);
    for made in links {
        let (link, details) = (made.link, made.details);
        // The short URL is the code on a fixed host.
        fields.number(link.rule as u64).text(&link.id).text(&link.url).text(&link.short_code);
        fields.text(&details.destination).text(made.profile()).text(details.ga4_channel);
        fields.text(made.sub_id().unwrap_or(""));
        fields.number(details.params.iter().count() as u64);
        for (name, value) in details.params.iter() {
            fields.text(name).text(value);
        }
    }
    fields.finish()
}
