//! What came of jobs: of each, and of all together.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::recall::{Recalled, RecalledFile, own_links};
use super::{Engine, Stage};
use crate::artifact::pages::PagePolicy;
use crate::diag::{Code, Diagnostic, Severity};
use crate::graph::{Form, Job, Part};
use crate::model::{ArtifactPath, Digest, SharedText, SharedTexts, Span};
use crate::resolve::Scene;
use crate::source::PageForm;

/// A finished artifact: its bytes went onto the shelf.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Index of its job.
    pub job: usize,
    /// Logical path.
    pub path: ArtifactPath,
    /// Where it goes: with its digest.
    pub published: ArtifactPath,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: usize,
    /// What it is written in.
    pub form: Form,
    /// Its template.
    pub template: Option<SharedText>,
    /// Which form of a page it is.
    pub page: Option<PageForm>,
    /// What a page may load and run.
    pub policy: Option<PagePolicy>,
}

impl Rendered {
    pub(super) fn new(
        job: usize,
        part: &Part,
        (digest, size): (Digest, usize),
        policy: Option<PagePolicy>,
    ) -> Self {
        let published = part.path.with_digest(&digest.hex16());
        Self::at(job, part, RecalledFile { published, digest, size, policy })
    }

    /// A file whose place is known.
    fn at(job: usize, part: &Part, file: RecalledFile) -> Self {
        let RecalledFile { published, digest, size, policy } = file;
        Self {
            job,
            path: part.path.clone(),
            published,
            digest,
            size,
            form: part.form,
            template: part.template.clone(),
            page: part.page,
            policy,
        }
    }
}

/// What was found in one job.
#[derive(Clone, Debug)]
pub struct JobFinding {
    /// Index of the job.
    pub job: usize,
    /// What kind of fault it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands.
    pub place: Span,
    /// What it says.
    pub message: String,
}

/// What came of all jobs.
#[derive(Debug, Default)]
pub struct Report {
    /// The artifacts of each job that made some, in the order of the jobs: one for each part.
    pub made: Vec<Vec<Rendered>>,
    /// What was wrong, each kind once for each place.
    pub diagnostics: Vec<Diagnostic>,
    /// All of it, job by job.
    pub found: Vec<JobFinding>,
    /// Jobs that made nothing.
    pub failed: Vec<usize>,
    /// Which links are shown somewhere.
    pub used: Vec<bool>,
    /// Which links are shown somewhere, or belong to a placement that is in some finished artifact.
    pub live: Vec<bool>,
    /// Jobs with the links that they show and that are of no placement of theirs.
    pub borrowed: Vec<(usize, usize)>,
    /// Which waivers fit a finding, by their order in the documents.
    pub waived: Vec<bool>,
    /// Jobs in which nothing was found.
    pub complete: Vec<Complete>,
}

impl Report {
    /// All artifacts, in the order of the jobs.
    pub fn artifacts(&self) -> impl ParallelIterator<Item = &Rendered> {
        self.made.par_iter().flat_map_iter(|artifacts| artifacts)
    }
}

/// A job that made all its files without a finding: what is recalled where nothing it reads has
/// changed.
#[derive(Clone, Debug)]
pub struct Complete {
    /// Index of the job.
    pub job: usize,
    /// The place of its artifacts in [`Report::made`].
    pub made: usize,
    /// The links that it shows, by their numbers among its own.
    pub used: Vec<u32>,
}

#[derive(Default)]
pub(super) struct Done {
    pub(super) artifacts: Vec<Rendered>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) used: Vec<u32>,
    pub(super) waived: Vec<usize>,
    /// Whether it asked for pictures, which are drawn or made smaller for whoever asks.
    pub(super) pictures: bool,
}

impl Done {
    pub(super) fn with_room_for(job: &Job) -> Self {
        Self { artifacts: Vec::with_capacity(job.parts.len()), ..Self::default() }
    }

    pub(super) fn recalled(
        stage: &Stage<'_>,
        (index, job): (usize, &Job),
        recalled: Recalled,
    ) -> Self {
        let own = own_links(stage, job);
        let used = recalled.used.iter().filter_map(|at| own.get(*at as usize).copied());
        let artifacts = job.parts.iter().zip(recalled.files);
        let artifacts = artifacts.map(|(part, file)| Rendered::at(index, part, file));
        Self { artifacts: artifacts.collect(), used: used.collect(), ..Self::default() }
    }

    /// The links that it shows, by their numbers among its own, if all of it is good and nothing else
    /// was shown.
    fn complete(&self, stage: &Stage<'_>, job: &Job) -> Option<Vec<u32>> {
        let good = self.diagnostics.is_empty() && self.waived.is_empty() && !self.pictures;
        if !good || self.artifacts.len() != job.parts.len() {
            return None;
        }
        let own = own_links(stage, job);
        let mut numbers: Vec<(u32, u32)> = own.into_iter().zip(0..).collect();
        numbers.sort_unstable();
        let number = |link: &u32| {
            let found = numbers.binary_search_by_key(link, |(one, _)| *one).ok()?;
            numbers.get(found).map(|(_, number)| *number)
        };
        let mut used: Vec<u32> = self.used.iter().map(number).collect::<Option<_>>()?;
        used.sort_unstable();
        used.dedup();
        Some(used)
    }

    pub(super) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|one| one.severity == Severity::Error)
    }
}

/// What came of a job, and what it adds to the report. There are as many as jobs.
#[derive(Default)]
pub(super) struct Outcome {
    /// Index of the job.
    pub(super) job: usize,
    pub(super) artifacts: Vec<Rendered>,
    used: Vec<u32>,
    /// Of a job that can be recalled, the links that it shows, by their numbers among its own.
    complete: Option<Vec<u32>>,
    told: Option<Box<Told>>,
}

/// What few jobs have.
struct Told {
    diagnostics: Vec<Diagnostic>,
    waived: Vec<usize>,
    /// Links of no placement of its own.
    borrowed: Vec<usize>,
}

impl Outcome {
    /// Of a job that made nothing.
    pub(super) fn none(job: usize) -> Self {
        Self { job, ..Self::default() }
    }

    pub(super) fn of(
        (stage, engine): (&Stage<'_>, &Engine<'_>),
        files: &mut TemplateFiles,
        (at, job): (usize, &Job),
        mut done: Done,
    ) -> Self {
        let complete = done.complete(stage, job);
        let borrowed: Vec<usize> = borrowed(stage, job, &done.used).collect();
        for one in &mut done.artifacts {
            let name = one.template.take();
            one.template = name.and_then(|name| files.of((stage, engine), job, name));
        }
        let Done { artifacts, diagnostics, used, waived, pictures: _ } = done;
        let has_told = !(diagnostics.is_empty() && waived.is_empty() && borrowed.is_empty());
        let told = has_told.then(|| Box::new(Told { diagnostics, waived, borrowed }));
        Self { job: at, artifacts, used, complete, told }
    }
}

/// Files of templates, which many jobs share.
#[derive(Default)]
pub(super) struct TemplateFiles {
    texts: SharedTexts,
    /// Those that were asked for last, of an asset of a campaign and a template.
    last: Vec<((usize, usize, SharedText), Option<SharedText>)>,
}

/// A job has hardly more templates.
const LAST: usize = 8;

impl TemplateFiles {
    /// The file that was used as a template: what the manifest names.
    fn of(
        &mut self,
        (stage, engine): (&Stage<'_>, &Engine<'_>),
        job: &Job,
        name: SharedText,
    ) -> Option<SharedText> {
        let asked = (job.campaign, job.asset, name);
        if let Some((_, file)) = self.last.iter().find(|(known, _)| *known == asked) {
            return file.clone();
        }
        // A theme and a locale are those of an asset, and not of a placement.
        let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset);
        let file = scene.and_then(|scene| engine.file_of(&scene, &asked.2));
        let file = file.map(|file| self.texts.share(file));
        if self.last.len() == LAST {
            self.last.remove(0);
        }
        self.last.push((asked, file.clone()));
        file
    }
}

/// Puts together what came of all jobs, given in their order.
pub(super) fn report(stage: &Stage<'_>, jobs: &[Job], outcomes: Vec<Outcome>) -> Report {
    let count = stage.links.links.len();
    let mut report =
        Report { used: vec![false; count], live: vec![false; count], ..Report::default() };
    report.waived = vec![false; stage.documents.waivers.len()];
    let mut merged: BTreeMap<(Span, Code, Severity), Diagnostic> = BTreeMap::new();
    let mark = |flags: &mut Vec<bool>, at: usize| {
        if let Some(flag) = flags.get_mut(at) {
            *flag = true;
        }
    };
    report.made.reserve_exact(outcomes.len());
    report.complete.reserve_exact(outcomes.len());
    for Outcome { job, artifacts, used, complete, told } in outcomes {
        let (made, failed) = (report.made.len(), artifacts.is_empty());
        let complete = complete.filter(|_| !failed);
        report.complete.extend(complete.map(|used| Complete { job, made, used }));
        if failed {
            report.failed.push(job);
        } else {
            for link in &used {
                mark(&mut report.used, *link as usize);
                mark(&mut report.live, *link as usize);
            }
            let placements = jobs.get(job).into_iter().flat_map(|job| &job.placements);
            let ranges = placements.filter_map(|one| stage.links.by_placement.get(*one).cloned());
            ranges.flatten().for_each(|link| mark(&mut report.live, link));
        }
        if !failed {
            report.made.push(artifacts);
        }
        let Some(told) = told else { continue };
        let Told { diagnostics, waived, borrowed } = *told;
        for waiver in waived {
            mark(&mut report.waived, waiver);
        }
        if !failed {
            report.borrowed.extend(borrowed.into_iter().map(|link| (job, link)));
        }
        for one in diagnostics {
            report.found.push(JobFinding {
                job,
                code: one.code,
                severity: one.severity,
                place: one.primary,
                message: one.message.clone(),
            });
            let entry = merged.entry((one.primary, one.code, one.severity));
            entry.and_modify(|first| first.repeats += 1).or_insert(one);
        }
    }
    report.diagnostics = merged.into_values().collect();
    report
}

/// The links that a job shows and that are of no placement of its own.
fn borrowed<'s>(
    stage: &'s Stage<'_>,
    job: &Job,
    used: &'s [u32],
) -> impl Iterator<Item = usize> + 's {
    let mut own = job.placements.clone();
    own.sort_unstable();
    let links = &stage.links.links;
    used.iter().map(|link| *link as usize).filter(move |link| {
        links.get(*link).is_some_and(|link| own.binary_search(&link.placement).is_err())
    })
}
