//! Reporting files as the tools they are made for read them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::sample::{manifest, repository, sample};
use crate::sandbox::Sandbox;
use crate::table_parts;

/// Runs Python with `DuckDB` and dbt, which see nothing else of this machine.
fn python(sandbox: &Sandbox, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new("python3");
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap());
    command.env("HOME", sandbox.root()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PYTHONPATH", repository().join("target/python-dbt")).env("PYTHONUTF8", "1");
    command.env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false").env("DO_NOT_TRACK", "1");
    command.output().unwrap()
}

#[track_caller]
fn script(sandbox: &Sandbox, name: &str, folder: &str) -> String {
    let script = repository().join("tests/it").join(name);
    let folder = sandbox.path(folder);
    let arguments = [script.to_str().unwrap(), folder.to_str().unwrap()];
    let done = python(sandbox, &arguments, sandbox.root());
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    said
}

/// Lays files out under their ids, with the program that docs/formats.md shows.
pub(crate) fn lay_out(sandbox: &Sandbox) {
    let page = std::fs::read_to_string(repository().join("docs/formats.md")).unwrap();
    let mut programs = page.split("```python\n").skip(1).map(|rest| rest.split("```").next());
    let program = programs.find_map(|one| one.filter(|one| one.contains("\"reporting/\"")));
    let program = program.unwrap();
    let done = python(sandbox, &["-c", program, "output", "laid"], sandbox.root());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn rows(table: &str, delimiter: u8) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).delimiter(delimiter).quoting(delimiter == b',');
    reader.from_reader(table.as_bytes()).records().map(Result::unwrap).collect()
}

/// The cells of a column, without the header.
fn column<'r>(rows: &'r [csv::StringRecord], name: &str) -> Vec<&'r str> {
    let at = rows[0].iter().position(|one| one == name).unwrap_or_else(|| panic!("no {name}"));
    rows[1..].iter().map(|row| &row[at]).collect()
}

#[test]
fn duckdb_reads_the_same_cells_from_parquet_csv_and_seed() {
    let sandbox = sample();
    sandbox.edit("briefs/bf26.md", "name = \"Black Friday 2026\"", "name = \"+Black Friday\"");
    sandbox.run(&["build"]).expect_code(0);
    lay_out(&sandbox);
    let said: Value =
        serde_json::from_str(&script(&sandbox, "tables.py", "laid/reporting")).unwrap();
    let dates = json!(["flight_end", "flight_start", "valid_from", "valid_to"]);
    assert_eq!(said["dim_link"], json!({"rows": 224, "guarded": 0, "dates": dates}));
    assert_eq!(said["dim_param_value"], json!({"rows": 242, "guarded": 2, "dates": []}));
}

#[test]
fn links_in_use_and_live_rows_are_the_same() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(script(&sandbox, "in_use.py", "output"), "224 live links\n");
    // One partner less: its links are in no artifact and no redirect, and are still described.
    let before: BTreeSet<String> = ids(&sandbox, "live");
    let partners = sandbox.read("partners/partners.csv");
    let one = partners.lines().find(|line| line.starts_with("tallis,")).unwrap();
    sandbox.edit("partners/partners.csv", one, &one.replace(",active,", ",withdrawn,"));
    sandbox.run(&["build"]).expect_code(0);
    let said = script(&sandbox, "in_use.py", "output");
    let (live, retired) = (ids(&sandbox, "live"), ids(&sandbox, "retired"));
    assert_eq!(said, format!("{} live links\n", live.len()));
    assert!(!retired.is_empty() && retired.is_subset(&before), "{retired:?}");
    assert!(live.union(&retired).eq(live.union(&before)), "a row was deleted");
    let table = rows(&sandbox.artifact("reporting/dim_link.csv"), b',');
    let links = column(&table, "link_id");
    let (placements, roles) = (column(&table, "placement_id"), column(&table, "role"));
    for ((link, placement), role) in links.iter().zip(placements).zip(roles) {
        assert_eq!(*link, format!("{placement}.{role}"));
    }
    assert!(links.is_sorted());
}

fn ids(sandbox: &Sandbox, status: &str) -> BTreeSet<String> {
    let table = rows(&sandbox.artifact("reporting/dim_link.csv"), b',');
    let pairs = column(&table, "link_id").into_iter().zip(column(&table, "status"));
    pairs.filter(|(_, one)| *one == status).map(|(id, _)| id.to_owned()).collect()
}

/// Runs dbt on the project that was laid out, in a database of the sandbox.
fn dbt(sandbox: &Sandbox, command: &str) -> (bool, String) {
    sandbox.write(
        "profiles/profiles.yml",
        format!(
            "throughline_reporting:\n  target: test\n  outputs:\n    test: {{type: duckdb, path: {}}}\n",
            sandbox.path("test.duckdb").display()
        ),
    );
    let profiles = sandbox.path("profiles");
    let common = ["-m", "dbt.cli.main", "--no-use-colors", "--no-partial-parse"];
    let mut arguments = common.to_vec();
    arguments.extend(command.split(' '));
    arguments.extend(["--profiles-dir", profiles.to_str().unwrap()]);
    let done = python(sandbox, &arguments, &sandbox.path("laid/reporting/dbt"));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    (done.status.success(), said + &String::from_utf8_lossy(&done.stderr))
}

#[test]
fn dbt_seeds_the_tables_and_its_tests_pass_and_can_fail() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    lay_out(&sandbox);
    let dbt = |command: &str| dbt(&sandbox, command);
    let (fine, said) = dbt("seed");
    assert!(fine && said.contains("ERROR=0") && !said.contains("Deprecat"), "{said}");
    let (fine, said) = dbt("test");
    assert!(fine && said.contains("PASS=23 WARN=0 ERROR=0"), "{said}");
    // A second row for a link, with a source that no value explains.
    let seed = "laid/reporting/dbt/seeds/dim_link.csv";
    let text = sandbox.read(seed);
    let twice = text.lines().nth(1).unwrap().replace(",newsletter,", ",newletter,");
    sandbox.write(seed, format!("{text}{twice}\n"));
    let (fine, said) = dbt("build");
    assert!(!fine && said.contains("Completed with 4 errors"), "{said}");
}

/// A table that is in parts is one model, which takes the place of the seed and gives it back.
#[test]
fn dbt_puts_the_parts_of_a_table_together() {
    let sandbox = table_parts::workspace(table_parts::MOST_WHOLE);
    let count = "import duckdb; print(duckdb.connect('test.duckdb').sql(\
                 'select (select count(*) from dim_link), (select count(*) from dim_param_value)'\
                 ).fetchall())";
    let build = |expected: &str, rows: &str| {
        sandbox.run(&["build"]).expect_code(0);
        lay_out(&sandbox);
        let (fine, said) = dbt(&sandbox, "build --full-refresh");
        assert!(fine && said.contains(expected) && !said.contains("Deprecat"), "{said}");
        let done = python(&sandbox, &["-c", count], sandbox.root());
        assert_eq!(String::from_utf8_lossy(&done.stdout), rows);
        sandbox.remove("laid");
    };
    build("PASS=25 WARN=0 ERROR=0", "[(8129, 8134)]\n");
    table_parts::add_offer(&sandbox, table_parts::MOST_WHOLE);
    build("PASS=33 WARN=0 ERROR=0", "[(8228, 8233)]\n");
    table_parts::withdraw_offer(&sandbox, table_parts::MOST_WHOLE);
    build("PASS=29 WARN=0 ERROR=0", "[(8228, 8134)]\n");
}

#[test]
fn adobe_and_ga4_files_have_each_key_once() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let text = sandbox.artifact("reporting/adobe_classification.tsv");
    assert!(text.starts_with("Key\tCampaign\tChannel\tPartner\tOffer\tPlacement\tRole\t"));
    let table = rows(&text, b'\t');
    let keys: BTreeSet<&str> = column(&table, "Key").into_iter().collect();
    assert_eq!((keys.len(), table.len()), (224, 225));
    let links = rows(&sandbox.artifact("reporting/dim_link.csv"), b',');
    assert_eq!(keys, column(&links, "short_code").into_iter().collect());
    let table = rows(&sandbox.artifact("reporting/ga4_cost_template.csv"), b',');
    let key = |row: &csv::StringRecord| row.iter().take(4).map(str::to_owned).collect::<Vec<_>>();
    let keys: BTreeSet<Vec<String>> = table[1..].iter().map(key).collect();
    assert_eq!(keys.len(), table.len() - 1);
    let names = ["utm_id", "utm_campaign", "utm_source", "utm_medium"];
    let columns = names.map(|name| column(&links, name));
    let live =
        (0..links.len() - 1).map(|row| columns.iter().map(|one| one[row].to_owned()).collect());
    assert_eq!(keys, live.collect());
    assert!(table[1..].iter().all(|row| row.iter().skip(4).all(str::is_empty)));
}

#[test]
fn the_manifest_names_every_reporting_file() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let manifest = manifest(&sandbox, "output");
    let all = manifest["artifacts"].as_array().unwrap().iter();
    let named = all.map(|one| [&one["id"], &one["media_type"]].map(|one| one.as_str().unwrap()));
    let named: Vec<_> = named.filter(|[id, _]| id.starts_with("reporting/")).collect();
    assert_eq!(
        named,
        [
            ["reporting/adobe_classification.tsv", "text/tab-separated-values"],
            ["reporting/dbt/dbt_project.yml", "application/yaml"],
            ["reporting/dbt/seeds/dim_link.csv", "text/csv"],
            ["reporting/dbt/seeds/dim_param_value.csv", "text/csv"],
            ["reporting/dbt/seeds/properties.yml", "application/yaml"],
            ["reporting/dbt/tests/dim_link_has_each_row_once.sql", "application/sql"],
            ["reporting/dbt/tests/dim_param_value_has_each_row_once.sql", "application/sql"],
            ["reporting/dim_link.csv", "text/csv"],
            ["reporting/dim_link.parquet", "application/vnd.apache.parquet"],
            ["reporting/dim_param_value.csv", "text/csv"],
            ["reporting/dim_param_value.parquet", "application/vnd.apache.parquet"],
            ["reporting/ga4_cost_template.csv", "text/csv"],
        ]
    );
}
