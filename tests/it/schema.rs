//! `throughline schema TABLE` is a JSON Schema: good rows are valid, and bad ones are not.

use serde_json::{Map, Value, json};

use crate::python::ask;
use crate::sample::sample;
use crate::sandbox::Sandbox;

const TABLES: [&str; 4] = ["bundles", "offers", "partners", "placements"];

/// Wrong values that a schema can tell without other rows. Nothing takes the column away.
const WRONG: [(&str, &str, Option<&str>); 22] = [
    ("offers", "offer_id", None),
    ("offers", "offer_id", Some("Winter Serum")),
    ("offers", "mechanic", None),
    ("offers", "mechanic", Some("percent off")),
    ("offers", "title", None),
    ("offers", "value", Some("twenty")),
    ("offers", "min_spend", Some("12.34567")),
    ("offers", "min_spend", Some("-1")),
    ("offers", "effective_from", Some("soon")),
    ("offers", "effective_from", Some("27.11.2026")),
    ("offers", "landing_path", Some("collections/winter")),
    ("offers", "status", Some("live")),
    ("offers", "terms_id", Some("Standard Terms")),
    ("partners", "partner_id", Some("lumen_bloom")),
    ("partners", "name", None),
    ("partners", "brand_color", Some("dark red")),
    ("partners", "landing_base", Some("http://www.lumenbloom.example")),
    ("partners", "permitted_domains", None),
    ("partners", "tier", Some("platinum plus")),
    ("bundles", "role", Some("leader")),
    ("placements", "slot", None),
    ("placements", "committed", Some("perhaps")),
];

fn schema_of(sandbox: &Sandbox, table: &str) -> Value {
    let run = sandbox.run(&["schema", table]).expect_code(0);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The rows of a table as objects. An empty cell is no member.
fn rows_of(sandbox: &Sandbox, table: &str) -> Vec<Map<String, Value>> {
    let text = sandbox.read(&format!("partners/{table}.csv"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let object = |row: csv::StringRecord| {
        let cells = header.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect()
    };
    reader.records().map(Result::unwrap).map(object).collect()
}

#[test]
fn the_rows_of_the_sample_are_as_their_schemas_say() {
    let sandbox = sample();
    for table in TABLES {
        let (schema, rows) = (schema_of(&sandbox, table), rows_of(&sandbox, table));
        assert!(!rows.is_empty());
        let answer = ask("validate.py", &json!({"schema": schema, "documents": rows}));
        assert!(answer["draft"].as_str().unwrap().contains("2020-12"), "{}", answer["draft"]);
        for (row, faults) in rows.iter().zip(answer["faults"].as_array().unwrap()) {
            assert_eq!(*faults, json!([]), "{table}: {row:?}");
        }
    }
}

#[test]
fn wrong_rows_are_not() {
    let sandbox = sample();
    for table in TABLES {
        let (schema, rows) = (schema_of(&sandbox, table), rows_of(&sandbox, table));
        let wrong: Vec<_> = WRONG.iter().filter(|(name, ..)| *name == table).collect();
        let documents: Vec<_> = wrong
            .iter()
            .map(|(_, column, value)| {
                let mut row = rows[0].clone();
                match value {
                    Some(value) => drop(row.insert((*column).to_owned(), Value::from(*value))),
                    None => drop(row.remove(*column)),
                }
                row
            })
            .collect();
        let answer = ask("validate.py", &json!({"schema": schema, "documents": documents}));
        for (wrong, faults) in wrong.iter().zip(answer["faults"].as_array().unwrap()) {
            assert_ne!(*faults, json!([]), "{wrong:?} is taken");
        }
    }
}

#[test]
fn a_table_that_is_not_there_has_no_schema() {
    let run = sample().run(&["schema", "ofers"]);
    assert_ne!(run.code, 0);
    assert!(run.stdout.is_empty() && run.stderr.contains("offers"), "{}", run.text());
}
