//! decisions/waivers/*.toml: findings that somebody answers for, for a while and for a reason.

use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::toml::Document;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::lint::{check_named, checks, is_adjustable};
use crate::model::{SourceId, Span, Spanned};

/// One waiver.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The check whose findings it is about.
    pub rule: Code,
    /// Which artifacts it is about, by their ids; of a late change, which swaps.
    pub subject: GlobMatcher,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: String,
    /// Until when.
    pub expires: Timestamp,
    /// As written, for messages.
    pub until: Spanned<String>,
    /// Where its rule stands.
    pub span: Span,
}

/// What else than findings of checks somebody may answer for: `subject` is then the id of a swap.
const LATE: Code = Code::SwapAfterLock;

impl Waiver {
    /// Whether it is about a swap.
    pub fn is_about_swaps(&self) -> bool {
        self.rule == LATE
    }

    /// The finding as it is told while the waiver holds.
    #[must_use]
    pub fn let_pass(&self, mut finding: Diagnostic) -> Diagnostic {
        let (who, until) = (&self.approver, &self.until.value);
        finding.message = format!("{}: waived by {who} until {until}", finding.message);
        finding.severity = Severity::Note;
        finding.related(self.span, self.reason.clone())
    }

    /// The finding as it is told when the waiver is over.
    #[must_use]
    pub fn is_over(&self, finding: Diagnostic) -> Diagnostic {
        let message = format!("the waiver of {} ended {}", self.approver, self.until.value);
        finding.related(self.until.span, message)
    }
}

/// Reads one waiver. What is wrong with it stands in the way of the build: a decision is not
/// dropped in silence.
pub fn read_waiver(
    text: &str,
    source: SourceId,
    base: usize,
    zone: &TimeZone,
    diagnostics: &mut Diagnostics,
) -> Option<Waiver> {
    let document = Document::parse(text, source, base, diagnostics)?;
    let root = document.root();
    let rule = root.text("rule", diagnostics);
    let subject = root.text("subject", diagnostics);
    let reason = root.text("reason", diagnostics);
    let approver = root.text("approver", diagnostics);
    let expires = root.required("expires", diagnostics);
    let expires = expires.and_then(|entry| entry.end_of(zone, diagnostics));
    root.finish(diagnostics);
    let mut said = |text: &Spanned<String>| {
        let empty = text.value.trim().is_empty();
        if empty {
            let message = "a waiver without it binds nobody";
            diagnostics.push(Diagnostic::error(Code::BadWaiver, text.span, message));
        }
        (!empty).then(|| text.value.trim().to_owned())
    };
    let (reason, approver) = (said(&reason?), said(&approver?));
    let rule = rule?;
    let code = read_rule(&rule, diagnostics)?;
    let subject = read_subject(&subject?, diagnostics)?;
    let (until, expires) = expires?;
    Some(Waiver {
        rule: code,
        subject,
        reason: reason?,
        approver: approver?,
        expires,
        until,
        span: rule.span,
    })
}

fn read_rule(rule: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Code> {
    let name = rule.value.as_str();
    let known = |code: &&Code| code.name() == name || code.id() == name;
    let late = (LATE.name() == name || LATE.id() == name).then_some(LATE);
    match check_named(name).filter(|code| is_adjustable(*code)).or(late) {
        Some(code) => return Some(code),
        None if Code::ALL.iter().any(|code| known(&code)) => {
            let message = format!("nobody can answer for `{name}`");
            diagnostics.push(Diagnostic::error(Code::NotWaivable, rule.span, message));
        }
        None => {
            let message = format!("there is no check `{name}`");
            diagnostics.push(
                Diagnostic::error(Code::BadWaiver, rule.span, message)
                    .maybe_help(did_you_mean(name, checks().map(Code::name)))
                    .help_if_none("use the name or the code of a finding, such as `missing-alt`"),
            );
        }
    }
    None
}

fn read_subject(subject: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<GlobMatcher> {
    let everything = subject.value.chars().all(|one| matches!(one, '*' | '/'));
    let glob = GlobBuilder::new(&subject.value).literal_separator(true).build();
    match glob {
        Ok(glob) if !everything => Some(glob.compile_matcher()),
        _ => {
            let message = format!("`{}` names no artifacts", subject.value);
            diagnostics.push(
                Diagnostic::error(Code::BadWaiver, subject.span, message)
                    .help("write the id of an artifact, or a pattern, such as `email/bf26/*`"),
            );
            None
        }
    }
}
