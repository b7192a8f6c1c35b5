//! A second language beside the first: what it may change, and what it may not.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cases::lay_down;
use crate::sandbox::Sandbox;

/// Artifacts by id, with their paths, which hold their digests.
fn built(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let artifacts = manifest["artifacts"].as_array().unwrap();
    artifacts.iter().map(|one| (text(one, "id"), text(one, "path"))).collect()
}

/// The workspace with two languages, before there was a second.
fn in_one_language() -> (Sandbox, String) {
    let sandbox = lay_down("ok_locales");
    let brief = sandbox.read("briefs/bf26.md");
    let (one, others) = brief.split_once("# subject @fr-CA").unwrap();
    let kept = others.split_once("# alert.intro").map_or("", |(_, rest)| rest);
    let one = one.replace("locales = [\"en-US\", \"fr-CA\"]\n", "");
    assert!(kept.is_empty() && !one.contains("fr-CA"), "{one}");
    sandbox.write("briefs/bf26.md", one);
    (sandbox, brief)
}

#[test]
fn a_second_language_changes_nothing_of_the_first() {
    let (sandbox, both) = in_one_language();
    let _ = sandbox.run(&["build"]).expect_code(0);
    let (before, lock) = (built(&sandbox), sandbox.read("throughline.lock"));
    let links = sandbox.artifact("links/links.csv");
    sandbox.write("briefs/bf26.md", both);
    let _ = sandbox.run(&["build"]).expect_code(0);
    let after = built(&sandbox);
    for (id, path) in &before {
        // What lists all pages and links lists the new ones, and a page names its other languages.
        let lists = ["links/", "reporting/", "redirects/", "landing/"];
        if lists.iter().any(|begin| id.starts_with(begin)) {
            assert!(after.contains_key(id), "{id} is gone");
        } else {
            assert_eq!(after.get(id), Some(path), "{id}");
        }
    }
    let (lock_after, links_after) =
        (sandbox.read("throughline.lock"), sandbox.artifact("links/links.csv"));
    for (old, new) in [(&lock, &lock_after), (&links, &links_after)] {
        for line in old.lines() {
            assert!(new.lines().any(|one| one == line), "{line} is gone");
        }
    }
    assert!(after.contains_key("email/bf26/digest-fr-ca.html"), "{after:?}");
    assert!(lock_after.contains("bf26.digest.lumen.a.fr-ca.cta"), "{lock_after}");
    let table = sandbox.artifact("reporting/dim_link.csv");
    let of = |link: &str| table.lines().find(|line| line.starts_with(&format!("{link},"))).unwrap();
    assert!(of("bf26.digest.lumen.a.cta").ends_with(",en-US"), "{table}");
    assert!(of("bf26.digest.lumen.a.fr-ca.cta").ends_with(",fr-CA"), "{table}");
    // The page's own head is all that has changed in it.
    let page = sandbox.artifact("landing/en-us/bf26/lumen-serum.html");
    let other = "hreflang=\"fr-CA\" href=\"https://small.example/fr-ca/bf26/lumen-serum\"";
    assert!(page.contains(other), "{page}");
}

/// Ids of a class.
fn of_class(sandbox: &Sandbox, class: &str) -> Vec<String> {
    let run = sandbox.run(&["plan", "--format", "json"]);
    let plan = run.json_lines().into_iter().find(|one| one["schema"].is_string()).unwrap();
    let changes = plan["changes"].as_array().unwrap().iter();
    let of = changes.filter(|one| one["class"] == class);
    let found: Vec<_> = of
        .inspect(|one| {
            assert!(class != "changed" || !one["reasons"].as_array().unwrap().is_empty(), "{one}");
        })
        .collect();
    let shown = found.iter().map(|one| one["id"].as_str().unwrap().to_owned());
    shown.filter(|id| [".html", ".txt"].iter().any(|end| id.ends_with(end))).collect()
}

#[test]
fn a_text_in_one_language_touches_that_language_alone() {
    let french = [
        "email/bf26/digest-fr-ca.html",
        "email/bf26/digest-fr-ca.txt",
        "landing/fr-ca/bf26/lumen-gift.html",
    ];
    let edits = [
        ("partners/offers.csv", "Un pinceau avec chaque", "Un pinceau pour chaque", &french[..]),
        ("briefs/bf26.md", "Trois bonnes choses", "Trois belles choses", &french[..2]),
    ];
    for (path, find, replace, expected) in edits {
        let sandbox = lay_down("ok_locales");
        let _ = sandbox.run(&["build"]).expect_code(0);
        sandbox.edit(path, find, replace);
        assert_eq!(of_class(&sandbox, "changed"), expected, "{path}");
        assert_eq!(of_class(&sandbox, "identical"), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn late_changes_reach_one_language() {
    let sandbox = lay_down("ok_locales");
    let _ = sandbox.run(&["build"]).expect_code(0);
    let swap = [
        "swap",
        "set",
        "offer:lumen-gift",
        "title@fr-ca=Un pinceau en cadeau",
        "--because",
        "the partner wrote it anew",
        "--by",
        "d.ortiz",
        "--at",
        "2026-11-20T10:00:00-05:00",
        "--yes",
    ];
    let _ = sandbox.run(&swap).expect_code(0);
    assert_eq!(of_class(&sandbox, "changed").len(), 3);
    let _ = sandbox.run(&["build"]).expect_code(0);
    assert!(sandbox.artifact("email/bf26/digest-fr-ca.html").contains("Un pinceau en cadeau"));
    assert!(sandbox.artifact("email/bf26/digest.html").contains("A brush with any order"));
}

#[test]
fn a_file_of_a_theme_is_read_by_its_assets_alone() {
    let sandbox = lay_down("ok_theme");
    let _ = sandbox.run(&["build"]).expect_code(0);
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    let used = |id: &str| {
        let mut all = manifest["artifacts"].as_array().unwrap().iter();
        all.find(|one| one["id"] == id).unwrap()["template"].as_str().unwrap().to_owned()
    };
    assert_eq!(used("email/bf26/acme.html"), "brands/acme/email/digest.html");
    assert_eq!(used("email/bf26/acme.txt"), "email/digest.txt");
    assert_eq!(used("email/bf26/digest.html"), "email/digest.html");
    let acme = ["email/bf26/acme.html"];
    sandbox.edit("templates/brands/acme/parts/saving.html", "A saving", "One saving");
    assert_eq!(of_class(&sandbox, "changed"), acme);
    let _ = sandbox.run(&["build"]).expect_code(0);
    // Without its own file the theme takes the common one.
    sandbox.remove("templates/brands/acme/parts/saving.html");
    assert_eq!(of_class(&sandbox, "changed"), acme);
    let _ = sandbox.run(&["build"]).expect_code(0);
    sandbox.write("templates/brands/acme/email/digest.txt", "{{ declared.privacy }}\n");
    assert_eq!(of_class(&sandbox, "changed"), ["email/bf26/acme.txt"]);
}
