//! Who may sign provenance: OpenSSH's file of allowed signers (`ssh-keygen(1)`, ALLOWED SIGNERS),
//! read strictly. What is not understood is refused and never taken for a permission.

use std::fmt;

use jiff::Timestamp;
use signature::Verifier;
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, Signature};

use crate::model::SourceId;
use crate::source::signer_lines;

/// The purpose that a line with `namespaces` must name.
const NAMESPACE: &str = "throughline-provenance-v1";

/// Keys of people and jobs, as of a time.
#[derive(Clone, Debug, Default)]
pub struct Signers {
    keys: Vec<(String, KeyData)>,
}

/// What is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerFault {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for SignerFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.what)
    }
}

impl Signers {
    /// Reads the file; keys that may not sign provenance at `now` are left out.
    ///
    /// # Errors
    /// At the first line that is not understood.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, SignerFault> {
        let mut keys = Vec::new();
        for (span, read) in signer_lines(text, SourceId(0)) {
            let signer = read.map_err(|(what, help)| {
                let before = text.get(..span.start as usize).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                SignerFault { line, what: format!("{what}; {help}") }
            })?;
            // Keys of other kinds sign approvals, not envelopes.
            let may = signer.may_sign_for(NAMESPACE)
                && signer.is_valid(now)
                && signer.key.algorithm() == Algorithm::Ed25519;
            if may {
                keys.push((signer.principals.join(","), signer.key.key_data().clone()));
            }
        }
        Ok(Self { keys })
    }

    /// Whose signature it is.
    pub(super) fn who(&self, message: &[u8], signature: &[u8]) -> Option<String> {
        let signature = Signature::new(Algorithm::Ed25519, signature).ok()?;
        let mut keys = self.keys.iter();
        let found = keys.find(|(_, key)| key.verify(message, &signature).is_ok());
        found.map(|(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

    fn count(line: &str) -> Result<usize, String> {
        let now: Timestamp = "2026-11-27T05:00:00Z".parse().unwrap();
        Signers::read(line, now).map(|found| found.keys.len()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn only_what_is_understood_may_sign() {
        assert_eq!(count(&format!("# comment\n\nci@example.com {KEY} a comment\n")), Ok(1));
        let with = |options: &str| count(&format!("ci@example.com {options} {KEY}"));
        assert_eq!(with("namespaces=\"file,throughline-provenance-v1\""), Ok(1));
        assert_eq!(with("namespaces=\"throughline-approval-v1\""), Ok(0));
        assert_eq!(with("valid-after=\"20260101Z\",valid-before=\"20270101Z\""), Ok(1));
        assert_eq!(with("valid-before=\"202611270459Z\""), Ok(0));
        assert_eq!(with("valid-after=\"20261128Z\""), Ok(0));
        for bad in [
            "cert-authority",
            "valid-after=\"soon\"",
            "valid-after=\"20261399Z\"",
            "valid-after=\"20261128\"",
            "restrict",
        ] {
            assert!(with(bad).unwrap_err().starts_with("line 1: "), "{bad}");
        }
        assert!(count("ci@example.com").is_err());
        assert!(count("ci@example.com ssh-ed25519 AAAA").is_err());
    }
}
