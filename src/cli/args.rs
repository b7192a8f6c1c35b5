//! What can be typed. Nothing is read and nothing is decided here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::Format;

const EXAMPLES: &str = "\
Examples:
  throughline check                      everything that is wrong, at once
  throughline build                      check, render what changed, write output/
  throughline build --locked             the nightly job: gives out no new ids
  throughline explain https://…          where each parameter of a URL comes from
  throughline explain TL0312             what a diagnostic means
  throughline lock --repair              make throughline.lock whole after a merge
  throughline schema offers              what a row of offers must look like
  throughline verify                     is the output what the build wrote?

Exit codes: 0 done; 1 something is wrong in what was read or built; 2 wrong command line;
3 not ready; 4 stale; 5 could not read or write; 70 a bug in throughline.";

/// A build tool for promotions: partner tables and briefs in, tracked links, emails, pages and
/// reporting tables out, every byte traceable to the cell it came from.
#[derive(Debug, Parser)]
#[command(name = "throughline", version, after_help = EXAMPLES, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Work in this folder instead of the present one
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true, default_value = ".")]
    pub(super) directory: PathBuf,

    /// How findings and results are written
    #[arg(long, value_enum, global = true, default_value = "human")]
    pub(super) format: Format,

    /// Whether to use colours
    #[arg(long, value_enum, global = true, default_value = "auto")]
    pub(super) color: ColorChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a small workspace that builds
    Init(InitArgs),
    /// Find everything that is wrong in tables, briefs, rules and templates; write nothing
    Check(CheckArgs),
    /// Check, render what changed, and write the output
    Build(BuildArgs),
    /// Hash the output and compare it with its manifest
    Verify(VerifyArgs),
    /// Say where a URL or short code comes from, or what a diagnostic code means
    Explain(ExplainArgs),
    /// Show who owns each field and where it may vary
    Rules(RulesArgs),
    /// Count the ids that were given out, or mend throughline.lock after a merge
    Lock(LockArgs),
    /// Print the contract of a table as JSON Schema
    Schema(SchemaArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The folder of the new workspace, made if it is not there
    #[arg(default_value = ".")]
    pub(super) dir: PathBuf,
}

/// Which findings are shown.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct FindingArgs {
    /// List every finding, however many there are
    #[arg(long)]
    pub(super) all: bool,

    /// Also list what was read in another form than it was written in
    #[arg(long)]
    pub(super) show_normalised: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) findings: FindingArgs,

    /// Judge as of this time: RFC 3339, or local to the workspace's zone
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    pub(super) findings: FindingArgs,

    /// Give out no new link ids: fail if any would be needed
    #[arg(long)]
    pub(super) locked: bool,

    /// Write nothing unless everything is right
    #[arg(long)]
    pub(super) strict: bool,

    /// Leave out what has ended by this time: RFC 3339, or local to the workspace's zone
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,

    /// Where to write [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The output folder [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct LockArgs {
    /// Keep the rows of both branches where version control left a conflict
    ///
    /// Of two codes of one link, the one stays that is in the output already, else the one of this
    /// branch (HEAD); of two links with one code, the other gets a longer one. Each choice is
    /// printed. Nothing is written where something is left for a person to decide.
    #[arg(long)]
    pub(super) repair: bool,

    /// The output of the last build [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A tracked URL, a short URL, a short code, a link id, or a code such as TL0312
    pub(super) what: String,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: Option<RulesCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Say whether one field may vary in one channel, and who says so
    Explain {
        /// Such as offer.title
        field: String,
        /// Such as sms
        channel: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The table, such as offers [default: all of them, in one document]
    pub(super) table: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}
