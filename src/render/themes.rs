//! Themes: brands that have templates of their own for some names, and the common ones for the
//! rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, Spanned};
use crate::source::{Documents, SourceKind, Sources};

/// Where brands have their folders.
const BRANDS: &str = "templates/brands/";

/// The folder of a theme.
pub(super) fn folder_of(theme: &str) -> String {
    format!("{BRANDS}{theme}/")
}

/// The theme that a template belongs to.
pub(super) fn theme_of_path(path: &str) -> Option<&str> {
    path.strip_prefix(BRANDS)?.split_once('/').map(|(theme, _)| theme)
}

/// The themes that assets name and that have a folder. Names without one and folders that nobody
/// names are reported.
pub(super) fn find_themes(
    documents: &Documents,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    let mut folders: BTreeMap<&str, Span> = BTreeMap::new();
    for (source, file) in sources.of_kind(SourceKind::Template) {
        if let Some(theme) = theme_of_path(file.path.as_str()) {
            folders.entry(theme).or_insert_with(|| Span::start_of(source));
        }
    }
    let assets = documents.briefs.iter().flat_map(|brief| &brief.assets);
    let named: Vec<&Spanned<String>> = assets
        .filter_map(|asset| asset.theme.as_ref())
        .chain(documents.channels.iter().filter_map(|channel| channel.theme.as_ref()))
        .collect();
    let mut themes = BTreeSet::new();
    for theme in &named {
        if folders.contains_key(theme.value.as_str()) {
            themes.insert(theme.value.clone());
            continue;
        }
        let message = format!("there is no theme `{}`", theme.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownTheme, theme.span, message)
                .maybe_help(did_you_mean(&theme.value, folders.keys().copied()))
                .help_if_none(format!("add templates below `{}`", folder_of(&theme.value))),
        );
    }
    // What could not be read may name it.
    let all_read = !documents.unusable.briefs && !documents.unusable.channels;
    for (theme, span) in folders.into_iter().filter(|_| all_read) {
        if !themes.contains(theme) {
            let message = format!("no asset and no channel names the theme `{theme}`");
            diagnostics.push(
                Diagnostic::warning(Code::UnusedTheme, span, message)
                    .help(format!("write `theme = \"{theme}\"`, or delete the folder")),
            );
        }
    }
    themes
}
