//! The documents that a publication rests on: what was decided, and the provenance.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::place::Place;
use crate::cli::gates::{Decided, Subject, decide};
use crate::model::Digest;
use crate::publish::Documents;
use crate::release::{Envelope, Provenance, Signer, canonical, statement};

/// Who builds, where the workspace does not say.
const BUILDER: &str = "https://throughline.dev/builder/unnamed";

/// What the documents are made from.
pub(super) struct Evidence<'a> {
    pub(super) root: &'a Path,
    pub(super) place: &'a Place,
    pub(super) subject: &'a Subject<'a>,
    pub(super) signer: Option<&'a Signer>,
    /// As of when is decided: never before now, or a no of today could be left out.
    pub(super) at: Timestamp,
    /// When the run began.
    pub(super) started: Timestamp,
}

impl Evidence<'_> {
    /// Which gates are open, a sentence each.
    pub(super) fn open(&self) -> Result<Vec<String>> {
        Ok(decide(self.root, self.subject, self.at)?.open)
    }

    /// Decides, and makes the documents. Nothing where a gate is open.
    pub(super) fn make(&self) -> Result<Option<Documents>> {
        let Decided { open, document, decisions } = decide(self.root, self.subject, self.at)?;
        if !open.is_empty() {
            return Ok(None);
        }
        let manifest = self.subject.manifest;
        let mut documents = vec![("gates.json".to_owned(), canonical(&document))];
        for (name, bytes) in decisions {
            documents.push((format!("approvals/{name}"), bytes));
        }
        let named: Vec<(&str, Digest)> =
            documents.iter().map(|(name, bytes)| (name.as_str(), Digest::of(bytes))).collect();
        let builder = self.place.settings.builder.as_ref();
        let run = self.place.run();
        let (started, finished) = (self.started.to_string(), run.now().to_string());
        let provenance = Provenance {
            manifest: Digest::of(&manifest.to_bytes()),
            builder: builder.map_or(BUILDER, |one| one.value.as_str()),
            version: env!("CARGO_PKG_VERSION"),
            run: run.id,
            times: (&started, &finished),
            byproducts: &named,
        };
        let line = Envelope::seal(&statement(manifest, &provenance), self.signer).to_line();
        documents.push(("provenance.intoto.jsonl".to_owned(), line));
        Ok(Some(documents))
    }
}
