//! What one partner is sent: placements that were promised, and what came of each.
//!
//! It leaves the house, so nothing internal is in it: no finding, no owner, and nothing of another
//! partner but that something else takes a place.

use std::collections::BTreeMap;

use serde::Serialize;

use super::status::{Judged, Made, Promise, Readiness, Situation, Standing, instant, kept};

/// The version of the format.
const SCHEMA: &str = "https://throughline.dev/receipt/v1";

/// The whole receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The time that is judged at, RFC 3339.
    pub as_of: String,
    /// The partner's name.
    pub name: String,
    /// The partner's id.
    pub partner: String,
    /// What was promised, by campaign, channel, asset and slot.
    pub placements: Vec<ReceiptLine>,
    /// How many placements there are.
    pub promised: usize,
    /// When the release that is out was published.
    pub published: Option<String>,
    /// Its root; null where none is recorded.
    pub release: Option<String>,
    /// The version of the format.
    pub schema: &'static str,
    /// The number of the release.
    pub seq: Option<u64>,
    /// How many placements are out.
    pub shipped: usize,
    /// Who sends it: what the workspace is called.
    pub workspace: String,
}

/// One placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptLine {
    /// The files that show it.
    pub artifacts: Vec<ReceiptArtifact>,
    /// The asset that it is in.
    pub asset: String,
    /// The campaign's id.
    pub campaign: String,
    /// The campaign's name.
    pub campaign_name: String,
    /// The channel.
    pub channel: String,
    /// Until when it is shown, RFC 3339 in the campaign's zone.
    pub closes: Option<String>,
    /// Whether it was committed to.
    pub committed: bool,
    /// Its links.
    pub links: Vec<ReceiptLink>,
    /// The offer that was promised.
    pub offer: String,
    /// From when on it is shown.
    pub opens: Option<String>,
    /// Its id.
    pub placement: String,
    /// Whether it is out.
    pub shipped: bool,
    /// Its slot.
    pub slot: String,
    /// The offer's title.
    pub title: String,
    /// Why it is not out, or what is shown instead; empty where there is nothing to say.
    pub why: String,
    /// The window.
    pub window: String,
}

/// A file that shows a placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptArtifact {
    /// Its logical id.
    pub id: String,
    /// Its SHA-256, 64 hex digits.
    pub sha256: String,
    /// Whether it is out.
    pub shipped: bool,
}

/// A tracked link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptLink {
    /// What it is for: `cta`.
    pub role: String,
    /// Its short URL.
    pub short_url: String,
    /// The whole URL.
    pub url: String,
}

/// What the receipt has besides what status knows.
#[derive(Clone, Debug, Default)]
pub struct ReceiptFacts {
    /// Links by placement.
    pub links: BTreeMap<String, Vec<ReceiptLink>>,
    /// Of each offer, its partners and its title.
    pub offers: BTreeMap<String, (Vec<String>, String)>,
}

/// Makes the receipt of a partner.
pub fn receipt(situation: &Situation, partner: &str, facts: &ReceiptFacts) -> Receipt {
    let judged = Judged::new(situation);
    let own = situation.promises.iter().filter(|one| one.partners.iter().any(|id| id == partner));
    let mut lines: Vec<ReceiptLine> =
        own.map(|promise| line(situation, &judged, promise, (partner, facts))).collect();
    let key = |line: &ReceiptLine| {
        [&line.campaign, &line.channel, &line.asset, &line.slot, &line.placement].map(String::clone)
    };
    lines.sort_by_cached_key(key);
    let live = situation.live.as_ref();
    let known = situation.partners.get(partner);
    Receipt {
        as_of: instant(situation.now, &situation.zone),
        name: known.map_or_else(|| partner.to_owned(), |one| one.name.clone()),
        partner: partner.to_owned(),
        promised: lines.len(),
        release: live.map(|live| live.root.clone()),
        published: live.map(|live| instant(live.published, &situation.zone)),
        schema: SCHEMA,
        seq: live.map(|live| live.seq),
        shipped: lines.iter().filter(|line| line.shipped).count(),
        placements: lines,
        workspace: situation.title.clone(),
    }
}

fn line(
    situation: &Situation,
    judged: &Judged<'_>,
    promise: &Promise,
    (partner, facts): (&str, &ReceiptFacts),
) -> ReceiptLine {
    let showing: Vec<&Standing<'_>> =
        promise.placements.iter().flat_map(|id| judged.showing(id)).collect();
    let artifacts = showing.iter().filter_map(|one| match &one.artifact.made {
        Made::File { sha256, .. } => Some(ReceiptArtifact {
            id: one.artifact.id.clone(),
            sha256: sha256.clone(),
            shipped: one.live,
        }),
        Made::Failed { .. } | Made::Quarantined => None,
    });
    let mut artifacts: Vec<ReceiptArtifact> = artifacts.collect();
    artifacts.sort_by(|a, b| a.id.cmp(&b.id));
    artifacts.dedup();
    let shipped = !showing.is_empty() && showing.iter().all(|one| one.live);
    let campaign = situation.campaigns.iter().find(|one| one.id == promise.campaign);
    let window = campaign.and_then(|one| one.windows.iter().find(|one| one.id == promise.window));
    let times = campaign.zip(window).map(|(campaign, window)| {
        [window.opens, window.closes].map(|at| instant(at, &campaign.zone))
    });
    let [opens, closes] = times.map_or([None, None], |times| times.map(Some));
    let links = promise.placements.iter().filter_map(|id| facts.links.get(id)).flatten();
    ReceiptLine {
        artifacts,
        asset: promise.asset.clone(),
        campaign: promise.campaign.clone(),
        campaign_name: campaign.map_or_else(String::new, |one| one.name.clone()),
        channel: promise.channel.clone(),
        closes,
        committed: promise.committed,
        links: links.cloned().collect(),
        offer: promise.offer.clone(),
        opens,
        placement: promise.id.clone(),
        shipped,
        slot: promise.slot.clone(),
        title: facts.offers.get(&promise.offer).map(|(_, title)| title.clone()).unwrap_or_default(),
        why: why(situation, promise, kept(promise, judged).0, (shipped, partner, facts)),
        window: promise.window.clone(),
    }
}

/// In words that a partner may read.
fn why(
    situation: &Situation,
    promise: &Promise,
    state: Option<Readiness>,
    (shipped, partner, facts): (bool, &str, &ReceiptFacts),
) -> String {
    let over = situation.campaigns.iter().any(|campaign| {
        let mut windows = campaign.windows.iter();
        campaign.id == promise.campaign
            && windows.any(|one| one.id == promise.window && one.closes <= situation.now)
    });
    let stands = match state {
        _ if shipped => "",
        None => "it cannot be shown as it stands",
        Some(_) if over => "its time is over",
        Some(Readiness::Quarantined) => "its data are being corrected",
        Some(Readiness::Blocked) => "it is not cleared",
        Some(Readiness::Moving) => "it is being built",
        Some(Readiness::Waiting) => "it waits for approval",
        Some(Readiness::Ready | Readiness::Live) => "it is ready and not released yet",
    };
    let others = promise.others();
    let of_partner = |offer: &&String| {
        facts.offers.get(*offer).is_some_and(|(owners, _)| owners.iter().any(|id| id == partner))
    };
    let own: Vec<&str> = others.iter().filter(of_partner).map(String::as_str).collect();
    let instead = match (own.as_slice(), others.len()) {
        (_, 0) => String::new(),
        ([], _) => "another offer takes its place".to_owned(),
        (own, _) => format!("{} takes its place", own.join(", ")),
    };
    let parts = [stands, &instead].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("; ")
}
