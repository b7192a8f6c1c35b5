//! One unit of rendering.

use super::PageTimes;
use crate::model::{ArtifactPath, SharedText};
use crate::source::{PageForm, RecipeKind};

/// One run of a recipe: for one placement, or for a whole asset.
#[derive(Clone, Debug)]
pub struct Job {
    /// What comes out.
    pub kind: RecipeKind,
    /// Index of the campaign.
    pub campaign: usize,
    /// Index of the asset in the campaign.
    pub asset: usize,
    /// Index of the recipe in the channel.
    pub recipe: usize,
    /// The placements it shows.
    pub placements: Vec<usize>,
    /// Whether it is about its one placement, or about the asset.
    pub per_placement: bool,
    /// Public path of a page.
    pub route: Option<SharedText>,
    /// When which form of a page is due.
    pub times: Option<PageTimes>,
    /// The files it makes.
    pub parts: Vec<Part>,
}

/// One file of a job.
#[derive(Clone, Debug)]
pub struct Part {
    /// Logical path, without digest.
    pub path: ArtifactPath,
    /// What it is written in.
    pub form: Form,
    /// Its template; sheets have none.
    pub template: Option<SharedText>,
    /// Which form of a page it is.
    pub page: Option<PageForm>,
}

/// What a file is written in, which decides how data is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// HTML: everything is escaped.
    Html,
    /// Plain text.
    Text,
    /// JSON: everything is escaped as in a JSON string.
    Json,
    /// A whole message: headers, text and HTML.
    Eml,
    /// CSV.
    Csv,
    /// A picture of lines.
    Svg,
    /// A picture of pixels.
    Png,
    /// A picture of pixels, smaller.
    Webp,
}

impl Form {
    /// The file's extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "txt",
            Self::Json => "json",
            Self::Eml => "eml",
            Self::Csv => "csv",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// The media type of the manifest.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Eml => "message/rfc822",
            Self::Csv => "text/csv",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}
