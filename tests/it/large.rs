//! A build whose manifest lists its artifacts in parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::cases::lay_down;
use crate::releases::one_line;
use crate::reporting::lay_out;
use crate::sandbox::{Run, Sandbox};

const OFFERS: usize = 420;
/// Texts of each offer: their ids follow each other, so that one cell reaches one part.
const TEXTS: usize = 20;

/// A workspace of a few more artifacts than manifest.json lists itself.
fn workspace() -> Sandbox {
    let mut recipes = String::new();
    for number in 0..TEXTS {
        let path = format!("text/{{campaign.id}}/{{offer.id}}-{number}");
        let recipe = "[[recipes]]\nkind = \"text\"\ntemplate = \"text/alert.txt\"\n";
        writeln!(recipes, "{recipe}path = \"{path}\"\n").unwrap();
    }
    workspace_of(OFFERS, &recipes)
}

/// A workspace of so many offers of one partner, in one channel with these recipes.
pub(crate) fn workspace_of(offers: usize, recipes: &str) -> Sandbox {
    let sandbox = lay_down("ok_small");
    for path in [
        "rules/channels/email.toml",
        "rules/channels/landing.toml",
        "templates/email",
        "templates/landing",
        "templates/parts",
        "partners/bundles.csv",
        "partners/placements.csv",
    ] {
        sandbox.remove(path);
    }
    let settings = sandbox.read("throughline.toml");
    let (before, rest) = settings.split_once("[tables.bundles]").unwrap();
    let (_, after) = rest.split_once("[declared]").unwrap();
    sandbox.write("throughline.toml", format!("{before}[declared]{after}"));
    let brief = sandbox.read("briefs/bf26.md");
    let (head, _) = brief.split_once("[windows.site]").unwrap();
    let head = head.replace("[\"email\", \"sms\"]", "[\"sms\"]");
    let asset = "[[assets]]\nid = \"alert\"\nchannel = \"sms\"\neach = \"offer\"\n+++\n";
    sandbox.write("briefs/bf26.md", format!("{head}{asset}# alert.intro\nToday only:\n"));
    let channel = sandbox.read("rules/channels/sms.toml").replace("\"landing\"", "\"partner\"");
    let (before, rest) = channel.split_once("[[recipes]]").unwrap();
    let (_, after) = rest.split_once("[limits]").unwrap();
    sandbox.write("rules/channels/sms.toml", format!("{before}{recipes}[limits]{after}"));
    let mut table = "offer_id,partner_id,mechanic,currency,title,terms_id,landing_path,\
                      effective_from,effective_to,status\n"
        .to_owned();
    for number in 0..offers {
        let offer = format!("o{number:04},lumen,gift,USD,Offer {number}.,standard,/gift/{number}");
        writeln!(table, "{offer},2026-11-01T00:00,2026-12-31T23:59,active").unwrap();
    }
    sandbox.write("partners/offers.csv", table);
    sandbox
}

fn manifest(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap()
}

/// The parts that manifest.json names, in their order.
fn parts(sandbox: &Sandbox) -> Vec<String> {
    let manifest = manifest(sandbox);
    let parts = manifest["parts"].as_array().unwrap().iter();
    parts.map(|part| part["path"].as_str().unwrap().to_owned()).collect()
}

/// When each part was written last.
fn written(sandbox: &Sandbox) -> BTreeMap<String, std::time::SystemTime> {
    let there = sandbox.files("output/manifest").into_iter();
    let time = |name: &String| {
        let file = fs::metadata(sandbox.path(&format!("output/manifest/{name}"))).unwrap();
        file.modified().unwrap()
    };
    there.map(|name| (format!("manifest/{name}"), time(&name))).collect()
}

/// Changes the title of one offer, which the texts of that offer show and no table does.
fn change_one_cell(sandbox: &Sandbox, number: usize, title: &str) {
    sandbox.edit("partners/offers.csv", &format!(",Offer {number}.,"), &format!(",{title},"));
}

fn build(sandbox: &Sandbox) -> Value {
    one_line(&sandbox.run(&["build", "--format", "json"]).expect_code(0))
}

fn counts(built: &Value) -> [u64; 3] {
    ["written", "unchanged", "removed"].map(|key| built[key].as_u64().unwrap())
}

/// What `verify` says is missing, altered and extra. The digests in names are looked at elsewhere.
fn verified(run: &Run) -> [Vec<&'static str>; 3] {
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let kind = |path: &Value| {
        let is_part = path.as_str().unwrap().starts_with("manifest/");
        if is_part { "part" } else { "other" }
    };
    ["missing", "altered", "extra"]
        .map(|key| document[key].as_array().unwrap().iter().map(kind).collect())
}

/// The parts one after the other are the whole list, as the names in them say.
fn check_list(sandbox: &Sandbox, artifacts: u64) {
    let manifest = manifest(sandbox);
    assert_eq!(manifest["artifacts"].as_array().unwrap().len(), 0);
    assert_eq!(manifest["root"]["size"].as_u64().unwrap(), artifacts);
    let parts = parts(sandbox);
    assert!(parts.len() > 2, "{parts:?}");
    let all: String = parts.iter().map(|path| sandbox.read(&format!("output/{path}"))).collect();
    let entries: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&str> = entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert!(ids.len() as u64 == artifacts && ids.is_sorted_by(|one, next| one < next));
    let mut paths: Vec<String> =
        entries.iter().map(|entry| entry["path"].as_str().unwrap().to_owned()).collect();
    paths.extend(parts);
    paths.extend(["SHA256SUMS", "manifest.json", ".throughline-output"].map(str::to_owned));
    paths.sort_unstable();
    assert!(paths == sandbox.output_files(), "the output is what the list says");
    let sums = sandbox.read("output/SHA256SUMS");
    assert_eq!(sums.lines().count(), paths.len() - 3);
    sandbox.expect_sums();
}

#[test]
fn a_large_manifest_is_in_parts_and_a_changed_cell_writes_one() {
    let sandbox = workspace();
    let artifacts = build(&sandbox)["artifacts"].as_u64().unwrap();
    assert!(artifacts > 8_192, "{artifacts}");
    check_list(&sandbox, artifacts);
    lay_out(&sandbox);
    let laid = sandbox.read("laid/reporting/dim_link.csv");
    assert_eq!(laid.lines().count(), OFFERS + 1, "the program of docs/formats.md reads parts");
    let run = sandbox.run(&["release", "--by", "nightly", "--format", "json"]).expect_code(0);
    let files = artifacts + parts(&sandbox).len() as u64;
    let stored = |run: &Run| ["new", "present"].map(|key| one_line(run)[key].as_u64().unwrap());
    // Texts of one offer are the same bytes.
    let first = stored(&run);
    assert!(first[0] < files && first[1] == 0, "{first:?}");

    // Nothing is written where nothing changed, whoever looks.
    let before = (written(&sandbox), parts(&sandbox));
    sandbox.remove(".throughline");
    for _ in 0..2 {
        assert_eq!(counts(&build(&sandbox)), [0, artifacts, 0]);
        assert_eq!((written(&sandbox), parts(&sandbox)), before);
    }

    // One cell: its own texts and the part that lists them.
    change_one_cell(&sandbox, 300, "Another gift");
    let texts = TEXTS as u64;
    assert_eq!(counts(&build(&sandbox)), [texts, artifacts - texts, texts]);
    check_list(&sandbox, artifacts);
    let (now, same) = (written(&sandbox), |one: &(&String, _)| before.0.get(one.0) == Some(one.1));
    assert_eq!(now.len(), before.0.len(), "the part of before is removed");
    assert_eq!(now.iter().filter(|one| !same(one)).count(), 1, "{now:?}");
    sandbox.expect_clean_output("one changed cell");
    clean_parts_are_the_same(&sandbox);

    // Of a late change little is sent.
    let run = sandbox.run(&["release", "--by", "nightly", "--format", "json"]).expect_code(0);
    assert_eq!(stored(&run), [2, first[0] - 2], "a text and a part");
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    let back = ["rollback", "--because", "a test", "--by", "tests", "--format", "json"];
    sandbox.run(&back).expect_code(0);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    let run = sandbox.run(&["diff", "live", "output", "--format", "json"]).expect_code(0);
    assert_eq!(one_line(&run)["artifacts"].as_array().unwrap().len(), TEXTS);
    sandbox.run(&["gc", "--delete", "--grace", "0s", "--keep", "1"]).expect_code(0);
    sandbox.run(&["gc", "--delete", "--grace", "0s", "--keep", "1"]).expect_code(0);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    damage_is_told_and_mended(&sandbox);
    damage_to_a_release_is_told_and_mended(&sandbox);
    what_is_known_of_parts_is_never_believed(&sandbox);
}

/// A record of parts that is old or damaged costs time and nothing else.
fn what_is_known_of_parts_is_never_believed(sandbox: &Sandbox) {
    sandbox.remove(".throughline/traces");
    build(sandbox);
    let names = sandbox.files(".throughline/traces");
    let record = names.iter().find(|name| name.strip_suffix(".parts").is_some()).unwrap();
    let record = sandbox.path(".throughline/traces").join(record);
    let old = fs::read(&record).unwrap();
    change_one_cell(sandbox, 310, "A third gift");
    build(sandbox);
    let new = fs::read(&record).unwrap();
    assert!(new != old, "another part is known");
    let mut damaged = new.clone();
    damaged[new.len() / 2] ^= 1;
    let cut = &new[..new.len() - 40];
    for (number, bytes) in [old.as_slice(), &damaged, cut].into_iter().enumerate() {
        fs::write(&record, bytes).unwrap();
        change_one_cell(sandbox, 311 + number, &format!("Gift number {number}"));
        build(sandbox);
        sandbox.run(&["verify"]).expect_code(0);
    }
    sandbox.expect_clean_output("after records that were wrong");
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(0);
    assert!(run.stderr.contains("the cache is right about"), "{}", run.text());
}

/// As an incremental build left them, so a build from nothing does.
fn clean_parts_are_the_same(sandbox: &Sandbox) {
    sandbox.run(&["build", "--output", "clean", "--jobs", "1"]).expect_code(0);
    assert_eq!(sandbox.files("clean/manifest"), sandbox.files("output/manifest"));
    for name in sandbox.files("clean/manifest") {
        let of = |folder: &str| sandbox.read(&format!("{folder}/manifest/{name}"));
        assert!(of("clean") == of("output"), "{name}");
    }
    sandbox.remove("clean");
}

/// `verify` tells it, whoever needs the list says what to do, and a build puts it right.
fn damage_is_told_and_mended(sandbox: &Sandbox) {
    let [first, second, ..] = &parts(sandbox)[..] else { panic!("too few parts") };
    let (one, two) = (format!("output/{first}"), format!("output/{second}"));
    let (good, other) = (sandbox.read(&one), sandbox.read(&two));
    let one_digit = good.replacen("\"size\":", "\"size\":1", 1);
    for (bad, found) in [
        (None, [vec!["part"], vec![], vec![]]),
        (Some(String::new()), [vec![], vec!["part"], vec![]]),
        (Some(one_digit), [vec![], vec!["part"], vec![]]),
        (Some(other.clone()), [vec![], vec!["part"], vec![]]),
    ] {
        sandbox.remove(&one);
        if let Some(bad) = &bad {
            sandbox.write(&one, bad);
        }
        let run = sandbox.run(&["verify", "--format", "json"]).expect_code(1);
        assert_eq!(verified(&run), found);
        if bad.is_none() {
            everybody_says_so(sandbox, first);
        }
        assert_eq!(counts(&build(sandbox))[0], 0);
        assert!(sandbox.read(&one) == good, "a build mends it");
        sandbox.run(&["verify"]).expect_code(0);
    }
    // What no manifest names is extra, and goes.
    let stray = "output/manifest/0123456789abcdef.jsonl";
    sandbox.write(stray, &other);
    let run = sandbox.run(&["verify", "--format", "json"]).expect_code(1);
    assert_eq!(verified(&run), [vec![], vec![], vec!["part"]]);
    build(sandbox);
    assert!(!sandbox.path(stray).exists());
    // A manifest that names them in another order is none.
    let text = sandbox.read("output/manifest.json");
    let mut swapped = manifest(sandbox);
    swapped["parts"].as_array_mut().unwrap().swap(0, 1);
    sandbox.write("output/manifest.json", swapped.to_string());
    let run = sandbox.run(&["verify", "--format", "json"]).expect_code(1);
    assert_eq!(verified(&run), [vec![], vec!["other"], vec![]]);
    build(sandbox);
    assert!(sandbox.read("output/manifest.json") == text);
}

/// Whoever needs the list names the part that is not right.
fn everybody_says_so(sandbox: &Sandbox, part: &str) {
    for (command, code) in [
        (&["verify"][..], 1),
        (&["release", "--by", "nightly"], 1),
        (&["plan"], 5),
        (&["status"], 5),
        (&["diff", "live", "output"], 5),
    ] {
        let run = sandbox.run(command).expect_code(code);
        let text = run.text();
        assert!(text.contains(part) && text.contains("`throughline build`"), "{text}");
    }
}

/// The parts of what is live are files like any other.
fn damage_to_a_release_is_told_and_mended(sandbox: &Sandbox) {
    sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
    let manifest = manifest(sandbox);
    let sha256 = manifest["parts"][1]["sha256"].as_str().unwrap();
    let blob = format!("releases/cas/sha256/{}/{sha256}", &sha256[..2]);
    let good = sandbox.read(&blob);
    assert!(good == sandbox.read(&format!("output/{}", parts(sandbox)[1])));
    for bad in [None, Some("{}\n")] {
        sandbox.remove(&blob);
        if let Some(bad) = bad {
            sandbox.write(&blob, bad);
        }
        let run = sandbox.run(&["verify", "--to", "releases"]).expect_code(1);
        assert!(run.text().contains(sha256), "{}", run.text());
        let run = sandbox.run(&["gc", "--delete", "--grace", "0s"]);
        assert!(run.code != 0 && run.text().contains(sha256), "{}", run.text());
        let run = sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
        assert!(run.text().contains("nothing to do"), "{}", run.text());
        assert!(sandbox.read(&blob) == good, "releasing again mends it");
        sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    }
}
