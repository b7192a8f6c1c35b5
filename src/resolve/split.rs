//! Renditions of one asset must be told apart in every report.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{AssetSpec, Documents, Field, Pattern};

/// A channel whose links are tracked has the variant in a parameter where an asset has several, and
/// the locale where it goes out in several.
pub(super) fn check_split(
    documents: &Documents,
    channel: usize,
    spec: &AssetSpec,
    diagnostics: &mut Diagnostics,
) {
    let Some(channel) = documents.channels.get(channel) else { return };
    let variants = spec.variants.get(1).map(|second| (second.id.span, "variant", Field::Variant));
    let locales = spec.locales.get(1).map(|second| (second.span, "locale", Field::Locale));
    for (second, what, field) in [variants, locales].into_iter().flatten() {
        let tells = |(_, pattern): &(&str, Pattern)| {
            pattern.fields().any(|one| *one == field || *one == Field::PlacementId)
        };
        if channel.links.is_empty() || channel.params.iter().any(tells) {
            continue;
        }
        let message = format!(
            "the asset `{}` has several {what}s, and no parameter of `{}` names the {what}",
            spec.id.value, channel.id
        );
        diagnostics.push(
            Diagnostic::error(Code::UnsplitRenditions, second, message)
                .related(
                    channel.params.first().map_or(channel.span, |(_, pattern)| pattern.span),
                    "the channel's parameters are here",
                )
                .help(format!("add {{{what}}} to a parameter of the channel, such as utm_content")),
        );
    }
}
