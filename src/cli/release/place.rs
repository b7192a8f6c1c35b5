//! From the command line to a target, an environment and a run.

use std::hash::{BuildHasher, Hasher as _, RandomState};
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::TargetArgs;
use crate::cli::console::Console;
use crate::cli::prepare::now;
use crate::diag::Diagnostics;
use crate::load::load_config;
use crate::model::{Digest, Hasher, parse_datetime};
use crate::publish::{Run, past_publications};
use crate::release::{EnvName, Key, Signer};
use crate::source::ReleaseSettings;
use crate::store::{ConditionalStore, DirectoryLock, is_workspace, open_target, read_small};

/// Longest name of a person or a job.
const MAX_WHO: usize = 200;
/// Largest record of what was decided of a release.
const MAX_GATES: u64 = 1 << 28;
/// Largest key or list of signers.
const MAX_FILE: u64 = 1 << 20;

/// Where something is done.
pub(in crate::cli) struct Place {
    pub(in crate::cli) store: Box<dyn ConditionalStore>,
    pub(in crate::cli) env: EnvName,
    pub(super) settings: ReleaseSettings,
    pub(super) zone: TimeZone,
    by: String,
    id: String,
}

/// What cannot be, in a sentence: the command line is wrong.
pub(in crate::cli) struct Mistyped(pub(in crate::cli) String);

impl Place {
    /// Opens a target. Nothing is written. The inner error is one of the command line.
    pub(in crate::cli) fn open(
        root: &Path,
        args: &TargetArgs,
        by: &str,
    ) -> Result<std::result::Result<Self, Mistyped>> {
        let (settings, zone) = settings(root)?;
        let set =
            |one: &Option<crate::model::Spanned<String>>| one.as_ref().map(|one| one.value.clone());
        let name = args.env.clone().or_else(|| set(&settings.env));
        let name = name.unwrap_or_else(|| "production".to_owned());
        let Some(env) = EnvName::new(&name) else {
            return Ok(Err(Mistyped(format!(
                "`{}` is no environment: use lower-case letters, digits and dashes",
                name.escape_debug()
            ))));
        };
        if by.trim().is_empty() || by.len() > MAX_WHO || by.chars().any(char::is_control) {
            return Ok(Err(Mistyped("--by takes the name of a person or a job".to_owned())));
        }
        let to = args.to.clone().or_else(|| set(&settings.target));
        let store = open_target(root, &to.unwrap_or_else(|| "releases".to_owned()))?;
        let by = by.to_owned();
        Ok(Ok(Self { store, env, settings, zone, by, id: new_id() }))
    }

    /// Whether the target is a bucket that the settings name and nobody typed, which is told: whoever
    /// only asks how things stand asks no network that was not named.
    pub(in crate::cli) fn bucket_not_typed(
        root: &Path,
        args: &TargetArgs,
        console: &mut Console,
    ) -> Result<bool> {
        if args.to.is_some() || args.env.is_some() {
            return Ok(false);
        }
        let target = settings(root)?.0.target.map(|target| target.value);
        let Some(bucket) = target.filter(|target| target.contains("://")) else { return Ok(false) };
        console.note(&format!(
            "note: what is live in {bucket} is not asked over the network unless you add --to {bucket}"
        ));
        Ok(true)
    }

    /// The run of this command.
    pub(in crate::cli) fn run(&self) -> Run<'_> {
        Run { store: self.store.as_ref(), env: &self.env, by: &self.by, id: &self.id, clock: &now }
    }

    /// What was decided of a release in the target: its gates.json, if it is there.
    pub(in crate::cli) fn gates_of(&self, root: &str) -> Result<Option<Vec<u8>>> {
        let past = past_publications(self.store.as_ref(), &self.env, None)?;
        let of_root = past.iter().rev().filter(|one| one.publication.release == root);
        let mut evidence = of_root.flat_map(|one| &one.publication.evidence);
        // Whoever can write there could put another in the release's folder.
        let Some(named) = evidence.find(|one| one.name == "gates.json") else { return Ok(None) };
        let digest = Digest::from_hex(&named.sha256).context("a publication names no digest")?;
        match self.store.read(&Key::blob(&digest), MAX_GATES)? {
            Some(found) if Digest::of(&found.bytes) == digest => Ok(Some(found.bytes)),
            _ => bail!("what was decided of {root} is not in the target as it was published"),
        }
    }

    /// Waits for other runs on a folder.
    pub(super) fn lock(&self, console: &mut Console) -> Result<Option<DirectoryLock>> {
        let waiting = format!("waiting for another run that publishes to {}", self.store.shown());
        let note = std::cell::RefCell::new(console);
        self.store.exclusive(&|| note.borrow_mut().note(&waiting))
    }

    /// For commands that only make sense where something was released: a folder is not made.
    pub(in crate::cli) fn must_exist(&self) -> Result<()> {
        let Some(folder) = self.store.folder() else { return Ok(()) };
        if folder.symlink_metadata().is_ok() {
            return Ok(());
        }
        bail!(
            "there is no {}: nothing was released there; `throughline release` does, or name another \
             target with --to",
            self.store.shown()
        )
    }

    /// A time that was typed; now where none was.
    pub(super) fn time(&self, typed: Option<&str>) -> std::result::Result<Timestamp, Mistyped> {
        let Some(text) = typed else { return Ok(self.run().now()) };
        parse_datetime(text, &self.zone).map_err(|_| {
            Mistyped(format!(
                "`{}` is no time such as 2026-11-27T05:00 or 2026-11-27T05:00-05:00",
                text.escape_debug()
            ))
        })
    }
}

/// Reads the key that signs, where one was named.
pub(super) fn signer(path: Option<&Path>) -> Result<Option<Signer>> {
    let Some(path) = path else { return Ok(None) };
    let bytes = read_small(path, MAX_FILE)?;
    let read = Signer::read(&bytes).map_err(|fault| anyhow::anyhow!("{fault}"));
    Ok(Some(read.with_context(|| format!("cannot sign with {}", path.display()))?))
}

/// The text of a small file that was named on the command line.
pub(super) fn text_of(path: &Path) -> Result<String> {
    let bytes = read_small(path, MAX_FILE)?;
    String::from_utf8(bytes).with_context(|| format!("{} is no text", path.display()))
}

/// `[release]` of the workspace; a folder that is none has no settings.
fn settings(root: &Path) -> Result<(ReleaseSettings, TimeZone)> {
    if !is_workspace(root) {
        return Ok((ReleaseSettings::default(), TimeZone::UTC));
    }
    let mut diagnostics = Diagnostics::new();
    let inputs = load_config(root, &mut diagnostics);
    match inputs.workspace {
        Some(workspace) if !diagnostics.has_errors() => Ok((workspace.release, workspace.zone)),
        _ => bail!("throughline.toml cannot be used: `throughline check` says why"),
    }
}

/// An id that no other run has: 32 hexadecimal digits.
fn new_id() -> String {
    // Seeded by the system, anew in each.
    let random = || RandomState::new().build_hasher().finish().to_le_bytes();
    let parts = [random(), random(), random(), random()];
    let digest = parts.iter().fold(Hasher::default(), |hasher, part| hasher.part(part));
    let stamped = digest.part(now().as_nanosecond().to_string().as_bytes()).finish();
    stamped.hex().get(..32).unwrap_or_default().to_owned()
}
