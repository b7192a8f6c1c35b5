//! The ghost check: what a swap replaced must not stand in what is built any more.
//!
//! The text of each artifact is searched for the values that its own facts had before. What a
//! current record says as well, or the legal text, is nobody's ghost. What is found is led back to
//! where it was typed: a template, the copy, another cell.

use std::ops::Range;

use super::fault;
use super::inspect::texts_of_part;
use super::must_show::{days, terms_of};
use super::replaced::{Old, Reach, What};
use super::template_set::Template;
use super::{Engine, Stage};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Form, Job, Part};
use crate::lint::{Ghost, GhostKind, ghosts};
use crate::markup::said;
use crate::model::{Span, Value};
use crate::resolve::{Placement, Scene};
use crate::shown::Reading;
use crate::source::table::{ColumnKind, Record, Table};

/// Looks for what was replaced in one text of an artifact, in which nothing is markup.
pub(super) fn check_ghosts(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    (scene, job, part): (&Scene<'_>, &Job, &Part),
    text: &str,
    found: &mut Vec<Diagnostic>,
) {
    let mut cells: Option<Vec<Cell<'_>>> = None;
    let spared = stage.replaced.spares(text);
    for old in &stage.replaced.all {
        let everywhere = matches!(old.reach, Reach::Everywhere);
        if everywhere && spared || !reaches(stage, scene, job, old) {
            continue;
        }
        let seen = seen_in(scene, old, text);
        if seen.is_empty() {
            continue;
        }
        let cells = cells.get_or_insert_with(|| cells_of(stage, scene, job));
        let haunted = Haunted { stage, engine, scene, job, part, old, cells };
        if haunted.is_current() {
            continue;
        }
        let mut exempt = haunted.exempt_places(text);
        exempt.sort_unstable_by_key(|range| range.start);
        let is_exempt = |range: &Range<usize>| {
            exempt.iter().any(|one| one.start <= range.start && range.end <= one.end)
        };
        if let Some(range) = seen.iter().find(|range| !is_exempt(range)) {
            found.extend(haunted.told(text.get(range.clone()).unwrap_or("")));
        }
    }
}

/// The same, in the bytes of a rendered part.
pub(super) fn check_rendered(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    (scene, job, part): (&Scene<'_>, &Job, &Part),
    (form, rendered): (Form, &str),
    found: &mut Vec<Diagnostic>,
) {
    if !stage.replaced.all.is_empty() {
        let text = texts_of_part(form, rendered);
        check_ghosts(stage, engine, (scene, job, part), &text, found);
    }
}

fn placements<'a>(stage: &Stage<'a>, job: &Job) -> impl Iterator<Item = &'a Placement> {
    let facts = stage.facts;
    job.placements.iter().filter_map(|at| facts.placements.get(*at))
}

/// Whether an artifact may not show it.
fn reaches(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job, old: &Old) -> bool {
    if old.channel.as_ref().is_some_and(|own| !scene.scopes().contains(&own.as_str())) {
        return false;
    }
    let roster = &stage.facts.roster;
    match old.reach {
        Reach::Everywhere => true,
        Reach::Offer(offer) => placements(stage, job).any(|one| one.offer == offer),
        Reach::Partner(row) => placements(stage, job)
            .filter_map(|one| roster.offers.get(one.offer))
            .any(|offer| offer.partners.contains(&row)),
        Reach::Slot(span) => placements(stage, job).any(|one| one.decided.offer == span),
        Reach::Window(campaign, window) => {
            let campaigns = &stage.facts.campaigns;
            let asset = campaigns.get(job.campaign).and_then(|one| one.assets.get(job.asset));
            job.campaign == campaign && asset.is_some_and(|asset| asset.window == window)
        }
    }
}

/// Where a text has the value.
fn seen_in(scene: &Scene<'_>, old: &Old, text: &str) -> Vec<Range<usize>> {
    let find = |value: &str, kind| ghosts(text, &[Ghost { value, kind }]).into_iter();
    let found = match &old.what {
        What::Written(kind, value) => {
            let exact = |range: &Range<usize>| {
                // A code of letters alone may be a word in other letters.
                let figures = value.bytes().any(|one| one.is_ascii_digit());
                let word = *kind == GhostKind::Text && !value.contains(' ') && !figures;
                !word || text.get(range.clone()) == Some(value)
            };
            return find(value, *kind).map(|(_, range)| range).filter(exact).collect();
        }
        What::Day(instant) => {
            let days = days(scene, Value::Instant(*instant));
            let reading = Reading::new(text, scene.rendition.locale);
            let mut mentions: Vec<String> =
                reading.mentions(&days).into_iter().map(str::to_owned).collect();
            mentions.dedup();
            mentions
        }
    };
    found.iter().flat_map(|day| find(day, GhostKind::Text)).map(|(_, range)| range).collect()
}

/// A cell of a record that the artifact shows.
struct Cell<'a> {
    value: Value<'a>,
    span: Span,
    kind: ColumnKind,
    /// The offer it belongs to, and that offer's mechanic.
    offer: usize,
    mechanic: &'a str,
    /// The slot was given to it by the swap at this place.
    decided: Span,
    /// It is a cell of the partner, by its row.
    partner: Option<usize>,
}

/// Every cell of every offer and partner that an artifact shows, as its channel sees it.
fn cells_of<'a>(stage: &Stage<'a>, scene: &Scene<'a>, job: &Job) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    let scopes = scene.scopes();
    for placement in placements(stage, job) {
        let own = Scene { placement: Some(placement), ..*scene };
        let offer = stage.facts.roster.offers.get(placement.offer);
        let partner = offer.map(|offer| offer.partner);
        let (offers, partners) = scene.tables;
        let mechanic = own.offer().zip(offers.column("mechanic"));
        let mechanic = mechanic.map_or("", |(row, at)| row.text(at));
        let mut add = |table: &'a Table, record: Option<&'a Record>, partner| {
            let Some(record) = record else { return };
            for (at, column) in table.contract.columns.iter().enumerate() {
                let (value, span) = record.value_in(at, &scopes);
                let (offer, decided) = (placement.offer, placement.decided.offer);
                let kind = column.kind;
                cells.push(Cell { value, span, kind, offer, mechanic, decided, partner });
            }
        };
        add(offers, own.offer(), None);
        add(partners, own.partner(), partner);
    }
    cells
}

/// A value that was seen in an artifact, with all that is needed to judge it.
struct Haunted<'a, 'c> {
    stage: &'c Stage<'a>,
    engine: &'c Engine<'a>,
    scene: &'c Scene<'a>,
    job: &'c Job,
    part: &'c Part,
    old: &'c Old,
    cells: &'c [Cell<'a>],
}

impl Haunted<'_, '_> {
    /// Whether a record that is shown has the value now, so that it may stand there.
    fn is_current(&self) -> bool {
        match &self.old.what {
            What::Day(instant) => {
                let old = days(self.scene, Value::Instant(*instant));
                let same =
                    |value: Value<'_>| days(self.scene, value).iter().any(|day| old.contains(day));
                let campaigns = &self.stage.facts.campaigns;
                let asset = campaigns.get(self.job.campaign);
                let asset = asset.and_then(|one| one.assets.get(self.job.asset));
                let window = asset.and_then(|one| self.scene.brief.windows.get(one.window));
                let times = window.into_iter().flat_map(|one| [one.opens, one.closes]);
                self.cells.iter().any(|cell| same(cell.value))
                    || times.into_iter().any(|time| same(Value::Instant(time)))
            }
            What::Written(GhostKind::Text, _) => false,
            What::Written(kind, old) => self.cells.iter().any(|cell| {
                let Value::Decimal(number) = cell.value else { return false };
                let percent = match cell.kind {
                    ColumnKind::Percent => true,
                    ColumnKind::Amount => matches!(cell.mechanic, "pct_off" | "cashback"),
                    _ => false,
                };
                percent == (*kind == GhostKind::Percent)
                    && old.parse().is_ok_and(|old: rust_decimal::Decimal| old == number)
            }),
        }
    }

    /// Whether a cell is one of the record that was changed.
    fn is_own(&self, cell: &Cell<'_>) -> bool {
        match self.old.reach {
            Reach::Offer(offer) => cell.offer == offer,
            Reach::Partner(row) => cell.partner == Some(row),
            Reach::Slot(span) => cell.decided == span,
            Reach::Everywhere | Reach::Window(..) => false,
        }
    }

    /// Texts that say the value of themselves: those of other records, those that a swap wrote,
    /// and, where the value is a text, whatever a record has now.
    fn exempt_places(&self, text: &str) -> Vec<Range<usize>> {
        let is_text = matches!(self.old.what, What::Written(GhostKind::Text, _));
        let swapped = |cell: &Cell<'_>| self.stage.documents.swapped(cell.span).is_some();
        let cells = self.cells.iter().filter(|cell| is_text || !self.is_own(cell) || swapped(cell));
        let texts = cells.filter_map(|cell| cell.value.as_text());
        let terms = placements(self.stage, self.job).filter_map(|placement| {
            let own = Scene { placement: Some(placement), ..*self.scene };
            Some(terms_of(&own)?.text.value.as_str())
        });
        // Legal text is printed in paragraphs.
        let terms = terms.flat_map(str::lines);
        let mut values: Vec<Ghost<'_>> = texts
            .chain(terms)
            .filter(|value| !seen_in(self.scene, self.old, value).is_empty())
            .map(|value| Ghost { value, kind: GhostKind::Text })
            .collect();
        values.sort_unstable_by_key(|one| one.value);
        values.dedup();
        ghosts(text, &values).into_iter().map(|(_, range)| range).collect()
    }

    /// A finding for each place where it was typed; one for the artifact where none is found.
    fn told(&self, seen: &str) -> Vec<Diagnostic> {
        let main = self
            .part
            .template
            .as_deref()
            .and_then(|name| self.engine.of(self.scene).template(name));
        let start = main.map(|one| fault::place(one, &(0..0)));
        let mut places = self.typed(seen);
        if places.is_empty() {
            places.push(start.unwrap_or(self.scene.asset.id.span));
        }
        let swap = self.stage.documents.swaps.get(self.old.swap);
        let by = swap.map_or("", |swap| swap.by.value.as_str());
        let (path, fact, now) = (&self.part.path, &self.old.fact, &self.old.now);
        let since = if now.is_empty() {
            format!("which `{fact}` was before the swap of {by}")
        } else {
            format!("but `{fact}` is `{now}` since the swap of {by}")
        };
        let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = places.into_iter().map(|place| {
            Diagnostic::error(
                Code::ReplacedValue,
                place,
                format!("`{path}` still shows `{seen}`, {since}"),
            )
            .related(self.old.said, "it was replaced here")
            .help(self.help(place))
        });
        told.collect()
    }

    fn help(&self, place: Span) -> String {
        let in_template =
            self.engine.of(self.scene).templates.iter().any(|one| one.source == place.source);
        match (in_template, self.old.now.is_empty()) {
            (true, false) => format!("write `{}` in its place", self.old.print),
            (true, true) => "take it out".to_owned(),
            (false, false) => "correct this text as well, with a swap or in its file".to_owned(),
            (false, true) => "take it out of this text as well".to_owned(),
        }
    }

    /// Where the value stands in templates, in the copy, and in cells.
    fn typed(&self, seen: &str) -> Vec<Span> {
        let value = |text: &str| self.first_in(text, seen);
        let mut places = Vec::new();
        let main = self.part.template.as_deref().unwrap_or("");
        let names = self.engine.reads(self.scene, main).templates;
        let templates: Vec<&Template<'_>> =
            names.iter().filter_map(|name| self.engine.of(self.scene).template(name)).collect();
        for one in &templates {
            places.extend(value(&said_of(self.part.form, one)).map(|at| fault::place(one, &at)));
        }
        let campaigns = &self.stage.facts.campaigns;
        let asset = campaigns.get(self.job.campaign).and_then(|one| one.assets.get(self.job.asset));
        for block in asset.into_iter().flat_map(|asset| asset.copy.values()) {
            let start = block.span.start as usize;
            let span =
                |at: Range<usize>| Span::new(block.span.source, start + at.start, start + at.end);
            places.extend(value(&block.value).map(span));
        }
        let swapped = |cell: &Cell<'_>| self.stage.documents.swapped(cell.span).is_some();
        let cells = self.cells.iter().filter(|cell| self.is_own(cell) && !swapped(cell));
        let texts = cells.filter_map(|cell| Some((cell.value.as_text()?, cell.span)));
        places.extend(texts.filter(|(text, _)| value(text).is_some()).map(|(_, span)| span));
        if places.is_empty() {
            // In quotes, inside a mark of the template.
            let whole = templates.iter();
            places.extend(whole.filter_map(|one| Some(fault::place(one, &value(one.text)?))));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn first_in(&self, text: &str, seen: &str) -> Option<Range<usize>> {
        let (value, kind) = match &self.old.what {
            What::Written(kind, value) => (value.as_str(), *kind),
            What::Day(_) => (seen, GhostKind::Text),
        };
        ghosts(text, &[Ghost { value, kind }]).into_iter().next().map(|(_, range)| range)
    }
}

/// What a template writes itself, with a blank for all else.
fn said_of(form: Form, template: &Template<'_>) -> String {
    let plain = super::places::without_tera(template.text);
    if matches!(form, Form::Text | Form::Json | Form::Csv) { plain } else { said(&plain) }
}
