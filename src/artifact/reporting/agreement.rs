//! What artifacts and redirects use and what `dim_link` calls live are the same links.

use std::collections::BTreeSet;

use super::row::{LinkRow, Status};
use crate::link::Link;

/// The live rows as they were written.
#[derive(Debug, Default)]
pub(super) struct LiveRows {
    ids: Vec<String>,
    codes: Vec<String>,
}

impl LiveRows {
    pub(super) fn add(&mut self, rows: &[LinkRow<'_>]) {
        for row in rows.iter().filter(|row| row.status == Status::Live.name()) {
            self.ids.push(row.link_id.to_string());
            self.codes.push(row.short_code.to_string());
        }
    }

    /// Where the rows and the links in use differ, which they never do.
    pub(super) fn disagreement(&self, live: &[&Link]) -> Option<String> {
        let links = |part: fn(&Link) -> &str| live.iter().map(|link| part(link)).collect();
        differs("link", links(|link| &link.id), &self.ids)
            .or_else(|| differs("short code", links(|link| &link.short_code), &self.codes))
    }
}

fn differs(what: &str, used: Vec<&str>, rows: &[String]) -> Option<String> {
    let described: BTreeSet<&str> = rows.iter().map(String::as_str).collect();
    let number = used.len();
    let used: BTreeSet<&str> = used.into_iter().collect();
    if let Some(missing) = used.difference(&described).next() {
        return Some(format!("the {what} `{missing}` is in use and has no live row in dim_link"));
    }
    if let Some(unused) = described.difference(&used).next() {
        return Some(format!("the {what} `{unused}` is live in dim_link and in no artifact"));
    }
    let twice = described.len() != rows.len() || used.len() != number;
    twice.then(|| format!("a {what} has two live rows in dim_link"))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn differences_are_found_both_ways() {
        let rows = |ids: &[&str]| -> Vec<String> { ids.iter().map(|id| (*id).into()).collect() };
        let found = |used: &[&str], ids: &[&str]| differs("link", used.to_vec(), &rows(ids));
        assert_eq!(found(&["a", "b"], &["b", "a"]), None);
        assert!(found(&["a", "b"], &["a"]).unwrap().contains("`b` is in use"));
        assert!(found(&["a"], &["a", "b"]).unwrap().contains("`b` is live"));
        assert!(found(&["a"], &["a", "a"]).unwrap().contains("two live rows"));
    }
}
