//! What can be wrong with a profile, a value or a link, in words.

use std::ops::Range;

/// How many characters of a value a message shows.
const SHOWN: usize = 60;

/// Something wrong in the text of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFault {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A value that a network would refuse or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFault {
    /// Which bytes of the value.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Which part of a link is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The URL to be wrapped.
    Destination,
    /// The sub-id.
    SubId,
    /// An id of the network, by its name in the profile.
    Field(String),
    /// A tracked parameter, by its name.
    Pair(String),
    /// The tracked parameters as a whole.
    Pairs,
}

/// A link that cannot be wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapFault {
    /// What must change.
    pub part: Part,
    /// Which bytes of that part.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl ValueFault {
    pub(super) fn new(
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { range, message: message.into(), help: help.into() }
    }

    /// The fault as one of a link.
    pub(super) fn in_part(self, part: Part) -> WrapFault {
        WrapFault { part, range: self.range, message: self.message, help: self.help }
    }
}

/// Collects the faults of one profile.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<ProfileFault>);

impl Faults {
    pub(super) fn add(
        &mut self,
        range: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.push(ProfileFault {
            range: range.clone(),
            message: message.into(),
            help: help.into(),
        });
    }

    /// The faults in the order of the text, where there are any.
    pub(super) fn into_result(mut self) -> Result<(), Vec<ProfileFault>> {
        self.0.sort_by_key(|fault| (fault.range.start, fault.range.end));
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// A value as a message may show it: cut short, and nothing in it that moves the text around it.
pub(super) fn shown(value: &str) -> String {
    let mut out = String::new();
    for (index, character) in value.chars().enumerate() {
        if index == SHOWN {
            out.push('…');
            break;
        }
        match character {
            '"' | '\'' | '\\' => out.push(character),
            '`' => out.push('\''),
            _ => out.extend(character.escape_debug()),
        }
    }
    out
}

/// Asks for the nearest of the known names, or lists them.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    let near = crate::diag::did_you_mean(word, known.iter().copied());
    near.unwrap_or_else(|| "take it out".to_owned())
}
