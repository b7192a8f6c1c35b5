//! QR codes: the short link of a placement, as SVG and as PNG, read again before they are taken.

use super::Stage;
use crate::artifact::qr::{QrFiles, accepted};
use crate::diag::{Code, Diagnostic};
use crate::graph::Job;
use crate::resolve::Scene;

/// Makes the two pictures of a placement's code and notes the link they lead to.
pub(super) fn render_qr(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    used: &mut Vec<u32>,
) -> Result<QrFiles, Option<Diagnostic>> {
    let recipe = scene.channel.recipes.get(job.recipe).ok_or(None)?;
    let placement = *job.placements.first().ok_or(None)?;
    let rules = &scene.channel.links;
    let is_meant = |rule: usize| {
        let role = rules.get(rule).map(|rule| rule.role.as_str());
        recipe.link.as_ref().is_none_or(|link| role == Some(link.value.as_str()))
    };
    let mut links = stage.links.of(placement).iter().enumerate();
    let (offset, link) = links.find(|(_, link)| is_meant(link.rule)).ok_or(None)?;
    let first = stage.links.range_of(placement).start;
    let short_url = stage.links.short_urls.url(&link.short_code);
    let files = accepted(&short_url, recipe.pixels).map_err(|fault| {
        let found = Diagnostic::error(Code::BadQr, recipe.span, fault.message());
        Some(found.help(fault.help()))
    })?;
    used.push((first + offset) as u32);
    Ok(files)
}
