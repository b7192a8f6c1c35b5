//! The tables: Markdown, for the terminal and for docs/benchmarks.md.

use std::fmt::Write as _;

use crate::figures::{count, list, median, megabytes, ratio, row, shown};
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
