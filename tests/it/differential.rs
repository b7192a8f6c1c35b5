//! Every table that we take, Python's csv module takes too, and reads the same cells.

use std::fs;

use serde_json::{Value, json};

use crate::cases::{cases_folder, lay_down};
use crate::python::{ask, from_hex, to_hex};
use crate::random::Random;
use crate::reading::{Reading, copies, read};
use crate::reference::difference;
use crate::sample::repository;
use crate::sandbox::files_below;

/// A table, and what it is called where it differs.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The tables of the workspaces that are kept here.
pub(crate) fn kept() -> Vec<Table> {
    let mut tables = Vec::new();
    let is_table = |path: &String| {
        path.contains("partners/") && path.rsplit_once('.').is_some_and(|(_, end)| end == "csv")
    };
    for workspace in ["partners", "starter", "examples"] {
        let folder = repository().join(workspace);
        for path in files_below(&folder) {
            let name = format!("{workspace}/{path}");
            if is_table(&name) && !path.contains("output/") {
                tables.push(Table { name, bytes: fs::read(folder.join(path)).unwrap() });
            }
        }
    }
    for entry in fs::read_dir(cases_folder()).unwrap().map(Result::unwrap) {
        let case = entry.file_name().into_string().unwrap();
        if !case.starts_with("ok_") || !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let sandbox = lay_down(&case);
        for path in sandbox.files(".").into_iter().filter(is_table) {
            let bytes = fs::read(sandbox.path(&path)).unwrap();
            tables.push(Table { name: format!("{case}/{path}"), bytes });
        }
    }
    tables
}

pub(crate) fn rows_of(answer: &Value) -> Option<Vec<Vec<String>>> {
    serde_json::from_value(answer["cells"].clone()).ok()
}

/// The delimiter that makes the most cells of the first line.
fn delimiter_of(bytes: &[u8]) -> char {
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let count = |mark: char| line.iter().filter(|byte| char::from(**byte) == mark).count();
    [',', ';', '\t', '|'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap()
}

#[test]
fn python_reads_the_tables_that_are_kept_here_as_we_do() {
    let tables = kept();
    let questions: Vec<Value> = tables
        .iter()
        .map(|table| {
            let delimiter = delimiter_of(&table.bytes);
            let bytes = to_hex(&table.bytes);
            json!({"bytes": bytes, "delimiter": delimiter, "encoding": "utf-8-sig"})
        })
        .collect();
    let answers = ask("cells.py", &Value::Array(questions.clone()));
    let (mut compared, mut different) = (0, Vec::new());
    for ((table, question), answer) in
        tables.iter().zip(&questions).zip(answers.as_array().unwrap())
    {
        // What Python cannot read, such as another encoding, the cases' own snapshots are about.
        let Some(rows) = rows_of(answer) else { continue };
        let names = rows[0].iter().map(String::as_str).filter(|name| !name.is_empty());
        let options = format!("delimiter = {}", question["delimiter"]);
        let reading = read(&copies(names, &options), &table.bytes);
        if reading.accepted() {
            compared += 1;
            different.extend(difference(&reading, &rows).map(|why| (&table.name, why)));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    assert!(compared > 30, "only {compared} of {} tables were compared", tables.len());
}

/// Encodings by the names that we and Python have for them, and letters beyond ASCII of each.
const ENCODINGS: [(&str, &str, &str); 11] = [
    ("utf-8", "utf-8", "äöüßéñ€–’日本語😀عربیe\u{301}\u{a0}"),
    ("utf-8", "utf-8-sig", "äöüßéñ€–’日本語😀"),
    ("utf-8", "utf-16", "äöüßéñ€–’日本語😀"),
    ("windows-1252", "cp1252", "äöüßéñ€–’œ\u{a0}"),
    ("windows-1250", "cp1250", "ąčěłńőřşťž€"),
    ("windows-1251", "cp1251", "жщъыэюяЁ№"),
    ("iso-8859-2", "iso8859-2", "ąčěłńőřşťž"),
    ("macintosh", "mac_roman", "äöüßéñ–’œ"),
    ("shift_jis", "shift_jis", "日本語カナ表示ソ十ポ"),
    ("ibm850", "cp850", "äöüßéñ½"),
    ("gbk", "gbk", "中文价格优惠"),
];

/// A cell that is no trouble to read and some to cut out.
fn cell(random: &mut Random, letters: &[char]) -> String {
    // A tab in a cell is refused, so there are few.
    let tab = if random.once_in(40) { '\t' } else { '_' };
    let marks = ['"', ',', ';', tab, '|', '\n', '\r', ' ', '\'', '\\', '=', '1', 'a', 'Z'];
    let length = random.below(9);
    let mut text = String::new();
    for _ in 0..length {
        let beyond = random.once_in(3);
        text.push(if beyond { random.one_of(letters) } else { random.one_of(&marks) });
    }
    text
}

fn question(random: &mut Random) -> (Value, String) {
    let (ours, theirs, letters) = random.one_of(&ENCODINGS);
    let letters: Vec<char> = letters.chars().collect();
    let delimiter = random.one_of(&[',', ';', '\t', '|']);
    let width = 2 + random.below(5);
    let names = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let mut rows: Vec<Vec<String>> =
        vec![names[..width].iter().map(|name| (*name).to_owned()).collect()];
    for number in 0..=random.below(6) {
        let mut row: Vec<String> = (0..width).map(|_| cell(random, &letters)).collect();
        // A row of nothing is no row.
        row[0] = format!("r{number}");
        rows.push(row);
    }
    let line_end = random.one_of(&["\n", "\r\n", "\r"]);
    // Older Pythons quote only the line ends that they write themselves.
    let quote_all = line_end != "\r\n" || random.once_in(3);
    let question = json!({
        "rows": rows, "delimiter": delimiter, "encoding": theirs, "line_end": line_end,
        "quote_all": quote_all, "last_end": !random.once_in(4),
    });
    // Marks at the beginning of a file need no declaration.
    let encoding = if ours == "utf-8" { String::new() } else { format!("encoding = \"{ours}\"\n") };
    let mark = serde_json::to_string(&delimiter.to_string()).unwrap();
    let options = format!("{encoding}delimiter = {mark}\n");
    (question, options)
}

/// What we read of what Python wrote, or how it differs from what Python reads.
fn compare(question: &Value, answer: &Value, options: &str) -> Result<Reading, String> {
    let bytes = from_hex(answer["bytes"].as_str().unwrap());
    let rows = rows_of(answer).ok_or_else(|| format!("Python cannot read it: {answer}"))?;
    let names = question["rows"][0].as_array().unwrap().iter().filter_map(Value::as_str);
    let reading = read(&copies(names, options), &bytes);
    match difference(&reading, &rows).filter(|_| reading.accepted()) {
        Some(why) => Err(format!("{why}\n{question}\n{options}")),
        None => Ok(reading),
    }
}

#[test]
fn python_writes_tables_that_we_read_as_it_does() {
    let mut random = Random::new(20_261_127);
    let asked: Vec<(Value, String)> = (0..2_000).map(|_| question(&mut random)).collect();
    let questions = asked.iter().map(|(question, _)| question.clone()).collect();
    let answers = ask("cells.py", &Value::Array(questions));
    let (mut accepted, mut refused, mut different) = (0, Vec::new(), Vec::new());
    for ((question, options), answer) in asked.iter().zip(answers.as_array().unwrap()) {
        match compare(question, answer, options) {
            Ok(reading) if reading.accepted() => accepted += 1,
            Ok(reading) => refused.push((reading.codes(), question, options)),
            Err(why) => different.push(why),
        }
    }
    assert!(different.is_empty(), "{} are different: {}", different.len(), different[0]);
    // Tabs inside a cell are control characters; everything else is there to be read.
    let other = refused.iter().find(|(codes, ..)| codes.iter().any(|code| *code != "TL0113"));
    assert!(other.is_none(), "{other:?}");
    assert!(accepted > 1_000, "only {accepted} of {} were accepted", asked.len());
}
