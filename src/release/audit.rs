//! Who did what and when, each entry with the digest of the one before. Nothing is ever taken out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Versioned, canonical, parse};
use crate::model::Digest;

/// An entry of the audit log. Fields stand in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// What was done: release, rollback, gc, sent.
    pub action: String,
    /// Who did it.
    pub actor: String,
    /// What it was done to.
    pub data: Value,
    /// SHA-256 of the entry before, as it lies there; nothing for the first.
    pub prev: Option<String>,
    /// The version of the format.
    pub schema: String,
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// When, RFC 3339.
    pub ts: String,
}

impl Versioned for AuditEntry {
    const SCHEMA: &'static str = "https://throughline.dev/audit/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl AuditEntry {
    /// An entry after another: its number and the digest of its bytes.
    pub fn after(
        last: Option<(u64, Digest)>,
        (action, actor, ts): (&str, &str, String),
        data: Value,
    ) -> Self {
        Self {
            action: action.to_owned(),
            actor: actor.to_owned(),
            data,
            prev: last.map(|(_, digest)| digest.hex()),
            schema: Self::SCHEMA.to_owned(),
            seq: last.map_or(1, |(seq, _)| seq + 1),
            ts,
        }
    }

    /// Reads one, and holds it against the place where it lies.
    ///
    /// # Errors
    /// Where it is none of this place, in a few words.
    pub fn parse(bytes: &[u8], seq: u64) -> Result<Self, String> {
        let one: Self = parse(bytes)?;
        if one.seq != seq {
            return Err(format!("it says that it is number {}", one.seq));
        }
        if canonical(&one) != bytes {
            return Err("it is not written as throughline writes it".to_owned());
        }
        Ok(one)
    }

    /// The publication that it records: of which environment, and its number.
    pub fn publication(&self) -> Option<(&str, u64)> {
        let ours = matches!(self.action.as_str(), "release" | "rollback");
        ours.then_some(())?;
        Some((self.data.get("env")?.as_str()?, self.data.get("seq")?.as_u64()?))
    }
}

/// Checks entries that follow each other. `before` is the digest of the one before the first.
///
/// # Errors
/// At the first that does not fit, in a sentence.
pub fn check_audit(before: Option<&str>, entries: &[(AuditEntry, Digest)]) -> Result<(), String> {
    let mut before = before.map(str::to_owned);
    let mut number: Option<u64> = None;
    for (one, digest) in entries {
        if number.is_some_and(|number| number.checked_add(1) != Some(one.seq)) {
            return Err(format!("entry {} is missing", number.unwrap_or_default() + 1));
        }
        if one.prev != before {
            return Err(format!(
                "entry {} was not written after the one before it: one of the two was exchanged",
                one.seq
            ));
        }
        number = Some(one.seq);
        before = Some(digest.hex());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_that_is_changed_is_found() {
        let mut last = None;
        let mut all = Vec::new();
        for at in 0..3 {
            let data =
                serde_json::json!({ "seq": at, "env": "production", "b": { "z": 1, "a": 2 } });
            let entry =
                AuditEntry::after(last, ("release", "ops", "2026-11-27T05:00:00Z".into()), data);
            let bytes = canonical(&entry);
            assert_eq!(bytes.strip_suffix(b"\n").unwrap(), serde_jcs::to_vec(&entry).unwrap());
            last = Some((entry.seq, Digest::of(&bytes)));
            all.push(bytes);
        }
        let check = |all: &[Vec<u8>]| -> Result<(), String> {
            let read = all
                .iter()
                .zip(1..)
                .map(|(bytes, seq)| Ok((AuditEntry::parse(bytes, seq)?, Digest::of(bytes))));
            let read = read.collect::<Result<Vec<_>, String>>()?;
            check_audit(None, &read)?;
            // The head is kept elsewhere too: in the pointer.
            let head = last.map(|(_, digest)| digest);
            (read.last().map(|(_, digest)| *digest) == head).then_some(()).ok_or("head".to_owned())
        };
        check(&all).unwrap();
        for entry in 0..3 {
            for at in 0..all[entry].len() {
                let mut altered = all.clone();
                altered[entry][at] ^= 1;
                assert!(check(&altered).is_err(), "entry {entry}, byte {at}");
            }
        }
        assert!(check(&all[..2]).is_err());
    }
}
