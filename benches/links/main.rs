//! `make bench`: mints, checks, predicts and writes a million links with their tables, against the
//! floor, which is writing the same bytes in the same run.
//!
//! It never fails because of a time, only if links are lost or refused.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock, writes files and prints"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use throughline::artifact::{
    BriefFile, LiveLink, ReportingInput, Shelf as _, links_table, reporting_files,
};
use throughline::diag::Diagnostics;
use throughline::link::{Links, Recording, mint, register};
use throughline::load::load;
use throughline::resolve::{Facts, resolve};
use throughline::source::{Documents, read_documents};
use throughline::store::OutputDir;

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures links against the floor.
#[derive(Parser)]
struct Arguments {
    /// Links, in thousands.
    #[arg(default_value_t = 1000)]
    thousands: usize,
    /// Runs of each kind; the median is shown.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Cargo says this when it runs benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Roles of each placement, and channels of each offer.
const ROLES: [&str; 5] = ["cta", "image", "logo", "terms", "footer"];
const CHANNELS: [(&str, &str); 2] = [("email", "Email"), ("sms", "SMS")];
const OFFERS_OF_A_PARTNER: usize = 10;

fn write_workspace(root: &Path, offers: usize) -> Result<()> {
    for folder in ["partners", "briefs", "rules/channels", "legal"] {
        fs::create_dir_all(root.join(folder))?;
    }
    fs::write(
        root.join("throughline.toml"),
        "name = \"bench\"\nzone = \"America/New_York\"\n[hosts]\nsite = \"https://shop.example\"\n\
         links = \"https://go.example\"\nassets = \"https://static.example\"\n",
    )?;
    let mut taxonomy = String::from("version = \"1\"\n[[source]]\nvalue = \"newsletter\"\n");
    let mut brief = String::from(
        "+++\nid = \"bf26\"\nname = \"Bench\"\ncode = \"2026-bench\"\nowner = \"ann\"\n\
         zone = \"America/New_York\"\n[windows.all]\nfreezes = 2026-11-24T18:00:00\n\
         locks = 2026-11-25T18:00:00\nopens = 2026-11-27T05:00:00\ncloses = 2026-11-27T23:59:00\n\
         channels = [\"email\", \"sms\"]\n",
    );
    for (channel, expected) in CHANNELS {
        let mut text = format!(
            "medium = \"{channel}\"\nsource = \"newsletter\"\nexpected_ga4 = \"{expected}\"\n\
             [params]\nutm_id = \"{{campaign.id}}\"\nutm_source = \"{{channel.source}}\"\n\
             utm_medium = \"{{channel.medium}}\"\nutm_campaign = \"{{campaign.code}}\"\n\
             utm_content = \"{{asset.id}}.{{offer.id}}.{{variant}}\"\nutm_term = \"{{link.role}}\"\n"
        );
        for role in ROLES {
            write!(text, "[links.{role}]\nto = \"partner\"\n")?;
        }
        fs::write(root.join(format!("rules/channels/{channel}.toml")), text)?;
        write!(taxonomy, "[[medium]]\nvalue = \"{channel}\"\n")?;
        write!(
            brief,
            "[[assets]]\nid = \"{channel}-all\"\nchannel = \"{channel}\"\neach = \"offer\"\n"
        )?;
    }
    fs::write(root.join("rules/taxonomy.toml"), taxonomy)?;
    fs::write(root.join("briefs/bf26.md"), brief + "+++\n")?;
    let (mut partners, mut rows) = (
        String::from("partner_id,name,owner,permitted_domains,landing_base\n"),
        String::from(
            "offer_id,partner_id,mechanic,value,title,landing_path,effective_from,effective_to\n",
        ),
    );
    for partner in 0..offers.div_ceil(OFFERS_OF_A_PARTNER) {
        writeln!(
            partners,
            "p{partner:06},Partner {partner},ann,p{partner:06}.example,\
             https://www.p{partner:06}.example/us/?ref=club"
        )?;
    }
    for offer in 0..offers {
        let partner = offer / OFFERS_OF_A_PARTNER;
        writeln!(
            rows,
            "p{partner:06}-offer-{offer:07},p{partner:06},pct_off,25,Offer {offer},\
             /sale/{offer}?from=list,2026-11-01T00:00,2026-12-31T23:59"
        )?;
    }
    fs::write(root.join("partners/partners.csv"), partners)?;
    fs::write(root.join("partners/offers.csv"), rows)?;
    Ok(())
}

/// Everything between facts and files; tells how many links there are.
fn make(documents: &Documents, facts: &Facts, output: &OutputDir) -> Result<usize> {
    let mut found = Diagnostics::new();
    let mut links: Links = mint(documents, facts, &mut found);
    let minting = register(
        documents,
        facts,
        &mut links,
        Recording::Allowed(&|| jiff::Timestamp::UNIX_EPOCH),
        &mut found,
    );
    ensure!(!found.has_errors(), "links were refused: {:?}", found.iter().next());
    let made = links.made(documents, facts);
    let live = minting.order.iter().filter_map(|at| made.get(*at));
    let live: Vec<LiveLink<'_>> = live.map(LiveLink::Made).collect();
    let briefs = vec![BriefFile::default(); facts.campaigns.len()];
    let lock = &minting.lock;
    let input = ReportingInput { documents, facts, live: &live, lock, briefs: &briefs };
    let (table, reporting) = rayon::join(
        || links_table(documents, facts, &live, output),
        || reporting_files(&input, output),
    );
    table?;
    for file in reporting.map_err(|fault| anyhow::anyhow!("{fault:?}"))? {
        if let Some(bytes) = &file.bytes {
            output.put(&file.published(), bytes)?;
        }
    }
    Ok(live.len())
}

/// Writes what is in one folder into another; tells how many bytes that were and how long writing
/// took, from memory.
fn write_again(from: &Path, to: &Path) -> Result<(usize, Duration)> {
    let (mut bytes, mut time) = (0, Duration::ZERO);
    fs::create_dir_all(to)?;
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let content = fs::read(entry.path())?;
            let start = Instant::now();
            fs::write(to.join(bytes.to_string()), &content)?;
            time += start.elapsed();
            bytes += content.len();
        }
    }
    Ok((bytes, time))
}

fn median(mut times: Vec<Duration>) -> Result<Duration> {
    times.sort();
    times.get(times.len() / 2).copied().context("no run")
}

/// The most memory this process ever held, in bytes.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // As the program itself.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let thousands = if arguments.bench { arguments.thousands } else { 1 };
    let folder = tempfile::tempdir_in("target")?;
    let root = folder.path().join("workspace");
    let offers = thousands * 1000 / (ROLES.len() * CHANNELS.len());
    write_workspace(&root, offers)?;
    let mut found = Diagnostics::new();
    let inputs = load(&root, &mut found);
    let workspace = inputs.workspace.clone().context("no workspace")?;
    let mut documents = read_documents(workspace, &inputs.sources, &mut found);
    let facts = resolve(&mut documents, &inputs.sources, None, &mut found);
    let fault = found.iter().find(|one| one.severity == throughline::diag::Severity::Error);
    ensure!(fault.is_none(), "the workspace was refused: {fault:?}");
    let (mut making, mut writing, mut bytes, mut most) = (Vec::new(), Vec::new(), 0, None);
    let (ours, again) = (folder.path().join("ours"), folder.path().join("again"));
    for _ in 0..arguments.runs {
        fs::create_dir(&ours)?;
        let start = Instant::now();
        let count = make(&documents, &facts, &OutputDir::open(&ours)?)?;
        making.push(start.elapsed());
        // The floor reads files into memory, so only what was held before it counts.
        most = most.or_else(peak);
        ensure!(count == offers * ROLES.len() * CHANNELS.len(), "{count} links were made");
        let (written, time) = write_again(&ours, &again)?;
        bytes = written;
        writing.push(time);
        fs::remove_dir_all(&ours)?;
        fs::remove_dir_all(&again)?;
    }
    let (made, floor) = (median(making)?, median(writing)?);
    println!("{} links, {} MB of tables", thousands * 1000, bytes / 1_000_000);
    println!("| | ms | to the floor |\n|---|---:|---:|");
    println!("| writing the same bytes: the floor | {} | 1 |", floor.as_millis());
    let ratio = made.as_secs_f64() / floor.as_secs_f64();
    println!("| minted, checked, predicted and written | {} | {ratio:.2} |", made.as_millis());
    if let Some(most) = most {
        println!("most memory held: {} MB", most / 1_000_000);
    }
    Ok(())
}
