//! Reads one swap, strictly: what is not understood is not a decision.

use jiff::Timestamp;

use super::{Change, MoveTime, ReplaceOffer, SetCell, Swap, WINDOW_TIMES};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{SourceId, Span, Spanned, is_slug};
use crate::source::toml::{Document, Section};

/// Reads one file of decisions/swaps/.
pub fn read_swap(
    stem: &str,
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Swap> {
    let document = Document::parse(text.get(base..).unwrap_or(""), source, base, diagnostics)?;
    let root = document.root();
    let at = root.text("at", diagnostics).and_then(|at| instant(&at, diagnostics));
    let by = said(&root, "by", "who decided it", diagnostics);
    let because = said(&root, "because", "why it was decided", diagnostics);
    let reference = root.maybe_text("ref", diagnostics);
    let ends = root.texts("ends", diagnostics);
    let mut whole = true;
    let mut changes = Vec::new();
    let mut collect = |read: Vec<Option<Change>>| {
        whole &= read.iter().all(Option::is_some);
        changes.extend(read.into_iter().flatten());
    };
    let sections = root.sections("set", diagnostics).into_iter();
    collect(sections.map(|one| read_set(one, diagnostics)).collect());
    let sections = root.sections("replace", diagnostics).into_iter();
    collect(sections.map(|one| read_replace(one, diagnostics)).collect());
    let sections = root.sections("move", diagnostics).into_iter();
    collect(sections.map(|one| read_move(one, diagnostics)).collect());
    let span = root.span;
    root.finish(diagnostics);
    if !is_slug(stem) {
        let message = format!("`{stem}` is not the id of a swap");
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, span, message)
                .help("name the file with lower-case letters, digits and dashes"),
        );
        return None;
    }
    if whole && changes.is_empty() && ends.is_empty() {
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, span, "the swap changes nothing")
                .help("add `[[set]]`, `[[replace]]`, `[[move]]` or `ends`"),
        );
        return None;
    }
    whole.then_some(())?;
    changes.sort_by_key(Change::span);
    let (at, by, because) = (at?, by?, because?);
    Some(Swap {
        id: stem.to_owned(),
        span,
        at,
        by,
        because,
        reference,
        ends,
        changes,
        active: true,
    })
}

/// Text that a person must have given.
fn said(
    root: &Section<'_, '_>,
    key: &str,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let text = root.text(key, diagnostics)?;
    if text.value.trim().is_empty() {
        let message = format!("`{key}` does not say {what}");
        diagnostics.push(Diagnostic::error(Code::BadSwap, text.span, message));
        return None;
    }
    Some(text)
}

fn instant(at: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Spanned<Timestamp>> {
    let Ok(instant) = at.value.parse::<Timestamp>() else {
        let message = format!("`{}` is not a time with its offset", at.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, at.span, message)
                .help("write it as 2026-11-25T16:20:00-05:00"),
        );
        return None;
    };
    Some(Spanned::new(instant, at.span))
}

fn read_set(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Change> {
    let [table, row, field] = ["table", "row", "field"].map(|name| section.text(name, diagnostics));
    let channel = section.maybe_text("channel", diagnostics);
    let [old, new] = ["old", "new"].map(|name| section.text(name, diagnostics));
    section.finish(diagnostics);
    let set = SetCell { table: table?, row: row?, field: field?, channel, old: old?, new: new? };
    unless_equal(&set.old.value, &set.new.value, set.new.span, diagnostics)?;
    Some(Change::Set(set))
}

fn read_replace(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Change> {
    let [offer, with] = ["offer", "with"].map(|name| section.text(name, diagnostics));
    let [campaign, asset, slot] =
        ["campaign", "asset", "slot"].map(|name| section.maybe_text(name, diagnostics));
    let span = section.span;
    section.finish(diagnostics);
    let replace = ReplaceOffer { offer: offer?, with: with?, campaign, asset, slot };
    unless_equal(&replace.offer.value, &replace.with.value, replace.with.span, diagnostics)?;
    let gap = replace.campaign.is_none() && replace.asset.is_some()
        || replace.asset.is_none() && replace.slot.is_some();
    if gap {
        let message = "a slot is in an asset, and an asset in a campaign";
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, span, message)
                .help("add `campaign` and `asset`, or leave the narrower one out"),
        );
        return None;
    }
    Some(Change::Replace(replace))
}

fn read_move(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Change> {
    let [campaign, window, time] =
        ["campaign", "window", "time"].map(|name| section.text(name, diagnostics));
    let [old, new] = ["old", "new"].map(|name| {
        section.required(name, diagnostics).and_then(|entry| entry.local_time(diagnostics))
    });
    section.finish(diagnostics);
    let moved =
        MoveTime { campaign: campaign?, window: window?, time: time?, old: old?, new: new? };
    if !WINDOW_TIMES.contains(&moved.time.value.as_str()) {
        let message = format!("a window has no time `{}`", moved.time.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, moved.time.span, message)
                .maybe_help(did_you_mean(&moved.time.value, WINDOW_TIMES))
                .help_if_none("use freezes, locks, opens or closes"),
        );
        return None;
    }
    unless_equal(&moved.old.value, &moved.new.value, moved.new.span, diagnostics)?;
    Some(Change::Move(moved))
}

fn unless_equal<T: PartialEq>(
    old: &T,
    new: &T,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    if old == new {
        let message = "the swap leaves it as it was";
        diagnostics.push(
            Diagnostic::error(Code::BadSwap, span, message)
                .help("write the new one, or take it out"),
        );
        return None;
    }
    Some(())
}
