//! reporting/: what each link and each parameter value means, in the forms that tools import.
//!
//! All files are made from one model. Must not decide what is live, nor make a link.

mod adobe;
mod agreement;
mod dbt;
mod flights;
mod ga4_cost;
mod model;
mod recorded;
mod row;
mod table_file;

pub use adobe::check_classification;

use rayon::prelude::*;

use self::adobe::Classification;
use self::agreement::LiveRows;
use self::model::{Model, value_rows};
use self::recorded::{Recorded, rows_of_lock};
use self::row::{LinkRow, ValueRow};
use self::table_file::TableFiles;
use super::GeneratedFile;
use super::parquet_file::TableFault;
use crate::link::Link;
use crate::resolve::Facts;
use crate::source::{Documents, Lock};

/// What the files are made from.
#[derive(Clone, Copy, Debug)]
pub struct ReportingInput<'a> {
    /// All documents.
    pub documents: &'a Documents,
    /// All facts.
    pub facts: &'a Facts,
    /// The links in artifacts of this build.
    pub live: &'a [&'a Link],
    /// Every link ever minted.
    pub lock: &'a Lock,
    /// The brief of each campaign.
    pub briefs: &'a [BriefFile],
}

/// Which brief a campaign was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BriefFile {
    /// Its path in the workspace.
    pub path: String,
    /// The digest of its text with LF line ends, so that a checkout with others changes nothing.
    pub sha256: String,
}

/// Rows that are made at once, so that memory holds the files and not the rows as well.
const ROWS_AT_ONCE: usize = 8192;

/// Makes all reporting files. `Err` says what can only be wrong in the engine itself.
pub fn reporting_files(input: &ReportingInput<'_>) -> Result<Vec<GeneratedFile>, String> {
    let bug = |fault: TableFault| format!("a reporting table was refused: {}", fault.message());
    let mut links = TableFiles::new("dim_link", LinkRow::COLUMNS).map_err(bug)?;
    let mut classification = Classification::new(input.documents);
    let mut live = LiveRows::default();
    let model = Model::new(input);
    let mut records = rows_of_lock(input.lock);
    loop {
        let some: Vec<Recorded<'_>> = records.by_ref().take(ROWS_AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        let rows: Vec<LinkRow<'_>> =
            some.par_iter().filter_map(|record| model.link_row(record)).collect();
        let (written, ()) = rayon::join(
            || links.add(&rows, |row| row.cells().collect()),
            || {
                classification.add(&rows);
                live.add(&rows);
            },
        );
        written.map_err(bug)?;
    }
    if let Some(disagreement) = live.disagreement(input.live) {
        return Err(disagreement);
    }
    let mut values = TableFiles::new("dim_param_value", ValueRow::COLUMNS).map_err(bug)?;
    values.add(&value_rows(input), |row| row.cells().collect()).map_err(bug)?;
    let mut files = links.finish().map_err(bug)?;
    files.extend(values.finish().map_err(bug)?);
    files.extend(classification.finish());
    files.extend(ga4_cost::cost_template(input));
    files.extend(dbt::dbt_project());
    Ok(files)
}
