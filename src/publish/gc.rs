//! Cleaning up, in two steps: what nobody needs is marked, and what nobody needed for a while after
//! that is deleted. In between nothing is lost that somebody turns out to need.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::audit::append;
use super::documents::MAX_LIST;
use super::marks::{Marks, at_work, environments, find_marks};
use super::parallel::for_each;
use super::run::Run;
use super::state::read_state;
use super::tombstones::{Found, read_tombstones};
use crate::release::{Kept, Key, Tombstone, TombstoneState, canonical};
use crate::store::{Listed, Replaced, prune_sites};

/// What is to be cleaned up.
#[derive(Clone, Copy, Debug)]
pub struct GcWanted {
    /// How many publications of each environment stay.
    pub keep: usize,
    /// How long something must have been marked.
    pub grace: SignedDuration,
    /// Most that is deleted at once.
    pub max_deletes: usize,
    /// Whether anything is written at all.
    pub delete: bool,
}

/// What was cleaned up, or would be.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Files and documents that somebody needs.
    pub needed: usize,
    /// What nobody needs, marked now: how many, and bytes.
    pub marked: (usize, u64),
    /// Marked before, and not long enough.
    pub waiting: usize,
    /// Deleted, and bytes.
    pub deleted: (usize, u64),
    /// More than may be deleted at once: how many.
    pub over_limit: Option<usize>,
    /// Who is at work, so that nothing was deleted.
    pub held_by: Option<String>,
}

/// Keys of one tombstone.
const KEYS: usize = 10_000;
/// Longest time that the deletion of one tombstone takes.
const DEADLINE: SignedDuration = SignedDuration::from_mins(10);
/// Nothing is begun so short before that.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// Cleans up a target, or says what would be done.
///
/// # Errors
/// Where something cannot be read or written, or does not fit: then nothing is deleted.
pub fn collect(run: &Run<'_>, wanted: &GcWanted) -> Result<Collected> {
    let now = run.now();
    let marks = find_marks(run, wanted.keep, now)?;
    let listed = run.store.list("", None)?;
    let stored = listed.iter().filter(|one| is_collected(&one.key));
    let (idle, needed): (Vec<&Listed>, Vec<&Listed>) =
        stored.partition(|one| marks.may_go(&one.key));
    let tombstones = read_tombstones(run)?;
    let mut known: Vec<&str> =
        tombstones.iter().flat_map(|one| one.tombstone.keys.iter().map(String::as_str)).collect();
    known.sort_unstable();
    let new: Vec<&Listed> = idle
        .iter()
        .copied()
        .filter(|one| known.binary_search(&one.key.as_str()).is_err())
        .collect();
    let mut done = Collected {
        needed: needed.len(),
        marked: (new.len(), new.iter().map(|one| one.size).sum()),
        ..Collected::default()
    };
    let (ripe, young): (Vec<Found>, Vec<Found>) =
        tombstones.into_iter().partition(|one| is_ripe(&one.tombstone, wanted.grace, now));
    let idle_in = |found: &[Found]| -> Vec<Listed> {
        let keys = found.iter().flat_map(|one| &one.tombstone.keys);
        let at = keys.filter_map(|key| {
            let at = idle.binary_search_by(|one| one.key.as_str().cmp(key)).ok()?;
            idle.get(at).copied()
        });
        let mut found: Vec<Listed> = at.cloned().collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    done.waiting = idle_in(&young).len();
    let going = idle_in(&ripe);
    if going.len() > wanted.max_deletes {
        done.over_limit = Some(going.len());
    }
    if !wanted.delete {
        done.deleted = (going.len(), going.iter().map(|one| one.size).sum());
        return Ok(done);
    }
    mark(run, &new, now)?;
    if done.over_limit.is_none() {
        for found in ripe {
            match delete(run, wanted, found, &going)? {
                Deleted::Done(number, bytes) => {
                    done.deleted.0 += number;
                    done.deleted.1 += bytes;
                }
                Deleted::Held(by) => {
                    done.held_by = Some(by);
                    break;
                }
            }
        }
    }
    sweep(run, &marks, now)?;
    if done.deleted.0 > 0 {
        let head = read_state(run)?.audit.head();
        let data = json!({
            "bytes": done.deleted.1,
            "deleted": done.deleted.0,
            "keep": wanted.keep,
            "recorded_by": run.id,
        });
        append(run, head, ("gc", run.by), &data)?;
    }
    Ok(done)
}

/// Whether cleaning up looks at such a key at all.
fn is_collected(key: &Key) -> bool {
    key.blob_digest().is_some() || key.release_root().is_some()
}

fn is_ripe(tombstone: &Tombstone, grace: SignedDuration, now: Timestamp) -> bool {
    if tombstone.state == TombstoneState::Deleting {
        // Somebody else does it, unless that one is gone.
        return !tombstone.holds(now);
    }
    let marked = tombstone.marked.parse::<Timestamp>();
    marked.is_ok_and(|marked| now.duration_since(marked) >= grace)
}

/// Marks what nobody needs.
fn mark(run: &Run<'_>, new: &[&Listed], now: Timestamp) -> Result<()> {
    for (keys, at) in new.chunks(KEYS).zip(0..) {
        let tombstone = Tombstone {
            by: run.by.to_owned(),
            deadline: None,
            keys: keys.iter().map(|one| one.key.to_string()).collect(),
            marked: now.to_string(),
            schema: Tombstone::schema_name(),
            state: TombstoneState::Marked,
        };
        let Some(key) = Key::tombstone(&format!("{}-{at}", run.id)) else {
            bail!("no id of a run")
        };
        run.store.put_new(&key, &canonical(&tombstone))?;
    }
    Ok(())
}

enum Deleted {
    Done(usize, u64),
    /// Somebody is at work.
    Held(String),
}

/// Deletes what one tombstone names and nobody needs. First it says so, then it looks who is at
/// work, and then anew what is needed.
fn delete(run: &Run<'_>, wanted: &GcWanted, found: Found, idle: &[Listed]) -> Result<Deleted> {
    let Found { key, mut tombstone, version } = found;
    let deadline = run.now().checked_add(DEADLINE)?;
    tombstone.state = TombstoneState::Deleting;
    tombstone.deadline = Some(deadline.to_string());
    if run.store.replace_if(&key, &canonical(&tombstone), &version)? == Replaced::Moved {
        return Ok(Deleted::Done(0, 0));
    }
    if let Some(by) = at_work(run, run.now())? {
        let Some(now) = run.store.read(&key, MAX_LIST)? else { return Ok(Deleted::Held(by)) };
        tombstone.state = TombstoneState::Marked;
        tombstone.deadline = None;
        run.store.replace_if(&key, &canonical(&tombstone), &now.version)?;
        return Ok(Deleted::Held(by));
    }
    let marks = find_marks(run, wanted.keep, run.now())?;
    let names: BTreeSet<&str> = tombstone.keys.iter().map(String::as_str).collect();
    let is_named = |one: &&Listed| names.contains(one.key.as_str());
    let mut going: Vec<&Listed> =
        idle.iter().filter(is_named).filter(|one| marks.may_go(&one.key)).collect();
    // Documents before the files that they name: nothing is left that looks whole.
    going.sort_by_key(|one| one.key.blob_digest().is_some());
    let (documents, blobs): (Vec<&Listed>, Vec<&Listed>) =
        going.iter().partition(|one| one.key.blob_digest().is_none());
    for part in [documents, blobs] {
        for_each(&part, run.store.threads(), |one| {
            if deadline.duration_since(run.now()) < MARGIN {
                bail!("cleaning up takes too long: run it again, which goes on");
            }
            run.store.delete(&one.key)
        })?;
    }
    run.store.delete(&key)?;
    Ok(Deleted::Done(going.len(), going.iter().map(|one| one.size).sum()))
}

/// Leases and mailings that are over, and folders that nobody serves.
fn sweep(run: &Run<'_>, marks: &Marks, now: Timestamp) -> Result<()> {
    for (folder, over) in [
        ("leases", is_over::<crate::release::Lease> as fn(&[u8], Timestamp) -> bool),
        ("sends", is_over::<crate::release::Sent>),
    ] {
        for listed in run.store.list(folder, None)? {
            let Some(found) = run.store.read(&listed.key, MAX_LIST)? else { continue };
            if over(&found.bytes, now) {
                run.store.delete(&listed.key)?;
            }
        }
    }
    if let Some(folder) = run.store.folder() {
        for env in environments(run.store)? {
            let kept = |name: &str| {
                let root = name.split('.').next().and_then(crate::model::Digest::from_hex);
                root.is_some_and(|root| marks.roots.contains_key(&root))
            };
            prune_sites(folder, &env, kept)?;
        }
    }
    Ok(())
}

fn is_over<T: Kept>(bytes: &[u8], now: Timestamp) -> bool {
    T::read(bytes).is_ok_and(|one| !one.holds(now))
}
