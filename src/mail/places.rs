//! Where the bytes of a finished mail stood in its draft.

use std::ops::Range;

use crate::markup::unescape;

/// For each piece of a draft, where it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    finished: usize,
    draft: Range<usize>,
}

impl Places {
    pub(super) fn with_capacity(pieces: usize) -> Self {
        Self { marks: Vec::with_capacity(pieces) }
    }

    /// The next piece of the draft is written from this byte on.
    pub(super) fn add(&mut self, finished: usize, draft: Range<usize>) {
        self.marks.push(Mark { finished, draft });
    }

    /// The same places in a draft whose pieces stand where `back` says.
    pub(super) fn moved(mut self, back: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        for mark in &mut self.marks {
            mark.draft = back(mark.draft.clone());
        }
        self
    }

    /// Where bytes of the finished HTML stood in the draft: the same text where the piece has it,
    /// and otherwise the piece, such as the tag that got a style.
    pub fn in_draft(&self, range: &Range<usize>, finished: &str, draft: &str) -> Range<usize> {
        let after = self.marks.partition_point(|mark| mark.finished <= range.start);
        let Some(mark) = after.checked_sub(1).and_then(|at| self.marks.get(at)) else {
            return 0..0;
        };
        let piece = draft.get(mark.draft.clone()).unwrap_or("");
        let wanted = finished.get(range.clone()).unwrap_or("").trim();
        if wanted.is_empty() {
            return mark.draft.clone();
        }
        let found = [wanted, &*unescape(wanted)].into_iter().find_map(|text| {
            let at = mark.draft.start + piece.find(text)?;
            Some(at..at + text.len())
        });
        found.unwrap_or_else(|| mark.draft.clone())
    }
}
