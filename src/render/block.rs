//! One block of an artifact, as it is rendered: what a gate that watches it watches.

use super::fill::{Call, fill};
use super::{Engine, Stage};
use crate::graph::{Form, Job};
use crate::resolve::Scene;

/// A block of each template of a job that has one of that name, one behind the other; nothing
/// where none has, or where it cannot be rendered.
pub fn rendered_block(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    job: &Job,
    name: &str,
) -> Option<String> {
    let scene = Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset)?;
    let context = stage.context(job);
    let (mut text, mut found, mut seen) = (Vec::new(), false, Vec::new());
    for part in &job.parts {
        let Some(template) = part.template.as_deref() else { continue };
        let form = if matches!(part.form, Form::Eml) { Form::Html } else { part.form };
        // The parts of a mail come from one template.
        if seen.contains(&template) || engine.of(&scene).block(template, name).is_none() {
            continue;
        }
        seen.push(template);
        let call = Call { form, template, block: Some(name), path: template };
        fill(engine, (&scene, job), call, &context, &mut text)?.ok()?;
        found = true;
    }
    found.then(|| String::from_utf8_lossy(&text).into_owned())
}
