//! docs/errors.md is made from the codes and from what the cases print. `make bless` writes it anew.

use std::fmt::Write;
use std::fs;

use throughline::diag::{Code, Reach};

use crate::cases::example_of;
use crate::sample::repository;
use crate::sandbox::Sandbox;

const HEAD: &str = "# Diagnostics

Every finding has a code. `throughline explain TL0217` prints its chapter of this page.

An error holds back as little as it can: the row it stands in with that row's placements, the
artifact it was found in, or, where nothing smaller can be blamed, the whole build. Warnings hold
back nothing. Notes say what was read in another form than it was written in; `check
--show-normalised` lists them.
";

fn reach(code: Code) -> &'static str {
    match code.reach() {
        Reach::Build => "As an error it holds back the whole build.",
        Reach::Row => "As an error it holds back the row and its placements.",
        Reach::Artifact => "As an error it holds back the artifact.",
    }
}

/// Without the blanks that terminals do not show and editors complain of.
fn trimmed(text: &str) -> String {
    text.lines().fold(String::new(), |page, line| page + line.trim_end() + "\n")
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL.iter().copied() {
        let (id, name) = (code.id(), code.name());
        write!(page, "\n## {id} {name}\n\n{}\n\n{}\n\n", code.why(), code.fix()).unwrap();
        writeln!(page, "{}", reach(code)).unwrap();
        if let Some(example) = example_of(code) {
            write!(page, "\n```text\n{}```\n", trimmed(&example)).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_errors_is_as_the_codes_and_the_cases_say() {
    let path = repository().join("docs/errors.md");
    let page = page();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert!(written == page, "docs/errors.md is behind: `make bless` writes it anew");
}

#[test]
fn explain_prints_the_chapter_of_the_page() {
    let sandbox = Sandbox::new();
    let page = fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    for code in Code::ALL {
        let chapter = page.split("\n## ").find(|one| one.starts_with(code.id())).unwrap();
        assert!(chapter.contains("```text"), "{} has no example", code.id());
        let said = sandbox.run(&["explain", code.id()]).expect_code(0).stdout;
        assert_eq!(said.trim_end(), chapter.trim_end());
    }
}
