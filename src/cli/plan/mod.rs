//! `plan` and `apply`: what a build would change and why, and exactly that.

mod apply;
mod args;
mod base;
mod document;
mod shown;

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;

pub(super) use apply::apply;
pub(super) use args::{ApplyArgs, PlanArgs};
pub(super) use base::{Base, digests, world};
use document::document;
pub(super) use shown::{fact_line, print_plan};

use super::build::{Renderer, Then};
use super::console::Console;
use super::entries::{files_of_pages, generated_files, manifest_of};
use super::exit::Exit;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, now, output_folder, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::released::forgotten_links;
use crate::artifact::NoShelf;
use crate::decide::{Fact, Plan, Subject, World, changed_facts, compare, growth, readers, size_of};
use crate::diag::Diagnostics;
use crate::manifest::{ENGINE_EPOCH, Manifest};
use crate::render::{Engine, Sink};
use crate::store::{read_manifest, replace_file};

/// A plan with everything that is told of it.
pub(super) struct Planning {
    pub(super) base: Option<Manifest>,
    pub(super) target: Manifest,
    pub(super) plan: Plan,
    /// What the promotion has more of, or less; nothing where the base's facts are not known.
    pub(super) growth: Vec<(&'static str, i64)>,
    /// From when time left is counted.
    pub(super) now: Timestamp,
}

pub(super) fn run(root: &Path, args: &PlanArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, args.as_of.as_deref(), Ids::Record, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let against = output_folder(root, args.against.as_deref());
    let planning = plan_build(root, &against, &prepared, &mut diagnostics, console)?;
    prepared.finish(&mut diagnostics);
    console.diagnostics(&prepared.sources, &diagnostics, false)?;
    let Some(planning) = planning else {
        console.note("nothing can be planned before this is put right");
        return Ok(Exit::Findings);
    };
    let text = document(&planning, &prepared).to_string();
    if console.format.is_json() {
        console.line(&text)?;
    } else {
        print_plan(&planning, &prepared, args.all, console)?;
    }
    if let Some(file) = &args.output {
        replace_file(file, format!("{text}\n").as_bytes())?;
        console.note(&format!("next: throughline apply {}", file.display()));
    }
    Ok(if diagnostics.has_errors() { Exit::Findings } else { Exit::Done })
}

/// Renders everything in memory and compares it with an output. Nothing where something wrong
/// reaches the whole build.
pub(super) fn plan_build(
    root: &Path,
    against: &Path,
    prepared: &Prepared,
    diagnostics: &mut Diagnostics,
    console: &Console,
) -> Result<Option<Planning>> {
    diagnostics.extend(forgotten_links(against, prepared));
    let Some(target) = target_of(root, prepared, NOWHERE, diagnostics, console)? else {
        return Ok(None);
    };
    let bytes = read_manifest(against)?;
    let base = bytes.map(|bytes| Manifest::parse(&bytes)).transpose();
    let base = base
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("{} holds no manifest of ours", against.display()))?;
    let kept = base.as_ref().and_then(|manifest| Base::of(root, manifest));
    Ok(Some(plan_against(base, kept.as_ref().map(Base::world), target)))
}

/// What a build would make of a workspace.
pub(super) struct Target<'a> {
    prepared: &'a Prepared,
    engine: Engine<'a>,
    pub(super) manifest: Manifest,
    /// Which links are live.
    pub(super) live: Vec<bool>,
}

/// For whom digests are enough.
pub(super) const NOWHERE: Sink<'static> = &|_, _| Ok(());

/// Renders a workspace and hands its artifacts to a sink. Nothing where something wrong reaches the
/// whole build.
pub(super) fn target_of<'a>(
    root: &Path,
    prepared: &'a Prepared,
    sink: Sink<'_>,
    diagnostics: &mut Diagnostics,
    console: &Console,
) -> Result<Option<Target<'a>>> {
    let engine = Engine::new(&prepared.documents, &prepared.sources, &prepared.assets, diagnostics);
    engine.check_recipes(&prepared.documents, diagnostics);
    check_swaps(prepared, &engine, diagnostics);
    if diagnostics.blocks_build() {
        return Ok(None);
    }
    // The build that follows makes room for them.
    remember_pictures(root, prepared, false);
    let renderer = Renderer { prepared, engine: &engine, console: console.format, then: Then::End };
    let report = renderer.render(sink)?;
    let (mut files, _) = generated_files(prepared, &report.live, &NoShelf, diagnostics)?;
    files.extend(files_of_pages(prepared, &report));
    for file in &files {
        if let Some(bytes) = &file.bytes {
            sink(&file.published(), bytes)?;
        }
    }
    let manifest = manifest_of(prepared, &report, &files);
    extend(diagnostics, report.diagnostics);
    Ok(Some(Target { prepared, engine, manifest, live: report.live }))
}

/// Compares a target with a base, and the facts of both where those of the base are known.
pub(super) fn plan_against(
    base: Option<Manifest>,
    base_world: Option<World<'_>>,
    target: Target<'_>,
) -> Planning {
    let Target { prepared, engine, manifest, .. } = target;
    let digests = digests(&manifest);
    let world = world(prepared, &digests);
    let facts = base_world.map(|old| {
        let mut facts = changed_facts(old, world);
        facts.extend(base.iter().flat_map(|base| of_the_run(base, &manifest)));
        facts
    });
    let growth = base_world.map(|old| growth(&size_of(old), &size_of(world)));
    let readers = readers(world, &prepared.jobs, &engine);
    let plan = compare(base.as_ref(), &manifest, facts, &readers);
    let now = prepared.as_of.unwrap_or_else(now);
    Planning { base, target: manifest, plan, growth: growth.unwrap_or_default(), now }
}

/// What changes though no file does.
fn of_the_run(base: &Manifest, target: &Manifest) -> Vec<Fact> {
    let fact = |subject: Subject, old: Option<String>, new: Option<String>| Fact {
        name: subject.name(),
        subject,
        old,
        new,
        file: String::new(),
        line: 0,
        column: 0,
        place: "the command line".to_owned(),
        owner: None,
        span: None,
        swap: None,
        unseen_in: Vec::new(),
    };
    let mut found = Vec::new();
    if base.as_of != target.as_of {
        found.push(fact(Subject::AsOf, base.as_of.clone(), target.as_of.clone()));
    }
    if base.engine_epoch != target.engine_epoch {
        let (old, new) = (base.engine_epoch.to_string(), ENGINE_EPOCH.to_string());
        found.push(fact(Subject::Engine, Some(old), Some(new)));
    }
    found
}
