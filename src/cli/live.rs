//! What is out: the release that an environment's pointer names.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::console::Console;
use super::release::{Mistyped, Place, TargetArgs};
use crate::decide::status::LiveRelease;
use crate::publish::{FoundRelease, PublishFault, Which, find_release, read_state};

/// Reads what is out, with everything around the pointer. Nothing where nothing was ever released;
/// the inner error is one of the command line.
///
/// # Errors
/// Where there is a pointer, and what it names cannot be read or does not fit: then nobody can say
/// what is out.
pub(super) fn live(
    root: &Path,
    args: &TargetArgs,
    console: &mut Console,
) -> Result<std::result::Result<Option<LiveRelease>, Mistyped>> {
    if Place::bucket_not_typed(root, args, console)? {
        return Ok(Ok(None));
    }
    let place = match Place::open(root, args, "nobody")? {
        Ok(place) => place,
        Err(mistyped) => return Ok(Err(mistyped)),
    };
    // A target that was typed must be there; without one, nothing may have been released yet.
    if args.to.is_some() {
        place.must_exist()?;
    }
    read(&place).map(Ok).map_err(|error| {
        // What is wrong in a target keeps the question from being answered, as what cannot be read does.
        if error.is::<PublishFault>() { anyhow::anyhow!("{error:#}") } else { error }
    })
}

fn read(place: &Place) -> Result<Option<LiveRelease>> {
    let run = place.run();
    if read_state(&run)?.live.is_none() {
        return Ok(None);
    }
    let FoundRelease { publication, manifest, .. } = find_release(&run, &Which::Live)?;
    let published = publication.published.parse::<Timestamp>();
    let published = published.context("what is live does not say since when")?;
    let artifacts = manifest.artifacts.iter();
    let artifacts = artifacts.map(|entry| (entry.id.to_string(), entry.sha256.hex()));
    let (root, seq) = (publication.release, publication.seq);
    Ok(Some(LiveRelease { root, seq, published, artifacts: artifacts.collect() }))
}
