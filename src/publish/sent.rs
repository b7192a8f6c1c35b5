//! A mailing went out: what it shows stays in the target for as long as people read mails.

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;

use super::audit::append;
use super::commit::make_good;
use super::documents::read_document;
use super::fault::PublishFault;
use super::lease::Held;
use super::run::Run;
use super::state::read_state;
use crate::model::Hasher;
use crate::release::{Kept, Key, Sent, canonical};

/// Records that mails of a campaign went out with what is live. Said twice, the later end counts.
///
/// # Errors
/// Where nothing is live, or it cannot be written.
pub fn record_sent(run: &Run<'_>, campaign: &str, until: Timestamp) -> Result<Sent> {
    let lease = Held::take(*run, None)?;
    let state = make_good(run, read_state(run)?)?;
    let Some(live) = &state.live else {
        return Err(PublishFault::unknown(format!(
            "nothing is live in `{}` of {}, so no mail can show it",
            run.env,
            run.store.shown()
        )));
    };
    let parts = [run.env.as_str(), campaign, &live.pointer.release];
    let id = parts.iter().fold(Hasher::default(), |hash, part| hash.part(part.as_bytes()));
    let id = id.finish().hex16();
    let key = Key::sent(&id).context("an id is no key")?;
    let before = read_document(run.store, &key)?.and_then(|found| Sent::read(&found.bytes).ok());
    let before = before.and_then(|sent| sent.until.parse::<Timestamp>().ok());
    let until = before.map_or(until, |before| before.max(until));
    let sent = Sent {
        by: run.by.to_owned(),
        campaign: campaign.to_owned(),
        env: run.env.to_string(),
        release: live.pointer.release.clone(),
        schema: Sent::schema_name(),
        sent: run.now().to_string(),
        until: until.to_string(),
    };
    run.store.put(&key, &canonical(&sent))?;
    let data = json!({
        "campaign": sent.campaign,
        "env": sent.env,
        "recorded_by": run.id,
        "release": sent.release,
        "until": sent.until,
    });
    append(run, state.audit.head(), ("sent", run.by), &data)?;
    drop(lease);
    Ok(sent)
}
