//! What can be typed after `review`, `approve`, `reject` and `revoke`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::release::TargetArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReviewArgs {
    /// A gate, or a gate and a scope, such as legal or legal:bf26/lumen [default: all that are open]
    pub(super) what: Vec<String>,

    /// Only what this role decides
    #[arg(long = "for", value_name = "ROLE")]
    pub(super) role: Option<String>,

    /// Also what was approved as it is
    #[arg(long)]
    pub(super) all: bool,

    /// Write the packets as one page
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,

    /// Judge as of this time: RFC 3339, or local to the workspace's zone [default: now]
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,

    /// The output of the last build [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) target: TargetArgs,
}

pub(in crate::cli) const REVIEW_EXAMPLES: &str = "\
Without a scope: what is asked, by whom it is decided, and why. With one: just what the gate
watches, before and after, and the digest that an approval names. Where a gate watches bytes, the page
of --html shows mails, pages and pictures as they were approved or are live beside how they are now.

Examples:
  throughline review                              everything that somebody is asked
  throughline review --for legal                  what legal is asked
  throughline review legal:bf26/lumen             one packet
  throughline review legal --html packet.html     all of legal's, to be read anywhere";

#[derive(Debug, Args)]
pub(in crate::cli) struct DecideArgs {
    /// GATE:SCOPE@DIGEST, as `review` shows it: what you have looked at
    #[arg(required = true, value_name = "GATE:SCOPE@DIGEST")]
    pub(super) what: Vec<String>,

    #[command(flatten)]
    pub(super) signing: SigningArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RevokeArgs {
    /// A decision's file below decisions/approvals/, with or without `.json`
    #[arg(required = true, value_name = "DECISION")]
    pub(super) what: Vec<String>,

    #[command(flatten)]
    pub(super) signing: SigningArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SigningArgs {
    /// Your SSH key: the private one, or the public one of a key that an agent or a security key holds
    #[arg(long, value_name = "FILE", env = "THROUGHLINE_KEY", hide_env_values = true)]
    pub(super) key: PathBuf,

    /// Who you are in `rules/allowed_signers` [default: whose the key is]
    #[arg(long, value_name = "WHO")]
    pub(super) by: Option<String>,

    /// In your own words; a rejection and a revocation need it
    #[arg(long, value_name = "TEXT", visible_alias = "comment")]
    pub(super) because: Option<String>,

    /// When the packet was opened: RFC 3339, or local to the workspace's zone
    #[arg(long, value_name = "TIME")]
    pub(super) opened: Option<String>,

    /// When it is decided: RFC 3339, or local to the workspace's zone [default: now]
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,

    /// Show what would be signed, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// The output of the last build [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

pub(in crate::cli) const DECIDE_EXAMPLES: &str = "\
A decision is signed with your own SSH key by `ssh-keygen`, which asks for its passphrase or its
touch where it has one, and is for exactly the digest that you looked at. It is one file below
decisions/approvals/ and its signature beside it: commit both. Anybody can check it:

  ssh-keygen -Y verify -f rules/allowed_signers -I WHO -n throughline-approval-v1 \\
      -s decisions/approvals/FILE.json.sig < decisions/approvals/FILE.json

Examples:
  throughline approve legal:bf26/lumen@3f9ac1b2e4d5f607 --key ~/.ssh/id_ed25519
  throughline reject  legal:bf26/lumen@3f9ac1b2e4d5f607 --key … --because 'no end date'
  throughline revoke  20261125T214000Z-legal-bf26-lumen-3fa9c1d2 --key … --because '…'

Exit codes: 0 decided; 1 you may not decide it; 4 it is not what you looked at any more.";
