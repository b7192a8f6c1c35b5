//! `schema`: the contract of a table, for editors and for partners.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::args::SchemaArgs;
use super::console::Console;
use super::exit::Exit;
use super::prepare::{Outcome, report_unprepared};
use crate::diag::{Diagnostics, did_you_mean};
use crate::load::{Inputs, load};
use crate::report::table_schema;
use crate::source::{Documents, read_documents};

pub(super) fn run(root: &Path, args: &SchemaArgs, console: &mut Console) -> Result<Exit> {
    let mut diagnostics = Diagnostics::new();
    let Inputs { sources, workspace } = load(root, &mut diagnostics);
    let Some(workspace) = workspace else {
        return report_unprepared(Outcome::Unusable(sources), diagnostics, console, false);
    };
    let documents = read_documents(workspace, &sources, &mut diagnostics);
    let schema = match &args.table {
        Some(name) => schema_of(&documents, name),
        None => Some(all_schemas(&documents)),
    };
    let Some(schema) = schema else {
        let name = args.table.as_deref().unwrap_or("");
        let known = documents.tables.keys().map(String::as_str);
        let help = did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
        console.error(&format!("there is no table `{name}`{help}"));
        return Ok(Exit::Usage);
    };
    console.line(&serde_json::to_string_pretty(&schema)?)?;
    Ok(Exit::Done)
}

fn schema_of(documents: &Documents, name: &str) -> Option<Value> {
    let contract = &documents.tables.get(name)?.contract;
    let spec = documents.workspace.tables.get(name)?;
    Some(table_schema(contract, &documents.taxonomy, spec.strict_columns))
}

fn all_schemas(documents: &Documents) -> Value {
    let schemas = documents
        .tables
        .keys()
        .filter_map(|name| Some((name.clone(), schema_of(documents, name)?)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": schemas.collect::<serde_json::Map<_, _>>(),
    })
}
