//! Jobs: what to build, and from what.

mod job;
mod keys;
mod missing;
mod page_times;
mod picture_parts;
mod plan_jobs;

pub use job::{Form, Job, Part};
pub use keys::{Keys, PlacementDigests};
pub use missing::{Missing, RowKey, missing, plan_if_all_were_right};
pub use page_times::PageTimes;
pub use plan_jobs::plan_jobs;
