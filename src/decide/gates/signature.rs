//! Whose decision a file is: its signature, held against `rules/allowed_signers` as
//! `ssh-keygen -Y verify` would, and no more kindly.

use jiff::Timestamp;
use ssh_key::{HashAlg, PublicKey, SshSig};

use crate::source::{ApprovalFile, NAMESPACE, RevokedKeys, Signers};

/// Who may sign.
#[derive(Clone, Copy, Debug)]
pub struct Keyring<'a> {
    /// `rules/allowed_signers`.
    pub signers: &'a Signers,
    /// `rules/revoked_keys`.
    pub revoked: &'a RevokedKeys,
}

impl Keyring<'_> {
    /// Whether a principal has a key that counts at a time.
    pub fn has_key(&self, principal: &str, now: Timestamp) -> bool {
        let mut all = self.signers.0.iter();
        all.any(|one| {
            let counts = one.may_decide() && one.is_valid(now) && !self.revoked.has(&one.key);
            counts && one.stands_for(principal)
        })
    }

    /// The fingerprint of the key that signed a decision, if that key counts: when it was decided,
    /// and still now. A signature holds no time that could be trusted, so an ended key ends what
    /// it signed.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn signed_by(&self, file: &ApprovalFile, now: Timestamp) -> Result<String, String> {
        self.signature(file, Some(now))
    }

    /// The fingerprint of the key that signed a decision, whatever became of that key since: what
    /// somebody refused or took back stays so when their key ends.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn was_signed_by(&self, file: &ApprovalFile) -> Result<String, String> {
        self.signature(file, None)
    }

    /// Whether a key stands for a principal.
    pub fn stands_for(&self, fingerprint: &str, principal: &str) -> bool {
        let mut lines = self.signers.0.iter();
        lines.any(|one| one.fingerprint == fingerprint && one.stands_for(principal))
    }

    fn signature(&self, file: &ApprovalFile, now: Option<Timestamp>) -> Result<String, String> {
        let approver = &file.statement.predicate.approver;
        let Some(signature) = &file.signature else {
            return Err(format!("it is not signed: there is no {}.json.sig", file.name));
        };
        let signature = SshSig::from_pem(signature)
            .map_err(|error| format!("its signature cannot be read: {error}"))?;
        if signature.namespace() != NAMESPACE {
            let other = signature.namespace().escape_debug().to_string();
            return Err(format!("it was signed for `{other}`, and not for `{NAMESPACE}`"));
        }
        let key = PublicKey::from(signature.public_key().clone());
        let shown = key.fingerprint(HashAlg::Sha256).to_string();
        if now.is_some() && self.revoked.has(&key) {
            return Err(format!("the key {shown} of {approver} is revoked"));
        }
        let lines: Vec<_> = self.signers.of(approver, &key).collect();
        if lines.is_empty() {
            return Err(format!("{shown} is no key of {approver} in rules/allowed_signers"));
        }
        if !lines.iter().any(|one| one.may_decide()) {
            return Err(format!("the key {shown} may not sign decisions: see its namespaces"));
        }
        let valid = |at: Timestamp| lines.iter().any(|one| one.may_decide() && one.is_valid(at));
        if now.is_some() && !valid(file.at) {
            return Err(format!("the key {shown} did not count when it was decided"));
        }
        if now.is_some_and(|now| !valid(now)) {
            return Err(format!("the key {shown} of {approver} has ended"));
        }
        let fits = key.verify(NAMESPACE, &file.bytes, &signature);
        fits.map_err(|_| "its text is not what was signed".to_owned())?;
        Ok(shown)
    }
}
