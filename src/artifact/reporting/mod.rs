//! reporting/: what each link and each parameter value means, in the forms that tools import.
//!
//! All files are made from one model, long tables in parts. Must not decide what is live, nor make a link.

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

use self::adobe::{CampaignNames, campaign_names, classification, digest_of};
use self::agreement::{LiveRows, used_twice};
use self::model::{Model, UsedValue, values_in_use};
use self::recorded::recorded;
use self::row::ValueRow;
use self::table_file::{Beside, LINK_TABLE, ReportTable, VALUE_TABLE};
use super::parquet_file::TableFault;
use super::parts::{Part, Parts, Split};
use super::{GeneratedFile, LiveLink, Shelf};
use crate::model::Digest;
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

/// Makes all reporting files.
pub fn reporting_files(
    input: &ReportingInput<'_>,
    shelf: &dyn Shelf,
) -> Result<Vec<GeneratedFile>, ReportingFault> {
    if let Some(twice) = used_twice(input.live) {
        return Err(ReportingFault::Bug(twice));
    }
    let links = link_files(input, shelf)?;
    let values = value_files(input, shelf)?;
    let project = dbt::dbt_project(&links.seeds, &values.seeds);
    let mut files = links.files;
    files.extend(values.files);
    files.extend(ga4_cost::cost_template(input));
    files.extend(project);
    Ok(files)
}

/// The files of a table.
#[derive(Debug, Default)]
struct Made {
    files: Vec<GeneratedFile>,
    seeds: Seeds,
}

/// The names of a table's dbt seeds.
#[derive(Debug, Default)]
struct Seeds {
    names: Vec<String>,
    /// The table is in parts, and none of them has its name.
    are_parts: bool,
}

impl Made {
    /// Makes the parts of a table, each from beginning to end by one thread, so that nothing of it
    /// is in memory but what some threads are at work on.
    fn of(
        table: &ReportTable,
        split: &Split,
        make: impl Fn(Part) -> Result<Vec<GeneratedFile>, ReportingFault> + Sync + Send,
    ) -> Result<Self, ReportingFault> {
        let parts: Vec<_> = split.all().into_par_iter().map(make).collect();
        let files = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        let files = files.into_iter().flatten().collect();
        let written = split.written();
        let seeds = Seeds {
            names: written.iter().map(|part| table.seed.name(*part)).collect(),
            are_parts: !written.iter().all(|part| part.is_whole()),
        };
        Ok(Self { files, seeds })
    }
}

fn link_files(input: &ReportingInput<'_>, shelf: &dyn Shelf) -> Result<Made, ReportingFault> {
    let ReportingInput { documents, live, lock, .. } = *input;
    let parts = Parts::of_rows(lock.len());
    let number = |id: Option<&str>| id.map_or(0, |id| parts.number(id));
    let rows = parts.split(lock.len(), |at| number(lock.link_at(at)));
    let used = parts.split(live.len(), |at| number(live.get(at).map(|link| link.id())));
    let (model, names) = (Model::new(input), campaign_names(documents));
    Made::of(&LINK_TABLE, &rows, |part| {
        let used = used.rows(part).iter().filter_map(|at| live.get(*at).copied());
        let used: Vec<LiveLink<'_>> = used.collect();
        let of_part = LinkRows { model: &model, lock, rows: rows.rows(part), used: &used };
        of_part.write(part, &names, shelf)
    })
}

/// The rows of `dim_link`, or of a part of it, and the links in use that belong there.
struct LinkRows<'r, 'a> {
    model: &'r Model<'a>,
    lock: &'a Lock,
    /// Places in the lock.
    rows: &'r [usize],
    used: &'r [LiveLink<'a>],
}

impl LinkRows<'_, '_> {
    fn write(
        &self,
        part: Part,
        names: &CampaignNames<'_>,
        into: &dyn Shelf,
    ) -> Result<Vec<GeneratedFile>, ReportingFault> {
        let rows = self.rows();
        let mut live = LiveRows::new(self.used);
        for row in &rows {
            live.check(row);
        }
        if let Some(disagreement) = live.disagreement() {
            return Err(ReportingFault::Bug(disagreement));
        }
        if rows.is_empty() && !part.is_whole() {
            return Ok(Vec::new());
        }
        let classified = || classification(part, &rows, names);
        let beside = Beside { from: digest_of(names), make: &classified };
        LINK_TABLE.write((part, into), &rows, LinkRow::cells, &beside)
    }

    fn rows(&self) -> Vec<LinkRow<'_>> {
        let mut used = self.used.iter().copied().peekable();
        let records = self.rows.iter().filter_map(|at| recorded(self.lock, *at));
        let rows = records.filter_map(|record| {
            // Both are sorted by link. A link in use that was never recorded is found by the check.
            while used.next_if(|link| link.id() < record.row.link_id).is_some() {}
            let link = used.peek().copied();
            let link = link.filter(|link| record.is_last && link.id() == record.row.link_id);
            self.model.link_row(&record, link)
        });
        // They are wide: a list that doubles would have much room that nothing needs.
        let mut all = Vec::with_capacity(self.rows.len());
        all.extend(rows);
        all
    }
}

fn value_files(input: &ReportingInput<'_>, shelf: &dyn Shelf) -> Result<Made, ReportingFault> {
    let values = values_in_use(input);
    let parts = Parts::of_rows(values.len());
    let number = |value: &UsedValue<'_>| parts.number(&value.key());
    let split = parts.split(values.len(), |at| values.get(at).map_or(0, number));
    Made::of(&VALUE_TABLE, &split, |part| {
        let own = split.rows(part).iter().filter_map(|at| values.get(*at));
        let rows: Vec<ValueRow<'_>> = own.map(|value| value.row(input.documents)).collect();
        if rows.is_empty() && !part.is_whole() {
            return Ok(Vec::new());
        }
        let beside = Beside { from: Digest::of(&[]), make: &|| None };
        VALUE_TABLE.write((part, shelf), &rows, ValueRow::cells, &beside)
    })
}
