//! Pictures and style sheets: hashed names and public addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Images;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lint::Picture;
use crate::model::{ArtifactPath, PublishedPath, SourceId, Span, integrity};
use crate::source::{SourceKind, Sources, Workspace};

/// The public address of every file under assets/, by its path there.
#[derive(Clone, Debug, Default)]
pub struct AssetUrls {
    urls: BTreeMap<String, String>,
    integrity: BTreeMap<String, String>,
    sizes: BTreeMap<String, (u32, u32)>,
    paths: BTreeMap<SourceId, ArtifactPath>,
    images: Arc<Images>,
    /// By their addresses.
    pictures: BTreeMap<String, Picture>,
}

impl AssetUrls {
    /// Names every asset.
    pub fn new(workspace: &Workspace, sources: &Sources, diagnostics: &mut Diagnostics) -> Self {
        let mut made = Self::default();
        for (id, file) in sources.of_kind(SourceKind::Asset) {
            let path = match ArtifactPath::new(file.path.as_str()) {
                Ok(path) => path,
                Err(fault) => {
                    let message =
                        format!("`{}` cannot be published under its name: {fault}", file.path);
                    diagnostics.push(
                        Diagnostic::error(Code::BadPath, Span::start_of(id), message)
                            .help("use lower-case letters, digits, `.`, `_` and `-`"),
                    );
                    continue;
                }
            };
            let place = PublishedPath::new(&path, &file.digest).to_path();
            let name = file.path.as_str().strip_prefix("assets/").unwrap_or(file.path.as_str());
            if is_code(name) {
                made.integrity.insert(name.to_owned(), integrity(&file.bytes));
            }
            if let Some(size) = picture_size(&file.bytes) {
                made.sizes.insert(name.to_owned(), size);
            }
            if let Ok(url) = workspace.hosts.assets.value.join(place.as_str()) {
                let url = String::from(url);
                made.pictures.insert(url.clone(), Picture::of(&file.bytes));
                made.urls.insert(name.to_owned(), url);
            }
            made.paths.insert(id, path);
        }
        let url = |name: &str| made.urls.get(name).map(String::as_str);
        made.images = Arc::new(Images::new(workspace, sources, url));
        for id in made.images.broken_fonts() {
            let message = "this is no font that can be read";
            diagnostics.push(
                Diagnostic::error(Code::BadFont, Span::start_of(id), message)
                    .help("put an OpenType font in its place: .ttf, .otf or .ttc"),
            );
        }
        made
    }

    /// The address of an asset.
    pub fn url(&self, name: &str) -> Option<&str> {
        self.urls.get(name).map(String::as_str)
    }

    /// The `integrity` of a style sheet or a script.
    pub fn integrity(&self, name: &str) -> Option<&str> {
        self.integrity.get(name).map(String::as_str)
    }

    /// Width and height of a picture of pixels.
    pub fn picture_size(&self, name: &str) -> Option<(u32, u32)> {
        self.sizes.get(name).copied()
    }

    /// Pictures and fonts as bytes.
    pub fn images(&self) -> &Images {
        &self.images
    }

    /// What is known of the asset at an address.
    pub fn picture(&self, url: &str) -> Option<Picture> {
        self.pictures.get(url).copied()
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.urls.keys().map(String::as_str)
    }

    /// Every address.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.urls.values().map(String::as_str)
    }

    /// Assets and their logical paths.
    pub fn paths(&self) -> impl Iterator<Item = (SourceId, &ArtifactPath)> {
        self.paths.iter().map(|(id, path)| (*id, path))
    }
}

/// What the head of a picture says of its size; nothing is decoded.
fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.into_dimensions().ok()
}

/// Whether browsers check an `integrity` of such a file.
fn is_code(name: &str) -> bool {
    [".css", ".js", ".mjs"].iter().any(|ending| name.ends_with(ending))
}
