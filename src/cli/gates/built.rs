//! The files of the last build, as gates look at them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::Subject;
use crate::cli::entries::{lock_digest, source_entries};
use crate::cli::named::Files;
use crate::cli::prepare::Prepared;
use crate::decide::{MaskedLink, Rendered, Unrenderable, masked_digest};
use crate::graph::Job;
use crate::manifest::{Entry, Manifest};
use crate::model::Digest;
use crate::render::{Engine, Stage, rendered_block};
use crate::store::{manifest_bytes, read_manifest};

/// The files of a build, wherever they are, and whether it is what the sources say now.
pub(in crate::cli) struct BuiltFiles<'a> {
    place: Place<'a>,
    /// Its manifest, where there is one.
    pub(in crate::cli) manifest: Option<Manifest>,
    /// Whether it was built from just what the sources are.
    pub(in crate::cli) fresh: bool,
    /// Whether the sources are those that it, or a part of it, was built from.
    pub(in crate::cli) is_of_now: bool,
    /// Its artifacts by their ids.
    entries: BTreeMap<String, Entry>,
    /// What is not written: bytes by path.
    held: BTreeMap<String, Vec<u8>>,
}

enum Place<'a> {
    Own(Files),
    Of(&'a Files),
    Released(&'a Subject<'a>),
}

impl<'a> BuiltFiles<'a> {
    /// Reads the manifest. Must come before decisions are added to the sources.
    pub(in crate::cli) fn open(output: &Path, prepared: &Prepared) -> Result<Self> {
        let there = manifest_bytes(output)?;
        // One that is no manifest is told by whoever needs the output.
        let manifest = there.and_then(|_| read_manifest(output).ok().flatten());
        let built =
            Self::of(Place::Own(Files::Folder(output.to_owned())), manifest.as_ref(), prepared);
        Ok(Self { manifest, ..built })
    }

    /// A build that is to be released, or was.
    pub(in crate::cli) fn released(subject: &'a Subject<'a>, prepared: &Prepared) -> Self {
        Self::of(Place::Released(subject), Some(subject.manifest), prepared)
    }

    fn of(place: Place<'a>, manifest: Option<&Manifest>, prepared: &Prepared) -> Self {
        let now = source_entries(prepared, lock_digest(prepared, &prepared.documents.lock));
        let is_of_now = manifest.is_some_and(|manifest| manifest.sources == now);
        let whole = manifest.is_some_and(|manifest| manifest.selection.is_none());
        let (held, entries) = (BTreeMap::new(), entries_of(manifest));
        Self { place, manifest: None, fresh: is_of_now && whole, is_of_now, entries, held }
    }

    /// No build at all.
    pub(in crate::cli) fn nothing() -> Self {
        let (entries, held) = (BTreeMap::new(), BTreeMap::new());
        let place = Place::Own(Files::Nowhere);
        Self { place, manifest: None, fresh: false, is_of_now: false, entries, held }
    }

    /// What a build would leave: files that are there, and those that it would write.
    pub(in crate::cli) fn planned(
        there: &'a Files,
        manifest: &Manifest,
        held: BTreeMap<String, Vec<u8>>,
    ) -> Self {
        let (place, entries) = (Place::Of(there), entries_of(Some(manifest)));
        Self { place, manifest: None, fresh: true, is_of_now: true, entries, held }
    }

    /// The digest of what the manifest says of an artifact: its bytes, and when it is due where.
    pub(in crate::cli) fn digest(&self, id: &str) -> Option<String> {
        let entry = self.entries.get(id)?;
        Some(Digest::of(&serde_json::to_vec(entry).unwrap_or_default()).hex())
    }

    /// It, beside the workspace that it was built from.
    pub(in crate::cli) fn with<'b>(
        &'b self,
        prepared: &'b Prepared,
        engine: &'b Engine<'b>,
    ) -> InWorkspace<'b> {
        let stage = Stage::new(&prepared.documents, &prepared.facts, &prepared.links);
        InWorkspace { built: self, prepared, engine, stage }
    }

    fn bytes(&self, id: &str) -> Option<Cow<'_, [u8]>> {
        let entry = self.entries.get(id)?;
        if let Some(held) = self.held.get(entry.path.as_str()) {
            return Some(Cow::Borrowed(held));
        }
        match &self.place {
            Place::Own(files) => files.read(entry).ok().map(Cow::Owned),
            Place::Of(files) => files.read(entry).ok().map(Cow::Owned),
            Place::Released(subject) => (subject.read)(entry).ok().map(Cow::Owned),
        }
    }
}

fn entries_of(manifest: Option<&Manifest>) -> BTreeMap<String, Entry> {
    let entries = manifest.into_iter().flat_map(|manifest| &manifest.artifacts);
    entries.map(|entry| (entry.id.to_string(), entry.clone())).collect()
}

/// The files of a build beside the workspace.
pub(in crate::cli) struct InWorkspace<'a> {
    built: &'a BuiltFiles<'a>,
    prepared: &'a Prepared,
    engine: &'a Engine<'a>,
    stage: Stage<'a>,
}

impl Rendered for InWorkspace<'_> {
    fn bytes(&self, job: &Job) -> Option<Digest> {
        // Of a part, what stays was told apart before.
        if !self.built.is_of_now {
            return None;
        }
        let Prepared { documents, facts, links, .. } = self.prepared;
        let links = MaskedLink::of_job(job, links.made(documents, facts));
        masked_digest(job, links, &|id| self.built.bytes(id))
    }

    fn block(&self, job: &Job, name: &str) -> Result<Option<String>, Unrenderable> {
        // The build tells why.
        rendered_block(&self.stage, self.engine, job, name).map_err(|_| Unrenderable)
    }
}
