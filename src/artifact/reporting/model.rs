//! The one model that every reporting file is made from: rows of links and of values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::ReportingInput;
use super::flights::Flights;
use super::recorded::Recorded;
use super::row::{LinkRow, Status, ValueRow};
use crate::artifact::LiveLink;
use crate::link::{MadeLink, ShortUrls, recorded_params};
use crate::model::Digest;
use crate::resolve::Scene;
use crate::source::{Documents, PARAMETERS};

/// Links whose values one thread collects.
const PART: usize = 1024;

/// What rows are made with.
pub(super) struct Model<'a> {
    input: &'a ReportingInput<'a>,
    flights: Flights,
    partner_names: BTreeMap<&'a str, &'a str>,
    short_urls: ShortUrls,
}

impl<'a> Model<'a> {
    pub(super) fn new(input: &'a ReportingInput<'a>) -> Self {
        let flights = Flights::new(input.documents);
        let partner_names = partner_names(input.documents).unwrap_or_default();
        Self { input, flights, partner_names, short_urls: ShortUrls::of(input.documents) }
    }

    /// The row of a record, and of the live link that it is of; `None` where that link's facts
    /// are not to be found.
    pub(super) fn link_row(
        &self,
        recorded: &Recorded<'a>,
        live: Option<LiveLink<'a>>,
    ) -> Option<LinkRow<'_>> {
        match live {
            Some(LiveLink::Made(link)) => self.live_row(recorded, link),
            Some(LiveLink::Kept(kept)) => Some(kept.row.clone()),
            None => Some(self.past_row(recorded)),
        }
    }

    fn live_row(&self, recorded: &Recorded<'a>, link: MadeLink<'a>) -> Option<LinkRow<'_>> {
        let ReportingInput { documents, facts, briefs, .. } = *self.input;
        let placement = facts.placements.get(link.placement)?;
        let scene = Scene::of(documents, facts, placement)?;
        let offer = facts.roster.offers.get(placement.offer)?;
        let role = scene.channel.links.get(link.rule)?.role.as_str();
        let [first_day, last_day] = self.flights.days(documents, facts, placement)?;
        let brief = briefs.get(placement.campaign)?;
        Some(LinkRow {
            link_id: link.link.id.as_str().into(),
            utm_id: link.param("utm_id").into(),
            short_code: link.link.short_code.as_str().into(),
            utm_source: link.param("utm_source").into(),
            utm_medium: link.param("utm_medium").into(),
            utm_campaign: link.param("utm_campaign").into(),
            utm_content: link.param("utm_content").into(),
            utm_term: link.param("utm_term").into(),
            utm_source_platform: link.param("utm_source_platform").into(),
            utm_creative_format: link.param("utm_creative_format").into(),
            utm_marketing_tactic: link.param("utm_marketing_tactic").into(),
            sub_id: link.sub_id().unwrap_or("").into(),
            base_url: link.details.destination.as_str().into(),
            final_url: link.url().into(),
            final_url_sha256: url_hash(link.url()),
            short_url: link.short_url().into(),
            ga4_channel_predicted: link.details.ga4_channel.into(),
            partner_id: offer.partner_id.as_str().into(),
            partner_name: self.partner_name(&offer.partner_id),
            offer_id: offer.id.as_str().into(),
            campaign_id: scene.brief.id.value.as_str().into(),
            channel_id: scene.channel.id.as_str().into(),
            placement_id: placement.id.as_str().into(),
            role: role.into(),
            wrapper: link.profile().into(),
            flight_start: first_day,
            flight_end: last_day,
            valid_from: recorded.row.valid_from.into(),
            valid_to: recorded.valid_to.into(),
            status: Status::Live.name().into(),
            taxonomy_version: documents.taxonomy.version.as_str().into(),
            brief_path: brief.path.as_str().into(),
            brief_sha256: brief.sha256.as_str().into(),
            locale: placement.locale.tag().into(),
        })
    }

    /// Late clicks still have to resolve, so what a link was stays.
    fn past_row(&self, recorded: &Recorded<'a>) -> LinkRow<'a> {
        let documents = self.input.documents;
        let Recorded { row, valid_to, is_last } = recorded;
        // A link's id is its placement's and its role, which is a slug and has no dot.
        let (placement, role) = row.link_id.rsplit_once('.').unwrap_or_default();
        let status = if *is_last { Status::Retired } else { Status::Superseded };
        let params = recorded_params(documents, &row.url);
        let param = |name: &str| -> Cow<'a, str> {
            let found = params.iter().find(|(known, _)| *known == name);
            Cow::Owned(found.map_or_else(String::new, |(_, value)| value.clone()))
        };
        let utm_id = param("utm_id");
        LinkRow {
            link_id: row.link_id.into(),
            utm_id: if utm_id.is_empty() { row.campaign.into() } else { utm_id },
            short_code: row.short_code.into(),
            utm_source: param("utm_source"),
            utm_medium: param("utm_medium"),
            utm_campaign: param("utm_campaign"),
            utm_content: param("utm_content"),
            utm_term: param("utm_term"),
            utm_source_platform: param("utm_source_platform"),
            utm_creative_format: param("utm_creative_format"),
            utm_marketing_tactic: param("utm_marketing_tactic"),
            final_url: row.url.clone(),
            final_url_sha256: url_hash(&row.url),
            short_url: self.short_urls.url(row.short_code).into(),
            partner_id: row.partner.into(),
            partner_name: self.partner_name(row.partner),
            offer_id: row.offer.into(),
            campaign_id: row.campaign.into(),
            channel_id: row.channel.into(),
            placement_id: placement.into(),
            role: role.into(),
            valid_from: row.valid_from.into(),
            valid_to: (*valid_to).into(),
            status: status.name().into(),
            taxonomy_version: documents.taxonomy.version.as_str().into(),
            ..LinkRow::default()
        }
    }

    fn partner_name(&self, partner: &str) -> Cow<'a, str> {
        self.partner_names.get(partner).copied().unwrap_or("").into()
    }
}

fn url_hash(url: &str) -> Cow<'static, str> {
    if url.is_empty() { "".into() } else { Digest::of(url.as_bytes()).hex().into() }
}

/// Names by id, of partners whose rows are whole.
fn partner_names(documents: &Documents) -> Option<BTreeMap<&str, &str>> {
    let table = documents.tables.get("partners")?;
    let (id, name) = (table.column("partner_id")?, table.column("name")?);
    let whole = table.records.iter().filter(|record| !record.quarantined);
    Some(whole.map(|record| (record.text(id), record.text(name))).collect())
}

/// A value of a parameter that live links carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UsedValue<'a> {
    /// The parameter, by its place in [`PARAMETERS`].
    param: usize,
    value: &'a str,
}

impl<'a> UsedValue<'a> {
    fn param(self) -> &'static str {
        PARAMETERS.get(self.param).copied().unwrap_or("")
    }

    /// What tells it from all others.
    pub(super) fn key(self) -> String {
        format!("{}={}", self.param(), self.value)
    }

    /// Its row, with its meaning where the taxonomy or a brief has one.
    pub(super) fn row(self, documents: &'a Documents) -> ValueRow<'a> {
        let (label, definition) = meaning(documents, self.param(), self.value);
        ValueRow {
            param: self.param().into(),
            value: self.value.into(),
            label: label.into(),
            definition: definition.into(),
            vocab_version: documents.taxonomy.version.as_str().into(),
        }
    }
}

/// Every value of every parameter that live links carry, in order.
pub(super) fn values_in_use<'a>(input: &'a ReportingInput<'a>) -> Vec<UsedValue<'a>> {
    // A few links at a time, most of whose values are the same.
    let part = |links: &[LiveLink<'a>]| {
        let mut values = Vec::with_capacity(links.len() * PARAMETERS.len());
        for link in links {
            link.each_param(|param, value| values.push(UsedValue { param, value }));
        }
        values.sort_unstable();
        values.dedup();
        values.shrink_to_fit();
        values
    };
    let parts: Vec<Vec<UsedValue<'_>>> = input.live.par_chunks(PART).map(part).collect();
    let mut values = parts.concat();
    values.par_sort_unstable();
    values.dedup();
    values
}

fn meaning<'a>(documents: &'a Documents, param: &str, value: &str) -> (&'a str, &'a str) {
    let dimension =
        param.strip_prefix("utm_").and_then(|name| documents.taxonomy.dimensions.get(name));
    if let Some(term) =
        dimension.and_then(|one| one.terms.iter().find(|term| term.value.value == value))
    {
        return (&term.label, &term.definition);
    }
    let brief = documents.briefs.iter().find(|brief| match param {
        "utm_campaign" => brief.code.value == value,
        "utm_id" => brief.id.value.as_str() == value,
        _ => false,
    });
    (brief.map_or("", |brief| brief.name.value.as_str()), "")
}
