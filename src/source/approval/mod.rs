//! decisions/approvals/*.json: what somebody decided, as an in-toto statement
//! (<https://in-toto.io/Statement/v1>), one a file, with its signature beside it.

mod signers;
mod statement;

use jiff::Timestamp;

pub use signers::{
    Fault as SignerLineFault, RevokedKeys, Signer, Signers, read_revoked_keys, read_signers,
    signer_lines,
};
pub use statement::{
    Decision, Digests, Item, MAX_VALUE, Predicate, STATEMENT_TYPE, Statement, StatementSubject,
    parse_statement,
};

/// What signatures of decisions are for: OpenSSH keeps them apart from all others by it.
pub const NAMESPACE: &str = "throughline-approval-v1";

/// What a decision says.
pub const PREDICATE_TYPE: &str = "https://throughline.dev/approval/v1";

/// A decision as it lies in its folder.
#[derive(Clone, Debug)]
pub struct ApprovalFile {
    /// The file's name, without `.json`.
    pub name: String,
    /// Its bytes: those that were signed.
    pub bytes: Vec<u8>,
    /// The signature as `ssh-keygen -Y sign` writes it; nothing where there is none.
    pub signature: Option<Vec<u8>>,
    /// What it says.
    pub statement: Statement,
    /// When it was decided.
    pub at: Timestamp,
    /// Until when it counts, where it says so itself.
    pub expires: Option<Timestamp>,
}
