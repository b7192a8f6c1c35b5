//! What the head of a page must say to search engines and to those who share it.

use super::for_each_element;
use crate::markup::{Attribute, unescape};

/// What is wrong with a page's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadFault {
    /// What it does not say: `og:title`.
    Missing(Vec<&'static str>),
    /// It names another address than its own.
    OtherAddress {
        /// Where: `canonical` or `og:url`.
        name: &'static str,
        /// The address.
        value: String,
    },
    /// It says something twice.
    Twice(&'static str),
    /// Search engines are told nothing, or the wrong thing, for the form's time.
    Robots(Option<String>),
}

/// What a head has to say besides its own address and its robots.
const WANTED: [&str; 4] = ["og:title", "og:type", "og:image", "twitter:card"];

/// Checks the head of a page. `hidden` says that search engines must not list this form.
pub fn check_head(html: &str, url: &str, hidden: bool) -> Vec<HeadFault> {
    let (mut canonical, mut own, mut robots) = (Vec::new(), Vec::new(), Vec::new());
    let mut wanted = [false; WANTED.len()];
    let mut described = false;
    for_each_element(html, &mut |tag, attributes, _| {
        if tag.eq_ignore_ascii_case("link") {
            let canon = |rel: &str| {
                rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("canonical"))
            };
            if value(attributes, "rel").is_some_and(|rel| canon(&rel)) {
                canonical.push(value(attributes, "href").unwrap_or_default());
            }
        } else if tag.eq_ignore_ascii_case("meta") {
            let name = value(attributes, "property").or_else(|| value(attributes, "name"));
            let content = value(attributes, "content").unwrap_or_default();
            let name = name.unwrap_or_default().to_ascii_lowercase();
            match name.as_str() {
                "robots" => robots.push(content),
                "og:url" => own.push(content),
                "description" => described |= !content.trim().is_empty(),
                other => {
                    if let Some(at) = WANTED.iter().position(|one| *one == other) {
                        let filled = !content.trim().is_empty();
                        wanted.get_mut(at).into_iter().for_each(|flag| *flag |= filled);
                    }
                }
            }
        }
    });
    let mut faults = Vec::new();
    let mut missing = Vec::new();
    for (name, found) in [("canonical", &canonical), ("og:url", &own)] {
        match found.as_slice() {
            [] => missing.push(name),
            [one] if one == url => {}
            [one] => faults.push(HeadFault::OtherAddress { name, value: one.clone() }),
            _ => faults.push(HeadFault::Twice(name)),
        }
    }
    let says_no = |content: &String| {
        content.split(',').any(|one| {
            let one = one.trim().to_ascii_lowercase();
            one == "noindex" || one == "none"
        })
    };
    match robots.as_slice() {
        [] if hidden => faults.push(HeadFault::Robots(None)),
        [] => missing.push("robots"),
        [one] if says_no(one) == hidden => {}
        [one] => faults.push(HeadFault::Robots(Some(one.clone()))),
        _ => faults.push(HeadFault::Twice("robots")),
    }
    if !described {
        missing.push("description");
    }
    missing.extend(WANTED.iter().zip(wanted).filter(|(_, there)| !there).map(|(name, _)| *name));
    if !missing.is_empty() {
        faults.push(HeadFault::Missing(missing));
    }
    faults
}

fn value(attributes: &[Attribute<'_>], name: &str) -> Option<String> {
    let found = attributes.iter().find(|one| one.name.eq_ignore_ascii_case(name))?;
    Some(unescape(found.value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://s.example/a";

    fn head(canonical: &str, robots: &str) -> String {
        format!(
            "<head><meta name=description content=d><link rel=canonical href=\"{canonical}\">\
             <meta name=\"robots\" content=\"{robots}\"><meta property=og:url content=\"{URL}\">\
             <meta property=og:title content=t><meta property=og:type content=website>\
             <meta property=og:image content=i><meta name=twitter:card content=summary></head>"
        )
    }

    #[test]
    fn a_whole_head_has_no_fault() {
        assert_eq!(check_head(&head(URL, "noindex"), URL, true), []);
        assert_eq!(check_head(&head(URL, "index, unavailable_after: 2026"), URL, false), []);
    }

    #[test]
    fn what_is_missing_is_named() {
        let all = ["canonical", "og:url", "robots", "description"].into_iter().chain(WANTED);
        let faults = check_head("<p>x</p>", URL, false);
        assert_eq!(faults, [HeadFault::Missing(all.collect())]);
        let title = head(URL, "all").replace("og:title content=t", "og:title content=");
        assert_eq!(check_head(&title, URL, false), [HeadFault::Missing(vec!["og:title"])]);
    }

    #[test]
    fn a_wrong_head_is_an_error_by_itself() {
        let tracked = format!("{URL}?utm_source=x");
        let other = HeadFault::OtherAddress { name: "canonical", value: tracked.clone() };
        assert_eq!(check_head(&head(&tracked, "all"), URL, false), [other]);
        let shown = HeadFault::Robots(Some("all".to_owned()));
        assert_eq!(check_head(&head(URL, "all"), URL, true), [shown]);
        let hidden = HeadFault::Robots(Some("NoIndex, follow".to_owned()));
        assert_eq!(check_head(&head(URL, "NoIndex, follow"), URL, false), [hidden]);
        let twice = head(URL, "all") + &head(URL, "all");
        assert!(check_head(&twice, URL, false).contains(&HeadFault::Twice("canonical")));
    }
}
