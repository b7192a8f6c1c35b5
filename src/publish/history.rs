//! Everything that was published in an environment.

use anyhow::Result;

use super::documents::read_document;
use super::fault::PublishFault;
use super::parallel::for_each;
use crate::model::Digest;
use crate::release::{EnvName, Key, Publication, check_history, live_publications, seq_of};
use crate::store::ConditionalStore;

/// A publication, and whether it ever was live.
#[derive(Clone, Debug)]
pub struct PastPublication {
    /// What was published.
    pub publication: Publication,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Whether the pointer led to it.
    pub was_live: bool,
}

/// Reads publications from a number on, and checks that they follow each other.
pub(super) fn read_history(
    store: &dyn ConditionalStore,
    env: &EnvName,
    from: u64,
) -> Result<Vec<(Publication, Digest)>> {
    let from = from.max(1);
    let after = (from > 1).then(|| Key::history(env, from - 1));
    let listed = store.list(&format!("env/{env}/history"), after.as_ref())?;
    let numbers: Vec<u64> = listed.iter().filter_map(|one| seq_of(&one.key)).collect();
    let wrong = |why: String| {
        PublishFault::broken(format!(
            "the history of `{env}` in {} was tampered with: {why}. Find out who can write there",
            store.shown()
        ))
    };
    let entries = for_each(&numbers, store.threads(), |seq| {
        let found = read_document(store, &Key::history(env, *seq))?;
        let found = found.ok_or_else(|| wrong(format!("publication {seq} is gone")))?;
        let one = Publication::parse(&found.bytes, env, *seq)
            .map_err(|why| wrong(format!("publication {seq}: {why}")))?;
        Ok((one, Digest::of(&found.bytes)))
    })?;
    if from == 1 && entries.first().is_some_and(|(first, _)| first.seq != 1) {
        return Err(wrong("publication 1 is missing".to_owned()));
    }
    let before = entries.first().and_then(|(first, _)| first.prev.clone());
    let before = if from == 1 { None } else { before };
    check_history(before.as_deref(), &entries).map_err(wrong)?;
    Ok(entries)
}

/// The whole history, given the number of what is live.
///
/// # Errors
/// Where it does not fit.
pub fn past_publications(
    store: &dyn ConditionalStore,
    env: &EnvName,
    live: Option<u64>,
) -> Result<Vec<PastPublication>> {
    let entries = read_history(store, env, 1)?;
    let were_live = live.map(|live| live_publications(&entries, live)).unwrap_or_default();
    let past = entries.into_iter().map(|(publication, digest)| PastPublication {
        was_live: were_live.contains(&publication.seq),
        publication,
        digest,
    });
    Ok(past.collect())
}
