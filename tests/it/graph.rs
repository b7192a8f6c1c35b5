//! `graph`: every tie has a rule and an owner, and its pictures are what they say they are.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sample::sample;
use crate::sandbox::Sandbox;

fn graph(sandbox: &Sandbox, args: &[&str]) -> Value {
    let run = sandbox.run(&[&["graph", "--format", "json"], args].concat()).expect_code(0);
    run.json_lines().remove(0)
}

fn edges(document: &Value) -> BTreeSet<(String, String, String)> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let all = document["edges"].as_array().unwrap().iter();
    all.map(|one| (text(one, "from"), text(one, "to"), text(one, "rule"))).collect()
}

#[test]
fn every_tie_has_a_rule_a_place_and_an_owner() {
    let sandbox = sample();
    let whole = graph(&sandbox, &[]);
    for edge in whole["edges"].as_array().unwrap() {
        for key in ["rule", "place", "owner"] {
            assert!(edge[key].as_str().is_some_and(|text| !text.is_empty()), "no {key}: {edge}");
        }
    }
    let nodes = whole["nodes"].as_array().unwrap();
    let tied: BTreeSet<String> =
        edges(&whole).into_iter().flat_map(|(from, to, _)| [from, to]).collect();
    assert!(nodes.iter().all(|node| tied.contains(node.as_str().unwrap())));
    let tie = |from: &str, to: &str, rule: &str| (from.to_owned(), to.to_owned(), rule.to_owned());
    for wanted in [
        tie("partner:lumen", "offer:lumen-serums", "offers.partner_id"),
        tie("terms:standard-discount", "offer:lumen-serums", "offers.terms_id"),
        tie("offer:lumen-serums", "placement:bf26-digest-s01", "placements.offer_id"),
        tie("placement:bf26-digest-s01", "asset:bf26/digest", "slot"),
        tie("asset:bf26/digest", "channel:email", "assets.channel"),
        tie("placement:bf26-digest-s01", "destination:/bf26/lumen-serums", "links.cta"),
    ] {
        assert!(edges(&whole).contains(&wanted), "{wanted:?} is missing");
    }
    let of = graph(&sandbox, &["--of", "partner:lumen"]);
    let nodes: Vec<&str> =
        of["nodes"].as_array().unwrap().iter().map(|node| node.as_str().unwrap()).collect();
    assert!(nodes.contains(&"asset:bf26/digest") && !nodes.contains(&"partner:ardent"));
    let run = sandbox.run(&["graph", "--of", "partner:lumin"]).expect_code(1);
    assert!(run.stderr.contains("did you mean `partner:lumen`"), "{}", run.text());
}

#[test]
fn the_picture_and_the_language_of_graphviz_hold_what_the_table_holds() {
    let sandbox = sample();
    let whole = graph(&sandbox, &["--of", "partner:lumen"]);
    sandbox.run(&["graph", "--of", "partner:lumen", "--svg", "lumen.svg"]).expect_code(0);
    let svg = sandbox.read("lumen.svg");
    let document = resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
    let named = |name: &'static str| {
        document.descendants().filter(move |node| node.tag_name().name() == name)
    };
    let drawn = edges(&whole).iter().filter(|one| !one.1.starts_with("destination:")).count();
    assert_eq!(named("path").count(), drawn);
    assert!(
        named("title")
            .any(|title| title.text().is_some_and(|text| text.contains("partner-managers")))
    );
    let dot = sandbox.run(&["graph", "--of", "partner:lumen", "--dot"]).expect_code(0).stdout;
    assert_eq!(dot.matches(" -> ").count(), edges(&whole).len());
    // Names of partners are data.
    sandbox.edit("partners/partners.csv", "lumen,Lumen & Bloom,", "lumen,\"<script>\"\"x\",");
    sandbox.run(&["graph", "--svg", "all.svg"]).expect_code(0);
    assert!(!sandbox.read("all.svg").contains("<script"));
}

#[test]
fn a_plan_says_what_the_promotion_grows_by() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let offers = sandbox.read("partners/offers.csv");
    let row = offers.lines().find(|line| line.starts_with("ardent-bath,")).unwrap();
    let new =
        row.replacen("ardent-bath,", "ardent-soak,", 1).replacen("/collections/", "/soak/", 1);
    sandbox.write("partners/offers.csv", format!("{}\n{new}\n", offers.trim_end()));
    let run = sandbox.run(&["plan"]);
    let line = run.stdout.lines().find(|line| line.starts_with("grows")).unwrap_or_default();
    assert!(line.contains("+1 offer") && line.contains("edges"), "{}", run.text());
}
