//! What can be watched of an artifact: every value that it shows or is made by, with its class, its
//! place, and who wrote it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::decide::fact::{Subject, World};
use crate::decide::touch::{Reader, Readers};
use crate::graph::Job;
use crate::link::Links;
use crate::model::Span;
use crate::resolve::Scene;
use crate::source::FieldClass;
use crate::source::table::{Record, Table};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facet {
    /// The entity that rules/fields.toml would name: `offer`.
    pub(super) entity: &'static str,
    /// The field of it: `value`.
    pub(super) field: String,
    /// Its class; nothing where only its name can be watched.
    pub(super) class: Option<FieldClass>,
    /// The partners whose it is; none for what all partners share.
    pub(super) partners: BTreeSet<String>,
    /// The value, as it is shown.
    pub(super) value: String,
    /// Where it stands.
    pub(super) span: Span,
    /// Who wrote it or answers for it, as files name them.
    pub(super) authors: BTreeSet<String>,
}

/// Values by their names: `offers:lumen-serums.value`.
pub(super) type Facets = BTreeMap<String, Facet>;

/// Collects the values of one job.
struct Collector<'a> {
    world: World<'a>,
    readers: &'a Readers,
    reader: &'a Reader,
    scene: Scene<'a>,
    facets: Facets,
}

/// Everything that can be watched of a job. Fields that its templates cannot read are left out,
/// unless they are part of what is promised or of what binds.
pub(super) fn facets_of(
    world: World<'_>,
    (readers, links): (&Readers, &Links),
    job: &Job,
) -> Option<Facets> {
    let reader = readers.get(job.parts.first()?.path.as_str())?;
    let scene = Scene::of_asset(world.documents, world.facts, job.campaign, job.asset)?;
    let mut collector = Collector { world, readers, reader, scene, facets: Facets::new() };
    collector.brief(job);
    for at in &job.placements {
        collector.placement(*at, job, links);
    }
    Some(collector.facets)
}

impl<'a> Collector<'a> {
    fn add(
        &mut self,
        subject: &Subject,
        (entity, field): (&'static str, &str),
        partners: &[&str],
        (value, span): (String, Span),
        author: Option<&str>,
    ) {
        let class = FieldClass::of(&self.world.documents.fields, entity, field);
        let binding = matches!(class, Some(FieldClass::Commercial | FieldClass::Legal));
        // What a swap has emptied is an empty value, and has an author.
        let emptied = value.is_empty() && self.world.documents.swapped(span).is_none();
        if emptied || !binding && !self.readers.reads(self.reader, subject) {
            return;
        }
        self.put(subject.name(), (entity, field, class), partners, (value, span), author);
    }

    fn put(
        &mut self,
        name: String,
        (entity, field, class): (&'static str, &str, Option<FieldClass>),
        partners: &[&str],
        (value, span): (String, Span),
        author: Option<&str>,
    ) {
        let documents = self.world.documents;
        let swap = documents.swapped(span).map(|(swap, _)| swap.by.value.as_str());
        let authors = author.into_iter().chain(swap).filter(|one| !one.trim().is_empty());
        let facet = Facet {
            entity,
            field: field.to_owned(),
            class,
            partners: partners.iter().map(|one| (*one).to_owned()).collect(),
            value,
            span,
            authors: authors.map(str::to_owned).collect(),
        };
        // A legal text may be that of several offers, and of several partners.
        match self.facets.entry(name) {
            Entry::Vacant(free) => {
                free.insert(facet);
            }
            Entry::Occupied(mut taken) => {
                let own = taken.get_mut();
                own.partners.extend(facet.partners);
                own.authors.extend(facet.authors);
            }
        }
    }

    /// What a brief says of the asset: its copy, its campaign, its window.
    fn brief(&mut self, job: &Job) {
        let scene = self.scene;
        let (brief, campaign) = (scene.brief, scene.brief.id.value.to_string());
        let author = Some(brief.owner.value.as_str());
        for (block, text) in scene.copy {
            let subject = Subject::Copy { campaign: campaign.clone(), block: block.clone() };
            let value = text.value.replace("\r\n", "\n");
            self.add(&subject, ("copy", block), &[], (value, text.span), author);
        }
        let zone = brief.zone.iana_name().unwrap_or_default().to_owned();
        for (field, value, span) in [
            ("name", brief.name.value.clone(), brief.name.span),
            ("code", brief.code.value.clone(), brief.code.span),
            ("zone", zone, brief.span),
        ] {
            let subject = Subject::Campaign { campaign: campaign.clone(), field: field.to_owned() };
            self.add(&subject, ("campaign", field), &[], (value, span), author);
        }
        let resolved = self.world.facts.campaigns.get(job.campaign);
        let asset = resolved.and_then(|campaign| campaign.assets.get(job.asset));
        let Some(window) = asset.and_then(|asset| brief.windows.get(asset.window)) else { return };
        for (time, instant) in [
            ("freezes", window.freezes),
            ("locks", window.locks),
            ("opens", window.opens),
            ("closes", window.closes),
        ] {
            let (campaign, window_id) = (campaign.clone(), window.id.to_string());
            let fact = format!("{campaign}/{window_id}.{time}");
            let mut applied = self.world.documents.applied.iter();
            let span = applied.find(|one| one.fact == fact).map_or(window.span, |one| one.span);
            let value = instant.to_zoned(brief.zone.clone()).datetime().to_string();
            // When it is shown is no text of it: it counts whether a template reads it or not.
            let class = FieldClass::of(&self.world.documents.fields, "window", time);
            let subject = Subject::Window { campaign, window: window_id, time: time.to_owned() };
            self.put(subject.name(), ("window", time, class), &[], (value, span), author);
        }
    }

    fn placement(&mut self, at: usize, job: &Job, links: &Links) {
        let World { documents, facts, .. } = self.world;
        let Some(placement) = facts.placements.get(at) else { return };
        let Some(offer) = facts.roster.offers.get(placement.offer) else { return };
        let (offers, partners) = self.scene.tables;
        let id = facts.roster.columns.partner_id;
        let rows = offer.partners.iter().filter_map(|at| partners.records.get(*at));
        // What is promised in a bundle, all of its members promise.
        let all: Vec<&str> = rows.map(|row| row.text(id)).collect();
        let person = partners.column("owner");
        let lead = partners.records.get(offer.partner);
        let author = person.zip(lead).map(|(at, row)| row.text(at)).unwrap_or_default();
        if let Some(record) = offers.records.get(offer.record) {
            self.row(("offer", "offers"), (offers, record), &all, author);
            self.terms(record.text(facts.roster.columns.terms_id), &all);
        }
        for row in &offer.partners {
            let Some(record) = partners.records.get(*row) else { continue };
            let own = [record.text(id)];
            let author = person.map_or("", |at| record.text(at));
            self.row(("partner", "partners"), (partners, record), &own, author);
        }
        if !job.per_placement {
            let (campaign, asset) = (self.reader.campaign.clone(), self.reader.asset.clone());
            let subject = Subject::Placed { campaign, asset, slot: placement.slot.to_string() };
            let class = FieldClass::of(&documents.fields, "slot", "offer");
            let shown = (offer.id.to_string(), placement.decided.offer);
            let name = format!("{} ({})", subject.name(), placement.variant);
            self.put(name, ("slot", "offer", class), &all, shown, None);
        }
        let class = |field: &str| FieldClass::of(&documents.fields, "link", field);
        for link in links.made(documents, facts).of(at) {
            let span = placement.decided.offer;
            let destination = &*link.details.destination;
            for (field, value) in [("url", link.url()), ("destination", destination)] {
                let name = format!("link:{}.{field}", link.id);
                let shown = (value.to_owned(), span);
                self.put(name, ("link", field, class(field)), &all, shown, None);
            }
        }
    }

    fn row(
        &mut self,
        (entity, name): (&'static str, &str),
        (table, record): (&'a Table, &'a Record),
        partners: &[&str],
        author: &str,
    ) {
        let scopes = self.scene.scopes();
        let row = table.key_of(record);
        for (at, column) in table.contract.columns.iter().enumerate() {
            let (value, span) = record.value_in(at, &scopes);
            let subject = Subject::Cell {
                table: name.to_owned(),
                row: row.clone(),
                column: column.name.clone(),
                channel: None,
            };
            let value = (value.display(), span);
            self.add(&subject, (entity, &column.name), partners, value, Some(author));
        }
    }

    /// The legal text that governs an offer, as the asset's locale sees it.
    fn terms(&mut self, id: &str, partners: &[&str]) {
        let Some(terms) = self.world.documents.terms.get(id) else { return };
        let terms = terms.in_locale(self.scene.rendition.locale);
        for (field, value, span) in [
            ("title", terms.title.clone(), terms.span),
            ("version", terms.version.clone(), terms.span),
            ("text", terms.text.value.replace("\r\n", "\n"), terms.text.span),
        ] {
            let subject = Subject::Terms { terms: id.to_owned(), field: field.to_owned() };
            self.add(&subject, ("terms", field), partners, (value, span), None);
        }
    }
}
