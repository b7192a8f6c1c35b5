//! Good tables are broken in every way that mail, editors and spreadsheets know. None makes the
//! reader panic or hang, and none is taken for good with cells in the wrong places.
//!
//! `THROUGHLINE_ROUNDS` is how many are broken, `THROUGHLINE_SEED` where chance begins. A file that
//! fails is kept in target/tmp.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::differential::{Table, kept, rows_of};
use crate::python::{ask, to_hex};
use crate::random::{Random, number};
use crate::reading::{Reading, column, copies, read};
use crate::reference::{difference, trimmed};

const ROUNDS: u64 = 10_000;
const SEED: u64 = 8_191;

/// The slowest takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// What is put somewhere.
const PIECES: [&[u8]; 33] = [
    b"\"",
    b"\"\"",
    b"\"\"\"",
    b"\\\"",
    b",",
    b",,",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\x1a",
    b"\x07",
    b" ",
    b"'",
    b"\xff",
    b"\xc3",
    b"\xc3\xa9",
    b"\xe9",
    b"\xef\xbb\xbf",
    b"\xef\xbf\xbd",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xe2\x80\x8b",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"sep=;\n",
    b"<<<<<<< HEAD\n",
    b"Total,,\n",
    b"\",\"",
];

/// What stands for every line feed, and for every comma.
const LINE_ENDS: [&[u8]; 3] = [b"\r\n", b"\r", b"\n\n"];
const COMMAS: [&[u8]; 4] = [b";", b"\t", b"|", b", "];

/// A place between two bytes.
fn place(random: &mut Random, bytes: &[u8]) -> usize {
    random.below(bytes.len() + 1)
}

fn line_of(random: &mut Random, bytes: &[u8]) -> std::ops::Range<usize> {
    let at = place(random, bytes);
    let is_end = |byte: &u8| *byte == b'\n';
    let start = bytes[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |end| at + end + 1);
    start..end
}

fn replaced(bytes: &[u8], find: u8, replace: &[u8]) -> Vec<u8> {
    let piece = |byte: &u8| if *byte == find { replace.to_vec() } else { vec![*byte] };
    bytes.iter().flat_map(piece).collect()
}

fn in_utf_16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// Breaks a table in one way.
fn break_once(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = place(random, bytes);
    let line = line_of(random, bytes);
    match random.below(16) {
        0..=5 => drop(bytes.splice(at..at, random.one_of(&PIECES).iter().copied())),
        6 => drop(bytes.drain(at..(at + 1 + random.below(8)).min(bytes.len()))),
        7 => bytes.truncate(at),
        8 => {
            let copy = bytes[line.clone()].to_vec();
            bytes.splice(line.end..line.end, copy);
        }
        9 => drop(bytes.drain(line)),
        10 => {
            let chunk: Vec<u8> = bytes.drain(line).collect();
            let at = place(random, bytes);
            bytes.splice(at..at, chunk);
        }
        11 => {
            let cut = (at + random.below(40)).min(bytes.len());
            let chunk = bytes[at..cut].to_vec();
            bytes.splice(at..at, chunk);
        }
        12 => {
            let length = if random.once_in(20) { 300_000 } else { 8_000 + random.below(400) };
            bytes.splice(at..at, std::iter::repeat_n(b'x', length));
        }
        13 => *bytes = replaced(bytes, b'\n', random.one_of(&LINE_ENDS)),
        14 => *bytes = replaced(bytes, b',', random.one_of(&COMMAS)),
        _ if random.once_in(3) => *bytes = in_utf_16(bytes),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.below(256) as u8;
            }
        }
    }
}

/// The text as anybody would decode it, without what spreadsheets put around it.
fn decoded(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes.to_vec()).ok()?,
    };
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\u{1a}');
    let text = match text.strip_prefix("sep=") {
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    Some(text.to_owned())
}

fn utf_16(bytes: &[u8], join: fn([u8; 2]) -> u16) -> Option<String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2))
}

fn rows_with(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter as u8);
    let mut reader = builder.from_reader(text.as_bytes());
    let rows = reader.records().map_while(Result::ok);
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

/// The delimiter that makes a header of the most of our columns.
fn delimiter_of(text: &str, columns: &[String]) -> char {
    let found = |delimiter: char| {
        let rows = rows_with(text, delimiter);
        let header = rows.iter().find(|row| row.iter().any(|cell| !trimmed(cell).is_empty()));
        let known = |cell: &&String| columns.contains(&trimmed(cell));
        header.map_or(0, |row| row.iter().filter(known).count())
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| found(*delimiter)).unwrap()
}

/// A table of all types in turn, which wants to be read by a German.
fn typed(columns: &[String]) -> String {
    let types = [
        "slug", "text", "name", "copy", "url", "hosts", "money", "percent", "decimal", "datetime",
        "bool", "color", "int", "path", "asset",
    ];
    let start = "locale = \"de-DE\"\ndates = \"dmy\"\ndays = \"whole\"\n".to_owned();
    columns
        .iter()
        .zip(types.iter().cycle())
        .fold(start, |body, (name, kind)| body + &column(name, &format!("type = \"{kind}\"\n")))
}

/// One broken file and what came of it.
struct Round {
    bytes: Vec<u8>,
    accepted: Option<(Reading, char)>,
    fault: Option<String>,
}

fn round(table: &Table, random: &mut Random) -> Round {
    let text = decoded(&table.bytes).unwrap();
    let header = text.lines().next().unwrap().to_owned();
    let columns: Vec<String> = header.split(',').map(str::to_owned).collect();
    let mut bytes = table.bytes.clone();
    for _ in 0..=random.below(3) {
        break_once(random, &mut bytes);
    }
    let start = Instant::now();
    let readings = catch_unwind(AssertUnwindSafe(|| {
        read(&typed(&columns), &bytes);
        read(&copies(columns.iter().map(String::as_str), ""), &bytes)
    }));
    let Ok(reading) = readings else {
        return Round { bytes, accepted: None, fault: Some("the reader panicked".to_owned()) };
    };
    let mut fault = None;
    if start.elapsed() > PATIENCE {
        fault = Some(format!("{:?} passed", start.elapsed()));
    }
    if reading.findings.len() > 10 + bytes.len() {
        fault = Some(format!("{} findings in {} bytes", reading.findings.len(), bytes.len()));
    }
    if !reading.accepted() {
        return Round { bytes, accepted: None, fault };
    }
    let Some(text) = decoded(&bytes) else {
        let fault = Some("it is in no known encoding, and was accepted".to_owned());
        return Round { bytes, accepted: None, fault };
    };
    let delimiter = delimiter_of(&text, &reading.columns);
    let why = difference(&reading, &rows_with(&text, delimiter));
    Round { bytes, accepted: Some((reading, delimiter)), fault: fault.or(why) }
}

/// Every tenth file that was accepted, in Python's reading.
fn differences_to_python(rounds: &[(u64, Round)]) -> Vec<(u64, String)> {
    let accepted = rounds.iter().filter_map(|(number, round)| {
        let (reading, delimiter) = round.accepted.as_ref()?;
        Some((*number, decoded(&round.bytes)?, reading, delimiter))
    });
    let chosen: Vec<_> = accepted.step_by(10).collect();
    let questions = chosen.iter().map(|(_, text, _, delimiter)| {
        let bytes = to_hex(text.as_bytes());
        json!({"bytes": bytes, "delimiter": delimiter, "encoding": "utf-8"})
    });
    let answers = ask("cells.py", &Value::Array(questions.collect()));
    let answers = answers.as_array().unwrap();
    let compared = chosen.iter().zip(answers).filter_map(|((number, _, reading, _), answer)| {
        let why = match rows_of(answer) {
            Some(rows) => difference(reading, &rows)?,
            None => answer.to_string(),
        };
        Some((*number, format!("Python: {why}")))
    });
    compared.collect()
}

#[test]
fn broken_tables_break_nothing() {
    // Tables that are broken on purpose in ways that a header cannot be taken from stay out.
    let plain = |table: &Table| {
        let text = decoded(&table.bytes).unwrap_or_default();
        let header = text.lines().next().unwrap_or("");
        let names: std::collections::BTreeSet<&str> = header.split(',').collect();
        table.bytes.len() < 30_000
            && !header.contains(char::is_control)
            && !names.contains("")
            && names.len() == header.split(',').count()
    };
    let tables: Vec<Table> = kept().into_iter().filter(plain).collect();
    let seed = number("THROUGHLINE_SEED", SEED);
    let rounds: Vec<(u64, Round)> = (0..number("THROUGHLINE_ROUNDS", ROUNDS))
        .into_par_iter()
        .map(|at| {
            let mut random = Random::new(seed.wrapping_add(at));
            let table = &tables[random.below(tables.len())];
            (at, round(table, &mut random))
        })
        .collect();
    let mut faults: Vec<(u64, String)> =
        rounds.iter().filter_map(|(at, round)| Some((*at, round.fault.clone()?))).collect();
    faults.extend(differences_to_python(&rounds));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (at, _) in faults.iter().take(20) {
        let (_, round) = &rounds[*at as usize];
        fs::write(folder.join(format!("broken-{seed}-{at}.csv")), &round.bytes).unwrap();
    }
    let shown = faults.iter().take(20).map(|(at, why)| format!("round {at}: {why}\n"));
    let shown: String = shown.collect();
    assert!(faults.is_empty(), "seed {seed}, {} faults, first ones:\n{shown}", faults.len());
    let accepted = rounds.iter().filter(|(_, round)| round.accepted.is_some()).count();
    let share = accepted * 100 / rounds.len();
    assert!((3..90).contains(&share), "{share}% were accepted: this tests one side only");
}
