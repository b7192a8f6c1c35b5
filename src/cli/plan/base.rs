//! What the last build was made from, as far as anybody still knows.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::prepare::Prepared;
use crate::decide::World;
use crate::diag::Diagnostics;
use crate::load::{Inputs, load_kept};
use crate::manifest::{Manifest, SourceEntry};
use crate::model::Digest;
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

impl Base {
    /// Resolves it from the copies of its files. Nothing where one of them is gone.
    pub(in crate::cli) fn of(root: &Path, manifest: &Manifest) -> Option<Self> {
        Self::from(root, &manifest.sources, manifest.as_of.as_deref())
    }

    /// Everything that a build was made from: where only a part went out, also what the rest was
    /// made from, first.
    pub(in crate::cli) fn all(root: &Path, manifest: &Manifest) -> Option<Vec<Self>> {
        let rest = manifest.selection.as_ref();
        let rest = rest.map(|rest| Self::from(root, &rest.sources, rest.as_of.as_deref()));
        rest.into_iter().chain([Self::of(root, manifest)]).collect()
    }

    fn from(root: &Path, of: &[SourceEntry], as_of: Option<&str>) -> Option<Self> {
        let mut kept = Vec::new();
        for source in of {
            if source.path == "throughline.lock" {
                continue;
            }
            let bytes = if source.path.starts_with("assets/") {
                source.sha256.clone().into_bytes()
            } else {
                kept_source(root, Digest::from_hex(&source.sha256)?)?
            };
            kept.push((source.path.clone(), bytes));
        }
        // What was wrong then was told then.
        let mut told = Diagnostics::new();
        let Inputs { sources, workspace } = load_kept(kept, &mut told);
        let as_of = match as_of {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        let mut documents = read_documents(workspace?, &sources, &mut told);
        let facts = resolve(&mut documents, &sources, as_of, &mut told);
        Some(Self { sources, documents, facts, digests: digests_of(of) })
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
