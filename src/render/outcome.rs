//! What came of jobs: of each, and of all together.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::recall::{Recalled, RecalledFile, own_links};
use super::{Engine, Stage};
use crate::artifact::pages::PagePolicy;
use crate::diag::{Code, Diagnostic, Severity};
use crate::graph::{Job, Part};
use crate::model::{Digest, PublishedPath, SharedText, Span};
use crate::resolve::Scene;

/// A finished artifact: its bytes went onto the shelf. There are as many as files, so that what its job
/// says of it is asked of that.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: usize,
    /// What a page may load and run.
    pub policy: Option<PagePolicy>,
    job: u32,
    part: u32,
}

impl Rendered {
    /// A file of a part of a job, both by their numbers.
    pub(super) fn new((job, part): (usize, usize), file: RecalledFile) -> Self {
        let RecalledFile { digest, size, policy } = file;
        Self { digest, size, policy, job: job as u32, part: part as u32 }
    }

    /// Index of its job.
    pub fn job(&self) -> usize {
        self.job as usize
    }

    /// What its job says of it.
    pub fn part_of<'j>(&self, job: &'j Job) -> Option<&'j Part> {
        job.parts.get(self.part as usize)
    }

    /// Where it lies, given its job.
    pub fn place_in(&self, job: &Job) -> Option<PublishedPath> {
        Some(PublishedPath::new(&self.part_of(job)?.path, &self.digest))
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
    template_files: TemplateFiles,
}

impl Report {
    /// All artifacts, in the order of the jobs.
    pub fn artifacts(&self) -> impl ParallelIterator<Item = &Rendered> {
        self.made.par_iter().flat_map_iter(|artifacts| artifacts)
    }

    /// The file that was used as the template of a job's part.
    pub fn template_of(&self, job: &Job, part: &Part) -> Option<&SharedText> {
        let name = part.template.clone()?;
        self.template_files.get(&(job.campaign, job.asset, name))?.as_ref()
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
        let artifacts = (0..job.parts.len()).zip(recalled.files);
        let artifacts = artifacts.map(|(part, file)| Rendered::new((index, part), file));
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

/// What came of a job, and what it adds to the report; by default nothing. There are as many as jobs.
#[derive(Default)]
pub(super) struct Outcome {
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
    pub(super) fn of(stage: &Stage<'_>, job: &Job, done: Done) -> Self {
        let complete = done.complete(stage, job);
        let borrowed: Vec<usize> = borrowed(stage, job, &done.used).collect();
        let Done { artifacts, diagnostics, used, waived, pictures: _ } = done;
        let has_told = !(diagnostics.is_empty() && waived.is_empty() && borrowed.is_empty());
        let told = has_told.then(|| Box::new(Told { diagnostics, waived, borrowed }));
        Self { artifacts, used, complete, told }
    }
}

/// The file that was used as each template, by campaign, asset and the template's name.
type TemplateFiles = BTreeMap<(usize, usize, SharedText), Option<SharedText>>;

/// The files that jobs use as templates: what the manifest names.
fn template_files((stage, engine): (&Stage<'_>, &Engine<'_>), jobs: &[Job]) -> TemplateFiles {
    let mut files = TemplateFiles::new();
    // The jobs of a recipe have the same templates, and mostly come one after the other.
    let recipe = |job: &Job| (job.campaign, job.asset, job.recipe);
    for job in jobs.chunk_by(|a, b| recipe(a) == recipe(b)).filter_map(<[Job]>::first) {
        for name in job.parts.iter().filter_map(|part| part.template.as_ref()) {
            files.entry((job.campaign, job.asset, name.clone())).or_insert_with(|| {
                // A theme and a locale are those of an asset, and not of a placement.
                let (documents, facts) = (stage.documents, stage.facts);
                let scene = Scene::of_asset(documents, facts, job.campaign, job.asset)?;
                engine.file_of(&scene, name).map(SharedText::from)
            });
        }
    }
    files
}

/// Puts together what came of all jobs, given in their order.
pub(super) fn report(
    (stage, engine): (&Stage<'_>, &Engine<'_>),
    jobs: &[Job],
    outcomes: Vec<Option<Outcome>>,
) -> Report {
    let count = stage.links.links.len();
    let (used, live) = (vec![false; count], vec![false; count]);
    let template_files = template_files((stage, engine), jobs);
    let mut report = Report { used, live, template_files, ..Report::default() };
    report.waived = vec![false; stage.documents.waivers.len()];
    let mut merged: BTreeMap<(Span, Code, Severity), Diagnostic> = BTreeMap::new();
    let mark = |flags: &mut Vec<bool>, at: usize| {
        if let Some(flag) = flags.get_mut(at) {
            *flag = true;
        }
    };
    report.made.reserve_exact(outcomes.len());
    report.complete.reserve_exact(outcomes.len());
    for (job, outcome) in outcomes.into_iter().enumerate() {
        let Outcome { artifacts, used, complete, told } = outcome.unwrap_or_default();
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
            let links = placements.flat_map(|one| stage.links.range_of(*one));
            links.for_each(|link| mark(&mut report.live, link));
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
