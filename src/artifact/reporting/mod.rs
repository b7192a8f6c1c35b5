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
pub(in crate::artifact) use row::LinkRow;

use std::io;

use rayon::prelude::*;

use self::adobe::Classification;
use self::agreement::LiveRows;
use self::model::{Model, value_rows};
use self::recorded::{Recorded, rows_of_lock};
use self::row::ValueRow;
use self::table_file::{HasSeed, Seed, TableFiles};
use super::parquet_file::TableFault;
use super::{GeneratedFile, LiveLink, Shelf};
use crate::resolve::Facts;
use crate::source::{Documents, Lock};

/// What the files are made from.
#[derive(Clone, Copy, Debug)]
pub struct ReportingInput<'a> {
    /// All documents.
    pub documents: &'a Documents,
    /// All facts.
    pub facts: &'a Facts,
    /// The links in artifacts of this build, sorted by id.
    pub live: &'a [LiveLink<'a>],
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

/// Why the files could not be made.
#[derive(Debug)]
pub enum ReportingFault {
    /// They could not be written.
    Write(io::Error),
    /// Something is wrong in the engine itself.
    Bug(String),
}

impl From<io::Error> for ReportingFault {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<TableFault> for ReportingFault {
    fn from(fault: TableFault) -> Self {
        Self::Bug(format!("a reporting table was refused: {}", fault.message()))
    }
}

/// Rows that are made at once, so that memory holds these and not all of them.
const ROWS_AT_ONCE: usize = 8192;

/// Makes all reporting files.
pub fn reporting_files(
    input: &ReportingInput<'_>,
    shelf: &dyn Shelf,
) -> Result<Vec<GeneratedFile>, ReportingFault> {
    let mut links = TableFiles::begin("dim_link", LinkRow::COLUMNS, shelf)?;
    let mut classification = Classification::new(input.documents);
    let mut live = LiveRows::new(input.live);
    let model = Model::new(input);
    for_each_row(&model, input.lock, |rows| {
        let (written, ()) = rayon::join(
            || links.add(rows, LinkRow::cells),
            || {
                classification.add(rows);
                live.check(rows);
            },
        );
        written
    })?;
    if let Some(disagreement) = live.disagreement() {
        return Err(ReportingFault::Bug(disagreement));
    }
    let (mut files, has_seed) = links.finish()?;
    if has_seed == HasSeed::No {
        let mut seed = Seed::begin("dim_link", LinkRow::COLUMNS, shelf)?;
        for_each_row(&model, input.lock, |rows| Ok(seed.add(rows.iter().map(LinkRow::cells))?))?;
        files.push(seed.finish()?);
    }
    let mut classified = classification.finish();
    classified.iter_mut().try_for_each(|file| shelf.take(file))?;
    files.extend(value_files(input, shelf)?);
    files.extend(classified);
    files.extend(ga4_cost::cost_template(input));
    files.extend(dbt::dbt_project());
    Ok(files)
}

/// Gives the rows of `dim_link`, some at a time.
fn for_each_row<'a>(
    model: &Model<'a>,
    lock: &'a Lock,
    mut take: impl FnMut(&[LinkRow<'_>]) -> Result<(), ReportingFault>,
) -> Result<(), ReportingFault> {
    let mut live = model.live().iter().copied().peekable();
    // Both are sorted by link. A link in use that was never recorded is found by the check.
    let mut with_link = rows_of_lock(lock).map(|record| {
        while live.next_if(|link| link.id() < record.row.link_id).is_some() {}
        let link = live.peek().copied();
        let link = link.filter(|link| record.is_last && link.id() == record.row.link_id);
        (record, link)
    });
    loop {
        let some: Vec<(Recorded<'_>, Option<LiveLink<'_>>)> =
            with_link.by_ref().take(ROWS_AT_ONCE).collect();
        if some.is_empty() {
            return Ok(());
        }
        let rows = some.par_iter().filter_map(|(record, link)| model.link_row(record, *link));
        take(&rows.collect::<Vec<LinkRow<'_>>>())?;
    }
}

fn value_files(
    input: &ReportingInput<'_>,
    shelf: &dyn Shelf,
) -> Result<Vec<GeneratedFile>, ReportingFault> {
    let rows = value_rows(input);
    let mut values = TableFiles::begin("dim_param_value", ValueRow::COLUMNS, shelf)?;
    values.add(&rows, ValueRow::cells)?;
    let (mut files, has_seed) = values.finish()?;
    if has_seed == HasSeed::No {
        let mut seed = Seed::begin("dim_param_value", ValueRow::COLUMNS, shelf)?;
        seed.add(rows.iter().map(ValueRow::cells))?;
        files.push(seed.finish()?);
    }
    Ok(files)
}
