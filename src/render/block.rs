//! One block of an artifact, as it is rendered: what a gate that watches it watches.

use super::fill::{Call, fill};
use super::page::page_context;
use super::{Engine, Stage, email};
use crate::diag::Diagnostic;
use crate::graph::{Form, Job};
use crate::resolve::Scene;
use crate::source::RecipeKind;

/// A block of each part of a job whose template has one of that name, one behind the other; nothing
/// where none has.
///
/// # Errors
/// Why it cannot be rendered.
pub fn rendered_block(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    job: &Job,
    name: &str,
) -> Result<Option<String>, Box<Diagnostic>> {
    let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset);
    let Some(scene) = scene else { return Ok(None) };
    let set = engine.of(&scene);
    let shared = stage.context(job);
    let (mut text, mut found) = (String::new(), false);
    for part in job.parts.iter().filter(|part| !email::is_derived(set, job, part)) {
        let Some(template) = part.template.as_deref() else { continue };
        // A mail's plain text is a block of its own template.
        let whole = job.kind != RecipeKind::Email || part.form == Form::Html;
        if !whole || set.block(template, name).is_none() {
            continue;
        }
        let own = part.page.map(|form| page_context(stage, &scene, job, form, &shared));
        let call = Call { form: part.form, template, block: Some(name), path: part.path.as_str() };
        let mut bytes = Vec::new();
        let subject = (&scene, job);
        match fill(engine, subject, call, own.as_ref().unwrap_or(&shared), &mut bytes) {
            Some(Ok(())) => {
                found = true;
                text.push_str(&String::from_utf8_lossy(&bytes));
                text.push('\n');
            }
            Some(Err(fault)) => return Err(Box::new(fault)),
            None => {}
        }
    }
    Ok(found.then_some(text))
}
