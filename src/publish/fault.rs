//! Why something was not published, apart from what a system could not do.

use std::fmt;

use anyhow::Error;

/// How a run ends that publishes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody else has published meanwhile.
    Moved,
    /// What is in the target is not as it was written.
    Broken,
    /// What was asked for is not there.
    Unknown,
}

/// Why something was not published, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishFault {
    /// How the run ends.
    pub stop: Stop,
    /// For people.
    pub sentence: String,
}

impl PublishFault {
    pub(super) fn moved(sentence: String) -> Error {
        Error::new(Self { stop: Stop::Moved, sentence })
    }

    pub(super) fn broken(sentence: String) -> Error {
        Error::new(Self { stop: Stop::Broken, sentence })
    }

    pub(super) fn unknown(sentence: String) -> Error {
        Error::new(Self { stop: Stop::Unknown, sentence })
    }
}

impl fmt::Display for PublishFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl std::error::Error for PublishFault {}
