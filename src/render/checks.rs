//! The checks of `lint` on finished mails and pages: what they are held against comes from the
//! documents, what they find is led back to templates, copy and cells.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::email::{Envelope, block_of, is_derived};
use super::page::page_context;
use super::places::{TagPlaces, in_template};
use super::template_set::Template;
use super::waivers::waive;
use super::{Engine, Stage, fault};
use crate::diag::{Code, Diagnostic, Severity};
use crate::graph::{Form, Job, Part};
use crate::lint::{self, Clients, Facts, Finding, Mail, Market, Page, Place};
use crate::mail;
use crate::model::{ChannelId, Span};
use crate::resolve::Scene;
use crate::source::{Channel, Documents, RecipeKind};

/// What is known of each channel's readers, once for all its artifacts.
#[derive(Debug, Default)]
pub(super) struct Checks(BTreeMap<ChannelId, (Clients, Option<Vec<Market>>)>);

impl Checks {
    pub(super) fn new(documents: &Documents) -> Self {
        let of = |channel: &Channel| {
            let mail = &channel.mail;
            let names: Vec<&str> = mail.clients.iter().map(|one| one.value.as_str()).collect();
            let clients = if names.is_empty() { Clients::default() } else { Clients::of(&names) };
            let markets = mail.markets.iter().filter_map(|one| Market::parse(&one.value));
            let markets = (!mail.markets.is_empty()).then(|| markets.collect());
            (channel.id.clone(), (clients, markets))
        };
        Self(documents.channels.iter().map(of).collect())
    }
}

/// Subject and preheader, the files as they were rendered, and the mail that came of them.
type Checked<'a> = (&'a Envelope, &'a [(&'a Part, &'a [u8])], Option<&'a mail::Mail>);

/// Checks the files of a job that are a mail, or the forms of a page.
pub(super) fn check_files(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    (scene, job): (&Scene<'_>, &Job),
    (envelope, files, sent): Checked<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    waived: &mut Vec<usize>,
) {
    if !matches!(job.kind, RecipeKind::Email | RecipeKind::Page) {
        return;
    }
    let Some((clients, markets)) = engine.checks.0.get(&scene.channel.id) else { return };
    let partners = partners(stage, job);
    let facts = Facts {
        rules: &scene.channel.lint,
        dialect: scene.channel.dialect,
        clients,
        markets: markets.as_deref(),
        sender: &scene.documents.workspace.title.value,
        partners: &partners,
        lang: scene.rendition.locale.tag(),
        dir: scene.rendition.locale.direction().as_str(),
        days: days(stage, scene, job),
        picture: &|address| engine.assets().picture(address),
    };
    let of_form = |form: Form| {
        let own = files.iter().filter(move |(part, _)| part.form == form);
        own.filter_map(|(part, bytes)| Some((*part, std::str::from_utf8(bytes).ok()?)))
    };
    let text = of_form(Form::Text).next();
    let derived = |part: &Part| is_derived(engine.of(scene), job, part);
    for (part, html) in of_form(Form::Html) {
        let found = if job.kind == RecipeKind::Email {
            let mail = Mail {
                html: sent.map_or(html, |mail| &mail.html),
                text: text.map(|(_, text)| text),
                subject: &envelope.subject,
                preheader: (!envelope.preheader.is_empty()).then_some(&envelope.preheader),
                finished: sent.is_some(),
                derived_text: text.is_some_and(|(part, _)| derived(part)),
            };
            lint::check_mail(&mail, &facts)
        } else {
            lint::check_page(&Page { html }, &facts)
        };
        // Of an address that may not be there, nobody asks whether the text has it as well.
        let stray = diagnostics.iter().any(|one| one.severity == Severity::Error);
        let wanted = |one: &Finding| !stray || one.code != Code::TextLinksDiffer;
        let in_draft = |one: Finding| match (&one.place, sent) {
            (Place::Html(range), Some(mail)) => {
                let range = mail.places.in_draft(range, &mail.html, html);
                Finding { place: Place::Html(range), ..one }
            }
            _ => one,
        };
        let found: Vec<Finding> = found.into_iter().filter(wanted).map(in_draft).collect();
        if found.is_empty() {
            continue;
        }
        let text = text.map(|(part, _)| part);
        let finder = Finder::new(stage, engine, (scene, job), (part, text), html);
        let found = found.into_iter().map(|one| finder.diagnostic(one)).collect();
        diagnostics.extend(waive(stage, job, part.path.as_str(), found, waived));
    }
}

/// Names of each partner that the artifact shows.
fn partners<'a>(stage: &Stage<'a>, job: &Job) -> Vec<Vec<&'a str>> {
    let Some(table) = stage.documents.tables.get("partners") else { return Vec::new() };
    let columns = [table.column("name"), table.column("legal_name")];
    let placements = job.placements.iter().filter_map(|at| stage.facts.placements.get(*at));
    let offers = placements.filter_map(|one| stage.facts.roster.offers.get(one.offer));
    let mut rows: Vec<usize> = offers.flat_map(|offer| offer.partners.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    let names = |row: usize| {
        let record = table.records.get(row)?;
        let texts = columns.iter().flatten().map(|at| record.text(*at));
        Some(texts.filter(|text| !text.is_empty()).collect())
    };
    rows.into_iter().filter_map(names).collect()
}

/// Makes diagnostics of what keeps an HTML part from being finished, each with its place.
pub(super) fn told<'a>(
    stage: &'a Stage<'a>,
    engine: &'a Engine<'a>,
    (scene, job): (&Scene<'a>, &'a Job),
    (part, text, html): (&'a Part, Option<&'a Part>, &'a str),
    found: Vec<Finding>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let finder = Finder::new(stage, engine, (scene, job), (part, text), html);
    diagnostics.extend(found.into_iter().map(|one| finder.diagnostic(one)));
}

/// The first and the last day on which what the artifact says can be true.
fn days(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job) -> Option<(Date, Date)> {
    let asset = stage.facts.campaigns.get(job.campaign)?.assets.get(job.asset)?;
    let window = scene.brief.windows.get(asset.window)?;
    let (mut first, mut last) = (window.opens, window.closes);
    let table = stage.documents.tables.get("offers")?;
    let from = ["effective_from", "display_from"].map(|name| table.column(name));
    let to = ["effective_to", "display_to"].map(|name| table.column(name));
    for placement in job.placements.iter().filter_map(|at| stage.facts.placements.get(*at)) {
        let offer = stage.facts.roster.offers.get(placement.offer)?;
        let record = table.records.get(offer.record)?;
        let instant = |at: &usize| record.value(*at).as_instant();
        first = from.iter().flatten().filter_map(instant).fold(first, Ord::min);
        last = to.iter().flatten().filter_map(instant).fold(last, Ord::max);
    }
    let day = |instant: jiff::Timestamp| instant.to_zoned(scene.brief.zone.clone()).date();
    Some((day(first), day(last)))
}

/// Leads findings of one job back to where they came from.
struct Finder<'a> {
    scene: Scene<'a>,
    stage: &'a Stage<'a>,
    job: &'a Job,
    templates: &'a [Template<'a>],
    html: &'a str,
    tags: Option<TagPlaces>,
    part: &'a Part,
    /// The start of the template, and of the text part's.
    start: Span,
    text_start: Span,
}

impl<'a> Finder<'a> {
    fn new(
        stage: &'a Stage<'a>,
        engine: &'a Engine<'a>,
        (scene, job): (&Scene<'a>, &'a Job),
        (part, text): (&'a Part, Option<&'a Part>),
        html: &'a str,
    ) -> Self {
        let start_of = |part: &Part| {
            let template =
                part.template.as_deref().and_then(|name| engine.of(scene).template(name))?;
            Some(fault::place(template, &(0..0)))
        };
        let start = start_of(part).unwrap_or(scene.asset.id.span);
        let marked = part.template.as_deref().and_then(|template| {
            let (tera, shared) = (engine.of(scene).tagged()?, stage.context(job));
            let own = part.page.map(|form| page_context(stage, scene, job, form, &shared));
            let context = own.unwrap_or(shared);
            let rendered = match block_of(engine.of(scene), job, part) {
                Some(block) => tera.render_block(template, block, &context),
                None => tera.render(template, &context),
            };
            rendered.ok()
        });
        Self {
            scene: *scene,
            stage,
            job,
            templates: &engine.of(scene).templates,
            html,
            tags: marked.map(|html| TagPlaces::read(&html)),
            part,
            start,
            text_start: text.and_then(start_of).unwrap_or(start),
        }
    }

    fn diagnostic(&self, finding: Finding) -> Diagnostic {
        let span = self.place(&finding).unwrap_or(self.start);
        let made = match finding.severity {
            Severity::Error => Diagnostic::error(finding.code, span, finding.message),
            Severity::Warning | Severity::Note => {
                Diagnostic::warning(finding.code, span, finding.message)
            }
        };
        made.maybe_help(finding.help).related_if(
            span.source != self.start.source,
            self.start,
            format!("seen in `{}`", self.part.path),
        )
    }

    fn place(&self, finding: &Finding) -> Option<Span> {
        let written = finding.written.as_deref();
        match &finding.place {
            Place::Html(range) => {
                let tags = self.tags.as_ref()?;
                let found = in_template(self.html, range, written, tags, self.templates);
                let exact = found.as_ref().is_some_and(|found| found.exact);
                let data = written.filter(|_| !exact).and_then(|text| self.in_data(text));
                data.or_else(|| found.map(|found| found.span))
            }
            Place::Text(_) => {
                let data = written.and_then(|text| self.in_data(text));
                Some(data.unwrap_or(self.text_start))
            }
            Place::Subject => self.copy_span("subject"),
            Place::Preheader => self.copy_span("preheader"),
            Place::Setting(_) => Some(self.scene.channel.mail.span),
        }
    }

    fn copy_span(&self, name: &str) -> Option<Span> {
        self.scene.copy.get(name).map(|block| block.span)
    }

    /// The copy or the cell in which a text stands.
    fn in_data(&self, text: &str) -> Option<Span> {
        for block in self.scene.copy.values() {
            if let Some(at) = block.value.find(text) {
                let start = block.span.start as usize + at;
                return Some(Span::new(block.span.source, start, start + text.len()));
            }
        }
        let table = self.stage.documents.tables.get("offers")?;
        let scopes = self.scene.scopes();
        let placements = self.job.placements.iter();
        for placement in placements.filter_map(|at| self.stage.facts.placements.get(*at)) {
            let offer = self.stage.facts.roster.offers.get(placement.offer)?;
            let record = table.records.get(offer.record)?;
            for at in 0..table.contract.columns.len() {
                let (value, span) = record.value_in(at, &scopes);
                if value.as_text().is_some_and(|value| value.contains(text)) {
                    return Some(span);
                }
            }
        }
        None
    }
}
