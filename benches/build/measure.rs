//! Runs the release binary as a user would, and looks at it from outside.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use walkdir::WalkDir;

use crate::floor::milliseconds;

const PROGRAM: &str = env!("CARGO_BIN_EXE_throughline");
const GNU_TIME: &str = "/usr/bin/time";

/// `USER_HZ`, which Linux fixes at 100 for programs.
const MS_PER_TICK: f64 = 10.0;

/// One build: a workspace, its output folder, and how many jobs.
pub(crate) struct Build {
    pub(crate) workspace: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) jobs: usize,
}

/// What one build took, in milliseconds.
pub(crate) struct Run {
    pub(crate) wall: f64,
    /// User and system time, where the system tells.
    pub(crate) cpu: Option<f64>,
}

/// What says that a file was written: inode, size, and times of content and inode.
type Stamp = [i128; 4];

impl Build {
    /// Builds and takes the time from start to exit.
    pub(crate) fn time(&self) -> Result<Run> {
        let mut command = self.command(PROGRAM, self.arguments())?;
        let before = cpu_of_children();
        let start = Instant::now();
        let status = command.status().with_context(|| format!("cannot run {PROGRAM}"))?;
        let wall = milliseconds(start);
        let cpu = before.zip(cpu_of_children()).map(|(before, after)| after - before);
        self.check(status)?;
        Ok(Run { wall, cpu })
    }

    /// Builds and takes the peak of resident memory, in bytes, where the system tells.
    pub(crate) fn peak_memory(&self) -> Result<Option<u64>> {
        let kib = if has_gnu_time() { self.peak_by_gnu_time()? } else { self.peak_by_polling()? };
        Ok(kib.map(|kib| kib * 1024))
    }

    fn peak_by_gnu_time(&self) -> Result<Option<u64>> {
        let file = self.output.with_extension("peak");
        let mut arguments = ["-f", "%M", "-o"].map(OsString::from).to_vec();
        arguments.extend([file.clone().into(), PROGRAM.into()]);
        arguments.extend(self.arguments());
        let status = self.command(GNU_TIME, arguments)?.status()?;
        self.check(status)?;
        let text = fs::read_to_string(&file)?;
        Ok(text.lines().last().and_then(|line| line.trim().parse().ok()))
    }

    /// The kernel keeps the peak itself, so what the last look can miss is growth just before exit.
    fn peak_by_polling(&self) -> Result<Option<u64>> {
        let mut child = self.command(PROGRAM, self.arguments())?.spawn()?;
        let path = format!("/proc/{}/status", child.id());
        let mut peak = None;
        loop {
            let status = fs::read_to_string(&path).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            peak = peak.max(kib);
            if let Some(status) = child.try_wait()? {
                self.check(status)?;
                return Ok(peak);
            }
            thread::sleep(Duration::from_micros(500));
        }
    }

    fn arguments(&self) -> Vec<OsString> {
        let jobs = self.jobs.to_string();
        let words: [&dyn AsRef<std::ffi::OsStr>; 9] = [
            &"build",
            &"-C",
            &self.workspace,
            &"--output",
            &self.output,
            &"--jobs",
            &jobs,
            &"--color",
            &"never",
        ];
        words.iter().map(|word| word.as_ref().to_owned()).collect()
    }

    fn command(&self, program: &str, arguments: Vec<OsString>) -> Result<Command> {
        // Files, because a pipe that nobody empties would stop the build.
        let log = File::create(self.log())?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.output.with_extension("log")
    }

    fn check(&self, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let start: Vec<&str> = log.lines().take(40).collect();
        bail!(
            "the build of {} ended with {status}:\n{}",
            self.workspace.display(),
            start.join("\n")
        )
    }

    /// What is known of every file that a build may write for good.
    pub(crate) fn stamps(&self) -> Result<BTreeMap<PathBuf, Stamp>> {
        let mut stamps = BTreeMap::new();
        for entry in WalkDir::new(&self.output) {
            let entry = entry?;
            if entry.file_type().is_file() {
                stamps.insert(entry.path().to_owned(), stamp(entry.path())?);
            }
        }
        let lock = self.workspace.join("throughline.lock");
        if lock.exists() {
            stamps.insert(lock.clone(), stamp(&lock)?);
        }
        Ok(stamps)
    }
}

/// How many files were written, added or removed between two looks.
pub(crate) fn differences(
    before: &BTreeMap<PathBuf, Stamp>,
    after: &BTreeMap<PathBuf, Stamp>,
) -> usize {
    let written = after.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)).count();
    written + before.keys().filter(|path| !after.contains_key(*path)).count()
}

fn stamp(path: &Path) -> Result<Stamp> {
    let known = fs::metadata(path)?;
    let nanoseconds =
        |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    Ok([
        known.ino().into(),
        known.size().into(),
        nanoseconds(known.mtime(), known.mtime_nsec()),
        nanoseconds(known.ctime(), known.ctime_nsec()),
    ])
}

fn has_gnu_time() -> bool {
    let mut command = Command::new(GNU_TIME);
    command.args(["-f", "%M", "-o", "/dev/null", "true"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// User and system time of all children that have ended, in milliseconds.
fn cpu_of_children() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold spaces. After it come the third and further fields.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(f64::from(user + system) * MS_PER_TICK)
}
