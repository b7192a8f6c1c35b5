//! Waivers on findings of checks: which hold, which are over, which were needed.

use jiff::Timestamp;

use super::Stage;
use crate::diag::Diagnostic;
use crate::graph::Job;
use crate::source::Waiver;

/// Lets findings of one artifact pass that somebody answers for, and says of each which waiver was
/// needed, by its number.
pub(super) fn waive(
    stage: &Stage<'_>,
    job: &Job,
    artifact: &str,
    found: Vec<Diagnostic>,
    needed: &mut Vec<usize>,
) -> Vec<Diagnostic> {
    let waivers = &stage.documents.waivers;
    if waivers.is_empty() {
        return found;
    }
    let time = time_of(stage, job);
    let judged = found.into_iter().map(|one| judge(waivers, time, artifact, one, needed));
    judged.collect()
}

/// The time at which waivers are judged: the one that the run was told, or else the one at which
/// customers see the artifact. A build reads no clock.
fn time_of(stage: &Stage<'_>, job: &Job) -> Option<Timestamp> {
    let window = || {
        let campaign = stage.facts.campaigns.get(job.campaign)?;
        let brief = stage.documents.briefs.get(campaign.brief)?;
        Some(brief.windows.get(campaign.assets.get(job.asset)?.window)?.opens)
    };
    stage.facts.roster.as_of.or_else(window)
}

fn judge(
    waivers: &[Waiver],
    time: Option<Timestamp>,
    artifact: &str,
    one: Diagnostic,
    needed: &mut Vec<usize>,
) -> Diagnostic {
    let fits = |waiver: &Waiver| waiver.rule == one.code && waiver.subject.is_match(artifact);
    let holds = |waiver: &Waiver| time.is_none_or(|time| time < waiver.expires);
    let mut fitting = waivers.iter().enumerate().filter(|(_, waiver)| fits(waiver));
    let Some(first) = fitting.next() else { return one };
    let all = std::iter::once(first).chain(fitting);
    let (_, waiver) = all.clone().find(|(_, waiver)| holds(waiver)).unwrap_or(first);
    needed.extend(all.map(|(number, _)| number));
    if holds(waiver) { waiver.let_pass(one) } else { waiver.is_over(one) }
}
