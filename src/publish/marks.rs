//! What of a target somebody still needs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use jiff::Timestamp;

use super::documents::{files_of, known_manifest, read_document};
use super::fault::PublishFault;
use super::history::past_publications;
use super::run::Run;
use super::state::read_state;
use crate::model::Digest;
use crate::release::{EnvName, Kept, Key, Lease, Sent};
use crate::store::ConditionalStore;

/// A list of roots that people keep: one a line, `#` begins a remark.
const KEEP: &str = "keep";

/// What is needed, and by whom somebody is at work.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// Keys of blobs.
    pub(super) blobs: BTreeSet<Key>,
    /// Releases whose documents stay, with a reason.
    pub(super) roots: BTreeMap<Digest, String>,
}

impl Marks {
    /// Whether a key may go. What is neither a blob nor a document of a release never does.
    pub(super) fn may_go(&self, key: &Key) -> bool {
        match (key.blob_digest(), key.release_root()) {
            (Some(_), _) => !self.blobs.contains(key),
            (None, Some(root)) => !self.roots.contains_key(&root),
            (None, None) => false,
        }
    }
}

/// Finds everything that is needed: of each environment what is live and the `keep` publications
/// before it, of each mailing that is still read, of each run at work, and what people keep.
pub(super) fn find_marks(run: &Run<'_>, keep: usize, now: Timestamp) -> Result<Marks> {
    let mut marks = Marks::default();
    for env in environments(run.store)? {
        let run = Run { env: &env, ..*run };
        let state = read_state(&run)?;
        let past = past_publications(run.store, &env, state.seq())?;
        // What every publication rested on stays for ever: it is small, and it is the proof.
        for evidence in past.iter().flat_map(|one| &one.publication.evidence) {
            marks.blobs.extend(Digest::from_hex(&evidence.sha256).map(|digest| Key::blob(&digest)));
        }
        let unsettled = past.iter().filter(|one| state.seq() < Some(one.publication.seq));
        let were_live = past.iter().rev().filter(|one| one.was_live).take(keep.max(1));
        for one in were_live.chain(unsettled) {
            let number = one.publication.seq;
            let root = one.publication.root();
            marks.roots.extend(root.map(|root| (root, format!("publication {number} of {env}"))));
        }
    }
    for (key, sent) in read_all::<Sent>(run, "sends")? {
        if sent.holds(now) {
            let Some(root) = Digest::from_hex(&sent.release) else {
                bail!("{key} names no release")
            };
            marks.roots.insert(root, format!("mails of {}, until {}", sent.campaign, sent.until));
        }
    }
    for root in kept_by_people(run.store)? {
        marks.roots.insert(root, "the file `keep`".to_owned());
    }
    for (root, why) in marks.roots.clone() {
        let (manifest, _) = known_manifest(run.store, &root, None).map_err(|error| {
            PublishFault::broken(format!("nothing is cleaned up, because {root} ({why}): {error}"))
        })?;
        marks.blobs.extend(files_of(&manifest).iter().map(|file| Key::blob(&file.digest)));
    }
    Ok(marks)
}

/// Who is at work, but this run.
pub(super) fn at_work(run: &Run<'_>, now: Timestamp) -> Result<Option<String>> {
    let own = Key::lease(run.id);
    let others = read_all::<Lease>(run, "leases")?;
    let other = others.into_iter().find(|(key, lease)| {
        Some(key) != own.as_ref() && !key.stem().starts_with("probe-") && lease.holds(now)
    });
    Ok(other.map(|(_, lease)| {
        let by = lease.by.escape_debug().to_string();
        format!("{by} since {}, until {} at the latest", lease.started, lease.expires)
    }))
}

fn read_all<T: Kept>(run: &Run<'_>, folder: &str) -> Result<Vec<(Key, T)>> {
    let mut all = Vec::new();
    for listed in run.store.list(folder, None)? {
        let Some(found) = read_document(run.store, &listed.key)? else { continue };
        if listed.key.stem().starts_with("probe-") {
            continue;
        }
        let one = T::read(&found.bytes).map_err(|why| {
            PublishFault::broken(format!("{}/{}: {why}", run.store.shown(), listed.key))
        })?;
        all.push((listed.key, one));
    }
    Ok(all)
}

/// The environments of a target.
pub(super) fn environments(store: &dyn ConditionalStore) -> Result<Vec<EnvName>> {
    let listed = store.list("env", None)?;
    let names = listed.iter().filter_map(|one| one.key.as_str().split('/').nth(1));
    let names: BTreeSet<&str> = names.collect();
    Ok(names.into_iter().filter_map(EnvName::new).collect())
}

fn kept_by_people(store: &dyn ConditionalStore) -> Result<Vec<Digest>> {
    let Some(key) = Key::new(KEEP) else { return Ok(Vec::new()) };
    let Some(found) = read_document(store, &key)? else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&found.bytes);
    let mut roots = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let word = line.split('#').next().unwrap_or_default().trim();
        if word.is_empty() {
            continue;
        }
        let Some(root) = Digest::from_hex(word) else {
            return Err(PublishFault::broken(format!(
                "{}/{KEEP}: line {number} is no root of a release, which has 64 digits",
                store.shown()
            )));
        };
        roots.push(root);
    }
    Ok(roots)
}
