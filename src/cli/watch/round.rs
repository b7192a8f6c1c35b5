//! One round: a build or a check, and what of it is worth telling after the one before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::WatchArgs;
use super::findings::{Compared, Told, compare};
use crate::cli::args::CheckArgs;
use crate::cli::build::{Finished, Made, gallery, make};
use crate::cli::check::{Checked, find};
use crate::cli::console::Console;
use crate::cli::exit::{Bug, Exit};
use crate::cli::prepare::{Outcome, output_folder, report_unprepared};
use crate::cli::rendering::Then;
use crate::diag::{Code, Diagnostics, Severity};
use crate::load::read_file;
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::source::{SourceKind, Sources};
use crate::store::{Committed, read_manifest};

const LOCK: &str = "throughline.lock";

/// What is remembered from round to round: only what was told.
pub(super) struct Rounds<'a> {
    root: &'a Path,
    args: &'a WatchArgs,
    pub(super) number: usize,
    findings: Vec<Told>,
    /// Digests of the artifacts of the last build, by id.
    artifacts: BTreeMap<String, String>,
    /// throughline.lock as the last round has read or written it.
    lock: Option<Digest>,
}

/// How a round ended.
pub(super) enum Ended {
    /// With something to tell.
    Round(Box<Round>),
    /// `--as-of` is no time, which was said.
    BadTime(Exit),
}

/// What a round came to.
pub(super) struct Round {
    pub(super) exit: Exit,
    pub(super) sources: Sources,
    pub(super) new: Diagnostics,
    pub(super) gone: Vec<Told>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) effect: Effect,
}

/// What a round did.
pub(super) enum Effect {
    /// It only looked.
    Checked,
    /// Something stands in the way of everything.
    NothingWritten,
    /// It built.
    Built(Output),
}

/// The output, after a round.
pub(super) struct Output {
    pub(super) root: String,
    pub(super) artifacts: usize,
    pub(super) committed: Committed,
    /// Ids of artifacts that are new or have other bytes.
    pub(super) changed: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) gallery: Option<PathBuf>,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(root: &'a Path, args: &'a WatchArgs) -> Self {
        let (findings, artifacts) = (Vec::new(), BTreeMap::new());
        Self { root, args, number: 0, findings, artifacts, lock: None }
    }

    /// Leaves out throughline.lock where it is as the last round has left it; tells whether it is.
    pub(super) fn leave_out_own(&self, saved: &mut BTreeSet<String>) -> bool {
        let Some(digest) = self.lock.filter(|_| saved.contains(LOCK)) else { return false };
        let now = read_file(&self.root.join(LOCK), u64::MAX - 1);
        now.is_ok_and(|bytes| Digest::of(&bytes) == digest) && saved.remove(LOCK)
    }

    pub(super) fn run(&mut self, console: &mut Console) -> Result<Ended> {
        self.number += 1;
        self.lock = None;
        if self.number == 1 && !self.args.check {
            self.artifacts = self.artifacts_before();
        }
        if self.args.check { self.check(console) } else { self.build(console) }
    }

    fn check(&mut self, console: &mut Console) -> Result<Ended> {
        let args = CheckArgs {
            findings: self.args.build.findings,
            as_of: self.args.build.as_of.clone(),
            jobs: self.args.build.jobs,
        };
        match find(self.root, &args, console)? {
            Checked::Unprepared(outcome, found) => self.unprepared(outcome, found, console),
            Checked::Done(prepared, found) => {
                Ok(self.told(prepared.sources, &found, Effect::Checked))
            }
        }
    }

    fn build(&mut self, console: &mut Console) -> Result<Ended> {
        let args = &self.args.build;
        match make(self.root, args, (None, Then::GoOn), console)? {
            Made::Unprepared(outcome, found) => self.unprepared(outcome, found, console),
            Made::Refused(prepared, found) => {
                Ok(self.told(prepared.sources, &found, Effect::NothingWritten))
            }
            Made::Unchanged(_) => Err(Bug("a round has nothing to do".to_owned()).into()),
            Made::Stale(_) => Err(Bug("a build without a plan is stale".to_owned()).into()),
            Made::Built(finished) => self.finished(*finished),
        }
    }

    fn finished(&mut self, made: Finished) -> Result<Ended> {
        let Finished { prepared, report, manifest, committed, target, recorded, .. } = &made;
        let gallery = gallery(self.root, target, &self.args.build, (prepared, report, manifest))?;
        let written = recorded.then(|| Digest::of(prepared.minting.lock.text().as_bytes()));
        let artifacts = digests(manifest);
        let is_new = |(id, digest): &(&String, &String)| self.artifacts.get(*id) != Some(*digest);
        let changed = artifacts.iter().filter(is_new).map(|(id, _)| id.clone()).collect();
        let gone = self.artifacts.keys().filter(|id| !artifacts.contains_key(*id));
        let output = Output {
            root: manifest.root.hash.clone(),
            artifacts: artifacts.len(),
            committed: *committed,
            changed,
            removed: gone.cloned().collect(),
            gallery,
        };
        self.artifacts = artifacts;
        let ended = self.told(made.prepared.sources, &made.diagnostics, Effect::Built(output));
        self.lock = written.or(self.lock);
        Ok(ended)
    }

    fn unprepared(
        &mut self,
        outcome: Outcome,
        mut found: Diagnostics,
        console: &mut Console,
    ) -> Result<Ended> {
        let Outcome::Unusable(sources) = outcome else {
            return Ok(Ended::BadTime(report_unprepared(outcome, found, console, false)?));
        };
        found.sort();
        let effect = if self.args.check { Effect::Checked } else { Effect::NothingWritten };
        // The other files were not looked at: what was wrong in them still is.
        let looked = |told: &Told| told.path() == "throughline.toml";
        Ok(self.compared(sources, &found, effect, &looked))
    }

    fn told(&mut self, sources: Sources, found: &Diagnostics, effect: Effect) -> Ended {
        // What is shown nowhere is only looked for where everything was built.
        let whole = !found.has_errors();
        let looked =
            |told: &Told| whole || !matches!(told.code(), Code::UnusedLink | Code::UnusedWaiver);
        self.compared(sources, found, effect, &looked)
    }

    fn compared(
        &mut self,
        sources: Sources,
        found: &Diagnostics,
        effect: Effect,
        looked: &dyn Fn(&Told) -> bool,
    ) -> Ended {
        let notes = self.args.build.findings.show_normalised;
        let wanted = found.iter().filter(|one| notes || one.severity != Severity::Note);
        let wanted: Diagnostics = wanted.cloned().collect();
        let before = std::mem::take(&mut self.findings);
        let Compared { new, gone, now } = compare(before, (&sources, &wanted), looked);
        let number = |severity| now.iter().filter(|one| one.severity == severity).count();
        let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
        self.findings = now;
        self.lock = sources.of_kind(SourceKind::Lock).next().map(|(_, file)| file.digest);
        let exit = if found.has_errors() { Exit::Findings } else { Exit::Done };
        Ended::Round(Box::new(Round { exit, sources, new, gone, errors, warnings, effect }))
    }

    /// What is in the output before the first round, as far as it can be read.
    fn artifacts_before(&self) -> BTreeMap<String, String> {
        let target = output_folder(self.root, self.args.build.output.as_deref());
        let manifest = read_manifest(&target).ok().flatten();
        manifest.as_ref().map(digests).unwrap_or_default()
    }
}

fn digests(manifest: &Manifest) -> BTreeMap<String, String> {
    let entries = manifest.artifacts.iter();
    entries.map(|entry| (entry.id.to_string(), entry.sha256.hex())).collect()
}
