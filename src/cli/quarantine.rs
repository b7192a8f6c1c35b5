//! What a build left out because it was wrong: how many rows, whose, and what they hold back.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::json;

use super::console::Console;
use super::prepare::Prepared;
use crate::graph::{Missing, missing};
use crate::model::SourceId;
use crate::resolve::OwnerBook;

/// Rows that are left out, by the file they stand in and who owns the file.
pub(super) struct Quarantine {
    table: String,
    pub(super) file: String,
    pub(super) owner: String,
    pub(super) rows: usize,
    ids: BTreeSet<String>,
    pub(super) missing: Missing,
}

impl Quarantine {
    /// The first few of the rows' ids.
    pub(super) fn named(&self) -> String {
        some(&self.ids)
    }
}

/// Names that are shown of one list.
const NAMED: usize = 3;

/// All rows that are left out.
pub(super) fn quarantine(prepared: &mut Prepared) -> Vec<Quarantine> {
    let mut rows = missing(&mut prepared.documents, &prepared.jobs, prepared.as_of);
    let Prepared { documents, sources, .. } = prepared;
    let owners = OwnerBook::new(documents, sources);
    let mut found: BTreeMap<(String, SourceId), Quarantine> = BTreeMap::new();
    for ((name, row), missing) in &mut rows {
        let Some(table) = documents.tables.get(name) else { continue };
        let Some(record) = table.records.get(*row) else { continue };
        let key = table.contract.key.first().copied().unwrap_or(0);
        let place = record.span(key);
        let file = || sources.get(place.source).map(|file| file.path.to_string());
        let entry = found.entry((name.clone(), place.source)).or_insert_with(|| Quarantine {
            table: name.clone(),
            file: file().unwrap_or_default(),
            owner: owners.of(place).unwrap_or_default(),
            rows: 0,
            ids: BTreeSet::new(),
            missing: Missing::default(),
        });
        entry.rows += 1;
        entry.missing.held_back.append(&mut missing.held_back);
        entry.missing.without.append(&mut missing.without);
        if !record.text(key).is_empty() {
            entry.ids.insert(record.text(key).to_owned());
        }
    }
    found.into_values().collect()
}

/// Prints a line or a few for each file.
pub(super) fn print_quarantine(rows: &[Quarantine], console: &mut Console) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let width = rows.iter().map(|one| one.file.len()).max().unwrap_or(0);
    let owners = rows.iter().map(|one| one.owner.len()).max().unwrap_or(0);
    console.line("left out with their placements until they are right:")?;
    for one in rows {
        let unnamed = one.rows > one.ids.len() && !one.ids.is_empty() && one.ids.len() <= NAMED;
        console.line(&format!(
            "{:>6} {:<4} {:<width$}  {:<owners$}  {}{}",
            one.rows,
            if one.rows == 1 { "row" } else { "rows" },
            one.file,
            one.owner,
            some(&one.ids),
            if unnamed { ", …" } else { "" },
        ))?;
        let Missing { held_back, without } = &one.missing;
        for (what, list) in [("not built:", held_back), ("built without:", without)] {
            if !list.is_empty() {
                console.line(&format!("            {what:<14} {}", some(list)))?;
            }
        }
    }
    Ok(())
}

fn some(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The number of rows by table, and every file with its rows.
pub(super) fn quarantine_json(
    rows: &[Quarantine],
) -> (BTreeMap<&str, usize>, Vec<serde_json::Value>) {
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for one in rows {
        *tables.entry(&one.table).or_default() += one.rows;
    }
    let files = rows.iter().map(|one| {
        json!({
            "table": one.table,
            "file": one.file,
            "owner": one.owner,
            "rows": one.rows,
            "ids": one.ids,
            "not_built": one.missing.held_back,
            "built_without": one.missing.without,
        })
    });
    (tables, files.collect())
}
