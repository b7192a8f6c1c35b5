//! A link in use: made by this build, or kept as the last build's tables have it.

use std::collections::BTreeSet;

use super::links_table::link_columns;
use super::parts::{DIM_LINK_SEED, LINKS};
use super::reporting::LinkRow;
use crate::link::MadeLink;
use crate::source::PARAMETERS;

/// A link that artifacts show.
#[derive(Clone, Copy, Debug)]
pub enum LiveLink<'a> {
    /// This build made it.
    Made(MadeLink<'a>),
    /// Only artifacts show it that are kept from the last build, so it is what it was there.
    Kept(&'a KeptLink),
}

/// A link as the last build's tables have it.
#[derive(Clone, Debug)]
pub struct KeptLink {
    /// Its row of links.csv as it was written.
    pub(super) listed: Vec<String>,
    /// Its live row of `dim_link`.
    pub(super) row: LinkRow<'static>,
    /// Whether costs are joined by its parameters.
    pub(super) has_costs: bool,
}

impl<'a> LiveLink<'a> {
    /// Its id.
    pub fn id(self) -> &'a str {
        match self {
            Self::Made(made) => &made.link.id,
            Self::Kept(kept) => kept.id(),
        }
    }

    /// Its short code.
    pub fn short_code(self) -> &'a str {
        match self {
            Self::Made(made) => &made.link.short_code,
            Self::Kept(kept) => &kept.row.short_code,
        }
    }

    /// The whole tracked URL.
    pub fn url(self) -> &'a str {
        match self {
            Self::Made(made) => made.url(),
            Self::Kept(kept) => kept.url(),
        }
    }

    /// The value of a parameter; empty where the link has none.
    pub(super) fn param(self, name: &str) -> &'a str {
        match self {
            Self::Made(made) => made.param(name),
            Self::Kept(kept) => kept.row.cell(name).unwrap_or(""),
        }
    }

    /// Gives each parameter by its place in [`PARAMETERS`], with its value.
    pub(super) fn each_param(self, mut take: impl FnMut(usize, &'a str)) {
        match self {
            Self::Made(made) => {
                let order = |name| PARAMETERS.iter().position(|known| *known == name);
                for (name, value) in made.details.params.iter() {
                    take(order(name).unwrap_or(usize::MAX), value);
                }
            }
            Self::Kept(_) => {
                let all = PARAMETERS.iter().enumerate().map(|(at, name)| (at, self.param(name)));
                all.filter(|(_, value)| !value.is_empty()).for_each(|(at, value)| take(at, value));
            }
        }
    }
}

impl KeptLink {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.row.link_id
    }

    /// The whole tracked URL.
    pub fn url(&self) -> &str {
        &self.row.final_url
    }

    /// Where it leads, without parameters.
    pub fn destination(&self) -> &str {
        &self.row.base_url
    }

    /// Its campaign, channel and asset, and the offer it shows.
    pub fn shown_in(&self) -> [&str; 4] {
        let asset = link_columns().position(|name| name == "asset");
        let asset = asset.and_then(|at| self.listed.get(at)).map_or("", String::as_str);
        [&self.row.campaign_id, &self.row.channel_id, asset, &self.row.offer_id]
    }

    /// Whether its row of links.csv has these cells.
    pub fn is_listed_as<'c>(&self, cells: impl IntoIterator<Item = &'c str>) -> bool {
        let mut cells = cells.into_iter();
        // What a spreadsheet would run was written with an apostrophe before it.
        let same = |written: &String, cell: &str| {
            written == cell || written.strip_prefix('\'') == Some(cell)
        };
        self.listed.iter().all(|written| cells.next().is_some_and(|cell| same(written, cell)))
            && cells.next().is_none()
    }
}

/// The id of the keys that costs are joined by.
pub const COST_TEMPLATE: &str = "reporting/ga4_cost_template.csv";

/// The tables of a build that tell of its live links, as bytes.
#[derive(Clone, Debug)]
pub struct TablesOfLinks {
    /// The files of [`LINKS`].
    pub listed: Vec<Vec<u8>>,
    /// The files of [`DIM_LINK_SEED`].
    pub rows: Vec<Vec<u8>>,
    /// [`COST_TEMPLATE`].
    pub costs: Vec<u8>,
}

/// Reads the live links of a build from its tables. Links come sorted by id.
///
/// # Errors
/// Where a table is not one that this engine writes.
pub fn kept_links(tables: &TablesOfLinks) -> Result<Vec<KeptLink>, String> {
    let (links_csv, dim_link) = (LINKS.whole(), DIM_LINK_SEED.whole());
    let columns: Vec<&str> = link_columns().collect();
    let mut listed = read_all(&links_csv, &tables.listed, &columns)?;
    // Parts of two tables hold other links, unless the tables are of one length.
    listed.sort();
    let columns: Vec<&str> = LinkRow::COLUMNS.iter().map(|one| one.column.name).collect();
    let rows = read_all(&dim_link, &tables.rows, &columns)?;
    let rows = rows.into_iter().filter_map(LinkRow::from_cells).filter(LinkRow::is_live);
    let mut rows: Vec<LinkRow<'static>> = rows.collect();
    rows.sort_by(|a, b| a.link_id.cmp(&b.link_id));
    let costs = read(COST_TEMPLATE, &tables.costs, &[])?;
    let costs: BTreeSet<&[String]> = costs.iter().filter_map(|row| row.get(..4)).collect();
    let other = || format!("{links_csv} and {dim_link} list other links");
    if listed.len() != rows.len() {
        return Err(other());
    }
    let mut found = Vec::with_capacity(rows.len());
    for (listed, row) in listed.into_iter().zip(rows) {
        if listed.first().map(String::as_str) != Some(row.link_id.as_ref()) {
            return Err(other());
        }
        let key = ["utm_id", "utm_campaign", "utm_source", "utm_medium"];
        let key = key.map(|name| row.cell(name).unwrap_or("").to_owned());
        let has_costs = costs.contains(key.as_slice());
        found.push(KeptLink { listed, row, has_costs });
    }
    Ok(found)
}

fn read_all(name: &str, files: &[Vec<u8>], columns: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let read = files.iter().map(|file| read(name, file, columns));
    Ok(read.collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect())
}

fn read(name: &str, table: &[u8], columns: &[&str]) -> Result<Vec<Vec<String>>, String> {
    let mut reader = csv::Reader::from_reader(table);
    let fault = |error: csv::Error| format!("{name} cannot be read: {error}");
    let header = reader.headers().map_err(fault)?;
    if !columns.is_empty() && !header.iter().eq(columns.iter().copied()) {
        return Err(format!("{name} has other columns than it has today"));
    }
    let rows = reader.records().map(|row| Ok(row?.iter().map(str::to_owned).collect()));
    rows.collect::<Result<_, csv::Error>>().map_err(fault)
}
