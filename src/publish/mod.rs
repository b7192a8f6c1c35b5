//! In which order a target is written, so that whoever reads it sees one whole release, and of two
//! that publish at once one is told. Also: what is checked before anything goes live, going back,
//! cleaning up, and the audit log.
//!
//! Everything goes through `store`; nothing here decides whether a release may go out, and nothing
//! says a word to people.

mod audit;
mod blobs;
mod commit;
mod documents;
mod fault;
mod find;
mod gc;
mod history;
mod lease;
mod marks;
mod parallel;
mod release;
mod rollback;
mod run;
mod sent;
mod state;
mod tombstones;
mod verify;

pub use audit::{Chain, read_audit};
pub use documents::known_manifest;
pub use fault::{PublishFault, Stop};
pub use find::{FoundRelease, Which, find_release, last_releases};
pub use gc::{Collected, GcWanted, collect};
pub use history::{PastPublication, past_publications};
pub use release::{Documents, Evidences, Outcome, Published, Sealed, dry_run, release};
pub use rollback::{Past, find_past, rollback, settle};
pub use run::Run;
pub use sent::record_sent;
pub use state::{Live, State, read_state};
pub use verify::{Checked, VerifyWanted, verify_target};
