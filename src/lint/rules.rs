//! Which checks count how much: the built-in levels and numbers, and what a channel made of them.

use std::collections::BTreeMap;

use crate::diag::{Code, Severity};

/// How much a check's findings count, where a channel says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As an error.
    Error,
    /// As a warning.
    Warning,
    /// Not at all.
    Off,
}

impl Level {
    /// Reads `error`, `warning` or `off`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// From which number on a check warns, and from which on it is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// More than this is a warning.
    pub warning: usize,
    /// More than this is an error.
    pub error: usize,
    /// What a number in a channel file is multiplied with: sizes are written in KB of 1,024 bytes.
    pub unit: usize,
}

/// Nothing is an error by its number alone.
const NEVER: usize = usize::MAX;
const KB: usize = 1024;

/// Gmail shows this much of a mail.
pub const GMAIL_SHOWS: usize = 102 * KB;

/// The numbers of the checks that have some.
const BOUNDS: [(Code, Bounds); 9] = [
    (Code::GmailClipping, Bounds { warning: 80 * KB, error: 95 * KB, unit: KB }),
    (Code::StyleTooLarge, Bounds { warning: 14 * KB, error: 16 * KB, unit: KB }),
    (Code::LongLine, Bounds { warning: 78, error: 998, unit: 1 }),
    (Code::DeepNesting, Bounds { warning: 12, error: NEVER, unit: 1 }),
    (Code::ImageWeight, Bounds { warning: 200 * KB, error: KB * KB, unit: KB }),
    (Code::ImageHeight, Bounds { warning: 1728, error: NEVER, unit: 1 }),
    (Code::TableHeight, Bounds { warning: 1790, error: NEVER, unit: 1 }),
    (Code::LongUrl, Bounds { warning: 1024, error: 2000, unit: 1 }),
    (Code::SubjectTooLong, Bounds { warning: 60, error: 998, unit: 1 }),
];

/// Checks that no channel can switch off: what they find breaks the mail or lies.
const FIXED: [Code; 3] = [Code::EmptyLink, Code::HashLink, Code::UnbalancedMergeTag];

/// Every check on mails and pages, in numeric order.
pub fn checks() -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(|code| is_check(*code))
}

/// Whether findings of a code come from checks on mails and pages.
pub fn is_check(code: Code) -> bool {
    ("TL0620".."TL0690").contains(&code.id())
}

/// Whether a channel may give the check another level, and a waiver may name it.
pub fn is_adjustable(code: Code) -> bool {
    is_check(code) && !FIXED.contains(&code)
}

/// The check of a name or an id.
pub fn check_named(text: &str) -> Option<Code> {
    checks().find(|code| code.name() == text || code.id() == text)
}

/// The built-in numbers of a check.
pub fn bounds_of(code: Code) -> Option<Bounds> {
    BOUNDS.iter().find(|(one, _)| *one == code).map(|(_, bounds)| *bounds)
}

/// What a channel says about checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Levels that differ from the built-in ones.
    pub levels: BTreeMap<Code, Level>,
    /// Numbers that are lower than the built-in ones.
    pub bounds: BTreeMap<Code, Bounds>,
}

impl Rules {
    /// How much a finding counts; none where the check is off.
    pub fn severity(&self, code: Code, usual: Severity) -> Option<Severity> {
        match self.levels.get(&code) {
            Some(Level::Error) => Some(Severity::Error),
            Some(Level::Warning) => Some(Severity::Warning),
            Some(Level::Off) => None,
            None => Some(usual),
        }
    }

    /// How much a number counts; none where it is small enough.
    pub fn judge(&self, code: Code, number: usize) -> Option<Severity> {
        let bounds = self.bounds(code);
        let usual = if number > bounds.error {
            Severity::Error
        } else if number > bounds.warning {
            Severity::Warning
        } else {
            return None;
        };
        self.severity(code, usual)
    }

    /// The numbers of a check.
    pub fn bounds(&self, code: Code) -> Bounds {
        let own = self.bounds.get(&code).copied().or_else(|| bounds_of(code));
        own.unwrap_or(Bounds { warning: NEVER, error: NEVER, unit: 1 })
    }
}
