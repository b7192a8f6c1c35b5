//! Before a run relies on what is in a target, nobody may be about to delete it.
//!
//! Whoever deletes first says so in the tombstone, then looks for leases, then deletes. Whoever
//! publishes first takes a lease, then looks at tombstones. So one of the two sees the other,
//! whatever comes between.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, bail};

use super::documents::MAX_LIST;
use super::run::Run;
use crate::release::{Kept, Key, Tombstone, TombstoneState, canonical};
use crate::store::{Replaced, Version};

/// How long is waited between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often others may rewrite a tombstone between two tries.
const TRIES: usize = 1_000;

/// A tombstone as it lies there.
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) tombstone: Tombstone,
    pub(super) version: Version,
}

/// Every tombstone. One that cannot be read is an error: it could name anything.
pub(super) fn read_tombstones(run: &Run<'_>) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for listed in run.store.list("tombstones", None)? {
        let Some(found) = run.store.read(&listed.key, MAX_LIST)? else { continue };
        let Ok(tombstone) = Tombstone::read(&found.bytes) else {
            bail!("{}/{} is no list of what is to be deleted", run.store.shown(), listed.key);
        };
        all.push(Found { key: listed.key, tombstone, version: found.version });
    }
    Ok(all)
}

/// Takes what this run needs out of every tombstone. Waits for a run that is deleting some of it.
/// `alone` says that no such run can be alive.
pub(super) fn claim(run: &Run<'_>, needed: &BTreeSet<Key>, alone: bool) -> Result<()> {
    for found in read_tombstones(run)? {
        let mut found = Some(found);
        for _ in 0..TRIES {
            let Some(one) = found else { break };
            found = claim_one(run, one, needed, alone)?;
        }
        if found.is_some() {
            bail!("{} is being cleaned for too long: run again later", run.store.shown());
        }
    }
    Ok(())
}

/// Nothing where the tombstone names nothing that is needed any more; else how it stands now.
fn claim_one(
    run: &Run<'_>,
    found: Found,
    needed: &BTreeSet<Key>,
    alone: bool,
) -> Result<Option<Found>> {
    let Found { key, mut tombstone, version } = found;
    let before = tombstone.keys.len();
    tombstone.keys.retain(|name| Key::new(name).is_none_or(|name| !needed.contains(&name)));
    if tombstone.keys.len() == before {
        return Ok(None);
    }
    if tombstone.holds(run.now()) && !alone {
        sleep(LOOK_AGAIN);
    } else {
        tombstone.state = TombstoneState::Marked;
        tombstone.deadline = None;
        if run.store.replace_if(&key, &canonical(&tombstone), &version)? == Replaced::Done {
            return Ok(None);
        }
    }
    let Some(now) = run.store.read(&key, MAX_LIST)? else { return Ok(None) };
    let Ok(tombstone) = Tombstone::read(&now.bytes) else {
        bail!("{}/{key} is no list of what is to be deleted", run.store.shown());
    };
    Ok(Some(Found { key, tombstone, version: now.version }))
}
