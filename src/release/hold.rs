//! What keeps things in a target from being removed, and what marks them for removal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Versioned, parse};

/// A run that is at work on a target. While it lasts, nothing is deleted there. Fields stand in the
/// order of their names, here and below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Who runs it.
    pub by: String,
    /// When it ends by itself, RFC 3339: a run that was killed takes nothing back.
    pub expires: String,
    /// The root that it is about.
    pub release: Option<String>,
    /// The version of the format.
    pub schema: String,
    /// When it began, RFC 3339.
    pub started: String,
}

/// How far the removal of a list has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TombstoneState {
    /// Nobody needs what is listed. Nothing is deleted.
    Marked,
    /// It is being deleted. Nobody may rely on any of it.
    Deleting,
}

/// Things that nobody needed at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    /// Who marked them.
    pub by: String,
    /// While they are deleted: when that ends at the latest, RFC 3339.
    pub deadline: Option<String>,
    /// Their keys, sorted.
    pub keys: Vec<String>,
    /// When they were marked, RFC 3339.
    pub marked: String,
    /// The version of the format.
    pub schema: String,
    /// How far it has come.
    pub state: TombstoneState,
}

/// A mailing that went out: what its mails show must stay for as long as they are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// Who recorded it.
    pub by: String,
    /// The campaign.
    pub campaign: String,
    /// The environment.
    pub env: String,
    /// The root that was live then.
    pub release: String,
    /// The version of the format.
    pub schema: String,
    /// When it was recorded, RFC 3339.
    pub sent: String,
    /// Until when it holds, RFC 3339.
    pub until: String,
}

impl Versioned for Lease {
    const SCHEMA: &'static str = "https://throughline.dev/lease/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Versioned for Tombstone {
    const SCHEMA: &'static str = "https://throughline.dev/tombstone/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Versioned for Sent {
    const SCHEMA: &'static str = "https://throughline.dev/sent/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

/// A document that others hold a time against.
pub trait Kept: Sized {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is none, in a few words.
    fn read(bytes: &[u8]) -> Result<Self, String>;

    /// The version of the format.
    fn schema_name() -> String;

    /// Whether it holds at a time. One whose end cannot be read holds: nothing is deleted on a
    /// guess.
    fn holds(&self, at: Timestamp) -> bool;
}

fn not_over(end: &str, at: Timestamp) -> bool {
    end.parse::<Timestamp>().map_or(true, |end| at < end)
}

impl Kept for Lease {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        parse(bytes)
    }

    fn schema_name() -> String {
        Self::SCHEMA.to_owned()
    }

    fn holds(&self, at: Timestamp) -> bool {
        not_over(&self.expires, at)
    }
}

impl Kept for Sent {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        parse(bytes)
    }

    fn schema_name() -> String {
        Self::SCHEMA.to_owned()
    }

    fn holds(&self, at: Timestamp) -> bool {
        not_over(&self.until, at)
    }
}

impl Kept for Tombstone {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        parse(bytes)
    }

    fn schema_name() -> String {
        Self::SCHEMA.to_owned()
    }

    /// Whether something may be deleted for it at this time.
    fn holds(&self, at: Timestamp) -> bool {
        self.state == TombstoneState::Deleting
            && self.deadline.as_deref().is_none_or(|deadline| not_over(deadline, at))
    }
}
