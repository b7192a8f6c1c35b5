//! `make bench-read`: reading one large table, strict and typed, against the floor, which is
//! walking through the same bytes with the csv crate's `ByteRecord` on one thread in the same run.
//!
//! It never fails because of a time, only if rows are lost or refused.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use throughline::address::Tagged;
use throughline::diag::Diagnostics;
use throughline::model::{Digest, SourceId, WorkspacePath};
use throughline::source::table::{Contract, Table, TableReader, read_table};
use throughline::source::{
    FieldRules, SourceText, Sources, TableFile, TableSpec, Taxonomy, Workspace, read_taxonomy,
    read_workspace,
};

/// As the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures reading against the floor.
#[derive(Parser)]
struct Arguments {
    /// Rows of the table.
    #[arg(default_value_t = 1_000_000)]
    rows: usize,
    /// Runs of each kind; the median is shown.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Cargo says this when it runs benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

const WORKSPACE: &str = "name = \"bench\"\nzone = \"America/New_York\"\ncurrency = \"USD\"\n\
    [hosts]\nsite = \"https://a.example\"\nlinks = \"https://b.example\"\n\
    assets = \"https://c.example\"\n";

const TAXONOMY: &str = "version = \"1\"\n[[medium]]\nvalue = \"email\"\n\
    [[source]]\nvalue = \"newsletter\"\n";

const HEADER: &str = "offer_id,partner_id,mechanic,value,currency,min_spend,title,body,cta,code,\
    terms_id,landing_path,effective_from,effective_to,display_to,status,source_ref\n";

/// Rows as partners send them: a quoted text in each third, ends that differ by day and hour.
fn generate(rows: usize) -> String {
    let mut text = String::with_capacity(rows * 220);
    text += HEADER;
    for row in 0..rows {
        let partner = row / 40;
        let (day, hour) = (row % 28 + 1, row % 24);
        let (mechanic, value) = match row % 3 {
            0 => ("pct_off", "25"),
            1 => ("amount_off", "12.50"),
            _ => ("bogo", ""),
        };
        let body = match row % 3 {
            0 => "\"Soft, warm and made to last\"",
            1 => "Two for the price of one, while stocks last".split(',').next().unwrap_or(""),
            _ => "Crème brûlée, twice".split(',').next().unwrap_or(""),
        };
        let _ = writeln!(
            text,
            "partner-{partner:05}-offer-{row:07},partner-{partner:05},{mechanic},{value},USD,{}.00,\
             Save on everything in row {row},{body},Shop now,CODE{row:07},standard,/offers/{row},\
             2026-11-01T05:00,2026-12-{day:02}T{hour:02}:59,2026-11-{day:02}T23:59,active,\
             sheet-{}-{row}",
            row % 200,
            row % 12 + 1
        );
    }
    text
}

/// Everything that a table is read with.
struct Setting {
    workspace: Workspace,
    taxonomy: Taxonomy,
    fields: FieldRules,
    spec: TableSpec,
    contract: Contract,
    sources: Sources,
    source: SourceId,
}

impl Setting {
    fn new(text: String) -> Result<Self> {
        let mut found = Diagnostics::new();
        let workspace = read_workspace(WORKSPACE, SourceId(0), 0, &mut found);
        let taxonomy = read_taxonomy(TAXONOMY, SourceId(0), 0, &mut found);
        let workspace = workspace.context("the workspace is wrong")?;
        let spec = workspace.tables.get("offers").cloned().unwrap_or_default();
        let contract = Contract::new("offers", &spec, &mut found);
        let mut sources = Sources::default();
        let path = WorkspacePath::new("partners/offers.csv").ok().context("no path")?;
        let file = TableFile::new("offers".to_owned(), spec.dialect.clone());
        let digest = Digest::of(text.as_bytes());
        let source = sources.add_table(path, file, (text.into_bytes(), digest), &mut found);
        let taxonomy = taxonomy.context("the taxonomy is wrong")?;
        let fields = FieldRules::default();
        Ok(Self { workspace, taxonomy, fields, spec, contract, sources, source })
    }

    fn file(&self) -> Result<&SourceText> {
        self.sources.get(self.source).context("no file")
    }

    /// Reads the table.
    fn read(&self) -> Result<Table> {
        let file = self.file()?;
        let reader = TableReader {
            contract: &self.contract,
            spec: &self.spec,
            dialect: self.spec.dialect.clone(),
            zone: &self.workspace.zone,
            currency: &self.workspace.currency.value,
            taxonomy: &self.taxonomy,
            tagged: Tagged::Refuse,
            fields: &self.fields,
            source: self.source,
            text: &file.text,
            base: 0,
            bad_cells: None,
        };
        let (mut table, mut found) = (Table::new(self.contract.clone()), Diagnostics::new());
        let whole = read_table(&reader, &mut table, &mut found);
        ensure!(whole && !found.has_errors(), "the table was refused: {:?}", found.iter().next());
        Ok(table)
    }
}

/// The floor: every record is looked at, and nothing is done with it.
fn walk(text: &str) -> Result<usize> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let (mut record, mut rows) = (csv::ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

/// The median of some runs. What a run leaves behind is taken apart after its time was taken.
fn median<T>(
    runs: usize,
    rows: usize,
    mut run: impl FnMut() -> Result<T>,
    count: impl Fn(&T) -> usize,
) -> Result<Duration> {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        let left = run()?;
        times.push(start.elapsed());
        ensure!(count(&left) == rows, "{} rows of {rows} were read", count(&left));
    }
    times.sort();
    times.get(runs / 2).copied().context("no run")
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // As the program itself.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let setting = Setting::new(generate(arguments.rows))?;
    let text = setting.file()?.text.as_str();
    let rows = arguments.rows;
    let records = |table: &Table| table.records.len();
    let floor = median(arguments.runs, rows, || walk(text), |rows| *rows)?;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let alone = median(arguments.runs, rows, || one.install(|| setting.read()), records)?;
    let together = median(arguments.runs, rows, || setting.read(), records)?;
    let ratio = |time: Duration| time.as_secs_f64() / floor.as_secs_f64();
    let columns = HEADER.split(',').count();
    println!("{rows} rows, {columns} columns, {} MB", text.len() / 1_000_000);
    println!("| | ms | to the floor |\n|---|---:|---:|");
    println!("| csv `ByteRecord`, one thread: the floor | {} | 1 |", floor.as_millis());
    println!("| strict and typed, one thread | {} | {:.2} |", alone.as_millis(), ratio(alone));
    let threads = rayon::current_num_threads();
    let name = format!("strict and typed, {threads} threads");
    println!("| {name} | {} | {:.2} |", together.as_millis(), ratio(together));
    Ok(())
}
