//! `release`: what was built goes live.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::ReleaseArgs;
use super::evidence::Evidence;
use super::place::{Mistyped, Place, signer};
use super::seal::{Seal, read_entry, seal, site};
use crate::cli::build::lock_for;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::gates::Subject;
use crate::cli::prepare::output_folder;
use crate::manifest::Entry;
use crate::publish::{Outcome, Published, Sealed, State, dry_run, release};
use crate::report::count;
use crate::store::{held_back, manifest_bytes};

/// Lines of one list that are shown.
const SHOWN: usize = 10;

pub(in crate::cli) fn run(root: &Path, args: &ReleaseArgs, console: &mut Console) -> Result<Exit> {
    let place = match Place::open(root, &args.publish.target, &args.who.by)? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    let at = match place.time(args.publish.as_of.as_deref()) {
        Ok(at) => at,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    let signer = signer(args.publish.key.as_deref())?;
    let output = output_folder(root, args.output.as_deref());
    // A build would change it meanwhile. Where there is none, no folder is made for one.
    let _output_lock =
        manifest_bytes(&output)?.is_some().then(|| lock_for(&output, console)).transpose()?;
    let seal = match seal(&output)? {
        Ok(seal) => seal,
        Err(lines) => return not_as_built(&output, &lines, console),
    };
    let read = |entry: &Entry| read_entry(&output, entry);
    let recorded = |root: &str| place.gates_of(root);
    let subject = Subject { manifest: &seal.manifest, read: &read, recorded: &recorded };
    let started = place.run().now();
    let evidence = Evidence {
        root,
        place: &place,
        subject: &subject,
        signer: signer.as_ref(),
        at: at.max(started),
        started,
    };
    let open = evidence.open()?;
    if !open.is_empty() {
        return not_ready(&open, console);
    }
    let plan = place.store.folder().map(|_| site(&output, &seal, at)).transpose()?;
    let sealed = Sealed {
        manifest: &seal.manifest,
        root: seal.root,
        read: &read,
        site: plan.as_ref(),
        valid_for: place.settings.valid_for,
    };
    tell_held_back(root, &output, &seal, console);
    if args.publish.dry_run {
        return tell_dry_run(&place, &sealed, console);
    }
    let _lock = place.lock(console)?;
    let outcome = release(&place.run(), &sealed, &|| evidence.make())?;
    match outcome {
        Outcome::NotReady => not_ready(&evidence.open()?, console),
        Outcome::Same(state, mended) => tell_same(&place, (&state, mended), console),
        Outcome::Published(published) => {
            tell_published(&place, &published, &seal, signer.is_some(), console)
        }
    }
}

/// That the command line is wrong.
pub(in crate::cli) fn mistyped(sentence: &str, console: &mut Console) -> Exit {
    console.error(sentence);
    Exit::Usage
}

pub(super) fn not_ready(open: &[String], console: &mut Console) -> Result<Exit> {
    if console.format.is_json() {
        console.line(&json!({ "published": false, "open": open }).to_string())?;
    } else {
        console.line("not ready, nothing is live that was not before:")?;
        for gate in open {
            console.line(&format!("  open: {gate}"))?;
        }
    }
    Ok(Exit::NotReady)
}

fn not_as_built(output: &Path, lines: &[String], console: &mut Console) -> Result<Exit> {
    if console.format.is_json() {
        console.line(&json!({ "published": false, "not_as_built": lines }).to_string())?;
    } else {
        for line in lines.iter().take(SHOWN) {
            console.line(line)?;
        }
        if lines.len() > SHOWN {
            console.line(&format!("and {} more", lines.len() - SHOWN))?;
        }
    }
    console.error(&format!(
        "{} is not as it was built, so nothing of it is released: `throughline build` repairs it",
        output.display()
    ));
    Ok(Exit::Findings)
}

/// What the build left out does not go out, and somebody should know.
fn tell_held_back(root: &Path, output: &Path, seal: &Seal, console: &mut Console) {
    match held_back(root, output, &seal.root) {
        Some(held) => {
            for path in held.iter().take(SHOWN) {
                console.note(&format!("held back by the build, so not in it: {path}"));
            }
            if held.len() > SHOWN {
                console.note(&format!("and {} more", held.len() - SHOWN));
            }
        }
        None => console.note(
            "note: nobody knows here what the build held back: it was built elsewhere, or its \
             records are gone",
        ),
    }
}

fn tell_dry_run(place: &Place, sealed: &Sealed<'_>, console: &mut Console) -> Result<Exit> {
    let (state, new) = dry_run(&place.run(), sealed)?;
    let same = state.live.as_ref().is_some_and(|live| live.root == sealed.root);
    let (root, files) = (sealed.root.hex(), sealed.manifest.artifacts.len());
    if console.format.is_json() {
        let document = json!({
            "published": false,
            "dry_run": true,
            "release": root,
            "live": state.live.as_ref().map(|live| live.pointer.release.as_str()),
            "artifacts": files,
            "new": new,
            "same": same,
        });
        console.line(&document.to_string())?;
        return Ok(Exit::Done);
    }
    if same {
        console.line(&format!("{root} is live in `{}` already: nothing to do", place.env))?;
    } else {
        let what = format!("{} of {}", count(new, "new file"), count(files, "artifact"));
        let next = state.seq().unwrap_or_default() + 1;
        console.line(&format!(
            "would release {root} ({what}) as number {next} of `{}` in {}",
            place.env,
            place.store.shown()
        ))?;
    }
    console.note("a dry run: nothing was written");
    Ok(Exit::Done)
}

fn tell_same(
    place: &Place,
    (state, mended): (&State, usize),
    console: &mut Console,
) -> Result<Exit> {
    let Some(live) = &state.live else { return Ok(Exit::Done) };
    if console.format.is_json() {
        let document = json!({
            "published": false,
            "release": live.pointer.release,
            "seq": live.pointer.seq,
            "env": live.pointer.env,
            "same": true,
            "mended": mended,
        });
        console.line(&document.to_string())?;
        return Ok(Exit::Done);
    }
    if mended > 0 {
        console.line(&format!(
            "{} of what is live were not as they should be, and are now: find out who can write in {}",
            count(mended, "file"),
            place.store.shown()
        ))?;
    }
    console.line(&format!(
        "{} is live in `{}` already, as number {}: nothing to do",
        live.pointer.release, place.env, live.pointer.seq
    ))?;
    Ok(Exit::Done)
}

fn tell_published(
    place: &Place,
    published: &Published,
    seal: &Seal,
    signed: bool,
    console: &mut Console,
) -> Result<Exit> {
    let Published { publication, new, present, mended } = published;
    let (target, env) = (place.store.shown(), &place.env);
    if console.format.is_json() {
        let document = json!({
            "published": true,
            "act": publication.act.name(),
            "release": publication.release,
            "previous": publication.previous,
            "seq": publication.seq,
            "env": publication.env,
            "target": target,
            "artifacts": seal.manifest.artifacts.len(),
            "new": new,
            "present": present,
            "mended": mended,
            "signed": signed,
        });
        console.line(&document.to_string())?;
        return Ok(Exit::Done);
    }
    let files = count(seal.manifest.artifacts.len(), "artifact");
    console.line(&format!(
        "released {} ({files}, {} new)",
        publication.release,
        count(*new, "file")
    ))?;
    if *mended > 0 {
        console.line(&format!(
            "{} there had other bytes than their names say, and were put right: find out who can \
             write in {target}",
            count(*mended, "file")
        ))?;
    }
    console.line(&format!("live in `{env}` of {target} as number {}", publication.seq))?;
    match &publication.previous {
        Some(previous) => console.line(&format!(
            "before it: {previous}, which stays; back: throughline rollback --because … --by …"
        ))?,
        None => console.line("nothing was live there before")?,
    }
    if !signed {
        console.note("unsigned: sign where it came from with --key");
    }
    console.note(&format!("next: throughline verify --to {target} --env {env}"));
    Ok(Exit::Done)
}
