//! Facts between two lines of `+++`, then Markdown.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// The two halves of a file and where each begins, in bytes.
pub(super) struct FrontMatter<'t> {
    pub(super) facts: &'t str,
    pub(super) facts_start: usize,
    pub(super) body: &'t str,
    pub(super) body_start: usize,
}

const FENCE: &str = "+++";

/// Splits a file whose content begins at byte `base`.
pub(super) fn split<'t>(
    text: &'t str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<FrontMatter<'t>> {
    let mut fences = Vec::new();
    let mut offset = base;
    for line in text.get(base..)?.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            fences.push((offset, offset + line.len()));
        } else if fences.is_empty() && !line.trim().is_empty() {
            break;
        }
        if fences.len() == 2 {
            break;
        }
        offset += line.len();
    }
    let (Some((_, facts_start)), Some((facts_end, body_start))) =
        (fences.first().copied(), fences.get(1).copied())
    else {
        let (place, message) = match fences.first() {
            None => (base, "the file does not begin with a line `+++`"),
            Some((start, _)) => (*start, "the facts are not closed by a second line `+++`"),
        };
        diagnostics.push(
            Diagnostic::error(Code::FrontMatter, Span::new(source, place, place), message)
                .help("put the facts, as TOML, between two lines of `+++`"),
        );
        return None;
    };
    Some(FrontMatter {
        facts: text.get(facts_start..facts_end)?,
        facts_start,
        body: text.get(body_start..)?,
        body_start,
    })
}
