//! What artifacts and redirects use and what `dim_link` calls live are the same links.

use rayon::prelude::*;

use super::row::{LinkRow, Status};
use crate::artifact::LiveLink;

/// Holds the live rows of a part, as they are written, against the links in use that belong there.
/// Both are sorted by link.
#[derive(Debug)]
pub(super) struct LiveRows<'a> {
    used: &'a [LiveLink<'a>],
    /// How many of them had their row.
    met: usize,
    disagreement: Option<String>,
}

impl<'a> LiveRows<'a> {
    pub(super) fn new(used: &'a [LiveLink<'a>]) -> Self {
        Self { used, met: 0, disagreement: None }
    }

    pub(super) fn check(&mut self, row: &LinkRow<'_>) {
        if row.status != Status::Live.name() {
            return;
        }
        let link = self.used.get(self.met);
        let is_other =
            |link: &LiveLink<'_>| link.id() != row.link_id || link.short_code() != row.short_code;
        if self.disagreement.is_none() && link.is_none_or(is_other) {
            self.disagreement = Some(differs(link.copied(), row));
        }
        self.met += 1;
    }

    /// Where the rows and the links in use differ, which they never do.
    pub(super) fn disagreement(self) -> Option<String> {
        let missing = || {
            let link = self.used.get(self.met)?;
            Some(format!("the link `{}` is in use and has no live row in dim_link", link.id()))
        };
        self.disagreement.clone().or_else(missing)
    }
}

fn differs(link: Option<LiveLink<'_>>, row: &LinkRow<'_>) -> String {
    let (id, code) = (&row.link_id, &row.short_code);
    match link {
        Some(link) if link.id() == *id => {
            format!(
                "the link `{id}` has the code `{}`, and `{code}` in dim_link",
                link.short_code()
            )
        }
        Some(link) if link.id() < id.as_ref() => {
            format!("the link `{}` is in use and has no live row in dim_link", link.id())
        }
        _ => format!("the link `{id}` is live in dim_link and in no artifact, or twice"),
    }
}

/// Two links in use that have one id or one short code, which none ever do.
pub(super) fn used_twice(used: &[LiveLink<'_>]) -> Option<String> {
    twice("link", used, LiveLink::id).or_else(|| twice("short code", used, LiveLink::short_code))
}

/// Two links in use with the same name.
fn twice<'a>(
    what: &str,
    used: &[LiveLink<'a>],
    name: fn(LiveLink<'a>) -> &'a str,
) -> Option<String> {
    let mut names: Vec<&str> = used.iter().map(|link| name(*link)).collect();
    names.par_sort_unstable();
    let (twice, _) = names.iter().zip(names.iter().skip(1)).find(|(a, b)| a == b)?;
    Some(format!("the {what} `{twice}` has two live rows in dim_link"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Details, Link, MadeLink, ShortUrls};

    fn link(id: &str, code: &str) -> Link {
        Link { id: id.into(), short_code: code.into(), ..Link::default() }
    }

    fn found(used: &[(&str, &str)], rows: &[(&str, &str)]) -> Option<String> {
        let links: Vec<Link> = used.iter().map(|(id, code)| link(id, code)).collect();
        let (details, short_urls) = (&Details::default(), &ShortUrls::default());
        let made = links.iter().map(|link| MadeLink { link, details, short_urls });
        let used: Vec<LiveLink<'_>> = made.map(LiveLink::Made).collect();
        let mut live = LiveRows::new(&used);
        let row = |(id, code): &(&str, &str)| LinkRow {
            link_id: (*id).to_owned().into(),
            short_code: (*code).to_owned().into(),
            status: Status::Live.name().into(),
            ..LinkRow::default()
        };
        for one in rows {
            live.check(&row(one));
        }
        live.disagreement().or_else(|| used_twice(&used))
    }

    #[test]
    fn differences_are_found_both_ways() {
        let (a, b) = (("a", "x"), ("b", "y"));
        assert_eq!(found(&[a, b], &[a, b]), None);
        assert_eq!(found(&[], &[]), None);
        assert!(found(&[a, b], &[a]).unwrap().contains("`b` is in use"));
        assert!(found(&[a, b], &[b]).unwrap().contains("`a` is in use"));
        assert!(found(&[a], &[a, b]).unwrap().contains("`b` is live"));
        assert!(found(&[a], &[a, a]).unwrap().contains("`a` is live"));
        assert!(found(&[a], &[("a", "z")]).unwrap().contains("has the code `x`, and `z`"));
        assert!(found(&[a, ("b", "x")], &[a, ("b", "x")]).unwrap().contains("two live rows"));
    }
}
