//! `diff`: what people read otherwise, which links, because of which facts.

use serde_json::Value;

use crate::sample::sample;
use crate::sandbox::Sandbox;

fn diff(sandbox: &Sandbox, args: &[&str]) -> Value {
    let run = sandbox.run(&[&["diff", "--format", "json"], args].concat()).expect_code(0);
    run.json_lines().into_iter().find(|one| one["kind"] == "diff").unwrap()
}

fn artifact<'d>(document: &'d Value, id: &str) -> &'d Value {
    let mut all = document["artifacts"].as_array().unwrap().iter();
    all.find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} is not in {document}"))
}

/// A late change, seen before it is built and after.
#[test]
fn a_value_is_seen_in_texts_facts_and_artifacts_before_and_after_the_build() {
    let sandbox = sample();
    sandbox.run(&["build", "--output", "yesterday"]).expect_code(0);
    sandbox.run(&["build"]).expect_code(0);
    let same = diff(&sandbox, &[]);
    assert_eq!(same["artifacts"].as_array().unwrap().len(), 0, "{same}");
    assert_eq!((&same["links"], &same["facts"]), (&Value::Array(vec![]), &Value::Array(vec![])));

    sandbox.edit(
        "partners/offers.csv",
        "lumen-serums,lumen,,pct_off,30,",
        "lumen-serums,lumen,,pct_off,25,",
    );
    let now = diff(&sandbox, &[]);
    let facts = now["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 1, "{now}");
    assert_eq!(
        (&facts[0]["field"], &facts[0]["old"]),
        (&"offers:lumen-serums.value".into(), &"30".into())
    );
    let mail = artifact(&now, "email/bf26/digest.html");
    assert_eq!(mail["class"], "changed");
    let hunks = mail["text"].as_array().unwrap();
    assert_eq!(hunks.len(), 1, "{mail}");
    let lines = |key: &str| hunks[0][key].as_array().unwrap()[0].as_str().unwrap().to_owned();
    assert!(lines("before").contains("30%") && lines("after").contains("25%"), "{mail}");
    assert!(now["links"].as_array().unwrap().is_empty(), "a link does not name a value: {now}");
    // Pictures are told by their bytes.
    assert!(now["artifacts"].as_array().unwrap().iter().any(|one| {
        one["id"].as_str().unwrap().starts_with("image/")
            && one["text"].as_array().unwrap().is_empty()
    }));

    sandbox.run(&["build"]).expect_code(0);
    let built = diff(&sandbox, &["yesterday", "output"]);
    assert_eq!(built["artifacts"], now["artifacts"]);
    assert_eq!(built["facts"], now["facts"]);
    assert_eq!(built["after"], crate::sample::manifest(&sandbox, "output")["root"]["hash"]);
    let only = diff(&sandbox, &["yesterday", "output", "--only", "email/"]);
    let only = only["artifacts"].as_array().unwrap();
    assert!(!only.is_empty());
    assert!(only.iter().all(|one| one["id"].as_str().unwrap().starts_with("email/")));
}

#[test]
fn another_offer_in_a_slot_changes_links_by_their_columns() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit("partners/placements.csv", "s01,lumen-serums,", "s01,lumen-glow-gift,");
    let run = sandbox.run(&["diff"]).expect_code(0);
    for line in [
        "link      bf26-digest-s01.cta",
        "  - offer lumen-serums",
        "  + offer lumen-glow-gift",
        "fact      bf26/digest/s01",
        "changed   email/bf26/digest.html",
    ] {
        assert!(run.stdout.contains(line), "`{line}` is not in\n{}", run.text());
    }
}

/// Mails and pages stand side by side, and the page needs nothing but what is beside it.
#[test]
fn a_page_shows_both_builds_side_by_side() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit(
        "partners/offers.csv",
        "lumen-serums,lumen,,pct_off,30,",
        "lumen-serums,lumen,,pct_off,25,",
    );
    sandbox.edit("partners/placements.csv", "s01,lumen-serums,", "s01,lumen-glow-gift,");
    let run = sandbox.run(&["diff", "--html", "review/late one.html"]).expect_code(0);
    assert!(run.stderr.contains("wrote review/late one.html"), "{}", run.text());
    let html = sandbox.read("review/late one.html");
    for wanted in [
        "<th scope=\"row\">offers:lumen-serums.value</th><td><del>30</del></td><td><ins>25</ins></td>",
        "title=\"email/bf26/digest.html: before\"",
        "title=\"email/bf26/digest.html: after\"",
        ">bf26-digest-s01.cta</th>",
        "<span class=\"changed\">~ changed</span>",
        "<del>30</del>% off",
    ] {
        assert!(html.contains(wanted), "`{wanted}` is not in the page");
    }
    let frames = html.matches("<iframe").count();
    assert_eq!(frames, html.matches("sandbox=\"allow-same-origin\"").count());
    // Data blocks of pages stand in their frames, where nothing runs.
    let own = html.split("srcdoc=\"").enumerate();
    let own = own.map(|(at, part)| if at == 0 { part } else { part.split_once('"').unwrap().1 });
    assert!(!own.collect::<String>().contains("<script") && !html.contains("allow-scripts"));
    assert!(frames >= 4, "{frames} frames");
    // Pictures of both sides are there, also those inside of frames.
    let mut pictures = 0;
    for part in html.split("late%20one.files/").skip(1) {
        let end = part.find(['"', '&', ')', ' ']).unwrap();
        let path = part[..end].replace("%20", " ");
        assert!(sandbox.path(&format!("review/late one.files/{path}")).is_file(), "{path}");
        pictures += 1;
    }
    assert!(pictures > 10, "{pictures} pictures");
    assert!(!html.contains("src=&quot;https:"), "a picture of the network is left");
    sandbox.run(&["diff", "--html", "again.html"]).expect_code(0);
    let same = |text: &str| text.replace("late%20one.files", "again.files");
    assert_eq!(sandbox.read("again.html"), same(&html));
    sandbox.run(&["diff", "--html", "output/x.html"]).expect_code(5);
    // Two folders, one of them from before.
    sandbox.run(&["build", "--output", "now"]).expect_code(0);
    sandbox.run(&["diff", "output", "now", "--html", "two.html"]).expect_code(0);
    assert!(sandbox.read("two.html").contains("title=\"email/bf26/digest.html: after\""));
}

#[test]
fn a_folder_without_a_build_is_said() {
    let sandbox = sample();
    let run = sandbox.run(&["diff"]).expect_code(5);
    let said = "there is no output: a build is named by its folder";
    assert!(
        run.stderr.contains(said) && run.stderr.contains("throughline build"),
        "{}",
        run.text()
    );
}
