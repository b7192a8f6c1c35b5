//! Entries of the manifest. Texts that many of them hold are made once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::prepare::Prepared;
use crate::artifact::GeneratedFile;
use crate::artifact::pages::Due;
use crate::graph::{Form, Job, PageTimes, Part};
use crate::manifest::{Entry, EntryKind, Names};
use crate::model::SharedText;
use crate::render::{Rendered, Report};
use crate::resolve::Scene;
use crate::source::PageForm;

/// Everything that decides what kind of artifact one is: campaign, asset and recipe of its job, its
/// form and template, and when it is due.
type Decides =
    ((usize, usize, usize), Form, Option<SharedText>, Option<(PageForm, Option<PageTimes>)>);

/// What entries have in common that are made one after the other.
#[derive(Default)]
pub(super) struct Shared {
    kinds: BTreeMap<Decides, Arc<EntryKind>>,
    /// What the last job shows: one makes several artifacts.
    last: Option<(usize, [Names; 2])>,
}

impl Shared {
    /// The entry of a rendered artifact.
    pub(super) fn entry(
        &mut self,
        prepared: &Prepared,
        report: &Report,
        rendered: &Rendered,
    ) -> Option<Entry> {
        let job = prepared.jobs.get(rendered.job())?;
        let part = rendered.part_of(job)?;
        let [offers, partners] = match &self.last {
            Some((last, names)) if *last == rendered.job() => names.clone(),
            _ => {
                let names = shown(prepared, job);
                self.last = Some((rendered.job(), names.clone()));
                names
            }
        };
        Some(Entry {
            id: part.path.shared(),
            kind: self.kind(prepared, report, (job, part))?,
            offers,
            partners,
            path: rendered.place_in(job)?.to_path().shared(),
            route: job.route.clone(),
            sha256: rendered.digest,
            size: rendered.size,
        })
    }

    fn kind(
        &mut self,
        prepared: &Prepared,
        report: &Report,
        (job, part): (&Job, &Part),
    ) -> Option<Arc<EntryKind>> {
        let page = part.page.map(|form| (form, job.times));
        let place = (job.campaign, job.asset, job.recipe);
        let decides = (place, part.form, part.template.clone(), page);
        if let Some(known) = self.kinds.get(&decides) {
            return Some(Arc::clone(known));
        }
        let (documents, facts) = (&prepared.documents, &prepared.facts);
        let scene = Scene::of_asset(documents, facts, job.campaign, job.asset)?;
        let asset = facts.campaigns.get(job.campaign)?.assets.get(job.asset)?;
        let due = part.page.map(|form| Due::of(&scene, job, form)).unwrap_or_default();
        let window = scene.brief.windows.get(asset.window);
        let kind = Arc::new(EntryKind {
            campaign: Some(scene.brief.id.value.as_str().into()),
            channel: Some(scene.channel.id.as_str().into()),
            form: part.page.map(|form| form.name().into()),
            media_type: part.form.media_type().into(),
            not_after: due.not_after.map(SharedText::from),
            not_before: due.not_before.map(SharedText::from),
            redirect_after: due.redirect_after.map(SharedText::from),
            redirect_to: due.redirect_to.map(SharedText::from),
            template: report.template_of(job, part).cloned(),
            window: window.map(|window| window.id.as_str().into()),
        });
        self.kinds.insert(decides, Arc::clone(&kind));
        Some(kind)
    }
}

/// The offers and the partners that a job shows, sorted.
fn shown(prepared: &Prepared, job: &Job) -> [Names; 2] {
    let facts = &prepared.facts;
    let (mut offers, mut partners) = (Vec::new(), Vec::new());
    let rows = prepared.documents.tables.get("partners").map(|table| &table.records);
    for placement in job.placements.iter().filter_map(|at| facts.placements.get(*at)) {
        let Some(offer) = facts.roster.offers.get(placement.offer) else { continue };
        offers.push(offer.id.clone());
        let members = offer.partners.iter().filter_map(|at| rows?.get(*at));
        let names = members.map(|row| row.text(facts.roster.columns.partner_id));
        partners.extend(names.map(|name| match &offer.partner_id {
            own if *own == name => own.clone(),
            _ => SharedText::from(name),
        }));
    }
    [offers, partners].map(|mut list| {
        list.sort_unstable();
        list.dedup();
        list.into_iter().collect()
    })
}

/// The entry of a file that no recipe made.
pub(super) fn file_entry(file: &GeneratedFile) -> Entry {
    let kind = EntryKind { media_type: file.media_type.as_ref().into(), ..EntryKind::default() };
    Entry {
        id: file.path.shared(),
        kind: Arc::new(kind),
        offers: Names::default(),
        partners: Names::default(),
        path: file.published().to_path().shared(),
        route: None,
        sha256: file.digest,
        size: file.size,
    }
}
