//! `review`, `approve`, `reject`, `revoke`: what people are asked, and what they answer.

mod args;
mod before;
mod deciding;
mod looking;
mod people;
mod review;

pub(super) use args::{DECIDE_EXAMPLES, DecideArgs, REVIEW_EXAMPLES, ReviewArgs, RevokeArgs};
pub(super) use deciding::{decide, revoke};
pub(super) use review::run as review;
