//! `make bench`: Hugo, Eleventy and Jinja2 make mails, texts and pages of the same partners with
//! the same facts, beside throughline and in the same run. What each does and does not do:
//! docs/benchmarks.md.
//!
//! It never fails because of a time, only if a build fails or lacks a file, a link or a fact. A
//! peer that is not there is left out, and that is said.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark reads the clock, writes files and prints"
)]

mod facts;
#[path = "../shared/figures.rs"]
mod figures;
#[path = "../shared/generate.rs"]
mod generate;
#[path = "../shared/machine.rs"]
mod machine;
#[path = "../shared/program.rs"]
mod program;
mod report;
mod round;
mod tool;
#[path = "../shared/words.rs"]
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use clap::Parser;

use report::Table;
use round::{Plan, Round};

/// Where tmpfs is, on systems that have it.
const MEMORY: &str = "/dev/shm";

/// What `cargo test --benches` runs: enough to see that the benchmark still works.
const SMOKE: usize = 20;

/// Above this, a disk would mostly show how it keeps up with the peers' files.
const MOST_ON_DISK: usize = 3_000;

/// Measures builds beside those of peers.
#[derive(Parser)]
struct Arguments {
    /// Numbers of partners [default: 300 3000].
    #[arg(value_name = "SIZE", value_delimiter = ',')]
    sizes: Vec<usize>,
    /// Timed runs of each kind [default: 5, 3 above 300 partners, 1 above 3,000 and below 21].
    #[arg(long)]
    runs: Option<usize>,
    /// A folder on the disk to measure.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// One place only: `tmpfs` or `disk`.
    #[arg(long)]
    only: Option<String>,
    /// Leaves what was generated and built.
    #[arg(long)]
    keep: bool,
    /// Cargo says this when it runs benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    fn sizes(&self) -> Vec<usize> {
        match self.sizes.as_slice() {
            [] if self.bench => vec![300, 3_000],
            [] => vec![SMOKE],
            sizes => sizes.to_vec(),
        }
    }

    fn runs(&self, partners: usize) -> usize {
        let usual = match partners {
            21..=300 => 5,
            301..=3_000 => 3,
            _ => 1,
        };
        self.runs.unwrap_or(usual).max(1)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.dir)?;
    // A folder that was never there before: ext4 is slow where files were deleted a moment ago.
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let run = format!("peers-{seconds}");
    let disk = arguments.dir.canonicalize()?.join(&run);
    let mut places = Vec::new();
    if Path::new(MEMORY).is_dir() {
        places.push(("tmpfs", Path::new(MEMORY).join(format!("throughline-{run}"))));
    }
    places.push(("disk", disk));
    places.retain(|(name, _)| arguments.only.as_deref().is_none_or(|only| only == *name));
    let mut tables = Vec::new();
    for (name, root) in &places {
        let table = measure_place(&arguments, name, root);
        if !arguments.keep {
            fs::remove_dir_all(root)?;
        }
        tables.push(table?);
    }
    let text = report::markdown(&tables);
    print!("{text}");
    let results = arguments.dir.join("peers.md");
    fs::write(&results, &text).with_context(|| format!("cannot write {}", results.display()))
}

fn measure_place(arguments: &Arguments, name: &'static str, root: &Path) -> Result<Table> {
    fs::create_dir_all(root)?;
    let mut table =
        Table { place: name, file_system: machine::file_system(root), rounds: Vec::new() };
    let memory = table.file_system == "tmpfs";
    for partners in arguments.sizes() {
        if !memory && partners > MOST_ON_DISK {
            continue;
        }
        let runs = arguments.runs(partners);
        let folder = root.join(partners.to_string());
        eprintln!("{name}: {partners} partners, {runs} runs");
        // Deleting costs tmpfs nothing later; on a disk it would slow the runs that follow.
        let frugal = memory && !arguments.keep;
        let round = Round::measure(&Plan { partners, runs, frugal, folder: &folder })?;
        // The whole takes long, and what is known should not be lost with it.
        eprintln!("{}", report::round(&round));
        table.rounds.push(round);
        if frugal {
            fs::remove_dir_all(&folder)?;
        }
    }
    Ok(table)
}
