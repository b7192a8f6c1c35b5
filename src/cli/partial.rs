//! Where only a part of a build goes out: what of the last one stays.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::prepare::{Prepared, now};
use crate::artifact::KeptLink;
use crate::artifact::pages::PageFile;
use crate::graph::Job;
use crate::link::{Minting, Recording};
use crate::manifest::{Entry, Head, Selected};
use crate::store::manifest_bytes;

/// Which jobs go out, and what stays.
#[derive(Debug)]
pub(super) struct Partial {
    /// The root of the last build.
    pub(super) base: String,
    /// The jobs, by the id of their first artifact.
    pub(super) chosen: BTreeSet<String>,
    /// Where the files go that they make.
    pub(super) paths: BTreeSet<String>,
    /// Artifacts and assets of the last build.
    pub(super) entries: Vec<Entry>,
    /// Links that only they show, sorted by id.
    pub(super) links: Vec<KeptLink>,
    /// The pages among them.
    pub(super) pages: Vec<PageFile>,
    /// What the manifest says of it; nothing where nothing is held off.
    pub(super) selected: Option<Selected>,
}

impl Partial {
    /// Whether an output is still the one of which something is to stay.
    pub(super) fn still_fits(&self, output: &Path) -> Result<bool> {
        let head = manifest_bytes(output)?.map(|bytes| Head::parse(&bytes));
        Ok(head.is_some_and(|one| one.is_ok_and(|one| one.root().hash == self.base)))
    }

    /// Whether a job goes out.
    pub(super) fn builds(&self, job: &Job) -> bool {
        job.parts.first().is_some_and(|part| self.chosen.contains(part.path.as_str()))
    }

    /// The ids and meanings that are recorded: those of what goes out.
    pub(super) fn minting(&self, prepared: &Prepared) -> Minting {
        let Prepared { documents, facts, links, jobs, minting, .. } = prepared;
        let placements: BTreeSet<usize> = jobs
            .iter()
            .filter(|job| self.builds(job))
            .flat_map(|job| job.placements.iter().copied())
            .collect();
        let clock = || prepared.as_of.unwrap_or_else(now);
        let goes_out = |placement: usize| placements.contains(&placement);
        minting.only(documents, facts, links, Recording::Allowed(&clock), &goes_out)
    }
}
