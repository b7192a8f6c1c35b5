//! `locales` of an asset: the languages in which it goes out.

use super::toml::Section;
use super::workspace::read_locale;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
use crate::model::Spanned;

pub(super) fn read_locales(
    section: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Spanned<&'static Locale>> {
    let mut locales: Vec<Spanned<&'static Locale>> = Vec::new();
    for written in section.texts("locales", diagnostics) {
        let Some(found) = read_locale(&written, diagnostics) else { continue };
        if let Some(first) = locales.iter().find(|one| one.value == found) {
            let message = format!("the locale `{}` stands twice", found.tag());
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .related(first.span, "first here"),
            );
            continue;
        }
        locales.push(Spanned::new(found, written.span));
    }
    locales
}
