//! Which window an asset belongs to, and whether an offer fits into it.

use super::checks::check_channel_name;
use super::roster::Roster;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{AssetSpec, Brief, Documents, Window};

/// Checks that the windows of a brief name channels that exist.
pub(super) fn check_windows(documents: &Documents, brief: &Brief, diagnostics: &mut Diagnostics) {
    for window in &brief.windows {
        for channel in &window.channels {
            check_channel_name(documents, channel, diagnostics);
        }
    }
}

/// The window of an asset: the one it names, or the only one its channel is in.
pub(super) fn window_of(
    documents: &Documents,
    brief: &Brief,
    asset: &AssetSpec,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let named = |name: &str| brief.windows.iter().position(|window| window.id.as_str() == name);
    if let Some(name) = &asset.window {
        let found = named(&name.value);
        if found.is_none() {
            let known = brief.windows.iter().map(|window| window.id.as_str());
            let message = format!("the brief has no window `{}`", name.value);
            diagnostics.push(
                Diagnostic::error(Code::NoWindow, name.span, message)
                    .maybe_help(crate::diag::did_you_mean(&name.value, known)),
            );
        }
        return found;
    }
    let channel = &asset.channel.value;
    let holds = |window: &Window| window.channels.iter().any(|one| one.value == *channel);
    let mut all = brief.windows.iter().enumerate().filter(|(_, window)| holds(window));
    let Some((first, window)) = all.next() else {
        // Its window may be one whose times are wrong.
        if documents.unusable.briefs {
            return None;
        }
        let message = format!("the channel `{channel}` is in no window of the brief");
        diagnostics.push(
            Diagnostic::error(Code::NoWindow, asset.channel.span, message)
                .help(format!("add `{channel}` to the `channels` of a window")),
        );
        return None;
    };
    if let Some((_, second)) = all.next() {
        let message = format!(
            "the channel `{channel}` is in the windows `{}` and `{}`",
            window.id, second.id
        );
        diagnostics.push(
            Diagnostic::error(Code::AmbiguousWindow, asset.channel.span, message)
                .related(window.span, "one window")
                .related(second.span, "another")
                .help("add `window = \"…\"` to the asset"),
        );
        return None;
    }
    Some(first)
}

/// What keeps an offer out of a window.
pub(super) fn misfit(
    documents: &Documents,
    roster: &Roster,
    offer: usize,
    brief: &Brief,
    window: &Window,
) -> Option<Diagnostic> {
    let offer = roster.offers.get(offer)?;
    let record = documents.tables.get("offers")?.records.get(offer.record)?;
    let partners = &documents.tables.get("partners")?.records;
    let columns = &roster.columns;
    let shown = |instant: jiff::Timestamp| {
        instant.to_zoned(brief.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    };
    let name = || format!("the window `{}` of `{}`", window.id, brief.id.value);
    for at in [columns.display_to, columns.effective_to] {
        if let Some(end) = record.value(at).as_instant().filter(|end| *end < window.closes) {
            let message = format!(
                "the offer `{}` ends {}, before {} closes {}",
                offer.id,
                shown(end),
                name(),
                shown(window.closes)
            );
            return Some(
                Diagnostic::error(Code::EndsBeforeWindow, record.span(at), message)
                    .related(window.span, "the window")
                    .help("extend the offer, or take it out of the window"),
            );
        }
    }
    for at in [columns.display_from, columns.effective_from] {
        if let Some(start) = record.value(at).as_instant().filter(|start| *start > window.opens) {
            let message = format!(
                "the offer `{}` starts {}, after {} opens {}",
                offer.id,
                shown(start),
                name(),
                shown(window.opens)
            );
            return Some(
                Diagnostic::error(Code::StartsAfterWindow, record.span(at), message)
                    .related(window.span, "the window")
                    .help("start the offer earlier, or open the window later"),
            );
        }
    }
    offer.partners.iter().filter_map(|at| partners.get(*at)).find_map(|partner| {
        let until = partner.value(columns.embargo_until).as_instant();
        let until = until.filter(|until| *until > window.opens)?;
        let message = format!(
            "the partner `{}` is under embargo until {}, but {} opens {}",
            partner.text(columns.partner_id),
            shown(until),
            name(),
            shown(window.opens)
        );
        Some(
            Diagnostic::error(Code::Embargoed, partner.span(columns.embargo_until), message)
                .related(window.span, "the window")
                .help("move the window, or agree on an earlier end with the partner"),
        )
    })
}
