//! `explain` of artifacts and of texts in them: the cell, the copy or the swap, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sample::sample;
use crate::sandbox::Sandbox;

const DIGEST: &str = "email/bf26/digest.html";

fn explain(sandbox: &Sandbox, what: &[&str]) -> Value {
    let run = sandbox.run(&[&["explain", "--format", "json"], what].concat()).expect_code(0);
    run.json_lines().remove(0)
}

/// The facts that an answer names.
fn fields(answer: &Value, of: &str) -> BTreeSet<String> {
    let all = answer[of].as_array().unwrap().iter();
    all.filter_map(|one| Some(one["field"].as_str()?.to_owned())).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_text_is_led_back_to_the_facts_without_which_it_is_not_there() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let answer = explain(&sandbox, &[DIGEST, "Winter serums and moisturizers"]);
    assert_eq!(fields(&answer, "from"), set(&["offers:lumen-serums.title"]));
    let first = &answer["from"][0];
    assert_eq!(first["name"], "slots[0].offer.title");
    assert_eq!((&first["file"], &first["line"]), (&"partners/offers.csv".into(), &2.into()));
    assert_eq!(first["owner"], "partner-managers");
    assert!(answer["build"]["path"].as_str().unwrap().starts_with("email/bf26/digest."));
    let others: Vec<&str> =
        answer["others"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(others.contains(&"landing/bf26/lumen-serums.html"), "{others:?}");
    assert!(!others.contains(&"landing/bf26/ardent-bath.html"), "{others:?}");

    // Three offers are of 30 %, and that they are discounts is a fact as well.
    let answer = explain(&sandbox, &[DIGEST, "30%"]);
    let offers = ["lumen-serums", "halcyon-headphones", "fernhill-bedding"];
    let wanted = offers
        .iter()
        .flat_map(|offer| ["mechanic", "value"].map(|column| format!("offers:{offer}.{column}")));
    assert_eq!(fields(&answer, "from"), wanted.collect());
    assert_eq!(answer["places"][0]["count"], 3);

    let answer = explain(&sandbox, &[DIGEST, "Black Friday"]);
    assert_eq!(fields(&answer, "from"), set(&["bf26:copy.eyebrow", "bf26:copy.subject"]));
    let answer = explain(&sandbox, &["landing/bf26/lumen-serums.html", "December 2"]);
    assert!(fields(&answer, "from").contains("offers:lumen-serums.effective_to"), "{answer}");
}

#[test]
fn what_a_swap_said_is_told_with_what_it_replaced() {
    let sandbox = sample();
    let decided = ["--by", "d.ortiz", "--because", "A better line", "--yes"];
    let at = ["--at", "2026-11-20T09:00:00-05:00"];
    let set = ["swap", "set", "lumen-serums", "title=Serums for cold days"];
    sandbox.run(&[&set[..], &decided, &at].concat()).expect_code(0);
    sandbox.run(&["build"]).expect_code(0);
    let answer = explain(&sandbox, &[DIGEST, "Serums for cold days"]);
    let swap = &answer["from"][0]["swap"];
    assert_eq!(swap["by"], "d.ortiz", "{answer}");
    assert_eq!(swap["old"], "Winter serums and moisturizers");
    assert_eq!(swap["replaced"]["file"], "partners/offers.csv");
    let run = sandbox.run(&["explain", DIGEST, "Serums for cold days"]).expect_code(0);
    assert!(run.stdout.contains("was Winter serums and moisturizers"), "{}", run.text());
}

#[test]
fn what_is_typed_is_led_to_its_template_and_what_is_not_there_is_said() {
    let sandbox = sample();
    sandbox.edit(
        "templates/email/digest.html",
        "{% for s in slots %}",
        "<p>Typed by Ann</p>{% for s in slots %}",
    );
    sandbox.run(&["build"]).expect_code(0);
    let answer = explain(&sandbox, &[DIGEST, "Typed by Ann"]);
    assert_eq!(fields(&answer, "from"), BTreeSet::new());
    let typed = answer["typed"][0].as_str().unwrap();
    assert!(typed.starts_with("templates/email/digest.html:"), "{typed}");
    let run = sandbox.run(&["explain", DIGEST, "nobody wrote this"]).expect_code(1);
    assert!(run.stdout.contains("is not in it"), "{}", run.text());
    let run = sandbox.run(&["explain", "email/bf26/digest.htm", "x"]).expect_code(1);
    assert!(run.stderr.contains("did you mean `email/bf26/digest.html`?"), "{}", run.text());
}

/// The same text for those who hover or hear a picture must not hide where the seen one comes from.
#[test]
fn a_text_that_also_stands_in_an_attribute_is_still_led_back() {
    let sandbox = sample();
    let title = "Winter serums and moisturizers";
    sandbox.edit(
        "templates/email/digest.html",
        "{% for s in slots %}",
        &format!("<p title=\"{title}\">Hello</p>{{% for s in slots %}}"),
    );
    sandbox.run(&["build"]).expect_code(0);
    let answer = explain(&sandbox, &[DIGEST, title]);
    assert_eq!(fields(&answer, "from"), set(&["offers:lumen-serums.title"]), "{answer}");
    // What stands in an attribute alone is found there.
    let answer = explain(&sandbox, &[DIGEST, "Wrapped presents on a shelf"]);
    assert_eq!(answer["places"].as_array().unwrap().len(), 1, "{answer}");
}

#[test]
fn an_artifact_is_found_by_its_file_and_lists_what_it_can_show() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let files = sandbox.output_files();
    let page = files.iter().find(|path| path.contains("landing/bf26/lumen-serums.")).unwrap();
    let answer = explain(&sandbox, &[&format!("output/{page}")]);
    assert_eq!(answer["id"], "landing/bf26/lumen-serums.html");
    let facts = fields(&answer, "facts");
    for fact in ["offers:lumen-serums.value", "partners:lumen.name", "terms:standard-discount.text"]
    {
        assert!(facts.contains(fact), "{fact} is not among {facts:?}");
    }
    assert!(!facts.iter().any(|fact| fact.contains("ardent")), "{facts:?}");
    // A sheet has no template.
    let sheet = files.iter().find(|path| path.starts_with("sheet/"));
    let sheet = sheet.expect("the sample has a sheet");
    let id = explain(&sandbox, &[sheet])["id"].as_str().unwrap().to_owned();
    let text = sandbox.artifact(&id);
    let row = text.lines().nth(1).unwrap().split(',').next().unwrap().trim_matches('"').to_owned();
    let answer = explain(&sandbox, &[&id, &row]);
    assert!(answer["places"][0]["count"].as_u64().unwrap() > 0, "{answer}");
}
