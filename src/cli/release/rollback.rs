//! `rollback`: what was live before is live again.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::json;

use super::args::RollbackArgs;
use super::evidence::Evidence;
use super::expired::ended;
use super::make::{mistyped, not_ready};
use super::place::{Mistyped, Place, signer};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::gates::Subject;
use crate::manifest::Entry;
use crate::model::Digest;
use crate::publish::{Outcome, Past, Published, find_past, rollback, settle};
use crate::release::Key;

pub(in crate::cli) fn run(root: &Path, args: &RollbackArgs, console: &mut Console) -> Result<Exit> {
    let place = match Place::open(root, &args.publish.target, &args.by)? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    if args.because.trim().is_empty() {
        return Ok(mistyped("--because takes the reason, in a sentence", console));
    }
    let at = match place.time(args.publish.as_of.as_deref()) {
        Ok(at) => at,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    let signer = signer(args.publish.key.as_deref())?;
    place.must_exist()?;
    let _lock = if args.publish.dry_run { None } else { place.lock(console)? };
    let run = place.run();
    let past = find_past(&run, args.what.as_deref(), &args.because)?;
    if past.state.live.as_ref().is_some_and(|live| live.root == past.root) {
        if !args.publish.dry_run {
            settle(&run, &past, at)?;
        }
        console
            .line(&format!("{} is live in `{}` already: nothing to do", past.root, place.env))?;
        return Ok(Exit::Done);
    }
    // A time that is over cannot make good what has ended since, nor a gate that has opened.
    let judged = at.max(run.now());
    let wrong = ended(&past.manifest, judged);
    tell_wrong(&wrong, args.accept, console)?;
    if !wrong.is_empty() && !args.accept {
        return refuse(&wrong, console);
    }
    let read = |entry: &Entry| read_entry(&place, entry);
    let manifest = past.manifest.clone();
    let recorded = |root: &str| place.gates_of(root);
    let subject = Subject { manifest: &manifest, read: &read, recorded: &recorded };
    let evidence = Evidence {
        root,
        place: &place,
        subject: &subject,
        signer: signer.as_ref(),
        at: judged,
        started: run.now(),
    };
    let open = evidence.open()?;
    if !open.is_empty() {
        return not_ready(&open, console);
    }
    if args.publish.dry_run {
        return tell_dry_run(&place, &past, console);
    }
    let valid_for = place.settings.valid_for;
    match rollback(&run, past, (&args.because, valid_for), at, &|| evidence.make())? {
        Outcome::Published(published) => tell(&place, &published, &wrong, console),
        Outcome::NotReady => not_ready(&evidence.open()?, console),
        Outcome::Same(..) => Ok(Exit::Done),
    }
}

/// A file of a release, from the target.
fn read_entry(place: &Place, entry: &Entry) -> Result<Vec<u8>> {
    let digest = entry.sha256;
    match place.store.read(&Key::blob(&digest), entry.size as u64)? {
        Some(found) if Digest::of(&found.bytes) == digest => Ok(found.bytes),
        _ => bail!("{} of the release is not there as it was", entry.id),
    }
}

fn tell_wrong(wrong: &[String], accepted: bool, console: &mut Console) -> Result<()> {
    if console.format.is_json() || wrong.is_empty() {
        return Ok(());
    }
    let head = if accepted { "accepted:" } else { "would be wrong now:" };
    console.line(head)?;
    for sentence in wrong {
        console.line(&format!("  {sentence}"))?;
    }
    Ok(())
}

fn refuse(wrong: &[String], console: &mut Console) -> Result<Exit> {
    if console.format.is_json() {
        console.line(&json!({ "published": false, "wrong": wrong }).to_string())?;
    }
    console.error(
        "offers of that release have ended, so it is not put back: build and release what should be \
         live, or add --accept if it is better than what is",
    );
    Ok(Exit::NotReady)
}

fn tell_dry_run(place: &Place, past: &Past, console: &mut Console) -> Result<Exit> {
    let number = past.publication.publication.seq;
    if console.format.is_json() {
        let document = json!({ "published": false, "dry_run": true, "release": past.root.hex(), "of": number });
        console.line(&document.to_string())?;
    } else {
        console.line(&format!(
            "would put {} back, which was number {number} of `{}` in {}",
            past.root,
            place.env,
            place.store.shown()
        ))?;
    }
    console.note("a dry run: nothing was written");
    Ok(Exit::Done)
}

fn tell(
    place: &Place,
    published: &Published,
    wrong: &[String],
    console: &mut Console,
) -> Result<Exit> {
    let one = &published.publication;
    let target = place.store.shown();
    if console.format.is_json() {
        let document = json!({
            "published": true,
            "act": one.act.name(),
            "release": one.release,
            "previous": one.previous,
            "seq": one.seq,
            "env": one.env,
            "target": target,
            "wrong": wrong,
        });
        console.line(&document.to_string())?;
        return Ok(Exit::Done);
    }
    console.line(&format!("back to {}", one.release))?;
    console.line(&format!("live in `{}` of {target} as number {}", place.env, one.seq))?;
    if let Some(previous) = &one.previous {
        console.line(&format!("before it: {previous}, which stays"))?;
    }
    console.note("next: put right what was wrong, throughline build, throughline release");
    Ok(Exit::Done)
}
