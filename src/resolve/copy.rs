//! Copy blocks: no URL, no promotion code, no tracking parameter.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Span, Spanned};
use crate::resolve::Roster;
use crate::source::{Brief, Documents, find_typed_parameter};

/// Shorter codes are words of the language.
const MIN_CODE: usize = 4;

/// Checks the copy of every brief.
pub(super) fn check_copy(documents: &Documents, roster: &Roster, diagnostics: &mut Diagnostics) {
    let mut codes = Vec::new();
    if let Some(offers) = documents.tables.get("offers") {
        for record in &offers.records {
            let code = record.text(roster.columns.offer_code);
            if code.len() >= MIN_CODE {
                codes.push((code, record.span(roster.columns.offer_code)));
            }
        }
    }
    for brief in &documents.briefs {
        for (name, block) in &brief.copy {
            check_block(brief, name, block, &codes, diagnostics);
        }
    }
}

fn check_block(
    brief: &Brief,
    name: &str,
    block: &Spanned<String>,
    codes: &[(&str, Span)],
    diagnostics: &mut Diagnostics,
) {
    let text = &block.value;
    let place = |start: usize, end: usize| Span {
        start: block.span.start + start as u32,
        end: block.span.start + end as u32,
        ..block.span
    };
    let owner = &brief.owner.value;
    if let Some(range) = find_typed_parameter(text) {
        let found = text.get(range.clone()).unwrap_or("");
        let message = format!("the copy `{name}` holds the tracking parameter `{found}`");
        diagnostics.push(
            Diagnostic::error(Code::TypedParameterInSource, place(range.start, range.end), message)
                .help("remove it: templates place the tracked link")
                .owner(owner),
        );
        return;
    }
    if let Some((start, end)) = find_url(text) {
        let message =
            format!("the copy `{name}` holds the URL `{}`", text.get(start..end).unwrap_or(""));
        diagnostics.push(
            Diagnostic::error(Code::CopyHoldsUrl, place(start, end), message)
                .help("remove it: templates place the tracked link")
                .owner(owner),
        );
    }
    for (code, cell) in codes {
        if let Some(start) = find_word(text, code) {
            let message = format!("the copy `{name}` holds the promotion code `{code}`");
            diagnostics.push(
                Diagnostic::error(Code::CopyHoldsCode, place(start, start + code.len()), message)
                    .related(*cell, "the offer's code is here")
                    .help("remove it: templates show the offer's own code")
                    .owner(owner),
            );
        }
    }
}

fn find_url(text: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let start = ["https://", "http://", "www."].iter().filter_map(|mark| lower.find(mark)).min()?;
    let tail = text.get(start..)?;
    let end =
        tail.find(|one: char| one.is_whitespace() || "<>\"')".contains(one)).unwrap_or(tail.len());
    Some((start, start + end))
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        ![before, after].iter().flatten().any(|one| one.is_alphanumeric())
    })
}
