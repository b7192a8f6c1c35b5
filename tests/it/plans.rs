//! What a plan says, against what a build then does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cases::lay_down;
use crate::random::{Random, number};
use crate::sample::sample;
use crate::sandbox::Sandbox;

/// Artifacts by id, with their digests.
fn built(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let artifacts = manifest["artifacts"].as_array().unwrap();
    artifacts.iter().map(|one| (text(one, "id"), text(one, "sha256"))).collect()
}

fn plan(sandbox: &Sandbox, more: &[&str]) -> Value {
    let args: Vec<&str> = ["plan", "--format", "json"].iter().chain(more).copied().collect();
    let run = sandbox.run(&args);
    let document = run.json_lines().into_iter().find(|one| one["schema"].is_string());
    document.unwrap_or_else(|| panic!("{}", run.text()))
}

/// The ids that a plan gives a class, with what it says they will be.
fn of_class(plan: &Value, classes: &[&str]) -> BTreeMap<String, String> {
    let changes = plan["changes"].as_array().unwrap().iter();
    let wanted = changes.filter(|one| classes.contains(&one["class"].as_str().unwrap()));
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    wanted.map(|one| (text(one, "id"), text(one, "sha256"))).collect()
}

/// Builds, and holds what came of it against the plan that was made before.
#[track_caller]
fn check_plan(sandbox: &Sandbox, why: &str) -> Value {
    let plan = plan(sandbox, &[]);
    let before = built(sandbox);
    let _ = sandbox.run(&["build"]);
    check_output(sandbox, why);
    let after = built(sandbox);
    let written: BTreeMap<String, String> = after
        .iter()
        .filter(|(id, digest)| before.get(*id) != Some(*digest))
        .map(|(id, digest)| (id.clone(), digest.clone()))
        .collect();
    assert_eq!(of_class(&plan, &["changed", "added"]), written, "{why}");
    let gone: BTreeSet<&String> = before.keys().filter(|id| !after.contains_key(*id)).collect();
    let planned = of_class(&plan, &["removed"]);
    assert_eq!(planned.keys().collect::<BTreeSet<_>>(), gone, "{why}");
    for change in plan["changes"].as_array().unwrap() {
        let class = change["class"].as_str().unwrap();
        let reasons = change["reasons"].as_array().unwrap();
        // Nothing changes without a fact that it can read.
        if class == "changed" {
            assert!(!reasons.is_empty(), "{why}: {change}");
        }
    }
    plan
}

/// What was built on what was there is what is built from nothing, and the cache says so.
#[track_caller]
fn check_output(sandbox: &Sandbox, why: &str) {
    let asked = sandbox.run(&["build", "--verify-cache"]);
    assert!(!asked.stderr.contains("the cache knows"), "{why}: {}", asked.text());
    sandbox.expect_clean_output(why);
}

const OFFERS: &str = "partners/offers.csv";
const PARTNERS: &str = "partners/partners.csv";

/// One edit of the small workspace, as a person makes it.
pub(crate) fn edit(sandbox: &Sandbox, random: &mut Random) -> String {
    let path = random.one_of(&[OFFERS, PARTNERS, "partners/placements.csv"]);
    match random.below(13) {
        12 => edit_slot(sandbox, random),
        9 => edit_rules(sandbox, random),
        10 => edit_rows(sandbox, random),
        11 => edit_columns(sandbox, path),
        0 => {
            let text = sandbox.read(path);
            let mut lines: Vec<&str> = text.lines().collect();
            let (a, b) = (1 + random.below(lines.len() - 1), 1 + random.below(lines.len() - 1));
            lines.swap(a, b);
            sandbox.write(path, lines.join("\n") + "\n");
            format!("{path}: lines {a} and {b}")
        }
        1 => {
            let text = sandbox.read(path).replace("\r\n", "\n");
            sandbox.write(path, text.replace('\n', "\r\n"));
            format!("{path}: line ends")
        }
        2 => exchange(sandbox, random, OFFERS, &["pct_off,30", "pct_off,25", "pct_off,20"]),
        3 => edit_status(sandbox, random),
        4 => {
            let words = ["Today only", "This week only", "Right now"];
            exchange(sandbox, random, "briefs/bf26.md", &words)
        }
        5 => edit_template(sandbox, random),
        6 => exchange(sandbox, random, PARTNERS, &["hearth,Hearth,", "hearth,Hearth & Home,"]),
        7 => edit_by_swap(sandbox, random),
        _ => {
            let colors = ["<svg ", "<svg data-c=\"#111111\" ", "<svg data-c=\"#222222\" "];
            exchange(sandbox, random, "assets/images/serum.svg", &colors)
        }
    }
}

/// One of some texts, whichever stands there now, gives way to another.
fn exchange(sandbox: &Sandbox, random: &mut Random, path: &str, all: &[&str]) -> String {
    let (text, to) = (sandbox.read(path), random.one_of(all));
    // The longest first: one may begin as another does.
    let mut known = all.to_vec();
    known.sort_by_key(|one| std::cmp::Reverse(one.len()));
    if let Some(from) = known.iter().find(|one| text.contains(**one)) {
        sandbox.write(path, text.replace(from, to));
    }
    format!("{path}: {to}")
}

fn edit_status(sandbox: &Sandbox, random: &mut Random) -> String {
    let name = random.one_of(&["lumen-gift", "lumen-serum", "northfell-boots", "cozy-set"]);
    let states = [",active,", ",draft,", ",withdrawn,"];
    let to = random.one_of(&states);
    let text = sandbox.read(OFFERS);
    let lines = text.lines().map(|line| {
        if !is_row(line, name) {
            return line.to_owned();
        }
        states.iter().fold(line.to_owned(), |line, from| line.replace(from, to))
    });
    sandbox.write(OFFERS, lines.collect::<Vec<_>>().join("\n") + "\n");
    format!("{name}{to}")
}

fn edit_template(sandbox: &Sandbox, random: &mut Random) -> String {
    let files = [
        "templates/email/digest.html",
        "templates/parts/saving.html",
        "templates/landing/offer.html",
    ];
    let path = random.one_of(&files);
    let text = sandbox.read(path);
    let changed = match random.below(3) {
        0 => text.replacen("{%-", "{#- a remark -#}{%-", 1),
        1 => text.replace("Two for one", "Two for the price of one"),
        _ => text.replace("See the offer", "Look"),
    };
    sandbox.write(path, changed);
    path.to_owned()
}

fn edit_rules(sandbox: &Sandbox, random: &mut Random) -> String {
    let orders =
        ["{asset.id}.{slot}.{offer.id}.{variant}", "{asset.id}.{offer.id}.{slot}.{variant}"];
    exchange(sandbox, random, "rules/channels/email.toml", &orders)
}

/// Columns come in any order.
fn is_row(line: &str, id: &str) -> bool {
    line.split(',').any(|cell| cell.trim() == id)
}

/// Another offer is picked by hand, or put there by a swap.
fn edit_slot(sandbox: &Sandbox, random: &mut Random) -> String {
    let picked = ["s02,hearth-pan,", "s02,northfell-boots,", "s02,cozy-set,"];
    if random.below(2) == 0 {
        return exchange(sandbox, random, "partners/placements.csv", &picked);
    }
    let (from, to) = (random.one_of(&["hearth-pan", "lumen-gift"]), "northfell-boots");
    let decided = ["--by", "x", "--because", "y", "--yes", "--at", "2026-11-20T10:00:00-05:00"];
    let run = sandbox.run(&[&["swap", "replace", from, to][..], &decided].concat());
    format!("swap {from} {to}: {}", run.code)
}

/// A new offer comes in, at any place, or leaves.
fn edit_rows(sandbox: &Sandbox, random: &mut Random) -> String {
    let text = sandbox.read(OFFERS);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let new = lines.iter().position(|line| is_row(line, "lumen-mini"));
    if let Some(at) = new {
        lines.remove(at);
    } else {
        let like = lines.iter().find(|line| is_row(line, "lumen-gift")).unwrap();
        let row = like.replacen("lumen-gift", "lumen-mini", 1).replacen("A brush", "A comb", 1);
        lines.insert(1 + random.below(lines.len()), row);
    }
    sandbox.write(OFFERS, lines.join("\n") + "\n");
    format!("lumen-mini: {new:?}")
}

/// The last column comes first.
fn edit_columns(sandbox: &Sandbox, path: &str) -> String {
    let text = sandbox.read(path);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        let mut cells: Vec<&str> = record.iter().collect();
        cells.rotate_right(1);
        writer.write_record(cells).unwrap();
    }
    sandbox.write(path, writer.into_inner().unwrap());
    format!("{path}: columns")
}

fn edit_by_swap(sandbox: &Sandbox, random: &mut Random) -> String {
    let fields = [
        "offer:lumen-gift badge=Last",
        "lumen-serum landing_path=/night",
        "lumen-serum title@sms=Less",
        "partner:hearth status=withdrawn",
    ];
    let (row, value) = random.one_of(&fields).split_once(' ').unwrap();
    let at = format!("2026-11-20T09:{:02}:00-05:00", random.below(60));
    let decided = ["--by", "x", "--because", "y", "--instead", "--yes", "--at", &at];
    let run = sandbox.run(&[&["swap", "set", row, value][..], &decided].concat());
    format!("swap {row} {value}: {}", run.code)
}

/// `THROUGHLINE_PLANS` is how many sequences of edits are tried.
#[test]
fn what_is_planned_is_what_is_built() {
    for seed in 0..number("THROUGHLINE_PLANS", 100) {
        let mut random = Random::new(seed);
        let sandbox = lay_down("ok_small");
        sandbox.run(&["build"]).expect_code(0);
        let mut done = Vec::new();
        for _ in 0..3 {
            for _ in 0..=random.below(2) {
                done.push(edit(&sandbox, &mut random));
            }
            let blocked = sandbox.run(&["plan", "--format", "short"]);
            if blocked.text().contains("nothing can be planned") {
                break;
            }
            check_plan(&sandbox, &format!("seed {seed}: {done:?}"));
        }
    }
}

#[test]
fn rows_in_another_order_and_files_saved_anew_change_nothing() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    let path = "partners/offers.csv";
    let text = sandbox.read(path);
    let (header, rows) = text.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    sandbox.write(path, format!("{header}\n{}\n", backwards.join("\n")));
    let quoted = |line: &str| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        record.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>()
    };
    let partners = sandbox.read("partners/partners.csv");
    let saved = partners.lines().map(|line| quoted(line).join(",") + "\r\n").collect::<String>();
    sandbox.write("partners/partners.csv", format!("\u{feff}{saved}"));
    let plan = check_plan(&sandbox, "saved anew");
    assert_eq!(
        plan["counts"]["classes"]["clean"].as_u64().unwrap() as usize,
        built(&sandbox).len()
    );
    assert_eq!(plan["changes"].as_array().unwrap().len(), 0, "{plan}");
    // A row on top moves every other one, and touches none.
    let (header, rows) = text.split_once('\n').unwrap();
    let new = rows.lines().next().unwrap().replacen("cozy-set", "cozy-two", 1);
    let new = new.replacen("COZY15", "COZY16", 1).replacen(",active,", ",draft,", 1);
    sandbox.write(path, format!("{header}\n{new}\n{rows}"));
    let plan = check_plan(&sandbox, "a row on top");
    assert_eq!(of_class(&plan, &["changed", "added", "removed"]), BTreeMap::new(), "{plan}");
}

#[test]
fn a_fact_that_no_template_looks_at_touches_and_does_not_affect() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    // Pages show the badge, mails and messages do not.
    sandbox.edit("partners/offers.csv", "active,New", "active,Last days");
    let plan = check_plan(&sandbox, "a badge");
    let changed = of_class(&plan, &["changed"]);
    // Two files of the servers name the page's file.
    let expected =
        ["landing/bf26/lumen-gift.html", "landing/nginx-server.conf", "landing/routes.json"];
    assert_eq!(changed.keys().collect::<Vec<_>>(), expected);
    let unaffected = of_class(&plan, &["unaffected"]);
    assert!(unaffected.contains_key("email/bf26/digest.txt"), "{plan}");
    let change = &plan["changes"].as_array().unwrap()[..];
    let page = change.iter().find(|one| one["class"] == "changed").unwrap();
    let reason = &page["reasons"][0];
    assert_eq!(reason["field"], "offers:lumen-gift.badge");
    assert_eq!((&reason["old"], &reason["new"]), (&"New".into(), &"Last days".into()));
    assert_eq!((&reason["file"], &reason["line"]), (&"partners/offers.csv".into(), &4.into()));
}

#[test]
fn without_a_record_of_the_base_there_are_no_reasons_and_the_same_plan() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit("partners/offers.csv", "pct_off,30", "pct_off,25");
    let known = plan(&sandbox, &[]);
    std::fs::remove_dir_all(sandbox.path(".throughline/sources")).unwrap();
    let unknown = plan(&sandbox, &[]);
    assert_eq!((&known["facts_known"], &unknown["facts_known"]), (&true.into(), &false.into()));
    let effects = ["changed", "added", "removed"];
    assert_eq!(of_class(&known, &effects), of_class(&unknown, &effects));
    let run = sandbox.run(&["plan"]).expect_code(0);
    assert!(run.stdout.contains("no record of the base's facts"), "{}", run.text());
    // A copy that is not what it was is none.
    sandbox.run(&["build"]).expect_code(0);
    for path in crate::sandbox::files_below(&sandbox.path(".throughline/sources")) {
        sandbox.write(&format!(".throughline/sources/{path}"), "x");
    }
    sandbox.edit("partners/offers.csv", "pct_off,25", "pct_off,20");
    assert_eq!(plan(&sandbox, &[])["facts_known"], false);
}

#[test]
fn a_plan_that_does_not_fit_any_more_says_what_moved_and_writes_nothing() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit("partners/offers.csv", "pct_off,30", "pct_off,25");
    sandbox.run(&["plan", "-o", "late.plan"]).expect_code(0);
    let before = built(&sandbox);
    // What changes no byte does not matter.
    let offers = sandbox.read("partners/offers.csv");
    sandbox.edit("partners/offers.csv", "pct_off,25", "pct_off,20");
    sandbox.edit("partners/partners.csv", "Hearth,Hearth LLC", "Hearth Co,Hearth LLC");
    let run = sandbox.run(&["apply", "late.plan"]).expect_code(4);
    for line in
        ["moved: partners/offers.csv", "moved: partners/partners.csv", "would come out otherwise"]
    {
        assert!(run.stderr.contains(line), "{}", run.text());
    }
    assert_eq!(built(&sandbox), before);
    sandbox.edit("partners/partners.csv", "Hearth Co,Hearth LLC", "Hearth,Hearth LLC");
    sandbox.write("partners/offers.csv", offers.replace('\n', "\r\n"));
    sandbox.run(&["apply", "late.plan"]).expect_code(0);
    // Applied again, as after a run that was stopped at its end, it changes nothing.
    let applied = built(&sandbox);
    let again = sandbox.run(&["apply", "late.plan"]).expect_code(0);
    assert!(again.stdout.contains(" 0 written"), "{}", again.text());
    assert_eq!(built(&sandbox), applied);
    sandbox.edit("partners/offers.csv", "pct_off,25", "pct_off,20");
    sandbox.run(&["build"]).expect_code(0);
    let stale = sandbox.run(&["apply", "late.plan"]).expect_code(4);
    assert!(stale.stderr.contains("built anew"), "{}", stale.text());
    sandbox.write("late.plan", "{}");
    sandbox.run(&["apply", "late.plan"]).expect_code(2);
}

/// The hour before a lock: a build of the night, a call at 16:20, and what goes out.
#[test]
fn the_late_swap_hour() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let decided = ["--by", "d.ortiz", "--because", "Lumen pulled 30%", "--ref", "mail:8812"];
    let at = ["--at", "2026-11-25T16:20"];
    // The pages are open: the value that customers have seen does not change under them.
    let set = ["swap", "set", "lumen-serums", "value=25", "--yes"];
    let refused = sandbox.run(&[&set[..], &decided, &at].concat()).expect_code(1);
    assert!(
        refused.stderr.contains("TL0733") && refused.stderr.contains("withdraw"),
        "{}",
        refused.text()
    );
    let withdraw = ["swap", "withdraw", "offer:lumen-serums"];
    let dry = sandbox.run(&[&withdraw[..], &decided, &at, &["--dry-run"]].concat()).expect_code(0);
    for line in [
        "change   offers:lumen-serums.status  active -> withdrawn",
        "fact      bf26/digest/s01  lumen-serums (bf26-digest-s01, a) -> lumen-glow-gift",
        "removed   landing/bf26/lumen-serums.html",
        "window    bf26/email-am",
        "1h40m left",
        "is open: customers see it already",
    ] {
        assert!(dry.stdout.contains(line), "`{line}` is not in\n{}", dry.text());
    }
    assert!(!sandbox.path("decisions").exists(), "a dry run has written");
    // Nobody is there to say yes.
    sandbox.run(&[&withdraw[..], &decided, &at].concat()).expect_code(2);
    sandbox.run(&[&withdraw[..], &decided, &at, &["--yes"]].concat()).expect_code(0);
    // Said again, as after a run that was stopped at its end, it changes nothing.
    let again = sandbox.run(&[&withdraw[..], &decided, &["--yes"]].concat()).expect_code(0);
    assert!(again.stderr.contains("says just that: nothing to do"), "{}", again.text());
    let told = [&withdraw[..], &decided, &at, &["--yes", "--format", "json"]].concat();
    assert_eq!(sandbox.run(&told).expect_code(0).json_lines()[0]["recorded"], true);
    let other = ["--by", "d.ortiz", "--because", "another reason"];
    let asked = sandbox.run(&[&withdraw[..], &other, &at, &["--yes"]].concat()).expect_code(2);
    assert!(asked.stderr.contains("add --instead"), "{}", asked.text());
    assert_eq!(sandbox.files("decisions/swaps").len(), 1);
    let document = plan(&sandbox, &["--as-of", "2026-11-25T16:20", "-o", "late.plan"]);
    let mut changes = document["changes"].as_array().unwrap().iter();
    let email = changes.find(|one| one["id"] == "email/bf26/digest.html").unwrap();
    assert_eq!(email["class"], "changed");
    assert_eq!(email["reasons"][0]["field"], "bf26/digest/s01");
    sandbox.run(&["apply", "late.plan"]).expect_code(0);
    sandbox.run(&["verify"]).expect_code(0);
    let again = plan(&sandbox, &["--as-of", "2026-11-25T16:20"]);
    assert_eq!(again["changes"].as_array().unwrap().len(), 0, "{again}");
    let mail = sandbox.artifact("email/bf26/digest.html");
    assert!(mail.contains("lumen-glow-gift") && !mail.contains("lumen-serums"));
    let list = sandbox.run(&["swap", "list", "--format", "json"]).expect_code(0);
    let id = list.json_lines()[0]["id"].as_str().unwrap().to_owned();
    let revert = ["swap", "revert", &id, "--at", "2026-11-25T16:40", "--yes"];
    for _ in 0..2 {
        sandbox
            .run(&[&revert[..], &["--by", "d.ortiz", "--because", "They found more"]].concat())
            .expect_code(0);
        assert_eq!(sandbox.files("decisions/swaps").len(), 2);
    }
    sandbox.run(&["build", "--as-of", "2026-11-25T16:20"]).expect_code(0);
    assert!(sandbox.artifact("email/bf26/digest.html").contains("lumen-serums"));
}

#[test]
fn a_fact_that_is_decided_a_third_time_has_that_value() {
    let sandbox = sample();
    for (number, value) in ["25", "20", "35"].into_iter().enumerate() {
        let (field, at) = (format!("value={value}"), format!("2026-11-16T16:2{number}"));
        let decided = ["--by", "d.ortiz", "--because", "Lumen called", "--at", &at, "--yes"];
        let set = ["swap", "set", "lumen-serums", &field, "--instead"];
        sandbox.run(&[&set[..], &decided].concat()).expect_code(0);
    }
    sandbox.run(&["build"]).expect_code(0);
    assert!(sandbox.artifact("landing/bf26/lumen-serums.html").contains("35%"));
    // The last one reverted, the one before it counts again, and not also the first.
    let swaps = sandbox.files("decisions/swaps");
    let last = swaps[2].rsplit('/').next().unwrap().trim_end_matches(".toml");
    let decided = ["--by", "d.ortiz", "--because", "No", "--at", "2026-11-16T16:40", "--yes"];
    sandbox.run(&[&["swap", "revert", last][..], &decided].concat()).expect_code(0);
    sandbox.run(&["build"]).expect_code(0);
    assert!(sandbox.artifact("landing/bf26/lumen-serums.html").contains("20%"));
}
