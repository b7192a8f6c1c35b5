//! Runs the release binary as a user would, and looks at it from outside.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use walkdir::WalkDir;

use crate::program::{Program, Run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_throughline");

/// One build: a workspace, its output folder, and how many jobs.
pub(crate) struct Build {
    pub(crate) workspace: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) jobs: usize,
}

/// What says that a file was written: inode, size, and times of content and inode.
type Stamp = [i128; 4];

impl Build {
    /// Builds and takes the time from start to exit.
    pub(crate) fn time(&self) -> Result<Run> {
        self.program().time()
    }

    /// Builds and takes the peak of resident memory, in bytes, where the system tells.
    pub(crate) fn peak_memory(&self) -> Result<Option<u64>> {
        self.program().peak_memory()
    }

    fn program(&self) -> Program {
        Program {
            path: PROGRAM.into(),
            arguments: self.arguments(),
            environment: Vec::new(),
            folder: None,
            log: self.output.with_extension("log"),
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
