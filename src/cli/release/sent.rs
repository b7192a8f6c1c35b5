//! `sent`: mails went out, and what they show must stay.

use std::path::Path;

use anyhow::Result;
use jiff::SignedDuration;
use serde_json::json;

use super::args::SentArgs;
use super::make::mistyped;
use super::place::{Mistyped, Place};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::model::is_slug;
use crate::publish::record_sent;

/// How long mails are read where nobody says it: people search their inboxes for a year.
const READ_FOR: SignedDuration = SignedDuration::from_hours(365 * 24);

pub(in crate::cli) fn run(root: &Path, args: &SentArgs, console: &mut Console) -> Result<Exit> {
    let place = match Place::open(root, &args.target, &args.who.by)? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    if !is_slug(&args.campaign) {
        return Ok(mistyped("--campaign takes the id of a campaign, such as bf26", console));
    }
    let now = place.run().now();
    let until = match &args.until {
        None => now.checked_add(READ_FOR)?,
        Some(text) => match place.time(Some(text)) {
            Ok(until) if until > now => until,
            Ok(_) => return Ok(mistyped("--until is over already", console)),
            Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
        },
    };
    place.must_exist()?;
    let _lock = place.lock(console)?;
    let sent = record_sent(&place.run(), &args.campaign, until)?;
    if console.format.is_json() {
        console.line(&json!(sent).to_string())?;
    } else {
        console.line(&format!(
            "mails of {} show {}, which stays until {}",
            sent.campaign, sent.release, sent.until
        ))?;
    }
    Ok(Exit::Done)
}
