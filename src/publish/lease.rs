//! A run says that it is at work, so that nothing it relies on is deleted meanwhile.

use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::documents::read_document;
use super::fault::PublishFault;
use super::run::Run;
use crate::model::Digest;
use crate::release::{Kept, Key, Lease, canonical};

/// How long a lease lasts without being renewed. It is renewed after half of that.
const LASTS: SignedDuration = SignedDuration::from_mins(60);

/// A lease, given back when this is dropped.
pub(super) struct Held<'a> {
    run: Run<'a>,
    key: Key,
    release: Option<String>,
    started: Timestamp,
    /// The second in which it ends.
    ends: AtomicI64,
}

impl<'a> Held<'a> {
    /// Takes a lease. From here on nothing is begun to be deleted.
    pub(super) fn take(run: Run<'a>, release: Option<&Digest>) -> Result<Self> {
        let key = Key::lease(run.id).with_context(|| format!("`{}` is no id of a run", run.id))?;
        let (release, started) = (release.map(Digest::hex), run.now());
        let held = Self { run, key, release, started, ends: AtomicI64::new(0) };
        held.write(run.now())?;
        Ok(held)
    }

    fn write(&self, now: Timestamp) -> Result<()> {
        let expires = now.checked_add(LASTS)?;
        let lease = Lease {
            by: self.run.by.to_owned(),
            expires: expires.to_string(),
            release: self.release.clone(),
            schema: Lease::schema_name(),
            started: self.started.to_string(),
        };
        self.run.store.put(&self.key, &canonical(&lease))?;
        self.ends.store(expires.as_second(), Ordering::Relaxed);
        Ok(())
    }

    /// Renews it when half of it is over. Called again and again while something takes long.
    pub(super) fn keep(&self) -> Result<()> {
        let now = self.run.now();
        let ends = self.ends.load(Ordering::Relaxed);
        let half = ends - LASTS.as_secs() / 2;
        if now.as_second() < half {
            return Ok(());
        }
        // One of many threads does it.
        let mine = self.ends.compare_exchange(
            ends,
            now.as_second() + LASTS.as_secs(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if mine.is_err() {
            return Ok(());
        }
        if now.as_second() >= ends {
            bail!(slept());
        }
        self.write(now)
    }

    /// That it never ended, which a machine that slept could have missed.
    pub(super) fn check(&self) -> Result<()> {
        let there = read_document(self.run.store, &self.key)?;
        let lease = there.and_then(|found| Lease::read(&found.bytes).ok());
        if lease.is_some_and(|lease| lease.holds(self.run.now())) {
            return Ok(());
        }
        Err(slept())
    }
}

fn slept() -> anyhow::Error {
    PublishFault::moved(
        "this run stood still for so long that others could have cleaned up behind it: nothing was \
         published; run the same again"
            .to_owned(),
    )
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // One that cannot be given back ends by itself.
        let _ = self.run.store.delete(&self.key);
    }
}
