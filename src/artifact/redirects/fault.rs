//! What can be wrong with redirects.

use std::borrow::Cow;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The link host cannot be used in this format.
    InvalidHost,
    /// The server knows no such status.
    UnsupportedStatus,
    /// The server cannot pass the query of a request on.
    UnsupportedQuery,
    /// A permanent status: browsers keep it, and a later swap does not reach them.
    PermanentStatus,
    /// S3 gets objects, because the rules are too many.
    ObjectsInsteadOfRules,
    /// More than the server holds.
    OverLimit,
    /// A code with other characters than small letters and digits, or too long.
    InvalidCode,
    /// Not a finished https URL.
    InvalidUrl,
    /// Two URLs for one code.
    DuplicateCode,
    /// A URL or a line is longer than the format takes.
    TooLong,
    /// The URL cannot take the query of a request.
    PreserveQueryConflict,
    /// The URL leads back to its own code.
    Loop,
    /// The URL is another short link.
    Chain,
    /// The URL is on the link host, and nothing answers there.
    OwnHost,
    /// A page is served at the path of the code.
    ShadowsPage,
}

impl FaultKind {
    /// Tells whether a redirect with this fault is left out of the files, since it would break
    /// them, arrive cut off, or send a customer in a circle.
    pub fn leaves_out(self) -> bool {
        matches!(
            self,
            Self::InvalidCode
                | Self::InvalidUrl
                | Self::DuplicateCode
                | Self::TooLong
                | Self::PreserveQueryConflict
                | Self::Loop
        )
    }
}

/// Something wrong with a redirect, or with the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectFault {
    /// Which of the given redirects; none when it is about the target.
    pub index: Option<usize>,
    /// What kind of thing.
    pub kind: FaultKind,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Cow<'static, str>,
}

impl RedirectFault {
    pub(super) fn of_target(kind: FaultKind, message: String, help: &'static str) -> Self {
        Self { index: None, kind, message, help: help.into() }
    }
}

/// A value as a message can show it: short, and without what would move a cursor.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 80;
    let mut text = String::new();
    for (count, character) in value.chars().enumerate() {
        match character {
            _ if count == LONGEST => {
                text.push('…');
                break;
            }
            '"' | '\'' | '\\' => text.push(character),
            '`' => text.push('\''),
            _ => text.extend(character.escape_debug()),
        }
    }
    text
}
