//! The audit log of a target: written behind what was done, and made good by the next run where a
//! run was killed in between.

use anyhow::{Result, bail};
use serde_json::Value;

use super::documents::read_document;
use super::fault::PublishFault;
use super::parallel::for_each;
use super::run::Run;
use crate::model::Digest;
use crate::release::{AuditEntry, Key, check_audit, seq_of};
use crate::store::{ConditionalStore, Put};

/// The audit log, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Entries with their digests, in order.
    pub entries: Vec<(AuditEntry, Digest)>,
}

/// How many others may write an entry between two tries of ours.
const MAX_OTHERS: usize = 10_000;

impl Chain {
    /// Number and digest of the last entry.
    pub fn head(&self) -> Option<(u64, Digest)> {
        self.entries.last().map(|(entry, digest)| (entry.seq, *digest))
    }
}

/// Reads the entries from a number on, 1 for all of them, and checks that they follow each other.
///
/// # Errors
/// Where one is missing or does not fit.
pub fn read_audit(store: &dyn ConditionalStore, from: u64) -> Result<Chain> {
    let after = (from > 1).then(|| Key::audit(from - 1));
    let listed = store.list("audit", after.as_ref())?;
    let numbers: Vec<u64> = listed.iter().filter_map(|one| seq_of(&one.key)).collect();
    let wrong = |why: String| {
        PublishFault::broken(format!(
            "the audit log of {} was tampered with: {why}. Find out who can write there, and restore \
             it from a copy before anything is published",
            store.shown()
        ))
    };
    let entries = for_each(&numbers, store.threads(), |seq| {
        let found = read_document(store, &Key::audit(*seq))?;
        let found = found.ok_or_else(|| wrong(format!("entry {seq} is gone")))?;
        let entry = AuditEntry::parse(&found.bytes, *seq)
            .map_err(|why| wrong(format!("entry {seq}: {why}")))?;
        Ok((entry, Digest::of(&found.bytes)))
    })?;
    if entries.first().is_some_and(|(first, _)| first.seq != from.max(1)) {
        return Err(wrong(format!("entry {} is missing", from.max(1))));
    }
    let before = entries.first().and_then(|(first, _)| first.prev.clone());
    let before = if from > 1 { before } else { None };
    check_audit(before.as_deref(), &entries).map_err(wrong)?;
    Ok(Chain { entries })
}

/// Adds an entry behind the last one, whoever else does the same.
pub(super) fn append(
    run: &Run<'_>,
    mut head: Option<(u64, Digest)>,
    (action, actor): (&str, &str),
    data: &Value,
) -> Result<(u64, Digest)> {
    for _ in 0..MAX_OTHERS {
        let stamp = (action, actor, run.now().to_string());
        let entry = AuditEntry::after(head, stamp, data.clone());
        let bytes = crate::release::canonical(&entry);
        let key = Key::audit(entry.seq);
        if run.store.put_new(&key, &bytes)? == Put::New {
            return Ok((entry.seq, Digest::of(&bytes)));
        }
        let Some(found) = read_document(run.store, &key)? else { continue };
        let other = AuditEntry::parse(&found.bytes, entry.seq)
            .map_err(|why| PublishFault::broken(format!("audit entry {}: {why}", entry.seq)))?;
        if other.prev != entry.prev {
            return Err(PublishFault::broken(format!(
                "audit entry {} was not written after the one before it: `throughline audit verify`",
                entry.seq
            )));
        }
        head = Some((entry.seq, Digest::of(&found.bytes)));
    }
    bail!("the audit log of {} grows faster than one can write there", run.store.shown())
}
