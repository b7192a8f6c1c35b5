//! The files of the last build, as gates look at them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::entries::{lock_digest, source_entries};
use crate::cli::prepare::Prepared;
use crate::decide::{Rendered, Unrenderable, masked_digest};
use crate::graph::Job;
use crate::manifest::Manifest;
use crate::model::{ArtifactPath, Digest};
use crate::render::{Engine, Stage, rendered_block};
use crate::store::{read_artifact, read_manifest};

/// An output folder, and whether it is what the sources say now.
pub(in crate::cli) struct BuiltFiles {
    output: PathBuf,
    /// Its manifest, where there is one.
    pub(in crate::cli) manifest: Option<Manifest>,
    /// Whether it was built from just what the sources are.
    pub(in crate::cli) fresh: bool,
    /// Paths by the ids of artifacts.
    paths: BTreeMap<String, String>,
    /// What is not written: bytes by path.
    held: BTreeMap<String, Vec<u8>>,
}

impl BuiltFiles {
    /// Reads the manifest. Must come before decisions are added to the sources.
    pub(in crate::cli) fn open(output: &Path, prepared: &Prepared) -> Result<Self> {
        let bytes = if output.is_dir() { read_manifest(output)? } else { None };
        let manifest = bytes.and_then(|bytes| Manifest::parse(&bytes).ok());
        let now = source_entries(prepared, lock_digest(prepared, &prepared.documents.lock));
        let same = |one: &Manifest| one.selection.is_none() && one.sources == now;
        let fresh = manifest.as_ref().is_some_and(same);
        let entries = manifest.iter().flat_map(|manifest| &manifest.artifacts);
        let paths = entries.map(|entry| (entry.id.clone(), entry.path.clone())).collect();
        let held = BTreeMap::new();
        Ok(Self { output: output.to_owned(), manifest, fresh, paths, held })
    }

    /// What a build would leave in a folder: files that are there, and those that it would write.
    pub(in crate::cli) fn planned(
        output: &Path,
        manifest: &Manifest,
        held: BTreeMap<String, Vec<u8>>,
    ) -> Self {
        let entries = manifest.artifacts.iter();
        let paths = entries.map(|entry| (entry.id.clone(), entry.path.clone())).collect();
        Self { output: output.to_owned(), manifest: None, fresh: true, paths, held }
    }

    /// It, beside the workspace that it was built from.
    pub(in crate::cli) fn with<'a>(
        &'a self,
        prepared: &'a Prepared,
        engine: &'a Engine<'a>,
    ) -> InWorkspace<'a> {
        let stage = Stage::new(&prepared.documents, &prepared.facts, &prepared.links);
        InWorkspace { built: self, prepared, engine, stage }
    }

    fn bytes(&self, id: &str) -> Option<Cow<'_, [u8]>> {
        let path = self.paths.get(id)?;
        if let Some(held) = self.held.get(path) {
            return Some(Cow::Borrowed(held));
        }
        let path = ArtifactPath::new(path).ok()?;
        read_artifact(&self.output, &path).ok()?.map(Cow::Owned)
    }
}

/// The files of a build beside the workspace.
pub(in crate::cli) struct InWorkspace<'a> {
    built: &'a BuiltFiles,
    prepared: &'a Prepared,
    engine: &'a Engine<'a>,
    stage: Stage<'a>,
}

impl Rendered for InWorkspace<'_> {
    fn bytes(&self, job: &Job) -> Option<Digest> {
        if !self.built.fresh {
            return None;
        }
        masked_digest(job, &self.prepared.links, &|id| self.built.bytes(id))
    }

    fn block(&self, job: &Job, name: &str) -> Result<Option<String>, Unrenderable> {
        // The build tells why.
        rendered_block(&self.stage, self.engine, job, name).map_err(|_| Unrenderable)
    }
}
