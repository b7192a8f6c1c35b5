//! Jobs: what to build, and from what.

mod job;
mod plan_jobs;

pub use job::{Form, Job, Part};
pub use plan_jobs::plan_jobs;
