//! The statement of a decision: read strictly, written in one form only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PREDICATE_TYPE;
use crate::model::Digest;

/// The type of in-toto's statements.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// A statement. Fields stand in the order of their names, which is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// What was decided.
    pub predicate: Predicate,
    /// [`PREDICATE_TYPE`].
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What it was decided on: one gate for one scope, with the digest of everything in it.
    pub subject: Vec<StatementSubject>,
}

/// What it was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementSubject {
    /// Its digest.
    pub digest: Digests,
    /// `legal:bf26/lumen`.
    pub name: String,
}

/// A digest, as in-toto writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// 64 hex digits.
    pub sha256: String,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It may go out.
    Approve,
    /// It may not, until the same person says otherwise.
    Reject,
    /// An earlier decision counts no more.
    Revoke,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Predicate {
    /// When, RFC 3339 in UTC.
    pub approved_on: String,
    /// Who: a principal of `rules/allowed_signers`.
    pub approver: String,
    /// Since when it was asked, as far as facts told.
    pub asked_on: Option<String>,
    /// In their own words.
    pub comment: String,
    /// What.
    pub decision: Decision,
    /// Until when it counts.
    pub expires_on: Option<String>,
    /// The gate.
    pub gate: String,
    /// What was looked at, sorted by id.
    pub items: Vec<Item>,
    /// When the packet was made that was looked at.
    pub opened_on: Option<String>,
    /// The digest of that packet.
    pub packet: Option<Digests>,
    /// The digests of the statements that count no more.
    pub revokes: Vec<Digests>,
    /// In which role.
    pub role: String,
    /// The digest of what the gate's rule says that it watches.
    pub rule: Digests,
    /// The scope: `bf26/lumen`.
    pub scope: String,
    /// The values that were watched, each once, by their digests.
    pub values: BTreeMap<String, String>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The digest of its bytes, without the addresses of tracked links; nothing where bytes are
    /// not watched.
    pub bytes: Option<Digests>,
    /// What was watched of it: the digest of its value, 64 hex digits, by its name.
    pub facets: BTreeMap<String, String>,
    /// The artifact, or the source file.
    pub id: String,
}

/// Longest value that a statement repeats, in bytes. Longer ones are known by their digests alone.
pub const MAX_VALUE: usize = 64_000;

impl Digests {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Digest::of(bytes).hex() }
    }
}

impl Item {
    /// The digest of what is watched of it: an approval counts for just this.
    pub fn digest(&self) -> String {
        let bytes = self.bytes.as_ref().map(|bytes| bytes.sha256.as_str());
        let value = (bytes, &self.facets, self.id.as_str());
        Digest::of(&serde_json::to_vec(&value).unwrap_or_default()).hex()
    }
}

impl Statement {
    /// The bytes that are signed: canonical JSON (RFC 8785) and a line end.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain structs with text keys always serialise.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Reads a statement and its times.
///
/// # Errors
/// What is wrong with it.
pub fn parse_statement(bytes: &[u8]) -> Result<(Statement, Timestamp, Option<Timestamp>), String> {
    let statement: Statement =
        serde_json::from_slice(bytes).map_err(|error| format!("it is not a decision: {error}"))?;
    let Predicate { approved_on, expires_on, gate, scope, items, .. } = &statement.predicate;
    if statement.kind != STATEMENT_TYPE || statement.predicate_type != PREDICATE_TYPE {
        return Err(format!("it is no decision of the form {PREDICATE_TYPE}"));
    }
    let time = |text: &String| {
        let parsed = text.parse::<Timestamp>();
        parsed.map_err(|_| format!("`{text}` is not a time with its offset"))
    };
    let (at, expires) = (time(approved_on)?, expires_on.as_ref().map(time).transpose()?);
    match statement.subject.as_slice() {
        [one] if one.name == format!("{gate}:{scope}") => {}
        _ => return Err("its subject is not its gate and scope".to_owned()),
    }
    if !items.windows(2).all(|two| matches!(two, [a, b] if a.id < b.id)) {
        return Err("its items are not sorted, or one stands in it twice".to_owned());
    }
    let values = &statement.predicate.values;
    if values.iter().any(|(digest, text)| Digest::of(text.as_bytes()).hex() != *digest) {
        return Err("a value in it is not the one of its digest".to_owned());
    }
    // Nobody signed another text of the same meaning.
    if statement.to_bytes() != bytes {
        return Err("it is not written as throughline writes decisions: somebody edited it".into());
    }
    Ok((statement, at, expires))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Statement {
        let digest = Digest::of(b"30").hex();
        let facets = [("offers:a.value".to_owned(), digest.clone())].into();
        Statement {
            kind: STATEMENT_TYPE.to_owned(),
            predicate: Predicate {
                approved_on: "2026-11-25T21:40:00Z".into(),
                approver: "p.shah@northwind.example".into(),
                asked_on: None,
                comment: "é \u{7f} fine".into(),
                decision: Decision::Approve,
                expires_on: Some("2026-12-09T21:40:00Z".into()),
                gate: "legal".into(),
                items: vec![Item { bytes: None, facets, id: "email/a.html".into() }],
                opened_on: None,
                packet: Some(Digests::of(b"packet")),
                revokes: Vec::new(),
                role: "legal".into(),
                rule: Digests::of(b"rule"),
                scope: "bf26/lumen".into(),
                values: [(digest, "30".to_owned())].into(),
            },
            predicate_type: PREDICATE_TYPE.to_owned(),
            subject: vec![StatementSubject {
                digest: Digests::of(b"x"),
                name: "legal:bf26/lumen".into(),
            }],
        }
    }

    #[test]
    fn the_form_is_canonical_and_comes_back() {
        let (statement, bytes) = (sample(), sample().to_bytes());
        let (body, end) = bytes.split_at(bytes.len() - 1);
        assert_eq!(end, b"\n");
        assert_eq!(body, serde_jcs::to_vec(&statement).unwrap());
        let (read, at, expires) = parse_statement(&bytes).unwrap();
        assert_eq!(read, statement);
        assert!(expires.unwrap() > at);
    }

    #[test]
    fn another_text_of_the_same_meaning_is_refused() {
        let text = String::from_utf8(sample().to_bytes()).unwrap();
        for (from, to) in [
            (":null", ": null"),
            ("}\n", "}"),
            ("\"scope\":\"bf26/lumen\"", "\"scope\":\"bf26/ardent\""),
            ("\"_type\":", "\"more\":1,\"_type\":"),
            ("21:40:00Z", "21:40"),
            ("approval/v1", "approval/v2"),
        ] {
            let edited = text.replacen(from, to, 1);
            assert_ne!(edited, text);
            assert!(parse_statement(edited.as_bytes()).is_err(), "{from} -> {to}");
        }
    }

    #[test]
    fn an_item_is_its_values_and_its_bytes() {
        let item = sample().predicate.items.remove(0);
        let mut other = item.clone();
        other.facets.values_mut().for_each(|facet| *facet = Digest::of(b"25").hex());
        assert_ne!(other.digest(), item.digest());
        let mut other = item.clone();
        other.bytes = Some(Digests::of(b"bytes"));
        assert_ne!(other.digest(), item.digest());
        let mut other = sample();
        other.predicate.values.values_mut().for_each(|text| *text = "25".to_owned());
        assert!(parse_statement(&other.to_bytes()).unwrap_err().contains("digest"));
    }
}
