//! What is wrong, one entry for each kind in each file, with the artifacts that it keeps back.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::prepare::Prepared;
use crate::cli::quarantine::Quarantine;
use crate::decide::status::{Expected, Made, Problem};
use crate::diag::{Code, Diagnostic, Diagnostics, Reach, Severity};
use crate::model::SourceId;
use crate::render::Report;
use crate::report::count;

/// What a build would find.
pub(super) struct Found<'a> {
    pub(super) diagnostics: &'a Diagnostics,
    pub(super) report: &'a Report,
    pub(super) quarantine: &'a [Quarantine],
}

/// All errors: rows in quarantine by their files, everything else by code, file and owner.
pub(super) fn problems(
    prepared: &Prepared,
    found: &Found<'_>,
    artifacts: &[Expected],
) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        found.quarantine.iter().map(|one| of_rows(prepared, found, one)).collect();
    let files: BTreeSet<&str> = found.quarantine.iter().map(|one| one.file.as_str()).collect();
    let mut groups: BTreeMap<(SourceId, Code, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for one in found.diagnostics.iter().filter(|one| one.severity == Severity::Error) {
        let file = prepared.sources.get(one.primary.source).map(|file| file.path.as_str());
        // Rows in quarantine have been told of.
        if one.code.reach() == Reach::Row && file.is_some_and(|file| files.contains(file)) {
            continue;
        }
        let owner = one.owner.as_deref().unwrap_or_default();
        groups.entry((one.primary.source, one.code, owner)).or_default().push(one);
    }
    let held = held_by_asset(prepared, artifacts);
    problems.extend(groups.into_iter().filter_map(|((_, code, owner), group)| {
        let first = group.first()?;
        let mut artifacts: BTreeSet<String> =
            group.iter().flat_map(|one| kept_back(prepared, found, one)).collect();
        for (asset, paths) in &held {
            if group.iter().any(|one| one.message.contains(&format!("`{asset}`"))) {
                artifacts.extend(paths.iter().cloned());
            }
        }
        let more = match group.iter().map(|one| 1 + one.repeats).sum::<usize>() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Some(Problem {
            what: format!("{} ({})", code.name(), code.id()),
            why: format!("{} ({}){more}", first.message, prepared.sources.locate(first.primary)),
            owner: owner.to_owned(),
            next: format!("throughline explain {}", code.id()),
            artifacts: artifacts.into_iter().collect(),
            quarantine: false,
            blocking: group.iter().any(|one| one.blocking),
        })
    }));
    problems
}

fn of_rows(prepared: &Prepared, found: &Found<'_>, rows: &Quarantine) -> Problem {
    let is_here = |one: &&Diagnostic| {
        let file = prepared.sources.get(one.primary.source);
        one.severity == Severity::Error && file.is_some_and(|file| file.path.as_str() == rows.file)
    };
    let first = found.diagnostics.iter().find(is_here);
    let why = first.map_or_else(
        || "what they refer to is left out".to_owned(),
        |one| format!("{} ({})", one.message, prepared.sources.locate(one.primary)),
    );
    let code = first.map(|one| format!("throughline explain {}", one.code.id()));
    let missing = &rows.missing;
    Problem {
        what: format!("{} of {} left out: {}", count(rows.rows, "row"), rows.file, rows.named()),
        why,
        owner: rows.owner.clone(),
        next: code.unwrap_or_else(|| "throughline check".to_owned()),
        artifacts: missing.held_back.union(&missing.without).cloned().collect(),
        quarantine: true,
        blocking: false,
    }
}

/// The artifacts of the jobs in which a finding was made.
fn kept_back<'f>(
    prepared: &'f Prepared,
    found: &'f Found<'_>,
    one: &'f Diagnostic,
) -> impl Iterator<Item = String> + 'f {
    let own = found.report.found.iter().filter(|job| {
        job.code == one.code && job.place == one.primary && job.severity == Severity::Error
    });
    let jobs = own.filter_map(|job| prepared.jobs.get(job.job));
    jobs.flat_map(|job| job.parts.iter().map(|part| part.path.to_string()))
}

/// The artifacts of each asset that is held back.
fn held_by_asset(prepared: &Prepared, artifacts: &[Expected]) -> BTreeMap<String, Vec<String>> {
    let assets: BTreeSet<&str> =
        prepared.facts.held_back.iter().map(|one| one.asset.as_str()).collect();
    let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if assets.is_empty() {
        return held;
    }
    for one in artifacts.iter().filter(|one| matches!(one.made, Made::Failed { .. })) {
        let name = format!("{}/{}", one.campaign, one.asset);
        if assets.contains(name.as_str()) {
            held.entry(name).or_default().push(one.id.clone());
        }
    }
    held
}
