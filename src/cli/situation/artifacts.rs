//! The artifacts that are to be: what a build makes, and what it loses by something that is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::problems::Found;
use crate::cli::prepare::Prepared;
use crate::cli::quarantine::Quarantine;
use crate::decide::status::{Expected, Made};
use crate::diag::{Diagnostic, Severity};
use crate::graph::{Job, plan_if_all_were_right};
use crate::manifest::{Entry, Manifest};
use crate::model::ArtifactPath;
use crate::render::Report;
use crate::resolve::{Facts, Scene};
use crate::store::is_there;

/// The plan in which nothing is wrong, as far as it differs from what is.
pub(super) struct Ideal {
    pub(super) facts: Facts,
    jobs: Vec<Job>,
}

impl Ideal {
    /// Nothing where nothing is lost.
    pub(super) fn of(
        prepared: &mut Prepared,
        report: &Report,
        rows: &[Quarantine],
    ) -> Option<Self> {
        let whole = rows.is_empty()
            && prepared.facts.held_back.is_empty()
            && prepared.links.broken.is_empty();
        if whole && report.failed.is_empty() {
            return None;
        }
        let (facts, jobs) = plan_if_all_were_right(&mut prepared.documents, prepared.as_of);
        Some(Self { facts, jobs })
    }
}

/// Everything that is to be, by id.
pub(super) fn expected(
    prepared: &Prepared,
    found: &Found<'_>,
    ideal: Option<&Ideal>,
    output: (&Path, Option<&Manifest>),
) -> Vec<Expected> {
    let report = found.report;
    let blocking =
        found.diagnostics.iter().find(|one| one.severity == Severity::Error && one.blocking);
    let nothing = blocking.map(|one| failed_by(prepared, one));
    let mut all: Vec<Expected> = report
        .artifacts()
        .filter_map(|one| {
            let job = prepared.jobs.get(one.job())?;
            let path = one.part_of(job)?.path.as_str();
            let sha256 = one.digest.hex();
            let built = built_as(output, path);
            let made = nothing.clone().unwrap_or(Made::File { sha256, built });
            describe(prepared, &prepared.facts, job, (path, made))
        })
        .collect();
    for at in &report.failed {
        let Some(job) = prepared.jobs.get(*at) else { continue };
        let made = nothing.clone().unwrap_or_else(|| failed_job(prepared, found, *at));
        let parts = job.parts.iter();
        all.extend(parts.filter_map(|part| {
            describe(prepared, &prepared.facts, job, (part.path.as_str(), made.clone()))
        }));
    }
    all.extend(ideal.into_iter().flat_map(|ideal| lost(prepared, found, ideal)));
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.dedup_by(|a, b| a.id == b.id);
    all
}

/// What is in the plan in which nothing is wrong, and not in the one that is.
fn lost(prepared: &Prepared, found: &Found<'_>, ideal: &Ideal) -> Vec<Expected> {
    let planned: BTreeSet<&str> = prepared
        .jobs
        .iter()
        .flat_map(|job| job.parts.iter().map(|part| part.path.as_str()))
        .collect();
    let rows: BTreeSet<&str> = found
        .quarantine
        .iter()
        .flat_map(|one| one.missing.held_back.iter().map(String::as_str))
        .collect();
    let held: BTreeMap<&str, &str> = prepared
        .facts
        .held_back
        .iter()
        .map(|one| (one.asset.as_str(), one.reason.as_str()))
        .collect();
    let mut lost = Vec::new();
    for job in &ideal.jobs {
        for part in job.parts.iter().filter(|part| !planned.contains(part.path.as_str())) {
            let path = part.path.as_str();
            let made = Made::Quarantined;
            let Some(mut one) = describe(prepared, &ideal.facts, job, (path, made)) else {
                continue;
            };
            if !rows.contains(path) {
                let asset = format!("{}/{}", one.campaign, one.asset);
                let why = held.get(asset.as_str()).map_or("its links cannot be made", |why| why);
                one.made = Made::Failed {
                    why: why.to_owned(),
                    owner: owner_of_brief(prepared, &one.campaign),
                    next: "throughline check".to_owned(),
                };
            }
            lost.push(one);
        }
    }
    lost
}

fn owner_of_brief(prepared: &Prepared, campaign: &str) -> String {
    let mut briefs = prepared.documents.briefs.iter();
    let brief = briefs.find(|brief| brief.id.value.as_str() == campaign);
    brief.map_or_else(String::new, |brief| brief.owner.value.clone())
}

/// The digest that the output has for an artifact, if its file is there.
fn built_as((target, manifest): (&Path, Option<&Manifest>), id: &str) -> Option<String> {
    // A manifest's artifacts stand in the order of their ids.
    let artifacts = &manifest?.artifacts;
    let at = artifacts.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()?;
    let Entry { path, sha256, size, .. } = artifacts.get(at)?;
    let path = ArtifactPath::published(path).ok()?;
    is_there(target, &path, *size).then(|| sha256.hex())
}

fn failed_by(prepared: &Prepared, one: &Diagnostic) -> Made {
    Made::Failed {
        why: format!("{} ({})", one.message, prepared.sources.locate(one.primary)),
        owner: one.owner.clone().unwrap_or_default(),
        next: format!("throughline explain {}", one.code.id()),
    }
}

/// Why a job makes nothing: the first error that was found in it.
fn failed_job(prepared: &Prepared, found: &Found<'_>, job: usize) -> Made {
    let mut own = found.report.found.iter().filter(|one| one.job == job);
    let error = own.find(|one| one.severity == Severity::Error);
    let told = error.and_then(|error| {
        let mut all = found.diagnostics.iter();
        all.find(|one| one.code == error.code && one.primary == error.place)
    });
    told.map_or_else(
        || Made::Failed {
            why: "what it shows is held back".to_owned(),
            owner: String::new(),
            next: "throughline check".to_owned(),
        },
        |one| failed_by(prepared, one),
    )
}

fn describe(
    prepared: &Prepared,
    facts: &Facts,
    job: &Job,
    (id, made): (&str, Made),
) -> Option<Expected> {
    let documents = &prepared.documents;
    let scene = Scene::of_asset(documents, facts, job.campaign, job.asset)?;
    let asset = facts.campaigns.get(job.campaign)?.assets.get(job.asset)?;
    let rows = documents.tables.get("partners").map(|table| &table.records);
    let (mut partners, mut placements) = (Vec::new(), Vec::new());
    for placement in job.placements.iter().filter_map(|at| facts.placements.get(*at)) {
        placements.push(placement.id.to_string());
        let Some(offer) = facts.roster.offers.get(placement.offer) else { continue };
        let members = offer.partners.iter().filter_map(|at| rows?.get(*at));
        partners.extend(members.map(|row| row.text(facts.roster.columns.partner_id).to_owned()));
    }
    partners.sort_unstable();
    partners.dedup();
    Some(Expected {
        id: id.to_owned(),
        campaign: scene.brief.id.value.to_string(),
        channel: scene.channel.id.to_string(),
        asset: scene.asset.id.value.to_string(),
        window: scene.brief.windows.get(asset.window)?.id.to_string(),
        partners,
        placements,
        made,
    })
}
