//! Copy blocks: no URL, no promotion code, no tracking parameter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::model::{Span, Spanned};
use crate::resolve::{Rendition, Roster};
use crate::source::{AssetSpec, Brief, Documents, block_and_locale, find_typed_parameter};

/// Copy blocks by the names that templates use.
pub type CopyBlocks = BTreeMap<String, Spanned<String>>;

/// Shorter codes are words of the language.
const MIN_CODE: usize = 4;

/// Checks the copy of every brief.
pub(super) fn check_copy(documents: &Documents, roster: &Roster, diagnostics: &mut Diagnostics) {
    let column = roster.columns.offer_code;
    let texts = documents.briefs.iter().flat_map(|brief| brief.copy.values());
    let begun: BTreeSet<Beginning> = texts.flat_map(|text| beginnings(&text.value)).collect();
    let offers = documents.tables.get("offers").map_or(&[][..], |table| &table.records);
    let written = offers.par_iter().filter_map(|record| {
        let written = record.text(column);
        let folded = written.to_ascii_lowercase();
        // Most codes are in no text: they are not looked for in each.
        begun.contains(folded.as_bytes().first_chunk()?).then(|| WrittenCode {
            written,
            folded,
            span: record.span(column),
        })
    });
    let codes: Vec<WrittenCode<'_>> = written.collect();
    for brief in &documents.briefs {
        for (name, block) in &brief.copy {
            check_block(documents.workspace.locale, brief, (name, block), &codes, diagnostics);
        }
    }
}

/// A promotion code of an offer.
struct WrittenCode<'d> {
    written: &'d str,
    /// The same in lower case.
    folded: String,
    span: Span,
}

type Beginning = [u8; MIN_CODE];

/// The beginnings of all that can be a code in a text, in lower case.
fn beginnings(text: &str) -> impl Iterator<Item = Beginning> + '_ {
    let mut before = None;
    text.char_indices().filter_map(move |(at, one)| {
        let begins = !before.replace(one).is_some_and(char::is_alphanumeric);
        let mut beginning = *text.as_bytes().get(at..).filter(|_| begins)?.first_chunk()?;
        beginning.make_ascii_lowercase();
        Some(beginning)
    })
}

fn check_block(
    usual: &'static Locale,
    brief: &Brief,
    (name, block): (&str, &Spanned<String>),
    codes: &[WrittenCode<'_>],
    diagnostics: &mut Diagnostics,
) {
    let text = &block.value;
    let mut fail = |code, range: &Range<usize>, message: String, help: &str, cell: Option<Span>| {
        let start = block.span.start + range.start as u32;
        let span = Span { start, end: block.span.start + range.end as u32, ..block.span };
        let diagnostic =
            Diagnostic::error(code, span, message).help(help).owner(&brief.owner.value);
        diagnostics.push(match cell {
            Some(cell) => diagnostic.related(cell, "the offer's code is here"),
            None => diagnostic,
        });
    };
    let link_help = "remove it: templates place the tracked link";
    let urls = find_all(text, find_url);
    let typed = find_all(text, find_typed_parameter);
    for range in &typed {
        let found = text.get(range.clone()).unwrap_or("");
        let message = format!("the copy `{name}` holds the tracking parameter `{found}`");
        fail(Code::TypedParameterInSource, range, message, link_help, None);
    }
    // A URL that is wrong for its parameter already need not be wrong twice.
    let told = |url: &&Range<usize>| typed.iter().any(|one| url.contains(&one.start));
    for range in urls.iter().filter(|url| !told(url)) {
        let found = text.get(range.clone()).unwrap_or("");
        let message = format!("the copy `{name}` holds the URL `{found}`");
        fail(Code::CopyHoldsUrl, range, message, link_help, None);
    }
    let folded = text.to_ascii_lowercase();
    for code in codes {
        for range in find_all(&folded, |text| find_word(text, &code.folded)) {
            let written = code.written;
            let message = format!("the copy `{name}` holds the promotion code `{written}`");
            let help = "remove it: templates show the offer's own code";
            fail(Code::CopyHoldsCode, &range, message, help, Some(code.span));
        }
    }
    if let Some((message, help)) = misplaced(usual, brief, name) {
        fail(Code::UnknownField, &(0..0), message, &help, None);
    }
}

/// What is wrong with a block's name: `asset.name` and `asset.variant.name` are of assets and
/// variants that there are, and `name @locale` of a locale in which they go out.
fn misplaced(usual: &'static Locale, brief: &Brief, name: &str) -> Option<(String, String)> {
    let (block, tag) = block_and_locale(name);
    misnamed(brief, block).or_else(|| {
        let tag = tag?;
        let owner = block.split_once('.').map(|(asset, _)| asset);
        let ours =
            brief.assets.iter().filter(|one| owner.is_none_or(|id| one.id.value.as_str() == id));
        let spoken = ours.clone().any(|one| one.speaks(tag, usual));
        (!spoken).then(|| {
            let nobody = owner.map_or_else(
                || "no asset of the brief goes out in it".to_owned(),
                |id| format!("`{id}` does not go out in it"),
            );
            let message = format!("the copy `{block}` is in `{tag}`, and {nobody}");
            (message, format!("add \"{tag}\" to the `locales` of the asset, or remove the block"))
        })
    })
}

/// What is wrong with the part of a name before its locale.
fn misnamed(brief: &Brief, name: &str) -> Option<(String, String)> {
    let (asset, rest) = name.split_once('.')?;
    let Some(spec) = brief.assets.iter().find(|one| one.id.value.as_str() == asset) else {
        let ids = brief.assets.iter().map(|one| one.id.value.as_str());
        let help = did_you_mean(asset, ids).unwrap_or_else(|| format!("write `# {rest}`"));
        let message =
            format!("the copy `{name}` is for the asset `{asset}`, which the brief does not have");
        return Some((message, help));
    };
    let (variant, own) = rest.split_once('.')?;
    let known = || spec.variants.iter().map(|one| one.id.value.as_str());
    if known().any(|id| id == variant) && !own.contains('.') {
        return None;
    }
    let help = did_you_mean(variant, known()).unwrap_or_else(|| format!("write `# {asset}.{own}`"));
    let message =
        format!("the copy `{name}` is for the variant `{variant}`, which `{asset}` does not have");
    Some((message, help))
}

/// Every place that `find` finds, one behind the other.
fn find_all(text: &str, find: impl Fn(&str) -> Option<Range<usize>>) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(&find) {
        all.push(from + found.start..from + found.end);
        from += found.end.max(1);
    }
    all
}

fn find_url(text: &str) -> Option<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let start = ["https://", "http://", "www."].iter().filter_map(|mark| lower.find(mark)).min()?;
    let tail = text.get(start..)?;
    let end =
        tail.find(|one: char| one.is_whitespace() || "<>\"')".contains(one)).unwrap_or(tail.len());
    Some(start..start + end)
}

/// A code as a word of its own; both are all in lower case.
fn find_word(text: &str, word: &str) -> Option<Range<usize>> {
    let mut places = text.match_indices(word).map(|(at, _)| at..at + word.len());
    places.find(|range| {
        let before = text.get(..range.start).and_then(|text| text.chars().next_back());
        let after = text.get(range.end..).and_then(|text| text.chars().next());
        ![before, after].iter().flatten().any(|one| one.is_alphanumeric())
    })
}

/// Copy blocks as a rendition sees them: `digest.b.subject` beats `digest.subject`, and that beats
/// `subject`; at each step what is said for its locale beats what is not. What names no locale is
/// in the asset's own, and of no use to who reads another language.
pub(super) fn copy_of(brief: &Brief, spec: &AssetSpec, rendition: &Rendition) -> CopyBlocks {
    let mut blocks = CopyBlocks::new();
    let understood = rendition.locale.is_read_as(rendition.first) || spec.copy_fallback;
    if understood {
        overlay(brief, spec, rendition, None, &mut blocks);
    }
    overlay(brief, spec, rendition, Some(rendition.locale.tag()), &mut blocks);
    blocks
}

/// Each step writes over what the one before has found.
fn overlay(
    brief: &Brief,
    spec: &AssetSpec,
    rendition: &Rendition,
    tag: Option<&str>,
    blocks: &mut CopyBlocks,
) {
    let asset = spec.id.value.as_str();
    let own = format!("{asset}.");
    let varied = format!("{asset}.{}.", rendition.variant);
    for prefix in ["", own.as_str(), varied.as_str()] {
        for (name, text) in &brief.copy {
            let (block, locale) = block_and_locale(name);
            // In its own locale, a block counts whether it says so or not.
            let spoken = locale == tag || rendition.is_first() && locale.is_none();
            let short = block.strip_prefix(prefix).filter(|short| !short.contains('.'));
            if let Some(short) = short.filter(|_| spoken) {
                blocks.insert(short.to_owned(), text.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_that_is_in_a_text_begins_as_something_in_it(
            text in "[abAB1é -]{0,30}",
            code in "[abAB1é-]{2,6}",
        ) {
            let (folded, wanted) = (text.to_ascii_lowercase(), code.to_ascii_lowercase());
            let found = find_word(&folded, &wanted).is_some();
            let begun = wanted.as_bytes().first_chunk();
            let begun = begun.map(|one| beginnings(&text).any(|other| other == *one));
            prop_assert!(begun.is_none() || !found || begun == Some(true));
        }
    }
}
