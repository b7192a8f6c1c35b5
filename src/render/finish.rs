//! Makes a rendered mail ready to send, and leads what is in the way back to the template.

use super::checks::told;
use super::email::{Envelope, is_derived};
use super::{Engine, Stage};
use crate::diag::{Code, Diagnostic, Severity};
use crate::dialect::Dialect;
use crate::graph::{Form, Job, Part};
use crate::lint::{Finding, Place};
use crate::mail::{self, Draft, Fault, FaultKind, Mail, Mailbox, Settings};
use crate::model::Spanned;
use crate::resolve::Scene;
use crate::source;

/// Finishes a mail; `None` after a finding, or where its HTML was not rendered.
pub(super) fn finish<'a>(
    stage: &'a Stage<'a>,
    engine: &'a Engine<'a>,
    (scene, job): (&Scene<'a>, &'a Job),
    (envelope, files): (&Envelope, &[(&'a Part, &'a [u8])]),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Mail> {
    let file = |form: Form| {
        let (part, bytes) = files.iter().find(|(part, _)| part.form == form)?;
        // Templates and data are UTF-8, so what is rendered from them is.
        Some((*part, std::str::from_utf8(bytes).ok()?))
    };
    let (part, html) = file(Form::Html)?;
    let text = file(Form::Text);
    let mut parts = job.parts.iter().filter(|part| part.form == Form::Text);
    let own_text = parts.any(|part| !is_derived(engine.of(scene), job, part));
    if own_text && text.is_none() || envelope.subject.is_empty() {
        return None;
    }
    let draft = Draft {
        html,
        text: text.map(|(_, text)| text),
        subject: &envelope.subject,
        preheader: &envelope.preheader,
        dialect: scene.channel.dialect.unwrap_or(Dialect::Plain),
    };
    match mail::finish(&draft, &settings(stage, scene, job), &engine.inliner) {
        Ok(mail) => Some(mail),
        Err(faults) => {
            let found = faults.into_iter().map(finding).collect();
            let text = text.map(|(part, _)| part);
            told(stage, engine, (scene, job), (part, text, html), found, diagnostics);
            None
        }
    }
}

/// What is checked as a whole: the HTML as its template made it, to which what is found in the
/// finished one is led back, and the text as it goes out.
pub(super) fn to_check<'f>(
    job: &'f Job,
    files: &[(&'f Part, &'f [u8])],
    mail: Option<&'f Mail>,
) -> Vec<(&'f Part, &'f [u8])> {
    let mut checked = files.to_vec();
    let text = job.parts.iter().find(|part| part.form == Form::Text);
    if let Some((part, mail)) = text.zip(mail) {
        checked.retain(|(one, _)| one.form != Form::Text);
        checked.push((part, mail.text.as_bytes()));
    }
    checked
}

/// The files of a finished mail.
pub(super) fn finished<'m>(
    job: &'m Job,
    mail: &'m Mail,
) -> impl Iterator<Item = (&'m Part, &'m [u8])> {
    job.parts.iter().filter_map(|part| {
        let bytes = match part.form {
            Form::Html => mail.html.as_bytes(),
            Form::Text => mail.text.as_bytes(),
            Form::Eml => mail.message.as_slice(),
            Form::Json => mail.sidecar.as_bytes(),
            Form::Csv | Form::Svg | Form::Png | Form::Webp => return None,
        };
        Some((part, bytes))
    })
}

/// The message is dated by the opening of its window: no clock reaches it.
fn settings(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job) -> Settings {
    let own = &scene.channel.mail;
    let asset = stage.facts.campaigns.get(job.campaign).and_then(|one| one.assets.get(job.asset));
    let window = asset.and_then(|asset| scene.brief.windows.get(asset.window));
    Settings {
        inline: own.inline,
        minify: own.compact,
        from: own.from.as_ref().map(mailbox),
        reply_to: own.reply_to.as_ref().map(mailbox),
        to: own.to.as_ref().map(mailbox),
        unsubscribe: own.list_unsubscribe.as_ref().map(|one| one.value.clone()),
        date: window.map_or(0, |window| window.opens.as_second()),
    }
}

fn mailbox(one: &Spanned<source::Mailbox>) -> Mailbox {
    Mailbox { name: one.value.name.clone(), address: one.value.address.clone() }
}

fn finding(fault: Fault) -> Finding {
    let code = match fault.kind {
        FaultKind::Control => Code::C1Control,
        FaultKind::NotAscii => Code::NotAscii,
        FaultKind::LongLine => Code::LongLine,
        FaultKind::LostTag | FaultKind::Style | FaultKind::Header => Code::RenderFailed,
    };
    Finding {
        code,
        severity: Severity::Error,
        place: fault.range.map_or(Place::Html(0..0), Place::Html),
        message: fault.message,
        help: Some(fault.help),
        written: None,
    }
}
