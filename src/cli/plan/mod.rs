//! `plan` and `apply`: what a build would change and why, and exactly that.

mod against;
mod apply;
mod approvals;
mod args;
mod base;
mod base_files;
mod document;
mod select;
mod shown;
mod stored;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use jiff::Timestamp;

use against::{Against, against, output_of};
pub(super) use apply::apply;
pub(super) use approvals::{HeldFiles, gates_after};
pub(super) use args::{ApplyArgs, PlanArgs, help};
pub(super) use base::{Base, Gone, digests, world};
use document::document;
pub(super) use select::Refusal;
use select::{Names, Whole, cut_down};
use shown::drawn;
pub(super) use shown::{fact_line, print_plan};
pub(super) use stored::StoredPlan;

use super::console::Console;
use super::entries::{Listed, generated_files, lock_digest, manifest_of};
use super::exit::Exit;
use super::named::Files;
use super::partial::Partial;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, now, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::release::{Mistyped, mistyped};
use super::released::forgotten_of;
use super::remembering::{keep_copies, note_without_copies};
use super::rendering::Renderer;
use super::tables::make_tables;
use crate::artifact::{HandOn, NoShelf, Sink};
use crate::decide::{
    Fact, GateStates, Plan, Selection, Subject, World, changed_facts, compare, growth, names_in,
    readers, size_of,
};
use crate::diag::Diagnostics;
use crate::load::{Decisions, load_decisions};
use crate::manifest::{ENGINE_EPOCH, MadeParts, Manifest};
use crate::model::PublishedPath;
use crate::render::{Engine, Report};
use crate::store::replace_file;

/// A plan with everything that is told of it.
pub(super) struct Planning {
    pub(super) base: Option<Manifest>,
    /// What it was compared with, where somebody named that.
    pub(super) against: Option<Against>,
    /// Why nobody knows the facts of the base.
    pub(super) gone: Option<Gone>,
    pub(super) target: Manifest,
    pub(super) plan: Plan,
    /// What the promotion has more of, or less; nothing where the base's facts are not known.
    pub(super) growth: Vec<(&'static str, i64)>,
    /// From when time left is counted.
    pub(super) now: Timestamp,
    /// How the gates would stand, where any are declared.
    pub(super) gates: GateStates,
    /// What was selected.
    pub(super) selection: Selection,
    /// Where only a part goes out: which, and what stays.
    pub(super) partial: Option<Partial>,
}

pub(super) fn run(root: &Path, args: &PlanArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    let selection = match Selection::parse(&args.only, &args.exclude) {
        Ok(selection) => selection,
        Err(sentence) => {
            console.error(&sentence);
            return Ok(Exit::Usage);
        }
    };
    let (files, base, against) = match against(root, args)? {
        Ok(known) => known,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    let mut diagnostics = Diagnostics::new();
    let mut prepared = match prepare(root, args.as_of.as_deref(), Ids::Record, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let decisions = load_decisions(root, &mut prepared.sources, &mut diagnostics);
    let asked = Asked { root, files: &files, base, selection: &selection };
    let planned = plan_build(asked, &prepared, Some(decisions), &mut diagnostics, console)?;
    prepared.finish(&mut diagnostics);
    console.diagnostics(&prepared.sources, &diagnostics, false)?;
    let planning = match planned {
        Planned::Ready(planning) => Planning { against, ..*planning },
        Planned::Blocked => {
            console.note("nothing can be planned before this is put right");
            return Ok(Exit::Findings);
        }
        Planned::Refused(refusal) => {
            console.error("the selection cannot go out by itself");
            for line in &refusal.lines {
                console.note(&format!("  {line}"));
            }
            if let Some(next) = &refusal.next {
                console.note(&format!("next: {next}"));
            }
            return Ok(refusal.exit);
        }
    };
    show(root, args, (&planning, &prepared), console)?;
    Ok(if diagnostics.has_errors() { Exit::Findings } else { Exit::Done })
}

/// Prints a plan, or draws it there, and writes the files that were asked for.
fn show(
    root: &Path,
    args: &PlanArgs,
    (planning, prepared): (&Planning, &Prepared),
    console: &mut Console,
) -> Result<()> {
    let text = document(planning, prepared).to_string();
    let picture = args.svg.as_ref().map(|file| (file, drawn(planning, prepared)));
    match &picture {
        Some((file, picture)) if *file == Path::new("-") => console.bytes(picture.as_bytes())?,
        _ if console.format.is_json() => console.line(&text)?,
        _ => print_plan(planning, prepared, args.all, console)?,
    }
    if let Some((file, picture)) = picture.filter(|(file, _)| *file != Path::new("-")) {
        replace_file(&root.join(file), picture.as_bytes())?;
        console.note(&format!("wrote {}", file.display()));
    }
    if let Some(file) = &args.output {
        replace_file(&root.join(file), format!("{text}\n").as_bytes())?;
        // So that it can be told later what was planned because of what.
        note_without_copies(keep_copies(root, &prepared.sources, None), console);
        let file = file.display();
        match &planning.against {
            None => console.note(&format!("next: throughline apply {file}")),
            Some(against) => console.note(&format!(
                "note: {file} is against {}, and only a plan against output/ can be applied",
                against.name
            )),
        }
    }
    Ok(())
}

/// What is planned.
pub(super) struct Asked<'a> {
    pub(super) root: &'a Path,
    /// The files of what is compared with.
    pub(super) files: &'a Files,
    /// What was built there; nothing where nothing was.
    pub(super) base: Option<Manifest>,
    pub(super) selection: &'a Selection,
}

/// What came of planning.
pub(super) enum Planned {
    Ready(Box<Planning>),
    /// Something wrong reaches the whole build.
    Blocked,
    /// What was selected cannot go out by itself.
    Refused(Refusal),
}

/// Renders everything in memory and compares it with an output.
pub(super) fn plan_build(
    asked: Asked<'_>,
    prepared: &Prepared,
    decisions: Option<Decisions>,
    diagnostics: &mut Diagnostics,
    console: &Console,
) -> Result<Planned> {
    let Asked { root, files, base, selection } = asked;
    diagnostics.extend(base.as_ref().and_then(|base| forgotten_of(files, base, prepared)));
    let held = HeldFiles::new(&prepared.documents, base.as_ref());
    let names: Mutex<Names> = Mutex::default();
    let everything = selection.is_everything();
    let sink = |place: &PublishedPath, bytes: &[u8]| {
        if !everything {
            let found = names_in(bytes);
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(place.to_string(), found);
        }
        held.put(place, bytes);
        Ok(())
    };
    let Some(target) = target_of(root, prepared, &sink, diagnostics, console)? else {
        return Ok(Planned::Blocked);
    };
    let kept = base.as_ref().map(|manifest| Base::all(root, manifest)).transpose();
    let (kept, gone) = kept.map_or_else(|gone| (None, Some(gone)), |kept| (kept, None));
    let worlds: Vec<World<'_>> = kept.iter().flatten().map(Base::world).collect();
    let mut planning = Planning { gone, ..plan_against(base, &worlds, &target) };
    // Whoever only wants it carried out asks nobody.
    if let Some(decisions) = decisions {
        planning.gates = gates_after(files, &target, held, decisions, planning.now);
    }
    if selection.is_everything() {
        return Ok(Planned::Ready(Box::new(planning)));
    }
    let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
    let digests = digests(&target.manifest);
    let world = world(prepared, &digests);
    let whole = Whole { target: &target, names: &names, files, world };
    Ok(match cut_down(planning, &whole, selection)? {
        Ok(planning) => Planned::Ready(Box::new(planning)),
        Err(refusal) => Planned::Refused(refusal),
    })
}

/// What a build would make of a workspace.
pub(super) struct Target<'a> {
    prepared: &'a Prepared,
    engine: Engine<'a>,
    pub(super) manifest: Manifest,
    /// What came of its jobs.
    pub(super) report: Report,
}

/// For whom digests are enough.
pub(super) const NOWHERE: Sink<'static> = &|_, _| Ok(());

/// Renders a workspace and hands on its artifacts. Nothing where something wrong reaches the
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
    let renderer = Renderer { prepared, engine: &engine, console: console.format };
    let shelf = HandOn(sink);
    let mut report = renderer.render(&shelf, None)?.0;
    let listed = Listed::whole(prepared, &report);
    let mut tables = make_tables(prepared, &listed, (&NoShelf, &shelf), diagnostics)?;
    let files = generated_files(prepared, &report, &listed, &mut tables, &shelf)?;
    let lock = lock_digest(prepared, listed.lock);
    let nothing = MadeParts::default();
    let (manifest, _) = manifest_of(prepared, (&report, &files), (None, lock), &nothing);
    extend(diagnostics, std::mem::take(&mut report.diagnostics));
    Ok(Some(Target { prepared, engine, manifest, report }))
}

/// Compares a target with a base, and the facts of both where those of the base are known: of what
/// the base was last built from in whole, and in part.
pub(super) fn plan_against(
    base: Option<Manifest>,
    base_worlds: &[World<'_>],
    target: &Target<'_>,
) -> Planning {
    let Target { prepared, engine, manifest, .. } = target;
    let digests = digests(manifest);
    let world = world(prepared, &digests);
    let facts = (!base_worlds.is_empty()).then(|| {
        let mut facts: Vec<Fact> = Vec::new();
        for old in base_worlds {
            let known: BTreeSet<String> = facts.iter().map(|fact| fact.name.clone()).collect();
            let new = changed_facts(*old, world).into_iter();
            facts.extend(new.filter(|fact| !known.contains(&fact.name)));
        }
        facts.extend(base.iter().flat_map(|base| of_the_run(base, manifest)));
        facts
    });
    let growth = base_worlds.first().map(|old| growth(&size_of(*old), &size_of(world)));
    let readers = readers(world, &prepared.jobs, engine);
    let plan = compare(base.as_ref(), manifest, facts, &readers);
    Planning {
        base,
        against: None,
        gone: None,
        target: manifest.clone(),
        plan,
        growth: growth.unwrap_or_default(),
        now: prepared.as_of.unwrap_or_else(now),
        gates: GateStates::default(),
        selection: Selection::default(),
        partial: None,
    }
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
    // Of a build in parts, when it was made in whole.
    let whole = base.selection.as_ref().map(|rest| &rest.as_of);
    let other = whole.into_iter().chain([&base.as_of]).find(|as_of| **as_of != target.as_of);
    if let Some(other) = other {
        found.push(fact(Subject::AsOf, other.clone(), target.as_of.clone()));
    }
    if base.engine_epoch != target.engine_epoch {
        let (old, new) = (base.engine_epoch.to_string(), ENGINE_EPOCH.to_string());
        found.push(fact(Subject::Engine, Some(old), Some(new)));
    }
    found
}
