//! Which facts an artifact stands on, and which of them it can read.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{Fact, Subject, World};
use crate::graph::Job;
use crate::render::{Engine, Reads};
use crate::resolve::Scene;
use crate::source::table::{ColumnKind, Record, Table};
use crate::source::{LinkTarget, Recipe, block_and_locale};

/// One artifact's view of the facts.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The campaign.
    pub campaign: String,
    /// The asset.
    pub asset: String,
    /// The channel.
    pub channel: String,
    /// The window.
    pub window: String,
    /// The tag of its locale.
    locale: String,
    /// What names no locale in a brief is shown in it.
    plain_copy: bool,
    /// Its one slot; an artifact of a whole asset has none.
    slot: Option<String>,
    /// Rows that it shows, by table.
    rows: BTreeSet<(&'static str, String)>,
    terms: BTreeSet<String>,
    /// Pictures that its rows name.
    pictures: BTreeSet<String>,
    /// Index into what recipes read.
    recipe: usize,
}

/// All artifacts' views, by their ids.
#[derive(Debug, Default)]
pub struct Readers {
    readers: BTreeMap<String, Reader>,
    recipes: Vec<RecipeReads>,
}

#[derive(Debug)]
struct RecipeReads {
    reads: Reads,
    links: bool,
    /// Channels whose pages its links go to.
    page_channels: BTreeSet<String>,
    /// The brand whose templates go before the common ones.
    theme: Option<String>,
}

/// What each artifact of the jobs can read.
pub fn readers(world: World<'_>, jobs: &[Job], engine: &Engine<'_>) -> Readers {
    let mut found = Readers::default();
    let mut known: BTreeMap<(usize, usize, Option<&str>), usize> = BTreeMap::new();
    for job in jobs {
        let Some(campaign) = world.facts.campaigns.get(job.campaign) else { continue };
        let Some(asset) = campaign.assets.get(job.asset) else { continue };
        let Some(channel) = world.documents.channels.get(asset.channel) else { continue };
        let Some(recipe) = channel.recipes.get(job.recipe) else { continue };
        let scene = Scene::of_asset(world.documents, world.facts, job.campaign, job.asset);
        let Some(scene) = scene else { continue };
        let at = *known.entry((asset.channel, job.recipe, scene.theme())).or_insert_with(|| {
            found.recipes.push(recipe_reads(world, &scene, recipe, job, engine));
            found.recipes.len() - 1
        });
        let Some(reader) = reader(world, job, at) else { continue };
        for part in &job.parts {
            found.readers.insert(part.path.to_string(), reader.clone());
        }
    }
    found
}

fn reader(world: World<'_>, job: &Job, recipe: usize) -> Option<Reader> {
    let campaign = world.facts.campaigns.get(job.campaign)?;
    let asset = campaign.assets.get(job.asset)?;
    let brief = world.documents.briefs.get(campaign.brief)?;
    let (spec, locale) = (brief.assets.get(asset.spec)?, asset.rendition.locale);
    let placements = || job.placements.iter().filter_map(|at| world.facts.placements.get(*at));
    let mut reader = Reader {
        campaign: brief.id.value.to_string(),
        asset: spec.id.value.to_string(),
        channel: world.documents.channels.get(asset.channel)?.id.to_string(),
        window: brief.windows.get(asset.window)?.id.to_string(),
        locale: locale.tag().to_owned(),
        plain_copy: locale.is_read_as(asset.rendition.first) || spec.copy_fallback,
        slot: placements().next().filter(|_| job.per_placement).map(|one| one.slot.to_string()),
        rows: BTreeSet::new(),
        terms: BTreeSet::new(),
        pictures: BTreeSet::new(),
        recipe,
    };
    let offers = world.documents.tables.get("offers")?;
    let partners = world.documents.tables.get("partners")?;
    let bundle = offers.column("bundle_id").unwrap_or(usize::MAX);
    let terms = world.facts.roster.columns.terms_id;
    for placement in placements() {
        let Some(offer) = world.facts.roster.offers.get(placement.offer) else { continue };
        let Some(record) = offers.records.get(offer.record) else { continue };
        reader.rows.insert(("offers", offer.id.to_string()));
        reader.terms.insert(record.text(terms).to_owned());
        reader.pictures.extend(pictures(offers, record));
        reader.rows.insert(("bundles", record.text(bundle).to_owned()));
        for row in offer.partners.iter().filter_map(|at| partners.records.get(*at)) {
            reader.rows.insert(("partners", partners.key_of(row)));
            reader.pictures.extend(pictures(partners, row));
        }
    }
    Some(reader)
}

/// The files that a row names.
fn pictures(table: &Table, record: &Record) -> Vec<String> {
    let columns = table.contract.columns.iter().enumerate();
    let columns: Vec<usize> =
        columns.filter(|(_, one)| one.kind == ColumnKind::Asset).map(|(at, _)| at).collect();
    let own = record.overrides.iter().filter(|one| columns.contains(&one.column));
    let own = own.map(|one| record.value_in(one.column, &[&one.scope]).0.display());
    let all = columns.iter().map(|at| record.value(*at).display());
    all.chain(own).filter(|path| !path.is_empty()).collect()
}

fn recipe_reads(
    world: World<'_>,
    scene: &Scene<'_>,
    recipe: &Recipe,
    job: &Job,
    engine: &Engine<'_>,
) -> RecipeReads {
    let mut reads = Reads::default();
    let named = [&recipe.template, &recipe.text].into_iter().flatten();
    let parts = job.parts.iter().filter_map(|part| part.template.as_deref());
    let templates: BTreeSet<&str> = named.map(|name| name.value.as_str()).chain(parts).collect();
    for template in &templates {
        reads.extend(engine.reads(scene, template));
    }
    // A sheet has its columns instead of a template, and a QR code its link.
    let mut links = templates.is_empty();
    for column in &recipe.columns {
        reads.note_pattern(&column.value);
    }
    links |= reads.name("links");
    let mut page_channels = BTreeSet::new();
    if links {
        for (_, pattern) in &scene.channel.params {
            reads.note_pattern(pattern);
        }
        for column in ["landing_base", "deep_link", "subid_param", "permitted_domains"] {
            reads.note("partner", column);
        }
        reads.note("offer", "landing_path");
        for name in world.documents.wrapper_names() {
            let profile = world.documents.wrapper(name).into_iter();
            let fields = profile.flat_map(crate::wrapper::Profile::fields);
            fields.for_each(|field| reads.note("partner", field.name()));
        }
        let lands = |target: &LinkTarget| !matches!(target, LinkTarget::Partner);
        if scene.channel.links.iter().any(|rule| lands(&rule.target)) {
            for other in &world.documents.channels {
                let routes = other.recipes.iter().filter_map(|recipe| recipe.route.as_ref());
                for route in routes {
                    reads.note_pattern(route);
                    page_channels.insert(other.id.to_string());
                }
            }
        }
    }
    let theme = scene.theme().map(str::to_owned);
    RecipeReads { reads, links, page_channels, theme }
}

impl Reader {
    /// Whether the channel or the locale has a value of its own in the place of a fact.
    fn sees_another(&self, fact: &Fact) -> bool {
        fact.unseen_in.iter().any(|scope| *scope == self.channel || *scope == self.locale)
    }
}

impl Readers {
    /// One artifact's view.
    pub fn get(&self, id: &str) -> Option<&Reader> {
        self.readers.get(id)
    }

    /// Every artifact's view.
    pub fn all(&self) -> impl Iterator<Item = &Reader> {
        self.readers.values()
    }

    /// The artifacts that can read a fact, by their ids.
    pub fn that_can_read<'r>(&'r self, fact: &'r Fact) -> impl Iterator<Item = &'r str> {
        let all = self.readers.iter().filter(|(_, reader)| self.can_read(reader, fact));
        all.map(|(id, _)| id.as_str())
    }

    /// Whether a fact is about something that an artifact shows or is made by.
    pub fn touches(&self, reader: &Reader, fact: &Fact) -> bool {
        let same = |campaign: &String| *campaign == reader.campaign;
        match &fact.subject {
            Subject::Cell { table, row, channel, .. } => {
                let seen = |scope: &String| *scope == reader.channel || *scope == reader.locale;
                channel.as_ref().is_none_or(seen) && Self::shows_row(reader, table, row)
            }
            Subject::Placed { campaign, asset, slot } => {
                let here = reader.slot.as_ref().is_none_or(|own| own == slot);
                same(campaign) && *asset == reader.asset && here
            }
            Subject::Copy { campaign, block } => {
                let (name, tag) = block_and_locale(block);
                let own = name.split_once('.').is_none_or(|(asset, _)| asset == reader.asset);
                same(campaign) && own && tag.map_or(reader.plain_copy, |tag| tag == reader.locale)
            }
            Subject::Campaign { campaign, field } => {
                let asset = field.split_once('.').map(|(asset, _)| asset);
                same(campaign) && asset.is_none_or(|asset| asset == reader.asset)
            }
            Subject::Window { campaign, window, .. } => same(campaign) && *window == reader.window,
            Subject::Terms { terms, .. } => reader.terms.contains(terms),
            Subject::File { path } => self.stands_on(reader, path),
            Subject::AsOf | Subject::Engine => true,
        }
    }

    /// Whether an artifact can read a fact that touches it.
    pub fn can_read(&self, reader: &Reader, fact: &Fact) -> bool {
        self.touches(reader, fact)
            && !reader.sees_another(fact)
            && self.reads(reader, &fact.subject)
    }

    /// Whether an artifact can read what stands in a place that it shows.
    pub fn reads(&self, reader: &Reader, subject: &Subject) -> bool {
        let Some(RecipeReads { reads, .. }) = self.recipes.get(reader.recipe) else { return true };
        match subject {
            Subject::Cell { table, column, .. } => match table.as_str() {
                _ if column.is_empty() => true,
                "offers" => reads.field("offer", column),
                "partners" => reads.field("partner", column),
                "bundles" => true,
                // What a row of placements says is told by what the slot shows.
                "placements" => false,
                other => reads.field("tables", other),
            },
            Subject::Copy { block, .. } => {
                let block = block_and_locale(block).0;
                reads.field("copy", block.rsplit('.').next().unwrap_or(block))
            }
            Subject::Campaign { field, .. } => match field.as_str() {
                // Every time is shown in it.
                "zone" => true,
                field if field.ends_with(".window") => reads.name("window"),
                // Which texts and which templates are meant.
                field if field.contains('.') => true,
                field => reads.field("campaign", field),
            },
            Subject::Window { time, .. } => reads.field("window", time),
            Subject::Terms { field, .. } => {
                let (field, tag) = block_and_locale(field);
                tag.is_none_or(|tag| tag == reader.locale) && reads.field("terms", field)
            }
            Subject::Placed { .. } | Subject::File { .. } | Subject::AsOf | Subject::Engine => true,
        }
    }

    fn shows_row(reader: &Reader, table: &str, row: &str) -> bool {
        match table {
            "offers" | "partners" => {
                reader.rows.iter().any(|(name, key)| *name == table && key == row)
            }
            "bundles" => {
                let bundle = row.split('/').next().unwrap_or(row);
                reader.rows.iter().any(|(name, key)| *name == table && key == bundle)
            }
            "placements" => false,
            // Any template may show any table that the workspace adds.
            _ => true,
        }
    }

    /// Whether an artifact is made by, or from, a file.
    fn stands_on(&self, reader: &Reader, path: &str) -> bool {
        let Some(recipe) = self.recipes.get(reader.recipe) else { return true };
        if let Some(template) = path.strip_prefix("templates/") {
            let branded = template.strip_prefix("brands/").and_then(|rest| rest.split_once('/'));
            // One that comes or goes changes which file a name means.
            return recipe.reads.templates.contains(template)
                || branded.is_some_and(|(theme, _)| recipe.theme.as_deref() == Some(theme));
        }
        if let Some(asset) = path.strip_prefix("assets/") {
            return reader.pictures.contains(asset) || recipe.reads.text(asset);
        }
        if let Some(channel) = path.strip_prefix("rules/channels/") {
            let channel = channel.trim_end_matches(".toml");
            return channel == reader.channel || recipe.page_channels.contains(channel);
        }
        if path.starts_with("rules/") {
            return recipe.links;
        }
        true
    }
}
