//! What can be typed behind `watch`.

use std::time::Duration;

use clap::Args;

use crate::cli::args::BuildArgs;

pub(in crate::cli) const EXAMPLES: &str = "\
Builds, waits until a source is saved, and builds again. Of what is wrong, each round shows what is
new and what is gone. Ctrl-C ends it, when the build at hand is finished.

Examples:
  throughline watch --gallery            with a page that shows everything, to reload
  throughline watch --check              writes nothing and gives out no ids
  throughline watch --poll               where the system does not tell: network folders, containers
  throughline watch --format json        an object a round

Exit codes: 0 ended by Ctrl-C; 1 there is no workspace; 2 wrong command line; 5 could not begin.";

#[derive(Debug, Args)]
pub(in crate::cli) struct WatchArgs {
    #[command(flatten)]
    pub(in crate::cli) build: BuildArgs,

    /// Only find what is wrong; write nothing
    #[arg(long, conflicts_with_all = ["locked", "strict", "output", "gallery"])]
    pub(in crate::cli) check: bool,

    /// Look at the files every MS milliseconds, where the system does not tell [without MS: 500]
    #[arg(
        long,
        value_name = "MS",
        num_args = 0..=1,
        default_missing_value = "500",
        value_parser = clap::value_parser!(u64).range(20..=3_600_000)
    )]
    pub(in crate::cli) poll: Option<u64>,
}

impl WatchArgs {
    /// How often files are looked at, where they are.
    pub(in crate::cli) fn interval(&self) -> Option<Duration> {
        self.poll.map(Duration::from_millis)
    }
}
