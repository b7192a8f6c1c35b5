//! Twenty files from twenty senders, and two hundred defects in them: ten a file. Each is told at
//! its place and to whom it belongs, and nothing else is.
//!
//! tests/defects/make.py writes the files and the answers. It counts the places itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::sample::repository;
use crate::sandbox::{Sandbox, files_below};

/// File, line, column, code, owner.
type Told = (String, u64, u64, String, String);

/// Codes that warn. Every other one is an error.
const WARNINGS: [&str; 4] = ["TL0115", "TL0126", "TL0128", "TL0224"];

/// The workspace with the files of a folder.
fn workspace(files: &str) -> Sandbox {
    let folder = repository().join("tests/defects");
    let sandbox = Sandbox::new();
    sandbox.copy_workspace(&folder.join("workspace"));
    for path in files_below(&folder.join(files)) {
        let bytes = fs::read(folder.join(files).join(&path)).unwrap();
        sandbox.write(&format!("partners/{path}"), bytes);
    }
    sandbox
}

fn answers() -> BTreeSet<Told> {
    let path = repository().join("tests/defects/answers.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize::<Told>().map(Result::unwrap);
    rows.collect()
}

fn told(run: &[Value]) -> Vec<Told> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or("").to_owned();
    let number = |one: &Value, key: &str| one[key].as_u64().unwrap_or(0);
    let told = |one: &Value| {
        let place = (number(one, "line"), number(one, "column"));
        (text(one, "file"), place.0, place.1, text(one, "code"), text(one, "owner"))
    };
    run.iter().map(told).collect()
}

#[test]
fn the_files_are_those_that_the_script_writes() {
    let script = repository().join("tests/defects/make.py");
    let done = Command::new("python3").arg("-B").arg(script).arg("--check").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn clean_files_give_no_finding() {
    let sandbox = workspace("clean");
    assert_eq!(sandbox.files("partners").len(), 20);
    let run = sandbox.run(&["check", "--format", "json"]);
    assert_eq!(told(&run.json_lines()), Vec::new());
    assert_eq!(run.code, 0, "{}", run.text());
    sandbox.run(&["build", "--strict"]).expect_code(0);
    let page = |path: &String| path.starts_with("landing/fall26/");
    let pages = sandbox.output_files().into_iter().filter(page);
    assert_eq!(pages.count(), 120);
}

#[test]
fn two_hundred_defects_are_told_at_their_places_and_to_their_owners() {
    let run = workspace("broken").run(&["check", "--format", "json"]).expect_code(1);
    let all = told(&run.json_lines());
    let (expected, found) = (answers(), all.iter().cloned().collect::<BTreeSet<_>>());
    assert_eq!(expected.len(), 200);
    let missed: Vec<_> = expected.difference(&found).collect();
    let others: Vec<_> = found.difference(&expected).collect();
    let (fewer, more) = (missed.len(), others.len());
    assert!(fewer + more == 0, "{fewer} missed: {missed:#?}\n{more} others: {others:#?}");
    assert_eq!(all.len(), 200, "a defect is told twice");
}

#[test]
fn errors_are_errors_and_warnings_are_warnings() {
    let run = workspace("broken").run(&["check", "--format", "json"]);
    for one in run.json_lines() {
        let code = one["code"].as_str().unwrap();
        // These are either, by how much hangs on the cell.
        if matches!(code, "TL0122" | "TL0216" | "TL0219") {
            continue;
        }
        let severity = if WARNINGS.contains(&code) { "warning" } else { "error" };
        assert_eq!(one["severity"], severity, "{one}");
    }
}

#[test]
fn every_file_and_every_owner_has_its_share() {
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for (file, _, _, _, owner) in answers() {
        *files.entry(file).or_default() += 1;
        *owners.entry(owner).or_default() += 1;
    }
    assert!(files.len() == 20 && files.values().all(|number| *number == 10), "{files:?}");
    let run = workspace("broken").run(&["check"]).expect_code(1);
    for owner in owners.keys() {
        assert!(run.text().contains(owner.as_str()), "{owner} is not named:\n{}", run.text());
    }
}

#[test]
fn what_people_read_fits_a_screen_and_all_of_it_is_there_when_asked_for() {
    let sandbox = workspace("broken");
    let short = sandbox.run(&["check"]).expect_code(1).text();
    let lines = short.lines().count();
    assert!(lines <= 60, "{lines} lines:\n{short}");
    assert!(short.contains("--all"), "nothing says how to see the rest:\n{short}");
    let all = sandbox.run(&["check", "--all"]).expect_code(1).text();
    let hidden: Vec<Told> = answers()
        .into_iter()
        .filter(|(file, line, column, ..)| !all.contains(&format!("{file}:{line}:{column}")))
        .collect();
    assert!(hidden.is_empty(), "{} are not shown: {hidden:#?}", hidden.len());
}
