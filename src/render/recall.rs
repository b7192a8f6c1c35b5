//! Jobs that need not be rendered, because it is known what comes of them. Must not know how that
//! is known.

use super::Stage;
use crate::artifact::pages::PagePolicy;
use crate::graph::Job;
use crate::model::Digest;

/// What came of a job when it was rendered from the same facts, without a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// A file for each part of the job, in their order.
    pub files: Vec<RecalledFile>,
    /// The links that it shows, by their numbers among its own ([`own_links`]).
    pub used: Vec<u32>,
}

/// A file that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecalledFile {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: usize,
    /// What a page may load and run.
    pub policy: Option<PagePolicy>,
}

/// Asked for each job before it is rendered, by its index.
pub type Recall<'r> = &'r (dyn Fn(usize) -> Option<Recalled> + Sync);

/// The links of a job's placements, in order.
pub fn own_links(stage: &Stage<'_>, job: &Job) -> Vec<u32> {
    let links = job.placements.iter().flat_map(|at| stage.links.range_of(*at));
    links.map(|link| link as u32).collect()
}
