//! `make bench`: builds workspaces of several sizes and compares each with the floor, which is
//! writing and hashing the same bytes in the same run. Method: docs/benchmarks.md.
//!
//! It never fails because of a time, only if a build fails or if a build without changes writes.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark reads the clock, writes files and prints"
)]

#[path = "../shared/figures.rs"]
mod figures;
mod floor;
#[path = "../shared/generate.rs"]
mod generate;
#[path = "../shared/machine.rs"]
mod machine;
mod measure;
#[path = "../shared/program.rs"]
mod program;
mod report;
mod round;
#[path = "../shared/words.rs"]
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use clap::Parser;

use report::Table;
use round::{Plan, Round};

/// Where tmpfs is, on systems that have it.
const MEMORY: &str = "/dev/shm";

/// What `cargo test --benches` runs: enough to see that the benchmark still works.
const SMOKE: usize = 20;

/// Measures clean builds and builds without changes against the floor.
#[derive(Parser)]
struct Arguments {
    /// Numbers of partners.
    #[arg(value_name = "SIZE", value_delimiter = ',')]
    positional: Vec<usize>,
    /// Numbers of partners, with commas between them [default: 300,3000,30000].
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<usize>,
    /// Threads of the floor, and jobs of the build.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Timed runs of each kind [default: 5, and 3 above 3,000 partners].
    #[arg(long)]
    runs: Option<usize>,
    /// A folder on the disk to measure.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// Leaves what was generated and built on the disk.
    #[arg(long)]
    keep: bool,
    /// Cargo says this when it runs benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    fn sizes(&self) -> Vec<usize> {
        let mut sizes = [self.positional.as_slice(), &self.sizes].concat();
        if sizes.is_empty() {
            sizes = if self.bench { vec![300, 3_000, 30_000] } else { vec![SMOKE] };
        }
        sizes
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.dir)?;
    // A folder that was never there before: ext4 is slow where files were deleted a moment ago.
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let run = format!("run-{seconds}");
    let disk = arguments.dir.canonicalize()?.join(&run);
    let mut places = vec![("disk", disk)];
    if Path::new(MEMORY).is_dir() {
        places.push(("tmpfs", Path::new(MEMORY).join(format!("throughline-{run}"))));
    }
    let mut tables = Vec::new();
    for (name, root) in &places {
        let table = measure_place(&arguments, name, root);
        if !arguments.keep {
            fs::remove_dir_all(root)?;
        }
        tables.push(table?);
    }
    let text = report::markdown(&tables, arguments.threads);
    print!("{text}");
    let results = arguments.dir.join("results.md");
    fs::write(&results, &text).with_context(|| format!("cannot write {}", results.display()))?;
    let written: usize =
        tables.iter().flat_map(|table| &table.rounds).map(|one| one.rewritten).sum();
    if written > 0 {
        eprintln!("error: a build without changes wrote {written} files");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_place(arguments: &Arguments, name: &'static str, root: &Path) -> Result<Table> {
    fs::create_dir_all(root)?;
    let mut table =
        Table { place: name, file_system: machine::file_system(root), rounds: Vec::new() };
    // Deleting costs tmpfs nothing later; on a disk it would slow the runs that follow.
    let frugal = table.file_system == "tmpfs" && !arguments.keep;
    for partners in arguments.sizes() {
        let runs = arguments.runs.unwrap_or(if partners > 3_000 { 3 } else { 5 }).max(1);
        let folder = root.join(partners.to_string());
        eprintln!("{name}: {partners} partners, {runs} runs");
        let plan = Plan { partners, runs, threads: arguments.threads, frugal, folder: &folder };
        table.rounds.push(Round::measure(&plan)?);
        if frugal {
            fs::remove_dir_all(&folder)?;
        }
    }
    Ok(table)
}
