//! One size at one place: which runs are made, in which order, and what is kept of them.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::floor::{Bytes, look};
use crate::generate;
use crate::measure::{Build, differences};
use crate::program::{Run, sync};

/// What to measure.
pub(crate) struct Plan<'p> {
    pub(crate) partners: usize,
    pub(crate) runs: usize,
    pub(crate) threads: usize,
    /// Deletes what is no longer needed at once, and not only at the end.
    pub(crate) frugal: bool,
    /// A folder of its own, which does not exist yet.
    pub(crate) folder: &'p Path,
}

/// What was measured. Times are in milliseconds, one for each run.
pub(crate) struct Round {
    pub(crate) partners: usize,
    /// SHA-256 of the generated workspace.
    pub(crate) inputs: String,
    pub(crate) files: usize,
    pub(crate) bytes: usize,
    pub(crate) links: usize,
    pub(crate) floor: Vec<f64>,
    pub(crate) durable: Vec<f64>,
    pub(crate) clean: Vec<f64>,
    pub(crate) clean_cpu: Vec<f64>,
    pub(crate) unchanged: Vec<f64>,
    /// Reading and hashing the sources, and asking for the state of each file of the output.
    pub(crate) look: Vec<f64>,
    /// Builds after one cell was changed.
    pub(crate) cell: Vec<f64>,
    /// Peak memory of the last of them, in bytes.
    pub(crate) cell_memory: Option<u64>,
    /// Files that builds without changes wrote, which must be none.
    pub(crate) rewritten: usize,
    /// Peak memory of a clean build, in bytes.
    pub(crate) memory: Option<u64>,
}

impl Round {
    /// Makes all runs. Floor and build take turns, so that a disk that drifts is slow for both.
    pub(crate) fn measure(plan: &Plan<'_>) -> Result<Self> {
        fs::create_dir_all(plan.folder)?;
        // Memory has a build of its own, which also warms up whatever the first run would pay for.
        let (first, inputs) = prepare(plan, 0)?;
        let memory = first.peak_memory()?;
        let bytes = Bytes::read(&first.output)?;
        let mut round = Self {
            partners: plan.partners,
            inputs,
            files: bytes.files(),
            bytes: bytes.size(),
            links: bytes.links(),
            floor: Vec::new(),
            durable: Vec::new(),
            clean: Vec::new(),
            clean_cpu: Vec::new(),
            unchanged: Vec::new(),
            look: Vec::new(),
            cell: Vec::new(),
            cell_memory: None,
            rewritten: 0,
            memory,
        };
        let mut last = first;
        for number in 1..=plan.runs {
            sync(plan.folder)?;
            let folder = plan.folder.join(format!("floor-{number}"));
            let floor = bytes.write(&folder, plan.threads)?;
            round.floor.push(floor.written);
            round.durable.push(floor.durable);
            if plan.frugal {
                fs::remove_dir_all(&folder)?;
                fs::remove_dir_all(&last.output)?;
            }
            let (build, again) = prepare(plan, number)?;
            ensure!(again == round.inputs, "two workspaces of {} partners differ", plan.partners);
            sync(plan.folder)?;
            let Run { wall, cpu } = build.time()?;
            round.clean.push(wall);
            round.clean_cpu.extend(cpu);
            last = build;
        }
        sync(plan.folder)?;
        let before = last.stamps()?;
        // The first build after a clean one looks once at what was written in its last moments.
        last.time()?;
        for _ in 0..plan.runs {
            round.look.push(look(&last.workspace, &last.output, plan.threads)?);
            round.unchanged.push(last.time()?.wall);
        }
        round.rewritten = differences(&before, &last.stamps()?);
        for number in 0..plan.runs {
            generate::change_cell(&last.workspace, number)?;
            sync(plan.folder)?;
            round.cell.push(last.time()?.wall);
        }
        generate::change_cell(&last.workspace, plan.runs)?;
        round.cell_memory = last.peak_memory()?;
        Ok(round)
    }
}

/// Generates a workspace that was never built: no output, no cache, no lock.
fn prepare(plan: &Plan<'_>, number: usize) -> Result<(Build, String)> {
    let workspace = plan.folder.join(format!("workspace-{number}"));
    let inputs = generate::write_workspace(&workspace, plan.partners)?;
    let output = plan.folder.join(format!("output-{number}"));
    Ok((Build { workspace, output, jobs: plan.threads }, inputs))
}
