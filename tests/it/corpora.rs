//! Two collections of what goes wrong elsewhere: csv-spectrum's tables and the Big List of
//! Naughty Strings.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::cases::lay_down;
use crate::hostile::{html_artifacts, names, structured};
use crate::python::corpus;
use crate::reading::{COPY, accepts, cells_of};
use crate::sandbox::{Sandbox, files_below};

const SPECTRUM: &str = "csv-spectrum-2.0.0";

/// Tables of csv-spectrum that are refused, with the code and the byte of the place.
const REFUSED: [(&str, &str, usize); 1] = [
    // Its degree signs were lost on the way and are U+FFFD.
    ("location_coordinates", "TL0122", 71),
];

/// csv-spectrum knows each table as a list of objects, or as one object.
fn expected(name: &str, header: &[String]) -> Vec<Vec<String>> {
    let text = fs::read_to_string(corpus(&format!("{SPECTRUM}/json/{name}.json"))).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let rows = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    let cell = |row: &Value, column: &String| row[column.as_str()].as_str().unwrap().to_owned();
    // Every line end in a cell becomes one line feed.
    let cell = |row: &Value, column| cell(row, column).replace("\r\n", "\n");
    let trimmed = |row: &Value, column| cell(row, column).trim().to_owned();
    rows.iter().map(|row| header.iter().map(|name| trimmed(row, name)).collect()).collect()
}

#[test]
fn csv_spectrum_is_read_as_its_authors_say() {
    let folder = corpus(&format!("{SPECTRUM}/csvs"));
    let mut refused = Vec::new();
    let mut read = 0;
    for file in files_below(&folder) {
        let name = file.strip_suffix(".csv").unwrap();
        let bytes = fs::read(folder.join(&file)).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let first = text.lines().next().unwrap();
        let header: Vec<String> = first.split(',').map(str::to_owned).collect();
        let columns: Vec<&str> = header.iter().map(String::as_str).collect();
        match cells_of(&bytes, &columns, "") {
            Ok(cells) => {
                assert_eq!(cells, expected(name, &header), "{name}");
                read += 1;
            }
            Err(findings) => {
                let one = &findings[0];
                refused.push((name.to_owned(), one.code, one.start));
            }
        }
    }
    let known = REFUSED.iter().map(|(name, code, at)| ((*name).to_owned(), *code, *at));
    assert_eq!(refused, known.collect::<Vec<_>>());
    assert_eq!(read, 12 - REFUSED.len());
}

fn naughty_strings() -> Vec<String> {
    let text = fs::read_to_string(corpus("blns-2.0.4/resources/blns.json")).unwrap();
    let all: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!(all.len(), 485);
    all
}

/// Types of columns, and how many of the strings each takes. Empty cells are taken by all.
const TAKEN: [(&str, &str, usize); 5] = [
    ("copy", COPY, 482),
    ("text", "type = \"text\"\n", 475),
    ("slug", "type = \"slug\"\n", 25),
    ("url", "type = \"url\"\n", 4),
    ("hosts", "type = \"hosts\"\n", 5),
];

/// What may be changed: spaces at the ends go, inner line ends become one, and no-break spaces
/// become ordinary ones everywhere but in copy.
fn normalised(kind: &str, text: &str) -> String {
    let space = |one: char| {
        one.is_whitespace()
            && !matches!(one, '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let text = text.trim_matches(space).replace("\r\n", "\n").replace('\r', "\n");
    if kind == "copy" { text } else { text.replace(['\u{a0}', '\u{202f}'], " ") }
}

#[test]
fn naughty_strings_are_refused_or_come_back_as_they_went_in() {
    let all = naughty_strings();
    let mut counts = Vec::new();
    for (kind, keys, _) in TAKEN {
        let mut taken = 0;
        for text in &all {
            let Some(read) = accepts(keys, text) else { continue };
            assert_eq!(read, normalised(kind, text), "{kind}: {text:?}");
            taken += 1;
        }
        counts.push((kind, taken));
    }
    let known: Vec<_> = TAKEN.iter().map(|(kind, _, taken)| (*kind, *taken)).collect();
    assert_eq!(counts, known);
}

/// A workspace with one offer for each string, in all its texts.
fn workspace_of(strings: &[&str]) -> Sandbox {
    let sandbox = lay_down("ok_page-forms");
    for channel in ["email", "sms"] {
        let path = format!("rules/channels/{channel}.toml");
        let text = sandbox.read(&path);
        // Short texts are another test's business.
        sandbox.write(&path, text.split("[limits]").next().unwrap());
    }
    // And so are the `XXX` of some of them, which pages are searched for.
    let pages = sandbox.read("rules/channels/landing.toml");
    sandbox.write("rules/channels/landing.toml", pages + "\n[lint]\nleftover = \"off\"\n");
    let mut table = csv::Writer::from_writer(Vec::new());
    let header = "offer_id,partner_id,mechanic,title,body,cta,badge,terms_id,landing_path,\
                  effective_from,effective_to";
    table.write_record(header.split(',')).unwrap();
    for (number, text) in strings.iter().enumerate() {
        let id = format!("naughty-{number}");
        let dates = ["2026-11-01T00:00", "2026-12-31T23:59"];
        let own = [id.as_str(), "lumen", "gift", text, text, text, text];
        let rest = ["standard", "/gift"].into_iter().chain(dates);
        table.write_record(own.into_iter().chain(rest)).unwrap();
    }
    sandbox.write("partners/offers_naughty.csv", table.into_inner().unwrap());
    sandbox
}

/// The tags and attribute names of each page, and the digest with a slot in three, and the shape
/// of what machines read there.
fn shapes(sandbox: &Sandbox) -> BTreeMap<String, impl PartialEq + use<>> {
    let pages = html_artifacts(sandbox).into_iter();
    pages.map(|(id, html)| (id, (names(&html), structured(&html)))).collect()
}

#[test]
fn naughty_strings_never_become_markup() {
    let all = naughty_strings();
    // The title has one line, and the badge is text: what both take is taken everywhere.
    let single = ["type = \"copy\"\n", "type = \"text\"\n"];
    let fits = |text: &&str| {
        let required = "type = \"copy\"\nrequired = true\n";
        single
            .iter()
            .chain([&required])
            .all(|keys| accepts(keys, text).is_some_and(|read| !read.is_empty()))
    };
    let taken: Vec<&str> = all.iter().map(String::as_str).filter(fits).collect();
    assert!(taken.len() > 300, "only {} strings are taken", taken.len());
    let benign: Vec<String> = (0..taken.len()).map(|number| format!("Gift {number}")).collect();
    let benign = workspace_of(&benign.iter().map(String::as_str).collect::<Vec<_>>());
    benign.run(&["build"]).expect_code(0);
    let hostile = workspace_of(&taken);
    let run = hostile.run(&["build"]);
    let (benign, hostile) = (shapes(&benign), shapes(&hostile));
    assert_eq!(run.code, 0, "{}", run.text());
    let mut changed = String::new();
    for (id, shape) in &benign {
        if hostile.get(id) != Some(shape) {
            writeln!(changed, "{id}").unwrap();
        }
    }
    assert!(changed.is_empty(), "not there or of another structure:\n{changed}");
    assert!(benign.len() > 3 * taken.len());
}
