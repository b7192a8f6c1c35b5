//! Offers that a swap puts into the place of others.

use std::collections::BTreeSet;

use super::{Placement, Roster};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{SharedText, Span};
use crate::source::{Applied, Change, Documents, ReplaceOffer, Swap};

/// The replacements of all swaps that count.
#[derive(Debug, Default)]
pub(super) struct Replaced<'d> {
    all: Vec<Replacement<'d>>,
    /// Those that some placement came of.
    used: BTreeSet<usize>,
}

#[derive(Debug)]
struct Replacement<'d> {
    swap: (usize, &'d Swap),
    change: &'d ReplaceOffer,
    from: usize,
    to: usize,
}

impl<'d> Replaced<'d> {
    /// Collects them. An offer that is not there, or may not be shown, replaces nothing.
    pub(super) fn new(
        documents: &'d Documents,
        roster: &Roster,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut all = Vec::new();
        for (index, swap) in documents.swaps.iter().enumerate().filter(|(_, one)| one.active) {
            for change in &swap.changes {
                let Change::Replace(change) = change else { continue };
                if let Some(diagnostic) = unknown_scope(documents, change) {
                    if !documents.unusable.briefs {
                        diagnostics.push(diagnostic);
                    }
                    continue;
                }
                let find = |id: &str| roster.offer_by_id.get(id).copied();
                let (from, to) = (find(&change.offer.value), find(&change.with.value));
                let known = || roster.offer_by_id.keys().map(SharedText::as_str);
                for (found, name) in [(from, &change.offer), (to, &change.with)] {
                    if found.is_none() && documents.unusable.tables.is_empty() {
                        let message = format!("there is no offer `{}` to show", name.value);
                        diagnostics.push(
                            Diagnostic::error(Code::BadSwap, name.span, message)
                                .maybe_help(did_you_mean(&name.value, known())),
                        );
                    }
                }
                let Some((from, to)) = from.zip(to) else { continue };
                if !roster.offers.get(to).is_some_and(|offer| offer.active) {
                    let message = format!("the offer `{}` is not active", change.with.value);
                    diagnostics.push(
                        Diagnostic::error(Code::BadSwap, change.with.span, message)
                            .help("choose an offer that may be shown"),
                    );
                    continue;
                }
                all.push(Replacement { swap: (index, swap), change, from, to });
            }
        }
        Self { all, used: BTreeSet::new() }
    }

    /// The offer that takes the place of another in a slot, and where that was decided.
    pub(super) fn instead(&mut self, place: [&str; 3], offer: usize) -> Option<(usize, Span)> {
        let [campaign, asset, slot] = place;
        let fits =
            |one: &Replacement<'_>| one.from == offer && one.change.covers(campaign, asset, slot);
        let at = self.all.iter().position(fits)?;
        self.used.insert(at);
        self.all.get(at).map(|one| (one.to, one.change.with.span))
    }

    /// What was replaced, for whoever asks where an offer comes from.
    pub(super) fn applied(&self) -> Vec<Applied> {
        let used = self.used.iter().filter_map(|at| self.all.get(*at));
        let applied = used.map(|one| Applied {
            swap: one.swap.0,
            span: one.change.with.span,
            fact: "placement.offer".to_owned(),
            old: one.change.offer.value.clone(),
            replaced: None,
        });
        applied.collect()
    }

    /// Says which swaps replace nothing: either nobody shows the offer any more, or it is shown
    /// where the swap does not look.
    pub(super) fn report_unused(&self, placements: &[Placement], diagnostics: &mut Diagnostics) {
        let unused = self.all.iter().enumerate().filter(|(at, _)| !self.used.contains(at));
        for (_, one) in unused {
            let (offer, scope) = (&one.change.offer, one.change.scope());
            let revert = format!("end it: `throughline swap revert {}`", one.swap.1.id);
            let elsewhere = placements.iter().find(|placed| placed.offer == one.from);
            let diagnostic = match elsewhere {
                Some(placed) if !scope.is_empty() => {
                    let message = format!(
                        "`{}` is not shown in `{scope}` any more, but in the slot `{}`",
                        offer.value, placed.slot
                    );
                    Diagnostic::error(Code::StaleSwap, offer.span, message)
                        .related(placed.decided.offer, "it is shown by this")
                }
                _ => {
                    let message = format!("nothing would show `{}`", offer.value);
                    Diagnostic::warning(Code::SwapWithoutEffect, offer.span, message)
                }
            };
            diagnostics.push(diagnostic.help(revert));
        }
    }
}

fn unknown_scope(documents: &Documents, change: &ReplaceOffer) -> Option<Diagnostic> {
    let campaign = change.campaign.as_ref()?;
    let mut briefs = documents.briefs.iter();
    let Some(brief) = briefs.find(|brief| brief.id.value.as_str() == campaign.value) else {
        let known = documents.briefs.iter().map(|brief| brief.id.value.as_str());
        let message = format!("there is no campaign `{}`", campaign.value);
        return Some(
            Diagnostic::error(Code::BadSwap, campaign.span, message)
                .maybe_help(did_you_mean(&campaign.value, known)),
        );
    };
    let asset = change.asset.as_ref()?;
    let known = || brief.assets.iter().map(|asset| asset.id.value.as_str());
    let missing = known().all(|id| id != asset.value);
    missing.then(|| {
        let message = format!("the campaign `{}` has no asset `{}`", campaign.value, asset.value);
        Diagnostic::error(Code::BadSwap, asset.span, message)
            .maybe_help(did_you_mean(&asset.value, known()))
    })
}
