//! A publication: into the history, then the pointer, then the audit log.
//!
//! The pointer is what counts. Stopped before it, the publication in the history was never live, and
//! the next one says so by following another; stopped behind it, the next run writes the missing
//! entry of the audit log.

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::audit::append;
use super::fault::PublishFault;
use super::run::Run;
use super::state::{State, read_state};
use crate::model::Digest;
use crate::release::{Act, Evidence, Key, Publication, canonical};
use crate::store::{Put, Replaced};

/// What is to go live.
pub(super) struct Proposal {
    pub(super) act: Act,
    pub(super) root: Digest,
    /// Digest of the manifest's bytes.
    pub(super) manifest: Digest,
    pub(super) evidence: Vec<Evidence>,
    pub(super) because: Option<String>,
    pub(super) valid_for: Option<SignedDuration>,
}

/// How many publications others may write between two tries of ours.
const TRIES: usize = 1_000;

/// Makes it live on top of `state`, or tells that somebody else was faster.
pub(super) fn publish(run: &Run<'_>, state: &State, proposal: Proposal) -> Result<Publication> {
    let one = write_history(run, state, proposal)?;
    let pointer = canonical(&one.pointer());
    let key = Key::pointer(run.env);
    let live = match &state.live {
        None => run.store.put_new(&key, &pointer)? == Put::New,
        Some(live) => run.store.replace_if(&key, &pointer, &live.version)? == Replaced::Done,
    };
    if !live {
        return Err(told(run)?);
    }
    record(run, state, &one).with_context(|| {
        format!(
            "publication {} is live, but the audit log has no entry of it: run the same again, \
             which writes it",
            one.seq
        )
    })?;
    Ok(one)
}

/// Writes the publication under the next number. Numbers that others took and that never went live
/// are passed by.
fn write_history(run: &Run<'_>, state: &State, proposal: Proposal) -> Result<Publication> {
    let head = state.audit.head();
    let live = state.live.as_ref();
    let now = run.now();
    let valid_until = proposal.valid_for.and_then(|time| now.checked_add(time).ok());
    let mut one = Publication {
        act: proposal.act,
        audit_head: head.map(|(_, digest)| digest.hex()),
        audit_seq: head.map_or(0, |(seq, _)| seq),
        because: proposal.because,
        by: run.by.to_owned(),
        env: run.env.to_string(),
        evidence: proposal.evidence,
        follows: state.seq(),
        id: run.id.to_owned(),
        manifest: proposal.manifest.hex(),
        prev: None,
        previous: live.map(|live| live.root.hex()),
        published: now.to_string(),
        release: proposal.root.hex(),
        schema: Publication::schema_name(),
        seq: 0,
        valid_until: valid_until.map(|until| until.to_string()),
    };
    let mut last = state.last;
    for _ in 0..TRIES {
        one.seq = last.map_or(1, |(seq, _)| seq + 1);
        one.prev = last.map(|(_, digest)| digest.hex());
        let key = Key::history(run.env, one.seq);
        if run.store.put_new(&key, &canonical(&one))? == Put::New {
            return Ok(one);
        }
        if !state.is_live_in(run.store, &Key::pointer(run.env))? {
            return Err(told(run)?);
        }
        last = read_state(run)?.last;
    }
    bail!("the history of {} grows faster than one can write there", run.store.shown())
}

/// Who was faster, for the one who was not.
fn told(run: &Run<'_>) -> Result<anyhow::Error> {
    let state = read_state(run)?;
    let by = state.live.map_or_else(String::new, |live| {
        let Publication { by, seq, release, published, .. } = live.publication;
        let root = release.get(..16).unwrap_or_default().to_owned();
        format!(": {} released {root} as number {seq} at {published}", by.escape_debug())
    });
    Ok(PublishFault::moved(format!(
        "somebody else published in `{}` while this ran{by}. Nothing of this run is live: look at \
         what is, and run the same again if it should go on top",
        run.env
    )))
}

/// What the audit log says of a publication. `recorder` is the id of the run that wrote it down.
pub(super) fn audit_data(one: &Publication, recorder: &str) -> Value {
    json!({
        "because": one.because,
        "entry": Digest::of(&canonical(one)).hex(),
        "env": one.env,
        "evidence": one.evidence,
        "manifest": one.manifest,
        "previous": one.previous,
        "published": one.published,
        "recorded_by": recorder,
        "release": one.release,
        "seq": one.seq,
    })
}

/// Writes the entry of the audit log that belongs to a publication.
fn record(run: &Run<'_>, state: &State, one: &Publication) -> Result<()> {
    let head = state.audit.head();
    append(run, head, (one.act.name(), &one.by), &audit_data(one, run.id))?;
    Ok(())
}

/// Writes the entry that a killed run left out. Hands back how things stand then.
pub(super) fn make_good(run: &Run<'_>, state: State) -> Result<State> {
    match &state.live {
        Some(live) if !state.recorded => {
            record(run, &state, &live.publication)?;
            read_state(run)
        }
        _ => Ok(state),
    }
}
