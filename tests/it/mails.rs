//! Bad mails and pages, one fault each: each is found by exactly the check that is meant for it.

use std::collections::BTreeSet;
use std::fs;

use serde::Deserialize;

use crate::cases::{cases_folder, lay_down};
use crate::sample::repository;

/// The workspace in which nothing is wrong.
const GOOD: &str = "ok_mail";

/// tests/mails/faults.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Faults {
    fault: Vec<Fault>,
}

/// One change of the good workspace, and what is found then.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    /// The check's name, or none where the change is no fault.
    #[serde(default)]
    check: String,
    file: String,
    find: String,
    replace: String,
    /// What the place of the finding reads, in its file.
    #[serde(default)]
    at: String,
}

fn faults() -> Vec<Fault> {
    let text = fs::read_to_string(repository().join("tests/mails/faults.toml")).unwrap();
    toml::from_str::<Faults>(&text).unwrap().fault
}

/// The cases that change one thing of the good workspace.
fn cases() -> BTreeSet<String> {
    let names = fs::read_dir(cases_folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let stands_on = |name: &String| {
        let case = fs::read_to_string(cases_folder().join(name).join("case.toml"));
        case.is_ok_and(|text| text.contains(&format!("base = \"{GOOD}\"")))
    };
    names.filter(stands_on).collect()
}

#[test]
fn in_the_good_mail_and_the_good_page_nothing_is_found() {
    let run = lay_down(GOOD).run(&["check", "--format", "json", "--show-normalised"]);
    assert_eq!(run.expect_code(0).json_lines(), [] as [serde_json::Value; 0]);
}

#[test]
fn each_case_of_a_check_is_found_by_that_check_alone() {
    for name in cases() {
        let check = match name.strip_prefix("err_") {
            // Of a check that was waived until then.
            Some("waiver-ended") => "missing-alt",
            Some(check) => check,
            None => continue,
        };
        let snapshot = fs::read_to_string(cases_folder().join(format!("{name}.snap"))).unwrap();
        let found: BTreeSet<&str> =
            snapshot.lines().filter_map(|line| line.split_once("[TL")?.1.get(..4)).collect();
        let code = throughline::diag::Code::ALL.iter().find(|code| code.name() == check);
        let Some(code) = code else { panic!("{name} is named after no code") };
        let wanted = BTreeSet::from([code.id().strip_prefix("TL").unwrap()]);
        // Mails are held back where the page that they link to is not built.
        let found: BTreeSet<&str> = found.into_iter().filter(|one| *one != "0711").collect();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn each_fault_is_found_by_its_check_alone_and_where_it_stands() {
    let faults = faults();
    let mut wrong = Vec::new();
    for fault in &faults {
        let sandbox = lay_down(GOOD);
        sandbox.edit(&fault.file, &fault.find, &fault.replace);
        let found = sandbox.run(&["check", "--format", "json"]).json_lines();
        let found: Vec<_> = found.iter().filter(|one| one["code"] != "TL0711").collect();
        let names: BTreeSet<&str> = found.iter().filter_map(|one| one["name"].as_str()).collect();
        let wanted: BTreeSet<&str> =
            [fault.check.as_str()].into_iter().filter(|name| !name.is_empty()).collect();
        if names != wanted {
            wrong.push(format!("{fault:?}: {found:?}"));
        }
        for one in found {
            let text = sandbox.read(one["file"].as_str().unwrap());
            let place = |line: &str, column: &str| {
                let number = |key: &str| one[key].as_u64().unwrap() as usize - 1;
                let line: Vec<char> =
                    text.lines().nth(number(line)).unwrap_or("").chars().collect();
                (line, number(column))
            };
            let (line, start) = place("line", "column");
            let rest: String = line[start.min(line.len())..].iter().collect();
            if !rest.starts_with(&fault.at) {
                wrong.push(format!("{fault:?}: found at `{rest}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let bad = faults.iter().filter(|fault| !fault.check.is_empty()).count();
    assert!(bad + cases().len() >= 60, "{bad} faults and {} cases", cases().len());
}
