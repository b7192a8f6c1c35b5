//! The workspace's pictures and fonts in memory, pictures made smaller on demand, and the pictures
//! that recipes made, by the names that templates call them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use url::Url;

use super::GeneratedFile;
use crate::model::{ArtifactPath, Digest, Hasher, PublishedPath, SourceId};
use crate::picture::{Fault, Fonts, PixelSize, SourceFormat, shrink, size_of};
use crate::source::{SourceKind, Sources, Workspace};

/// Everything that has to do with pixels, shared by all threads.
#[derive(Default)]
pub struct Images {
    host: Option<Url>,
    files: BTreeMap<String, Source>,
    font_files: Vec<(SourceId, Arc<Vec<u8>>)>,
    font_digests: Vec<Digest>,
    fonts: OnceLock<Fonts>,
    smaller: Mutex<BTreeMap<(String, u32), Cell>>,
    made: RwLock<Made>,
    memory: OnceLock<Box<dyn PictureMemory>>,
}

/// Pictures of earlier builds by what they were made from. What it does not know is made again,
/// the same: drawing takes long, and is a function of its key.
pub trait PictureMemory: Send + Sync {
    /// The bytes that were remembered under a key, if they are whole.
    fn recall(&self, key: Digest) -> Option<Vec<u8>>;
    /// Takes bytes for later builds.
    fn remember(&self, key: Digest, bytes: &[u8]);
}

struct Source {
    url: String,
    digest: Digest,
    bytes: Arc<Vec<u8>>,
}

/// Filled by the thread that asks first.
type Cell = Arc<OnceLock<Smaller>>;

/// A picture made smaller, or why it was not.
type Smaller = Result<Option<Resized>, String>;

struct Resized {
    file: GeneratedFile,
    bytes: Arc<Vec<u8>>,
    url: String,
}

/// What a picture belongs to: campaign, asset, and placement where it is about one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The campaign's id.
    pub campaign: String,
    /// The asset's id.
    pub asset: String,
    /// The placement's id; empty where the picture is the asset's.
    pub placement: String,
}

/// A picture that a recipe made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePicture {
    /// Its public address.
    pub url: String,
    /// Its size on the page.
    pub size: PixelSize,
    /// Its media type.
    pub media_type: &'static str,
    /// Its weight in bytes.
    pub bytes: usize,
}

#[derive(Default)]
struct Made {
    pictures: BTreeMap<(Subject, String), Vec<MadePicture>>,
    urls: BTreeSet<String>,
}

impl fmt::Debug for Images {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Images").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// Wider pictures are nobody's.
const MAX_WIDTH: u32 = 4096;
/// Where fonts are, below assets/.
const FONTS: &str = "fonts/";

thread_local! {
    /// See [`Images::take_asked`].
    static ASKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

impl Images {
    /// Takes the pictures and fonts among the assets; `url` gives the public address of one.
    pub(super) fn new<'u>(
        workspace: &Workspace,
        sources: &Sources,
        url: impl Fn(&str) -> Option<&'u str>,
    ) -> Self {
        let mut images =
            Self { host: Some(workspace.hosts.assets.value.clone()), ..Self::default() };
        for (id, file) in sources.of_kind(SourceKind::Asset) {
            let name = file.path.as_str().strip_prefix("assets/").unwrap_or(file.path.as_str());
            let ends = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
            if name.starts_with(FONTS) && [".ttf", ".otf", ".ttc"].into_iter().any(ends) {
                images.font_files.push((id, Arc::clone(&file.bytes)));
                images.font_digests.push(file.digest);
            } else if let Some(url) = url(name) {
                let (digest, bytes) = (file.digest, Arc::clone(&file.bytes));
                let source = Source { url: url.to_owned(), digest, bytes };
                images.files.insert(name.to_owned(), source);
            }
        }
        images
    }

    /// The fonts that pictures are drawn with.
    pub fn fonts(&self) -> &Fonts {
        self.fonts.get_or_init(|| self.read_fonts().0)
    }

    /// Files below assets/fonts that are no fonts.
    pub fn broken_fonts(&self) -> Vec<SourceId> {
        if self.font_files.is_empty() {
            return Vec::new();
        }
        let (fonts, broken) = self.read_fonts();
        let _ = self.fonts.set(fonts);
        broken
    }

    fn read_fonts(&self) -> (Fonts, Vec<SourceId>) {
        let bytes: Vec<_> = self.font_files.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
        let (fonts, broken) = Fonts::new(&bytes);
        let ids = broken.into_iter().filter_map(|at| Some(self.font_files.get(at)?.0));
        (fonts, ids.collect())
    }

    /// Lets pictures be remembered from build to build.
    pub fn remember_in(&self, memory: Box<dyn PictureMemory>) {
        // It can only be set once, and it is set before anything is drawn.
        let _ = self.memory.set(memory);
    }

    /// What `make` makes, or has made in an earlier build from the same `parts`.
    ///
    /// # Errors
    /// Those of `make`, which are not remembered.
    pub fn remembered<E>(
        &self,
        parts: &[&[u8]],
        make: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let Some(memory) = self.memory.get() else { return make() };
        let key = self.key(parts);
        if let Some(bytes) = memory.recall(key) {
            return Ok(bytes);
        }
        let bytes = make()?;
        memory.remember(key, &bytes);
        Ok(bytes)
    }

    fn key(&self, parts: &[&[u8]]) -> Digest {
        let fonts = self.font_digests.iter().map(|digest| &digest.as_bytes()[..]);
        let fonts = fonts.fold(Hasher::default(), Hasher::raw).finish();
        let parts = parts.iter().copied();
        parts.fold(Hasher::default().raw(fonts.as_bytes()), Hasher::part).finish()
    }

    /// The digest of a picture's file, which stands in how an SVG names it.
    pub fn digest(&self, name: &str) -> Option<Digest> {
        Some(self.files.get(name)?.digest)
    }

    /// The bytes of a picture as an SVG shows it, made smaller where a width is asked for.
    pub fn bytes(&self, name: &str, width: Option<u32>) -> Option<Arc<Vec<u8>>> {
        let source = self.files.get(name)?;
        let Some(width) = width else { return Some(Arc::clone(&source.bytes)) };
        let smaller = self.smaller(name, width)?;
        match smaller.get()? {
            Ok(Some(resized)) => Some(Arc::clone(&resized.bytes)),
            Ok(None) => Some(Arc::clone(&source.bytes)),
            Err(_) => None,
        }
    }

    /// Whether this thread has asked for pictures since it was last asked this. What it renders
    /// then has an effect besides its own bytes, and depends on what others made.
    pub fn take_asked() -> bool {
        ASKED.replace(false)
    }

    /// The address of a picture at a width: its own where it is not wider, or not lighter so.
    pub fn url(&self, name: &str, width: u32) -> Option<Result<String, String>> {
        ASKED.set(true);
        let source = self.files.get(name)?;
        if !(1..=MAX_WIDTH).contains(&width) {
            return Some(Err(format!("a picture is 1 to {MAX_WIDTH} pixels wide, not {width}")));
        }
        if name.to_ascii_lowercase().ends_with(".svg") {
            return Some(Ok(source.url.clone()));
        }
        let smaller = self.smaller(name, width)?;
        Some(match smaller.get()? {
            Ok(Some(resized)) if resized.is_lighter_than(source) => {
                self.publish(&resized.url);
                Ok(resized.url.clone())
            }
            Ok(_) => Ok(source.url.clone()),
            Err(why) => Err(format!("`assets/{name}`: {why}")),
        })
    }

    /// The size of a picture, shown at a width where one is given.
    pub fn size(&self, name: &str, width: Option<u32>) -> Option<Result<PixelSize, String>> {
        ASKED.set(true);
        let source = self.files.get(name)?;
        let whole =
            size_of(&source.bytes).map_err(|fault| format!("`assets/{name}`: {}", fault.message()));
        Some(whole.map(|whole| match width {
            Some(width) if width > 0 && width < whole.width => {
                let height = u64::from(whole.height) * u64::from(width);
                let own = u64::from(whole.width);
                let height = u32::try_from((height + own / 2) / own).unwrap_or(1).max(1);
                PixelSize { width, height }
            }
            _ => whole,
        }))
    }

    /// Makes a picture smaller, once for each width.
    fn smaller(&self, name: &str, width: u32) -> Option<Cell> {
        let source = self.files.get(name)?;
        let cell = {
            let mut all = self.smaller.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry((name.to_owned(), width)).or_default())
        };
        cell.get_or_init(|| {
            let parts = [&b"smaller"[..], source.digest.as_bytes(), &width.to_le_bytes()];
            let make = || Ok(shrink(&source.bytes, width)?.map_or_else(Vec::new, |one| one.bytes));
            let bytes = self.remembered(&parts, make).map_err(|fault: Fault| fault.message())?;
            // Nothing is enlarged.
            let Some(format) = SourceFormat::of(&bytes) else { return Ok(None) };
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "png"));
            let path = format!("assets/{stem}-{width}w.{extension}");
            let path = ArtifactPath::new(&path).map_err(|fault| fault.to_string())?;
            let bytes = Arc::new(bytes);
            let file = GeneratedFile::new(path, media_type(format), Arc::clone(&bytes));
            let url = self.address(&file.published());
            Ok(url.map(|url| Resized { file, bytes, url }))
        });
        Some(cell)
    }

    /// The public address of a file of the output.
    fn address(&self, place: &PublishedPath) -> Option<String> {
        Some(self.host.as_ref()?.join(place.to_path().as_str()).ok()?.into())
    }

    fn publish(&self, url: &str) {
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        made.urls.insert(url.to_owned());
    }

    /// The files of smaller pictures that some template shows, in the order of their paths.
    pub fn smaller_files(&self) -> Vec<GeneratedFile> {
        let all = self.smaller.lock().unwrap_or_else(PoisonError::into_inner);
        let made = all.values().filter_map(|cell| match cell.get() {
            Some(Ok(Some(resized))) if self.is_known(&resized.url) => Some(resized.file.clone()),
            _ => None,
        });
        made.collect()
    }

    /// Whether an address is one of a picture that was made.
    pub fn is_known(&self, url: &str) -> bool {
        let known = self.made.read().unwrap_or_else(PoisonError::into_inner).urls.contains(url);
        if known {
            ASKED.set(true);
        }
        known
    }

    /// Notes the pictures that a recipe made, so that templates can show them.
    pub fn add_made(
        &self,
        subject: &Subject,
        name: &str,
        files: impl IntoIterator<Item = (PublishedPath, MadePicture)>,
    ) {
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        let mut pictures = Vec::new();
        for (place, picture) in files {
            let Some(url) = self.address(&place) else { continue };
            made.urls.insert(url.clone());
            pictures.push(MadePicture { url, ..picture });
        }
        made.pictures.insert((subject.clone(), name.to_owned()), pictures);
    }

    /// The pictures of a name: the placement's, or else the asset's.
    pub fn made(&self, subject: &Subject, name: &str) -> Option<Vec<MadePicture>> {
        ASKED.set(true);
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let whole = Subject { placement: String::new(), ..subject.clone() };
        let own = made.pictures.get(&(subject.clone(), name.to_owned()));
        own.or_else(|| made.pictures.get(&(whole, name.to_owned()))).cloned()
    }
}

impl Resized {
    /// Few colours pack so well that fewer pixels of more colours can weigh more.
    fn is_lighter_than(&self, source: &Source) -> bool {
        self.bytes.len() < source.bytes.len()
    }
}

fn media_type(format: SourceFormat) -> &'static str {
    match format {
        SourceFormat::Png => "image/png",
        SourceFormat::Jpeg => "image/jpeg",
        SourceFormat::Webp => "image/webp",
        SourceFormat::Gif => "image/gif",
    }
}
