//! `--format sarif` is what the standard's own schema says, and says what `--format json` says.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::cases::lay_down;
use crate::python::{ask, corpus};
use crate::sandbox::Sandbox;

fn report(sandbox: &Sandbox, code: i32) -> Value {
    let run = sandbox.run(&["check", "--format", "sarif"]).expect_code(code);
    assert!(!run.text().contains("[ROOT]"), "the machine's path is in the report");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn reports_are_valid_sarif() {
    let schema = fs::read(corpus("serde-sarif-0.8.0/schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let names = ["err_thirty-mistakes", "err_bad-cell", "err_unclosed-quote", "ok_small"];
    let reports: Vec<Value> = names
        .iter()
        .map(|name| report(&lay_down(name), i32::from(name.starts_with("err_"))))
        .collect();
    let answer = ask("validate.py", &json!({"schema": schema, "documents": reports}));
    for (name, faults) in names.iter().zip(answer["faults"].as_array().unwrap()) {
        assert_eq!(*faults, json!([]), "{name}");
    }
    // The schema is one that refuses.
    let wrong = [json!({}), json!({"version": "2.0.0", "runs": []}), json!({"version": "2.1.0"})];
    let answer = ask("validate.py", &json!({"schema": schema, "documents": wrong}));
    assert!(answer["faults"].as_array().unwrap().iter().all(|faults| *faults != json!([])));
}

/// Code, level, file, line and column of a result.
type Told = (String, String, String, u64, u64);

fn results(run: &Value) -> BTreeSet<Told> {
    let results = run["results"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    results
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let start = |key: &str| place["region"][key].as_u64().unwrap();
            let file = text(&place["artifactLocation"]["uri"]);
            let (line, column) = (start("startLine"), start("startColumn"));
            (text(&result["ruleId"]), text(&result["level"]), file, line, column)
        })
        .collect()
}

#[test]
fn a_report_tells_what_the_other_formats_tell() {
    let sandbox = lay_down("err_thirty-mistakes");
    let report = report(&sandbox, 1);
    let runs = report["runs"].as_array().unwrap();
    assert_eq!((report["version"].as_str(), runs.len()), (Some("2.1.0"), 1));
    // Without it columns would be UTF-16 units.
    assert_eq!(runs[0]["columnKind"], "unicodeCodePoints");
    let findings = sandbox.run(&["check", "--format", "json"]).expect_code(1).json_lines();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let number = |one: &Value, key: &str| one[key].as_u64().unwrap();
    let expected: BTreeSet<Told> = findings
        .iter()
        .map(|one| {
            let (line, column) = (number(one, "line"), number(one, "column"));
            (text(one, "code"), text(one, "severity"), text(one, "file"), line, column)
        })
        .collect();
    assert_eq!(results(&runs[0]), expected);
    assert_eq!(runs[0]["results"].as_array().unwrap().len(), findings.len());
}

#[test]
fn every_result_of_a_report_has_its_rule() {
    let report = report(&lay_down("err_thirty-mistakes"), 1);
    let driver = &report["runs"][0]["tool"]["driver"];
    assert_eq!(driver["name"], "throughline");
    let rules = driver["rules"].as_array().unwrap();
    for result in report["runs"][0]["results"].as_array().unwrap() {
        let id = &result["ruleId"];
        let rule = rules.iter().find(|rule| rule["id"] == *id);
        let rule = rule.unwrap_or_else(|| panic!("{id} is no rule of the report"));
        if let Some(index) = result["ruleIndex"].as_u64() {
            assert_eq!(rules[index as usize]["id"], *id);
        }
        assert!(rule["shortDescription"]["text"].is_string(), "{rule}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
    }
    let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "a rule stands twice");
}
