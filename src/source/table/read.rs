//! One file of a table against its contract: the header, then the rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::findings::Findings;
use super::framing::open;
use super::header::Names;
use super::kinds::Reading;
use super::rows::Rows;
use super::{Contract, Dialect, Table};
use crate::address::Tagged;
use crate::diag::Diagnostics;
use crate::model::SourceId;
use crate::source::{FieldRules, TableSpec, Taxonomy};

/// A file, and everything that its rows are checked against.
#[derive(Clone, Debug)]
pub struct TableReader<'a> {
    /// What the table must hold.
    pub contract: &'a Contract,
    /// What the workspace says of it.
    pub spec: &'a TableSpec,
    /// How the file is written.
    pub dialect: Dialect,
    /// The workspace's zone.
    pub zone: &'a TimeZone,
    /// The workspace's currency.
    pub currency: &'a str,
    /// Vocabularies.
    pub taxonomy: &'a Taxonomy,
    /// Whether URLs may have tracking parameters that give way to ours.
    pub tagged: Tagged,
    /// Which fields are generated.
    pub fields: &'a FieldRules,
    /// The file.
    pub source: SourceId,
    /// Its text.
    pub text: &'a Arc<String>,
    /// Where its content begins.
    pub base: usize,
    /// Where cells of a workbook begin that have no value; they have been told.
    pub bad_cells: Option<&'a BTreeSet<u32>>,
}

impl TableReader<'_> {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading {
            dialect: &self.dialect,
            zone: self.dialect.zone.as_ref().unwrap_or(self.zone),
            taxonomy: self.taxonomy,
            tagged: self.tagged,
        }
    }
}

/// Reads one file of a table and adds its rows to `table`. False where the file could not be read
/// to its end.
pub fn read_table(
    reader: &TableReader<'_>,
    table: &mut Table,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut findings = Findings::default();
    let names = Names::new(reader.contract, reader.spec);
    let name_of = |at: usize| reader.contract.column(at).map(|column| column.name.clone());
    let Some(frame) = open(reader, &names, &mut findings) else {
        findings.finish(name_of, diagnostics);
        return false;
    };
    let rows = Rows::new(reader, &names, &frame);
    let whole = rows.read(table, &mut findings);
    findings.finish(name_of, diagnostics);
    whole
}
