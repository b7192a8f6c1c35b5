//! A million links get a million codes.
//!
//! `THROUGHLINE_ROUNDS` is how many links there are.

use std::collections::BTreeSet;

use throughline::diag::Diagnostics;
use throughline::link::{Link, Links, Recording, check_code, mint, propose, register};
use throughline::load::load;
use throughline::resolve::{Facts, resolve};
use throughline::source::{Documents, read_documents};

use crate::cases::lay_down;
use crate::random::number;
use crate::sandbox::Sandbox;

const LINKS: u64 = 200_000;

struct Workspace {
    documents: Documents,
    facts: Facts,
    links: Links,
}

fn read_workspace(sandbox: &Sandbox) -> Workspace {
    let mut diagnostics = Diagnostics::new();
    let inputs = load(sandbox.root(), &mut diagnostics);
    let workspace = inputs.workspace.unwrap();
    let mut documents = read_documents(workspace, &inputs.sources, &mut diagnostics);
    let facts = resolve(&mut documents, &inputs.sources, None, &mut diagnostics);
    let links = mint(&documents, &facts, &mut diagnostics);
    assert!(diagnostics.iter().next().is_none(), "{diagnostics:?}");
    Workspace { documents, facts, links }
}

/// The first link of a workspace under many ids.
fn many(workspace: &Workspace, ids: impl Iterator<Item = String>) -> Links {
    let Workspace { documents, facts, links } = workspace;
    let first = links.made(documents, facts).get(0).unwrap();
    let placed = |id: String| {
        let link = Link { id: id.into(), ..first.link.clone() };
        (link, first.details.clone())
    };
    Links::from_made(ids.map(placed), links.short_urls.clone())
}

fn id(offer: u64) -> String {
    format!("bf26.digest.offer-{offer}.a.cta")
}

fn codes(links: &Links) -> BTreeSet<&str> {
    links.links.iter().map(|link| link.short_code.as_str()).collect()
}

#[test]
fn no_two_of_a_million_links_share_a_code() {
    let count = number("THROUGHLINE_ROUNDS", LINKS);
    let sandbox = lay_down("ok_small");
    let workspace = read_workspace(&sandbox);
    let mut links = many(&workspace, (0..count).map(id));
    let mut diagnostics = Diagnostics::new();
    let minting = register(
        &workspace.documents,
        &workspace.facts,
        &mut links,
        Recording::Allowed(&|| jiff::Timestamp::UNIX_EPOCH),
        &mut diagnostics,
    );
    assert!(diagnostics.iter().next().is_none(), "{diagnostics:?}");
    assert_eq!(minting.new.len() as u64, count);
    let codes = codes(&links);
    assert_eq!(codes.len() as u64, count);
    assert!(codes.iter().all(|code| check_code(code)));
    let clashes = CLASHES.iter().filter(|(_, other)| *other < count).count();
    let longer = codes.iter().filter(|code| code.len() > 9).count();
    // Beyond a million there may be others.
    assert!(longer == clashes || count > 1_000_000, "{longer} codes are longer");
    for link in &links.links {
        assert_eq!(
            links.short_urls.url(&link.short_code),
            format!("https://sml.example/{}", link.short_code)
        );
    }
}

/// Numbers of offers whose links are proposed the same code, found by trying three million.
const CLASHES: [(u64, u64); 4] =
    [(305_168, 609_282), (290_463, 700_553), (222_075, 988_982), (45_930, 1_518_356)];

#[test]
fn of_two_links_that_want_one_code_the_second_gets_a_longer_one() {
    let sandbox = lay_down("ok_small");
    let workspace = read_workspace(&sandbox);
    let mut numbers: Vec<u64> = CLASHES.iter().flat_map(|(a, b)| [*a, *b]).collect();
    for _ in 0..2 {
        // In whichever order the rows come.
        numbers.reverse();
        let mut links = many(&workspace, numbers.iter().map(|number| id(*number)));
        let mut diagnostics = Diagnostics::new();
        register(
            &workspace.documents,
            &workspace.facts,
            &mut links,
            Recording::Allowed(&|| jiff::Timestamp::UNIX_EPOCH),
            &mut diagnostics,
        );
        let code = |number: u64| {
            let mut all = links.links.iter();
            all.find(|link| link.id == id(number).as_str()).unwrap().short_code.to_string()
        };
        for (one, other) in CLASHES {
            assert_eq!(propose(&id(one), 0), propose(&id(other), 0));
            let (first, second) = if id(one) < id(other) { (one, other) } else { (other, one) };
            assert_eq!(code(first), propose(&id(first), 0));
            assert_eq!(code(second), propose(&id(second), 1));
            assert!(check_code(&code(second)));
        }
    }
}
