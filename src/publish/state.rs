//! What an environment serves, and whether everything around the pointer fits it.

use anyhow::Result;

use super::audit::{Chain, read_audit};
use super::documents::read_document;
use super::fault::PublishFault;
use super::history::read_history;
use super::run::Run;
use crate::model::Digest;
use crate::release::{Key, Pointer, Publication, check_pointer};
use crate::store::{ConditionalStore, Version};

/// What is live.
#[derive(Clone, Debug)]
pub struct Live {
    /// The pointer.
    pub pointer: Pointer,
    /// The publication that it points at.
    pub publication: Publication,
    /// The root.
    pub root: Digest,
    /// The pointer as it was read.
    pub version: Version,
}

/// An environment of a target.
#[derive(Clone, Debug)]
pub struct State {
    /// What is live; nothing before the first release.
    pub live: Option<Live>,
    /// Number and digest of the last publication, whether or not it is live.
    pub last: Option<(u64, Digest)>,
    /// The audit log from where the pointer names it.
    pub audit: Chain,
    /// Whether the audit log has the live publication.
    pub recorded: bool,
}

/// How often another publisher may come between while this is read.
const TRIES: usize = 8;

/// Reads an environment.
///
/// # Errors
/// Where the pointer, the history and the audit log do not fit each other: something was put back,
/// raised, exchanged or taken out.
pub fn read_state(run: &Run<'_>) -> Result<State> {
    let pointer = Key::pointer(run.env);
    for _ in 1..TRIES {
        let before = run.store.read(&pointer, super::documents::MAX_DOCUMENT)?;
        match read_once(run, before.clone()) {
            // What does not fit may be one half of what somebody is publishing.
            Err(error) if error.is::<PublishFault>() => {
                let now = run.store.read(&pointer, super::documents::MAX_DOCUMENT)?;
                if now == before {
                    return Err(error);
                }
            }
            other => return other,
        }
    }
    let last = read_document(run.store, &pointer)?;
    read_once(run, last)
}

fn read_once(run: &Run<'_>, found: Option<crate::store::Read>) -> Result<State> {
    let Run { store, env, .. } = *run;
    let key = Key::pointer(env);
    let wrong = |why: &str| {
        PublishFault::broken(format!(
            "{}/{key} is not as it was published: {why}. Nothing is published on top of it: \
             `throughline verify --to` says more",
            store.shown()
        ))
    };
    let pointer = match &found {
        Some(found) => Some(Pointer::parse(&found.bytes, env).map_err(|why| wrong(&why))?),
        None => None,
    };
    let from = pointer.as_ref().map_or(1, |pointer| pointer.seq);
    let history = read_history(store, env, from)?;
    let last = history.last().map(|(one, digest)| (one.seq, *digest));
    let audit_from = pointer.as_ref().map_or(1, |pointer| pointer.audit_seq.max(1));
    let audit = read_audit(store, audit_from)?;
    let later = audit.entries.iter().filter_map(|(entry, _)| entry.publication());
    let of_env = later.filter(|(name, _)| *name == env.as_str()).map(|(_, seq)| seq);
    let newest = of_env.clone().max();
    if newest > pointer.as_ref().map(|pointer| pointer.seq) {
        return Err(wrong(&format!(
            "publication {} was live, so the pointer was put back",
            newest.unwrap_or_default()
        )));
    }
    let (Some(pointer), Some(found)) = (pointer, found) else {
        return Ok(State { live: None, last, audit, recorded: true });
    };
    let recorded = of_env.clone().any(|seq| seq == pointer.seq);
    let publication = history.first().map(|(one, _)| one).filter(|one| one.seq == pointer.seq);
    check_pointer(&pointer, publication).map_err(|why| wrong(&why))?;
    if pointer.audit_seq > 0 {
        let at_head = audit.entries.first().filter(|(one, _)| one.seq == pointer.audit_seq);
        let digest = at_head.map(|(_, digest)| digest.hex());
        if digest != pointer.audit_head {
            return Err(wrong("it was published after another audit log than the one there"));
        }
    }
    let (Some(publication), Some(root)) = (publication.cloned(), pointer.root()) else {
        return Err(wrong("it names no release"));
    };
    let live = Live { pointer, publication, root, version: found.version };
    Ok(State { live: Some(live), last, audit, recorded })
}

impl State {
    /// The number of what is live.
    pub fn seq(&self) -> Option<u64> {
        self.live.as_ref().map(|live| live.pointer.seq)
    }

    /// Whether the store still has what was read.
    pub(super) fn is_live_in(&self, store: &dyn ConditionalStore, key: &Key) -> Result<bool> {
        let now = read_document(store, key)?.map(|found| found.version);
        Ok(now == self.live.as_ref().map(|live| live.version.clone()))
    }
}
