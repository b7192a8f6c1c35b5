//! The settings of `kind = "image"`: which sizes and formats, and how heavy they may be.

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, Spanned, is_slug};
use crate::picture::PixelSize;

/// What an image recipe makes of its template.
#[derive(Clone, Debug)]
pub struct PictureSettings {
    /// What templates call its pictures.
    pub name: Option<Spanned<String>>,
    /// The sizes on the page, in the order in which they are declared.
    pub sizes: Vec<PixelSize>,
    /// What is written of each size.
    pub formats: Vec<PictureFormat>,
    /// Pixels for each pixel of the page, each way.
    pub scale: u32,
    /// The most bytes of one file, and where that is said.
    pub max_bytes: Spanned<usize>,
}

/// How pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// Lossless WebP.
    Webp,
}

/// What ad servers take as the first load of a banner.
const MAX_BYTES: usize = 150_000;
const MAX_SCALE: usize = 4;
/// Stands for `{size}` in a path until the size is known. It has as many bytes, so places stay.
pub const SIZE_MARK: &str = "\u{1a}size\u{1a}";

impl PictureSettings {
    /// Every file of one run: a size, and a format of it.
    pub fn files(&self) -> impl Iterator<Item = (PixelSize, PictureFormat)> {
        let formats = |size: &PixelSize| {
            let size = *size;
            self.formats.iter().map(move |format| (size, *format))
        };
        self.sizes.iter().flat_map(formats)
    }
}

/// Reads them; `None` where they cannot be used.
pub(super) fn read_picture_settings(
    section: &Section<'_, '_>,
    recipe: Span,
    diagnostics: &mut Diagnostics,
) -> Option<PictureSettings> {
    let name = section.maybe_text("name", diagnostics);
    if let Some(name) = name.as_ref().filter(|name| !is_slug(&name.value)) {
        let message = format!("`{}` is not a slug", name.value);
        diagnostics.push(bad(name.span, message).help("write it as templates will: `og`"));
    }
    section.required("sizes", diagnostics)?;
    let sizes: Vec<PixelSize> = section
        .texts("sizes", diagnostics)
        .iter()
        .filter_map(|text| read_size(text, diagnostics))
        .collect();
    let formats = section.texts("formats", diagnostics);
    let mut formats: Vec<PictureFormat> =
        formats.iter().filter_map(|text| read_format(text, diagnostics)).collect();
    if formats.is_empty() {
        formats.push(PictureFormat::Png);
    }
    let mut number = |key: &str| section.entry(key).and_then(|entry| entry.number(diagnostics));
    let max_bytes = number("max_bytes").unwrap_or(Spanned::new(MAX_BYTES, recipe));
    let scale = number("scale");
    if let Some(scale) = scale.as_ref().filter(|one| !(1..=MAX_SCALE).contains(&one.value)) {
        let message = format!("a picture has no scale of {}", scale.value);
        diagnostics.push(bad(scale.span, message).help(format!("write 1 to {MAX_SCALE}")));
        return None;
    }
    let scale = scale.map_or(1, |one| one.value as u32);
    (!sizes.is_empty()).then_some(PictureSettings { name, sizes, formats, scale, max_bytes })
}

fn bad(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(Code::BadSetting, span, message)
}

fn read_size(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<PixelSize> {
    let size = PixelSize::parse(&text.value);
    if size.is_none() {
        let message = format!("`{}` is not a size in pixels", text.value);
        diagnostics.push(bad(text.span, message).help("write it as `300x250`, up to 4096x4096"));
    }
    size
}

fn read_format(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<PictureFormat> {
    let known = [("png", PictureFormat::Png), ("webp", PictureFormat::Webp)];
    let found = known.into_iter().find(|(name, _)| *name == text.value);
    if found.is_none() {
        let message = format!("pictures are not written as `{}`", text.value);
        let help = did_you_mean(&text.value, known.map(|(name, _)| name));
        diagnostics.push(
            bad(text.span, message).maybe_help(help).help_if_none("write `png`, `webp` or both"),
        );
    }
    found.map(|(_, format)| format)
}
