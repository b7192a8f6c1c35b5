//! From what was made to what is committed: the manifest, the commit, and what is left for the next
//! build.

use anyhow::Result;

use super::build::{Finished, Made, Wanted};
use super::console::Console;
use super::entries::{lock_digest, manifest_of};
use super::prepare::{Prepared, extend};
use super::recall::Memory;
use super::remembering::{Left, PartsBefore};
use super::rendering::{Then, Written};
use super::summary::{Summary, SummedLinks, unused};
use crate::diag::Diagnostics;
use crate::manifest::Manifest;
use crate::report::count;
use crate::source::{Lock, SourceKind};
use crate::store::{DirectoryLock, OutputDir, commit};

/// What a build holds until it is over, and whether throughline.lock was replaced.
pub(super) struct Held {
    pub(super) ids_lock: Option<DirectoryLock>,
    pub(super) target_lock: DirectoryLock,
    pub(super) recorded: bool,
}

/// Commits what was made, and writes down what the next build need not do again. `known_links` is of how
/// many placements the links were known, and what of them wrongly.
pub(super) fn commit_made(
    wanted: Wanted<'_>,
    (mut prepared, mut diagnostics): (Box<Prepared>, Diagnostics),
    (output, memory): (&OutputDir, Memory<'_>),
    (written, known_links): (Written, (usize, Vec<String>)),
    held: Held,
    console: &mut Console,
) -> Result<Made> {
    let Wanted { root, target, args, then, .. } = wanted;
    let unused = unused(&prepared, &written.report, &diagnostics);
    let links = SummedLinks::of(&prepared);
    let lock = lock_digest(&prepared, &prepared.minting.lock);
    if then == Then::End && args.gallery.is_none() {
        let found = [diagnostics.len(), unused.len(), written.report.diagnostics.len()];
        let_go_of_links(&mut prepared, found == [0; 3]);
    }
    let of_manifest = (wanted.partial(), lock);
    let parts_before = PartsBefore::read(root, target, args.verify_cache);
    let made = (&written.report, written.files.as_slice());
    let (manifest, made) = manifest_of(&prepared, made, of_manifest, &parts_before.to_take().made);
    let parts = parts_before.compared(made);
    if let Some(stale) = unexpected(wanted, &manifest) {
        return Ok(stale);
    }
    let committed = commit(output, &manifest, parts_before.to_take())?;
    drop(parts_before);
    let wrong = tell_wrong(&memory, (&written, known_links, parts.wrong()), &prepared, console);
    let Written { report, known, files, tables: (key, tables) } = written;
    diagnostics.extend(unused);
    extend(&mut diagnostics, report.diagnostics.iter().cloned());
    prepared.finish(&mut diagnostics);
    let summary = Summary::new(&prepared, &report, &manifest, (links, &tables.servers));
    let stands = wanted.may_be_known() && !wrong && diagnostics.is_empty();
    let stamps = output.take_stamps();
    let left = Left {
        root,
        target,
        args,
        prepared: &prepared,
        lock,
        manifest: &manifest,
        stamps: &stamps,
        parts: parts.to_keep(),
    };
    left.held_back(&summary, console);
    left.for_the_next(&memory, known, (&report, key, &tables), stands.then_some(&summary), console);
    if then == Then::End {
        // Taking them apart piece by piece would only take time.
        std::mem::forget((memory, stamps, files));
    }
    let Held { ids_lock, target_lock, recorded } = held;
    Ok(Made::Built(Box::new(Finished {
        prepared,
        report,
        manifest,
        committed,
        summary,
        diagnostics,
        target: target.to_path_buf(),
        recorded,
        wrong,
        _locks: (ids_lock, target_lock),
    })))
}

/// Nobody looks at them any more, and what follows needs memory of its own. Where nothing was found,
/// nothing of throughline.lock will be shown either.
fn let_go_of_links(prepared: &mut Prepared, nothing_found: bool) {
    let (links, minting) =
        (std::mem::take(&mut prepared.links), std::mem::take(&mut prepared.minting));
    // On two threads, because there are many of both.
    rayon::join(|| drop(links), || drop(minting));
    if nothing_found {
        prepared.documents.lock = Lock::default();
        prepared.sources.forget_texts(SourceKind::Lock);
    }
}

/// Refuses what is built while a plan is applied and is not what the plan says: why.
fn unexpected(wanted: Wanted<'_>, manifest: &Manifest) -> Option<Made> {
    let other = wanted.expected.is_some_and(|expected| expected.root != manifest.root.hash);
    other.then_some(Made::Stale(
        "a source changed while the plan was applied: nothing was committed",
    ))
}

/// Tells whether what builds before wrote down was wrong.
fn tell_wrong(
    memory: &Memory<'_>,
    (written, (known_links, mut others), parts): (&Written, (usize, Vec<String>), Option<String>),
    prepared: &Prepared,
    console: &mut Console,
) -> bool {
    let Written { report, known: Some(known), tables: (key, tables), .. } = written else {
        return false;
    };
    let (mut wrong, compared) = memory.wrong(known, prepared, report);
    wrong.extend(key.iter().flat_map(|key| memory.wrong_tables(key, tables)));
    for path in &wrong {
        console.error(&format!("the cache knows `{path}` otherwise than it is"));
    }
    others.extend(parts);
    for what in &others {
        console.error(&format!("the cache knows {what} otherwise than they are"));
    }
    let count_wrong = wrong.len() + others.len();
    match (count_wrong, compared) {
        (0, None) => {}
        (0, Some(jobs)) => {
            let links = count(known_links, "placement");
            let jobs = count(jobs, "job");
            console.note(&format!("the cache is right about {jobs} and the links of {links}"));
        }
        _ => console.note(
            "the output is right, and the cache is made anew: report this, \
             with what has changed since the build before",
        ),
    }
    count_wrong > 0
}
