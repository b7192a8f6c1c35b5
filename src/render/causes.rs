//! Which facts put a text into an artifact. Each fact is made another one, and the job is rendered
//! again: where the text is gone then, it came from there. Nothing is guessed from how values look.

use tera::{Context, Value};

use super::altered::{altered, parts, with};
use super::email::{block_of, envelope, is_derived};
use super::fill::{Call, fill};
use super::page::page_context;
use super::pictures::{draw_pictures, note_made};
use super::reads::ENTITIES;
use super::run::scene_of;
use super::{Engine, Reads, Stage};
use crate::graph::{Form, Job, Part};
use crate::resolve::Scene;
use crate::shown::visible_text;
use crate::source::{Field, RecipeKind};

/// Where a text comes from in the artifacts of a job.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    /// How often it stands in each of them: the names of parts, such as `html` or `subject`.
    pub places: Vec<(String, usize)>,
    /// The facts, by their names in templates, such as `slots[2].offer.value`, with their values.
    pub facts: Vec<(Path, String)>,
    /// Facts without which nothing can be rendered, and whose value the text holds: perhaps.
    pub perhaps: Vec<(Path, String)>,
}

/// A name in a template's context.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `.offer`
    Name(String),
    /// `[2]`
    At(usize),
}

impl std::fmt::Display for Path {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if at == 0 => formatter.write_str(name)?,
                Step::Name(name) => write!(formatter, ".{name}")?,
                Step::At(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Finds what puts `wanted` into the artifacts of one of the jobs. `None` where they cannot be
/// rendered.
pub fn causes(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    jobs: &[Job],
    job: &Job,
    wanted: &str,
) -> Option<Causes> {
    let scene = scene_of(stage, job)?;
    draw_shown(stage, engine, jobs, job);
    if job.kind == RecipeKind::Sheet {
        return Some(in_sheet(stage, &scene, job, wanted.trim()));
    }
    let context = stage.context(job);
    let mut search = Search { stage, engine, scene, job, wanted: wanted.trim(), in_markup: false };
    let mut places = search.places(&context)?;
    if places.is_empty() {
        search.in_markup = true;
        places = search.places(&context)?;
    }
    let mut found = Causes { places, ..Causes::default() };
    if found.places.is_empty() {
        return Some(found);
    }
    for name in ENTITIES.into_iter().chain(["slots"]) {
        if let Some(value) = context.get(name) {
            let path = Path(vec![Step::Name(name.to_owned())]);
            search.descend(&context, &path, value, &mut found);
        }
    }
    Some(found)
}

/// Draws the pictures that recipes of the same asset make, which its templates may name.
fn draw_shown(stage: &Stage<'_>, engine: &Engine<'_>, jobs: &[Job], job: &Job) {
    let shown = |other: &Job| {
        !other.per_placement || other.placements.iter().all(|at| job.placements.contains(at))
    };
    let of_same = |other: &&Job| {
        other.kind == RecipeKind::Image
            && job.kind != RecipeKind::Image
            && (other.campaign, other.asset) == (job.campaign, job.asset)
            && shown(other)
    };
    for other in jobs.iter().filter(of_same) {
        let Some(scene) = scene_of(stage, other) else { continue };
        // What cannot be drawn keeps the artifact from being rendered, which is told.
        if let Ok(drawn) = draw_pictures(stage, engine, &scene, other) {
            note_made(engine.assets(), &scene, other, &drawn);
        }
    }
}

/// A sheet's cells are patterns: what puts a text there are the fields of the cells that hold it.
fn in_sheet(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job, wanted: &str) -> Causes {
    let mut found = Causes::default();
    let mut count = 0;
    let columns = scene.channel.recipes.get(job.recipe).map_or(&[][..], |recipe| &recipe.columns);
    for (at, placement) in job.placements.iter().enumerate() {
        let placement = stage.facts.placements.get(*placement);
        let row = placement.and_then(|one| Scene::of(stage.documents, stage.facts, one));
        let Some(row) = row else { continue };
        for column in columns {
            let text = row.expand(&column.value).unwrap_or_default();
            if !text.contains(wanted) {
                continue;
            }
            count += 1;
            for field in column.value.fields() {
                let Some(name) = name_of(field) else { continue };
                let slot = [Step::Name("slots".to_owned()), Step::At(at)];
                let path = Path(slot.into_iter().chain(name.map(Step::Name)).collect());
                let mut value = String::new();
                let written = row.write(field, &mut value);
                if written.is_ok() && !found.facts.iter().any(|(known, _)| *known == path) {
                    found.facts.push((path, value));
                }
            }
        }
    }
    if count > 0 {
        found.places.push((Form::Csv.extension().to_owned(), count));
    }
    found
}

fn name_of(field: &Field) -> Option<[String; 2]> {
    let name = match field {
        Field::Offer(column) => ["offer", column],
        Field::Partner(column) => ["partner", column],
        Field::CampaignCode => ["campaign", "code"],
        Field::CampaignName => ["campaign", "name"],
        _ => return None,
    };
    Some(name.map(str::to_owned))
}

/// Every fact that the templates of a job can read, with its value, in the order of the context.
pub fn facts_read(stage: &Stage<'_>, engine: &Engine<'_>, job: &Job) -> Vec<(Path, String)> {
    let context = stage.context(job);
    let mut reads = Reads::default();
    let Some(scene) = scene_of(stage, job) else { return Vec::new() };
    for name in job.parts.iter().filter_map(|part| part.template.as_ref()) {
        reads.extend(engine.reads(&scene, name));
    }
    let recipe = scene.channel.recipes.get(job.recipe);
    for column in recipe.into_iter().flat_map(|recipe| &recipe.columns) {
        reads.note_pattern(&column.value);
    }
    let mut found = Vec::new();
    for name in ENTITIES.into_iter().chain(["slots"]) {
        if let Some(value) = context.get(name) {
            leaves(&mut vec![Step::Name(name.to_owned())], value, &mut |path, value| {
                if is_read(&reads, path) {
                    found.push((Path(path.to_vec()), value.to_string()));
                }
            });
        }
    }
    found
}

fn is_read(reads: &Reads, path: &[Step]) -> bool {
    let names = path.iter().filter_map(|step| match step {
        Step::Name(name) => Some(name.as_str()),
        Step::At(_) => None,
    });
    match names.collect::<Vec<_>>().as_slice() {
        [.., entity, field] if *entity != "slots" => reads.field(entity, field),
        [.., name] => reads.name(name),
        [] => false,
    }
}

fn leaves(path: &mut Vec<Step>, value: &Value, each: &mut dyn FnMut(&[Step], &Value)) {
    if !value.is_map() && !value.is_array() {
        each(path, value);
        return;
    }
    for (step, part) in parts(value) {
        path.push(step);
        leaves(path, &part, each);
        path.pop();
    }
}

struct Search<'a> {
    stage: &'a Stage<'a>,
    engine: &'a Engine<'a>,
    scene: Scene<'a>,
    job: &'a Job,
    wanted: &'a str,
    /// Nobody reads it: it stands in an address, or is for those who do not see a picture.
    in_markup: bool,
}

impl Search<'_> {
    /// How often it stands in each part that has it.
    fn places(&self, context: &Context) -> Option<Vec<(String, usize)>> {
        let texts = self.texts(context)?;
        let places = texts.iter().map(|(name, text)| (name.clone(), self.count(text)));
        Some(places.filter(|(_, count)| *count > 0).collect())
    }

    /// What people read of each part, and of a mail its subject and preheader. `None` where one of
    /// them cannot be rendered.
    fn texts(&self, context: &Context) -> Option<Vec<(String, String)>> {
        let Self { stage, engine, scene, job, .. } = self;
        let mut texts = Vec::new();
        if job.kind == RecipeKind::Email {
            let mut found = Vec::new();
            let made = envelope(engine, (scene, job), context, &mut found);
            if found.iter().any(|one| one.severity == crate::diag::Severity::Error) {
                return None;
            }
            texts.push(("subject".to_owned(), made.subject));
            texts.push(("preheader".to_owned(), made.preheader));
        }
        let set = engine.of(scene);
        for part in job.parts.iter().filter(|part| !is_derived(set, job, part)) {
            let Some(template) = &part.template else { continue };
            let own = part.page.map(|form| page_context(stage, scene, job, form, context));
            let bytes = self.rendered(part, template, own.as_ref().unwrap_or(context))?;
            let name = part.page.map_or_else(
                || part.form.extension().to_owned(),
                |form| format!("{} {}", form.name(), part.form.extension()),
            );
            let raw = String::from_utf8_lossy(&bytes).into_owned();
            let seen = part.form == Form::Html && !self.in_markup;
            texts.push((name, if seen { visible_text(&raw) } else { raw }));
        }
        Some(texts)
    }

    fn rendered(&self, part: &Part, template: &str, context: &Context) -> Option<Vec<u8>> {
        let drawn = matches!(part.form, Form::Png | Form::Webp);
        let form = if drawn { Form::Svg } else { part.form };
        let mut sized = None;
        if drawn {
            let recipe = self.scene.channel.recipes.get(self.job.recipe)?;
            let size = recipe.picture.as_ref()?.sizes.first()?;
            let mut own = context.clone();
            own.insert("width", &size.width);
            own.insert("height", &size.height);
            own.insert("size", &size.to_string());
            sized = Some(own);
        }
        let block = block_of(self.engine.of(&self.scene), self.job, part);
        let call = Call { form, template, block, path: part.path.as_str() };
        let mut buffer = Vec::new();
        let context = sized.as_ref().unwrap_or(context);
        fill(self.engine, (&self.scene, self.job), call, context, &mut buffer)?.ok()?;
        Some(buffer)
    }

    /// How often the text stands in another, blanks and line ends aside.
    fn count(&self, text: &str) -> usize {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        squeezed(text).matches(&squeezed(self.wanted)).count()
    }

    /// Whether the text is there less often in a context than it was. `None`: nobody can tell.
    fn is_missing(&self, context: &Context, before: &[(String, usize)]) -> Option<bool> {
        let texts = self.texts(context)?;
        let now = |name: &str| {
            let found = texts.iter().find(|(one, _)| one == name);
            found.map_or(0, |(_, text)| self.count(text))
        };
        Some(before.iter().any(|(name, count)| now(name) < *count))
    }

    /// Changes all of a value, and where that matters, each of its parts by itself.
    fn descend(&self, context: &Context, path: &Path, value: &Value, found: &mut Causes) {
        let is_leaf = !value.is_map() && !value.is_array();
        let Some(other) = altered(value) else { return };
        let missing = self.is_missing(&with(context, path, &other), &found.places);
        match missing {
            Some(false) => {}
            Some(true) if is_leaf => found.facts.push((path.clone(), value.to_string())),
            None if is_leaf => {
                let own = value.as_str().unwrap_or("");
                if own.len() > 1 && (self.wanted.contains(own) || own.contains(self.wanted)) {
                    found.perhaps.push((path.clone(), value.to_string()));
                }
            }
            Some(true) | None => {
                for (step, part) in parts(value) {
                    let mut inner = path.clone();
                    inner.0.push(step);
                    self.descend(context, &inner, &part, found);
                }
            }
        }
    }
}
