//! An email from one template: which of its blocks is which part, its subject and preheader.

use tera::Context;

use super::fill::{Call, fill};
use super::template_set::TemplateSet;
use super::{Engine, fault};
use crate::diag::{Code, Diagnostic};
use crate::dialect::{Dialect, scan};
use crate::graph::{Form, Job, Part};
use crate::model::{Span, Spanned};
use crate::resolve::Scene;
use crate::source::RecipeKind;

/// What the list of mails shows of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    /// In one line.
    pub(super) subject: String,
    /// In one line; empty where the mail has none.
    pub(super) preheader: String,
}

/// The block of the template that makes a part; none where all of the template does.
pub(super) fn block_of(
    templates: &TemplateSet<'_>,
    job: &Job,
    part: &Part,
) -> Option<&'static str> {
    let template = main_template(job)?;
    if job.kind != RecipeKind::Email || part.template.as_deref() != Some(template) {
        return None;
    }
    match part.form {
        Form::Html => templates.block(template, "html").map(|_| "html"),
        Form::Text => templates.block(template, "text").map(|_| "text"),
        Form::Json | Form::Eml | Form::Csv | Form::Svg | Form::Png | Form::Webp => None,
    }
}

/// Whether a part is made from the HTML when the mail is finished, and not by a template.
pub(super) fn is_derived(templates: &TemplateSet<'_>, job: &Job, part: &Part) -> bool {
    let own = || part.template.as_deref() != main_template(job);
    job.kind == RecipeKind::Email
        && match part.form {
            Form::Html => false,
            Form::Text => !own() && block_of(templates, job, part).is_none(),
            Form::Json | Form::Eml | Form::Csv | Form::Svg | Form::Png | Form::Webp => true,
        }
}

/// The template of a mail.
fn main_template(job: &Job) -> Option<&str> {
    job.parts.first()?.template.as_deref()
}

/// Renders subject and preheader: blocks of the template, or else of the brief's copy.
pub(super) fn envelope(
    engine: &Engine<'_>,
    (scene, job): (&Scene<'_>, &Job),
    context: &Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> Envelope {
    let mut line = |name| line(engine, (scene, job), name, context, diagnostics);
    let (subject, preheader) = (line("subject"), line("preheader"));
    if subject.as_deref() == Some("") {
        let template = main_template(job).and_then(|name| engine.of(scene).template(name));
        let start = template.map(|one| fault::place(one, &(0..0)));
        let message = format!("the mail `{}` has no subject", scene.asset.id.value);
        diagnostics.push(
            Diagnostic::error(Code::MissingSubject, start.unwrap_or(scene.asset.id.span), message)
                .related(scene.asset.id.span, "the asset is here")
                .help("add `# subject` to the brief, or a block `subject` to the template"),
        );
    }
    Envelope { subject: subject.unwrap_or_default(), preheader: preheader.unwrap_or_default() }
}

/// One line: a block of the template, or else the copy of that name. `None` after a finding.
fn line(
    engine: &Engine<'_>,
    (scene, job): (&Scene<'_>, &Job),
    name: &str,
    context: &Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let before = diagnostics.len();
    let copy = copy_block(scene, name);
    if let Some(copy) = copy.filter(|copy| copy.value.trim().contains(['\n', '\r'])) {
        let message = format!("the copy `{name}` has more than one line");
        diagnostics.push(
            Diagnostic::error(Code::SubjectInLines, copy.span, message)
                .help("write it in one line"),
        );
    }
    let template = main_template(job)?;
    let text = match engine.of(scene).block(template, name) {
        None => {
            let copy = context.get("copy").and_then(|copy| copy.get_from_path(name));
            copy.and_then(|one| one.as_str()).unwrap_or_default().to_owned()
        }
        Some(at) => {
            let mut buffer = Vec::new();
            let call = Call { form: Form::Text, template, block: Some(name), path: template };
            match fill(engine, (scene, job), call, context, &mut buffer)? {
                Ok(()) => {
                    let text = fold(&String::from_utf8_lossy(&buffer), scene.channel.dialect);
                    diagnostics.extend(too_long(scene, name, &text, copy, at));
                    text
                }
                Err(fault) => {
                    diagnostics.push(fault);
                    return None;
                }
            }
        }
    };
    (diagnostics.len() == before).then_some(text)
}

/// The brief's copy of a name, as the rendition sees it.
fn copy_block<'a>(scene: &Scene<'a>, name: &str) -> Option<&'a Spanned<String>> {
    scene.copy.get(name)
}

/// White space between words as one blank; what a merge tag holds stays as it is.
fn fold(text: &str, dialect: Option<Dialect>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for token in dialect.into_iter().flat_map(|dialect| scan(text, dialect)) {
        fold_into(text.get(at..token.range.start).unwrap_or(""), &mut out);
        if token.text.contains(['\n', '\r']) {
            fold_into(token.text, &mut out);
        } else {
            out.push_str(token.text);
        }
        at = token.range.end;
    }
    fold_into(text.get(at..).unwrap_or(""), &mut out);
    out.trim_matches(' ').to_owned()
}

fn fold_into(part: &str, out: &mut String) {
    for one in part.chars() {
        if !one.is_ascii_whitespace() {
            out.push(one);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
}

/// A rendered line that is longer than the channel takes, unless its copy alone is, which is told.
fn too_long(
    scene: &Scene<'_>,
    name: &str,
    text: &str,
    copy: Option<&Spanned<String>>,
    at: Span,
) -> Option<Diagnostic> {
    let (limit, most) = scene.channel.limits.iter().find(|(limit, _)| limit.value == name)?;
    let told = copy.is_some_and(|copy| copy.value.chars().count() > *most);
    let tags = scene.channel.dialect.into_iter().flat_map(|dialect| scan(text, dialect));
    let hidden: usize = tags.map(|tag| tag.text.chars().count()).sum();
    let length = text.chars().count() - hidden;
    (length > *most && !told).then(|| {
        let channel = &scene.channel.id;
        let message = format!("`{name}` is {length} characters long, `{channel}` takes {most}");
        Diagnostic::error(Code::TooLong, at, message)
            .related(limit.span, "the limit is here")
            .help("shorten the block, or what it shows")
    })
}
