//! `reporting/dbt/`: a dbt project whose seeds are the reporting tables, or parts of them that a
//! model puts together.
//!
//! dbt guesses the types of a seed's columns unless it is told, and a guess takes the zeros off a
//! code. So each column has its type here, and tests say what holds.

use std::fmt::Write;

use serde_json::Value;

use super::Seeds;
use super::row::{LinkRow, Status, TableColumn, ValueRow};
use crate::artifact::GeneratedFile;
use crate::artifact::parquet_file::ColumnKind;
use crate::ga4;
use crate::source::PARAMETERS;

const PROJECT: &str = "\
# The reporting tables of a build as dbt seeds. Made by throughline: do not edit.
name: throughline_reporting
version: \"1.0.0\"
config-version: 2
require-dbt-version: \">=1.10.5\"
profile: throughline_reporting
seed-paths: [seeds]
test-paths: [tests]
flags:
  require_generic_test_arguments_property: true
seeds:
  throughline_reporting:
    +quote_columns: false
";

/// Text in each warehouse: in Redshift a plain varchar ends after 256 bytes.
const TEXT: &str =
    "{{ {'bigquery': 'string', 'redshift': 'varchar(4096)'}.get(target.type, 'varchar') }}";

/// What a column must hold, besides its type.
enum Rule {
    NotNull,
    /// No two rows of those that a condition lets through have one value.
    Unique(&'static str),
    OneOf(Vec<&'static str>),
    /// Each value of a live link has its row in `dim_param_value`.
    Explained,
}

/// A link has as many rows as it had meanings, and one that counts.
const LAST: &str = "status <> 'superseded'";
const LIVE: &str = "status = 'live'";

/// A table and what is said of it.
struct Table<'t> {
    name: &'static str,
    about: &'static str,
    columns: &'static [TableColumn],
    /// What no two rows have in common.
    key: &'static str,
    rules: fn(&str) -> Vec<Rule>,
    seeds: &'t Seeds,
}

pub(super) fn dbt_project(links: &Seeds, values: &Seeds) -> Vec<GeneratedFile> {
    const YAML: &str = "application/yaml";
    const SQL: &str = "application/sql";
    let tables = [
        Table {
            name: "dim_link",
            about: "One row for each meaning that a link ever had.",
            columns: LinkRow::COLUMNS,
            key: "link_id, valid_from",
            rules: link_rules,
            seeds: links,
        },
        Table {
            name: "dim_param_value",
            about: "One row for each value of a parameter that live links carry.",
            columns: ValueRow::COLUMNS,
            key: "param, value",
            rules: value_rules,
            seeds: values,
        },
    ];
    let mut files = vec![
        ("dbt_project.yml".to_owned(), YAML, PROJECT.to_owned()),
        ("seeds/properties.yml".to_owned(), YAML, properties(&tables)),
    ];
    for Table { name, key, seeds, .. } in &tables {
        files.push((format!("tests/{name}_has_each_row_once.sql"), SQL, once(name, key)));
        if seeds.are_parts {
            files.push((format!("models/{name}.sql"), SQL, union(&seeds.names)));
        }
    }
    let made = files.into_iter().filter_map(|(name, kind, text)| {
        GeneratedFile::at(&format!("reporting/dbt/{name}"), kind, text.into_bytes())
    });
    made.collect()
}

/// The table of which seeds are parts. A table like a seed, not a view: a seed cannot take the
/// place of a view, and a table may be whole again one day.
fn union(seeds: &[String]) -> String {
    let parts = seeds.iter().map(|seed| format!("select * from {{{{ ref('{seed}') }}}}\n"));
    let parts = parts.collect::<Vec<_>>().join("union all\n");
    format!(
        "-- Made by throughline: do not edit.\n{{{{ config(materialized='table') }}}}\n\n{parts}"
    )
}

/// A test that no two rows have the same key. The test `unique` takes one column only, and SQL
/// that joins two is not the same in every warehouse.
fn once(seed: &str, key: &str) -> String {
    format!("select {key}\nfrom {{{{ ref('{seed}') }}}}\ngroup by {key}\nhaving count(*) > 1\n")
}

fn properties(tables: &[Table<'_>]) -> String {
    let mut out = String::from("# Made by throughline: do not edit.\nversion: 2\nseeds:\n");
    for table in tables {
        let Table { name, about, columns, seeds, .. } = table;
        if !seeds.are_parts {
            begin(&mut out, name, about);
            out.push_str("    config:\n");
            write_types(&mut out, columns);
            write_columns(&mut out, table);
            continue;
        }
        for (at, seed) in seeds.names.iter().enumerate() {
            begin(&mut out, seed, &format!("A part of {name}."));
            if at == 0 {
                let _ = writeln!(out, "    config: &{name}");
                write_types(&mut out, columns);
            } else {
                let _ = writeln!(out, "    config: *{name}");
            }
        }
    }
    let mut models = tables.iter().filter(|table| table.seeds.are_parts).peekable();
    if models.peek().is_some() {
        out.push_str("models:\n");
    }
    for table in models {
        begin(&mut out, table.name, table.about);
        write_columns(&mut out, table);
    }
    out
}

fn link_rules(column: &str) -> Vec<Rule> {
    match column {
        "link_id" | "short_code" => vec![Rule::NotNull, Rule::Unique(LAST)],
        "campaign_id" | "channel_id" | "partner_id" | "placement_id" | "role" | "short_url" => {
            vec![Rule::NotNull]
        }
        "status" => vec![Rule::NotNull, Rule::OneOf(Status::ALL.map(Status::name).to_vec())],
        "ga4_channel_predicted" => vec![Rule::OneOf(ga4::channels().collect())],
        "utm_id" | "utm_source" | "utm_medium" | "utm_campaign" => vec![Rule::Explained],
        _ => Vec::new(),
    }
}

fn value_rules(column: &str) -> Vec<Rule> {
    match column {
        "param" => vec![Rule::NotNull, Rule::OneOf(PARAMETERS.to_vec())],
        "value" | "vocab_version" => vec![Rule::NotNull],
        _ => Vec::new(),
    }
}

// Writing to a string cannot fail, so the results below say nothing.
fn begin(out: &mut String, name: &str, about: &str) {
    let _ = writeln!(out, "  - name: {name}\n    description: {}", quoted(about));
}

fn write_types(out: &mut String, columns: &[TableColumn]) {
    out.push_str("      column_types:\n");
    for TableColumn { column, .. } in columns {
        let kind = match column.kind {
            ColumnKind::Text => quoted(TEXT),
            ColumnKind::Date => "date".to_owned(),
        };
        let _ = writeln!(out, "        {}: {kind}", column.name);
    }
}

fn write_columns(out: &mut String, table: &Table<'_>) {
    out.push_str("    columns:\n");
    for TableColumn { column, about } in table.columns {
        let about = quoted(about);
        let _ = writeln!(out, "      - name: {}\n        description: {about}", column.name);
        let rules = (table.rules)(column.name);
        if !rules.is_empty() {
            out.push_str("        data_tests:\n");
        }
        for rule in rules {
            write_rule(out, &rule);
        }
    }
}

fn write_rule(out: &mut String, rule: &Rule) {
    let arguments = |name: &str, lines: &[String], only: Option<&str>| {
        let mut text = format!("          - {name}:\n");
        if !lines.is_empty() {
            text.push_str("              arguments:\n");
        }
        for line in lines {
            let _ = writeln!(text, "                {line}");
        }
        if let Some(only) = only {
            let only = quoted(only);
            let _ = writeln!(text, "              config:\n                where: {only}");
        }
        text
    };
    let text = match rule {
        Rule::NotNull => "          - not_null\n".to_owned(),
        Rule::Unique(only) => arguments("unique", &[], Some(only)),
        Rule::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            arguments("accepted_values", &[format!("values: [{}]", values.join(", "))], None)
        }
        Rule::Explained => {
            let to = ["to: ref('dim_param_value')", "field: value"].map(str::to_owned);
            arguments("relationships", &to, Some(LIVE))
        }
    };
    out.push_str(&text);
}

/// A YAML string, which a JSON string is as well.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
