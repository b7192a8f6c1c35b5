//! Copy blocks: the Markdown below a brief's facts, cut at its headings.

use std::collections::BTreeMap;

use super::workspace::read_locale;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span, Spanned};

/// Blocks by heading. Text that belongs to no block, or to a second one of a name, is an error.
pub(super) fn read_copy(
    body: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Spanned<String>> {
    let mut headings: Vec<(&str, usize, usize)> = Vec::new();
    let mut offset = 0;
    for line in body.split_inclusive('\n') {
        let next = offset + line.len();
        match line.strip_prefix("# ") {
            Some(heading) => headings.push((heading.trim(), offset, next)),
            None if headings.is_empty() && !line.trim().is_empty() => {
                let span = Span::new(source, base + offset, base + offset + line.trim_end().len());
                diagnostics.push(
                    Diagnostic::error(Code::BadSetting, span, "this text is in no copy block")
                        .help("put a heading above it, such as `# intro`"),
                );
                headings.push(("", offset, offset));
            }
            None => {}
        }
        offset = next;
    }
    let mut blocks: BTreeMap<String, Spanned<String>> = BTreeMap::new();
    for (index, (heading, start, text_start)) in headings.iter().enumerate() {
        let end = headings.get(index + 1).map_or(body.len(), |(_, next, _)| *next);
        let text = body.get(*text_start..end).unwrap_or("");
        let begin = base + text_start + (text.len() - text.trim_start().len());
        let trimmed = text.trim();
        let block =
            Spanned::new(trimmed.to_owned(), Span::new(source, begin, begin + trimmed.len()));
        let place = Span::new(source, base + start, base + start + 2 + heading.len());
        let Some(name) = read_name(heading, place, diagnostics) else { continue };
        if let Some(first) = blocks.get(&name) {
            let message = format!("the copy block `{name}` stands twice");
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, place, message)
                    .related(first.span, "the first one")
                    .help("keep one of the two"),
            );
            continue;
        }
        blocks.insert(name, block);
    }
    blocks
}

/// The name under which a block is kept: `subject`, and of `subject @fr-CA` `subject@fr-CA`.
fn read_name(heading: &str, place: Span, diagnostics: &mut Diagnostics) -> Option<String> {
    let Some((name, tag)) = heading.rsplit_once('@') else {
        return (!heading.is_empty()).then(|| heading.to_owned());
    };
    let start = place.end as usize - tag.len();
    let written = Spanned::new(tag.to_owned(), Span::new(place.source, start, place.end as usize));
    let locale = read_locale(&written, diagnostics)?;
    Some(format!("{}@{}", name.trim_end(), locale.tag()))
}

/// The block and the locale's tag that a name is made of: `subject@fr-CA`.
pub fn block_and_locale(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((block, tag)) => (block, Some(tag)),
        None => (name, None),
    }
}
