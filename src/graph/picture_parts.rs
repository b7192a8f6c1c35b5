//! The files of an image recipe: each size in each format.

use super::{Form, Part};
use crate::source::{PictureFormat, PictureSettings, SIZE_MARK};

/// The files of a run, by the path that its pattern gave, and why one cannot be a path.
pub(super) fn picture_parts(
    stem: &str,
    template: &str,
    settings: &PictureSettings,
    checked_path: impl Fn(&str) -> Result<crate::model::ArtifactPath, String>,
) -> Result<Vec<Part>, (String, String)> {
    let files = settings.files().map(|(size, format)| {
        let form = match format {
            PictureFormat::Png => Form::Png,
            PictureFormat::Webp => Form::Webp,
        };
        let size = size.to_string();
        let named = if stem.contains(SIZE_MARK) {
            stem.replace(SIZE_MARK, &size)
        } else {
            format!("{stem}-{size}")
        };
        let text = format!("{named}.{}", form.extension());
        match checked_path(&text) {
            Ok(path) => Ok(Part { path, form, template: Some(template.into()), page: None }),
            Err(reason) => Err((text, reason)),
        }
    });
    files.collect()
}
