//! Keys of jobs: digests of everything that a job reads and that can differ from one job to the
//! next. What all jobs share goes into each of them. Must not guess: what a job may read counts
//! as read.
//!
//! Rows count by what is in them, not by where they stand, so that other rows, their order and the
//! form of the file change nothing.

use rayon::prelude::*;

use super::{Job, Part};
use crate::link::{Link, Links};
use crate::model::{Digest, Hasher, Value};
use crate::resolve::{Facts, Placement};
use crate::source::Documents;
use crate::source::table::{Record, Table};

/// Placements and rows that one thread hashes at a time.
const PART: usize = 256;

/// The keys of a workspace's jobs.
pub struct Keys {
    /// Of each job.
    jobs: Vec<Digest>,
    /// Of what tables say of each placement and its links.
    listed: Vec<Digest>,
}

/// What a placement is made from.
struct Parts<'a> {
    documents: &'a Documents,
    facts: &'a Facts,
    links: &'a Links,
    /// Of each row.
    offers: Vec<Digest>,
    partners: Vec<Digest>,
}

impl Keys {
    /// `shared` is the digest of everything that any job may read besides its own rows and links.
    pub fn new(
        (documents, facts): (&Documents, &Facts),
        links: &Links,
        jobs: &[Job],
        shared: &Digest,
    ) -> Self {
        let rows = |name: &str| documents.tables.get(name).map(row_digests).unwrap_or_default();
        let (offers, partners) = rayon::join(|| rows("offers"), || rows("partners"));
        let parts = Parts { documents, facts, links, offers, partners };
        let all = 0..facts.placements.len();
        let digests = all.into_par_iter().with_min_len(PART);
        let digests = digests.map_init(Fields::default, |fields, at| {
            let listed = parts.listed(at, fields);
            (parts.placement(at, &listed, fields), listed)
        });
        let (placements, listed): (Vec<Digest>, _) = digests.unzip();
        let jobs = jobs.par_iter().map(|job| key_of(job, shared, &placements));
        Self { jobs: jobs.collect(), listed }
    }

    /// The key of a job by its place.
    pub fn of(&self, job: usize) -> Option<&Digest> {
        self.jobs.get(job)
    }

    /// Lets go of what tables say of placements, once nobody asks for it any more.
    pub fn forget_listed(&mut self) {
        self.listed = Vec::new();
    }

    /// What tables say of a placement and its links, which is not what is in its rows.
    pub fn listed(&self, placement: usize) -> Option<&Digest> {
        self.listed.get(placement)
    }
}

/// The key of a job; `of_placements` is of each placement, with its rows and links.
fn key_of(job: &Job, shared: &Digest, of_placements: &[Digest]) -> Digest {
    let Job { kind, campaign, asset, recipe, placements, per_placement, route, times, parts } = job;
    let mut fields = Fields::default();
    fields
        .bytes(shared.as_bytes())
        .text(&format!("{kind:?} {campaign} {asset} {recipe} {per_placement} {times:?}"))
        .text(route.as_deref().unwrap_or("-"))
        .number(parts.len() as u64);
    for Part { path, form, template, page } in parts {
        fields
            .text(path.as_str())
            .text(template.as_deref().unwrap_or("-"))
            .text(&format!("{form:?} {page:?}"));
    }
    for at in placements {
        fields.digest(of_placements.get(*at));
    }
    fields.finish()
}

impl Parts<'_> {
    fn listed(&self, at: usize, fields: &mut Fields) -> Digest {
        let Some(placement) = self.facts.placements.get(at) else { return fields.finish() };
        let Placement { id, campaign, asset, slot, variant, locale, offer, .. } = placement;
        fields
            .text(id.as_str())
            .text(slot)
            .text(variant)
            .text(locale.tag())
            .number(*campaign as u64)
            .number(*asset as u64);
        if let Some(offer) = self.facts.roster.offers.get(*offer) {
            fields.text(&offer.id).text(&offer.partner_id);
        }
        let links = self.links.of(at);
        fields.number(links.len() as u64);
        for link in links {
            let Link { id, rule, destination, params, wrapping, sub_id, .. } = link;
            let Link { url, short_code, ga4_channel, .. } = link;
            let profile = wrapping.as_ref().map_or("", |one| one.profile.as_str());
            // The short URL is the code on a fixed host.
            fields.number(*rule as u64).text(id).text(url).text(short_code).text(destination);
            fields.text(profile).text(ga4_channel).text(sub_id.as_deref().unwrap_or(""));
            fields.number(params.iter().count() as u64);
            for (name, value) in params.iter() {
                fields.text(name).text(value);
            }
        }
        fields.finish()
    }

    fn placement(&self, at: usize, listed: &Digest, fields: &mut Fields) -> Digest {
        fields.digest(Some(listed));
        let Some(placement) = self.facts.placements.get(at) else { return fields.finish() };
        let Placement { offer, decided, .. } = placement;
        // Which swap put the offer there decides which old values may not be shown beside it.
        let swap = self.documents.swapped(decided.offer).map(|(_, applied)| applied);
        fields.text(&swap.map_or_else(String::new, |one| format!("{one:?}")));
        if let Some(offer) = self.facts.roster.offers.get(*offer) {
            fields
                .digest(self.offers.get(offer.record))
                .digest(self.partners.get(offer.partner))
                .number(offer.partners.len() as u64);
            for partner in &offer.partners {
                fields.digest(self.partners.get(*partner));
            }
        }
        fields.finish()
    }
}

fn row_digests(table: &Table) -> Vec<Digest> {
    let rows = table.records.par_iter().with_min_len(PART);
    let digests =
        rows.map_init(Fields::default, |fields, record| row_digest(table, record, fields));
    digests.collect()
}

/// What a table says, wherever its rows stand in which file: its columns, and each row.
pub fn table_digest(table: &Table) -> Digest {
    let mut fields = Fields::default();
    for column in &table.contract.columns {
        fields.text(&column.name);
    }
    for row in &row_digests(table) {
        fields.digest(Some(row));
    }
    fields.finish()
}

fn row_digest(table: &Table, record: &Record, fields: &mut Fields) -> Digest {
    fields.number(u64::from(record.quarantined));
    for column in 0..table.contract.columns.len() {
        fields.value(record.value(column));
    }
    for one in &record.overrides {
        let value = record.value_in(one.column, &[one.scope.as_str()]).0;
        fields.number(one.column as u64).text(&one.scope).value(value);
    }
    fields.finish()
}

/// Values one behind the other, so that no two sequences give the same bytes. It can be filled
/// again once it is finished.
#[derive(Default)]
struct Fields {
    hasher: Hasher,
    /// What is still to be hashed: many small pieces are hashed sooner as one.
    waiting: Vec<u8>,
}

/// Bytes that wait at most, about.
const WAITING: usize = 16 << 10;

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).raw(bytes)
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > WAITING {
            self.hasher = std::mem::take(&mut self.hasher).raw(&self.waiting);
            self.waiting.clear();
        }
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A digest, or that there is none.
    fn digest(&mut self, digest: Option<&Digest>) -> &mut Self {
        match digest {
            Some(digest) => self.bytes(digest.as_bytes()),
            None => self.number(0),
        }
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    fn value(&mut self, value: Value<'_>) -> &mut Self {
        match value {
            Value::Empty => self.number(0),
            Value::Text(text) => self.number(1).text(text),
            Value::Hosts(text) => self.number(2).text(text),
            Value::Decimal(number) => self.number(3).text(&number.to_string()),
            Value::Instant(instant) => self.number(4).text(&instant.to_string()),
            Value::Bool(flag) => self.number(5).number(u64::from(flag)),
            Value::Int(number) => self.number(6).text(&number.to_string()),
        }
    }

    fn finish(&mut self) -> Digest {
        let digest = std::mem::take(&mut self.hasher).raw(&self.waiting).finish();
        self.waiting.clear();
        digest
    }
}
