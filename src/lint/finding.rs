//! What a check found, as plain data.

use std::ops::Range;

use super::rules::Rules;
use crate::diag::{Code, Severity};

/// Which text of an artifact a finding is about, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Bytes of the HTML.
    Html(Range<usize>),
    /// Bytes of the plain text.
    Text(Range<usize>),
    /// The subject.
    Subject,
    /// The preheader.
    Preheader,
    /// A setting of the channel: its key in `[mail]`.
    Setting(&'static str),
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What was found and what was expected.
    pub message: String,
    /// What to do, where more can be said than the code says.
    pub help: Option<String>,
    /// The text that is meant, as its author wrote it: where it came from can be looked for.
    pub written: Option<String>,
}

/// Collects findings, at the levels of a channel.
#[derive(Debug)]
pub(super) struct Findings<'r> {
    pub(super) rules: &'r Rules,
    found: Vec<Finding>,
}

impl<'r> Findings<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self { rules, found: Vec::new() }
    }

    pub(super) fn error(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.add(code, self.rules.severity(code, Severity::Error), place, message.into());
    }

    pub(super) fn warning(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.add(code, self.rules.severity(code, Severity::Warning), place, message.into());
    }

    /// A finding where a number is over one of the check's bounds.
    pub(super) fn judge(
        &mut self,
        code: Code,
        number: usize,
        place: Place,
        message: impl FnOnce(usize) -> String,
    ) {
        if let Some(severity) = self.rules.judge(code, number) {
            let bounds = self.rules.bounds(code);
            let over = if number > bounds.error { bounds.error } else { bounds.warning };
            self.add(code, Some(severity), place, message(over));
        }
    }

    fn add(&mut self, code: Code, severity: Option<Severity>, place: Place, message: String) {
        if let Some(severity) = severity {
            self.found.push(Finding { code, severity, place, message, help: None, written: None });
        }
    }

    /// Adds what to do about the last finding, if that is one of the code.
    pub(super) fn help(&mut self, code: Code, help: impl Into<String>) {
        if let Some(last) = self.found.last_mut().filter(|last| last.code == code) {
            last.help = Some(help.into());
        }
    }

    /// Adds the text that the last finding is about, if that is one of the code.
    pub(super) fn written(&mut self, code: Code, text: &str) {
        if let Some(last) = self.found.last_mut().filter(|last| last.code == code) {
            last.written = Some(text.to_owned());
        }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.found
    }
}
