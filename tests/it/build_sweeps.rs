//! Faults at every point where `build`, `swap`, `plan` and `apply` change something: killed there, or
//! told that the disk is full or broken. What stands in the output is one build, whole; ids and
//! decisions are all there; and the same command again leaves what it leaves undisturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use throughline::model::Digest;

use crate::cases::lay_down;
use crate::sandbox::{Run, Sandbox};
use crate::strikes::{Call, Fault, Whose, calls, stride, strike};

/// Any time does, as long as it is the same one each time.
const AS_OF: &str = "2026-11-20T12:00";
const BUILD: &[&str] = &["build", "--jobs", "1", "--as-of", AS_OF];
const OFFERS: &str = "partners/offers.csv";

/// What a command leaves in a workspace: every file but the caches and the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
}

const LEFT: [&str; 4] = ["output", "decisions", "throughline.lock", "late.plan"];

impl State {
    fn of(sandbox: &Sandbox) -> Self {
        let (mut files, mut folders) = (BTreeMap::new(), BTreeSet::new());
        for name in LEFT {
            for entry in walkdir::WalkDir::new(sandbox.path(name)).into_iter().flatten() {
                let path = entry.path().strip_prefix(sandbox.root()).unwrap();
                let path = path.to_str().unwrap().to_owned();
                if entry.file_type().is_dir() {
                    folders.insert(path);
                } else {
                    files.insert(path, fs::read(entry.path()).unwrap());
                }
            }
        }
        Self { files, folders }
    }

    fn below<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (&'s str, &'s [u8])> {
        let files = self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        files.filter_map(move |(path, bytes)| Some((path.strip_prefix(folder)?, bytes)))
    }

    /// Where they differ, and not what all of it is.
    #[track_caller]
    fn expect(&self, other: &Self, why: &str) {
        let differs = |path: &&String| self.files.get(*path) != other.files.get(*path);
        let paths: BTreeSet<&String> =
            self.files.keys().chain(other.files.keys()).filter(differs).collect();
        assert!(paths.is_empty(), "{why}: {paths:?}");
        assert_eq!(self.folders, other.folders, "{why}");
    }
}

/// A command, and how a workspace comes to where it is asked.
struct Rig {
    sandbox: Sandbox,
    /// The sources as they were laid down.
    sources: BTreeMap<String, String>,
    prepare: fn(&Sandbox),
    command: Vec<&'static str>,
    before: State,
    after: State,
    calls: Vec<Call>,
}

impl Rig {
    fn new(prepare: fn(&Sandbox), command: &[&'static str]) -> Self {
        let sandbox = lay_down("ok_small");
        let paths = sandbox.files("");
        let sources = paths.into_iter().map(|path| (path.clone(), sandbox.read(&path))).collect();
        let empty = State { files: BTreeMap::new(), folders: BTreeSet::new() };
        let mut rig = Self {
            sandbox,
            sources,
            prepare,
            command: command.to_vec(),
            before: empty.clone(),
            after: empty,
            calls: Vec::new(),
        };
        rig.lay();
        rig.before = State::of(&rig.sandbox);
        rig.calls = calls(&rig.sandbox, (command, Whose::All));
        rig.after = State::of(&rig.sandbox);
        rig.sandbox.run(&["verify"]).expect_code(0);
        // Said again, it is done already.
        rig.run().expect_code(0);
        State::of(&rig.sandbox).expect(&rig.after, "again");
        rig
    }

    /// The workspace as it is before the command.
    fn lay(&self) {
        for name in LEFT.iter().chain(&[".throughline"]) {
            if self.sandbox.path(name).exists() {
                self.sandbox.remove(name);
            }
        }
        for (path, text) in &self.sources {
            self.sandbox.write(path, text);
        }
        (self.prepare)(&self.sandbox);
    }

    /// What it leaves in the output is what a build into an empty folder makes.
    #[track_caller]
    fn expect_clean(&self) {
        self.sandbox.run(&[BUILD, &["--output", "clean"]].concat()).expect_code(0);
        let read = |folder: &str| -> BTreeMap<String, Vec<u8>> {
            let bytes =
                |path: &String| fs::read(self.sandbox.path(&format!("{folder}/{path}"))).unwrap();
            self.sandbox
                .files(folder)
                .into_iter()
                .map(|path| (path.clone(), bytes(&path)))
                .collect()
        };
        assert!(read("output") == read("clean"), "{:?}", self.command);
        self.sandbox.remove("clean");
    }

    fn run(&self) -> Run {
        self.sandbox.run(&self.command)
    }

    /// Kills it at each change, and hands back at how many.
    fn kill(&self) -> usize {
        let changes = self.calls.iter().filter(|call| !call.in_vain && is_one(call, &self.calls));
        self.sweep(changes.map(|call| (call, Fault::Kill)))
    }

    /// Has each change refused by a disk that is full and by one that is broken, and hands back how
    /// many were.
    fn refuse(&self) -> usize {
        let changes = self.calls.iter().filter(|call| is_one(call, &self.calls));
        self.sweep(
            changes.flat_map(|call| ["ENOSPC", "EIO"].map(|error| (call, Fault::Error(error)))),
        )
    }

    fn sweep<'c>(&'c self, strikes: impl Iterator<Item = (&'c Call, Fault)>) -> usize {
        let mut struck = 0;
        for (call, fault) in strikes.step_by(stride(USUAL)) {
            let why = format!("{:?}, {fault:?} at {call:?}", self.command);
            self.lay();
            let came =
                strike(&self.sandbox, (&self.command, Whose::All), (&call.name, call.at), fault);
            assert!(came.hit, "{why}: it was not reached");
            struck += 1;
            self.expect_whole(&why);
            match fault {
                Fault::Kill => assert_ne!(came.code, Some(0), "{why}"),
                Fault::Error(_) if came.code == Some(0) => {
                    // What only costs time, and what there is another way for.
                    assert!(is_dispensable(call), "{why}: {}", came.said);
                    State::of(&self.sandbox).expect(&self.after, &why);
                }
                Fault::Error(_) => {
                    assert_eq!(came.code, Some(5), "{why}: {}", came.said);
                    assert!(says_where(&came.said, call), "{why}: {}", came.said);
                }
            }
            let again = self.run();
            assert_eq!(again.code, 0, "{why}: {}", again.text());
            State::of(&self.sandbox).expect(&self.after, &why);
            let litter = self.sandbox.files("");
            let litter: Vec<&String> = litter.iter().filter(|path| is_litter(path)).collect();
            assert!(litter.is_empty(), "{why}: {litter:?}");
        }
        struck
    }

    /// One of two builds, whole; ids and decisions of before or after, whole.
    #[track_caller]
    fn expect_whole(&self, why: &str) {
        let now = State::of(&self.sandbox);
        let of = |state: &State, path: &str| state.files.get(path).cloned();
        for path in ["throughline.lock", "late.plan", "output/manifest.json", "output/SHA256SUMS"] {
            let found = of(&now, path);
            let known = [of(&self.before, path), of(&self.after, path)];
            assert!(known.contains(&found), "{why}: {path} is of neither");
        }
        for (path, bytes) in now.below("decisions/").filter(|(path, _)| !is_litter(path)) {
            let path = format!("decisions/{path}");
            assert_eq!(Some(bytes.to_vec()), of(&self.after, &path), "{why}: half of {path}");
        }
        for (path, _) in self.before.below("decisions/") {
            assert!(now.files.contains_key(&format!("decisions/{path}")), "{why}: {path} is lost");
        }
        let digest_of =
            |path: &str| Some(Digest::of(now.files.get(&format!("output/{path}"))?).hex());
        let Some(manifest) = of(&now, "output/manifest.json") else { return };
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        for entry in manifest["artifacts"].as_array().unwrap() {
            let (path, sha256) =
                (entry["path"].as_str().unwrap(), entry["sha256"].as_str().unwrap());
            assert_eq!(digest_of(path).as_deref(), Some(sha256), "{why}: {path}");
        }
        // As `sha256sum --check` reads it.
        for line in String::from_utf8(of(&now, "output/SHA256SUMS").unwrap()).unwrap().lines() {
            let (sha256, path) = line.split_once("  ").unwrap();
            assert_eq!(digest_of(path).as_deref(), Some(sha256), "{why}: SHA256SUMS, {path}");
        }
        let verified = self.sandbox.run(&["verify", "--format", "json"]);
        let verified = &verified.json_lines()[0];
        for what in ["missing", "altered"] {
            assert_eq!(verified[what], serde_json::json!([]), "{why}: {what}");
        }
    }
}

/// A sample in `make test`.
const USUAL: usize = 17;

/// Of the many lines that a command prints, the first and the last stand for all: nothing on the
/// disk changes between them.
fn is_one(call: &Call, all: &[Call]) -> bool {
    let prints = |call: &Call| call.about.iter().any(|one| one == "stdout" || one == "stderr");
    if !prints(call) {
        return true;
    }
    let mut others = all.iter().filter(|one| prints(one)).map(|one| one.at);
    let (first, last) = (others.next(), others.next_back());
    first == Some(call.at) || last == Some(call.at)
}

/// Where a run may go on and end well: nothing is said to anybody, a cache is not written, a folder
/// is there already, or the system cannot make a second name of a file.
fn is_dispensable(call: &Call) -> bool {
    let cached = call.about.iter().any(|path| path.starts_with(".throughline/"));
    let unheard = call.about.iter().any(|one| one == "stderr");
    cached || unheard || call.name == "linkat" || call.name == "mkdir" && call.in_vain
}

/// Whether a message names what could not be written, or the folder that it is in.
fn says_where(said: &str, call: &Call) -> bool {
    let names = |path: &String| {
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let name =
            name.strip_prefix('.').and_then(|name| name.strip_suffix(".new")).unwrap_or(name);
        match path.as_str() {
            "stdout" => said.contains("cannot write to standard output"),
            "stderr" => true,
            _ if path.starts_with('/') => said.contains("cannot sync"),
            _ => said.contains(name) || folder != "." && said.contains(folder),
        }
    };
    call.about.iter().any(names)
}

fn is_litter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.') && name.strip_suffix(".new").is_some() || path.contains(".partial/")
}

fn nothing(_: &Sandbox) {}

fn built(sandbox: &Sandbox) {
    sandbox.run(BUILD).expect_code(0);
}

/// Texts change, an offer comes, which gets ids, and another goes, with its page.
fn changed(sandbox: &Sandbox) {
    built(sandbox);
    let offers = sandbox.read(OFFERS);
    let gone = |line: &&str| !line.starts_with("lumen-gift,");
    let mut lines: Vec<String> = offers.lines().filter(gone).map(str::to_owned).collect();
    let like = lines.iter().find(|line| line.starts_with("lumen-serum,")).unwrap();
    lines.push(like.replacen("lumen-serum", "lumen-two", 1));
    sandbox.write(OFFERS, lines.join("\n") + "\n");
    let legal = sandbox.read("legal/standard.md");
    sandbox.write("legal/standard.md", format!("{legal}\n\nVersion 2.\n"));
}

const SWAP: &[&str] = &[
    "swap",
    "withdraw",
    "offer:lumen-gift",
    "--because",
    "x",
    "--by",
    "y",
    "--at",
    AS_OF,
    "--yes",
];

fn swapped(sandbox: &Sandbox) {
    built(sandbox);
    sandbox.run(SWAP).expect_code(0);
}

const PLAN: &[&str] = &["plan", "--jobs", "1", "--as-of", AS_OF, "-o", "late.plan"];

fn planned(sandbox: &Sandbox) {
    changed(sandbox);
    sandbox.run(PLAN).expect_code(0);
}

/// Mails go out, and the pages of the same offer stay as they are.
fn planned_in_part(sandbox: &Sandbox) {
    built(sandbox);
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    sandbox.edit("partners/partners.csv", "hearth,Hearth,", "hearth,Hearth Co,");
    sandbox.run(&[PLAN, &["--only", "channel:email"]].concat()).expect_code(0);
}

/// So many, where each is struck.
#[track_caller]
fn expect_at_least(struck: usize, all: usize) {
    eprintln!("struck {struck} times");
    assert!(struck >= all / stride(USUAL), "{struck} of {all}");
}

#[test]
fn the_first_build() {
    let rig = Rig::new(nothing, BUILD);
    rig.expect_clean();
    expect_at_least(rig.kill(), 110);
    expect_at_least(rig.refuse(), 280);
}

#[test]
fn a_build_after_a_change() {
    let rig = Rig::new(changed, BUILD);
    rig.expect_clean();
    expect_at_least(rig.kill(), 80);
    expect_at_least(rig.refuse(), 200);
}

#[test]
fn a_swap_and_its_build() {
    let rig = Rig::new(built, SWAP);
    expect_at_least(rig.kill(), 8);
    expect_at_least(rig.refuse(), 16);
    let rig = Rig::new(swapped, BUILD);
    rig.expect_clean();
    expect_at_least(rig.kill(), 60);
    expect_at_least(rig.refuse(), 150);
}

#[test]
fn a_plan_and_its_apply() {
    let rig = Rig::new(changed, PLAN);
    expect_at_least(rig.kill(), 6);
    expect_at_least(rig.refuse(), 12);
    let rig = Rig::new(planned, &["apply", "--jobs", "1", "late.plan"]);
    expect_at_least(rig.kill(), 80);
    expect_at_least(rig.refuse(), 200);
    let rig = Rig::new(planned_in_part, &["apply", "--jobs", "1", "late.plan"]);
    expect_at_least(rig.kill(), 60);
    expect_at_least(rig.refuse(), 150);
}
