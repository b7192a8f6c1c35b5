//! What can be typed after `throughline plan` and `throughline apply`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::named::NAMES;
use crate::cli::release::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  throughline plan                                 what a build would change, and why
  throughline plan -o late.plan                    then throughline apply late.plan: exactly that
  throughline plan --only partner:lumen+           what is about one partner, and what shows its pages
  throughline plan --only swap:2026-11-25-lumen    what follows from one late swap
  throughline plan --exclude channel:email         everything but mails, which stay as they are
  throughline plan --svg late.svg                  what changes, what follows, when it locks
  throughline plan --against live                  what going out now would change for customers
  throughline plan --against 7 --to s3://promo/live --env staging

Exit codes: 0 done; 1 something is wrong, there is no such release, or a part cannot go out by
itself; 2 wrong command line; 5 could not read or write.";

pub(in crate::cli) fn help() -> String {
    format!("{NAMES}\n\n{EXAMPLES}")
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    /// Also write the plan into a file, for `throughline apply`
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Also draw it, into this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,

    /// Plan a build as of this time, and count time left from it: RFC 3339, or local to the
    /// workspace's zone [default: no time for the build, and now for what is left]
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// The build to compare with: an output folder or a release, as said below [default: output/ in
    /// the workspace]
    #[arg(long, value_name = "BUILD")]
    pub(super) against: Option<PathBuf>,

    #[command(flatten)]
    pub(super) target: TargetArgs,

    /// Only these go out, everything else stays as it is: partner:lumen, campaign:bf26,
    /// channel:email, offer:…, asset:…, artifact:email/*, source:FILE, owner:…, swap:…
    ///
    /// Repeated, or with commas or blanks between. A value may hold `*`. A `+` behind adds what
    /// shows something of the selected (mails that lead to its pages), a `+` before adds what the
    /// selected show.
    #[arg(long, value_name = "SEL", num_args = 1..)]
    pub(super) only: Vec<String>,

    /// These stay as they are, in the words of --only
    #[arg(long, value_name = "SEL", num_args = 1..)]
    pub(super) exclude: Vec<String>,

    /// List every artifact, however many there are
    #[arg(long)]
    pub(super) all: bool,

    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ApplyArgs {
    /// The file that `throughline plan -o` wrote
    pub(super) plan: PathBuf,

    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
}
