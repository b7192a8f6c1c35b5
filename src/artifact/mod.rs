//! What artifacts are made of and what must hold in them, by kind.
//!
//! Pure functions over bytes and links: addresses, link checks, sheets, tables, redirects.

mod address;
mod known;
mod links_table;
pub mod pages;
pub mod parquet_file;
pub mod qr;
mod redirect_targets;
pub mod redirects;
mod reporting;
mod sheet;

pub use address::AssetUrls;
pub use known::{KnownUrls, MARK, StrayUrl, scan_html, scan_json, scan_text};
pub use links_table::{link_columns, link_row, links_table};
pub use redirect_targets::{Redirects, make_redirects};
pub use reporting::{BriefFile, ReportingInput, check_classification, reporting_files};
pub use sheet::SheetWriter;

use std::sync::Arc;

use crate::model::{ArtifactPath, Digest};

/// A finished file that no template made.
#[derive(Clone, Debug)]
pub struct GeneratedFile {
    /// Logical path, without digest.
    pub path: ArtifactPath,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// Their digest.
    pub digest: Digest,
}

impl GeneratedFile {
    /// Ties bytes to their path.
    pub fn new(path: ArtifactPath, media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = Digest::of(&bytes);
        Self { path, media_type, bytes: Arc::new(bytes), digest }
    }

    /// Ties bytes to a path that the engine itself chose.
    fn at(path: &str, media_type: &'static str, bytes: Vec<u8>) -> Option<Self> {
        Some(Self::new(ArtifactPath::new(path).ok()?, media_type, bytes))
    }

    /// The same bytes at a second path.
    fn again_at(&self, path: &str) -> Option<Self> {
        Some(Self { path: ArtifactPath::new(path).ok()?, ..self.clone() })
    }
}
