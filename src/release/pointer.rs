//! What an environment serves, and everything that it has served.
//!
//! A publication is written before the pointer that makes it live, so one can be there that never
//! was live: a run was killed in between, or lost to another. Each says which one it follows, so
//! that walking back from the pointer finds those that were live, and only those.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{EnvName, Versioned, canonical, parse};
use crate::model::Digest;

/// Why something was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// What was built goes out.
    Release,
    /// What was out before goes out again.
    Rollback,
}

impl Act {
    /// Its name in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Rollback => "rollback",
        }
    }
}

/// A document that a publication rests on: what was decided, and the provenance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its name in the folder of the release.
    pub name: String,
    /// 64 hex digits: the blob that holds it.
    pub sha256: String,
    /// In bytes.
    pub size: usize,
}

/// One publication. Fields stand in the order of their names, which is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Release or rollback.
    pub act: Act,
    /// SHA-256 of the last entry of the audit log when this was written.
    pub audit_head: Option<String>,
    /// The number of that entry; 0 where there was none.
    pub audit_seq: u64,
    /// The reason that was given.
    pub because: Option<String>,
    /// Who published it.
    pub by: String,
    /// The environment.
    pub env: String,
    /// What it rests on, by name.
    pub evidence: Vec<Evidence>,
    /// The number of the publication that was live when this was written.
    pub follows: Option<u64>,
    /// The id of the run, so that no two are alike.
    pub id: String,
    /// SHA-256 of the manifest's bytes.
    pub manifest: String,
    /// SHA-256 of the publication with the number before, whether or not it was ever live.
    pub prev: Option<String>,
    /// The root that was live before.
    pub previous: Option<String>,
    /// When, RFC 3339.
    pub published: String,
    /// The root.
    pub release: String,
    /// The version of the format.
    pub schema: String,
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// After this time nobody should believe that nothing newer was published, RFC 3339.
    pub valid_until: Option<String>,
}

/// What is live: a publication, in few words. Fields stand in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    /// As the publication has it.
    pub audit_head: Option<String>,
    /// As the publication has it.
    pub audit_seq: u64,
    /// Who published it.
    pub by: String,
    /// SHA-256 of the publication's bytes.
    pub entry: String,
    /// The environment.
    pub env: String,
    /// SHA-256 of the manifest's bytes.
    pub manifest: String,
    /// The root that was live before.
    pub previous: Option<String>,
    /// When, RFC 3339.
    pub published: String,
    /// The root.
    pub release: String,
    /// The version of the format.
    pub schema: String,
    /// The number of the publication.
    pub seq: u64,
    /// As the publication has it.
    pub valid_until: Option<String>,
}

impl Versioned for Publication {
    const SCHEMA: &'static str = "https://throughline.dev/publication/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Versioned for Pointer {
    const SCHEMA: &'static str = "https://throughline.dev/pointer/v1";
    fn schema(&self) -> &str {
        &self.schema
    }
}

impl Publication {
    /// The version of the format.
    pub fn schema_name() -> String {
        Self::SCHEMA.to_owned()
    }

    /// Reads one, and holds it against the place where it lies.
    ///
    /// # Errors
    /// Where it is none of this place, in a few words.
    pub fn parse(bytes: &[u8], env: &EnvName, seq: u64) -> Result<Self, String> {
        let one: Self = parse(bytes)?;
        if one.env != env.as_str() || one.seq != seq {
            return Err(format!(
                "it says that it is number {} of `{}`",
                one.seq,
                one.env.escape_debug()
            ));
        }
        one.root().ok_or("its release is no digest")?;
        Ok(one)
    }

    /// The root as a digest.
    pub fn root(&self) -> Option<Digest> {
        Digest::from_hex(&self.release)
    }

    /// The pointer that makes it live.
    pub fn pointer(&self) -> Pointer {
        Pointer {
            audit_head: self.audit_head.clone(),
            audit_seq: self.audit_seq,
            by: self.by.clone(),
            entry: Digest::of(&canonical(self)).hex(),
            env: self.env.clone(),
            manifest: self.manifest.clone(),
            previous: self.previous.clone(),
            published: self.published.clone(),
            release: self.release.clone(),
            schema: Pointer::SCHEMA.to_owned(),
            seq: self.seq,
            valid_until: self.valid_until.clone(),
        }
    }
}

impl Pointer {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is none of this environment, in a few words.
    pub fn parse(bytes: &[u8], env: &EnvName) -> Result<Self, String> {
        let one: Self = parse(bytes)?;
        if one.env != env.as_str() {
            return Err(format!("it is that of `{}`", one.env.escape_debug()));
        }
        one.root().ok_or("its release is no digest")?;
        Ok(one)
    }

    /// The root as a digest.
    pub fn root(&self) -> Option<Digest> {
        Digest::from_hex(&self.release)
    }
}

/// Holds a pointer against the publication with its number. A pointer whose number was raised has
/// none, and one that was written by hand differs from it.
///
/// # Errors
/// Where it does not fit, in a sentence.
pub fn check_pointer(pointer: &Pointer, publication: Option<&Publication>) -> Result<(), String> {
    let Some(publication) = publication else {
        return Err(format!(
            "it points at publication {}, which is not in the history",
            pointer.seq
        ));
    };
    if publication.pointer() != *pointer {
        return Err(format!("it differs from publication {} in the history", pointer.seq));
    }
    Ok(())
}

/// Checks publications that follow each other. `before` is the digest of the one before the first.
///
/// # Errors
/// At the first that does not fit, in a sentence.
pub fn check_history(
    before: Option<&str>,
    entries: &[(Publication, Digest)],
) -> Result<(), String> {
    let mut before = before.map(str::to_owned);
    let mut number: Option<u64> = None;
    for (one, digest) in entries {
        if number.is_some_and(|number| number.checked_add(1) != Some(one.seq)) {
            return Err(format!("publication {} is missing", number.unwrap_or_default() + 1));
        }
        if one.prev != before {
            return Err(format!(
                "publication {} was not written after the one before it: one of the two was \
                 exchanged",
                one.seq
            ));
        }
        if one.follows.is_some_and(|follows| follows >= one.seq) {
            return Err(format!("publication {} follows a later one", one.seq));
        }
        number = Some(one.seq);
        before = Some(digest.hex());
    }
    Ok(())
}

/// The numbers of those that were live, given the one that is; `entries` is a whole history.
pub fn live_publications(entries: &[(Publication, Digest)], live: u64) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    let mut next = Some(live);
    while let Some(seq) = next {
        let at = entries.binary_search_by_key(&seq, |(one, _)| one.seq);
        let Some((one, _)) = at.ok().and_then(|at| entries.get(at)) else { break };
        found.insert(seq);
        // Smaller each time, so this ends.
        next = one.follows.filter(|follows| *follows < seq);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<(Publication, Digest)> {
        let mut all: Vec<(Publication, Digest)> = Vec::new();
        for seq in 1..=length {
            let one = Publication {
                act: Act::Release,
                audit_head: None,
                audit_seq: 0,
                because: Some("a \"reason\"\n\u{1f600}".to_owned()),
                by: "ops".to_owned(),
                env: "production".to_owned(),
                evidence: Vec::new(),
                follows: (seq > 1).then(|| seq - 1),
                id: format!("{seq:032x}"),
                manifest: Digest::of(b"m").hex(),
                prev: all.last().map(|(_, digest)| digest.hex()),
                previous: None,
                published: "2026-11-27T05:00:00Z".to_owned(),
                release: Digest::of(&seq.to_le_bytes()).hex(),
                schema: Publication::schema_name(),
                seq,
                valid_until: None,
            };
            let digest = Digest::of(&canonical(&one));
            all.push((one, digest));
        }
        all
    }

    #[test]
    fn documents_are_canonical_json() {
        let (one, _) = &chain(1)[0];
        let bytes = canonical(one);
        assert_eq!(bytes.strip_suffix(b"\n").unwrap(), serde_jcs::to_vec(one).unwrap());
        let pointer = one.pointer();
        let bytes = canonical(&pointer);
        assert_eq!(bytes.strip_suffix(b"\n").unwrap(), serde_jcs::to_vec(&pointer).unwrap());
        let env = EnvName::new("production").unwrap();
        assert_eq!(Pointer::parse(&bytes, &env).unwrap(), pointer);
        assert!(Pointer::parse(&bytes, &EnvName::new("staging").unwrap()).is_err());
    }

    #[test]
    fn a_history_with_a_gap_an_exchange_or_a_jump_does_not_fit() {
        let all = chain(5);
        check_history(None, &all).unwrap();
        let before = all[1].1.hex();
        check_history(Some(&before), &all[2..]).unwrap();
        assert!(check_history(None, &all[1..]).is_err());
        let mut gap = all.clone();
        gap.remove(2);
        assert!(check_history(None, &gap).unwrap_err().contains("3 is missing"));
        for at in 0..4 {
            let mut altered = all.clone();
            altered[at].0.by = "mallory".to_owned();
            altered[at].1 = Digest::of(&canonical(&altered[at].0));
            assert!(check_history(None, &altered).is_err(), "{at}");
        }
        let (last, _) = all.last().unwrap();
        let pointer = last.pointer();
        check_pointer(&pointer, Some(last)).unwrap();
        assert!(check_pointer(&pointer, None).is_err());
        let raised = Pointer { seq: 6, ..pointer };
        assert!(check_pointer(&raised, Some(last)).is_err());
    }

    #[test]
    fn what_was_written_and_never_pointed_at_was_never_live() {
        let mut all = chain(5);
        all[4].0.follows = Some(2);
        assert_eq!(live_publications(&all, 5), BTreeSet::from([1, 2, 5]));
    }
}
