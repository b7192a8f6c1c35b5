//! What an artifact shows that is not there in its language: copy, legal texts, cells.

use super::{Engine, Reads, Stage};
use crate::diag::{Code, Diagnostic};
use crate::graph::Job;
use crate::locale::Locale;
use crate::resolve::Scene;
use crate::source::table::{Column, ColumnKind, Record, Table};
use crate::source::{Documents, Field, RecipeKind, Variation};

/// Checks that every text that a job shows is there in its locale; false where one is not, which
/// its templates would find once more.
pub(super) fn check_translations(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    scene: &Scene<'_>,
    job: &Job,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let (locale, usual) = (scene.rendition.locale, stage.documents.workspace.locale);
    let at_home = locale.is_read_as(scene.rendition.first) && locale.is_read_as(usual);
    if at_home || scene.asset.copy_fallback {
        return true;
    }
    let before = diagnostics.len();
    let shown = Shown::of(engine, scene, job);
    diagnostics.extend(missing_copy(stage, scene, job, &shown));
    if !locale.is_read_as(usual) {
        missing_terms(stage, scene, job, &shown, diagnostics);
    }
    let whole = diagnostics.len() == before;
    if !locale.is_read_as(usual) {
        untranslated_cells(stage, scene, job, &shown, diagnostics);
    }
    whole
}

/// What a job can show.
struct Shown {
    reads: Vec<std::sync::Arc<Reads>>,
    /// Fields of the columns of a sheet.
    fields: Vec<(&'static str, String)>,
    /// Copy that makes the list of mails, unless the template has a block for it.
    envelope: Vec<&'static str>,
}

impl Shown {
    fn of(engine: &Engine<'_>, scene: &Scene<'_>, job: &Job) -> Self {
        let templates = engine.of(scene);
        let names = || job.parts.iter().filter_map(|part| part.template.as_deref());
        let recipe = scene.channel.recipes.get(job.recipe);
        let columns = recipe.into_iter().flat_map(|recipe| &recipe.columns);
        let fields = columns.flat_map(|column| column.value.fields());
        let fields = fields.filter_map(|field| match field {
            Field::Offer(column) => Some(("offer", column.clone())),
            Field::Partner(column) => Some(("partner", column.clone())),
            _ => None,
        });
        let lines = ["subject", "preheader"].into_iter();
        let from_copy = |line: &&'static str| {
            job.kind == RecipeKind::Email
                && names().next().is_some_and(|main| templates.block(main, line).is_none())
        };
        Self {
            reads: names().map(|name| templates.known_reads(name)).collect(),
            fields: fields.collect(),
            envelope: lines.filter(from_copy).collect(),
        }
    }

    fn own_field(&self, entity: &str, field: &str) -> bool {
        self.reads.iter().any(|reads| reads.own_field(entity, field))
    }

    fn field(&self, entity: &str, field: &str) -> bool {
        self.reads.iter().any(|reads| reads.field(entity, field))
            || self.fields.iter().any(|(own, name)| *own == entity && name == field)
    }
}

/// Copy that the asset's own locale has and this one has not.
fn missing_copy(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    shown: &Shown,
) -> Option<Diagnostic> {
    let assets = &stage.facts.campaigns.get(job.campaign)?.assets;
    let own = assets.get(job.asset)?;
    let first = assets.iter().find(|one| {
        let same = one.spec == own.spec && one.rendition.variant == own.rendition.variant;
        same && one.rendition.is_first()
    })?;
    let missing = first.copy.iter().filter(|(name, _)| !scene.copy.contains_key(*name));
    let missing: Vec<_> = missing
        .filter(|(name, _)| {
            shown.own_field("copy", name) || shown.envelope.contains(&name.as_str())
        })
        .collect();
    let ((name, block), tag) = (missing.first()?, scene.rendition.locale.tag());
    let names: Vec<String> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = format!(
        "`{}` goes out in `{tag}`, and its copy {} is not there in it",
        scene.asset.id.value,
        names.join(", ")
    );
    Some(
        Diagnostic::error(Code::MissingTranslation, scene.rendition.locale_span, message)
            .related(block.span, format!("`{name}` in `{}`", scene.rendition.first.tag()))
            .help(format!("add `# {name} @{tag}` to the brief, or `copy_fallback = true` here")),
    )
}

/// Legal texts that have no translation.
fn missing_terms(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    shown: &Shown,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let texts = ["title", "text", "version", "id"];
    if !texts.iter().any(|field| shown.own_field("terms", field)) {
        return;
    }
    let tag = scene.rendition.locale.tag();
    let column = stage.facts.roster.columns.terms_id;
    for (_, record) in rows(stage, job).filter(|(table, _)| table.contract.table == "offers") {
        let Some(terms) = stage.documents.terms.get(record.text(column)) else { continue };
        if terms.translations.contains_key(tag) {
            continue;
        }
        let message = format!("the legal text `{}` is not there in `{tag}`", terms.id);
        diagnostics.push(
            Diagnostic::error(Code::MissingTranslation, terms.span, message)
                .related(scene.rendition.locale_span, "an asset that shows it goes out in it")
                .help(format!("add `legal/{}.{tag}.md` beside it", terms.id)),
        );
    }
}

/// Texts of rows that are shown as everybody sees them, once for each row.
fn untranslated_cells(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    shown: &Shown,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let locale = scene.rendition.locale;
    let tag = locale.tag();
    for (table, record) in rows(stage, job) {
        let entity = table.contract.entity.as_str();
        let lacks = |(at, column): &(usize, &Column)| {
            let own = || record.overrides.iter().any(|one| one.column == *at && one.scope == tag);
            is_expected(stage.documents, entity, column, locale)
                && shown.field(entity, &column.name)
                && !record.value(*at).is_empty()
                && !own()
        };
        let columns = table.contract.columns.iter().enumerate();
        let names: Vec<&str> =
            columns.filter(lacks).map(|(_, column)| column.name.as_str()).collect();
        let Some(first) = names.first() else { continue };
        let message = format!(
            "`{}` has no `{}` in `{tag}`, and `{}` shows it",
            table.key_of(record),
            names.join("`, `"),
            job.parts.first().map_or("", |part| part.path.as_str())
        );
        let key = table.contract.key.first().copied().unwrap_or(0);
        diagnostics.push(
            Diagnostic::warning(Code::UntranslatedCell, record.span(key), message)
                .help(format!("fill in `{first}@{tag}`")),
        );
    }
}

/// Whether a column holds another text in each language: what customers read, and what
/// rules/fields.toml says.
fn is_expected(documents: &Documents, entity: &str, column: &Column, locale: &Locale) -> bool {
    let rule = documents.fields.get(entity, &column.name).map(|rule| &rule.variation);
    let listed = matches!(rule, Some(Variation::MayVary { locales, .. })
        if locales.iter().any(|one| one.value == locale));
    listed || column.kind == ColumnKind::Copy
}

/// The rows of offers and partners that a job shows.
fn rows<'a>(stage: &'a Stage<'_>, job: &'a Job) -> impl Iterator<Item = (&'a Table, &'a Record)> {
    let (facts, tables) = (stage.facts, &stage.documents.tables);
    let placements = job.placements.iter().filter_map(move |at| facts.placements.get(*at));
    let offers = placements.filter_map(move |one| facts.roster.offers.get(one.offer));
    offers.flat_map(move |offer| {
        let partners = offer.partners.iter().map(|row| ("partners", *row));
        let rows = partners.chain([("offers", offer.record)]);
        rows.filter_map(move |(name, row)| {
            let table = tables.get(name)?;
            Some((table, table.records.get(row)?))
        })
    })
}
