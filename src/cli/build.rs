//! `build`: check, render, write. Nothing is written that something wrong could be in.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;

use super::args::{BuildArgs, GalleryPlace};
use super::console::Console;
use super::entries::{Capacities, Listed, check_generated, generated_files, manifest_of};
use super::exit::{Bug, Exit};
use super::gallery::make_gallery;
use super::partial::Partial;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, output_folder, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::progress::bar;
use super::quarantine::quarantine;
use super::recall::{Known, Memory};
use super::released::forgotten_links;
use super::summary::{Built, print_summary, unused_links, unused_waivers};
use crate::artifact::{GeneratedFile, KnownUrls};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::graph::plan_jobs;
use crate::manifest::Manifest;
use crate::model::{ArtifactPath, Digest, Span};
use crate::render::{Engine, Report, Sink, Stage, render_all};
use crate::report::count;
use crate::source::SourceKind;
use crate::store::{
    DirectoryLock, KeptPictures, OutputDir, check_gallery_place, check_place, commit, is_workspace,
    keep_sources, lock_directory, replace_file,
};

pub(super) fn run(root: &Path, args: &BuildArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    console.show(args.findings);
    build(root, args, None, console)
}

/// What a plan that is applied says of the build.
pub(super) struct Expected {
    /// The root.
    pub(super) root: String,
    /// Where only a part goes out: which.
    pub(super) partial: Option<Partial>,
}

/// Builds; where a plan is applied, only what it expects.
pub(super) fn build(
    root: &Path,
    args: &BuildArgs,
    expected: Option<&Expected>,
    console: &mut Console,
) -> Result<Exit> {
    // Held from before the ids are read until after they are written.
    let _ids = if is_workspace(root) {
        Some(lock_for(&root.join(".throughline"), console)?)
    } else {
        None
    };
    let mut diagnostics = Diagnostics::new();
    let ids = if args.locked { Ids::Leave } else { Ids::Record };
    let mut prepared = match prepare(root, args.as_of.as_deref(), ids, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let target = output_folder(root, args.output.as_deref());
    diagnostics.extend(forgotten_links(&target, &prepared));
    if args.locked {
        refuse_new_ids(&mut prepared, &mut diagnostics);
        diagnostics.extend(meaning_not_recorded(&prepared));
    }
    let partial = expected.and_then(|expected| expected.partial.as_ref());
    if let Some(partial) = partial {
        prepared.minting = partial.minting(&prepared);
    }
    let engine =
        Engine::new(&prepared.documents, &prepared.sources, &prepared.assets, &mut diagnostics);
    engine.check_recipes(&prepared.documents, &mut diagnostics);
    check_swaps(&prepared, &engine, &mut diagnostics);
    let pictures = remember_pictures(root, &prepared, false);
    let renderer = Renderer { prepared: &prepared, engine: &engine, console: console.format };
    if (diagnostics.blocks_build() || args.strict) && refuse(&renderer, &mut diagnostics, console)?
    {
        return Ok(Exit::Findings);
    }
    check_places(root, &target, &prepared, args)?;
    let _target = lock_for(&target, console)?;
    let Some(output) = open(&target, partial, console)? else { return Ok(Exit::Stale) };
    if !args.locked {
        write_lock_file(root, &prepared)?;
    }
    let memory = Memory::new(root, &target, &output, args.verify_cache);
    let Made { report, known, files, capacities, manifest } =
        make(&renderer, (partial, &memory), &output, &mut diagnostics)
            .map_err(|error| fault_of_writing(error, &target))?;
    if expected.is_some_and(|expected| expected.root != manifest.root.hash) {
        console.error("a source changed while the plan was applied: nothing was committed");
        return Ok(Exit::Stale);
    }
    let committed = commit(&output, &manifest)?;
    keep(root, (&prepared, &manifest), &pictures, console);
    let wrong = settle(&memory, known.as_ref(), (&prepared, &report), console);
    diagnostics.extend(unused(&prepared, &report, &diagnostics));
    extend(&mut diagnostics, report.diagnostics.iter().cloned());
    prepared.finish(&mut diagnostics);
    console.diagnostics(&prepared.sources, &diagnostics, false)?;
    let quarantine = quarantine(&mut prepared);
    let built = Built {
        prepared: &prepared,
        manifest: &manifest,
        committed,
        report: &report,
        target: &target,
        quarantine,
        capacities,
        gallery: gallery(root, &target, args, (&prepared, &report, &manifest))?,
    };
    print_summary(&built, console)?;
    // The process ends here; taking a large workspace apart piece by piece would only take time.
    std::mem::forget((report, manifest, files));
    std::mem::forget(prepared);
    Ok(if diagnostics.has_errors() || wrong { Exit::Findings } else { Exit::Done })
}

/// Writes down what the next build need not do again, and tells whether what was written down
/// before was wrong.
fn settle(
    memory: &Memory<'_>,
    known: Option<&Known>,
    (prepared, report): (&Prepared, &Report),
    console: &mut Console,
) -> bool {
    let Some(known) = known else { return false };
    let (wrong, compared) = memory.wrong(known, prepared, report);
    for path in &wrong {
        console.error(&format!("the cache knows `{path}` otherwise than it is"));
    }
    match (wrong.len(), compared) {
        (0, None) => {}
        (0, Some(jobs)) => {
            console.note(&format!("the cache is right about {}", count(jobs, "job")))
        }
        _ => console.note(
            "the output is right, and the cache is made anew: report this, \
             with what has changed since the build before",
        ),
    }
    if let Err(error) = memory.keep(known, report) {
        console.note(&format!("note: the next build will render everything: {error:#}"));
    }
    !wrong.is_empty()
}

/// Opens the output; nothing where a part does not fit it any more.
fn open(
    target: &Path,
    partial: Option<&Partial>,
    console: &mut Console,
) -> Result<Option<OutputDir>> {
    if let Some(partial) = partial
        && !partial.still_fits(target)?
    {
        console.error("the output was built anew while the plan was applied: nothing was written");
        return Ok(None);
    }
    OutputDir::open(target).map(Some)
}

/// What was made and is not committed yet.
struct Made {
    report: Report,
    known: Option<Known>,
    files: Vec<GeneratedFile>,
    capacities: Capacities,
    manifest: Manifest,
}

/// Renders into an output; where only a part goes out, that.
fn make(
    renderer: &Renderer<'_>,
    (partial, memory): (Option<&Partial>, &Memory<'_>),
    output: &OutputDir,
    diagnostics: &mut Diagnostics,
) -> Result<Made> {
    let prepared = renderer.prepared;
    let goes_out =
        |path: &ArtifactPath| partial.is_none_or(|one| one.paths.contains(path.as_str()));
    let sink = |path: &ArtifactPath, bytes: &[u8]| {
        if goes_out(path) { output.put(path, bytes) } else { Ok(()) }
    };
    // Of a part, what stays is not what it would be made from now.
    let memory = partial.is_none().then_some(memory);
    let (report, known) = renderer.render(&sink, memory)?;
    let listed = match partial {
        Some(partial) => Listed::part(prepared, &report, &prepared.minting.lock, partial),
        None => Listed::whole(prepared, &report),
    };
    let (files, capacities) = generated_files(prepared, &listed, output, diagnostics)?;
    let held = files.par_iter().filter_map(|file| Some((file, file.bytes.as_ref()?)));
    held.try_for_each(|(file, bytes)| output.put(&file.published(), bytes))?;
    let manifest = manifest_of(prepared, &report, &files, &listed);
    Ok(Made { report, known, files, capacities, manifest })
}

/// Refuses places where nothing may be written, before anything is.
fn check_places(root: &Path, target: &Path, prepared: &Prepared, args: &BuildArgs) -> Result<()> {
    check_place(root, target, &prepared.table_folders)?;
    let gallery = args.gallery.as_ref().and_then(GalleryPlace::file);
    gallery.map_or(Ok(()), |file| check_gallery_place(file, target))
}

/// Makes the gallery where one is wanted.
fn gallery(
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
fn keep(
    root: &Path,
    (prepared, manifest): (&Prepared, &Manifest),
    pictures: &KeptPictures,
    console: &mut Console,
) {
    let kinds = [SourceKind::Lock, SourceKind::Unread, SourceKind::Asset];
    let read = prepared.sources.iter().filter(|(_, file)| !kinds.contains(&file.kind));
    let mut files: Vec<_> = read.map(|(_, file)| (file.path.as_str(), file.digest)).collect();
    // Of a build in parts also what the rest was made from, of which there are copies already.
    let rest = manifest.selection.iter().flat_map(|rest| &rest.sources);
    files.extend(rest.filter_map(|one| Some((one.path.as_str(), Digest::from_hex(&one.sha256)?))));
    if let Err(error) = keep_sources(root, &files) {
        console.note(&format!("note: the next plan will have no reasons: {error:#}"));
    }
    if let Err(error) = pictures.finish() {
        console.note(&format!("note: the next build will draw pictures again: {error:#}"));
    }
}

/// Renders everything without writing it, so that everything wrong is told at once; tells whether
/// anything is.
fn refuse(
    renderer: &Renderer<'_>,
    diagnostics: &mut Diagnostics,
    console: &mut Console,
) -> Result<bool> {
    let prepared = renderer.prepared;
    let report = renderer.render(&|_, _| Ok(()), None)?.0;
    let mut found = Diagnostics::new();
    check_generated(prepared, &report.live, &mut found);
    let wrong = diagnostics.has_errors() || found.has_errors();
    if !wrong && report.diagnostics.is_empty() {
        return Ok(false);
    }
    diagnostics.extend(found);
    extend(diagnostics, report.diagnostics);
    prepared.finish(diagnostics);
    console.diagnostics(&prepared.sources, diagnostics, false)?;
    console.note("nothing was written");
    Ok(true)
}

pub(super) struct Renderer<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) engine: &'a Engine<'a>,
    pub(super) console: crate::report::Format,
}

impl Renderer<'_> {
    /// Renders all jobs but those that the memory knows.
    pub(super) fn render(
        &self,
        sink: Sink<'_>,
        memory: Option<&Memory<'_>>,
    ) -> io::Result<(Report, Option<Known>)> {
        let prepared = self.prepared;
        let Prepared { documents, facts, links, assets, jobs, .. } = prepared;
        let (stage, urls) = rayon::join(
            || Stage::new(documents, facts, links),
            || KnownUrls::new(documents, facts, links, assets),
        );
        let known = memory.map(|memory| memory.know(prepared, &stage, self.engine));
        let recall = |at: usize| memory?.recall(known.as_ref()?, prepared, at);
        let progress = bar(self.console, jobs.len(), "building");
        let tick = || progress.inc(1);
        let report = render_all(&stage, self.engine, &urls, jobs, (sink, &recall), &tick);
        progress.finish_and_clear();
        // The process ends soon; what was shared by all jobs need not be taken apart.
        std::mem::forget((stage, urls));
        Ok((report?, known))
    }
}

/// Two runs at once wait for each other: on the workspace's ids and on the output.
pub(super) fn lock_for(folder: &Path, console: &mut Console) -> Result<DirectoryLock> {
    let waiting = format!("waiting for another run that holds {}", folder.display());
    let note = std::cell::RefCell::new(console);
    lock_directory(folder, &|| note.borrow_mut().note(&waiting))
}

/// Ids are recorded before anything that holds them is written.
fn write_lock_file(root: &Path, prepared: &Prepared) -> Result<()> {
    let mut existing = prepared.sources.of_kind(SourceKind::Lock);
    let lock = &prepared.minting.lock;
    if existing.next().is_some_and(|(_, file)| lock.is_written_as(&file.text)) {
        return Ok(());
    }
    replace_file(&root.join("throughline.lock"), lock.text().as_bytes())
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
