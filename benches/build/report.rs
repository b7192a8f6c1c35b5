//! The tables: Markdown, for the terminal and for docs/benchmarks.md.

use std::fmt::Write as _;

use crate::machine;
use crate::round::Round;

/// All sizes at one place.
pub(crate) struct Table {
    pub(crate) place: &'static str,
    pub(crate) file_system: String,
    pub(crate) rounds: Vec<Round>,
}

const HEADERS: [&str; 18] = [
    "partners",
    "files",
    "MB",
    "links",
    "floor ms",
    "durable floor ms",
    "clean ms",
    "clean / floor",
    "clean / durable floor",
    "clean CPU ms",
    "no-op ms",
    "look ms",
    "no-op / look",
    "cell ms",
    "cell / no-op",
    "files a no-op wrote",
    "peak memory MB",
    "of a cell MB",
];

/// Writes the report.
pub(crate) fn markdown(tables: &[Table], threads: usize) -> String {
    let mut out =
        format!("Machine: {}.\nThreads: {threads}. Times are medians.\n", machine::describe());
    for table in tables {
        _ = writeln!(out, "\n### Output on {} ({})\n", table.place, table.file_system);
        row(&mut out, &HEADERS.map(str::to_owned));
        row(&mut out, &HEADERS.map(|_| "---:".to_owned()));
        for round in &table.rounds {
            row(&mut out, &cells(round));
        }
        _ = writeln!(out, "\nEvery run, in ms:\n");
        for round in &table.rounds {
            let partners = count(round.partners);
            _ = writeln!(
                out,
                "- {partners}: floor {}; durable floor {}; clean {}; look {}; no-op {}; cell {}",
                list(&round.floor),
                list(&round.durable),
                list(&round.clean),
                list(&round.look),
                list(&round.unchanged),
                list(&round.cell)
            );
        }
    }
    _ = writeln!(out, "\nSHA-256 of the inputs:\n");
    for round in tables.iter().take(1).flat_map(|table| &table.rounds) {
        _ = writeln!(out, "- {} partners: `{}`", count(round.partners), round.inputs);
    }
    out
}

fn row(out: &mut String, cells: &[String]) {
    _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn cells(round: &Round) -> [String; 18] {
    let runs =
        [&round.floor, &round.durable, &round.clean, &round.unchanged, &round.look, &round.cell];
    let [floor, durable, clean, unchanged, look, cell] = runs.map(|runs| median(runs));
    [
        count(round.partners),
        count(round.files),
        shown(Some(megabytes(round.bytes as u64))),
        count(round.links),
        shown(floor),
        shown(durable),
        shown(clean),
        ratio(clean, floor, 2),
        ratio(clean, durable, 2),
        shown(median(&round.clean_cpu)),
        shown(unchanged),
        shown(look),
        ratio(unchanged, look, 2),
        shown(cell),
        ratio(cell, unchanged, 2),
        count(round.rewritten),
        shown(round.memory.map(megabytes)),
        shown(round.cell_memory.map(megabytes)),
    ]
}

/// The middle one of the runs, or the mean of the middle two.
fn median(runs: &[f64]) -> Option<f64> {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

fn ratio(value: Option<f64>, base: Option<f64>, digits: usize) -> String {
    let both = value.zip(base).filter(|(_, base)| *base > 0.0);
    both.map_or_else(|| "-".to_owned(), |(value, base)| format!("{:.digits$}", value / base))
}

fn shown(number: Option<f64>) -> String {
    let Some(number) = number else { return "-".to_owned() };
    if number < 1_000.0 {
        return format!("{number:.1}");
    }
    grouped(&format!("{number:.0}"))
}

fn list(runs: &[f64]) -> String {
    let shown: Vec<String> = runs.iter().map(|run| format!("{run:.1}")).collect();
    shown.join(" ")
}

fn count(number: usize) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn megabytes(bytes: u64) -> f64 {
    whole(usize::try_from(bytes / 1_000).unwrap_or(usize::MAX)) / 1_000.0
}

/// Exact for all numbers that a benchmark counts.
fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
