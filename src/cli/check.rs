//! `check`: everything that is wrong, at once. Renders into nothing, writes nothing.

use std::path::Path;

use anyhow::Result;

use super::args::CheckArgs;
use super::console::Console;
use super::exit::Exit;
use super::gates::check_decisions;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, now, output_folder, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::progress::bar;
use super::released::forgotten_links;
use super::summary::unused;
use super::tables::check_tables;
use crate::artifact::{KnownUrls, NoShelf};
use crate::diag::{Diagnostics, Severity};
use crate::render::{Engine, Stage, render_all};
use crate::report::{Format, count};

pub(super) fn run(root: &Path, args: &CheckArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.jobs);
    console.show(args.findings);
    let (prepared, diagnostics) = match find(root, args, console)? {
        Checked::Unprepared(outcome, diagnostics) => {
            return report_unprepared(outcome, diagnostics, console, true);
        }
        Checked::Done(prepared, diagnostics) => (prepared, diagnostics),
    };
    console.diagnostics(&prepared.sources, &diagnostics, true)?;
    if console.format == Format::Human && !diagnostics.has_errors() {
        let checked = count(prepared.sources.iter().count(), "file");
        let warnings = diagnostics.count(Severity::Warning);
        let remark = if warnings == 0 {
            String::new()
        } else {
            format!(" with {}", count(warnings, "warning"))
        };
        console.line(&format!("checked {checked}: nothing is wrong{remark}"))?;
    }
    Ok(if diagnostics.has_errors() { Exit::Findings } else { Exit::Done })
}

/// What came of a check.
pub(super) enum Checked {
    /// The workspace could not be read.
    Unprepared(Outcome, Diagnostics),
    /// Everything was looked at.
    Done(Box<Prepared>, Diagnostics),
}

/// Finds everything that is wrong, and says nothing.
pub(super) fn find(root: &Path, args: &CheckArgs, console: &Console) -> Result<Checked> {
    let mut diagnostics = Diagnostics::new();
    let mut prepared = match prepare(root, args.as_of.as_deref(), Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return Ok(Checked::Unprepared(other, diagnostics)),
    };
    diagnostics.extend(forgotten_links(&output_folder(root, None), &prepared));
    let engine =
        Engine::new(&prepared.documents, &prepared.sources, &prepared.assets, &mut diagnostics);
    engine.check_recipes(&prepared.documents, &mut diagnostics);
    check_swaps(&prepared, &engine, &mut diagnostics);
    let stage = Stage::new(&prepared.documents, &prepared.facts, &prepared.links);
    let known =
        KnownUrls::new(&prepared.documents, &prepared.facts, &prepared.links, &prepared.assets);
    remember_pictures(root, &prepared, true);
    let progress = bar(console.format, prepared.jobs.len(), "checking");
    let tick = || progress.inc(1);
    let report = render_all(&stage, &engine, &known, &prepared.jobs, (&NoShelf, &|_| None), &tick)?;
    progress.finish_and_clear();
    let unused = unused(&prepared, &report, &diagnostics);
    diagnostics.extend(unused);
    extend(&mut diagnostics, report.diagnostics);
    check_tables(&prepared, &report.live, &mut diagnostics)?;
    let at = prepared.as_of.unwrap_or_else(now);
    check_decisions(root, &mut prepared, at, &mut diagnostics);
    prepared.finish(&mut diagnostics);
    Ok(Checked::Done(prepared, diagnostics))
}
