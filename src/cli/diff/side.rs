//! One side of a comparison: an output folder, or what a build would make now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::artifact::{link_columns, link_row};
use crate::cli::console::Console;
use crate::cli::plan::{Base, Target, digests, target_of, world};
use crate::cli::prepare::Prepared;
use crate::decide::{LinkRows, World};
use crate::diag::Diagnostics;
use crate::manifest::{Entry, Manifest};
use crate::model::ArtifactPath;
use crate::store::{read_artifact, read_manifest};

/// A build, wherever it is.
pub(super) struct Build {
    pub(super) name: String,
    pub(super) manifest: Manifest,
    pub(super) links: LinkRows,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    /// By path, with the digest in its name.
    Memory(BTreeMap<String, Vec<u8>>),
}

/// What is known of the facts that a build was made from.
pub(super) enum Known<'p> {
    Kept(Box<Base>),
    Now(&'p Prepared, BTreeMap<String, String>),
}

impl Known<'_> {
    pub(super) fn world(&self) -> World<'_> {
        match self {
            Self::Kept(base) => base.world(),
            Self::Now(prepared, digests) => world(prepared, digests),
        }
    }
}

impl Build {
    /// The build in an output folder.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn in_folder(folder: &Path, name: &str) -> Result<Self> {
        let bytes = read_manifest(folder)?
            .with_context(|| format!("there is no manifest.json in {}", folder.display()))?;
        let manifest = Manifest::parse(&bytes)
            .map_err(anyhow::Error::msg)
            .with_context(|| format!("{} holds no manifest of ours", folder.display()))?;
        let place = Place::Folder(folder.to_path_buf());
        let mut build = Self { name: name.to_owned(), manifest, links: LinkRows::default(), place };
        let table = build.manifest.artifacts.iter().find(|entry| entry.id == "links/links.csv");
        if let Some(table) = table.and_then(|entry| build.read(entry)) {
            build.links = rows_of(&table)?;
        }
        Ok(build)
    }

    /// What a build would make of a workspace. Only what `other` has not is held in memory. Nothing
    /// where something wrong reaches the whole build.
    pub(super) fn now(
        root: &Path,
        prepared: &Prepared,
        other: &Manifest,
        diagnostics: &mut Diagnostics,
        console: &Console,
    ) -> Result<Option<Self>> {
        let known: std::collections::BTreeSet<&str> =
            other.artifacts.iter().map(|entry| entry.path.as_str()).collect();
        let held: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
        let sink = |path: &ArtifactPath, bytes: &[u8]| {
            if !known.contains(path.as_str()) {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.insert(path.to_string(), bytes.to_vec());
            }
            Ok(())
        };
        let made = target_of(root, prepared, &sink, diagnostics, console)?;
        let Some(Target { manifest, report, .. }) = made else { return Ok(None) };
        let columns = link_columns().map(str::to_owned).collect();
        let mut links = LinkRows::new(columns);
        let shown = prepared.links.links.iter().zip(report.live).filter(|(_, live)| *live);
        for (link, _) in shown {
            if let Some(cells) = link_row(&prepared.documents, &prepared.facts, link) {
                links.add(&link.id, cells);
            }
        }
        let held = held.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (name, place) = ("a build now".to_owned(), Place::Memory(held));
        Ok(Some(Self { name, manifest, links, place }))
    }

    /// The bytes of an artifact.
    pub(super) fn read(&self, entry: &Entry) -> Option<Vec<u8>> {
        match &self.place {
            Place::Folder(folder) => {
                read_artifact(folder, &ArtifactPath::new(&entry.path).ok()?).ok()?
            }
            Place::Memory(held) => held.get(&entry.path).cloned(),
        }
    }

    /// The facts that it was made from, as far as copies are kept in the workspace.
    pub(super) fn kept(&self, root: &Path) -> Option<Known<'static>> {
        Some(Known::Kept(Box::new(Base::of(root, &self.manifest)?)))
    }

    /// The facts of the workspace as it is.
    pub(super) fn facts_now<'p>(&self, prepared: &'p Prepared) -> Known<'p> {
        Known::Now(prepared, digests(&self.manifest))
    }
}

/// The rows of links.csv.
fn rows_of(table: &[u8]) -> Result<LinkRows> {
    let mut reader = csv::Reader::from_reader(table);
    let columns = reader.headers()?.iter().map(str::to_owned).collect();
    let mut rows = LinkRows::new(columns);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        rows.add(record.get(0).unwrap_or(""), &record);
    }
    Ok(rows)
}
