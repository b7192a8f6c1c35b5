//! The files of the last build, as gates look at them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::entries::{lock_digest, source_entries};
use crate::cli::prepare::Prepared;
use crate::decide::{Rendered, masked_digest};
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
        Ok(Self { output: output.to_owned(), manifest, fresh, paths })
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

    fn bytes(&self, id: &str) -> Option<Vec<u8>> {
        let path = ArtifactPath::new(self.paths.get(id)?).ok()?;
        read_artifact(&self.output, &path).ok()?
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
        let bytes = |id: &str| self.built.bytes(id).map(Cow::Owned);
        masked_digest(job, &self.prepared.links, &bytes)
    }

    fn block(&self, job: &Job, name: &str) -> Option<String> {
        rendered_block(&self.stage, self.engine, job, name)
    }
}
