//! Renders the jobs of a workspace: into an output, a part of them, or into nothing.

use std::io;

use anyhow::Result;

use super::entries::{Listed, generated_files};
use super::known_parts::KnownParts;
use super::partial::Partial;
use super::prepare::{Prepared, extend};
use super::progress::bar;
use super::recall::{Known, Memory};
use super::tables::{Tables, check_tables, make_tables, tables_key};
use crate::artifact::{GeneratedFile, HandOn, KnownUrls, NoShelf, Shelf};
use crate::diag::Diagnostics;
use crate::model::{Digest, PublishedPath};
use crate::render::{Engine, Report, Stage, render_all};
use crate::store::OutputDir;

/// What the process does after a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It ends, so nothing need be taken apart.
    End,
    /// It goes on, and must not grow.
    GoOn,
}

/// What renders the jobs of a workspace.
pub(super) struct Renderer<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) engine: &'a Engine<'a>,
    pub(super) console: crate::report::Format,
}

impl Renderer<'_> {
    /// Renders all jobs but those that the memory knows.
    pub(super) fn render(
        &self,
        onto: &dyn Shelf,
        memory: Option<&Memory<'_>>,
    ) -> io::Result<(Report, Option<Known>)> {
        let prepared = self.prepared;
        let Prepared { documents, facts, links, assets, jobs, .. } = prepared;
        let (stage, urls) = rayon::join(
            || Stage::new(documents, facts, links),
            || KnownUrls::new(documents, facts, links, assets),
        );
        let known = memory.map(|_| Known::new(prepared, &stage, &urls));
        let recall = |at: usize| memory?.recall(known.as_ref()?, prepared, at);
        let progress = bar(self.console, jobs.len(), "building");
        let tick = || progress.inc(1);
        let report = render_all(&stage, self.engine, &urls, jobs, (onto, &recall), &tick);
        progress.finish_and_clear();
        Ok((report?, known))
    }
}

/// What was made and is not committed yet.
pub(super) struct Written {
    pub(super) report: Report,
    pub(super) known: Option<Known>,
    pub(super) files: Vec<GeneratedFile>,
    /// The tables, and, where they were made anew, what they will be known by.
    pub(super) tables: (Option<Digest>, Tables),
}

/// Renders into an output; where only a part goes out, that.
pub(super) fn write(
    renderer: &Renderer<'_>,
    (partial, memory): (Option<&Partial>, &mut Memory<'_>),
    output: &OutputDir,
    diagnostics: &mut Diagnostics,
) -> Result<Written> {
    let prepared = renderer.prepared;
    output.make_room(prepared.jobs.iter().map(|job| job.parts.len()).sum());
    // Of a part, what stays is not what it would be made from now.
    let is_whole = partial.is_none();
    let (report, known) = match partial {
        None => renderer.render(output, Some(memory))?,
        Some(partial) => {
            let goes_out = |place: &PublishedPath| partial.paths.contains(&place.to_string());
            let sink = |place: &PublishedPath, bytes: &[u8]| {
                if goes_out(place) { output.put(place, bytes) } else { Ok(()) }
            };
            renderer.render(&HandOn(&sink), None)?
        }
    };
    memory.forget_jobs();
    let memory = is_whole.then_some(&*memory);
    let listed = match partial {
        Some(partial) => Listed::part(prepared, &report, &prepared.minting.lock, partial),
        None => Listed::whole(prepared, &report),
    };
    let key = tables_key(prepared, &listed);
    prepared.links.forget_listed();
    let recalled = memory.zip(key.as_ref()).and_then(|(memory, key)| memory.recall_tables(key));
    let shelf = KnownParts { output, memory };
    let (key, mut tables) = match recalled {
        Some(tables) => (None, tables),
        None => (key, make_tables(prepared, &listed, (&shelf, &shelf), diagnostics)?),
    };
    let files = generated_files(prepared, &report, &listed, &mut tables, &shelf)?;
    Ok(Written { report, known, files, tables: (key, tables) })
}

/// Renders everything without writing it, so that everything wrong is told at once; tells whether
/// anything is.
pub(super) fn refuse(renderer: &Renderer<'_>, diagnostics: &mut Diagnostics) -> Result<bool> {
    let prepared = renderer.prepared;
    let report = renderer.render(&NoShelf, None)?.0;
    let mut found = Diagnostics::new();
    check_tables(prepared, &report.live, &mut found)?;
    let wrong = diagnostics.has_errors() || found.has_errors();
    if !wrong && report.diagnostics.is_empty() {
        return Ok(false);
    }
    diagnostics.extend(found);
    extend(diagnostics, report.diagnostics);
    prepared.finish(diagnostics);
    Ok(true)
}
