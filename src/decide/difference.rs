//! Two builds side by side: artifacts by their bytes and by what people read, links by their ids.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::manifest::{Entry, Manifest};
use crate::shown::visible_lines;

/// Rows of links.csv by link id; each is the cells by column.
pub type LinkRows = BTreeMap<String, BTreeMap<String, String>>;

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
        side.manifest.artifacts.iter().map(|entry| (entry.id.clone(), entry.clone())).collect()
    };
    let (olds, news) = (index(before), index(after));
    let mut found = Difference { links: links(before.links, after.links), ..Difference::default() };
    let ids: std::collections::BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
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
    let text = match entry.media_type.as_str() {
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

fn hunks(before: &[String], after: &[String]) -> Vec<Hunk> {
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
    let ids: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in ids {
        let columns = match (before.get(id), after.get(id)) {
            (Some(old), Some(new)) => {
                let names: std::collections::BTreeSet<&String> =
                    old.keys().chain(new.keys()).collect();
                let differs = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
                let columns = differs
                    .map(|name| (name.clone(), old.get(name).cloned(), new.get(name).cloned()));
                columns.collect::<Vec<_>>()
            }
            (old, new) => {
                let url = |row: Option<&BTreeMap<String, String>>| row?.get("url").cloned();
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
    }

    #[test]
    fn links_are_told_by_the_columns_that_differ() {
        let row = |url: &str, offer: &str| {
            let pairs = [("url", url), ("offer", offer)];
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        };
        let before = LinkRows::from([("a".into(), row("u", "x")), ("b".into(), row("v", "x"))]);
        let after = LinkRows::from([("a".into(), row("u", "y")), ("c".into(), row("w", "x"))]);
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
