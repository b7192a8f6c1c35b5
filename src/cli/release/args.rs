//! What can be typed after `release`, `rollback`, `gc`, `sent` and `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

pub(in crate::cli) const RELEASE_EXAMPLES: &str = "\
Examples:
  throughline release --by nightly                  what is in output/, into releases/
  throughline release --dry-run                     what it would do, and write nothing
  throughline release --to s3://promo/live --env staging --by maria.chen
  throughline release --key ci_ed25519 --by ci      and sign where it came from

A bucket needs AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION; AWS_ENDPOINT for other
services than S3.

Exit codes: 0 it is live; 1 the output or the target is not as it was written; 3 a gate is open;
4 somebody else published meanwhile; 5 could not read or write.";

pub(in crate::cli) const ROLLBACK_EXAMPLES: &str = "\
Examples:
  throughline rollback --because 'wrong price in the mail' --by maria.chen   to what was live before
  throughline rollback 41 --because … --by …         to publication 41
  throughline rollback 6f3a91c2 --because … --by …   to the release whose root begins so

Nothing is built. A rollback is a new publication of something old; the next release goes on top.

Exit codes: 0 it is live; 1 what was live then is not whole; 3 a gate is open, or offers have ended
and --accept was not given; 4 somebody else published meanwhile; 5 could not read or write.";

pub(in crate::cli) const GC_EXAMPLES: &str = "\
What is live stays, and the last --keep publications of each environment, what mails refer to
(throughline sent), and every root in the file `keep` of the target. The rest is marked first, and
deleted by a later run when it was marked for --grace.

Examples:
  throughline gc                     what would be marked and deleted; nothing is written
  throughline gc --delete --by ops   mark, and delete what was marked a day ago

Exit codes: 0 done; 1 something does not fit, and nothing was deleted; 3 more than --max-deletes, or
somebody is publishing; 5 could not read or write.";

pub(in crate::cli) const SENT_EXAMPLES: &str = "\
Examples:
  throughline sent --campaign bf26 --by esp-job                    for a year
  throughline sent --campaign bf26 --until 2027-03-01T00:00 --by esp-job";

pub(in crate::cli) const AUDIT_EXAMPLES: &str = "\
Examples:
  throughline audit                  who published, went back and cleaned up, and when
  throughline audit --format json    one entry a line
  throughline audit verify           does each entry fit the one before it?";

/// Where releases are.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct TargetArgs {
    /// The target: a folder of the workspace, or `s3://BUCKET/PREFIX` [default: `release.target`
    /// in throughline.toml, else releases/]
    #[arg(long, value_name = "TARGET")]
    pub(in crate::cli) to: Option<String>,

    /// The environment [default: `release.env`, else production]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) env: Option<String>,
}

/// What `release` and `rollback` ask alike.
#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,

    /// Sign where the release came from with this OpenSSH private key (ed25519, no passphrase)
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,

    /// Which pages are due as of this time: RFC 3339, or local to the workspace's zone [default:
    /// now]. Gates, and whether an offer has ended, are judged then or now, whichever is later
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// Say what it would do, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// Who does it, where nobody need say so.
#[derive(Debug, Args)]
pub(in crate::cli) struct WhoArgs {
    /// Who does it, a person or a job, for the audit log
    #[arg(long, value_name = "WHO", default_value = "not said")]
    pub(super) by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReleaseArgs {
    #[command(flatten)]
    pub(super) publish: PublishArgs,

    /// The output folder [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) who: WhoArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackArgs {
    /// The number or the root of what was live before [default: the release before the present one]
    #[arg(value_name = "ROOT|NUMBER")]
    pub(super) what: Option<String>,

    #[command(flatten)]
    pub(super) publish: PublishArgs,

    /// Why: one sentence for whoever asks next week
    #[arg(long, value_name = "WHY")]
    pub(super) because: String,

    /// Who decided it
    #[arg(long, value_name = "WHO")]
    pub(super) by: String,

    /// Go back although offers of that release have ended
    #[arg(long)]
    pub(super) accept: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GcArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,

    /// Mark and delete; without it, only say what would be done
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) delete: bool,

    /// Say what would be done, which is also what happens without --delete
    #[arg(long)]
    pub(super) dry_run: bool,

    /// How many publications of each environment stay [default: `release.keep`, else 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) keep: Option<u32>,

    /// How long something must have been marked: 24h, 90m, 7d. Longer than any release takes
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = age)]
    pub(super) grace: SignedDuration,

    /// Delete nothing where more than so many would go
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(super) max_deletes: usize,

    #[command(flatten)]
    pub(super) who: WhoArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SentArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,

    /// The campaign whose mails went out
    #[arg(long, value_name = "CAMPAIGN")]
    pub(super) campaign: String,

    /// Until when its mails are read: RFC 3339, or local to the workspace's zone [default: a year]
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,

    #[command(flatten)]
    pub(super) who: WhoArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AuditArgs {
    #[command(subcommand)]
    pub(super) command: Option<AuditCommand>,

    #[command(flatten)]
    pub(super) target: TargetArgs,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AuditCommand {
    /// Check that each entry fits the one before it, and the history
    Verify {
        #[command(flatten)]
        target: TargetArgs,
    },
}

/// A number and a unit: 24h, 90m, 7d, 30s.
pub(in crate::cli) fn age(text: &str) -> Result<SignedDuration, String> {
    let bad = || "write a number and a unit: 24h, 90m, 7d".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(bad)?;
    let number: i64 = number.parse().map_err(|_| bad())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(bad()),
    };
    let total = number.checked_mul(seconds).filter(|total| (0..=315_360_000).contains(total));
    total.map(SignedDuration::from_secs).ok_or_else(bad)
}
