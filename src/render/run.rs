//! The one parallel loop: renders, checks and hands over every artifact.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;

use super::{Engine, Stage, fault, locate};
use crate::artifact::{
    KnownUrls, SheetRow, StrayUrl, scan_html, scan_json, scan_text, write_sheet,
};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Form, Job, Part};
use crate::model::{ArtifactPath, Digest, Span};
use crate::resolve::Scene;
use crate::source::{Field, LinkField, Piece, SheetColumn};

/// A finished artifact: its bytes went to the sink.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Index of its job.
    pub job: usize,
    /// Logical path.
    pub path: ArtifactPath,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: usize,
    /// What it is written in.
    pub form: Form,
    /// Its template.
    pub template: Option<String>,
}

/// What came of all jobs.
#[derive(Debug, Default)]
pub struct Report {
    /// Finished artifacts, in the order of the jobs.
    pub artifacts: Vec<Rendered>,
    /// What was wrong, each kind once for each place.
    pub diagnostics: Vec<Diagnostic>,
    /// Jobs that made nothing.
    pub failed: Vec<usize>,
    /// Which links are shown somewhere.
    pub used: Vec<bool>,
}

/// Takes a finished artifact: its path with digest, and its bytes.
pub type Sink<'s> = &'s (dyn Fn(&ArtifactPath, &[u8]) -> io::Result<()> + Sync);

/// Larger artifacts are templates that ran away (5 MB).
const MAX_BYTES: usize = 5_000_000;

struct Done {
    artifacts: Vec<Rendered>,
    diagnostics: Vec<Diagnostic>,
    used: Vec<u32>,
}

/// Renders all jobs. `tick` is called after each.
///
/// # Errors
/// The sink's first error, in the order of the jobs.
pub fn render_all(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls,
    jobs: &[Job],
    sink: Sink<'_>,
    tick: &(dyn Fn() + Sync),
) -> io::Result<Report> {
    let done: Vec<io::Result<Done>> = jobs
        .par_iter()
        .enumerate()
        .map(|(index, job)| {
            let done = render_job(stage, engine, known, index, job, sink);
            tick();
            done
        })
        .collect();
    let mut report = Report { used: vec![false; stage.links.links.len()], ..Report::default() };
    let mut merged: BTreeMap<(Span, Code, String), Diagnostic> = BTreeMap::new();
    for (index, done) in done.into_iter().enumerate() {
        let Done { artifacts, diagnostics, used } = done?;
        if artifacts.is_empty() {
            report.failed.push(index);
        }
        report.artifacts.extend(artifacts);
        for link in used {
            if let Some(flag) = report.used.get_mut(link as usize) {
                *flag = true;
            }
        }
        for diagnostic in diagnostics {
            let key = (diagnostic.primary, diagnostic.code, diagnostic.message.clone());
            merged.entry(key).and_modify(|first| first.repeats += 1).or_insert(diagnostic);
        }
    }
    report.diagnostics = merged.into_values().collect();
    Ok(report)
}

fn render_job(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls,
    index: usize,
    job: &Job,
    sink: Sink<'_>,
) -> io::Result<Done> {
    let mut done = Done { artifacts: Vec::new(), diagnostics: Vec::new(), used: Vec::new() };
    let Some(scene) = scene_of(stage, job) else { return Ok(done) };
    check_limits(&scene, stage, job, &mut done.diagnostics);
    let mut files = Vec::with_capacity(job.parts.len());
    let mut context = None;
    for part in &job.parts {
        let bytes = match &part.template {
            None => Some(render_sheet(stage, &scene, job, &mut done)),
            Some(template) => {
                let Some(tera) = engine.get(part.form, template) else { return Ok(done) };
                let context = context.get_or_insert_with(|| stage.context(job));
                let mut out = Capped { bytes: Vec::with_capacity(32 * 1024), full: false };
                match tera.render_to(template, context, &mut out) {
                    Ok(()) => Some(out.bytes),
                    Err(_) if out.full => {
                        let message = format!("`{}` grew over {MAX_BYTES} bytes", part.path);
                        done.diagnostics.push(Diagnostic::error(
                            Code::TooLarge,
                            scene.asset.id.span,
                            message,
                        ));
                        None
                    }
                    Err(error) => {
                        done.diagnostics
                            .push(fault::diagnose(engine, template, &scene, job, &error));
                        None
                    }
                }
            }
        };
        if let Some(bytes) = bytes {
            check(stage, engine, known, (&scene, job, part), &bytes, &mut done);
            files.push((part, bytes));
        }
    }
    let failed = done.diagnostics.iter().any(|one| one.severity == crate::diag::Severity::Error);
    // Half an email is not an email.
    if failed || files.len() < job.parts.len() {
        return Ok(done);
    }
    for (part, bytes) in files {
        let digest = Digest::of(&bytes);
        sink(&part.path.with_digest(&digest.hex16()), &bytes)?;
        done.artifacts.push(Rendered {
            job: index,
            path: part.path.clone(),
            digest,
            size: bytes.len(),
            form: part.form,
            template: part.template.clone(),
        });
    }
    Ok(done)
}

fn scene_of<'a>(stage: &Stage<'a>, job: &Job) -> Option<Scene<'a>> {
    match job.placements.first() {
        Some(at) if job.per_placement => {
            Scene::of(stage.documents, stage.facts, stage.facts.placements.get(*at)?)
        }
        _ => Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset),
    }
}

/// A buffer that refuses to grow without end.
struct Capped {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > MAX_BYTES {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Checks one finished part.
fn check(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls,
    (scene, job, part): (&Scene<'_>, &Job, &Part),
    bytes: &[u8],
    done: &mut Done,
) {
    // Templates and data are UTF-8, so what is rendered from them is.
    let text = std::str::from_utf8(bytes).unwrap_or("");
    let template = part.template.as_deref().unwrap_or("");
    let start = engine.template(template).map(|one| fault::place(one, &(0..0)));
    let place = start.unwrap_or(scene.asset.id.span);
    let stray = match part.form {
        Form::Html => {
            let stray = scan_html(text, known, &mut done.used);
            if stray.is_empty() {
                stray
            } else {
                marked_stray(stage, engine, known, template, job).unwrap_or(stray)
            }
        }
        Form::Text => {
            check_text_limit(scene, text, place, done);
            scan_text(text, known, &mut done.used)
        }
        Form::Json => match serde_json::from_str(text) {
            Ok(value) => scan_json(&value, known, &mut done.used),
            Err(error) => {
                let message = format!("`{}` is not JSON: {error}", part.path);
                done.diagnostics.push(Diagnostic::error(Code::BadJson, place, message));
                Vec::new()
            }
        },
        Form::Csv => Vec::new(),
    };
    for one in stray {
        done.diagnostics.push(stray_diagnostic(engine, &one, place));
    }
}

fn marked_stray(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls,
    template: &str,
    job: &Job,
) -> Option<Vec<StrayUrl>> {
    let text = engine.marked()?.render(template, &stage.context(job)).ok()?;
    Some(scan_html(&text, known, &mut Vec::new()))
}

fn stray_diagnostic(engine: &Engine<'_>, stray: &StrayUrl, place: Span) -> Diagnostic {
    let marked =
        stray.marked.as_deref().and_then(|mark| locate::read_mark(mark, &engine.templates));
    let span =
        marked.or_else(|| locate::find_typed(&stray.value, &engine.templates)).unwrap_or(place);
    let message = match (stray.attribute.as_str(), stray.value.as_str()) {
        ("", value) => format!("the text holds `{value}`, which is neither minted nor declared"),
        (name, "") => format!("`{name}` is empty"),
        (name, value) => {
            format!("`{name}` holds `{value}`, which is neither minted, hashed nor declared")
        }
    };
    Diagnostic::error(Code::UndeclaredLink, span, message)
        .help("use `links.…`, `asset_url(path=…)` or a value of [declared] in throughline.toml")
}

/// Limits on copy blocks and offers' fields, as the channel sees them.
fn check_limits(
    scene: &Scene<'_>,
    stage: &Stage<'_>,
    job: &Job,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let offers = scene.documents.tables.get("offers");
    let channel = scene.channel.id.as_str();
    let resolved =
        stage.facts.campaigns.get(job.campaign).and_then(|one| one.assets.get(job.asset));
    for (name, limit) in &scene.channel.limits {
        let mut fail = |span: Span, text: &str| {
            let length = text.chars().count();
            if length > *limit {
                let message = format!(
                    "`{}` is {length} characters long, `{channel}` takes {limit}",
                    name.value
                );
                diagnostics.push(
                    Diagnostic::error(Code::TooLong, span, message)
                        .related(name.span, "the limit is here")
                        .help("shorten it, or give the field a value for the channel"),
                );
            }
        };
        let own = format!("{}.{}", scene.asset.id.value, name.value);
        let block = scene.brief.copy.get(&own).or_else(|| scene.brief.copy.get(&name.value));
        if let Some((block, _)) = block.zip(resolved) {
            fail(block.span, &block.value);
        }
        let Some(at) = offers.and_then(|table| table.column(&name.value)) else { continue };
        for placement in job.placements.iter().filter_map(|at| stage.facts.placements.get(*at)) {
            let scene = Scene { placement: Some(placement), ..*scene };
            let Some(record) = scene.offer() else { continue };
            let (value, span) = record.value_in(at, channel);
            fail(span, &value.display());
        }
    }
}

fn check_text_limit(scene: &Scene<'_>, text: &str, place: Span, done: &mut Done) {
    let limit = scene.channel.limits.iter().find(|(name, _)| name.value == "text");
    let Some((name, limit)) = limit else { return };
    let length = text.trim_end().chars().count();
    if length > *limit {
        let channel = &scene.channel.id;
        let message = format!("the text is {length} characters long, `{channel}` takes {limit}");
        let offer = scene.offer().zip(scene.documents.tables.get("offers"));
        let title = offer.and_then(|(offer, table)| {
            Some(offer.value_in(table.column("title")?, channel.as_str()).1)
        });
        done.diagnostics.push(
            Diagnostic::error(Code::TooLong, title.unwrap_or(place), message)
                .related(name.span, "the limit is here")
                .related(place, "rendered from this template")
                .help("shorten the offer's texts, or give them values for the channel"),
        );
    }
}

fn render_sheet(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job, done: &mut Done) -> Vec<u8> {
    let Some(recipe) = scene.channel.recipes.get(job.recipe) else { return Vec::new() };
    let header: Vec<&str> = recipe.columns.iter().map(|column| column.name.as_str()).collect();
    let mut rows: Vec<SheetRow> = Vec::with_capacity(job.placements.len());
    for at in &job.placements {
        let Some(placement) = stage.facts.placements.get(*at) else { continue };
        let scene = Scene { placement: Some(placement), ..*scene };
        let cells = recipe
            .columns
            .iter()
            .map(|column| sheet_cell(stage, &scene, *at, column, &mut done.used));
        rows.push(cells.collect());
    }
    write_sheet(&header, &rows)
}

/// An empty fact is an empty cell.
fn sheet_cell(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    placement: usize,
    column: &SheetColumn,
    used: &mut Vec<u32>,
) -> String {
    let mut cell = String::new();
    for piece in &column.value.pieces {
        match piece {
            Piece::Literal(text) => cell.push_str(text),
            Piece::Field(Field::Link(role, field)) => {
                let first = stage.links.by_placement.get(placement).map_or(0, |range| range.start);
                let rules = &scene.channel.links;
                let links = stage.links.of(placement).iter().enumerate();
                let mut links = links.filter(|(_, link)| {
                    rules.get(link.rule).is_some_and(|rule| rule.role.as_str() == role)
                });
                let Some((offset, link)) = links.next() else { continue };
                if matches!(field, LinkField::Url | LinkField::ShortUrl | LinkField::ShortCode) {
                    used.push((first + offset) as u32);
                }
                match field {
                    LinkField::Id => cell.push_str(&link.id),
                    LinkField::Url => cell.push_str(&link.url),
                    LinkField::ShortCode => cell.push_str(&link.short_code),
                    LinkField::ShortUrl => {
                        cell.push_str(&crate::link::short_url(stage.documents, link));
                    }
                }
            }
            Piece::Field(field) => {
                let _ = scene.write(field, &mut cell);
            }
        }
    }
    cell
}
