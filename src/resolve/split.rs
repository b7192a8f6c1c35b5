//! Renditions of one asset must be told apart in every report.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{AssetSpec, Documents, Field, Pattern};

/// A channel whose links are tracked has the variant in a parameter, where an asset has several.
pub(super) fn check_split(
    documents: &Documents,
    channel: usize,
    spec: &AssetSpec,
    diagnostics: &mut Diagnostics,
) {
    let Some(channel) = documents.channels.get(channel) else { return };
    let Some(second) = spec.variants.get(1).filter(|_| !channel.links.is_empty()) else { return };
    let tells = |(_, pattern): &(&str, Pattern)| {
        pattern.reads_variant() || pattern.fields().any(|field| *field == Field::PlacementId)
    };
    if channel.params.iter().any(tells) {
        return;
    }
    let message = format!(
        "the asset `{}` has several variants, and no parameter of `{}` names the variant",
        spec.id.value, channel.id
    );
    diagnostics.push(
        Diagnostic::error(Code::UnsplitRenditions, second.id.span, message)
            .related(
                channel.params.first().map_or(channel.span, |(_, pattern)| pattern.span),
                "the channel's parameters are here",
            )
            .help("add {variant} to a parameter of the channel, such as utm_content"),
    );
}
