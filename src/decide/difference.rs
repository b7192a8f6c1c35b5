//! Two builds side by side: artifacts by their bytes and by what people read, links by their ids.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::manifest::{Entry, Manifest};
use crate::shown::visible_lines;

/// Rows of links.csv: there may be a million, so each is one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkRows {
    /// The names of the columns.
    columns: Vec<String>,
    rows: BTreeMap<String, String>,
}

/// Between the cells of a row: no cell can hold it.
const BETWEEN: char = '\u{1f}';

impl LinkRows {
    /// No rows yet, of these columns.
    pub fn new(columns: Vec<String>) -> Self {
        Self { columns, rows: BTreeMap::new() }
    }

    /// Takes in a link's row, cell by cell.
    pub fn add<'c>(&mut self, id: &str, cells: impl IntoIterator<Item = &'c str>) {
        let mut row = String::new();
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                row.push(BETWEEN);
            }
            row.push_str(cell);
        }
        row.shrink_to_fit();
        self.rows.insert(id.to_owned(), row);
    }

    /// The cells of a link by column.
    fn cells(&self, id: &str) -> Option<BTreeMap<&str, &str>> {
        let row = self.rows.get(id)?;
        Some(self.columns.iter().map(String::as_str).zip(row.split(BETWEEN)).collect())
    }
}

/// One of two builds.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// The bytes of an artifact; nothing where they cannot be had.
    pub read: &'a dyn Fn(&Entry) -> Option<Vec<u8>>,
    /// Its links.
    pub links: &'a LinkRows,
}

/// Everything that differs.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Artifacts, in the order of their ids.
    pub artifacts: Vec<ArtifactDifference>,
    /// Links, in the order of their ids.
    pub links: Vec<LinkDifference>,
    /// How many artifacts are the same.
    pub same: usize,
}

/// An artifact that is not the same on both sides.
#[derive(Clone, Debug)]
pub struct ArtifactDifference {
    /// Its id.
    pub id: String,
    /// Its entry before; nothing where it is new.
    pub before: Option<Entry>,
    /// Its entry after; nothing where it is gone.
    pub after: Option<Entry>,
    /// What people read differently; nothing where nobody reads it or it cannot be read.
    pub text: Vec<Hunk>,
}

/// Lines that gave way to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The line before, from 1, in what is read of the artifact.
    pub line: usize,
    /// The lines before.
    pub before: Vec<String>,
    /// The lines after.
    pub after: Vec<String>,
}

/// A link that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDifference {
    /// Its id.
    pub id: String,
    /// It is on both sides, and these columns differ: name, before, after. Of a link that is new or
    /// gone, its URL.
    pub columns: Vec<(String, Option<String>, Option<String>)>,
}

/// Compares two builds.
pub fn differences(before: Side<'_>, after: Side<'_>) -> Difference {
    let index = |side: Side<'_>| -> BTreeMap<String, Entry> {
        side.manifest.artifacts.iter().map(|entry| (entry.id.to_string(), entry.clone())).collect()
    };
    let (olds, news) = (index(before), index(after));
    let mut found = Difference { links: links(before.links, after.links), ..Difference::default() };
    let ids: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
    for id in ids {
        let (old, new) = (olds.get(id), news.get(id));
        if let (Some(old), Some(new)) = (old, new)
            && old.sha256 == new.sha256
        {
            found.same += 1;
            continue;
        }
        let lines = |side: Side<'_>, entry: Option<&Entry>| {
            entry.and_then(|entry| lines_of(entry, (side.read)(entry)?))
        };
        let text = match (lines(before, old), lines(after, new)) {
            (Some(old), Some(new)) => hunks(&old, &new),
            _ => Vec::new(),
        };
        let (before, after) = (old.cloned(), new.cloned());
        found.artifacts.push(ArtifactDifference { id: id.clone(), before, after, text });
    }
    found
}

/// What people read of an artifact, line by line. Of a message file that is its HTML, which is an
/// artifact as well, and of tables of links it is the links.
fn lines_of(entry: &Entry, bytes: Vec<u8>) -> Option<Vec<String>> {
    let table = ["links/", "reporting/", "redirects/"];
    if table.iter().any(|folder| entry.id.starts_with(folder)) {
        return None;
    }
    let text = match entry.kind.media_type.as_str() {
        "text/html" => return Some(visible_lines(std::str::from_utf8(&bytes).ok()?)),
        "application/json" => {
            let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
            serde_json::to_string_pretty(&value).ok()?
        }
        "text/plain" | "text/csv" => String::from_utf8(bytes).ok()?,
        _ => return None,
    };
    Some(text.lines().map(str::to_owned).collect())
}

/// Longer texts that differ throughout are told as one piece: looking for the shortest way from one
/// to the other takes the square of what differs.
const MANY: usize = 4000;

fn hunks(before: &[String], after: &[String]) -> Vec<Hunk> {
    let pairs = || before.iter().zip(after);
    let head = pairs().take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - head;
    let tails = before.iter().rev().zip(after.iter().rev());
    let tail = tails.take(most).take_while(|(a, b)| a == b).count();
    let middle = (head..before.len() - tail, head..after.len() - tail);
    if middle.0.len() + middle.1.len() > MANY {
        let lines = |lines: &[String], range: std::ops::Range<usize>| {
            lines.get(range).unwrap_or_default().to_vec()
        };
        let (old, new) = (lines(before, middle.0), lines(after, middle.1));
        return vec![Hunk { line: head + 1, before: old, after: new }];
    }
    let some = |lines: &[String], range: std::ops::Range<usize>| {
        lines.get(range).unwrap_or_default().to_vec()
    };
    let made = capture_diff_slices(Algorithm::Patience, before, after).into_iter();
    let changed = made.filter(|one| !matches!(one, DiffOp::Equal { .. }));
    let hunk = |one: DiffOp| Hunk {
        line: one.old_range().start + 1,
        before: some(before, one.old_range()),
        after: some(after, one.new_range()),
    };
    changed.map(hunk).collect()
}

fn links(before: &LinkRows, after: &LinkRows) -> Vec<LinkDifference> {
    let mut found = Vec::new();
    let same_columns = before.columns == after.columns;
    let ids: BTreeSet<&String> = before.rows.keys().chain(after.rows.keys()).collect();
    for id in ids {
        if same_columns && before.rows.get(id) == after.rows.get(id) {
            continue;
        }
        let owned = |cell: Option<&&str>| cell.map(|cell| (*cell).to_owned());
        let columns = match (before.cells(id), after.cells(id)) {
            (Some(old), Some(new)) => {
                let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
                let differs = names.into_iter().filter(|name| old.get(name) != new.get(name));
                let columns = differs
                    .map(|name| (name.to_owned(), owned(old.get(name)), owned(new.get(name))));
                columns.collect::<Vec<_>>()
            }
            (old, new) => {
                let url = |row: Option<BTreeMap<&str, &str>>| owned(row.as_ref()?.get("url"));
                vec![("url".to_owned(), url(old), url(new))]
            }
        };
        if !columns.is_empty() {
            found.push(LinkDifference { id: id.clone(), columns });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_that_differ_are_told_with_their_place() {
        let (before, after) = (lines("a\nb\nc\nd\n"), lines("a\nB\nc\nd\ne\n"));
        let found = hunks(&before, &after);
        let hunk = |line, before: &str, after: &str| Hunk {
            line,
            before: lines(before),
            after: lines(after),
        };
        assert_eq!(found, [hunk(2, "b", "B"), hunk(5, "", "e")]);
        assert_eq!(hunks(&before, &before), []);
        // What differs throughout is one piece, between what does not.
        let many = |word: &str| -> Vec<String> {
            let lines = (0..MANY).map(|at| format!("{word} {at}"));
            ["head".to_owned()].into_iter().chain(lines).chain(["tail".to_owned()]).collect()
        };
        let found = hunks(&many("old"), &many("new"));
        assert_eq!((found.len(), found[0].line, found[0].before.len()), (1, 2, MANY));
    }

    #[test]
    fn links_are_told_by_the_columns_that_differ() {
        let rows = |rows: &[(&str, [&str; 2])]| {
            let columns = ["url", "offer"].map(str::to_owned).to_vec();
            let mut made = LinkRows::new(columns);
            for (id, cells) in rows {
                made.add(id, *cells);
            }
            made
        };
        let before = rows(&[("a", ["u", "x"]), ("b", ["v", "x"]), ("d", ["z", "x"])]);
        let after = rows(&[("a", ["u", "y"]), ("c", ["w", "x"]), ("d", ["z", "x"])]);
        let told: Vec<String> = links(&before, &after)
            .into_iter()
            .map(|one| format!("{} {:?}", one.id, one.columns))
            .collect();
        let wanted = [
            r#"a [("offer", Some("x"), Some("y"))]"#,
            r#"b [("url", Some("v"), None)]"#,
            r#"c [("url", None, Some("w"))]"#,
        ];
        assert_eq!(told, wanted);
    }
}
