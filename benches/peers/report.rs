//! The tables: Markdown, for the terminal and for docs/benchmarks.md.

use std::fmt::Write as _;

use crate::figures::{count, list, median, megabytes, ratio, row, shown};
use crate::machine;
use crate::round::{Line, Round};

/// All sizes at one place.
pub(crate) struct Table {
    pub(crate) place: &'static str,
    pub(crate) file_system: String,
    pub(crate) rounds: Vec<Round>,
}

const HEADERS: [&str; 12] = [
    "",
    "clean ms",
    "/ ours",
    "CPU ms",
    "no-op ms",
    "/ ours",
    "cell ms",
    "/ ours",
    "peak memory MB",
    "files",
    "MB",
    "KB of mail, text, page",
];

/// Writes the report.
pub(crate) fn markdown(tables: &[Table]) -> String {
    let mut out = format!("Machine: {}.\nTimes are medians.\n", machine::describe());
    for table in tables {
        for round in &table.rounds {
            let partners = count(round.partners);
            let (place, kind) = (table.place, &table.file_system);
            _ = writeln!(out, "\n### {partners} partners, on {place} ({kind})\n");
            out.push_str(&self::round(round));
        }
    }
    _ = writeln!(out, "\nSHA-256 of the inputs:\n");
    for round in tables.iter().flat_map(|table| &table.rounds) {
        let line = format!("- {} partners: `{}`\n", count(round.partners), round.inputs);
        if !out.contains(&line) {
            out.push_str(&line);
        }
    }
    out
}

/// Writes the table of one size, and every run.
pub(crate) fn round(round: &Round) -> String {
    let mut out = String::new();
    let Some((ours, peers)) = round.lines.split_first() else { return out };
    row(&mut out, &HEADERS.map(str::to_owned));
    let mut under = HEADERS.map(|_| "---:".to_owned());
    if let Some(first) = under.first_mut() {
        "---".clone_into(first);
    }
    row(&mut out, &under);
    for line in &round.lines {
        row(&mut out, &cells(line, ours, round.partners));
    }
    out.push('\n');
    for why in &round.missing {
        _ = writeln!(out, "{why}.\n");
    }
    for (what, times) in [
        ("Clean", (|line| &line.clean) as fn(&Line) -> &Vec<f64>),
        ("No-op", |line| &line.unchanged),
        ("One cell", |line| &line.cell),
    ] {
        let of = |line: &Line| median(times(line));
        let fastest = peers.iter().filter(|line| of(line).is_some()).min_by(|one, other| {
            of(one).partial_cmp(&of(other)).unwrap_or(std::cmp::Ordering::Equal)
        });
        if let Some(peer) = fastest {
            let times = ratio(of(peer), of(ours), 2);
            _ = writeln!(out, "{what}: the fastest peer, {}, takes {times} times ours.", peer.name);
        }
    }
    _ = writeln!(out, "\nEvery run, in ms:\n");
    for line in &round.lines {
        let [clean, unchanged, cell] =
            [&line.clean, &line.unchanged, &line.cell].map(|runs| list(runs));
        _ = writeln!(out, "- {}: clean {clean}; no-op {unchanged}; cell {cell}", line.name);
    }
    out
}

fn cells(line: &Line, ours: &Line, partners: usize) -> [String; 12] {
    let [clean, unchanged, cell] =
        [&line.clean, &line.unchanged, &line.cell].map(|runs| median(runs));
    let each = line.bytes_of.map(|bytes| {
        let mean = bytes / partners as u64;
        format!("{}.{}", mean / 1_000, mean % 1_000 / 100)
    });
    [
        line.name.clone(),
        shown(clean),
        ratio(clean, median(&ours.clean), 2),
        shown(median(&line.cpu)),
        shown(unchanged),
        ratio(unchanged, median(&ours.unchanged), 1),
        shown(cell),
        ratio(cell, median(&ours.cell), 1),
        shown(line.memory.map(megabytes)),
        count(line.files),
        shown(Some(megabytes(line.bytes))),
        each.join(", "),
    ]
}
