//! `release`, `rollback`, `gc`, `sent`, `audit`, and `verify --to`: one file a command. What is
//! right and in which order it is done is in `publish`; here people are told.

mod args;
mod audit;
mod evidence;
mod expired;
mod gc;
mod make;
mod place;
mod rollback;
mod seal;
mod sent;
mod verify;

pub(super) use args::{
    AUDIT_EXAMPLES, AuditArgs, GC_EXAMPLES, GcArgs, RELEASE_EXAMPLES, ROLLBACK_EXAMPLES,
    ReleaseArgs, RollbackArgs, SENT_EXAMPLES, SentArgs, TargetArgs, age,
};
pub(super) use audit::run as audit;
pub(super) use gc::run as gc;
pub(super) use make::{mistyped, run as release};
pub(super) use place::{Mistyped, Place};
pub(super) use rollback::run as rollback;
pub(super) use sent::run as sent;
pub(super) use verify::run as verify;
