//! In which order jobs are rendered, because some show what others made, and what is held back
//! because something before it was not made.

use rayon::prelude::*;

use super::Stage;
use crate::diag::{Code, Diagnostic};
use crate::graph::Job;
use crate::resolve::Scene;
use crate::source::{LinkTarget, RecipeKind};

/// The jobs in turns: pictures that pages may show, pages, pictures of what leads to pages, and
/// everything else. Jobs of one turn know nothing of each other, and are in their order.
pub(super) fn turns(stage: &Stage<'_>, jobs: &[Job]) -> [Vec<usize>; 4] {
    let mut turns = [const { Vec::new() }; 4];
    for (at, job) in jobs.iter().enumerate() {
        let turn = match job.kind {
            RecipeKind::Image if leads_to_pages(stage, job) => 2,
            RecipeKind::Image => 0,
            RecipeKind::Page => 1,
            _ => 3,
        };
        if let Some(turn) = turns.get_mut(turn) {
            turn.push(at);
        }
    }
    turns
}

fn leads_to_pages(stage: &Stage<'_>, job: &Job) -> bool {
    let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset);
    let goes = |target: &LinkTarget| matches!(target, LinkTarget::Landing(_) | LinkTarget::App);
    scene.is_some_and(|scene| scene.channel.links.iter().any(|rule| goes(&rule.target)))
}

/// What came of the turns before.
#[derive(Default)]
pub(super) struct Before<'j> {
    /// Routes of the pages that are built, sorted once all are.
    routes: Vec<&'j str>,
    /// Whether these are the routes of all pages.
    all: bool,
    /// Jobs of pictures with a name that were not made.
    missing: Vec<&'j Job>,
}

impl<'j> Before<'j> {
    /// Notes a job that had its turn.
    pub(super) fn note(&mut self, stage: &Stage<'_>, job: Option<&'j Job>, made: bool) {
        let Some(job) = job else { return };
        if made {
            self.routes.extend(job.route.as_deref());
            return;
        }
        let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset);
        let recipe = scene.and_then(|scene| scene.channel.recipes.get(job.recipe));
        if recipe.and_then(|one| one.picture.as_ref()).is_some_and(|one| one.name.is_some()) {
            self.missing.push(job);
        }
    }

    /// Ends a turn: from here on is asked for what came of it.
    pub(super) fn settle(&mut self, stage: &Stage<'_>) {
        if self.all {
            return;
        }
        self.routes.par_sort_unstable();
        let mut all: Vec<&str> = stage.facts.pages.routes().collect();
        all.par_sort_unstable();
        all.dedup();
        let mut built = self.routes.iter();
        self.all = all.iter().all(|route| built.any(|one| one == route));
    }

    /// What a job cannot be built for.
    pub(super) fn holds_back(&self, stage: &Stage<'_>, job: &Job) -> Option<Diagnostic> {
        if job.kind == RecipeKind::Page {
            return self.lacks_picture(stage, job);
        }
        self.homeless(stage, job).or_else(|| self.lacks_picture(stage, job))
    }

    /// A picture of the same asset, and of one of the same placements, that was not made: the
    /// template would show it.
    fn lacks_picture(&self, stage: &Stage<'_>, job: &Job) -> Option<Diagnostic> {
        if self.missing.is_empty() || job.kind == RecipeKind::Image {
            return None;
        }
        let missing = self.missing.iter().find(|missing| {
            (missing.campaign, missing.asset) == (job.campaign, job.asset)
                && missing.placements.iter().any(|at| job.placements.contains(at))
        })?;
        let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset)?;
        let path =
            |job: &Job| job.parts.first().map_or(String::new(), |part| part.path.to_string());
        let message = format!(
            "the picture `{}` is not made, so `{}`, which may show it, is held back",
            path(missing),
            path(job)
        );
        let placement = missing.placements.first().and_then(|at| stage.facts.placements.get(*at));
        let span = placement.and_then(|placement| {
            let offer = stage.facts.roster.offers.get(placement.offer)?;
            let offers = stage.documents.tables.get("offers")?;
            Some(offers.records.get(offer.record)?.span(offers.column("offer_id")?))
        });
        let span = span.unwrap_or(scene.asset.id.span);
        Some(Diagnostic::error(Code::HeldBack, span, message).help("repair the picture first"))
    }

    /// A link to a page that was not built.
    fn homeless(&self, stage: &Stage<'_>, job: &Job) -> Option<Diagnostic> {
        if self.all || !leads_to_pages(stage, job) {
            return None;
        }
        let facts = stage.facts;
        let offers = stage.documents.tables.get("offers")?;
        job.placements.iter().filter_map(|at| facts.placements.get(*at)).find_map(|placement| {
            let offer = facts.roster.offers.get(placement.offer)?;
            let route = facts.pages.route(placement)?;
            if self.routes.binary_search(&route).is_ok() {
                return None;
            }
            let span = offers.records.get(offer.record)?.span(offers.column("offer_id")?);
            let path = job.parts.first().map_or("", |part| part.path.as_str());
            let message = format!(
                "the page of `{}` is not built, so `{path}`, which links to it, is held back",
                offer.id
            );
            Some(Diagnostic::error(Code::HeldBack, span, message).help("repair the page first"))
        })
    }
}
