//! Going back: a new publication of something that was live before. Nothing is built and nothing is
//! sent; every file of it is read and hashed first.

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::blobs::{There, look};
use super::commit::{Proposal, make_good, publish};
use super::documents::{ReleaseFile, files_of, known_manifest};
use super::fault::PublishFault;
use super::find::{Which, find_in, nothing_released};
use super::history::{PastPublication, past_publications};
use super::lease::Held;
use super::parallel::for_each;
use super::release::{Evidences, Outcome, Published, keys_of, store_evidence};
use super::run::Run;
use super::state::{State, read_state};
use super::tombstones::claim;
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::release::{Act, Key, site_plan};
use crate::store::{check_conditions, put_site, switch_site};

/// What was live before and is asked for again.
#[derive(Debug)]
pub struct Past {
    /// The environment as it is.
    pub state: State,
    /// The publication.
    pub publication: PastPublication,
    /// Its root.
    pub root: Digest,
    /// What was built then.
    pub manifest: Manifest,
    /// Digest of the manifest's bytes.
    digest: Digest,
}

/// Finds what to go back to: a root or the first digits of one, a number, or what was live before.
/// Where that was done already for the same reason, as by a run that was stopped, it is what is live.
///
/// # Errors
/// Where there is none, or what is there does not fit.
pub fn find_past(run: &Run<'_>, what: Option<&str>, because: &str) -> Result<Past> {
    let state = read_state(run)?;
    let Some(live) = &state.live else { return Err(nothing_released(run)) };
    let undone = &live.publication;
    let again = what.is_none() && undone.act == Act::Rollback;
    let same = again && undone.by == run.by && undone.because.as_deref() == Some(because);
    if again && !same {
        // Going back twice would bring back what somebody has just fled from.
        return Err(PublishFault::unknown(format!(
            "what is live is a rollback already, number {} by {}: name the number or the root to go to",
            undone.seq,
            undone.by.escape_debug()
        )));
    }
    let past = past_publications(run.store, run.env, state.seq())?;
    let publication = match what.map(|text| (text, Which::parse(text))) {
        None => {
            let wanted = |one: &&PastPublication| {
                one.was_live && same == (one.publication.release == live.pointer.release)
            };
            past.iter().rev().find(wanted).ok_or_else(|| {
                let why = "there is nothing to go back to: no other release was ever live";
                PublishFault::unknown(why.to_owned())
            })
        }
        Some((_, Some(which))) => find_in(run, &past, &which, state.seq()),
        Some((text, None)) => Err(PublishFault::unknown(format!(
            "`{}` is no number of a publication and no root, of which eight digits are needed",
            text.escape_debug()
        ))),
    };
    let publication = publication?.clone();
    let Some(root) = publication.publication.root() else { bail!("a publication has no release") };
    let known = Some(publication.publication.manifest.as_str());
    let (manifest, digest) = known_manifest(run.store, &root, known)?;
    Ok(Past { state, publication, root, manifest, digest })
}

/// Makes it live again.
///
/// # Errors
/// Where a file of it is not as it was, or somebody else was faster.
pub fn rollback(
    run: &Run<'_>,
    past: Past,
    (because, valid_for): (&str, Option<SignedDuration>),
    at: Timestamp,
    evidences: Evidences<'_>,
) -> Result<Outcome> {
    let (store, alone) = (run.store, run.store.folder().is_some());
    if !alone {
        check_conditions(store, run.id)?;
    }
    let lease = Held::take(*run, Some(&past.root))?;
    let state = make_good(run, past.state)?;
    let files = files_of(&past.manifest);
    claim(run, &keys_of(&past.root, &files), alone)?;
    let present = check_files(run, &lease, &files)?;
    let Some(documents) = evidences()? else { return Ok(Outcome::NotReady) };
    let evidence = store_evidence(run, &past.root, &documents)?;
    store.sync()?;
    let site = match store.folder() {
        Some(_) => Some(site_of(run, &past.manifest, at)?),
        None => None,
    };
    let named = site.as_ref().map(|plan| (plan.name(&past.root), plan));
    if let Some((name, plan)) = &named {
        put_site(store, run.env, (name, plan))?;
    }
    lease.check()?;
    let proposal = Proposal {
        act: Act::Rollback,
        root: past.root,
        manifest: past.digest,
        evidence,
        because: Some(because.to_owned()),
        valid_for,
    };
    let publication = publish(run, &state, proposal)?;
    if let (Some(folder), Some((name, _))) = (store.folder(), &named) {
        switch_site(folder, run.env, name)?;
    }
    Ok(Outcome::Published(Box::new(Published { publication, new: 0, present, mended: 0 })))
}

/// Finishes what a run left undone that was stopped right after it made a release live.
///
/// # Errors
/// Where something cannot be read or written.
pub fn settle(run: &Run<'_>, past: &Past, at: Timestamp) -> Result<()> {
    let _lease = Held::take(*run, Some(&past.root))?;
    make_good(run, past.state.clone())?;
    if let Some(folder) = run.store.folder() {
        let plan = site_of(run, &past.manifest, at)?;
        let name = plan.name(&past.root);
        put_site(run.store, run.env, (&name, &plan))?;
        switch_site(folder, run.env, &name)?;
    }
    Ok(())
}

/// The folder for plain hosts, from what is in the target.
fn site_of(run: &Run<'_>, manifest: &Manifest, at: Timestamp) -> Result<crate::release::SitePlan> {
    let entry = crate::release::routes_entry(manifest);
    let found = entry.map(|entry| (entry.sha256, entry.size as u64));
    let routes = match found {
        Some((digest, size)) => run.store.read(&Key::blob(&digest), size)?,
        None => None,
    };
    let routes = routes.as_ref().map(|found| found.bytes.as_slice());
    site_plan(manifest, routes, at).map_err(PublishFault::broken)
}

/// Reads and hashes every file.
fn check_files(run: &Run<'_>, lease: &Held<'_>, files: &[ReleaseFile<'_>]) -> Result<usize> {
    let looked = for_each(files, run.store.threads(), |file| {
        lease.keep()?;
        Ok((look(run.store, &file.digest, file.size)?, file.name()))
    })?;
    let faults: Vec<String> = looked
        .iter()
        .filter(|(there, _)| *there != There::Right)
        .map(|(there, name)| {
            let how = if *there == There::Missing { "is missing" } else { "has other bytes" };
            format!("{name} {how}")
        })
        .collect();
    if let Some(first) = faults.first() {
        let more = match faults.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more are not right"),
        };
        return Err(PublishFault::broken(format!(
            "the release cannot go out again: {first}{more}. What is live stays as it is; build and \
             release what was wanted instead"
        )));
    }
    Ok(files.len())
}
