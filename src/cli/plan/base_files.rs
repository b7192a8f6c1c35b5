//! The files of the last build, each held against its digest: what of it may stay.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::artifact::pages::{PageFile, PagePolicy, ROUTES, kept_pages};
use crate::artifact::{
    COST_TEMPLATE, DIM_LINK_SEED, KeptLink, LINKS, TableId, TablesOfLinks, kept_links,
};
use crate::cli::built_tables::BuiltTable;
use crate::cli::named::Files;
use crate::decide::names_in;
use crate::manifest::{ENGINE_EPOCH, Entry, Manifest};

/// What the files of an output folder say.
pub(super) struct BaseFiles {
    /// The digests that each names, by path.
    pub(super) names: BTreeMap<String, BTreeSet<String>>,
    /// What is wrong with those that cannot stay, by id.
    pub(super) broken: BTreeMap<String, String>,
    /// Its live links, sorted by id.
    pub(super) links: Vec<KeptLink>,
    /// Its pages.
    pub(super) pages: Vec<PageFile>,
}

impl BaseFiles {
    /// Reads them all.
    ///
    /// # Errors
    /// Where its tables cannot be trusted, in a sentence.
    pub(super) fn read(files: &Files, manifest: &Manifest) -> Result<Self, String> {
        if manifest.engine_epoch != ENGINE_EPOCH {
            return Err("the output was built by another version of throughline".to_owned());
        }
        let by_id = |id: &str| manifest.artifacts.iter().find(|entry| entry.id == id);
        let table = |id: &str| {
            let entry = by_id(id).ok_or_else(|| format!("the output has no {id}"))?;
            files.read(entry)
        };
        let in_parts = |table: TableId| {
            let found = BuiltTable::of(table, manifest, files);
            found.ok_or_else(|| format!("the output has no {}", table.whole()))?.read()
        };
        let links = kept_links(&TablesOfLinks {
            listed: in_parts(LINKS)?,
            rows: in_parts(DIM_LINK_SEED)?,
            costs: table(COST_TEMPLATE)?,
        })?;
        let mut pages =
            if by_id(ROUTES).is_some() { kept_pages(&table(ROUTES)?)? } else { Vec::new() };
        let stays =
            |entry: &&Entry| entry.kind.campaign.is_some() || entry.id.starts_with("assets/");
        let read: Vec<_> = manifest
            .artifacts
            .par_iter()
            .filter(stays)
            .map(|entry| (entry, files.read(entry).map(|bytes| said(entry, &bytes))))
            .collect();
        let (mut names, mut broken, mut policies) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (entry, found) in read {
            match found {
                Ok((found, policy)) => {
                    names.insert(entry.path.to_string(), found);
                    policies.extend(policy.map(|policy| (entry.path.as_str(), policy)));
                }
                Err(fault) => {
                    broken.insert(entry.id.to_string(), fault);
                }
            }
        }
        for page in &mut pages {
            if let Some(policy) = policies.remove(page.place.to_path().as_str()) {
                page.policy = policy;
            }
        }
        Ok(Self { names, broken, links, pages })
    }
}

/// What a file names, and of a page what it may load.
fn said(entry: &Entry, bytes: &[u8]) -> (BTreeSet<String>, Option<PagePolicy>) {
    let html = entry.route.as_ref().and_then(|_| std::str::from_utf8(bytes).ok());
    (names_in(bytes), html.map(|html| PagePolicy::read(html).0))
}
