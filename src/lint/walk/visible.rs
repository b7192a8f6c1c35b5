//! The text that is seen, in one piece, and the way back to where it stands.

use std::ops::Range;

use crate::markup::plain_run;

/// What is seen of an artifact: entities resolved, blanks collapsed, a line for each block.
#[derive(Debug, Default)]
pub(in crate::lint) struct Visible {
    pub(in crate::lint) text: String,
    /// Where each piece begins, and its bytes in the HTML.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Visible {
    /// Takes in a text of the HTML.
    pub(super) fn push(&mut self, text: &str, range: Range<usize>) {
        self.pieces.push((self.text.len(), range));
        let mut blank = self.text.ends_with([' ', '\n']) || self.text.is_empty();
        let collapses = |one: char| one.is_whitespace() && one != '\u{a0}';
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if collapses(first) {
                if !blank {
                    self.text.push(' ');
                }
                blank = true;
                rest = rest.trim_start_matches(collapses);
            } else {
                // A run of words with one blank between them is taken as it is.
                let end = plain_run(rest.as_bytes()).max(first.len_utf8());
                let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                self.text.push_str(run);
                blank = false;
                rest = after;
            }
        }
    }

    /// Ends the line.
    pub(super) fn divide(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Where a part of the text stands in the HTML, as closely as can be told.
    pub(in crate::lint) fn in_html(&self, html: &str, range: &Range<usize>) -> Range<usize> {
        let after = self.pieces.partition_point(|(start, _)| *start <= range.start);
        let Some((_, piece)) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return 0..0;
        };
        let needle = self.text.get(range.clone()).unwrap_or("");
        let found = html.get(piece.clone()).and_then(|text| text.find(needle));
        found.map_or(piece.clone(), |at| piece.start + at..piece.start + at + needle.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_collapse_but_for_those_that_do_not_break() {
        let mut visible = Visible::default();
        visible.push("  A \u{a0} b\tc  d\u{2003}\u{2003}é ", 0..1);
        visible.push(" e", 1..2);
        assert_eq!(visible.text, "A \u{a0} b c d é e");
    }

    #[test]
    fn a_part_is_led_back_to_its_place() {
        let html = "<p>A  b&amp;c</p><p>NOTE now</p>";
        let mut visible = Visible::default();
        visible.push("A  b&c", 3..13);
        visible.divide();
        visible.push("NOTE now", 20..28);
        assert_eq!(visible.text, "A b&c\nNOTE now");
        assert_eq!(visible.in_html(html, &(6..10)), 20..24);
        // An entity stands in its way: all of the text is meant.
        assert_eq!(visible.in_html(html, &(2..5)), 3..13);
    }
}
