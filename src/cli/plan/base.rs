//! What the last build was made from, as far as anybody still knows.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::cli::prepare::Prepared;
use crate::decide::World;
use crate::diag::Diagnostics;
use crate::load::{Inputs, load_kept};
use crate::manifest::{Manifest, SourceEntry};
use crate::model::Digest;
use crate::report::count;
use crate::resolve::{Facts, resolve};
use crate::source::{Documents, Sources, read_documents};
use crate::store::kept_source;

/// The workspace that a manifest was built from, resolved again.
pub(in crate::cli) struct Base {
    sources: Sources,
    documents: Documents,
    facts: Facts,
    digests: BTreeMap<String, String>,
}

/// The files that a build was made from and of which no copy is kept here; none where there are
/// copies and they cannot be read any more.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Gone(Vec<String>);

/// Files that are named.
const NAMED: usize = 3;

impl std::fmt::Display for Gone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(files) = self;
        if files.is_empty() {
            return formatter.write_str("the copies of its files cannot be read any more");
        }
        let named = files.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if files.len() > NAMED { ", …" } else { "" };
        let how_many = count(files.len(), "file");
        write!(formatter, "no copy is kept here of {how_many} that it was made from: {named}{more}")
    }
}

impl Base {
    /// Resolves it from the copies of its files.
    ///
    /// # Errors
    /// Where one of them is gone.
    pub(in crate::cli) fn of(root: &Path, manifest: &Manifest) -> Result<Self, Gone> {
        Self::from(root, &manifest.sources, manifest.as_of.as_deref())
    }

    /// Everything that a build was made from: where only a part went out, also what the rest was
    /// made from, first.
    ///
    /// # Errors
    /// Where a copy is gone.
    pub(in crate::cli) fn all(root: &Path, manifest: &Manifest) -> Result<Vec<Self>, Gone> {
        let rest = manifest.selection.as_ref();
        let rest = rest.map(|rest| Self::from(root, &rest.sources, rest.as_of.as_deref()));
        rest.into_iter().chain([Self::of(root, manifest)]).collect()
    }

    fn from(root: &Path, of: &[SourceEntry], as_of: Option<&str>) -> Result<Self, Gone> {
        let (mut kept, mut gone) = (Vec::new(), Gone::default());
        for source in of {
            if source.path == "throughline.lock" {
                continue;
            }
            let copy = || kept_source(root, Digest::from_hex(&source.sha256)?);
            if source.path.starts_with("assets/") {
                kept.push((source.path.clone(), source.sha256.clone().into_bytes()));
            } else if let Some(bytes) = copy() {
                kept.push((source.path.clone(), bytes));
            } else {
                gone.0.push(source.path.clone());
            }
        }
        if !gone.0.is_empty() {
            return Err(gone);
        }
        // What was wrong then was told then.
        let mut told = Diagnostics::new();
        let Inputs { sources, workspace } = load_kept(kept, &mut told);
        let as_of = as_of.map(str::parse::<Timestamp>).transpose().map_err(|_| Gone::default())?;
        let mut documents =
            read_documents(workspace.ok_or_else(Gone::default)?, &sources, &mut told);
        let facts = resolve(&mut documents, &sources, as_of, &mut told);
        Ok(Self { sources, documents, facts, digests: digests_of(of) })
    }

    /// It as a world.
    pub(in crate::cli) fn world(&self) -> World<'_> {
        let Self { sources, documents, facts, digests } = self;
        World { sources, documents, facts, digests }
    }
}

/// The digests of the files that a manifest names.
pub(in crate::cli) fn digests(manifest: &Manifest) -> BTreeMap<String, String> {
    digests_of(&manifest.sources)
}

fn digests_of(sources: &[SourceEntry]) -> BTreeMap<String, String> {
    let sources = sources.iter();
    sources.map(|source| (source.path.clone(), source.sha256.clone())).collect()
}

/// The workspace as it is now.
pub(in crate::cli) fn world<'a>(
    prepared: &'a Prepared,
    digests: &'a BTreeMap<String, String>,
) -> World<'a> {
    let Prepared { sources, documents, facts, .. } = prepared;
    World { sources, documents, facts, digests }
}
