//! What templates see.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::tz::TimeZone;
use tera::{Context, Map, Value as TeraValue};

use super::replaced::Replaced;
use crate::graph::Job;
use crate::link::{Link, Links, ShortUrls};
use crate::locale::Locale;
use crate::model::{Value, rfc3339};
use crate::resolve::{Facts, Placement, Scene};
use crate::source::table::{Record, Table};
use crate::source::{AssetSpec, Brief, Channel, Documents, Terms};

/// Tables of at most so many rows keep the values of their rows once they are made. Of a larger one
/// they would take many times the memory of the table, and few of its rows are shown more than once.
const KEPT_ROWS: usize = 4096;

/// Everything that contexts are made from.
pub struct Stage<'a> {
    /// All documents.
    pub documents: &'a Documents,
    /// Joined facts.
    pub facts: &'a Facts,
    /// All links.
    pub links: &'a Links,
    /// What swaps replaced, which no artifact may show.
    pub(super) replaced: Replaced,
    common: Context,
    offers: RowValues<'a>,
    partners: RowValues<'a>,
    /// By id, and by the locale of a translation.
    terms: BTreeMap<(&'a str, Option<&'static str>), TeraValue>,
    /// By campaign and asset.
    assets: Vec<Vec<Context>>,
}

fn text(value: &str) -> TeraValue {
    TeraValue::from(value)
}

fn map<'k>(pairs: impl IntoIterator<Item = (&'k str, TeraValue)>) -> TeraValue {
    let map: Map = pairs.into_iter().map(|(key, value)| (key.to_owned().into(), value)).collect();
    TeraValue::from(map)
}

impl<'a> Stage<'a> {
    /// Prepares the values that many jobs share.
    pub fn new(documents: &'a Documents, facts: &'a Facts, links: &'a Links) -> Self {
        let terms = documents.terms.iter().flat_map(|(id, terms)| {
            terms.all().map(|(tag, one)| ((id.as_str(), tag), terms_value(one)))
        });
        let mut stage = Self {
            documents,
            facts,
            links,
            replaced: Replaced::new(documents, facts),
            common: common(documents),
            offers: RowValues::new(documents, "offers"),
            partners: RowValues::new(documents, "partners"),
            terms: terms.collect(),
            assets: Vec::new(),
        };
        for campaign in 0..facts.campaigns.len() {
            let count = facts.campaigns.get(campaign).map_or(0, |one| one.assets.len());
            let contexts = (0..count).map(|asset| stage.asset_context(campaign, asset)).collect();
            stage.assets.push(contexts);
        }
        stage
    }

    /// What swaps replaced, as a text that says all that is looked for in artifacts.
    pub fn replaced_facts(&self) -> String {
        format!("{:?}", self.replaced.all)
    }

    fn asset_context(&self, campaign: usize, asset: usize) -> Context {
        let mut context = self.common.clone();
        let Some(scene) = Scene::of_asset(self.documents, self.facts, campaign, asset) else {
            return context;
        };
        let resolved = self.facts.campaigns.get(campaign).and_then(|one| one.assets.get(asset));
        context.insert_value("campaign", campaign_value(scene.brief));
        if let Some(window) = resolved.and_then(|one| scene.brief.windows.get(one.window)) {
            let zone = &scene.brief.zone;
            context.insert_value(
                "window",
                map([
                    ("id", text(window.id.as_str())),
                    ("freezes", text(&rfc3339(window.freezes, zone))),
                    ("locks", text(&rfc3339(window.locks, zone))),
                    ("opens", text(&rfc3339(window.opens, zone))),
                    ("closes", text(&rfc3339(window.closes, zone))),
                ]),
            );
        }
        context.insert_value(
            "channel",
            map([
                ("id", text(scene.channel.id.as_str())),
                ("medium", text(&scene.channel.medium.value)),
                ("source", text(&scene.channel.source.value)),
            ]),
        );
        context.insert_value("locale", locale_value(scene.rendition.locale));
        context.insert_value("asset", asset_value(scene.asset));
        context.insert_value("variant", text(&scene.rendition.variant));
        let blocks = scene
            .copy
            .iter()
            .map(|(name, block)| (name.as_str(), text(&block.value.replace('\r', ""))));
        context.insert_value("copy", map(blocks));
        context
    }

    /// The context of a job.
    pub(super) fn context(&self, job: &Job) -> Context {
        let shared = self.assets.get(job.campaign).and_then(|assets| assets.get(job.asset));
        let mut context = shared.cloned().unwrap_or_default();
        let scene = Scene::of_asset(self.documents, self.facts, job.campaign, job.asset);
        let Some(scene) = scene else { return context };
        if job.per_placement {
            if let Some(at) = job.placements.first() {
                for (name, value) in self.placement_pairs(*at, &scene) {
                    context.insert_value(name, value);
                }
            }
            return context;
        }
        let slots = job.placements.iter().map(|at| map(self.placement_pairs(*at, &scene)));
        context.insert_value("slots", TeraValue::from(slots.collect::<Vec<_>>()));
        context
    }

    fn placement_pairs(&self, at: usize, scene: &Scene<'_>) -> Vec<(&'static str, TeraValue)> {
        let Some(placement) = self.facts.placements.get(at) else { return Vec::new() };
        let Some(offer) = self.facts.roster.offers.get(placement.offer) else { return Vec::new() };
        let scopes = scene.scopes();
        let partners: Vec<(usize, TeraValue)> = offer
            .partners
            .iter()
            .filter_map(|row| Some((*row, self.partners.of(*row, &scopes)?)))
            .collect();
        let lead = partners.iter().find(|(row, _)| *row == offer.partner);
        let lead = lead.map(|(_, value)| value.clone());
        let lead = lead.or_else(|| self.partners.of(offer.partner, &scopes));
        let partners = partners.into_iter().map(|(_, value)| value);
        let mut pairs = vec![
            ("slot", text(&placement.slot)),
            ("variant", text(&placement.variant)),
            ("placement", map([("id", text(placement.id.as_str()))])),
            ("partners", TeraValue::from(partners.collect::<Vec<_>>())),
            ("links", self.links_value(at, scene.channel)),
        ];
        let own = self.offers.of(offer.record, &scopes);
        pairs.extend(own.map(|value| ("offer", value)));
        pairs.extend(lead.map(|value| ("partner", value)));
        pairs.extend(self.terms_of(placement).map(|value| ("terms", value)));
        pairs
    }

    fn terms_of(&self, placement: &Placement) -> Option<TeraValue> {
        let row = self.facts.roster.offers.get(placement.offer)?.record;
        let record = self.documents.tables.get("offers")?.records.get(row)?;
        let id = record.text(self.facts.roster.columns.terms_id);
        let own = self.terms.get(&(id, Some(placement.locale.tag())));
        own.or_else(|| self.terms.get(&(id, None))).cloned()
    }

    fn links_value(&self, placement: usize, channel: &Channel) -> TeraValue {
        map(self.links.of(placement).iter().filter_map(|link| {
            let rule = channel.links.get(link.rule)?;
            Some((rule.role.as_str(), link_value(link, &self.links.short_urls)))
        }))
    }
}

/// The rows of a table as templates see them.
struct RowValues<'a> {
    table: Option<&'a Table>,
    /// The name of the column that is also `id`.
    key: &'a str,
    zone: &'a TimeZone,
    /// Those that no scope has anything of its own in.
    kept: Vec<OnceLock<TeraValue>>,
}

impl<'a> RowValues<'a> {
    fn new(documents: &'a Documents, name: &str) -> Self {
        let table = documents.tables.get(name);
        let rows = table.map_or(0, |table| table.records.len());
        let kept = if rows > KEPT_ROWS { 0 } else { rows };
        let key = table.and_then(|table| table.contract.column(*table.contract.key.first()?));
        Self {
            table,
            key: key.map_or("", |column| column.name.as_str()),
            zone: &documents.workspace.zone,
            kept: (0..kept).map(|_| OnceLock::new()).collect(),
        }
    }

    /// A row as some scopes see it.
    fn of(&self, row: usize, scopes: &[&str]) -> Option<TeraValue> {
        let table = self.table?;
        let record = table.records.get(row)?;
        let own = record.overrides.iter().any(|one| scopes.contains(&one.scope.as_str()));
        let make = || row_value(table, record, self.key, scopes, self.zone);
        match self.kept.get(row).filter(|_| !own) {
            Some(kept) => Some(kept.get_or_init(make).clone()),
            None => Some(make()),
        }
    }
}

fn link_value(link: &Link, short_urls: &ShortUrls) -> TeraValue {
    map([
        ("id", text(&link.id)),
        ("url", text(&link.url)),
        ("short_url", text(&short_urls.url(&link.short_code))),
        ("short_code", text(&link.short_code)),
    ])
}

fn common(documents: &Documents) -> Context {
    let workspace = &documents.workspace;
    let mut context = Context::new();
    context.insert_value(
        "workspace",
        map([
            ("name", text(&workspace.name.value)),
            ("title", text(&workspace.title.value)),
            ("currency", text(&workspace.currency.value)),
        ]),
    );
    let origin = |url: &url::Url| text(url.as_str().trim_end_matches('/'));
    context.insert_value(
        "hosts",
        map([
            ("site", origin(&workspace.hosts.site.value)),
            ("links", origin(&workspace.hosts.links.value)),
            ("assets", origin(&workspace.hosts.assets.value)),
        ]),
    );
    let declared = workspace.declared.iter().map(|(name, link)| (name.as_str(), text(&link.value)));
    context.insert_value("declared", map(declared));
    let built_in = ["partners", "offers", "bundles", "placements"];
    let added = documents.tables.iter().filter(|(name, _)| !built_in.contains(&name.as_str()));
    context.insert_value(
        "tables",
        map(added.map(|(name, table)| {
            let whole = table.records.iter().filter(|record| !record.quarantined);
            let rows = whole.map(|record| row_value(table, record, "", &[], &workspace.zone));
            (name.as_str(), TeraValue::from(rows.collect::<Vec<_>>()))
        })),
    );
    context
}

/// `lang` and `dir` are as HTML takes them.
fn locale_value(locale: &Locale) -> TeraValue {
    map([
        ("lang", text(locale.tag())),
        ("language", text(locale.language())),
        ("dir", text(locale.direction().as_str())),
    ])
}

fn campaign_value(brief: &Brief) -> TeraValue {
    map([
        ("id", text(brief.id.value.as_str())),
        ("name", text(&brief.name.value)),
        ("code", text(&brief.code.value)),
        ("owner", text(&brief.owner.value)),
        ("zone", text(brief.zone.iana_name().unwrap_or("UTC"))),
    ])
}

/// The asset with its variants, so that a template can tell a sender's platform about the test.
fn asset_value(asset: &AssetSpec) -> TeraValue {
    let variants = asset.variants.iter().map(|one| {
        let pairs = [("id", text(&one.id.value)), ("label", text(&one.label))];
        let weight = one.weight.as_ref().map(|one| ("weight", TeraValue::from(one.value)));
        map(pairs.into_iter().chain(weight))
    });
    let variants = TeraValue::from(variants.collect::<Vec<_>>());
    map([("id", text(asset.id.value.as_str())), ("variants", variants)])
}

fn terms_value(terms: &Terms) -> TeraValue {
    map([
        ("id", text(terms.id.as_str())),
        ("title", text(&terms.title)),
        ("version", text(&terms.version)),
        ("text", text(&terms.text.value.replace('\r', ""))),
    ])
}

/// A row by column name. Empty cells are left out, so that printing one is an error and not a
/// blank.
fn row_value(
    table: &Table,
    record: &Record,
    key: &str,
    scopes: &[&str],
    zone: &TimeZone,
) -> TeraValue {
    let mut fields = Map::new();
    for (at, column) in table.contract.columns.iter().enumerate() {
        let value = record.value_in(at, scopes).0;
        if let Some(value) = cell_value(value, zone) {
            if column.name == key {
                fields.insert("id".into(), value.clone());
            }
            fields.insert(column.name.clone().into(), value);
        }
    }
    TeraValue::from(fields)
}

fn cell_value(value: Value<'_>, zone: &TimeZone) -> Option<TeraValue> {
    Some(match value {
        Value::Empty => return None,
        Value::Text(one) => text(one),
        Value::Hosts(_) => TeraValue::from(value.hosts().map(text).collect::<Vec<_>>()),
        // A float would print `1.1` for 1.10.
        Value::Decimal(number) => text(&number.to_string()),
        Value::Instant(instant) => text(&rfc3339(instant, zone)),
        Value::Bool(flag) => TeraValue::from(flag),
        Value::Int(number) => TeraValue::from(number),
    })
}
