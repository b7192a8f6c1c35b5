//! `--only` and `--exclude`: a plan of which a part goes out, and everything else stays as it is in
//! the base.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::base_files::BaseFiles;
use super::{Planning, Target};
use crate::artifact::{NoShelf, link_row};
use crate::cli::entries::{Listed, generated_files, links_of, lock_digest, manifest_of};
use crate::cli::exit::Exit;
use crate::cli::named::Files;
use crate::cli::partial::Partial;
use crate::cli::prepare::Prepared;
use crate::cli::tables::make_tables;
use crate::decide::{
    BadSelector, Class, Conflict, Fact, ItemState, Made, Mixed, Mixing, Plan, Planned, Selection,
    Unit, World, units,
};
use crate::diag::Diagnostics;
use crate::graph::Job;
use crate::manifest::{Entry, MadeParts, Manifest, Selected};
use crate::report::count;

/// The digests that files name, by path.
pub(super) type Names = BTreeMap<String, BTreeSet<String>>;

/// Why a part cannot go out.
pub(in crate::cli) struct Refusal {
    pub(in crate::cli) exit: Exit,
    pub(in crate::cli) lines: Vec<String>,
    pub(in crate::cli) next: Option<String>,
}

impl Refusal {
    fn new(exit: Exit, lines: Vec<String>, next: Option<String>) -> Self {
        Self { exit, lines, next }
    }

    fn unfit(line: String) -> Self {
        let next = "throughline build, which builds everything";
        Self::new(Exit::Findings, vec![line], Some(next.to_owned()))
    }
}

/// Most things of one kind that are listed.
const LISTED: usize = 10;

/// What a selection is made from.
pub(super) struct Whole<'w, 'a> {
    pub(super) target: &'w Target<'a>,
    pub(super) names: &'w Names,
    pub(super) files: &'w Files,
    pub(super) world: World<'w>,
}

/// Cuts a plan of everything down to a part.
pub(super) fn cut_down(
    planning: Planning,
    whole: &Whole<'_, '_>,
    selection: &Selection,
) -> Result<Result<Planning, Refusal>> {
    let Some(base) = &planning.base else {
        let line = "there is no output yet, so nothing can stay as it is".to_owned();
        return Ok(Err(Refusal::unfit(line)));
    };
    let files = match BaseFiles::read(whole.files, base) {
        Ok(files) => files,
        Err(fault) => return Ok(Err(Refusal::unfit(fault))),
    };
    let partial = match partial(&planning, base, &files, whole, selection) {
        Ok(partial) => partial,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let prepared = whole.target.prepared;
    let minting = partial.minting(prepared);
    let mut told = Diagnostics::new();
    let listed = Listed::part(prepared, &whole.target.report, &minting.lock, &partial);
    let mut tables = make_tables(prepared, &listed, (&NoShelf, &NoShelf), &mut told)?;
    let report = &whole.target.report;
    let made = generated_files(prepared, report, &listed, &mut tables, &NoShelf)?;
    let lock = lock_digest(prepared, listed.lock);
    let nothing = MadeParts::default();
    let (mut target, _) = manifest_of(prepared, (report, &made), (listed.partial, lock), &nothing);
    let selected = (target.root != planning.target.root).then(|| selected(base, selection));
    target.selection.clone_from(&selected);
    let partial = Partial { selected, ..partial };
    let plan = classes(planning.plan, base, &target);
    let goes_out = |item: &ItemState| partial.chosen.contains(&item.id);
    let gates = planning.gates.only(&goes_out);
    Ok(Ok(Planning {
        gates,
        plan,
        target,
        partial: Some(partial),
        selection: selection.clone(),
        base: planning.base,
        against: planning.against,
        gone: planning.gone,
        growth: planning.growth,
        now: planning.now,
    }))
}

/// What the manifest says of a build of which a part stayed.
fn selected(base: &Manifest, selection: &Selection) -> Selected {
    let [only, exclude] = selection.typed();
    let before = base.selection.as_ref();
    Selected {
        as_of: before.map_or_else(|| base.as_of.clone(), |one| one.as_of.clone()),
        base: base.root.hash.clone(),
        exclude,
        only,
        sources: before.map_or_else(|| base.sources.clone(), |one| one.sources.clone()),
    }
}

/// Which units go out, and what stays.
fn partial(
    planning: &Planning,
    base: &Manifest,
    files: &BaseFiles,
    whole: &Whole<'_, '_>,
    selection: &Selection,
) -> Result<Partial, Refusal> {
    let prepared = whole.target.prepared;
    let mut units = units_of(planning, base, files, whole.target);
    let old_pages =
        files.pages.iter().map(|page| (page.url.to_string(), page.route.to_string())).collect();
    let new_pages = pages_by_address(prepared, &planning.target);
    let same_link = |kept: &crate::artifact::KeptLink, made: crate::link::MadeLink<'_>| {
        let cells = link_row(&prepared.documents, &prepared.facts, made);
        let cells: Option<Vec<_>> = cells.map(Iterator::collect);
        cells.is_some_and(|cells| kept.is_listed_as(cells.iter().map(|cell| &**cell)))
    };
    let nothing = BTreeSet::new();
    let mixing = Mixing {
        base,
        target: &planning.target,
        units: &[],
        chosen: &nothing,
        links: &files.links,
        same_link: &same_link,
        old_names: &files.names,
        new_names: whole.names,
        old_pages: &old_pages,
        new_pages: &new_pages,
    };
    let needs = Mixing { units: &units, ..mixing }.needs();
    for (unit, needs) in units.iter_mut().zip(needs) {
        unit.needs = needs;
    }
    let chosen = selection.of(&units, whole.world).map_err(refused)?;
    let Mixed { entries, links } = Mixing { units: &units, chosen: &chosen, ..mixing }
        .mix()
        .map_err(|conflicts| in_the_way(&conflicts, &units, &chosen, selection))?;
    if let Some(fault) = entries.iter().find_map(|entry| files.broken.get(entry.id.as_str())) {
        return Err(Refusal::unfit(format!("what is not selected cannot stay: {fault}")));
    }
    let links: Vec<_> = links.iter().filter_map(|at| files.links.get(*at)).cloned().collect();
    for link in &links {
        let row = prepared.documents.lock.current(link.id());
        if row.is_none_or(|row| row.is_known() && row.url != link.url()) {
            return Err(Refusal::unfit(format!(
                "throughline.lock does not have the link `{}` as the output shows it",
                link.id()
            )));
        }
    }
    let stays: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let pages = files.pages.iter();
    let pages = pages.filter(|page| stays.contains(page.place.to_path().as_str()));
    let pages = pages.cloned().collect();
    let chosen: Vec<&Unit<'_>> = chosen.iter().filter_map(|at| units.get(*at)).collect();
    let paths =
        chosen.iter().flat_map(|unit| &unit.new).map(|entry| entry.path.to_string()).collect();
    let chosen = chosen.iter().map(|unit| unit.key.clone()).collect();
    let base = base.root.hash.clone();
    Ok(Partial { base, chosen, paths, links, pages, selected: None, entries })
}

fn units_of<'w>(
    planning: &'w Planning,
    base: &'w Manifest,
    files: &BaseFiles,
    target: &'w Target<'_>,
) -> Vec<Unit<'w>> {
    let prepared = target.prepared;
    let asset = |job: &Job| {
        let campaign = prepared.facts.campaigns.get(job.campaign)?;
        let brief = prepared.documents.briefs.get(campaign.brief)?;
        let asset = brief.assets.get(job.asset)?;
        Some([brief.id.value.to_string(), asset.id.value.to_string()])
    };
    let made = Made { target: &planning.target, jobs: &prepared.jobs, asset: &asset };
    let mut units = units(base, made, &files.links);
    let mut reasons: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for planned in planning.effects() {
        reasons.insert(&planned.entry.id, planning.reasons(planned).collect());
    }
    let made = prepared.links.made(&prepared.documents, &prepared.facts);
    for unit in &mut units {
        let ids: BTreeSet<&str> = unit.entries().map(|entry| entry.id.as_str()).collect();
        unit.reasons = ids.iter().filter_map(|id| reasons.get(id)).flatten().copied().collect();
        let job = unit.job.and_then(|at| Some((at, prepared.jobs.get(at)?)));
        let links = job.map(|(at, job)| links_of(prepared, &target.report, at, job));
        let links = links.into_iter().flatten();
        unit.made = links.filter_map(|at| made.get(at)).collect();
    }
    units
}

fn pages_by_address(prepared: &Prepared, target: &Manifest) -> BTreeMap<String, String> {
    let hosts = &prepared.documents.workspace.hosts;
    let routes = target.artifacts.iter().filter_map(|entry| entry.route.as_ref());
    routes.filter_map(|route| Some((hosts.page(route)?, route.to_string()))).collect()
}

fn refused(wrong: Vec<BadSelector>) -> Refusal {
    let unknown = wrong.iter().any(|one| matches!(one, BadSelector::Unknown(_)));
    let exit = if unknown { Exit::Usage } else { Exit::Findings };
    let lines = wrong.into_iter().map(|one| match one {
        BadSelector::Unknown(line) | BadSelector::Nothing(line) => line,
    });
    Refusal::new(exit, lines.collect(), None)
}

/// Says what does not fit, and what to type.
fn in_the_way(
    conflicts: &[Conflict],
    units: &[Unit<'_>],
    chosen: &BTreeSet<usize>,
    selection: &Selection,
) -> Refusal {
    let mut lines: Vec<String> =
        conflicts.iter().take(LISTED).map(|one| one.sentence.clone()).collect();
    if conflicts.len() > LISTED {
        lines.push(format!("and {}", count(conflicts.len() - LISTED, "more thing like it")));
    }
    let chosen: BTreeSet<&str> =
        chosen.iter().filter_map(|at| units.get(*at)).map(Unit::name).collect();
    let missing: BTreeSet<&str> = conflicts.iter().map(|one| one.select.as_str()).collect();
    let missing: Vec<&str> = missing.into_iter().filter(|key| !chosen.contains(key)).collect();
    let [only, exclude] = selection.typed();
    let next = if exclude.is_empty() {
        let all = only.into_iter().chain(missing.iter().map(|key| format!("artifact:{key}")));
        let typed: Vec<String> = all.map(|one| format!(" --only '{one}'")).collect();
        format!("throughline plan{}", typed.concat())
    } else {
        format!("leave out less, so that these go out as well: {}", missing.join(", "))
    };
    Refusal::new(Exit::Findings, lines, Some(next))
}

/// What becomes of each artifact where a part goes out.
fn classes(whole: Plan, base: &Manifest, target: &Manifest) -> Plan {
    let by_id = |manifest: &Manifest| -> BTreeMap<String, Entry> {
        manifest.artifacts.iter().map(|entry| (entry.id.to_string(), entry.clone())).collect()
    };
    let (olds, news) = (by_id(base), by_id(target));
    let known: BTreeSet<String> =
        whole.artifacts.iter().map(|planned| planned.entry.id.to_string()).collect();
    // With other rows than in either build, a table may be in other parts.
    let parts = target.artifacts.iter().filter(|entry| !known.contains(entry.id.as_str()));
    let parts: Vec<Planned> = parts.map(|entry| whole.added(entry)).collect();
    let artifacts = whole.artifacts.into_iter().map(|mut planned| {
        let (old, new) = (olds.get(planned.entry.id.as_str()), news.get(planned.entry.id.as_str()));
        let (class, entry) = match (old, new) {
            (None, None) => (Class::Kept, None),
            (None, Some(new)) => (Class::Added, Some(new)),
            (Some(old), None) => (Class::Removed, Some(old)),
            (Some(old), Some(new)) if old.sha256 != new.sha256 => (Class::Changed, Some(new)),
            (Some(old), Some(_)) if planned.class.is_effect() => (Class::Kept, Some(old)),
            (Some(_), Some(new)) => (planned.class, Some(new)),
        };
        planned.class = class;
        if let Some(entry) = entry {
            planned.entry.clone_from(entry);
        }
        planned
    });
    let mut artifacts: Vec<Planned> = artifacts.chain(parts).collect();
    artifacts.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
    Plan { artifacts, facts: whole.facts }
}
