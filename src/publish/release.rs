//! A release: what was built is put into a target, and made live when everything of it is there.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;

use super::blobs::{Needed, Stored, store_all, store_one};
use super::commit::{Proposal, make_good, publish};
use super::documents::{FileOf, MAX_LIST, ReleaseFile, files_of, known_manifest};
use super::fault::PublishFault;
use super::history::past_publications;
use super::lease::Held;
use super::run::Run;
use super::state::{State, read_state};
use super::tombstones::claim;
use crate::manifest::{Entry, Manifest, Part};
use crate::model::Digest;
use crate::release::{Act, Evidence, Key, Publication, SitePlan};
use crate::store::{Put, check_conditions, live_site, put_site, switch_site};

/// What is released.
pub struct Sealed<'a> {
    /// What was built.
    pub manifest: &'a Manifest,
    /// Its root.
    pub root: Digest,
    /// Reads a file of it and holds it against its digest.
    pub read: &'a (dyn Fn(&Entry) -> Result<Vec<u8>> + Sync),
    /// The folder for plain hosts.
    pub site: Option<&'a SitePlan>,
    /// For how long nobody need look for something newer.
    pub valid_for: Option<SignedDuration>,
}

/// What a publication rests on, by name; nothing where it may not go out. Asked at the last moment,
/// when everything else is there.
pub type Evidences<'a> = &'a dyn Fn() -> Result<Option<Documents>>;

/// Documents by name.
pub type Documents = Vec<(String, Vec<u8>)>;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It is live.
    Published(Box<Published>),
    /// It was live already, and everything of it is there: so many files had to be put right.
    Same(Box<State>, usize),
    /// It may not go out.
    NotReady,
}

/// What went live.
#[derive(Debug)]
pub struct Published {
    /// The publication.
    pub publication: Publication,
    /// Files that were not there before.
    pub new: usize,
    /// Files that were there already.
    pub present: usize,
    /// Files that were there with other bytes, and are right now.
    pub mended: usize,
}

/// What a release would do, without writing anything.
///
/// # Errors
/// Where the target cannot be read or does not fit.
pub fn dry_run(run: &Run<'_>, sealed: &Sealed<'_>) -> Result<(State, usize)> {
    let state = read_state(run)?;
    let there: BTreeSet<Key> =
        run.store.list("cas/sha256", None)?.into_iter().map(|one| one.key).collect();
    let files = files_of(sealed.manifest);
    let new = files.iter().filter(|file| !there.contains(&Key::blob(&file.digest))).count();
    Ok((state, new))
}

/// Releases what was built.
///
/// # Errors
/// Where something cannot be read or written, does not fit, or somebody else was faster.
pub fn release(run: &Run<'_>, sealed: &Sealed<'_>, evidences: Evidences<'_>) -> Result<Outcome> {
    let (store, alone) = (run.store, run.store.folder().is_some());
    if !alone {
        check_conditions(store, run.id)?;
    }
    let lease = Held::take(*run, Some(&sealed.root))?;
    let state = make_good(run, read_state(run)?)?;
    let files = files_of(sealed.manifest);
    claim(run, &keys_of(&sealed.root, &files), alone)?;
    let bytes = sealed.manifest.to_bytes();
    let stored = store_files(run, &lease, &state, sealed, &files)?;
    put_fixed(run, &sealed.root, ("manifest.json", &bytes))?;
    put_fixed(run, &sealed.root, ("SHA256SUMS", &sealed.manifest.checksums()))?;
    if state.live.as_ref().is_some_and(|live| live.root == sealed.root) {
        store.sync()?;
        serve(run, sealed)?;
        return Ok(Outcome::Same(Box::new(state), stored.new + stored.mended));
    }
    let Some(documents) = evidences()? else { return Ok(Outcome::NotReady) };
    let evidence = store_evidence(run, &sealed.root, &documents)?;
    store.sync()?;
    if let Some(plan) = sealed.site {
        put_site(store, run.env, (&plan.name(&sealed.root), plan))?;
    }
    lease.check()?;
    let proposal = Proposal {
        act: Act::Release,
        root: sealed.root,
        manifest: Digest::of(&bytes),
        evidence,
        because: None,
        valid_for: sealed.valid_for,
    };
    let publication = publish(run, &state, proposal)?;
    put_documents(run, &sealed.root, &documents)?;
    serve(run, sealed)?;
    let Stored { new, present, mended } = stored;
    Ok(Outcome::Published(Box::new(Published { publication, new, present, mended })))
}

/// Files of what is live are likely there; of others nobody knows.
fn store_files(
    run: &Run<'_>,
    lease: &Held<'_>,
    state: &State,
    sealed: &Sealed<'_>,
    files: &[ReleaseFile<'_>],
) -> Result<Stored> {
    let live = state.live.as_ref();
    let live = live.and_then(|live| known_manifest(run.store, &live.root, None).ok());
    let known = live.iter().flat_map(|(manifest, _)| files_of(manifest));
    let known: BTreeSet<Digest> = known.map(|file| file.digest).collect();
    let read = |file: &ReleaseFile<'_>| match file.of {
        FileOf::Artifact(entry) => (sealed.read)(entry),
        FileOf::Part(_, entries) => Ok(Part::bytes(entries)),
    };
    store_all(run, lease, files, &|digest| known.contains(digest), &read)
}

/// Everything in the target that a release rests on.
pub(super) fn keys_of(root: &Digest, files: &[ReleaseFile<'_>]) -> BTreeSet<Key> {
    let documents = ["manifest.json", "SHA256SUMS"].map(|name| Key::of_release(root, name));
    let blobs = files.iter().map(|file| Key::blob(&file.digest));
    documents.into_iter().flatten().chain(blobs).collect()
}

/// Writes a document of a release that has one right content.
fn put_fixed(run: &Run<'_>, root: &Digest, (name, bytes): (&str, &[u8])) -> Result<()> {
    let key = document_key(root, name)?;
    if run.store.put_new(&key, bytes)? == Put::New {
        return Ok(());
    }
    let there = run.store.read(&key, bytes.len() as u64).ok().flatten();
    if there.is_none_or(|there| there.bytes != bytes) {
        return Err(PublishFault::broken(format!(
            "{}/{key} is there and is not what it should be: find out who can write there, and \
             remove it",
            run.store.shown()
        )));
    }
    Ok(())
}

fn document_key(root: &Digest, name: &str) -> Result<Key> {
    Key::of_release(root, name)
        .with_context(|| format!("`{}` is no name of a document", name.escape_debug()))
}

/// Copies what a publication rests on into the folder of its release, for whoever reads that. What a
/// publication put there stays; what a run left there that published nothing is written over.
pub(super) fn put_documents(
    run: &Run<'_>,
    root: &Digest,
    documents: &[(String, Vec<u8>)],
) -> Result<()> {
    for (name, bytes) in documents {
        let key = document_key(root, name)?;
        if run.store.put_new(&key, bytes)? == Put::New {
            continue;
        }
        let there = run.store.read(&key, MAX_LIST)?.map(|there| Digest::of(&there.bytes));
        let published = past_publications(run.store, run.env, None)?;
        let is_published = published.iter().any(|one| {
            one.publication.release == root.hex()
                && one.publication.evidence.iter().any(|evidence| {
                    evidence.name == *name
                        && there.map(|there| there.hex()) == Some(evidence.sha256.clone())
                })
        });
        if !is_published {
            run.store.put(&key, bytes)?;
        }
    }
    Ok(())
}

/// Writes what a publication rests on: by its digest, so that each publication keeps its own, and
/// into the folder of the release.
pub(super) fn store_evidence(
    run: &Run<'_>,
    root: &Digest,
    documents: &[(String, Vec<u8>)],
) -> Result<Vec<Evidence>> {
    let mut evidence = Vec::new();
    for (name, bytes) in documents {
        let digest = Digest::of(bytes);
        let copy = || Ok(bytes.clone());
        let size = bytes.len() as u64;
        let needed = Needed { digest, size, likely: false, bytes: &copy };
        store_one(run.store, &needed)?;
        let (name, sha256, size) = (name.clone(), digest.hex(), bytes.len());
        evidence.push(Evidence { name, sha256, size });
    }
    put_documents(run, root, documents)?;
    evidence.sort();
    if evidence.windows(2).any(|two| matches!(two, [a, b] if a.name == b.name)) {
        bail!("two documents of a release have one name");
    }
    Ok(evidence)
}

/// Lets plain hosts serve what is live, where the target is a folder.
fn serve(run: &Run<'_>, sealed: &Sealed<'_>) -> Result<()> {
    let (Some(folder), Some(plan)) = (run.store.folder(), sealed.site) else { return Ok(()) };
    let name = plan.name(&sealed.root);
    if live_site(folder, run.env).as_deref() == Some(name.as_str()) {
        return Ok(());
    }
    put_site(run.store, run.env, (&name, plan))?;
    switch_site(folder, run.env, &name).with_context(|| {
        format!(
            "`{}` is published, but sites/{}/current leads to what was before",
            run.env, run.env
        )
    })
}
