//! What can be typed after `throughline swap`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct SwapArgs {
    #[command(subcommand)]
    pub(super) command: SwapCommand,
}

const EXAMPLES: &str = "\
Nothing is written before you have seen what it does. The tables stay as the partner sent them.

Examples:
  throughline swap withdraw offer:lumen-40 --because 'Lumen pulled 40%' --ref mail:8812 --by d.ortiz
  throughline swap replace lumen-40 lumen-30gwp --because … --by d.ortiz
  throughline swap replace lumen-40 lumen-30gwp --in bf26/digest --because … --by d.ortiz
  throughline swap set lumen-serums value=25 --because … --by d.ortiz
  throughline swap set offer:lumen-serums title@sms='25% off serums' --because … --by d.ortiz
  throughline swap set partners/offers.csv:lumen-serums value=25 code=LUM25 --because … --by d.ortiz
  throughline swap move bf26/email-am locks=19:00 --because … --by d.ortiz
  throughline swap revert 0003-lumen-serums-value-3fa9c1d2 --because … --by d.ortiz
  throughline swap list

Add --dry-run to only look. Without a terminal, add --yes.";

#[derive(Debug, Subcommand)]
pub(super) enum SwapCommand {
    /// Give a cell another value, everywhere or in one channel
    Set {
        /// The row: its id, alone or behind its table or its file and a colon
        row: String,
        /// FIELD=VALUE, or FIELD@CHANNEL=VALUE and FIELD@fr-CA=VALUE where the field may vary; FIELD= empties it
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// Show one offer in the place of another
    Replace {
        /// The offer that is shown no more
        offer: String,
        /// The offer that is shown instead
        with: String,
        /// Only there: CAMPAIGN, CAMPAIGN/ASSET, CAMPAIGN/ASSET/SLOT, or a placement's id
        #[arg(long = "in", value_name = "PLACE")]
        place: Option<String>,
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// Take an offer or a partner out; fallbacks and next picks fill the slots
    Withdraw {
        /// offer:ID or partner:ID
        #[arg(required = true, value_name = "ROW")]
        rows: Vec<String>,
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// Move a time of a window
    Move {
        /// CAMPAIGN/WINDOW, or WINDOW where only one campaign has it
        window: String,
        /// TIME=WHEN: freezes, locks, opens or closes; 19:00, or 2026-11-25T19:00
        #[arg(required = true, value_name = "TIME=WHEN")]
        times: Vec<String>,
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// End swaps: what they changed is again as the sources say
    Revert {
        /// Ids of swaps, as `swap list` shows them
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// List swaps, the latest last
    List {
        /// Also those that a later one has ended
        #[arg(long)]
        all: bool,
    },
}

/// Who decided, why, and whether it is meant.
#[derive(Debug, Args)]
pub(super) struct DecisionArgs {
    /// Who decided it
    #[arg(long, value_name = "WHO")]
    pub(super) by: String,

    /// Why: one sentence for whoever asks next week
    #[arg(long, value_name = "WHY")]
    pub(super) because: String,

    /// Where it was agreed, such as mail:8812
    #[arg(long = "ref", value_name = "WHERE")]
    pub(super) reference: Option<String>,

    /// When it was decided: RFC 3339, or local to the workspace's zone [default: now]
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,

    /// End the swaps that say something else about the same fact
    #[arg(long)]
    pub(super) instead: bool,

    /// Show what it would do, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Write it without asking
    #[arg(short, long)]
    pub(super) yes: bool,
}
