//! Many paths in one text, in order: a list of texts would have a piece of memory for each.

use std::ops::Range;

use rayon::prelude::*;

/// Paths, sorted.
#[derive(Debug, Default)]
pub(super) struct Paths {
    text: String,
    /// Where each is in the text.
    ranges: Vec<Range<u32>>,
}

impl Paths {
    /// Adds a path; nothing where all of them are longer than can be told apart, which is 4 GiB.
    pub(super) fn push(&mut self, path: &str) -> Option<()> {
        let start = u32::try_from(self.text.len()).ok()?;
        let end = u32::try_from(self.text.len().checked_add(path.len())?).ok()?;
        self.text.push_str(path);
        self.ranges.push(start..end);
        Some(())
    }

    /// Brings them into order; until then they are in that in which they came.
    pub(super) fn sort(&mut self) {
        let Self { text, ranges } = self;
        ranges.par_sort_unstable_by(|a, b| path_at(text, a).cmp(path_at(text, b)));
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|range| path_at(&self.text, range))
    }

    /// All of them, on all threads.
    pub(super) fn par_iter(&self) -> impl IndexedParallelIterator<Item = &str> {
        self.ranges.par_iter().map(|range| path_at(&self.text, range))
    }

    /// Those that are not before a path, given all in order.
    pub(super) fn from(&self, path: &str) -> impl Iterator<Item = &str> {
        let start = self.ranges.partition_point(|range| path_at(&self.text, range) < path);
        let rest = self.ranges.get(start..).unwrap_or_default();
        rest.iter().map(|range| path_at(&self.text, range))
    }
}

fn path_at<'t>(text: &'t str, range: &Range<u32>) -> &'t str {
    text.get(range.start as usize..range.end as usize).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_in_order() {
        let mut paths = Paths::default();
        for path in ["b/é.html", "a", "", "b/a", "B"] {
            paths.push(path).expect("few");
        }
        paths.sort();
        let sorted = ["", "B", "a", "b/a", "b/é.html"];
        assert_eq!(paths.iter().collect::<Vec<_>>(), sorted);
        assert_eq!(paths.par_iter().collect::<Vec<_>>(), sorted);
        assert_eq!(paths.from("a").collect::<Vec<_>>(), ["a", "b/a", "b/é.html"]);
        assert_eq!(paths.from("b/").next(), Some("b/a"));
        assert_eq!(paths.from("c").next(), None);
    }
}
