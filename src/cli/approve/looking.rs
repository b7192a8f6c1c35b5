//! What all of these commands begin with: the workspace, and how its gates stand.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::gates::{Gates, judge_gates};
use crate::cli::named::Files;
use crate::cli::prepare::{Ids, Outcome, Prepared, now, output_folder, prepare, report_unprepared};
use crate::diag::{Code, Diagnostics};
use crate::manifest::Manifest;
use crate::model::parse_datetime;

/// A workspace with its gates.
pub(super) struct Looked {
    pub(super) prepared: Box<Prepared>,
    pub(super) gates: Gates,
    pub(super) manifest: Option<Manifest>,
    /// The files of the output.
    pub(super) built: Files,
    pub(super) now: Timestamp,
}

/// Reads the workspace and judges its gates; `Err` where that cannot be done, which was told.
pub(super) fn look(
    root: &Path,
    output: Option<&Path>,
    at: Option<&str>,
    console: &mut Console,
) -> Result<Result<Looked, Exit>> {
    let mut diagnostics = Diagnostics::new();
    let mut prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return Ok(Err(report_unprepared(other, diagnostics, console, false)?)),
    };
    let zone = &prepared.documents.workspace.zone;
    let now = match at.map(|text| parse_datetime(text, zone)).transpose() {
        Ok(given) => given.unwrap_or_else(now),
        Err(_) => {
            return Ok(Err(report_unprepared(Outcome::BadTime, diagnostics, console, false)?));
        }
    };
    let output = output_folder(root, output);
    let (gates, manifest) = judge_gates((root, &output), &mut prepared, now, &mut diagnostics)?;
    prepared.finish(&mut diagnostics);
    if diagnostics.blocks_build() {
        console.diagnostics(&prepared.sources, &diagnostics, false)?;
        console.note("nothing can be decided on what cannot be read");
        return Ok(Err(Exit::Findings));
    }
    let decisions: Diagnostics = diagnostics
        .iter()
        .filter(|one| matches!(one.code, Code::BadApproval | Code::BadSigner | Code::IdleGate))
        .cloned()
        .collect();
    if !decisions.is_empty() {
        console.diagnostics(&prepared.sources, &decisions, false)?;
    }
    if !gates.fresh && gates.states.declared {
        console.note("the output is not what the sources say now: run `throughline build`, or nobody can look at it");
    }
    Ok(Ok(Looked { prepared, gates, manifest, built: Files::Folder(output), now }))
}
