//! From placements and recipes to jobs, sorted by path.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::picture_parts::picture_parts;
use super::{Form, Job, PageTimes, Part};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::link::Links;
use crate::model::{ArtifactPath, SharedText, SharedTexts, Span, Spanned};
use crate::resolve::{Asset, Facts, Scene};
use crate::source::{Documents, Each, PageForm, Pattern, Recipe, RecipeKind};

/// Folders that the engine itself fills.
const RESERVED: [&str; 4] = ["assets", "links", "reporting", "redirects"];

/// Placements whose jobs one thread makes at a time.
const PART: usize = 512;

/// Files that the engine itself makes in a folder of recipes.
const RESERVED_FILE: &str = "landing/routes.json";

/// Makes every job. Assets that are held back, and broken placements, make none.
pub fn plan_jobs(
    documents: &Documents,
    facts: &Facts,
    links: &Links,
    diagnostics: &mut Diagnostics,
) -> Vec<Job> {
    let (jobs, texts) = (Vec::new(), SharedTexts::default());
    let mut planner = Planner { documents, facts, links, jobs, texts, diagnostics };
    for (campaign, resolved) in facts.campaigns.iter().enumerate() {
        for (index, asset) in resolved.assets.iter().enumerate() {
            planner.plan_asset(campaign, index, asset);
        }
    }
    let Planner { mut jobs, .. } = planner;
    jobs.shrink_to_fit();
    jobs.par_sort_by(|a, b| first_path(a).cmp(&first_path(b)));
    report_collisions(documents, facts, &jobs, diagnostics);
    jobs
}

fn first_path(job: &Job) -> Option<&ArtifactPath> {
    job.parts.first().map(|part| &part.path)
}

struct Planner<'a> {
    documents: &'a Documents,
    facts: &'a Facts,
    links: &'a Links,
    jobs: Vec<Job>,
    /// Names of templates.
    texts: SharedTexts,
    diagnostics: &'a mut Diagnostics,
}

impl Planner<'_> {
    fn plan_asset(&mut self, campaign: usize, index: usize, asset: &Asset) {
        let Some(scene) = Scene::of_asset(self.documents, self.facts, campaign, index) else {
            return;
        };
        if asset.held_back {
            return;
        }
        let id = scene.asset.id.value.as_str();
        let whole = |at: &usize| !self.links.broken.contains(at);
        let placements: Vec<usize> = asset.placements.clone().filter(whole).collect();
        let slots = matches!(scene.asset.each, Each::Slots(_));
        // A mail that lost a slot to a broken row is not the mail that was agreed.
        if placements.is_empty() || slots && placements.len() < asset.placements.len() {
            return;
        }
        if !scene.channel.recipes.iter().any(|recipe| recipe.serves(id)) {
            let message = format!("no recipe of `{}` builds the asset `{id}`", scene.channel.id);
            self.diagnostics.push(
                Diagnostic::error(Code::BadSetting, scene.asset.id.span, message)
                    .related(scene.channel.span, "the channel is here")
                    .help("add a recipe, or name the asset in the `assets` of one"),
            );
        }
        for (recipe_index, recipe) in scene.channel.recipes.iter().enumerate() {
            if !recipe.serves(id) {
                continue;
            }
            let default =
                recipe.kind == RecipeKind::Qr || !slots && recipe.kind != RecipeKind::Sheet;
            let per_placement = recipe.per_placement.unwrap_or(default);
            if !per_placement {
                self.add(
                    &scene,
                    campaign,
                    index,
                    (recipe_index, recipe),
                    placements.clone(),
                    false,
                );
                continue;
            }
            self.add_each(&scene, campaign, index, (recipe_index, recipe), &placements);
        }
    }

    /// A job for each placement.
    fn add_each(
        &mut self,
        scene: &Scene<'_>,
        campaign: usize,
        asset: usize,
        recipe: (usize, &Recipe),
        placements: &[usize],
    ) {
        let Self { documents, facts, links, .. } = *self;
        let part = |some: &[usize]| {
            let (mut found, texts) = (Diagnostics::new(), SharedTexts::default());
            let (jobs, diagnostics) = (Vec::with_capacity(some.len()), &mut found);
            let mut part = Planner { documents, facts, links, jobs, texts, diagnostics };
            for at in some {
                let Some(placement) = facts.placements.get(*at) else { continue };
                let scene = Scene { placement: Some(placement), ..*scene };
                part.add(&scene, campaign, asset, recipe, vec![*at], true);
            }
            (part.jobs, found)
        };
        let parts: Vec<(Vec<Job>, Diagnostics)> = placements.par_chunks(PART).map(part).collect();
        for (jobs, found) in parts {
            self.jobs.extend(jobs);
            self.diagnostics.extend(found);
        }
    }

    fn add(
        &mut self,
        scene: &Scene<'_>,
        campaign: usize,
        asset: usize,
        (recipe_index, recipe): (usize, &Recipe),
        placements: Vec<usize>,
        per_placement: bool,
    ) {
        if let Some(fault) = Some(recipe).filter(|_| !per_placement).and_then(differs) {
            self.diagnostics.push(fault);
            return;
        }
        // The text part is a block of the same template, unless it has one of its own.
        let text = recipe.text.as_ref().or(recipe.template.as_ref());
        let forms: &[(Form, Option<&Spanned<String>>)] = match recipe.kind {
            RecipeKind::Email => &[
                (Form::Html, recipe.template.as_ref()),
                (Form::Text, text),
                (Form::Eml, recipe.template.as_ref()),
                (Form::Json, recipe.template.as_ref()),
            ],
            RecipeKind::Page => &[(Form::Html, recipe.template.as_ref())],
            RecipeKind::Text => &[(Form::Text, recipe.template.as_ref())],
            RecipeKind::Json => &[(Form::Json, recipe.template.as_ref())],
            RecipeKind::Sheet => &[(Form::Csv, None)],
            RecipeKind::Qr => &[(Form::Svg, None), (Form::Png, None)],
            RecipeKind::Image => &[],
        };
        let Some(stem) = self.expand(scene, &recipe.path) else { return };
        let route = recipe.route.as_ref().and_then(|route| route_of(scene, route));
        let page = recipe.kind == RecipeKind::Page;
        let pages: Vec<Option<PageForm>> =
            if page { recipe.page.forms.iter().copied().map(Some).collect() } else { vec![None] };
        let mut parts = self.picture_parts(&stem, recipe);
        parts.reserve_exact(pages.len() * forms.len());
        for (page, (form, template)) in
            pages.iter().flat_map(|page| forms.iter().map(move |form| (*page, form)))
        {
            let suffix = page.map_or("", PageForm::suffix);
            let text = format!("{stem}{suffix}.{}", form.extension());
            match checked_path(&text) {
                Ok(path) => {
                    let template = template.map(|name| self.texts.share(&name.value));
                    parts.push(Part { path, form: *form, template, page });
                }
                Err(reason) => {
                    self.diagnostics.push(bad_path(recipe, &text, &reason));
                }
            }
        }
        let resolved = self.facts.campaigns.get(campaign).and_then(|one| one.assets.get(asset));
        let times = resolved.filter(|_| page).and_then(|resolved| {
            PageTimes::new(scene, self.facts, (resolved.window, &placements), recipe)
        });
        self.jobs.push(Job {
            kind: recipe.kind,
            campaign,
            asset,
            recipe: recipe_index,
            placements,
            per_placement,
            route: route.map(SharedText::from),
            times,
            parts,
        });
    }

    /// The files of an image recipe; of the other kinds, none.
    fn picture_parts(&mut self, stem: &str, recipe: &Recipe) -> Vec<Part> {
        let Some((settings, template)) = recipe.picture.as_ref().zip(recipe.template.as_ref())
        else {
            return Vec::new();
        };
        let made = picture_parts(stem, &template.value, settings, checked_path);
        made.unwrap_or_else(|(text, reason)| {
            self.diagnostics.push(bad_path(recipe, &text, &reason));
            Vec::new()
        })
    }

    fn expand(&mut self, scene: &Scene<'_>, pattern: &Pattern) -> Option<String> {
        let expanded = scene.expand(pattern);
        if let Err((field, span)) = &expanded {
            let message = format!("`{{{}}}` is empty, and a path is made from it", field.name());
            self.diagnostics.push(
                Diagnostic::error(Code::EmptyField, *span, message)
                    .related(pattern.span, "the path is made here")
                    .help("fill it in, or take it out of the path"),
            );
        }
        Some(expanded.ok()? + &scene.rendition.suffix(pattern))
    }
}

/// What says in a recipe for a whole asset that its files differ between placements.
fn differs(recipe: &Recipe) -> Option<Diagnostic> {
    let route = recipe.route.as_ref().filter(|route| route.reads_placement());
    let (span, message) = match route {
        Some(route) => (
            route.span,
            "the route differs between placements, but there is one page for the asset",
        ),
        None if recipe.path.reads_placement() => (
            recipe.path.span,
            "the path differs between placements, but there is one file for the asset",
        ),
        None => return None,
    };
    Some(
        Diagnostic::error(Code::BadPath, span, message)
            .help("use fields of the campaign and the asset, or `per = \"placement\"`"),
    )
}

fn bad_path(recipe: &Recipe, text: &str, reason: &str) -> Diagnostic {
    let message = format!("`{text}` cannot be an output path: {reason}");
    Diagnostic::error(Code::BadPath, recipe.path.span, message)
}

fn route_of(scene: &Scene<'_>, route: &Pattern) -> Option<String> {
    Some(scene.expand(route).ok()? + &scene.rendition.suffix(route))
}

fn checked_path(text: &str) -> Result<ArtifactPath, String> {
    let path = ArtifactPath::new(text).map_err(|fault| fault.to_string())?;
    let folder = text.split('/').next().unwrap_or(text);
    if text == RESERVED_FILE {
        return Err("the build makes that file itself".to_owned());
    }
    if RESERVED.contains(&folder) || !text.contains('/') {
        return Err(format!("put it into a folder other than {}", RESERVED.join(", ")));
    }
    Ok(path)
}

fn report_collisions(
    documents: &Documents,
    facts: &Facts,
    jobs: &[Job],
    diagnostics: &mut Diagnostics,
) {
    if are_distinct(jobs) {
        return;
    }
    let mut paths: BTreeMap<&ArtifactPath, Span> = BTreeMap::new();
    let mut routes: BTreeMap<&str, Span> = BTreeMap::new();
    let mut report = |code, first: Span, span: Span, message: String| {
        diagnostics.push(
            Diagnostic::error(code, span, message)
                .related(first, "also made here")
                .help("add a field that differs"),
        );
    };
    for job in jobs {
        let scene = Scene::of_asset(documents, facts, job.campaign, job.asset);
        let Some(recipe) = scene.and_then(|scene| scene.channel.recipes.get(job.recipe)) else {
            continue;
        };
        for part in &job.parts {
            if let Some(first) = paths.insert(&part.path, recipe.path.span) {
                let message = format!("two artifacts would be `{}`", part.path);
                report(Code::PathCollision, first, recipe.path.span, message);
            }
        }
        if let (Some(route), Some(pattern)) = (&job.route, &recipe.route)
            && let Some(first) = routes.insert(route, pattern.span)
        {
            let message = format!("two pages would be at `{route}`");
            report(Code::RouteCollision, first, pattern.span, message);
        }
    }
}

/// Whether no path and no route stands twice, which is seen sooner than which.
fn are_distinct(jobs: &[Job]) -> bool {
    let parts = jobs.iter().flat_map(|job| &job.parts);
    let mut paths: Vec<&str> = parts.map(|part| part.path.as_str()).collect();
    let mut routes: Vec<&str> = jobs.iter().filter_map(|job| job.route.as_deref()).collect();
    [&mut paths, &mut routes].into_iter().all(|all| {
        all.par_sort_unstable();
        all.windows(2).all(|pair| pair.first() != pair.last())
    })
}
