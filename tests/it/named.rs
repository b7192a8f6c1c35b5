//! Builds by their names: releases by number, root and being live, plans, folders; for `diff`,
//! `plan --against`, `status` and `receipt`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use throughline::manifest::{Entry, EntryKind, Manifest, Names};
use throughline::model::Digest;
use throughline::store::FolderStore;

use crate::cases::lay_down;
use crate::published::{Build, must_publish};
use crate::releases::{built, rebuild};
use crate::s3::{BUCKET, S3Server, environment};
use crate::sandbox::Sandbox;

const PRODUCTION: &str = "releases/env/production";

/// Three releases of the small workspace, which differ in the legal text. Their roots.
fn three() -> (Sandbox, Vec<String>) {
    let sandbox = built();
    let mut roots = Vec::new();
    for version in 1..=3 {
        rebuild(&sandbox, version);
        sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
        roots.push(root_of(&sandbox, "output/manifest.json"));
    }
    (sandbox, roots)
}

fn root_of(sandbox: &Sandbox, manifest: &str) -> String {
    let manifest: Value = serde_json::from_str(&sandbox.read(manifest)).unwrap();
    manifest["root"]["hash"].as_str().unwrap().to_owned()
}

/// Artifacts by id, with their digests, as a manifest has them.
fn artifacts(sandbox: &Sandbox, manifest: &str) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(&sandbox.read(manifest)).unwrap();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let all = manifest["artifacts"].as_array().unwrap().iter();
    all.map(|one| (text(one, "id"), text(one, "sha256"))).collect()
}

/// The ids that differ between two manifests, by what becomes of them.
fn changes(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let class = |id: &String| match (old.get(id), new.get(id)) {
        (None, _) => Some("added"),
        (_, None) => Some("removed"),
        (old, new) => (old != new).then_some("changed"),
    };
    ids.into_iter().filter_map(|id| Some((id.clone(), class(id)?.to_owned()))).collect()
}

#[track_caller]
fn document(sandbox: &Sandbox, args: &[&str]) -> Value {
    let run = sandbox.run(&[args, &["--format", "json"]].concat()).expect_code(0);
    let mut found = run.json_lines().into_iter();
    found.rfind(|one| one["code"].is_null()).unwrap_or_else(|| panic!("{}", run.text()))
}

/// What `diff` or `plan` says becomes of what.
fn told(document: &Value) -> BTreeMap<String, String> {
    let all = document.get("artifacts").or_else(|| document.get("changes")).unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let effects = ["changed", "added", "removed"];
    let all = all.as_array().unwrap().iter();
    let all = all.map(|one| (text(one, "id"), text(one, "class")));
    all.filter(|(_, class)| effects.contains(&class.as_str())).collect()
}

#[test]
fn releases_are_compared_by_number_by_root_and_by_being_live() {
    let (sandbox, roots) = three();
    let by_number = document(&sandbox, &["diff", "1", "2"]);
    let of = |root: &str| artifacts(&sandbox, &format!("releases/{root}/manifest.json"));
    assert_eq!(told(&by_number), changes(&of(&roots[0]), &of(&roots[1])));
    assert!(told(&by_number).len() > 2, "{by_number}");
    assert_eq!(by_number["before"], roots[0].as_str());
    assert_eq!(by_number["after"], roots[1].as_str());
    assert_eq!(by_number["before_name"], "release 1 of production in releases");
    // What they were built from is kept, so facts are told.
    let facts = by_number["facts"].as_array().unwrap();
    assert!(facts.len() == 1 && facts[0]["file"] == "legal/standard.md", "{by_number}");
    let mail = by_number["artifacts"].as_array().unwrap().iter();
    let mail = mail.clone().find(|one| one["id"] == "landing/bf26/lumen-gift.html").unwrap();
    let text = mail["text"].to_string();
    assert!(text.contains("Version 1.") && text.contains("Version 2."), "{text}");
    assert_eq!(by_number["unread"], serde_json::json!([]));
    for [one, two] in [
        [roots[0][..8].to_owned(), roots[1][..12].to_owned()],
        [roots[0].to_uppercase(), roots[1].clone()],
        ["release:1".to_owned(), format!("release:{}", &roots[1][..8])],
    ] {
        assert_eq!(document(&sandbox, &["diff", &one, &two]), by_number, "{one} {two}");
    }
    let live = document(&sandbox, &["diff", "live", "output"]);
    assert_eq!((told(&live).len(), &live["before"]), (0, &roots[2].as_str().into()));
    assert_eq!(live["before_name"], "release 3 of production in releases, which is live");
    // One release, and what a build would make now.
    rebuild(&sandbox, 1);
    assert_eq!(told(&document(&sandbox, &["diff", "1"])).len(), 0);
    assert_eq!(told(&document(&sandbox, &["diff", "2"])).len(), told(&by_number).len());
    // A rollback is live under its own number, and its root means the last of the two.
    let back = ["rollback", "2", "--because", "x", "--by", "y", "--accept"];
    sandbox.run(&back).expect_code(0);
    let named = document(&sandbox, &["diff", &roots[1][..8], "live"]);
    assert_eq!((told(&named).len(), &named["before_name"]), (0, &named["after_name"]));
    assert_eq!(named["after_name"], "release 4 of production in releases, which is live");
}

#[test]
fn a_page_shows_two_releases_side_by_side() {
    let (sandbox, _) = three();
    // Nothing of the output is needed.
    sandbox.remove("output");
    sandbox.run(&["diff", "1", "live", "--html", "two.html"]).expect_code(0);
    let html = sandbox.read("two.html");
    for wanted in [
        "<dt>Before</dt><dd>release 1 of production in releases <code>",
        "<dt>After</dt><dd>release 3 of production in releases, which is live <code>",
        "title=\"landing/bf26/lumen-gift.html: before\"",
        "title=\"landing/bf26/lumen-gift.html: after\"",
        "Version <del>1</del>.",
        "Version <ins>3</ins>.",
    ] {
        assert!(html.contains(wanted), "`{wanted}` is not in the page");
    }
    assert!(!sandbox.files("two.files").is_empty(), "pictures come from the release");
}

#[test]
fn what_is_not_there_is_said_with_what_there_is() {
    let (sandbox, roots) = three();
    let refused = |args: &[&str], code: i32, wanted: &[&str]| {
        let said = sandbox.run(args).expect_code(code).stderr;
        for wanted in wanted {
            assert!(said.contains(wanted), "{args:?}: `{wanted}` is not in {said}");
        }
    };
    let there = "`production` of releases has releases 1 to 3; live is 3";
    refused(&["diff", "9"], 1, &["there is no release 9", there]);
    refused(&["plan", "--against", "9"], 1, &["there is no release 9", there]);
    let nobody = if roots.iter().any(|root| root.starts_with("00000000")) { "f" } else { "0" };
    let nobody = nobody.repeat(8);
    refused(&["diff", &nobody], 1, &["there is no release whose root begins with", there]);
    refused(&["rollback", "9", "--because", "x", "--by", "y"], 1, &[there]);
    refused(&["diff", "live", "--env", "staging"], 1, &["nothing was ever released in `staging`"]);
    refused(&["diff", "live", "--to", "elsewhere"], 5, &["there is no elsewhere"]);
    refused(&["diff", "release:seven"], 2, &["`release:seven` names no release", "release:7"]);
    refused(&["diff", "release:"], 2, &["names no release"]);
    refused(&["diff", "--to", "releases"], 2, &["none is named"]);
    refused(&["diff", "output", "output", "--env", "x"], 2, &["none is named"]);
    refused(&["plan", "--against", "output", "--to", "releases"], 2, &["none is named"]);
    refused(&["diff", "yesterday"], 5, &["there is no yesterday"]);
    refused(&["plan", "--against", "yesterday"], 5, &["there is no yesterday"]);
    refused(&["diff", "releases"], 5, &["holds releases", "--to releases"]);
    refused(&["diff", "partners"], 5, &["there is no manifest.json in it"]);
    refused(&["diff", "throughline.toml"], 2, &["is no plan", "throughline plan -o"]);
    // What a name means does not hang on what lies there; what lies there is named with a `./`.
    sandbox.run(&["build", "--output", "7"]).expect_code(0);
    refused(&["diff", "7"], 1, &["`7` is the form of a release, and ./7", "no release 7", there]);
    assert_eq!(told(&document(&sandbox, &["diff", "./7", "output"])).len(), 0);
    sandbox.run(&["build", "--output", "1"]).expect_code(0);
    assert_eq!(document(&sandbox, &["diff", "1", "./1"])["before"], roots[0].as_str());
    // A release that `gc` has removed is no more, and that is said.
    let clean = ["gc", "--delete", "--keep", "1", "--grace", "0s", "--by", "ops"];
    sandbox.run(&clean).expect_code(0);
    sandbox.run(&clean).expect_code(0);
    refused(&["diff", "1"], 1, &["release 1 is not in releases any more", "throughline gc"]);
    // A target in which somebody has written is told, as everywhere.
    let pointer = sandbox.read(&format!("{PRODUCTION}/current.json"));
    let altered = pointer.replace("\"by\":\"nightly\"", "\"by\":\"mallory\"");
    sandbox.write(&format!("{PRODUCTION}/current.json"), altered);
    refused(&["diff", "live"], 1, &["it differs from publication 3 in the history"]);
}

/// One page whose root is known to begin as another's does: found by trying.
fn page(number: u32) -> Build {
    let bytes = format!("page {number}").into_bytes();
    let digest = Digest::of(&bytes);
    let entry = Entry {
        id: "landing/a.html".into(),
        kind: Arc::new(EntryKind { media_type: "text/html".into(), ..EntryKind::default() }),
        offers: Names::default(),
        partners: Names::default(),
        path: format!("landing/a.{}.html", digest.hex16()).into(),
        route: None,
        sha256: digest,
        size: bytes.len(),
    };
    let manifest = Manifest::new("tiny".to_owned(), None, Vec::new(), vec![entry]);
    let root = Digest::from_hex(&manifest.root.hash).unwrap();
    Build { manifest, root, files: BTreeMap::from([(digest.hex(), bytes)]) }
}

#[test]
fn a_root_that_is_not_told_apart_is_never_guessed() {
    let (one, two) = (page(155_790), page(223_968));
    let [first, second] = [&one, &two].map(|build| build.root.hex());
    assert_eq!(first[..8], second[..8], "the form of entries has changed: try for another pair");
    let sandbox = lay_down("ok_small");
    let store = FolderStore::new(sandbox.path("releases"), "releases".to_owned());
    must_publish(&store, &one);
    must_publish(&store, &two);
    let same = first.bytes().zip(second.bytes()).take_while(|(a, b)| a == b).count();
    for command in [
        &["diff", &first[..8]][..],
        &["plan", "--against", &first[..8]],
        &["rollback", &first[..8], "--because", "x", "--by", "y"],
    ] {
        let said = sandbox.run(command).expect_code(1).stderr;
        let named = format!("{} is release 1", &first[..=same]);
        assert!(said.contains("more than one root begins so") && said.contains(&named), "{said}");
        assert!(said.contains("type more of it"), "{said}");
    }
    let told = document(&sandbox, &["diff", &first[..=same], &second[..=same]]);
    assert_eq!((&told["before"], &told["after"]), (&first.into(), &second.into()));
    assert_eq!(told["artifacts"][0]["text"][0]["before"][0], "page 155790");
}

#[test]
fn lost_copies_cost_reasons_and_lost_files_texts_and_neither_costs_truth() {
    let (sandbox, roots) = three();
    let whole = document(&sandbox, &["diff", "1", "live"]);
    let sources = sandbox.files(".throughline/sources");
    let legal = whole["facts"][0]["file"].as_str().unwrap().to_owned();
    let manifest = sandbox.read(&format!("releases/{}/manifest.json", roots[0]));
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let source = manifest["sources"].as_array().unwrap().iter().find(|one| one["path"] == *legal);
    let digest = source.unwrap()["sha256"].as_str().unwrap();
    assert!(sources.iter().any(|one| one == digest), "{sources:?}");
    sandbox.remove(&format!(".throughline/sources/{digest}"));
    let lost = document(&sandbox, &["diff", "1", "live"]);
    assert_eq!((&lost["artifacts"], &lost["links"]), (&whole["artifacts"], &whole["links"]));
    assert!(lost["facts"].is_null());
    let run = sandbox.run(&["diff", "1", "live"]).expect_code(0);
    let line = "facts     not told: of release 1 of production in releases, no copy is kept here of \
                1 file that it was made from: legal/standard.md; what differs is told all the same";
    assert_eq!(run.stdout.matches(line).count(), 1, "{}", run.stdout);
    sandbox.run(&["diff", "1", "live", "--html", "lost.html"]).expect_code(0);
    assert!(sandbox.read("lost.html").contains("Not told: of release 1"));
    let run = sandbox.run(&["plan", "--against", "1"]).expect_code(0);
    assert!(run.stdout.contains("not why; no copy is kept here of 1 file"), "{}", run.stdout);
    // A file of a release that is gone or altered is compared by its digest, and that is said.
    let mail = whole["artifacts"].as_array().unwrap().iter();
    let mail = mail.clone().find(|one| one["id"] == "landing/bf26/lumen-gift.html").unwrap();
    let sha256 = mail["before"]["sha256"].as_str().unwrap();
    let blob = format!("releases/cas/sha256/{}/{sha256}", &sha256[..2]);
    for damage in [None, Some("by hand")] {
        match damage {
            None => sandbox.remove(&blob),
            Some(text) => sandbox.write(&blob, text),
        }
        let lost = document(&sandbox, &["diff", "1", "live"]);
        assert_eq!(told(&lost), told(&whole));
        assert_eq!(lost["unread"].as_array().unwrap().len(), 1, "{lost}");
        let run = sandbox.run(&["diff", "1", "live"]).expect_code(0);
        assert!(run.stdout.contains("1 file cannot be read"), "{}", run.stdout);
    }
}

/// What going out now would change for customers, against what then went out.
#[test]
fn a_plan_against_what_is_live_is_what_the_next_release_changes() {
    let sandbox = built();
    sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
    let live = root_of(&sandbox, "output/manifest.json");
    let before = artifacts(&sandbox, "output/manifest.json");
    // The output goes on without a release.
    rebuild(&sandbox, 2);
    let decided =
        ["--by", "d.ortiz", "--because", "they called", "--at", "2026-11-20T10:00:00-05:00"];
    let swap = ["swap", "set", "hearth-pan", "title=Two pans for one", "--yes"];
    sandbox.run(&[&swap[..], &decided].concat()).expect_code(0);
    let plan = document(&sandbox, &["plan", "--against", "live"]);
    assert_eq!(plan["base"], live.as_str());
    let against = &plan["against"];
    assert_eq!((&against["seq"], &against["live"]), (&1.into(), &true.into()), "{against}");
    assert_eq!(against["name"], "release 1 of production in releases, which is live");
    let fields: BTreeSet<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["reasons"].as_array().unwrap())
        .map(|reason| reason["field"].as_str().unwrap())
        .collect();
    assert!(fields.contains("offers:hearth-pan.title"), "{fields:?}");
    assert!(fields.iter().any(|field| field.starts_with("terms:standard")), "{fields:?}");
    let text = sandbox.run(&["plan", "--against", "live"]).expect_code(0).stdout;
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with(
            "against   release 1 of production in releases, which is live, published 2"
        ),
        "{first}"
    );
    let svg = sandbox.run(&["plan", "--against", "live", "--svg", "-"]).expect_code(0).stdout;
    assert!(svg.contains("against release 1 of production in releases"), "{svg}");
    // Against the output only the swap is left.
    let own = document(&sandbox, &["plan"]);
    assert!(own["against"].is_null());
    assert!(told(&own).len() < told(&plan).len(), "{own}");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
    let after = artifacts(&sandbox, "output/manifest.json");
    assert_eq!(told(&plan), changes(&before, &after));
    assert!(told(&plan).len() > 4, "{plan}");
    let digests =
        plan["changes"].as_array().unwrap().iter().filter(|one| one["class"] == "changed");
    for one in digests {
        assert_eq!(one["sha256"], after[one["id"].as_str().unwrap()].as_str(), "{one}");
    }
    assert_eq!(told(&document(&sandbox, &["diff", "1", "live"])), told(&plan));
    assert_eq!(told(&document(&sandbox, &["plan", "--against", "live"])).len(), 0);
    // A part of it, against the files of the release: what is in the folder is not needed.
    sandbox.edit("partners/offers.csv", "Cast iron.", "Seasoned cast iron.");
    let part = ["plan", "--only", "partner:hearth+"];
    let own = document(&sandbox, &part);
    let live = document(&sandbox, &[&part[..], &["--against", "live"]].concat());
    assert_eq!(told(&live), told(&own));
    assert!(!told(&own).is_empty());
    let run = sandbox.run(&["plan", "--against", "live", "-o", "x.plan"]).expect_code(0);
    assert!(run.stderr.contains("only a plan against output/ can be applied"), "{}", run.text());
}

#[test]
fn a_plan_file_is_compared_with_the_output_before_and_after_it_is_applied() {
    let sandbox = built();
    sandbox.edit("partners/offers.csv", "pct_off,30", "pct_off,25");
    let plan = document(&sandbox, &["plan", "-o", "late.plan"]);
    let told_by_diff = document(&sandbox, &["diff", "output", "late.plan"]);
    assert_eq!(told(&told_by_diff), told(&plan));
    assert_eq!(told_by_diff["after"], plan["target"]);
    assert_eq!(told_by_diff["after_name"], "what late.plan would make");
    assert!(told_by_diff["links"].is_null(), "a plan does not hold links");
    assert_eq!(told_by_diff["left_out"], 0);
    let facts = told_by_diff["facts"].as_array().unwrap();
    assert_eq!((facts.len(), &facts[0]["new"]), (1, &"25".into()), "{told_by_diff}");
    let now = document(&sandbox, &["diff"]);
    let sizes = |document: &Value| -> Vec<Value> {
        let all = document["artifacts"].as_array().unwrap().iter();
        all.map(|one| serde_json::json!([one["id"], one["before"], one["after"]])).collect()
    };
    assert_eq!(sizes(&told_by_diff), sizes(&now), "paths, digests and sizes are those of a build");
    let run = sandbox.run(&["diff", "output", "late.plan"]).expect_code(0);
    assert!(run.stdout.contains("note      a plan holds digests"), "{}", run.stdout);
    assert!(run.stdout.contains("links are not told"), "{}", run.stdout);
    sandbox.run(&["diff", "output", "late.plan", "--html", "late.html"]).expect_code(0);
    assert!(sandbox.read("late.html").contains("a plan holds digests"));
    // Against what a build would make now, nothing is otherwise.
    assert_eq!(told(&document(&sandbox, &["diff", "late.plan"])).len(), 0);
    let run = sandbox.run(&["plan", "--against", "late.plan"]).expect_code(2);
    assert!(run.stderr.contains("is a plan, which has no files"), "{}", run.text());
    sandbox.run(&["build", "--output", "yesterday"]).expect_code(0);
    sandbox.run(&["apply", "late.plan"]).expect_code(0);
    let applied = document(&sandbox, &["diff", "late.plan", "output"]);
    assert_eq!((told(&applied).len(), &applied["before"]), (0, &applied["after"]));
    // What it was made against is not here any more: what it says nothing of is left out, not guessed.
    rebuild(&sandbox, 2);
    let later = document(&sandbox, &["diff", "late.plan", "output"]);
    let left = later["left_out"].as_u64().unwrap() as usize;
    let all = artifacts(&sandbox, "output/manifest.json").len();
    assert_eq!(left + plan["changes"].as_array().unwrap().len(), all, "{later}");
    let known: BTreeSet<String> = told(&plan).into_keys().collect();
    let known_now: BTreeSet<String> = told(&later).into_keys().collect();
    assert!(
        known_now.is_subset(
            &plan["changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect()
        )
    );
    assert!(
        known_now.contains("landing/bf26/lumen-serum.html")
            && known.contains("landing/bf26/lumen-serum.html")
    );
    let run = sandbox.run(&["diff", "late.plan", "output"]).expect_code(0);
    assert!(run.stdout.contains("is not here, so"), "{}", run.stdout);
}

fn status(sandbox: &Sandbox, more: &[&str]) -> Value {
    let run = sandbox.run(&[&["status", "--format", "json"], more].concat());
    run.json_lines().into_iter().find(|one| one["verdict"].is_string()).unwrap_or_else(|| {
        panic!("{}", run.text());
    })
}

#[test]
fn status_and_receipt_ask_the_target_that_is_named() {
    let sandbox = built();
    for (args, root) in [(&["--to", "elsewhere"][..], 1), (&["--env", "staging"], 2)] {
        rebuild(&sandbox, root);
        sandbox.run(&[&["release"], args].concat()).expect_code(0);
    }
    assert!(status(&sandbox, &[])["live"].is_null(), "nothing is live in production of releases");
    let elsewhere = status(&sandbox, &["--to", "elsewhere"])["live"].clone();
    let staging = status(&sandbox, &["--env", "staging"])["live"].clone();
    assert_eq!((&elsewhere["seq"], &staging["seq"]), (&1.into(), &1.into()));
    assert_ne!(elsewhere["root"], staging["root"]);
    let receipt = document(&sandbox, &["receipt", "--partner", "lumen", "--to", "elsewhere"]);
    assert_eq!((&receipt["release"], &receipt["seq"]), (&elsewhere["root"], &1.into()));
    assert!(document(&sandbox, &["receipt", "--partner", "lumen"])["release"].is_null());
    sandbox.run(&["tax", "--to", "elsewhere"]).expect_code(0);
    let said = sandbox.run(&["status", "--to", "nowhere"]).expect_code(5).stderr;
    assert!(said.contains("there is no nowhere"), "{said}");
    let said = sandbox.run(&["status", "--env", "No!"]).expect_code(2).stderr;
    assert!(said.contains("is no environment"), "{said}");
    // What the workspace says is asked without being typed.
    let config = sandbox.read("throughline.toml");
    sandbox.write("throughline.toml", format!("{config}\n[release]\ntarget = \"elsewhere\"\n"));
    assert_eq!(status(&sandbox, &[])["live"]["root"], elsewhere["root"]);
    // A network only where it is typed.
    sandbox.write("throughline.toml", format!("{config}\n[release]\ntarget = \"s3://promo/x\"\n"));
    let run = sandbox.run(&["status"]);
    assert!(run.stderr.contains("is not asked over the network unless"), "{}", run.text());
    assert!(status(&sandbox, &[])["live"].is_null());
    // A pointer that was put back is no answer.
    sandbox.write("throughline.toml", &config);
    rebuild(&sandbox, 3);
    let old = sandbox.read("releases/env/staging/current.json");
    sandbox.run(&["release", "--env", "staging"]).expect_code(0);
    sandbox.write("releases/env/staging/current.json", old);
    let said = sandbox.run(&["status", "--env", "staging"]).expect_code(5).stderr;
    assert!(said.contains("the pointer was put back"), "{said}");
}

/// The same through the same trait, in a bucket.
#[test]
fn releases_in_a_bucket_are_named_as_those_in_a_folder() {
    let server = S3Server::start();
    let sandbox = built();
    let to = format!("s3://{BUCKET}/live");
    let run = |args: &[&str]| {
        let mut command = sandbox.command(&[args, &["--to", &to, "--format", "json"]].concat());
        let done = command.envs(environment(server.port)).output().unwrap();
        let (out, err) = (String::from_utf8(done.stdout), String::from_utf8_lossy(&done.stderr));
        let text = out.unwrap();
        assert!(matches!(done.status.code(), Some(0 | 3)), "{args:?}: {text}{err}");
        let last = text.lines().rfind(|line| !line.contains("\"severity\"")).unwrap_or_default();
        serde_json::from_str::<Value>(last).unwrap_or_else(|_| panic!("{args:?}: {text}{err}"))
    };
    run(&["release"]);
    rebuild(&sandbox, 2);
    run(&["release"]);
    let two = run(&["diff", "1", "live"]);
    assert_eq!(two["unread"], serde_json::json!([]));
    assert!(told(&two).contains_key("landing/bf26/lumen-gift.html"), "{two}");
    assert!(two["artifacts"].to_string().contains("Version 2."), "texts come from the bucket");
    assert_eq!(two["after_name"], format!("release 2 of production in {to}, which is live"));
    rebuild(&sandbox, 3);
    let plan = run(&["plan", "--against", "live"]);
    assert_eq!(plan["against"]["target"], to.as_str());
    assert_eq!(told(&plan).keys().collect::<Vec<_>>(), told(&two).keys().collect::<Vec<_>>());
    assert_eq!(run(&["status"])["live"]["seq"], 2);
}
