//! `verify`: is the output what the build wrote?

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use jiff::SignedDuration;

use super::console::Console;
use super::exit::Exit;
use super::prepare::output_folder;
use super::release::{TargetArgs, age};
use crate::manifest::Comparison;
use crate::report::{Format, count};
use crate::store::{Verified, verify_output};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The output folder [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR", conflicts_with_all = ["to", "env"])]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) target: TargetArgs,

    /// With --to: who may sign where a release came from, in OpenSSH's form
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub(super) allowed_signers: Option<PathBuf>,

    /// With --to: what is live must not be older, such as 26h
    #[arg(long, value_name = "TIME", value_parser = age, conflicts_with = "output")]
    pub(super) max_age: Option<SignedDuration>,
}

impl VerifyArgs {
    /// Whether a target is meant, and not the output.
    pub(super) fn is_of_target(&self) -> bool {
        let Self { target: TargetArgs { to, env }, allowed_signers, max_age, .. } = self;
        to.is_some() || env.is_some() || allowed_signers.is_some() || max_age.is_some()
    }
}

pub(super) const EXAMPLES: &str = "\
Examples:
  throughline verify                                 is the output what the build wrote?
  throughline verify --to releases                   is what was released there whole and live?
  throughline verify --to s3://promo/live --env staging --max-age 26h
  throughline verify --to releases --allowed-signers signers

Exit codes: 0 all is as it was written; 1 something is not; 5 could not read.";

pub(super) fn run(root: &Path, args: &VerifyArgs, console: &mut Console) -> Result<Exit> {
    let target = output_folder(root, args.output.as_deref());
    let Verified { comparison, reason, .. } = verify_output(&target)?;
    if let Some(reason) = reason {
        console.note(&reason);
    }
    match console.format {
        Format::Json | Format::Sarif => console.line(&serde_json::to_string(&comparison)?)?,
        Format::Human | Format::Short | Format::Csv => print(&comparison, &target, console)?,
    }
    Ok(if comparison.ok { Exit::Done } else { Exit::Findings })
}

fn print(comparison: &Comparison, target: &Path, console: &mut Console) -> Result<()> {
    let lists = [
        ("missing", &comparison.missing),
        ("altered", &comparison.altered),
        ("extra", &comparison.extra),
    ];
    for (word, paths) in lists {
        for path in paths {
            console.line(&format!("{word}: {path}"))?;
        }
    }
    let files = count(comparison.checked, "file");
    if comparison.ok {
        console.line(&format!("verified {files} in {}: all as built", target.display()))?;
    } else {
        let total: usize = lists.iter().map(|(_, paths)| paths.len()).sum();
        console.line(&format!("{total} of {files} in {} are not as built", target.display()))?;
        console.note("help: `throughline build` repairs the output; find out who edits it by hand");
    }
    Ok(())
}
