//! Checks on a rendered part: its links, its limits, its syntax.

use std::borrow::Cow;

use super::ghosts::check_rendered;
use super::must_show::{check_shown, texts_of};
use super::page::page_context;
use super::page_checks::{check_page, check_structured_data};
use super::{Engine, Stage, fault, locate};
use crate::artifact::pages::PagePolicy;
use crate::artifact::{KnownUrls, StrayUrl, scan_html, scan_json, scan_text};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Form, Job, Part};
use crate::markup::{said, unescape};
use crate::model::Span;
use crate::resolve::Scene;
use crate::source::{RecipeKind, find_typed_parameter};

/// A rendered part and everything around it.
pub(super) struct Subject<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) engine: &'a Engine<'a>,
    pub(super) known: &'a KnownUrls<'a>,
    pub(super) scene: &'a Scene<'a>,
    pub(super) job: &'a Job,
    pub(super) part: &'a Part,
}

/// What came of it.
pub(super) struct Inspected {
    pub(super) found: Vec<Diagnostic>,
    /// What a page may load and run.
    pub(super) policy: Option<PagePolicy>,
}

/// Where a part begins: its template, or its asset where there is none.
pub(super) fn place_of(subject: &Subject<'_>) -> Span {
    let template = subject
        .part
        .template
        .as_deref()
        .and_then(|name| subject.engine.of(subject.scene).template(name));
    template.map_or(subject.scene.asset.id.span, |one| fault::place(one, &(0..0)))
}

/// Checks one finished part and notes the links it shows.
pub(super) fn inspect(subject: &Subject<'_>, bytes: &[u8], used: &mut Vec<u32>) -> Inspected {
    let Subject { known, scene, part, .. } = *subject;
    let mut found = Vec::new();
    let mut policy = None;
    let before = used.len();
    // Templates and data are UTF-8, so what is rendered from them is.
    let text = std::str::from_utf8(bytes).unwrap_or("");
    let template = part.template.as_deref().unwrap_or("");
    let place = place_of(subject);
    let stray = match part.form {
        Form::Html => {
            policy = part.page.map(|form| check_page(subject, form, text, place, &mut found));
            let mut stray = scan_html(text, scene.channel.dialect, known, used);
            if !stray.is_empty() {
                stray = marked_stray(subject, template).unwrap_or(stray);
            }
            stray.extend(check_structured_data(subject, text));
            stray
        }
        Form::Text => {
            found.extend(check_text_limit(scene, text, place));
            scan_text(text, known, used)
        }
        Form::Json => match serde_json::from_str(text) {
            Ok(value) => scan_json(&value, known, used),
            Err(error) => {
                let message = format!("`{}` is not JSON: {error}", part.path);
                found.push(Diagnostic::error(Code::BadJson, place, message));
                Vec::new()
            }
        },
        Form::Eml | Form::Csv | Form::Svg | Form::Png | Form::Webp => Vec::new(),
    };
    found.extend(stray.iter().filter_map(|one| stray_diagnostic(subject, one, place)));
    check_rendered(
        subject.stage,
        subject.engine,
        (scene, subject.job, part),
        (part.form, text),
        &mut found,
    );
    check_shown(subject, text, used.get(before..).unwrap_or_default(), place, &mut found);
    Inspected { found, policy }
}

/// What a rendered part says, wherever it stands in it.
pub(super) fn texts_of_part(form: Form, rendered: &str) -> Cow<'_, str> {
    match form {
        Form::Html | Form::Svg => unescape(&said(rendered)).into_owned().into(),
        Form::Json => texts_of(rendered).into(),
        Form::Text | Form::Csv => rendered.into(),
        Form::Eml | Form::Png | Form::Webp => "".into(),
    }
}

/// Renders once more with marks, to learn where in which template the stray address stands.
fn marked_stray(subject: &Subject<'_>, template: &str) -> Option<Vec<StrayUrl>> {
    let Subject { stage, scene, job, part, .. } = *subject;
    let shared = stage.context(job);
    let context = match part.page {
        Some(form) => page_context(stage, scene, job, form, &shared),
        None => shared,
    };
    let text = subject.engine.of(scene).marked()?.render(template, &context).ok()?;
    Some(scan_html(&text, scene.channel.dialect, subject.known, &mut Vec::new()))
}

fn stray_diagnostic(subject: &Subject<'_>, stray: &StrayUrl, place: Span) -> Option<Diagnostic> {
    let engine = subject.engine;
    // A parameter typed beside a minted link, and an address in copy, stand in the way of the whole
    // build and were told where they stand.
    let told = engine.has_typed_parameters && find_typed_parameter(&stray.value).is_some();
    let in_copy = |text: &str| stray.value.contains("://") && text.contains(&stray.value);
    // Of a mail and a page the checks say so, and no channel can switch them off.
    let checked = matches!(subject.job.kind, RecipeKind::Email | RecipeKind::Page);
    let nowhere = stray.attribute == "href" && matches!(stray.value.as_str(), "" | "#");
    if checked && nowhere && subject.part.form == Form::Html {
        return None;
    }
    if told || subject.scene.brief.copy.values().any(|block| in_copy(&block.value)) {
        return None;
    }
    let templates = &engine.of(subject.scene).templates;
    let marked = stray.marked.as_deref().and_then(|mark| locate::read_mark(mark, templates));
    let span = marked.or_else(|| locate::find_typed(&stray.value, templates)).unwrap_or(place);
    let message = match (stray.attribute.as_str(), stray.value.as_str()) {
        ("", value) => format!("the text holds `{value}`, which is neither minted nor declared"),
        (name, "") => format!("`{name}` is empty"),
        (name, value) => {
            format!("`{name}` holds `{value}`, which is neither minted, hashed nor declared")
        }
    };
    Some(
        Diagnostic::error(Code::UndeclaredLink, span, message).help(
            "use `links.…`, `asset_url(path=…)` or a value of [declared] in throughline.toml",
        ),
    )
}

/// Limits on copy blocks and offers' fields, as the channel sees them.
pub(super) fn check_limits(
    scene: &Scene<'_>,
    stage: &Stage<'_>,
    job: &Job,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let offers = scene.documents.tables.get("offers");
    let channel = scene.channel.id.as_str();
    for (name, limit) in &scene.channel.limits {
        let mut fail = |span: Span, text: &str| {
            let length = text.chars().count();
            if length > *limit {
                let message = format!(
                    "`{}` is {length} characters long, `{channel}` takes {limit}",
                    name.value
                );
                diagnostics.push(
                    Diagnostic::error(Code::TooLong, span, message)
                        .related(name.span, "the limit is here")
                        .help("shorten it, or give the field a value for the channel"),
                );
            }
        };
        if let Some(block) = scene.copy.get(&name.value) {
            fail(block.span, &block.value);
        }
        let Some(at) = offers.and_then(|table| table.column(&name.value)) else { continue };
        for placement in job.placements.iter().filter_map(|at| stage.facts.placements.get(*at)) {
            let scene = Scene { placement: Some(placement), ..*scene };
            let Some(record) = scene.offer() else { continue };
            let (value, span) = record.value_in(at, &scene.scopes());
            fail(span, &value.shown());
        }
    }
}

fn check_text_limit(scene: &Scene<'_>, text: &str, place: Span) -> Option<Diagnostic> {
    let limit = scene.channel.limits.iter().find(|(name, _)| name.value == "text");
    let (name, limit) = limit?;
    let length = text.trim_end().chars().count();
    (length > *limit).then(|| {
        let channel = &scene.channel.id;
        let message = format!("the text is {length} characters long, `{channel}` takes {limit}");
        let offer = scene.offer().zip(scene.documents.tables.get("offers"));
        let title = offer.and_then(|(offer, table)| {
            Some(offer.value_in(table.column("title")?, &scene.scopes()).1)
        });
        Diagnostic::error(Code::TooLong, title.unwrap_or(place), message)
            .related(name.span, "the limit is here")
            .related(place, "rendered from this template")
            .help("shorten the offer's texts, or give them values for the channel")
    })
}
