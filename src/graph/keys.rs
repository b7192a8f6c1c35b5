//! Keys of jobs: digests of everything that a job reads and that can differ from one job to the
//! next. What all jobs share goes into each of them. Must not guess: what a job may read counts
//! as read.
//!
//! Rows count by what is in them, not by where they stand, so that other rows, their order and the
//! form of the file change nothing.

use std::sync::OnceLock;

use super::{Job, Part};
use crate::link::{Link, Links};
use crate::model::{Digest, Hasher, Value};
use crate::resolve::{Facts, Placement};
use crate::source::Documents;
use crate::source::table::{Record, Table};

/// Makes the keys of a workspace's jobs.
pub struct Keys<'a> {
    documents: &'a Documents,
    facts: &'a Facts,
    links: &'a Links,
    shared: Digest,
    offers: Option<Rows<'a>>,
    partners: Option<Rows<'a>>,
}

/// The rows of a table, each hashed when it is first asked for.
struct Rows<'a> {
    table: &'a Table,
    digests: Vec<OnceLock<Digest>>,
}

impl<'a> Rows<'a> {
    fn new(table: &'a Table) -> Self {
        Self { table, digests: table.records.iter().map(|_| OnceLock::new()).collect() }
    }

    fn add(&self, row: usize, fields: Fields) -> Fields {
        let digest = self.digests.get(row).zip(self.table.records.get(row));
        match digest {
            Some((digest, record)) => {
                fields.bytes(digest.get_or_init(|| row_digest(self.table, record)).as_bytes())
            }
            None => fields.number(0),
        }
    }
}

impl<'a> Keys<'a> {
    /// `shared` is the digest of everything that any job may read besides its own rows and links.
    pub fn new(
        documents: &'a Documents,
        facts: &'a Facts,
        links: &'a Links,
        shared: Digest,
    ) -> Self {
        let rows = |name: &str| documents.tables.get(name).map(Rows::new);
        Self { documents, facts, links, shared, offers: rows("offers"), partners: rows("partners") }
    }

    /// The key of a job.
    pub fn of(&self, job: &Job) -> Digest {
        let Job { kind, campaign, asset, recipe, placements, per_placement, route, times, parts } =
            job;
        let mut fields = Fields::default()
            .bytes(self.shared.as_bytes())
            .text(&format!("{kind:?} {campaign} {asset} {recipe} {per_placement} {times:?}"))
            .text(route.as_deref().unwrap_or("-"))
            .number(parts.len() as u64);
        for Part { path, form, template, page } in parts {
            fields = fields
                .text(path.as_str())
                .text(template.as_deref().unwrap_or("-"))
                .text(&format!("{form:?} {page:?}"));
        }
        for at in placements {
            fields = self.placement(*at, fields);
        }
        fields.finish()
    }

    fn placement(&self, at: usize, fields: Fields) -> Fields {
        let Some(placement) = self.facts.placements.get(at) else { return fields.number(0) };
        let Placement { id, campaign, asset, slot, variant, locale, offer, decided } = placement;
        let mut fields = fields
            .text(id.as_str())
            .text(slot)
            .text(variant)
            .text(locale.tag())
            .number(*campaign as u64)
            .number(*asset as u64);
        // Which swap put the offer there decides which old values may not be shown beside it.
        let swap = self.documents.swapped(decided.offer).map(|(_, applied)| applied);
        fields = fields.text(&swap.map_or_else(String::new, |one| format!("{one:?}")));
        if let Some(offer) = self.facts.roster.offers.get(*offer) {
            fields = row(self.offers.as_ref(), offer.record, fields);
            fields = row(self.partners.as_ref(), offer.partner, fields);
            fields = fields.text(&offer.id).number(offer.partners.len() as u64);
            for partner in &offer.partners {
                fields = row(self.partners.as_ref(), *partner, fields);
            }
        }
        let links = self.links.of(at);
        // What templates and sheets are given of a link; the short URL is the code on a fixed host.
        links.iter().fold(fields.number(links.len() as u64), |fields, link| {
            let Link { id, rule, url, short_code, .. } = link;
            fields.number(*rule as u64).text(id).text(url).text(short_code)
        })
    }
}

fn row(rows: Option<&Rows<'_>>, row: usize, fields: Fields) -> Fields {
    match rows {
        Some(rows) => rows.add(row, fields),
        None => fields.number(0),
    }
}

/// What a table says, wherever its rows stand in which file: its columns, and each row.
pub fn table_digest(table: &Table) -> Digest {
    let columns = table.contract.columns.iter();
    let fields = columns.fold(Fields::default(), |fields, column| fields.text(&column.name));
    let whole = table.records.iter();
    whole.fold(fields, |fields, record| fields.bytes(row_digest(table, record).as_bytes())).finish()
}

fn row_digest(table: &Table, record: &Record) -> Digest {
    let columns = 0..table.contract.columns.len();
    let mut fields = Fields::default().number(u64::from(record.quarantined));
    for column in columns {
        fields = fields.value(record.value(column));
    }
    for one in &record.overrides {
        let value = record.value_in(one.column, &[one.scope.as_str()]).0;
        fields = fields.number(one.column as u64).text(&one.scope).value(value);
    }
    fields.finish()
}

/// Values one behind the other, so that no two sequences give the same bytes.
#[derive(Default)]
struct Fields {
    hasher: Hasher,
    /// What is still to be hashed: many small pieces are hashed sooner as one.
    waiting: Vec<u8>,
}

/// Bytes that wait at most, about.
const WAITING: usize = 16 << 10;

impl Fields {
    fn bytes(self, bytes: &[u8]) -> Self {
        self.number(bytes.len() as u64).raw(bytes)
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > WAITING {
            self.hasher = self.hasher.raw(&self.waiting);
            self.waiting.clear();
        }
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    fn number(self, number: u64) -> Self {
        self.raw(&number.to_le_bytes())
    }

    fn value(self, value: Value<'_>) -> Self {
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

    fn finish(self) -> Digest {
        self.hasher.raw(&self.waiting).finish()
    }
}
