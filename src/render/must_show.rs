//! Facts that a channel must show, against what its artifacts show.

use rust_decimal::Decimal;

use super::inspect::Subject;
use crate::diag::{Code, Diagnostic};
use crate::graph::Form;
use crate::locale::Locale;
use crate::model::{Span, Spanned, Value};
use crate::resolve::{Placement, Scene};
use crate::shown::{Claim, ClaimKind, Fact, Reading, fold, visible_text};
use crate::source::{LinkTarget, MustShow, PageForm, Terms, decimal_places};

/// A fact of one placement: any of its forms will do.
struct Owed<'a> {
    kind: MustShow,
    forms: Vec<Fact<'a>>,
    /// As people would write it.
    text: String,
    offer: &'a str,
    cell: Span,
    asked: Span,
}

/// Checks that a part shows what its channel must show, and claims nothing else in its place.
pub(super) fn check_shown(
    subject: &Subject<'_>,
    rendered: &str,
    used: &[u32],
    place: Span,
    found: &mut Vec<Diagnostic>,
) {
    // Before it opens and after it has ended, a page owes nothing.
    let due = subject.part.page.is_none_or(|form| form == PageForm::Live);
    if subject.scene.channel.must_show.is_empty() || !due {
        return;
    }
    let text = match subject.part.form {
        Form::Html => visible_text(rendered),
        Form::Text => rendered.to_owned(),
        Form::Json => texts_of(rendered),
        _ => return,
    };
    let locale = subject.scene.rendition.locale;
    let reading = Reading::new(&text, locale);
    let owed = owed(subject, locale);
    let missing = |one: &&Owed<'_>| {
        let linked = || one.kind == MustShow::Terms && shows_terms(subject, used, one.offer);
        !one.forms.iter().any(|fact| reading.shows(fact)) && !linked()
    };
    let missing: Vec<&Owed<'_>> = owed.iter().filter(missing).collect();
    for of_one in missing.chunk_by(|a, b| a.offer == b.offer) {
        found.extend(not_shown(subject, of_one, place));
    }
    check_claims(subject, &reading, &owed, place, found);
}

/// What an offer lacks in a part, in one finding.
fn not_shown(subject: &Subject<'_>, missing: &[&Owed<'_>], place: Span) -> Option<Diagnostic> {
    let first = missing.first()?;
    let facts: Vec<String> =
        missing.iter().map(|one| format!("{} ({})", one.kind.name(), one.text)).collect();
    let (path, facts) = (&subject.part.path, facts.join(", "));
    let message = format!("`{path}` does not show of `{}`: {facts}", first.offer);
    let mut diagnostic = Diagnostic::error(Code::NotShown, place, message);
    for one in missing {
        diagnostic = diagnostic.related(one.cell, format!("its {} is here", one.kind.name()));
    }
    Some(diagnostic.related(first.asked, "the channel asks for it").help(help(first.kind)))
}

fn help(kind: MustShow) -> &'static str {
    match kind {
        MustShow::Value => "print it: `{{ offer.value | percent }}` or `{{ offer.value | money }}`",
        MustShow::Code => "print it: `{{ offer.code }}`",
        MustShow::From => "print it: `{{ offer.effective_from | date(style=\"long\") }}`",
        MustShow::To => "print it: `{{ offer.effective_to | date(style=\"long\") }}`",
        MustShow::Terms => "print `{{ terms.title }}`, or link to the terms",
    }
}

/// The texts of a JSON document.
pub(super) fn texts_of(json: &str) -> String {
    fn walk(value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::String(text) => {
                out.push_str(text);
                out.push('\n');
            }
            serde_json::Value::Array(list) => list.iter().for_each(|one| walk(one, out)),
            serde_json::Value::Object(map) => map.values().for_each(|one| walk(one, out)),
            _ => {}
        }
    }
    let mut out = String::new();
    if let Ok(value) = serde_json::from_str(json) {
        walk(&value, &mut out);
    }
    out
}

/// A used link of the offer's placement that leads to the terms.
fn shows_terms(subject: &Subject<'_>, used: &[u32], offer: &str) -> bool {
    let facts = subject.stage.facts;
    used.iter().any(|at| {
        let link = subject.stage.links.links.get(*at as usize);
        let rule = link.and_then(|link| subject.scene.channel.links.get(link.rule));
        let placement = link.and_then(|link| facts.placements.get(link.placement));
        let own = placement.and_then(|one| facts.roster.offers.get(one.offer));
        let leads = rule.is_some_and(|rule| {
            let fragment = match &rule.target {
                LinkTarget::Landing(fragment) => fragment.as_deref(),
                _ => None,
            };
            rule.role.as_str() == "terms" || fragment == Some("terms")
        });
        leads && own.is_some_and(|own| own.id == offer)
    })
}

/// What every placement of a job owes.
fn owed<'a>(subject: &Subject<'a>, locale: &'static Locale) -> Vec<Owed<'a>> {
    let facts = subject.stage.facts;
    let placements = subject.job.placements.iter().filter_map(|at| facts.placements.get(*at));
    placements.flat_map(|placement| owed_by(subject.scene, placement, locale)).collect()
}

fn owed_by<'a>(
    scene: &Scene<'a>,
    placement: &'a Placement,
    locale: &'static Locale,
) -> Vec<Owed<'a>> {
    let scene = Scene { placement: Some(placement), ..*scene };
    let Some(offer) = scene.roster.offers.get(placement.offer) else { return Vec::new() };
    let asked = scene.channel.must_show.iter();
    let of = |asked: &Spanned<MustShow>| {
        let (value, cell) = cell(&scene, asked.value.column())?;
        let (forms, text) = forms(&scene, asked.value, value, locale)?;
        Some(Owed { kind: asked.value, forms, text, offer: &offer.id, cell, asked: asked.span })
    };
    asked.filter_map(of).collect()
}

/// A cell of the placement's offer, as its channel sees it.
pub(super) fn cell<'a>(scene: &Scene<'a>, column: &str) -> Option<(Value<'a>, Span)> {
    let at = scene.tables.0.column(column)?;
    Some(scene.offer()?.value_in(at, &scene.scopes()))
}

/// A fact in the forms in which it may be shown, and in one for people; none where the record has
/// nothing to show.
fn forms<'a>(
    scene: &Scene<'a>,
    kind: MustShow,
    value: Value<'a>,
    locale: &Locale,
) -> Option<(Vec<Fact<'a>>, String)> {
    match (kind, value) {
        (MustShow::Value, Value::Decimal(number)) => value_forms(scene, number, locale),
        (MustShow::Code, Value::Text(code)) => Some((vec![Fact::Code(code)], code.to_owned())),
        (MustShow::From | MustShow::To, Value::Instant(_)) => {
            let days = days(scene, value);
            let (year, month, day) = days.first().copied()?;
            Some((vec![Fact::Day(days)], format!("{year}-{month:02}-{day:02}")))
        }
        (MustShow::Terms, Value::Text(id)) => {
            let terms = scene.documents.terms.get(id);
            let terms = terms.map(|one| one.in_locale(locale));
            let title = terms.map_or(id, |one| one.title.as_str());
            Some((vec![Fact::Text(title), Fact::Text(id)], title.to_owned()))
        }
        _ => None,
    }
}

/// Only a share of the price or an amount off it can be shown wrongly.
fn value_forms<'a>(
    scene: &Scene<'a>,
    number: Decimal,
    locale: &Locale,
) -> Option<(Vec<Fact<'a>>, String)> {
    let number = number.normalize();
    match cell(scene, "mechanic")?.0.as_text()? {
        "pct_off" | "cashback" => Some((vec![Fact::Percent(number)], locale.percent(number))),
        "amount_off" => {
            let own = cell(scene, "currency").and_then(|(value, _)| value.as_text());
            let currency = own.unwrap_or(&scene.documents.workspace.currency.value);
            let text = locale.money(number, currency, decimal_places(currency));
            Some((vec![Fact::Money(number, currency)], text))
        }
        _ => None,
    }
}

/// The day of an instant, in the campaign's zone and in the workspace's.
pub(super) fn days(scene: &Scene<'_>, value: Value<'_>) -> Vec<(i16, i8, i8)> {
    let zones = [&scene.brief.zone, &scene.documents.workspace.zone];
    let instant = value.as_instant();
    let mut days: Vec<_> = instant
        .into_iter()
        .flat_map(|instant| {
            zones.map(|zone| {
                let day = zone.to_datetime(instant).date();
                (day.year(), day.month(), day.day())
            })
        })
        .collect();
    days.dedup();
    days
}

/// What the text claims and no placement has.
fn check_claims(
    subject: &Subject<'_>,
    reading: &Reading,
    owed: &[Owed<'_>],
    place: Span,
    found: &mut Vec<Diagnostic>,
) {
    let Subject { stage, job, .. } = subject;
    // When it begins may not stand where it ends; other days that are on record may.
    let mut facts: Vec<Fact<'_>> = owed
        .iter()
        .filter(|one| !matches!(one.kind, MustShow::From | MustShow::Terms))
        .flat_map(|one| one.forms.clone())
        .collect();
    let resolved =
        stage.facts.campaigns.get(job.campaign).and_then(|one| one.assets.get(job.asset));
    if facts.iter().any(|fact| matches!(fact, Fact::Day(_))) {
        let window = resolved.and_then(|one| subject.scene.brief.windows.get(one.window));
        let closes = window.map(|one| Value::Instant(one.closes));
        facts.extend(closes.map(|closes| Fact::Day(days(subject.scene, closes))));
    }
    let placements = job.placements.iter().filter_map(|at| stage.facts.placements.get(*at));
    let scenes: Vec<Scene<'_>> =
        placements.map(|one| Scene { placement: Some(one), ..*subject.scene }).collect();
    let mut known: Vec<&str> = Vec::new();
    for scene in &scenes {
        let shown = cell(scene, "display_to").map(|(value, _)| days(scene, value));
        facts.extend(shown.filter(|days| !days.is_empty()).map(Fact::Day));
        known.extend(terms_of(scene).map(|terms| terms.text.value.as_str()));
    }
    for claim in reading.claims(&facts, &known) {
        let source = source_of(&claim, &scenes, resolved.map(|one| &one.copy));
        let what = match claim.kind {
            ClaimKind::Value => "value",
            ClaimKind::Code => "code",
            ClaimKind::End => "end",
        };
        let path = &subject.part.path;
        let message =
            format!("`{path}` shows `{}`, and no offer in it has that {what}", claim.text);
        let mut diagnostic =
            Diagnostic::error(Code::ShownDifferently, source.unwrap_or(place), message)
                .help("correct the text, or the record");
        let kind = match claim.kind {
            ClaimKind::Value => MustShow::Value,
            ClaimKind::Code => MustShow::Code,
            ClaimKind::End => MustShow::To,
        };
        for one in owed.iter().filter(|one| one.kind == kind).take(MAX_SHOWN) {
            diagnostic = diagnostic.related(one.cell, format!("here it is {}", one.text));
        }
        found.push(diagnostic);
    }
}

/// So many records are shown beside a text that has none of their values.
const MAX_SHOWN: usize = 3;

pub(super) fn terms_of<'a>(scene: &Scene<'a>) -> Option<&'a Terms> {
    let id = cell(scene, MustShow::Terms.column())?.0.as_text()?;
    Some(scene.documents.terms.get(id)?.in_locale(scene.rendition.locale))
}

/// The cell or the copy block that a claim comes from.
fn source_of(
    claim: &Claim,
    scenes: &[Scene<'_>],
    copy: Option<&std::collections::BTreeMap<String, Spanned<String>>>,
) -> Option<Span> {
    let wanted = claim.text.to_lowercase();
    let holds = |text: &str| fold(text).to_lowercase().contains(&wanted);
    let cells = scenes.iter().flat_map(|scene| {
        let names = scene.tables.0.contract.names();
        names.filter_map(|column| cell(scene, column)).collect::<Vec<_>>()
    });
    let mut cells = cells.filter_map(|(value, span)| Some((value.as_text()?, span)));
    cells
        .find(|(text, _)| holds(text))
        .map(|(_, span)| span)
        .or_else(|| copy?.values().find(|block| holds(&block.value)).map(|block| block.span))
}
