//! One finding.

use super::{Code, Reach};
use crate::model::Span;

/// How much a finding matters. Errors sort before warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is wrong and is kept out of the output.
    Error,
    /// Something looks wrong and is built all the same.
    Warning,
    /// Something was read in another form than it was written in. Shown when asked for.
    Note,
}

impl Severity {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A second place, with what it has to do with the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// One finding: lower case, no final stop, names in backticks; the help is an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What was found and what was expected.
    pub message: String,
    /// Where.
    pub primary: Span,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Who is asked to do it.
    pub owner: Option<String>,
    /// It stands in the way of everything, whatever its code's reach.
    pub blocking: bool,
    /// How many more findings are the same but for the data that met them.
    pub repeats: usize,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, primary: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary,
            related: Vec::new(),
            help: None,
            owner: None,
            blocking: code.reach() == Reach::Build,
            repeats: 0,
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, primary: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, primary, message) }
    }

    /// A note at a place.
    pub fn note(code: Code, primary: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, primary, message) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do, where something is known.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds what to do, where nothing better is known yet.
    #[must_use]
    pub fn help_if_none(mut self, help: impl Into<String>) -> Self {
        self.help.get_or_insert_with(|| help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Label { span, message: message.into() });
        self
    }

    /// Adds another place, where it says more than the first.
    #[must_use]
    pub fn related_if(self, wanted: bool, span: Span, message: impl Into<String>) -> Self {
        if wanted { self.related(span, message) } else { self }
    }

    /// Lets it stand in the way of everything.
    #[must_use]
    pub fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }

    /// Names who is asked.
    #[must_use]
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }
}
