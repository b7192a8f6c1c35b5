//! What is marked, and what is escaped.

use super::marks::marked;
use super::*;
use crate::decide::Hunk;

#[test]
fn the_words_that_differ_are_marked() {
    let [old, new] = marked("Save 30% & more today", "Save 25% & more now");
    assert_eq!(old, "Save <del>30</del>% &amp; more <del>today</del>");
    assert_eq!(new, "Save <ins>25</ins>% &amp; more <ins>now</ins>");
    assert_eq!(marked("", "é"), [String::new(), "<ins>é</ins>".to_owned()]);
    assert_eq!(marked("a\u{301}b", "a\u{301}b")[0], "a\u{301}b");
}

#[test]
fn data_is_text_wherever_it_stands() {
    let bad = "\"><script>alert(1)</script>'\u{202e}\u{1}&amp;";
    let hunk = Hunk { line: 1, before: vec![bad.to_owned()], after: vec!["good".to_owned()] };
    let difference =
        ArtifactDifference { id: bad.to_owned(), before: None, after: None, text: vec![hunk] };
    let link = LinkDifference {
        id: bad.to_owned(),
        columns: vec![(bad.to_owned(), Some(bad.to_owned()), None)],
    };
    let looks = [Look::Document(bad.to_owned()), Look::Picture(bad.to_owned())];
    let html = comparison_page(&ComparisonPage {
        sides: [(bad.to_owned(), bad.to_owned()), (bad.to_owned(), bad.to_owned())],
        facts: Err(bad),
        links: Some(&[link]),
        remarks: &[bad.to_owned()],
        artifacts: vec![Compared { difference: &difference, looks: &looks }],
        without_look: 1,
        same: 0,
    });
    let mut tokens = crate::markup::Tokens::new(&html);
    while let Some(token) = tokens.advance() {
        assert!(!token.starts("script"), "a script at {:?}", token.range);
        let handler = tokens.attributes().iter().any(|one| one.name.starts_with("on"));
        assert!(!handler);
    }
    assert!(html.contains("srcdoc=\"&quot;><script>alert(1)</script>'"), "{html}");
}
