//! Two placements never share a tracked URL: random workspaces are refused, or tell theirs apart.
//!
//! `THROUGHLINE_WORKSPACES` is how many there are.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cases::lay_down;
use crate::random::{Random, number};
use crate::sandbox::Sandbox;

const WORKSPACES: u64 = 40;

const CONTENTS: [&str; 7] = [
    "{asset.id}.{slot}.{offer.id}.{variant}",
    "{asset.id}.{offer.id}.{variant}",
    "{asset.id}.{offer.id}",
    "{offer.id}",
    "{slot}",
    "{partner.id}",
    "{offer.mechanic}",
];

const TERMS: [&str; 4] = ["{placement.id}", "{link.role}", "{partner.category}", "{variant}"];

const PATHS: [&str; 5] = ["/", "/sale", "/sale?a=1", "/sale?a=1&", "/sale#top"];

const TARGETS: [&str; 3] = ["landing", "partner", "landing#terms"];

/// A promotion with many placements that are nearly the same.
fn workspace(random: &mut Random) -> Sandbox {
    let sandbox = lay_down("ok_small");
    sandbox.remove("partners/bundles.csv");
    sandbox.edit("throughline.toml", "[tables.bundles]\nowner = \"partner-managers\"\n\n", "");
    let mut offers = String::from(
        "offer_id,partner_id,mechanic,title,terms_id,landing_path,effective_from,effective_to\n",
    );
    let count = 4 + random.below(5);
    for number in 0..count {
        let partner = random.one_of(&["hearth", "lumen", "northfell"]);
        let path = random.one_of(&PATHS);
        let mechanic = random.one_of(&["gift", "bogo"]);
        writeln!(
            offers,
            "offer-{number},{partner},{mechanic},Offer {number},standard,{path},2026-11-01T00:00,\
             2026-12-31T23:59"
        )
        .unwrap();
    }
    sandbox.write("partners/offers.csv", offers);
    let mut placements = String::from("placement_id,campaign_id,asset_id,slot,offer_id,variant\n");
    for slot in 1..=3 {
        let (offer, variant) = (random.below(count), random.one_of(&["a", "b"]));
        writeln!(placements, "p{slot},bf26,digest,s0{slot},offer-{offer},{variant}").unwrap();
    }
    sandbox.write("partners/placements.csv", placements);
    for channel in ["email", "landing", "sms"] {
        let path = format!("rules/channels/{channel}.toml");
        let text = sandbox.read(&path);
        let line = text.lines().find(|line| line.starts_with("utm_content")).unwrap();
        let content = random.one_of(&CONTENTS);
        let mut params = format!("utm_content = \"{content}\"");
        if random.once_in(2) {
            write!(params, "\nutm_term = \"{}\"", random.one_of(&TERMS)).unwrap();
        }
        let mut text = text.replace(line, &params);
        if channel != "landing" {
            let target = random.one_of(&TARGETS);
            text = text.replacen("to = \"landing\"", &format!("to = \"{target}\""), 1);
        }
        sandbox.write(&path, text.split("[limits]").next().unwrap());
    }
    sandbox.edit("briefs/bf26.md", "pick = { mechanic = [\"pct_off\"] }", "");
    sandbox
}

#[test]
fn no_two_placements_share_a_url() {
    let mut random = Random::new(3);
    let (mut told, mut apart) = (0, 0);
    for _ in 0..number("THROUGHLINE_WORKSPACES", WORKSPACES) {
        let sandbox = workspace(&mut random);
        let run = sandbox.run(&["build", "--format", "json"]);
        let lines = run.stderr.lines().chain(run.stdout.lines());
        let findings = lines.filter_map(|line| serde_json::from_str(line).ok());
        let codes: Vec<String> = findings
            .filter(|one: &serde_json::Value| one["severity"] == "error")
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        if run.code != 0 {
            assert!(codes.iter().any(|code| code == "indistinct-links"), "{}", run.text());
            told += 1;
            continue;
        }
        apart += 1;
        let table = sandbox.artifact("links/links.csv");
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for row in reader.records().map(Result::unwrap) {
            let placement = row[0].rsplit_once('.').unwrap().0.to_owned();
            let other = seen.insert(row[11].to_owned(), placement.clone());
            assert!(other.is_none_or(|other| other == placement), "{}", &row[11]);
        }
    }
    assert!(told > 0 && apart > 0, "{told} were refused, {apart} were not");
}
