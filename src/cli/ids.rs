//! The ids that a build gives out: recorded before anything that holds them is written, or, with
//! `--locked`, not at all.

use std::path::Path;

use anyhow::Result;

use super::prepare::Prepared;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::graph::plan_jobs;
use crate::model::Span;
use crate::source::SourceKind;
use crate::store::replace_file_with;

/// Ids are recorded before anything that holds them is written. Tells whether there was anything
/// to record.
pub(super) fn write_lock_file(root: &Path, prepared: &Prepared) -> Result<bool> {
    let mut existing = prepared.sources.of_kind(SourceKind::Lock);
    let lock = &prepared.minting.lock;
    if existing.next().is_some_and(|(_, file)| file.digest == lock.digest()) {
        return Ok(false);
    }
    replace_file_with(&root.join("throughline.lock"), |file| lock.write(file))?;
    Ok(true)
}

/// Where findings about the lock are shown, also where there is none yet.
fn place_of_lock(prepared: &Prepared) -> Span {
    let lock = prepared.sources.of_kind(SourceKind::Lock).next().map(|(id, _)| Span::start_of(id));
    lock.unwrap_or(Span::start_of(prepared.documents.workspace.name.span.source))
}

/// With --locked a late swap goes out, and is not yet on record.
pub(super) fn meaning_not_recorded(prepared: &Prepared) -> Option<Diagnostic> {
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
pub(super) fn refuse_new_ids(prepared: &mut Prepared, diagnostics: &mut Diagnostics) {
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
