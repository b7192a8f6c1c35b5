//! `build`: check, render, write. Nothing is written that something wrong could be in.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::args::{BuildArgs, GalleryPlace};
use super::console::Console;
use super::entries::{Capacities, check_generated, files_of_pages, generated_files, manifest_of};
use super::exit::{Bug, Exit};
use super::gallery::make_gallery;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, output_folder, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::progress::bar;
use super::quarantine::quarantine;
use super::released::forgotten_links;
use super::summary::{Built, print_summary, unused_links, unused_waivers};
use crate::artifact::KnownUrls;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::graph::plan_jobs;
use crate::manifest::Manifest;
use crate::model::{ArtifactPath, Span};
use crate::render::{Engine, Report, Sink, Stage, render_all};
use crate::source::SourceKind;
use crate::store::{
    Committed, DirectoryLock, KeptPictures, OutputDir, check_gallery_place, check_place, commit,
    is_workspace, keep_sources, lock_directory, replace_file,
};

pub(super) fn run(root: &Path, args: &BuildArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    console.show(args.findings);
    build(root, args, None, console)
}

/// Builds and says what came of it; where a plan is applied, only what it expects.
pub(super) fn build(
    root: &Path,
    args: &BuildArgs,
    expected: Option<&String>,
    console: &mut Console,
) -> Result<Exit> {
    let made = match make(root, args, (expected, Then::End), console)? {
        Made::Unprepared(outcome, diagnostics) => {
            return report_unprepared(outcome, diagnostics, console, false);
        }
        Made::Refused(prepared, diagnostics) => {
            console.diagnostics(&prepared.sources, &diagnostics, false)?;
            console.note("nothing was written");
            return Ok(Exit::Findings);
        }
        Made::Stale => {
            console.error("a source changed while the plan was applied: nothing was committed");
            return Ok(Exit::Stale);
        }
        Made::Built(finished) => *finished,
    };
    let Finished { mut prepared, report, manifest, diagnostics, .. } = made;
    console.diagnostics(&prepared.sources, &diagnostics, false)?;
    let quarantine = quarantine(&mut prepared);
    let built = Built {
        prepared: &prepared,
        manifest: &manifest,
        committed: made.committed,
        report: &report,
        target: &made.target,
        quarantine,
        capacities: made.capacities,
        gallery: gallery(root, &made.target, args, (&prepared, &report, &manifest))?,
    };
    print_summary(&built, console)?;
    // Taking a large workspace apart piece by piece would only take time.
    std::mem::forget((report, manifest));
    std::mem::forget(prepared);
    Ok(if diagnostics.has_errors() { Exit::Findings } else { Exit::Done })
}

/// What the process does after a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It ends, so nothing need be taken apart.
    End,
    /// It goes on, and must not grow.
    GoOn,
}

/// What came of a build.
pub(super) enum Made {
    /// The workspace could not be read.
    Unprepared(Outcome, Diagnostics),
    /// Something stands in the way of everything, and nothing was written.
    Refused(Box<Prepared>, Diagnostics),
    /// It is not what a plan expects, and was not committed.
    Stale,
    /// It was committed.
    Built(Box<Finished>),
}

/// A build that was committed. No other run writes there while this is held.
pub(super) struct Finished {
    pub(super) prepared: Box<Prepared>,
    pub(super) report: Report,
    pub(super) manifest: Manifest,
    pub(super) committed: Committed,
    pub(super) capacities: Capacities,
    pub(super) diagnostics: Diagnostics,
    pub(super) target: PathBuf,
    /// Whether throughline.lock was replaced.
    pub(super) recorded: bool,
    _locks: (Option<DirectoryLock>, DirectoryLock),
}

/// Builds. Says nothing but that it waits.
pub(super) fn make(
    root: &Path,
    args: &BuildArgs,
    (expected, then): (Option<&String>, Then),
    console: &mut Console,
) -> Result<Made> {
    // Held from before the ids are read until after they are written.
    let ids_lock = if is_workspace(root) {
        Some(lock_for(&root.join(".throughline"), console)?)
    } else {
        None
    };
    let mut diagnostics = Diagnostics::new();
    let ids = if args.locked { Ids::Leave } else { Ids::Record };
    let mut prepared = match prepare(root, args.as_of.as_deref(), ids, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return Ok(Made::Unprepared(other, diagnostics)),
    };
    let target = output_folder(root, args.output.as_deref());
    diagnostics.extend(forgotten_links(&target, &prepared));
    if args.locked {
        refuse_new_ids(&mut prepared, &mut diagnostics);
        diagnostics.extend(meaning_not_recorded(&prepared));
    }
    let engine =
        Engine::new(&prepared.documents, &prepared.sources, &prepared.assets, &mut diagnostics);
    engine.check_recipes(&prepared.documents, &mut diagnostics);
    check_swaps(&prepared, &engine, &mut diagnostics);
    let pictures = remember_pictures(root, &prepared, false);
    let renderer = Renderer { prepared: &prepared, engine: &engine, console: console.format, then };
    if (diagnostics.blocks_build() || args.strict) && refuse(&renderer, &mut diagnostics)? {
        return Ok(Made::Refused(prepared, diagnostics));
    }
    check_places(root, &target, &prepared, args)?;
    let target_lock = lock_for(&target, console)?;
    let output = OutputDir::open(&target)?;
    let recorded = !args.locked && write_lock_file(root, &prepared)?;
    let report = renderer
        .render(&|path: &ArtifactPath, bytes: &[u8]| output.put(path, bytes))
        .with_context(|| format!("cannot write into {}", target.display()))?;
    let (files, capacities) = generated_files(&prepared, &report.live, &output, &mut diagnostics)
        .and_then(|(mut files, capacities)| {
            files.extend(files_of_pages(&prepared, &report));
            let held = files.par_iter().filter_map(|file| Some((file, file.bytes.as_ref()?)));
            held.try_for_each(|(file, bytes)| output.put(&file.published(), bytes))?;
            Ok((files, capacities))
        })
        .map_err(|error| fault_of_writing(error, &target))?;
    let manifest = manifest_of(&prepared, &report, &files);
    if expected.is_some_and(|root| *root != manifest.root.hash) {
        return Ok(Made::Stale);
    }
    let committed = commit(&output, &manifest)?;
    keep(root, &prepared, &pictures, console);
    diagnostics.extend(unused(&prepared, &report, &diagnostics));
    extend(&mut diagnostics, report.diagnostics.iter().cloned());
    prepared.finish(&mut diagnostics);
    if then == Then::End {
        std::mem::forget(files);
    }
    Ok(Made::Built(Box::new(Finished {
        prepared,
        report,
        manifest,
        committed,
        capacities,
        diagnostics,
        target,
        recorded,
        _locks: (ids_lock, target_lock),
    })))
}

/// Refuses places where nothing may be written, before anything is.
fn check_places(root: &Path, target: &Path, prepared: &Prepared, args: &BuildArgs) -> Result<()> {
    check_place(root, target, &prepared.table_folders)?;
    let gallery = args.gallery.as_ref().and_then(GalleryPlace::file);
    gallery.map_or(Ok(()), |file| check_gallery_place(file, target))
}

/// Makes the gallery where one is wanted.
pub(super) fn gallery(
    root: &Path,
    target: &Path,
    args: &BuildArgs,
    made: (&Prepared, &Report, &Manifest),
) -> Result<Option<PathBuf>> {
    let Some(place) = &args.gallery else { return Ok(None) };
    make_gallery(root, target, made, place.file()).map(Some)
}

/// What was made or decided, and is shown nowhere, although everything was built.
fn unused(prepared: &Prepared, report: &Report, so_far: &Diagnostics) -> Vec<Diagnostic> {
    if !report.failed.is_empty() || so_far.has_errors() {
        return Vec::new();
    }
    let mut found = Vec::from_iter(unused_links(prepared, &report.used));
    found.extend(unused_waivers(prepared, &report.waived));
    found
}

/// A bug is told as one, and everything else with the folder that was written into.
fn fault_of_writing(error: anyhow::Error, target: &Path) -> anyhow::Error {
    if error.is::<Bug>() {
        return error;
    }
    error.context(format!("cannot write into {}", target.display()))
}

/// What the build was made from is kept, for whoever asks later what has changed, and what took
/// long to make.
fn keep(root: &Path, prepared: &Prepared, pictures: &KeptPictures, console: &mut Console) {
    let kinds = [SourceKind::Lock, SourceKind::Unread, SourceKind::Asset];
    let read = prepared.sources.iter().filter(|(_, file)| !kinds.contains(&file.kind));
    let files: Vec<_> = read.map(|(_, file)| (file.path.as_str(), file.digest)).collect();
    if let Err(error) = keep_sources(root, &files) {
        console.note(&format!("note: the next plan will have no reasons: {error:#}"));
    }
    if let Err(error) = pictures.finish() {
        console.note(&format!("note: the next build will draw pictures again: {error:#}"));
    }
}

/// Renders everything without writing it, so that everything wrong is told at once; tells whether
/// anything is.
fn refuse(renderer: &Renderer<'_>, diagnostics: &mut Diagnostics) -> Result<bool> {
    let prepared = renderer.prepared;
    let report = renderer.render(&|_, _| Ok(()))?;
    let mut found = Diagnostics::new();
    check_generated(prepared, &report.live, &mut found);
    let wrong = diagnostics.has_errors() || found.has_errors();
    if !wrong && report.diagnostics.is_empty() {
        return Ok(false);
    }
    diagnostics.extend(found);
    extend(diagnostics, report.diagnostics);
    prepared.finish(diagnostics);
    Ok(true)
}

pub(super) struct Renderer<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) engine: &'a Engine<'a>,
    pub(super) console: crate::report::Format,
    pub(super) then: Then,
}

impl Renderer<'_> {
    pub(super) fn render(&self, sink: Sink<'_>) -> io::Result<Report> {
        let prepared = self.prepared;
        let Prepared { documents, facts, links, assets, .. } = prepared;
        let (stage, known) = rayon::join(
            || Stage::new(documents, facts, links),
            || KnownUrls::new(documents, facts, links, assets),
        );
        let progress = bar(self.console, prepared.jobs.len(), "building");
        let tick = || progress.inc(1);
        let report = render_all(&stage, self.engine, &known, &prepared.jobs, sink, &tick);
        progress.finish_and_clear();
        if self.then == Then::End {
            std::mem::forget((stage, known));
        }
        report
    }
}

/// Two runs at once wait for each other: on the workspace's ids and on the output.
pub(super) fn lock_for(folder: &Path, console: &mut Console) -> Result<DirectoryLock> {
    let waiting = format!("waiting for another run that holds {}", folder.display());
    let note = std::cell::RefCell::new(console);
    lock_directory(folder, &|| note.borrow_mut().note(&waiting))
}

/// Ids are recorded before anything that holds them is written. Tells whether there was anything
/// to record.
fn write_lock_file(root: &Path, prepared: &Prepared) -> Result<bool> {
    let mut existing = prepared.sources.of_kind(SourceKind::Lock);
    let lock = &prepared.minting.lock;
    if existing.next().is_some_and(|(_, file)| lock.is_written_as(&file.text)) {
        return Ok(false);
    }
    replace_file(&root.join("throughline.lock"), lock.text().as_bytes())?;
    Ok(true)
}

/// Where findings about the lock are shown, also where there is none yet.
fn place_of_lock(prepared: &Prepared) -> Span {
    let lock = prepared.sources.of_kind(SourceKind::Lock).next().map(|(id, _)| Span::start_of(id));
    lock.unwrap_or(Span::start_of(prepared.documents.workspace.name.span.source))
}

/// With --locked a late swap goes out, and is not yet on record.
fn meaning_not_recorded(prepared: &Prepared) -> Option<Diagnostic> {
    let changed = &prepared.minting.changed;
    let first = changed.first()?;
    let row = prepared.documents.lock.current(first);
    let place = row.and_then(|row| row.span).unwrap_or_else(|| place_of_lock(prepared));
    let message = match changed.len() {
        1 => format!("the link `{first}` leads elsewhere now, or shows another offer"),
        more => {
            format!("{more} links lead elsewhere now, or show another offer, such as `{first}`")
        }
    };
    Some(
        Diagnostic::warning(Code::MeaningNotRecorded, place, message)
            .help("run `throughline build` without `--locked`, and commit throughline.lock"),
    )
}

/// With --locked nothing is built that needs a new id. Where rows in quarantine are the cause, as
/// when the next pick moves up, only what needs one is held back; otherwise the lock was not
/// committed, and nothing is written.
fn refuse_new_ids(prepared: &mut Prepared, diagnostics: &mut Diagnostics) {
    let new = std::mem::take(&mut prepared.minting.new);
    let first = new.first().and_then(|at| prepared.links.links.get(*at));
    let Some(first) = first.map(|link| link.id.as_str()) else { return };
    let place = place_of_lock(prepared);
    let message = match new.len() {
        1 => format!("the link `{first}` has no id yet, and --locked gives out none"),
        more => {
            format!("{more} links have no id yet, such as `{first}`, and --locked gives out none")
        }
    };
    let help = "run `throughline build`, look at the change of throughline.lock, and commit it";
    let diagnostic = Diagnostic::error(Code::LockNeedsUpdate, place, message).help(help);
    let mut records = prepared.documents.tables.values().flat_map(|table| &table.records);
    let quarantined = records.any(|record| record.quarantined);
    diagnostics.push(if quarantined { diagnostic } else { diagnostic.blocking() });
    let links = new.iter().filter_map(|at| prepared.links.links.get(*at));
    prepared.links.broken.extend(links.map(|link| link.placement));
    // What the other faults of the jobs are was told when they were first made.
    let mut told = Diagnostics::new();
    prepared.jobs = plan_jobs(&prepared.documents, &prepared.facts, &prepared.links, &mut told);
}
