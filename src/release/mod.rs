//! What a release target holds: where each document lies, what it says, and how one leads to the
//! next. A chain that does not fit is told and never mended here.
//!
//! Values in, values out: `store` reads and writes what this describes, `publish` says in which
//! order.

mod audit;
mod hold;
mod key;
mod pointer;
mod provenance;
mod signers;
mod site;

pub use audit::{AuditEntry, check_audit};
pub use hold::{Kept, Lease, Sent, Tombstone, TombstoneState};
pub use key::{EnvName, Key, KeyKind, seq_of};
pub use pointer::{
    Act, Evidence, Pointer, Publication, check_history, check_pointer, live_publications,
};
pub use provenance::{Envelope, Provenance, SignatureFault, Signer, SigningFault, statement};
pub use signers::{SignerFault, Signers};
pub(crate) use site::routes_entry;
pub use site::{SiteFile, SitePlan, site_plan};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Canonical JSON (RFC 8785) with a line end. Fields stand in the order of their names, names are
/// ASCII and there are no floats.
pub fn canonical(document: &impl Serialize) -> Vec<u8> {
    // Plain structs with text keys always serialise.
    let mut bytes = serde_json::to_vec(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reads a document of a target, with its version.
///
/// # Errors
/// Where it is not one of this kind, in a few words.
fn parse<T: DeserializeOwned + Versioned>(bytes: &[u8]) -> Result<T, String> {
    let document: T = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if document.schema() != T::SCHEMA {
        return Err(format!(
            "its schema is `{}`, and this throughline reads `{}`",
            document.schema().escape_debug(),
            T::SCHEMA
        ));
    }
    Ok(document)
}

/// A document that says which version of its format it is.
trait Versioned {
    const SCHEMA: &'static str;
    fn schema(&self) -> &str;
}
