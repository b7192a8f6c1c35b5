//! What artifacts are made of and what must hold in them, by kind.
//!
//! Pure functions over bytes and links: addresses, link checks, sheets, tables, redirects.

mod address;
mod generated;
mod images;
mod known;
mod links_table;
mod live;
pub mod pages;
pub mod parquet_file;
mod parts;
pub mod qr;
mod redirect_targets;
pub mod redirects;
mod reporting;
mod sheet;

pub use address::AssetUrls;
pub use generated::{FileWriter, GeneratedFile, Growing, HandOn, NoShelf, Shelf, Sink};
pub use images::{Images, MadePicture, PictureMemory, Subject as PictureSubject};
pub use known::{KnownUrls, MARK, StrayUrl, scan_html, scan_json, scan_text};
pub use links_table::{link_columns, link_row, links_table};
pub use live::{COST_TEMPLATE, KeptLink, LiveLink, TablesOfLinks, kept_links};
pub use parts::{DIM_LINK, DIM_LINK_SEED, LINKS, TableId};
pub use redirect_targets::{Redirects, make_redirects};
pub use reporting::{
    BriefFile, ReportingFault, ReportingInput, check_classification, reporting_files,
};
pub use sheet::SheetWriter;
