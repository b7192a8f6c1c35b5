//! What keeps a mail from being finished. Must not know files or findings.

use std::ops::Range;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A merge tag is not in the result as it was in the draft: a bug of ours.
    LostTag,
    /// A character that no mail may hold.
    Control,
    /// A letter that is not ASCII, where nothing can be written in its place.
    NotAscii,
    /// A line over 998 bytes that nothing may break.
    LongLine,
    /// The inliner refused the style sheet.
    Style,
    /// A header that cannot be written.
    Header,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::LostTag, Self::Control, Self::NotAscii, Self::LongLine, Self::Style, Self::Header];
}

/// Something that keeps a mail from being finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where in the draft's HTML, as far as it is there.
    pub range: Option<Range<usize>>,
    /// What is wrong, in words.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    pub(super) fn new(
        kind: FaultKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, range: None, message: message.into(), help: help.into() }
    }

    pub(super) fn at(self, range: Range<usize>) -> Self {
        Self { range: Some(range), ..self }
    }
}

/// A piece of text as a message shows it: short, on one line.
pub(super) fn shown(text: &str) -> String {
    let mut out: String =
        text.chars().take(60).map(|one| if one.is_control() { ' ' } else { one }).collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out.replace('`', "'")
}
