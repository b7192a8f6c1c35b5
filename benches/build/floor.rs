//! The floor: the bytes of a build, already in memory, written and hashed by the same number of
//! threads. No build that writes and hashes its output file by file can be faster.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::program::{milliseconds, sync};

/// The files of an output folder.
pub(crate) struct Bytes {
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// What one run of the floor took, in milliseconds.
pub(crate) struct Floor {
    /// Until all files were written and hashed.
    pub(crate) written: f64,
    /// Until the disk had them too.
    pub(crate) durable: f64,
}

impl Bytes {
    /// Reads all files of a folder, in the order of their paths.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                files
                    .push((entry.path().strip_prefix(folder)?.to_owned(), fs::read(entry.path())?));
            }
        }
        Ok(Self { files })
    }

    /// How many files there are.
    pub(crate) fn files(&self) -> usize {
        self.files.len()
    }

    /// How many bytes they have together.
    pub(crate) fn size(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// The tracked URLs: rows of the tables in `links/`.
    pub(crate) fn links(&self) -> usize {
        let tables = self.files.iter().filter(|(path, _)| {
            path.starts_with("links")
                && path.extension().is_some_and(|extension| extension == "csv")
        });
        tables
            .map(|(_, bytes)| csv::Reader::from_reader(bytes.as_slice()).byte_records().count())
            .sum()
    }

    /// Writes and hashes everything into a folder that does not exist yet.
    pub(crate) fn write(&self, folder: &Path, threads: usize) -> Result<Floor> {
        let start = Instant::now();
        fs::create_dir(folder)?;
        let folders: BTreeSet<&Path> =
            self.files.iter().filter_map(|(path, _)| path.parent()).collect();
        for one in folders {
            fs::create_dir_all(folder.join(one))?;
        }
        each(&self.files, threads, |(path, bytes)| {
            black_box(Sha256::digest(bytes));
            File::create_new(folder.join(path))?.write_all(bytes)
        })?;
        let written = milliseconds(start);
        sync(folder)?;
        Ok(Floor { written, durable: milliseconds(start) })
    }
}

/// Does something with each of many, by some threads.
fn each<T: Sync>(
    all: &[T],
    threads: usize,
    work: impl Fn(&T) -> io::Result<()> + Sync,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let work = || -> io::Result<()> {
            while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                work(one)?;
            }
            Ok(())
        };
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(done) => done.map_err(anyhow::Error::from),
            Err(_) => Err(anyhow!("a thread of the floor stopped")),
        })
    })
}

/// The least that a build without changes has to do, where it believes the file system: reads and
/// hashes the sources, and asks for the state of each file of the output. In milliseconds.
pub(crate) fn look(workspace: &Path, output: &Path, threads: usize) -> Result<f64> {
    let start = Instant::now();
    let sources = WalkDir::new(workspace)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".throughline");
    for entry in sources {
        let entry = entry?;
        if entry.file_type().is_file() {
            black_box(Sha256::digest(fs::read(entry.path())?));
        }
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(output) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    each(&files, threads, |path| {
        black_box(fs::symlink_metadata(path)?);
        Ok(())
    })?;
    Ok(milliseconds(start))
}
