//! What check, build and explain have in common: from a folder to jobs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::console::Console;
use super::exit::Exit;
use super::linking::{Linking, link_all};
use crate::artifact::AssetUrls;
use crate::decide::{World, late_changes, readers};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::graph::{Job, plan_jobs};
use crate::link::{KeptLinks, Links, Minting, Recording};
use crate::load::{Inputs, load};
use crate::manifest::ENGINE_EPOCH;
use crate::model::parse_datetime;
use crate::render::Engine;
use crate::resolve::{Facts, OwnerBook, resolve};
use crate::source::{Documents, Sources, read_documents};
use crate::store::KeptPictures;

/// A workspace, read and resolved.
pub(super) struct Prepared {
    pub(super) sources: Sources,
    pub(super) documents: Documents,
    pub(super) facts: Facts,
    pub(super) links: Links,
    pub(super) minting: Minting,
    pub(super) linking: Linking,
    pub(super) assets: Arc<AssetUrls>,
    pub(super) jobs: Vec<Job>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) ids: Ids,
    /// Folders that tables are read from.
    pub(super) table_folders: Vec<String>,
}

/// What came of reading a workspace.
pub(super) enum Outcome {
    Ready(Box<Prepared>),
    /// throughline.toml cannot be used; these sources are all there is to show.
    Unusable(Sources),
    /// `--as-of` is not a time.
    BadTime,
}

/// What a run does with throughline.lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    /// It records new ids and new meanings.
    Record,
    /// It reads it.
    Leave,
}

/// Reads and resolves the workspace in `root`.
pub(super) fn prepare(
    root: &Path,
    as_of: Option<&str>,
    ids: Ids,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    prepare_inputs(load(root, diagnostics), (as_of, ids), &|| None, diagnostics)
}

/// Resolves a workspace that was read; `kept` is what is known of its links.
pub(super) fn prepare_inputs(
    inputs: Inputs,
    (as_of, ids): (Option<&str>, Ids),
    kept: &(dyn Fn() -> Option<KeptLinks> + Sync),
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let Some(workspace) = inputs.workspace.clone() else {
        return Outcome::Unusable(inputs.sources);
    };
    let parsed = as_of.map(|text| parse_datetime(text, &workspace.zone));
    let Ok(as_of) = parsed.transpose() else { return Outcome::BadTime };
    let table_folders = inputs.table_folders();
    let Inputs { sources, .. } = inputs;
    let ((documents, facts), kept) = rayon::join(
        || {
            let mut documents = read_documents(workspace, &sources, diagnostics);
            let facts = resolve(&mut documents, &sources, as_of, diagnostics);
            (documents, facts)
        },
        kept,
    );
    let clock = || as_of.unwrap_or_else(now);
    let recording = match ids {
        Ids::Record => Recording::Allowed(&clock),
        Ids::Leave => Recording::Refused,
    };
    let known = (&sources, &documents, &facts);
    let (links, minting, linking) = link_all(known, as_of, kept, recording, diagnostics);
    let assets = Arc::new(AssetUrls::new(&documents.workspace, &sources, diagnostics));
    let jobs = plan_jobs(&documents, &facts, &links, diagnostics);
    Outcome::Ready(Box::new(Prepared {
        sources,
        documents,
        facts,
        links,
        minting,
        linking,
        assets,
        jobs,
        as_of,
        ids,
        table_folders,
    }))
}

/// Dates a link that means something else from now on, and a decision. Nothing else asks for it.
#[allow(clippy::disallowed_methods, reason = "what changed is recorded with the day it changed")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// Says why a workspace could not be prepared.
pub(super) fn report_unprepared(
    outcome: Outcome,
    mut diagnostics: Diagnostics,
    console: &mut Console,
    are_results: bool,
) -> Result<Exit> {
    match outcome {
        Outcome::Unusable(sources) => {
            diagnostics.sort();
            console.diagnostics(&sources, &diagnostics, are_results)?;
            if !are_results {
                console.note("nothing was written");
            }
            Ok(Exit::Findings)
        }
        Outcome::BadTime => {
            console
                .error("--as-of takes a time such as 2026-11-27T05:00 or 2026-11-27T05:00-05:00");
            Ok(Exit::Usage)
        }
        Outcome::Ready(_) => Ok(Exit::Done),
    }
}

impl Prepared {
    /// Fills in owners and sorts.
    pub(super) fn finish(&self, diagnostics: &mut Diagnostics) {
        OwnerBook::new(&self.documents, &self.sources).assign(diagnostics);
        diagnostics.sort();
    }
}

/// Adds what rendering found. Where something stands in the way of everything, it goes without
/// saying that artifacts are held back for it.
pub(super) fn extend(diagnostics: &mut Diagnostics, found: impl IntoIterator<Item = Diagnostic>) {
    let blocked = diagnostics.blocks_build();
    let new = found.into_iter().filter(|one| !(blocked && one.code == Code::HeldBack));
    diagnostics.extend(new);
}

/// Lets pictures be remembered in the workspace; `read_only` for runs that write nothing.
pub(super) fn remember_pictures(
    root: &Path,
    prepared: &Prepared,
    read_only: bool,
) -> Arc<KeptPictures> {
    let kept = Arc::new(KeptPictures::new(root, ENGINE_EPOCH, read_only));
    prepared.assets.images().remember_in(Box::new(Arc::clone(&kept)));
    kept
}

/// Says which swaps came too late for what shows them.
pub(super) fn check_swaps(prepared: &Prepared, engine: &Engine<'_>, diagnostics: &mut Diagnostics) {
    let Prepared { sources, documents, facts, jobs, .. } = prepared;
    if documents.swaps.iter().any(|swap| swap.active) {
        let digests = BTreeMap::new();
        let world = World { sources, documents, facts, digests: &digests };
        diagnostics.extend(late_changes(world, &readers(world, jobs, engine)));
    }
}

/// Where output is: where the command line says, or in the workspace.
pub(super) fn output_folder(root: &Path, given: Option<&Path>) -> PathBuf {
    match given {
        Some(folder) if root == Path::new(".") => folder.to_path_buf(),
        Some(folder) => root.join(folder),
        // `./output` is `output` to everyone who reads it.
        None if root == Path::new(".") => PathBuf::from("output"),
        None => root.join("output"),
    }
}

/// Sets how many threads render: as many as the machine has where nobody says. This one is one of them:
/// memory that was made by a thread which only waits is not given back until it goes on.
pub(super) fn use_threads(jobs: Option<u16>) {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or_default().into());
    // It can only be set once, and it is only set here.
    let _ = threads.use_current_thread().build_global();
}
