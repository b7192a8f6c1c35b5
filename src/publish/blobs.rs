//! Files of a release in a target: each is read back and hashed before anything rests on it.

use anyhow::{Result, bail};

use super::documents::ReleaseFile;
use super::lease::Held;
use super::parallel::for_each;
use super::run::Run;
use crate::model::Digest;
use crate::release::Key;
use crate::store::{ConditionalStore, Put, TargetFault};

/// How a file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// With its own bytes.
    Right,
    /// With other bytes.
    Wrong,
    /// Not at all.
    Missing,
}

/// What was done for the files of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stored {
    /// Files that were not there.
    pub(super) new: usize,
    /// Files that were there already.
    pub(super) present: usize,
    /// Files that were there with other bytes, and are right now.
    pub(super) mended: usize,
}

/// Holds what is there against its name.
pub(super) fn look(store: &dyn ConditionalStore, digest: &Digest, size: u64) -> Result<There> {
    match store.read(&Key::blob(digest), size) {
        Ok(None) => Ok(There::Missing),
        Ok(Some(found)) if Digest::of(&found.bytes) == *digest => Ok(There::Right),
        Ok(Some(_)) => Ok(There::Wrong),
        Err(error) if error.is::<TargetFault>() => Ok(There::Wrong),
        Err(error) => Err(error),
    }
}

/// A file that a release needs.
pub(super) struct Needed<'a> {
    pub(super) digest: Digest,
    pub(super) size: u64,
    /// Whether it is likely there: then it is looked at first and not sent.
    pub(super) likely: bool,
    /// Its bytes, held against its digest by whoever reads them.
    pub(super) bytes: &'a (dyn Fn() -> Result<Vec<u8>> + Sync),
}

/// Puts one file into a target, unless it is there, and looks at it.
pub(super) fn store_one(store: &dyn ConditionalStore, needed: &Needed<'_>) -> Result<Stored> {
    let Needed { digest, size, likely, bytes } = needed;
    let present = Stored { present: 1, ..Stored::default() };
    let mut there = There::Missing;
    if *likely {
        there = look(store, digest, *size)?;
        if there == There::Right {
            return Ok(present);
        }
    }
    let key = Key::blob(digest);
    let bytes = bytes()?;
    let mut put = Put::Exists;
    if there == There::Missing {
        put = store.put_new(&key, &bytes)?;
        there = look(store, digest, *size)?;
    }
    match (there, put) {
        (There::Right, Put::New) => return Ok(Stored { new: 1, ..Stored::default() }),
        (There::Right, Put::Exists) => return Ok(present),
        // What lies there is not what its name says, and what its name says is here.
        (There::Wrong | There::Missing, _) => store.put(&key, &bytes)?,
    }
    if look(store, digest, *size)? != There::Right {
        bail!("{} does not keep what it is given: {key} has other bytes", store.shown());
    }
    Ok(Stored { mended: 1, ..Stored::default() })
}

/// Puts every file into a target, a few at a time.
pub(super) fn store_all(
    run: &Run<'_>,
    lease: &Held<'_>,
    files: &[ReleaseFile<'_>],
    likely: &(dyn Fn(&Digest) -> bool + Sync),
    bytes: &(dyn Fn(&ReleaseFile<'_>) -> Result<Vec<u8>> + Sync),
) -> Result<Stored> {
    let done = for_each(files, run.store.threads(), |file| {
        lease.keep()?;
        let bytes = || bytes(file);
        let ReleaseFile { digest, size, .. } = *file;
        let needed = Needed { digest, size, likely: likely(&digest), bytes: &bytes };
        store_one(run.store, &needed)
    })?;
    Ok(done.into_iter().fold(Stored::default(), |sum, one| Stored {
        new: sum.new + one.new,
        present: sum.present + one.present,
        mended: sum.mended + one.mended,
    }))
}
