//! What can be typed. Nothing is read and nothing is decided here.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::approve::{DecideArgs, ReviewArgs, RevokeArgs};
use super::diff::DiffArgs;
use super::ga4::Ga4Args;
use super::graph::GraphArgs;
use super::plan::{ApplyArgs, PlanArgs};
use super::receipt::ReceiptArgs;
use super::release::{AuditArgs, GcArgs, ReleaseArgs, RollbackArgs, SentArgs};
use super::status::StatusArgs;
use super::swap::SwapArgs;
use super::tax::TaxArgs;
use super::verify::VerifyArgs;
use super::watch::WatchArgs;
use crate::report::Format;

const EXAMPLES: &str = "\
Examples:
  throughline check                      everything that is wrong, at once
  throughline build                      check, render what changed, write output/
  throughline build --gallery            and all of it side by side, to look at
  throughline watch                      and again whenever a source is saved
  throughline build --locked             the nightly job: gives out no new ids
  throughline plan -o today.plan         what a build would change, and why
  throughline apply today.plan           exactly that, or nothing
  throughline plan --against live        what going out now would change for customers
  throughline diff                       what people would read otherwise, line by line
  throughline explain https://…          where each parameter of a URL comes from
  throughline explain TL0312             what a diagnostic means
  throughline links --where partner=lumen --format csv
  throughline graph --svg promotion.svg  who and what there is, and whose word ties it
  throughline ga4 https://… --expect Email
  throughline lock --repair              make throughline.lock whole after a merge
  throughline swap --help                record a late change, and see what it does first
  throughline status                     are we ready, and what is in the way?
  throughline schema offers              what a row of offers must look like
  throughline verify                     is the output what the build wrote?
  throughline release --by nightly       make what was built live
  throughline rollback --because …       make live again what was live before

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
    /// Build again whenever a source is saved, and say what is new and what is gone
    #[command(after_help = super::watch::EXAMPLES)]
    Watch(WatchArgs),
    /// Say what a build would change and why, and write nothing
    #[command(after_help = super::plan::help())]
    Plan(PlanArgs),
    /// Build exactly what a plan says, or say what has moved
    Apply(ApplyArgs),
    /// Compare two builds by artifact, by what people read, by link and by fact
    #[command(after_help = super::diff::help())]
    Diff(DiffArgs),
    /// Say what people are asked to decide, and show it: only what a gate watches, before and after
    #[command(after_help = super::approve::REVIEW_EXAMPLES)]
    Review(ReviewArgs),
    /// Approve what you have looked at, with your own SSH key
    #[command(after_help = super::approve::DECIDE_EXAMPLES)]
    Approve(DecideArgs),
    /// Say no to it, until you say otherwise
    #[command(after_help = super::approve::DECIDE_EXAMPLES)]
    Reject(DecideArgs),
    /// Take an earlier decision back
    #[command(after_help = super::approve::DECIDE_EXAMPLES)]
    Revoke(RevokeArgs),
    /// Hash the output and compare it with its manifest; with --to, check what was released
    #[command(after_help = super::verify::EXAMPLES)]
    Verify(VerifyArgs),
    /// Put what was built into a target, and make it live
    #[command(after_help = super::release::RELEASE_EXAMPLES)]
    Release(ReleaseArgs),
    /// Make live again what was live before
    #[command(after_help = super::release::ROLLBACK_EXAMPLES)]
    Rollback(RollbackArgs),
    /// Remove from a target what nobody needs any more, in two steps
    #[command(after_help = super::release::GC_EXAMPLES)]
    Gc(GcArgs),
    /// Record that mails went out, so that what they show stays
    #[command(after_help = super::release::SENT_EXAMPLES)]
    Sent(SentArgs),
    /// Show who published, went back and cleaned up, and check that log
    #[command(after_help = super::release::AUDIT_EXAMPLES)]
    Audit(AuditArgs),
    /// Say where a URL or short code comes from, or what a diagnostic code means
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// List links: those of a partner, a channel, a campaign; as a table, CSV or JSON
    #[command(after_help = LINKS_EXAMPLES)]
    Links(LinksArgs),
    /// Say which GA4 channel a URL is filed under, by which rule, and how to reach another
    #[command(after_help = super::ga4::EXAMPLES)]
    Ga4(Ga4Args),
    /// Record a late change: another value, another offer, a withdrawal, another time
    Swap(SwapArgs),
    /// Are we ready? Windows, what needs attention, and whose it is, computed from facts
    #[command(after_help = super::status::EXAMPLES)]
    Status(StatusArgs),
    /// What a partner was promised and what was shipped, with links and digests, to send
    #[command(after_help = super::receipt::EXAMPLES)]
    Receipt(ReceiptArgs),
    /// What orchestration costs, in five currencies, next to what came out of it
    #[command(after_help = super::tax::EXAMPLES)]
    Tax(TaxArgs),
    /// Show what ties partners, offers, slots and channels, each tie with its rule and owner
    #[command(after_help = super::graph::EXAMPLES)]
    Graph(GraphArgs),
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

#[derive(Debug, Default, Args)]
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

    /// Render everything, and hold it against what would have been taken from the last build
    #[arg(long)]
    pub(super) verify_cache: bool,

    /// How many threads to use [default: one a core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,

    /// Where to write [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    /// Show everything that was built side by side, on a page for people
    /// [default: .throughline/gallery/index.html]
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        default_missing_value = "",
        value_parser = gallery_place
    )]
    pub(super) gallery: Option<GalleryPlace>,
}

/// Where the gallery goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GalleryPlace {
    /// Below `.throughline/`.
    Workspace,
    /// Where somebody wants it.
    File(PathBuf),
}

#[expect(clippy::unnecessary_wraps, reason = "clap asks for a parser that may fail")]
fn gallery_place(text: &str) -> Result<GalleryPlace, String> {
    Ok(if text.is_empty() { GalleryPlace::Workspace } else { GalleryPlace::File(text.into()) })
}

impl GalleryPlace {
    /// The file that was named.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Workspace => None,
            Self::File(path) => Some(path),
        }
    }
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
    /// A URL in any form, a short URL, a short code, a link id, an artifact, or a code such as TL0312
    pub(super) what: String,
    /// A text in the artifact: which fact put it there
    pub(super) text: Option<String>,
    /// Where the last build is, from the workspace
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

const EXPLAIN_EXAMPLES: &str = "\
A URL may have been through anything: wrapped by a network or a mail service, written in another
case or order, escaped again, with click ids added or parameters lost. What is not as it was built
is listed.

Examples:
  throughline explain 'https://…/?utm_id=bf26&utm_content=digest.s01.lumen.a&gclid=abc'
  throughline explain HTTPS://NWR.EXAMPLE/QQCPSGB4Z     as a QR code holds it
  throughline explain qqcpsgb4z                         as it is printed
  throughline explain bf26.digest.lumen.a.cta           by its id
  throughline explain email/bf26/digest.html            what an artifact can show, and whose it is
  throughline explain email/bf26/digest.html '30%'      which cell, copy or swap put a text there
  throughline explain TL0312                            what a diagnostic means

For a text, each fact that the artifact can show is changed in turn and the artifact is rendered
again: the text comes from those without which it is not there.

Exit codes: 0 it is this link, artifact or text; 1 there is none, or only one like it.";

#[derive(Debug, Args)]
pub(super) struct LinksArgs {
    /// Only links whose column has this value: FIELD=VALUE or FIELD!=VALUE; repeated, all must hold
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub(super) conditions: Vec<String>,

    /// Which columns, in this order [default: a few for people, all for programs]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(super) columns: Vec<String>,

    /// How the links are written
    // The same id as the option of every command: this one takes its place.
    #[arg(id = "format", long, value_name = "FORMAT", default_value = "table")]
    #[arg(value_parser = table_format())]
    pub(super) _format: Format,
}

fn table_format() -> impl TypedValueParser<Value = Format> {
    const FORMATS: [(&str, &str, Format); 6] = [
        ("table", "Aligned columns, for people", Format::Human),
        ("human", "The same", Format::Human),
        ("csv", "As links.csv is", Format::Csv),
        ("json", "An object a line, for programs", Format::Json),
        ("short", "A URL a line", Format::Short),
        ("sarif", "As json: links are no findings", Format::Sarif),
    ];
    let shown = |(name, help, _): (&'static str, &'static str, Format)| {
        PossibleValue::new(name).help(help).hide(matches!(name, "human" | "sarif"))
    };
    PossibleValuesParser::new(FORMATS.map(shown)).map(|typed| {
        let found = FORMATS.iter().find(|(name, ..)| *name == typed);
        found.map_or(Format::Human, |(.., format)| *format)
    })
}

const LINKS_EXAMPLES: &str = "\
The columns are those of links/links.csv: link_id, short_code, campaign, channel, asset, slot,
partner, offer, variant, role, destination, url, short_url, utm_source, utm_medium, …,
ga4_channel, sub_id. Nothing is built: every link that the workspace makes is listed.

Examples:
  throughline links --where partner=lumen
  throughline links --where channel=email --where role!=terms --format csv > email.csv
  throughline links --where ga4_channel=Unassigned --columns channel,utm_source,utm_medium
  throughline links --where campaign=bf26 --format short | sort -u";

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
