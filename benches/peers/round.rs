//! One size at one place: all tools take turns, so that a machine that drifts is slow for each.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::facts::{Facts, Output};
use crate::generate;
use crate::program::sync;
use crate::tool::{ALL, Project, Tool};

/// What to measure.
pub(crate) struct Plan<'p> {
    pub(crate) partners: usize,
    pub(crate) runs: usize,
    /// Deletes what is no longer needed at once, and not only at the end.
    pub(crate) frugal: bool,
    /// A folder of its own, which does not exist yet.
    pub(crate) folder: &'p Path,
}

/// What was measured.
pub(crate) struct Round {
    pub(crate) partners: usize,
    /// SHA-256 of the generated workspace, whose tables all tools read.
    pub(crate) inputs: String,
    /// The first is ours.
    pub(crate) lines: Vec<Line>,
    /// Tools that were not measured, and why.
    pub(crate) missing: Vec<String>,
}

/// What was measured of one tool. Times are in milliseconds, one for each run.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) clean: Vec<f64>,
    pub(crate) cpu: Vec<f64>,
    pub(crate) unchanged: Vec<f64>,
    /// Builds after one cell was changed.
    pub(crate) cell: Vec<f64>,
    /// Peak memory of the largest process of a clean build, in bytes.
    pub(crate) memory: Option<u64>,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    /// Bytes of all mails, texts and pages.
    pub(crate) bytes_of: [u64; 3],
}

/// A tool on its way through the runs.
struct Runner {
    tool: Tool,
    line: Line,
    last: Project,
    folder: PathBuf,
}

impl Round {
    /// Makes all runs.
    pub(crate) fn measure(plan: &Plan<'_>) -> Result<Self> {
        let tables = plan.folder.join("tables");
        let inputs = generate::write_workspace(&tables, plan.partners)?;
        let mut missing = Vec::new();
        let mut runners = Vec::new();
        let mut facts = None;
        for tool in ALL {
            if let Some(why) = tool.missing(plan.partners) {
                missing.push(format!("{} is left out: {why}", tool.name()));
                continue;
            }
            let (runner, output) = Runner::start(tool, plan, &tables)?;
            let facts = match &mut facts {
                Some(facts) => facts,
                // Ours comes first, and has the links that all must have.
                none => none.insert(Facts::read(&tables, &output)?),
            };
            facts.check(&output).with_context(|| format!("what {} made", tool.name()))?;
            runners.push(runner);
        }
        for number in 1..=plan.runs {
            for runner in &mut runners {
                runner.clean(plan, &tables, number)?;
            }
        }
        // The first build of ours after a clean one looks once at what was written in its last
        // moments.
        for runner in runners.iter().filter(|runner| runner.tool == Tool::Ours) {
            runner.time(plan)?;
        }
        for _ in 0..plan.runs {
            for runner in &mut runners {
                let wall = runner.time(plan)?;
                runner.line.unchanged.push(wall);
            }
        }
        for number in 0..plan.runs {
            for runner in &mut runners {
                generate::change_cell(&runner.last.sources, number)?;
                let wall = runner.time(plan)?;
                runner.line.cell.push(wall);
            }
        }
        let title = generate::late_title(plan.runs - 1);
        for runner in &runners {
            let output = Output::read(&runner.last.output)?;
            Facts::check_title(&output, &title).with_context(|| runner.line.name.clone())?;
        }
        let lines = runners.into_iter().map(|runner| runner.line).collect();
        Ok(Self { partners: plan.partners, inputs, lines, missing })
    }
}

impl Runner {
    /// Builds once for the memory and for a look at what comes out, which also warms up whatever
    /// the first timed run would pay for.
    fn start(tool: Tool, plan: &Plan<'_>, tables: &Path) -> Result<(Self, Output)> {
        let folder = plan.folder.join(format!("{}-0", tool.folder()));
        let last = tool.prepare(tables, plan.partners, &folder)?;
        let memory = last.program.peak_memory()?;
        let output = Output::read(&last.output)?;
        let line = Line {
            name: tool.name(),
            clean: Vec::new(),
            cpu: Vec::new(),
            unchanged: Vec::new(),
            cell: Vec::new(),
            memory,
            files: output.files,
            bytes: output.bytes,
            bytes_of: output.bytes_of,
        };
        Ok((Self { tool, line, last, folder }, output))
    }

    /// Builds in a folder that did not exist before.
    fn clean(&mut self, plan: &Plan<'_>, tables: &Path, number: usize) -> Result<()> {
        if plan.frugal {
            fs::remove_dir_all(&self.folder)?;
        }
        self.folder = plan.folder.join(format!("{}-{number}", self.tool.folder()));
        self.last = self.tool.prepare(tables, plan.partners, &self.folder)?;
        sync(plan.folder)?;
        let run = self.last.program.time()?;
        self.line.clean.push(run.wall);
        self.line.cpu.extend(run.cpu);
        Ok(())
    }

    /// Builds again where it was built before.
    fn time(&self, plan: &Plan<'_>) -> Result<f64> {
        sync(plan.folder)?;
        Ok(self.last.program.time()?.wall)
    }
}
