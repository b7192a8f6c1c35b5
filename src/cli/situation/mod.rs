//! Everything that status, receipt and tax are computed from, put together from the workspace, its
//! output and its releases. What stands in the output as it was left is not rendered again.

mod args;
mod artifacts;
mod decided;
mod problems;
mod promises;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

pub(super) use args::{Page, SituationArgs};
use artifacts::{Ideal, expected};
use decided::{swaps, waivers};
use problems::{Found, problems};
use promises::promises;

use super::console::Console;
use super::entries::{lock_digest, source_entries};
use super::exit::Exit;
use super::gate_states::{KnownGates, gate_states};
use super::live::live;
use super::prepare::{
    Ids, Outcome, Prepared, check_swaps, extend, now, output_folder, prepare, remember_pictures,
    report_unprepared, use_threads,
};
use super::quarantine::quarantine;
use super::recall::Memory;
use super::release::Mistyped;
use super::released::forgotten_links;
use super::rendering::Renderer;
use super::tables::check_tables;
use crate::artifact::NoShelf;
use crate::decide::status::{
    Built, KnownSwap, PlannedCampaign, PlannedPartner, PlannedWindow, Situation,
};
use crate::diag::{Diagnostics, did_you_mean};
use crate::manifest::{ENGINE_EPOCH, Manifest};
use crate::model::parse_datetime;
use crate::render::{Engine, Report};
use crate::source::SourceKind;
use crate::store::read_manifest;

/// What is asked about.
pub(super) struct Asked<'a> {
    pub(super) root: &'a Path,
    pub(super) args: &'a SituationArgs,
    /// The time that is judged at, as it was typed: with it, the option that it was typed for.
    pub(super) at: Option<(&'a str, &'a str)>,
    pub(super) jobs: Option<u16>,
}

/// What came of it.
pub(super) enum Gathered {
    Known(Box<Known>),
    /// It was told why not.
    Ended(Exit),
}

/// Everything that is known.
pub(super) struct Known {
    pub(super) situation: Situation,
    pub(super) prepared: Box<Prepared>,
    /// Where a page is written.
    pub(super) page: Page,
}

/// What a build would make of the workspace now, and what it would find.
struct Rendered {
    report: Report,
    diagnostics: Diagnostics,
    swaps: Vec<KnownSwap>,
}

/// Puts everything together.
///
/// # Errors
/// Where the output or a release cannot be read.
pub(super) fn gather(asked: &Asked<'_>, console: &mut Console) -> Result<Gathered> {
    use_threads(asked.jobs);
    let output = asked.args.output.as_deref();
    let page = Page::at(asked.root, asked.args.html.as_deref(), output)?;
    let target = output_folder(asked.root, output);
    let base = read_manifest(&target)?;
    let mut diagnostics = Diagnostics::new();
    // What a build says again is what the last one was told.
    let as_of = base.as_ref().and_then(|base| base.as_of.clone());
    let mut prepared = match prepare(asked.root, as_of.as_deref(), Ids::Record, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => {
            return Ok(Gathered::Ended(report_unprepared(other, diagnostics, console, false)?));
        }
    };
    let at = match instant_of(asked, &prepared) {
        Ok(at) => at,
        Err(sentence) => return Ok(usage(&sentence, console)),
    };
    if let Some(sentence) = unknown_campaign(asked, &prepared) {
        return Ok(usage(&sentence, console));
    }
    let live = match live(asked.root, &asked.args.target, console)? {
        // What was published later was not out yet.
        Ok(live) => live.filter(|live| live.published <= at),
        Err(Mistyped(sentence)) => return Ok(usage(&sentence, console)),
    };
    let gates = gate_states((asked.root, &target), &mut prepared, at, &mut diagnostics)?;
    let rendered = render((asked.root, &target), &prepared, diagnostics, console)?;
    let campaign = asked.args.campaign.as_deref();
    let (prepared, mut situation) =
        put_together(campaign, (&target, base), (prepared, rendered, gates), at);
    situation.live = live;
    Ok(Gathered::Known(Box::new(Known { situation, prepared, page })))
}

fn usage(sentence: &str, console: &mut Console) -> Gathered {
    console.error(sentence);
    Gathered::Ended(Exit::Usage)
}

fn instant_of(asked: &Asked<'_>, prepared: &Prepared) -> Result<Timestamp, String> {
    let Some((option, text)) = asked.at else {
        // Nobody counts in less than seconds.
        let now = now();
        return Ok(Timestamp::from_second(now.as_second()).unwrap_or(now));
    };
    instant(option, text, prepared)
}

/// A time that was typed, local to the workspace's zone where it has no offset.
pub(super) fn instant(option: &str, text: &str, prepared: &Prepared) -> Result<Timestamp, String> {
    parse_datetime(text, &prepared.documents.workspace.zone).map_err(|_| {
        format!("{option} takes a time such as 2026-11-27T05:00 or 2026-11-27T05:00-05:00")
    })
}

fn unknown_campaign(asked: &Asked<'_>, prepared: &Prepared) -> Option<String> {
    let wanted = asked.args.campaign.as_deref()?;
    let known = || prepared.documents.briefs.iter().map(|brief| brief.id.value.as_str());
    if known().any(|id| id == wanted) {
        return None;
    }
    let help = did_you_mean(wanted, known()).map(|help| format!("; {help}")).unwrap_or_default();
    Some(format!("there is no campaign `{wanted}`{help}"))
}

/// Finds what `check` would find, and the digest of everything that a build would make.
fn render(
    (root, target): (&Path, &Path),
    prepared: &Prepared,
    mut diagnostics: Diagnostics,
    console: &Console,
) -> Result<Rendered> {
    diagnostics.extend(forgotten_links(target, prepared));
    let Prepared { documents, sources, assets, .. } = prepared;
    let engine = Engine::new(documents, sources, assets, &mut diagnostics);
    engine.check_recipes(documents, &mut diagnostics);
    check_swaps(prepared, &engine, &mut diagnostics);
    remember_pictures(root, prepared, true);
    let memory = Memory::reading(root, target);
    let renderer = Renderer { prepared, engine: &engine, console: console.format };
    let mut report = renderer.render(&NoShelf, Some(&memory))?.0;
    check_tables(prepared, &report.live, &mut diagnostics)?;
    extend(&mut diagnostics, std::mem::take(&mut report.diagnostics));
    prepared.finish(&mut diagnostics);
    let swaps = swaps(prepared, &engine);
    Ok(Rendered { report, diagnostics, swaps })
}

/// Everything but what is out.
fn put_together(
    only: Option<&str>,
    (target, base): (&Path, Option<Manifest>),
    (mut prepared, rendered, gates): (Box<Prepared>, Rendered, KnownGates),
    at: Timestamp,
) -> (Box<Prepared>, Situation) {
    let Rendered { report, diagnostics, swaps } = rendered;
    let rows = quarantine(&mut prepared);
    let ideal = Ideal::of(&mut prepared, &report, &rows);
    let found = Found { diagnostics: &diagnostics, report: &report, quarantine: &rows };
    let built = base.as_ref();
    let mut artifacts = expected(&prepared, &found, ideal.as_ref(), (target, built));
    let mut problems = problems(&prepared, &found, &artifacts);
    let mut promises = promises(&prepared, ideal.as_ref());
    let mut swaps = swaps;
    if let Some(campaign) = only {
        artifacts.retain(|one| one.campaign == campaign);
        promises.retain(|one| one.campaign == campaign);
        let ids: std::collections::BTreeSet<&str> =
            artifacts.iter().map(|one| one.id.as_str()).collect();
        let here = |id: &String| ids.contains(id.as_str());
        for one in &mut problems {
            one.artifacts.retain(here);
        }
        let prefix = format!("{campaign}/");
        for swap in &mut swaps {
            swap.artifacts.retain(here);
        }
        swaps.retain(|one| {
            let mut facts = one.changes.iter().filter_map(|change| change.first());
            !one.artifacts.is_empty() || facts.any(|fact| fact.starts_with(&prefix))
        });
    }
    let documents = &prepared.documents;
    let owners = &documents.workspace.owners;
    let situation = Situation {
        title: documents.workspace.title.value.clone(),
        zone: documents.workspace.zone.clone(),
        now: at,
        campaigns: campaigns(&prepared, only),
        partners: partners(&prepared),
        waivers: waivers(&prepared, &report, &artifacts),
        artifacts,
        problems,
        build: base.map(|base| build_of(&prepared, base)),
        live: None,
        gates: gates.states,
        decisions: gates.decisions,
        policies: BTreeMap::new(),
        swaps,
        promises,
        builder: owners.of(SourceKind::Workspace).unwrap_or_default().to_owned(),
    };
    (prepared, situation)
}

fn campaigns(prepared: &Prepared, only: Option<&str>) -> Vec<PlannedCampaign> {
    let briefs = prepared.documents.briefs.iter();
    let wanted = briefs.filter(|brief| only.is_none_or(|only| brief.id.value.as_str() == only));
    wanted
        .map(|brief| PlannedCampaign {
            id: brief.id.value.to_string(),
            name: brief.name.value.clone(),
            owner: brief.owner.value.clone(),
            zone: brief.zone.clone(),
            windows: brief
                .windows
                .iter()
                .map(|window| PlannedWindow {
                    id: window.id.to_string(),
                    freezes: window.freezes,
                    locks: window.locks,
                    opens: window.opens,
                    closes: window.closes,
                    channels: window.channels.iter().map(|one| one.value.clone()).collect(),
                })
                .collect(),
        })
        .collect()
}

fn partners(prepared: &Prepared) -> BTreeMap<String, PlannedPartner> {
    let Some(table) = prepared.documents.tables.get("partners") else { return BTreeMap::new() };
    let [id, name, tier, owner] =
        ["partner_id", "name", "tier", "owner"].map(|name| table.column(name));
    let rows = table.records.iter().map(|record| {
        let cell = |column: Option<usize>| column.map_or("", |at| record.text(at)).to_owned();
        (cell(id), PlannedPartner { name: cell(name), tier: cell(tier), owner: cell(owner) })
    });
    rows.filter(|(id, _)| !id.is_empty()).collect()
}

/// The last build, held against what one would be made from now.
fn build_of(prepared: &Prepared, base: Manifest) -> Built {
    let now = source_entries(prepared, lock_digest(prepared, &prepared.minting.lock));
    let now: BTreeMap<&str, &str> =
        now.iter().map(|one| (one.path.as_str(), one.sha256.as_str())).collect();
    let then: BTreeMap<&str, &str> =
        base.sources.iter().map(|one| (one.path.as_str(), one.sha256.as_str())).collect();
    let mut changed: Vec<String> = now
        .iter()
        .filter(|(path, sha256)| then.get(*path) != Some(sha256))
        .map(|(path, _)| (*path).to_owned())
        .chain(then.keys().filter(|path| !now.contains_key(*path)).map(|path| (*path).to_owned()))
        .collect();
    changed.sort_unstable();
    Built {
        root: base.root.hash,
        as_of: base.as_of,
        changed,
        other_engine: base.engine_epoch != ENGINE_EPOCH,
        partial: base.selection.is_some(),
    }
}
