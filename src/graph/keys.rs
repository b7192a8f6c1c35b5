//! Keys of jobs: digests of everything that a job reads and that can differ from one job to the
//! next. What all jobs share goes into each of them. Must not guess: what a job may read counts
//! as read.

use rayon::prelude::*;

use super::{Job, PageTimes, Part};
use crate::model::{Digest, Fields};
use crate::source::PageForm;

/// The keys of a workspace's jobs.
pub struct Keys(Vec<Digest>);

/// What is known of each placement.
#[derive(Clone, Copy, Debug)]
pub struct PlacementDigests<'d> {
    /// What it is made from, its links left out.
    pub made_from: &'d [Digest],
    /// What tables say of it and its links.
    pub listed: &'d [Digest],
}

impl Keys {
    /// `shared` is the digest of everything that any job may read besides its own rows and links.
    pub fn new(jobs: &[Job], shared: &Digest, placements: PlacementDigests<'_>) -> Self {
        let keys = jobs
            .par_iter()
            .map_init(Fields::default, |fields, job| key_of(job, shared, placements, fields));
        Self(keys.collect())
    }

    /// The key of a job by its place.
    pub fn of(&self, job: usize) -> Option<&Digest> {
        self.0.get(job)
    }
}

/// The key of a job.
fn key_of(
    job: &Job,
    shared: &Digest,
    of_placements: PlacementDigests<'_>,
    fields: &mut Fields,
) -> Digest {
    let Job { kind, campaign, asset, recipe, placements, per_placement, route, times, parts } = job;
    fields
        .bytes(shared.as_bytes())
        .number(*kind as u64)
        .number(*campaign as u64)
        .number(*asset as u64)
        .number(*recipe as u64)
        .number(u64::from(*per_placement))
        .optional(route.as_deref())
        .number(u64::from(times.is_some()));
    if let Some(PageTimes { opens, closes, redirects }) = times {
        for time in [Some(opens), Some(closes), redirects.as_ref()] {
            let nanoseconds = time.map(|time| time.as_nanosecond().to_le_bytes());
            fields.bytes(nanoseconds.as_ref().map_or(&[], |bytes| bytes));
        }
    }
    fields.number(parts.len() as u64);
    for Part { path, form, template, page } in parts {
        fields
            .text(path.as_str())
            .optional(template.as_deref())
            .number(*form as u64)
            .optional(page.map(PageForm::name));
    }
    let PlacementDigests { made_from, listed } = of_placements;
    for at in placements {
        fields.digest(made_from.get(*at)).digest(listed.get(*at));
    }
    fields.finish()
}
