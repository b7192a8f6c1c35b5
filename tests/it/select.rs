//! `plan --only` and `--exclude`: a part goes out, and everything else stays byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cases::lay_down;
use crate::random::{Random, number};
use crate::sample::sample;
use crate::sandbox::{Run, Sandbox};

const OFFERS: &str = "partners/offers.csv";

/// Artifacts by id, with their digests.
fn built(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let artifacts = manifest["artifacts"].as_array().unwrap();
    artifacts.iter().map(|one| (text(one, "id"), text(one, "sha256"))).collect()
}

fn planned(run: &Run) -> Value {
    let document = run.json_lines().into_iter().find(|one| one["schema"].is_string());
    document.unwrap_or_else(|| panic!("{}", run.text()))
}

fn plan_part(sandbox: &Sandbox, selection: &[&str]) -> Value {
    let plan = ["plan", "--format", "json", "-o", "part.plan"];
    planned(&sandbox.run(&[&plan[..], selection].concat()))
}

/// The ids that a plan gives one of these classes.
fn of_class(plan: &Value, classes: &[&str]) -> BTreeSet<String> {
    let changes = plan["changes"].as_array().unwrap().iter();
    let wanted = changes.filter(|one| classes.contains(&one["class"].as_str().unwrap()));
    wanted.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// What belongs to no campaign: it lists what there is.
fn is_table(id: &str) -> bool {
    ["links/", "reporting/", "redirects/", "assets/", "landing/_headers", "landing/nginx"]
        .iter()
        .any(|start| id.starts_with(start))
        || id == "landing/routes.json"
}

fn is_html(path: &str) -> bool {
    path.rsplit('.').next() == Some("html")
}

/// Applies a plan of a part, and holds what came of it against the plan and against what was there.
#[track_caller]
fn check_apply(sandbox: &Sandbox, plan: &Value, why: &str) -> BTreeMap<String, String> {
    let before = built(sandbox);
    let run = sandbox.run(&["apply", "part.plan"]);
    assert!(run.code == 0 || run.code == 1, "{why}: {}", run.text());
    let after = built(sandbox);
    let written: BTreeSet<String> = after
        .iter()
        .filter(|(id, digest)| before.get(*id) != Some(*digest))
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(of_class(plan, &["changed", "added"]), written, "{why}");
    let gone = before.keys().filter(|id| !after.contains_key(*id)).cloned().collect();
    assert_eq!(of_class(plan, &["removed"]), gone, "{why}");
    sandbox.run(&["verify"]).expect_code(0);
    check_links(sandbox, why);
    // The rest is still to do.
    let next = planned(&sandbox.run(&["plan", "--format", "json"]));
    let left = of_class(&next, &["changed", "added", "removed"]);
    for id in of_class(plan, &["kept"]) {
        assert!(left.contains(&id), "{why}: {id} is not left to do in {next}");
    }
    for id in left.iter().filter(|id| !is_table(id)) {
        assert!(of_class(plan, &["kept"]).contains(id), "{why}: {id} was to go out");
    }
    after
}

/// Every link that a mail or page shows is in the tables and is answered, as it is shown.
#[track_caller]
fn check_links(sandbox: &Sandbox, why: &str) {
    let table = sandbox.artifact("links/links.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|one| one == name).unwrap();
    let (url, code) = (at("url"), at("short_code"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let known: BTreeSet<String> = rows.iter().map(|row| row[url].to_owned()).collect();
    let redirects = sandbox.artifact("redirects/nginx.map");
    for row in &rows {
        assert!(redirects.contains(&row[code]), "{why}: {} is not answered", &row[code]);
    }
    for id in built(sandbox).keys().filter(|id| is_html(id)) {
        let html = sandbox.artifact(id);
        for part in html.split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap().replace("&amp;", "&");
            if href.contains("utm_") {
                assert!(known.contains(&href), "{why}: {id} shows {href}, which no table has");
            }
        }
    }
}

fn two_late_changes(sandbox: &Sandbox) {
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    sandbox.edit("partners/partners.csv", "hearth,Hearth,", "hearth,Hearth Co,");
}

#[test]
fn a_part_goes_out_and_the_rest_stays_and_is_still_to_do() {
    let sandbox = lay_down("ok_small");
    two_late_changes(&sandbox);
    let whole = planned(&sandbox.run(&["plan", "--format", "json"]));
    let plan = plan_part(&sandbox, &["--only", "channel:email"]);
    assert_eq!(plan["selection"]["only"], serde_json::json!(["channel:email"]));
    let changed = of_class(&plan, &["changed"]);
    assert!(changed.iter().any(|id| id.starts_with("email/")), "{plan}");
    assert!(changed.iter().all(|id| id.starts_with("email/") || is_table(id)), "{plan}");
    let kept = of_class(&plan, &["kept"]);
    assert!(kept.iter().any(|id| id.starts_with("landing/")), "{plan}");
    let all = of_class(&whole, &["changed"]);
    let mails: BTreeSet<&String> = all.iter().filter(|id| id.starts_with("email/")).collect();
    assert!(mails.iter().all(|id| changed.contains(*id)));
    check_apply(&sandbox, &plan, "email");
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    assert_eq!(manifest["selection"]["only"], serde_json::json!(["channel:email"]));
    // Why the rest changes is still known.
    let next = planned(&sandbox.run(&["plan", "--format", "json"]));
    for change in next["changes"].as_array().unwrap().iter().filter(|one| one["class"] == "changed")
    {
        assert!(!change["reasons"].as_array().unwrap().is_empty(), "{change}");
    }
    sandbox.run(&["build"]).expect_code(0);
    let whole = sandbox.read("output/manifest.json");
    assert!(!whole.contains("selection"));
    sandbox.remove("output");
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(sandbox.read("output/manifest.json"), whole);
}

/// Terraform's `apply -target` of a saved plan was ignored for years: everything went out.
#[test]
fn a_saved_plan_of_a_part_applies_that_part_or_nothing() {
    let sandbox = lay_down("ok_small");
    two_late_changes(&sandbox);
    let plan = plan_part(&sandbox, &["--exclude", "channel:email"]);
    sandbox.run(&["apply", "part.plan", "--only", "channel:email"]).expect_code(2);
    let before = built(&sandbox);
    let after = check_apply(&sandbox, &plan, "all but mails");
    let mails = |all: &BTreeMap<String, String>| -> Vec<(String, String)> {
        all.clone().into_iter().filter(|(id, _)| id.starts_with("email/")).collect()
    };
    assert_eq!(mails(&before), mails(&after));
    // What was planned does not come out any more: nothing is written.
    let plan = plan_part(&sandbox, &["--only", "channel:email"]);
    assert!(!of_class(&plan, &["changed"]).is_empty());
    sandbox.edit("partners/partners.csv", "hearth,Hearth Co,", "hearth,Hearth Inc,");
    let run = sandbox.run(&["apply", "part.plan"]).expect_code(4);
    assert!(run.stderr.contains("moved: partners/partners.csv"), "{}", run.text());
    assert_eq!(built(&sandbox), after);
    // What moved and is not in the part does not matter.
    sandbox.edit("partners/partners.csv", "hearth,Hearth Inc,", "hearth,Hearth Co,");
    sandbox.edit(OFFERS, "active,New", "active,Last days");
    sandbox.run(&["apply", "part.plan"]).expect_code(0);
    let (before, after) = (after, built(&sandbox));
    assert_ne!(mails(&before), mails(&after));
    let differs = before.iter().filter(|(id, digest)| after.get(*id) != Some(*digest));
    let differs: Vec<&String> = differs.map(|(id, _)| id).collect();
    assert!(differs.iter().all(|id| id.starts_with("email/") || is_table(id)), "{differs:?}");
    let manifest = sandbox.read("output/manifest.json");
    sandbox.run(&["apply", "part.plan"]).expect_code(0);
    assert_eq!(sandbox.read("output/manifest.json"), manifest);
    sandbox.run(&["build"]).expect_code(0);
    sandbox.run(&["apply", "part.plan"]).expect_code(4);
}

#[test]
fn another_offer_in_a_slot_that_is_not_selected_leaves_link_code_and_lock_as_they_are() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let (before, lock) = (sandbox.artifact("links/links.csv"), sandbox.read("throughline.lock"));
    sandbox.edit("partners/placements.csv", "s01,lumen-serums,", "s01,lumen-glow-gift,");
    let plan = plan_part(&sandbox, &["--only", "channel:landing"]);
    assert!(of_class(&plan, &["kept"]).contains("email/bf26/digest.html"), "{plan}");
    check_apply(&sandbox, &plan, "a swapped slot");
    assert_eq!(sandbox.artifact("links/links.csv"), before);
    assert_eq!(sandbox.read("throughline.lock"), lock);
    let plan = plan_part(&sandbox, &["--only", "asset:bf26/digest"]);
    check_apply(&sandbox, &plan, "then the mail");
    assert_ne!(sandbox.artifact("links/links.csv"), before);
    assert_ne!(sandbox.read("throughline.lock"), lock);
}

#[test]
fn what_cannot_go_out_by_itself_says_what_to_type() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let withdraw = ["swap", "withdraw", "offer:lumen-serums", "--yes"];
    let decided = ["--by", "d", "--because", "gone", "--ref", "m:1", "--at", "2026-11-25T16:20"];
    sandbox.run(&[&withdraw[..], &decided].concat()).expect_code(0);
    let before = built(&sandbox);
    let run = sandbox.run(&["plan", "--only", "channel:landing"]).expect_code(1);
    for line in [
        "the selection cannot go out by itself",
        "`email/bf26/digest.html` leads to /",
        "which would be gone",
        "next: throughline plan --only 'channel:landing' --only 'artifact:",
    ] {
        assert!(run.stderr.contains(line), "`{line}` is not in\n{}", run.text());
    }
    // What is said is what helps.
    let next = run.stderr.lines().find_map(|line| line.split_once("next: throughline ")).unwrap().1;
    let typed: Vec<&str> = next.split(' ').map(|word| word.trim_matches('\'')).collect();
    let told = sandbox.run(&[&typed[..], &["-o", "part.plan", "--format", "json"]].concat());
    check_apply(&sandbox, &planned(&told.expect_code(0)), "as told");
    assert_ne!(built(&sandbox), before);
}

#[test]
fn dependents_and_what_is_needed_are_added_where_it_is_asked() {
    let sandbox = lay_down("ok_small");
    two_late_changes(&sandbox);
    let changed = |selection: &[&str]| of_class(&plan_part(&sandbox, selection), &["changed"]);
    let pages = changed(&["--only", "channel:landing"]);
    assert!(!pages.iter().any(|id| id.starts_with("email/")));
    let with_mails = changed(&["--only", "channel:landing+"]);
    assert!(with_mails.contains("email/bf26/digest.html"), "{with_mails:?}");
    let mails = changed(&["--only", "channel:email"]);
    assert!(!mails.iter().any(|id| id.starts_with("landing/bf26/")));
    let with_pages = changed(&["--only", "+channel:email"]);
    assert!(with_pages.iter().any(|id| id.starts_with("landing/bf26/")), "{with_pages:?}");
    let some = changed(&["--only", "+channel:email", "--exclude", "artifact:landing/bf26/h*"]);
    assert!(some.is_subset(&with_pages));
    let listed = changed(&["--only", "channel:email,channel:landing"]);
    assert_eq!(listed, changed(&["--only", "channel:email channel:landing"]));
    assert_eq!(listed, changed(&["--only", "channel:email", "--only", "channel:landing"]));
    let of_file = changed(&["--only", "source:partners/partners.csv"]);
    assert!(!of_file.is_empty());
}

#[test]
fn a_picture_stays_with_what_shows_it() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    sandbox.edit("assets/images/serum.svg", "<svg ", "<svg data-c=\"1\" ");
    // Every page shows it: one alone would need both.
    let one = ["plan", "--only", "artifact:landing/bf26/lumen-serum.html"];
    let run = sandbox.run(&one).expect_code(1);
    for line in
        ["shows `assets/images/serum.svg` as it is, and `landing/bf26/lumen-serum", "--only"]
    {
        assert!(run.stderr.contains(line), "`{line}` is not in\n{}", run.text());
    }
    let plan = plan_part(&sandbox, &["--only", "channel:email"]);
    assert!(of_class(&plan, &["kept"]).contains("assets/images/serum.svg"), "{plan}");
    check_apply(&sandbox, &plan, "no mail shows it");
    let plan = plan_part(&sandbox, &["--only", "channel:landing"]);
    assert!(of_class(&plan, &["changed"]).contains("assets/images/serum.svg"), "{plan}");
    check_apply(&sandbox, &plan, "all that show it");

    // A drawn picture of the sample, and the page that shows it.
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let of_serums = "lumen-serums,lumen,,pct_off,30,";
    sandbox.edit(OFFERS, of_serums, &of_serums.replace("30", "25"));
    let picture = "artifact:image/bf26/share-lumen-serums*";
    let run = sandbox.run(&["plan", "--only", picture]).expect_code(1);
    assert!(run.stderr.contains("as it is, which changes"), "{}", run.text());
    let page = "artifact:landing/bf26/lumen-serums.html";
    let run = sandbox.run(&["plan", "--only", page]).expect_code(1);
    assert!(run.stderr.contains("which stays as it is"), "{}", run.text());
    for selector in [format!("{picture}+"), format!("+{page}")] {
        sandbox.run(&["plan", "--only", &selector]).expect_code(0);
    }
}

#[test]
fn a_selector_that_names_nothing_says_so() {
    let sandbox = lay_down("ok_small");
    two_late_changes(&sandbox);
    for (selector, code, line) in [
        ("partner:heart", 2, "did you mean `hearth`?"),
        ("chanel:email", 2, "there is no kind `chanel`; did you mean `channel`?"),
        ("lumen", 2, "is no selector: write KIND:VALUE"),
        (",", 2, "a selection names something"),
        ("artifact:email/bf26/digst.html", 2, "did you mean `email/bf26/digest.html`?"),
        ("source:briefs/bf26.md", 1, "no artifact changes because of it"),
        ("partner:zzz*", 2, "names nothing that is known"),
    ] {
        for option in ["--only", "--exclude"] {
            let run = sandbox.run(&["plan", option, selector]).expect_code(code);
            assert!(run.stderr.contains(line), "{selector}: {}", run.text());
        }
    }
}

#[test]
fn what_stays_must_be_there_as_it_was_built() {
    let sandbox = lay_down("ok_small");
    let run = sandbox.run(&["plan", "--only", "channel:email"]).expect_code(1);
    assert!(run.stderr.contains("there is no output yet"), "{}", run.text());
    two_late_changes(&sandbox);
    let page = sandbox
        .output_files()
        .into_iter()
        .find(|path| path.starts_with("landing/bf26/") && is_html(path))
        .unwrap();
    let path = format!("output/{page}");
    plan_part(&sandbox, &["--only", "channel:email"]);
    let text = sandbox.read(&path);
    sandbox.write(&path, format!("{text} "));
    let run = sandbox.run(&["plan", "--only", "channel:email"]).expect_code(1);
    assert!(run.stderr.contains("was altered since it was built"), "{}", run.text());
    sandbox.run(&["apply", "part.plan"]).expect_code(4);
    // What goes out is made anew, so it need not be whole.
    sandbox.run(&["plan", "--only", "channel:landing"]).expect_code(0);
    sandbox.remove(&path);
    let run = sandbox.run(&["plan", "--only", "channel:email"]).expect_code(1);
    assert!(run.stderr.contains("is missing"), "{}", run.text());
}

/// `THROUGHLINE_PARTS` is how many sequences of edits and selections are tried.
#[test]
fn parts_go_out_in_any_order_and_a_whole_build_then_is_a_clean_one() {
    let selectors = [
        "channel:email",
        "channel:landing",
        "channel:sms",
        "partner:lumen",
        "partner:hearth+",
        "+partner:northfell",
        "offer:lumen-*",
        "+channel:email",
        "channel:landing+",
        "artifact:landing/*",
        "asset:digest",
        "campaign:bf26",
        "+partner:lumen+",
    ];
    let (mut applied, mut refused) = (0, 0);
    for seed in 0..number("THROUGHLINE_PARTS", 10) {
        let mut random = Random::new(seed);
        let sandbox = lay_down("ok_small");
        sandbox.run(&["build"]).expect_code(0);
        let mut done = Vec::new();
        for _ in 0..4 {
            done.push(crate::plans::edit(&sandbox, &mut random));
            let mut typed =
                vec![random.one_of(&["--only", "--exclude"]), random.one_of(&selectors)];
            if random.once_in(3) {
                typed.extend(["--only", random.one_of(&selectors)]);
            }
            done.push(typed.join(" "));
            let why = format!("seed {seed}: {done:?}");
            let plan = ["plan", "--format", "json", "-o", "part.plan"];
            let run = sandbox.run(&[&plan[..], &typed].concat());
            if !run.stdout.contains("\"schema\"") {
                assert!([1, 2].contains(&run.code), "{why}: {}", run.text());
                refused += 1;
                continue;
            }
            check_apply(&sandbox, &planned(&run), &why);
            applied += 1;
        }
        let run = sandbox.run(&["build", "--format", "short"]);
        if run.text().contains("nothing was written") {
            continue;
        }
        let whole = sandbox.read("output/manifest.json");
        sandbox.remove("output");
        let _ = sandbox.run(&["build"]);
        assert_eq!(sandbox.read("output/manifest.json"), whole, "seed {seed}: {done:?}");
        sandbox.run(&["verify"]).expect_code(0);
    }
    assert!(applied > refused, "{applied} applied, {refused} refused");
}
