//! `build`: check, render, write. Nothing is written that something wrong could be in.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::args::{BuildArgs, GalleryPlace};
use super::committing::{Held, commit_made};
use super::console::Console;
use super::exit::{Bug, Exit};
use super::gallery::make_gallery;
use super::ids::{meaning_not_recorded, refuse_new_ids, write_lock_file};
use super::partial::Partial;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, output_folder, prepare_inputs, remember_pictures,
    report_unprepared, use_threads,
};
use super::quarantine::quarantine;
use super::released::forgotten_links;
use super::remembering::{end_pictures, keep_copies, note_without_copies, note_without_links};
use super::rendering::{Renderer, Then, refuse, write};
use super::summary::{Built, Summary, print_summary};
use super::there::{There, lock_early};
use super::unchanged::{Unchanged, inputs_digest, unchanged};
use crate::diag::Diagnostics;
use crate::load::load;
use crate::manifest::Manifest;
use crate::render::{Engine, Report};
use crate::store::{
    Committed, DirectoryLock, OutputDir, check_gallery_place, check_place, is_workspace,
    lock_directory, read_links,
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

/// Builds and says what came of it; where a plan is applied, only what it expects.
pub(super) fn build(
    root: &Path,
    args: &BuildArgs,
    expected: Option<&Expected>,
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
        Made::Stale(why) => {
            console.error(why);
            return Ok(Exit::Stale);
        }
        Made::Unchanged(unchanged) => {
            console.diagnostics(&unchanged.sources, &Diagnostics::new(), false)?;
            print_summary(&unchanged.built(), console)?;
            return Ok(Exit::Done);
        }
        Made::Built(finished) => *finished,
    };
    let Finished { mut prepared, report, manifest, diagnostics, wrong, .. } = made;
    console.diagnostics(&prepared.sources, &diagnostics, false)?;
    let quarantine = quarantine(&mut prepared);
    let built = Built {
        summary: made.summary,
        committed: made.committed,
        target: &made.target,
        quarantine,
        gallery: gallery(root, &made.target, args, (&prepared, &report, &manifest))?,
    };
    print_summary(&built, console)?;
    // Taking a large workspace apart piece by piece would only take time.
    std::mem::forget((report, manifest));
    std::mem::forget(prepared);
    Ok(if diagnostics.has_errors() || wrong { Exit::Findings } else { Exit::Done })
}

/// What came of a build.
pub(super) enum Made {
    /// The workspace could not be read.
    Unprepared(Outcome, Diagnostics),
    /// Something stands in the way of everything, and nothing was written.
    Refused(Box<Prepared>, Diagnostics),
    /// It is not what a plan expects, and was not committed: why.
    Stale(&'static str),
    /// Everything is as the last build left it.
    Unchanged(Box<Unchanged>),
    /// It was committed.
    Built(Box<Finished>),
}

/// A build that was committed. No other run writes there while this is held.
pub(super) struct Finished {
    pub(super) prepared: Box<Prepared>,
    pub(super) report: Report,
    pub(super) manifest: Manifest,
    pub(super) committed: Committed,
    pub(super) summary: Summary,
    pub(super) diagnostics: Diagnostics,
    pub(super) target: PathBuf,
    /// Whether throughline.lock was replaced.
    pub(super) recorded: bool,
    /// Whether the cache knew something wrongly.
    pub(super) wrong: bool,
    pub(super) _locks: (Option<DirectoryLock>, DirectoryLock),
}

/// What is to be built, where, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) root: &'a Path,
    pub(super) target: &'a Path,
    pub(super) args: &'a BuildArgs,
    pub(super) expected: Option<&'a Expected>,
    pub(super) then: Then,
}

impl Wanted<'_> {
    pub(super) fn partial(&self) -> Option<&Partial> {
        self.expected.and_then(|expected| expected.partial.as_ref())
    }

    /// Why a part cannot go out any more.
    fn stale(&self) -> Result<Option<&'static str>> {
        let fits = self.partial().map_or(Ok(true), |partial| partial.still_fits(self.target))?;
        let why = "the output was built anew while the plan was applied: nothing was written";
        Ok((!fits).then_some(why))
    }

    /// What a plan expects is made, and whoever goes on wants to have it.
    pub(super) fn may_be_known(&self) -> bool {
        self.expected.is_none() && self.then == Then::End
    }
}

/// Builds. Says nothing but that it waits.
pub(super) fn make(
    root: &Path,
    args: &BuildArgs,
    (expected, then): (Option<&Expected>, Then),
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
    let inputs = load(root, &mut diagnostics);
    let target = output_folder(root, args.output.as_deref());
    let wanted = Wanted { root, target: &target, args, expected, then };
    if wanted.may_be_known() && diagnostics.is_empty() {
        let read = inputs_digest(&inputs.sources, args, None);
        if let Some((summary, lock)) = unchanged((root, &target), args, read, console)? {
            note_without_copies(keep_copies(root, &inputs.sources, None), console);
            let (sources, locks) = (inputs.sources, (ids_lock, lock));
            let same = Unchanged { sources, summary, target, _locks: locks };
            return Ok(Made::Unchanged(Box::new(same)));
        }
    }
    let locked = lock_early((root, &target), &inputs, console);
    // What a plan expects is made, and to verify is to compare.
    let kept = || {
        if wanted.expected.is_none() && !args.verify_cache {
            read_links(root, &target)
        } else {
            None
        }
    };
    let asked = (args.as_of.as_deref(), ids);
    let (outcome, there) = rayon::join(
        || prepare_inputs(inputs, asked, &kept, &mut diagnostics),
        || There::look((root, &target), locked),
    );
    match outcome {
        Outcome::Ready(prepared) => {
            make_prepared(wanted, prepared, diagnostics, (ids_lock, there), console)
        }
        other => Ok(Made::Unprepared(other, diagnostics)),
    }
}

fn make_prepared(
    wanted: Wanted<'_>,
    mut prepared: Box<Prepared>,
    mut diagnostics: Diagnostics,
    (ids_lock, there): (Option<DirectoryLock>, There<'_>),
    console: &mut Console,
) -> Result<Made> {
    let Wanted { root, target, args, then, .. } = wanted;
    settle_ids(wanted, &mut prepared, &mut diagnostics);
    let engine =
        Engine::new(&prepared.documents, &prepared.sources, &prepared.assets, &mut diagnostics);
    engine.check_recipes(&prepared.documents, &mut diagnostics);
    check_swaps(&prepared, &engine, &mut diagnostics);
    let pictures = remember_pictures(root, &prepared, false);
    let renderer = Renderer { prepared: &prepared, engine: &engine, console: console.format };
    if (diagnostics.blocks_build() || args.strict) && refuse(&renderer, &mut diagnostics)? {
        return Ok(Made::Refused(prepared, diagnostics));
    }
    check_places(root, target, &prepared, args)?;
    let There { lock, listing, memory } = there;
    let target_lock = lock.map_or_else(|| lock_for(target, console), Ok)?;
    if let Some(why) = wanted.stale()? {
        return Ok(Made::Stale(why));
    }
    let output = OutputDir::open_listed(target, listing)?;
    let recorded = !args.locked && write_lock_file(root, &prepared)?;
    let known_links = know_links(wanted, &prepared, console);
    let mut memory = memory.of_build(&output, args.verify_cache);
    let written = write(&renderer, (wanted.partial(), &mut memory), &output, &mut diagnostics)
        .map_err(|error| fault_of_writing(error, target))?;
    let held = Held { ids_lock, target_lock, recorded };
    let made = (written, known_links);
    let made = commit_made(wanted, (prepared, diagnostics), (&output, memory), made, held, console);
    if then == Then::End {
        // Taking it apart piece by piece would only take time.
        std::mem::forget(output);
    }
    end_pictures(&pictures, console);
    made
}

/// Of how many placements the links were known, and what of them wrongly. Writes down what is known of
/// them from now on.
fn know_links(
    wanted: Wanted<'_>,
    prepared: &Prepared,
    console: &mut Console,
) -> (usize, Vec<String>) {
    let Wanted { root, target, args, .. } = wanted;
    let compared =
        if args.verify_cache { prepared.compared_links(root, target) } else { (0, Vec::new()) };
    if wanted.partial().is_none() {
        note_without_links(prepared.keep_links(root, target), console);
    }
    compared
}

/// Says what stands in the way of recording ids. Where a part goes out, only its own are.
fn settle_ids(wanted: Wanted<'_>, prepared: &mut Prepared, diagnostics: &mut Diagnostics) {
    let (forgotten, _) = rayon::join(
        || forgotten_links(wanted.target, prepared),
        // Asked for soon, and of a large lock it takes a while.
        || prepared.minting.lock.digest(),
    );
    diagnostics.extend(forgotten);
    if wanted.args.locked {
        refuse_new_ids(prepared, diagnostics);
        diagnostics.extend(meaning_not_recorded(prepared));
    }
    if let Some(partial) = wanted.partial() {
        prepared.minting = partial.minting(prepared);
    }
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

/// A bug is told as one, and everything else with the folder that was written into.
fn fault_of_writing(error: anyhow::Error, target: &Path) -> anyhow::Error {
    if error.is::<Bug>() {
        return error;
    }
    error.context(format!("cannot write into {}", target.display()))
}

/// Two runs at once wait for each other: on the workspace's ids and on the output.
pub(super) fn lock_for(folder: &Path, console: &mut Console) -> Result<DirectoryLock> {
    let waiting = format!("waiting for another run that holds {}", folder.display());
    let note = std::cell::RefCell::new(console);
    lock_directory(folder, &|| note.borrow_mut().note(&waiting))
}
