//! Tables read in this process. The only place of the tests that knows how the library is called
//! for that.

use std::fmt::Write;

use throughline::diag::{Diagnostics, Severity};
use throughline::model::{Digest, SourceId, WorkspacePath};
use throughline::source::table::{Contract, Record, Table, TableReader, read_table};
use throughline::source::{FieldRules, Sources, TableFile, TableSpec, Taxonomy, Workspace};
use throughline::source::{read_taxonomy, read_workspace};

/// A column that takes the most: text for customers, with line breaks.
pub(crate) const COPY: &str = "type = \"copy\"\nlines = true\n";

const WORKSPACE: &str = "name = \"reading\"\nzone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n\
    [hosts]\nsite = \"https://a.example\"\nlinks = \"https://b.example\"\n\
    assets = \"https://c.example\"\n";

const TAXONOMY: &str = "version = \"1\"\n[[medium]]\nvalue = \"email\"\n\
    [[source]]\nvalue = \"newsletter\"\n";

/// One thing that was said of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    /// The byte where it begins, in the text as it was read.
    pub(crate) start: usize,
    pub(crate) message: String,
}

/// What came of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The columns of the contract.
    pub(crate) columns: Vec<String>,
    /// The rows that may be built, in the order of the contract.
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) findings: Vec<Finding>,
}

impl Reading {
    /// Whether nothing is wrong with the file.
    pub(crate) fn accepted(&self) -> bool {
        self.errors().next().is_none()
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|one| one.severity == Severity::Error)
    }

    /// The codes of what is wrong.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.errors().map(|one| one.code).collect()
    }
}

/// The body of a `[tables.t]` whose columns are all copy. `options` are further keys of it.
pub(crate) fn copies<'a>(header: impl IntoIterator<Item = &'a str>, options: &str) -> String {
    header.into_iter().fold(format!("{options}\n"), |whole, name| whole + &column(name, COPY))
}

/// A column of a `[tables.t]`.
pub(crate) fn column(name: &str, keys: &str) -> String {
    let quoted = serde_json::to_string(name).unwrap();
    format!("[tables.t.columns.{quoted}]\n{keys}")
}

/// Reads a file of an added table, whose declaration is `body`.
pub(crate) fn read(body: &str, bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let (workspace, spec) = declare(body);
    let mut diagnostics = Diagnostics::new();
    let contract = Contract::new("t", &spec, &mut diagnostics);
    reading.columns = contract.names().map(str::to_owned).collect();
    let records = records(&contract, &workspace, &spec, bytes, &mut diagnostics);
    for record in records.iter().filter(|record| !record.quarantined) {
        let cells = 0..reading.columns.len();
        reading.rows.push(cells.map(|at| record.value(at).display()).collect());
    }
    reading.findings = diagnostics
        .iter()
        .map(|one| Finding {
            code: one.code.id(),
            severity: one.severity,
            start: one.primary.start as usize,
            message: one.message.clone(),
        })
        .collect();
    reading
}

/// The cells of a file whose columns are all copy, or what is wrong with it.
pub(crate) fn cells_of(
    bytes: &[u8],
    header: &[&str],
    options: &str,
) -> Result<Vec<Vec<String>>, Vec<Finding>> {
    let reading = read(&copies(header.iter().copied(), options), bytes);
    if reading.accepted() { Ok(reading.rows) } else { Err(reading.errors().cloned().collect()) }
}

/// The text that a cell of a type becomes, or nothing where it is refused.
pub(crate) fn accepts(keys: &str, text: &str) -> Option<String> {
    let mut bytes = csv::Writer::from_writer(Vec::new());
    bytes.write_record(["id", "cell"]).unwrap();
    bytes.write_record(["one", text]).unwrap();
    let body = column("id", "type = \"slug\"\n") + &column("cell", keys);
    let reading = read(&body, &bytes.into_inner().unwrap());
    let row = reading.accepted().then(|| reading.rows.into_iter().next()).flatten()?;
    row.into_iter().nth(1)
}

fn declare(body: &str) -> (Workspace, TableSpec) {
    let mut text = WORKSPACE.to_owned();
    writeln!(text, "[tables.t]\n{body}").unwrap();
    let mut diagnostics = Diagnostics::new();
    let workspace = read_workspace(&text, SourceId(0), 0, &mut diagnostics).unwrap();
    // A table in a workspace needs a key. Here none does.
    let mut others = diagnostics.iter().filter(|one| one.code.id() != "TL0108");
    assert!(others.next().is_none(), "{text}\n{diagnostics:?}");
    let spec = workspace.tables["t"].clone();
    (workspace, spec)
}

fn taxonomy() -> Taxonomy {
    read_taxonomy(TAXONOMY, SourceId(0), 0, &mut Diagnostics::new()).unwrap()
}

fn records(
    contract: &Contract,
    workspace: &Workspace,
    spec: &TableSpec,
    bytes: &[u8],
    diagnostics: &mut Diagnostics,
) -> Vec<Record> {
    let mut sources = Sources::default();
    let path = WorkspacePath::new("partners/t.csv").unwrap();
    let dialect = spec.dialect_of(path.as_str());
    let file = TableFile::new("t".to_owned(), dialect.clone());
    let source = sources.add_table(path, file, (bytes.to_vec(), Digest::of(bytes)), diagnostics);
    let file = sources.get(source).unwrap();
    if file.damaged {
        return Vec::new();
    }
    let (taxonomy, fields) = (taxonomy(), FieldRules::default());
    let reader = TableReader {
        contract,
        spec,
        dialect,
        zone: &workspace.zone,
        currency: &workspace.currency.value,
        taxonomy: &taxonomy,
        tagged: throughline::address::Tagged::Refuse,
        fields: &fields,
        source,
        text: &file.text,
        base: file.content_start(),
        bad_cells: None,
    };
    let mut table = Table::new(contract.clone());
    read_table(&reader, &mut table, diagnostics);
    table.records
}
