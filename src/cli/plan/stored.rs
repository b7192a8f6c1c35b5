//! A plan as `plan -o` wrote it, read again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::document::SCHEMA;
use crate::load::read_file;
use crate::manifest::{Entry, EntryKind, Manifest, Names, Root, SourceEntry};
use crate::model::Digest;

/// What is read of a plan.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct StoredPlan {
    schema: String,
    pub(in crate::cli) base: Option<String>,
    pub(in crate::cli) target: String,
    pub(super) as_of: Option<String>,
    pub(super) engine_epoch: u32,
    pub(super) changes: Vec<StoredChange>,
    pub(super) sources: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) selection: StoredSelection,
    /// Its file, as people call it.
    #[serde(skip)]
    pub(in crate::cli) shown: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct StoredSelection {
    pub(super) only: Vec<String>,
    pub(super) exclude: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StoredChange {
    pub(super) id: String,
    pub(super) class: String,
    pub(super) sha256: Digest,
    path: String,
    size: usize,
    media_type: String,
}

/// Largest plan, in bytes.
const MAX_PLAN: u64 = 256_000_000;

impl StoredPlan {
    /// Reads a file. The inner error says why it is no plan.
    pub(in crate::cli) fn read(path: &Path) -> Result<std::result::Result<Self, String>> {
        let bytes = read_file(path, MAX_PLAN)
            .map_err(|fault| anyhow::Error::msg(fault.to_string()))
            .with_context(|| format!("cannot read {}", path.display()))?;
        let shown = path.display().to_string();
        Ok(match serde_json::from_slice::<Self>(&bytes) {
            Ok(stored) if stored.schema != SCHEMA => {
                Err(format!("{shown} is a plan of another version"))
            }
            Ok(stored) => Ok(Self { shown, ..stored }),
            Err(error) => Err(format!("{shown} is no plan: {error}")),
        })
    }

    /// Whether only a part of the workspace goes out.
    pub(in crate::cli) fn is_of_a_part(&self) -> bool {
        !self.selection.only.is_empty() || !self.selection.exclude.is_empty()
    }

    /// The ids that it says something of. Of all others it only says that nothing becomes of them,
    /// in what it was planned against.
    pub(in crate::cli) fn ids(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(|change| change.id.as_str())
    }

    /// What it would make, as far as it says and its base tells: digests and sizes, without files.
    pub(in crate::cli) fn manifest(&self, base: Option<&Manifest>) -> Manifest {
        let entries = base.into_iter().flat_map(|base| &base.artifacts);
        let mut entries: BTreeMap<String, Entry> =
            entries.map(|entry| (entry.id.to_string(), entry.clone())).collect();
        for change in &self.changes {
            if change.class == "removed" {
                entries.remove(&change.id);
                continue;
            }
            let made = change.entry();
            let entry = entries.entry(change.id.clone()).or_insert_with(|| made.clone());
            (entry.path, entry.sha256, entry.size) = (made.path, made.sha256, made.size);
        }
        let sources = self
            .sources
            .iter()
            .map(|(path, sha256)| SourceEntry { path: path.clone(), sha256: sha256.clone() });
        let artifacts: Vec<Entry> = entries.into_values().collect();
        let empty = Manifest::new(String::new(), self.as_of.clone(), sources.collect(), Vec::new());
        let root = Root { hash: self.target.clone(), size: artifacts.len(), ..empty.root };
        Manifest { artifacts, root, engine_epoch: self.engine_epoch, ..empty }
    }
}

impl StoredChange {
    fn entry(&self) -> Entry {
        let media_type = self.media_type.as_str().into();
        Entry {
            id: self.id.as_str().into(),
            kind: Arc::new(EntryKind { media_type, ..EntryKind::default() }),
            offers: Names::default(),
            partners: Names::default(),
            path: self.path.as_str().into(),
            route: None,
            sha256: self.sha256,
            size: self.size,
        }
    }
}
