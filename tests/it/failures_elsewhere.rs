//! What is known to go wrong in dbt and Terraform, done here. The issues are named where each is.

use std::collections::BTreeSet;
use std::fs::{self, File};

use serde_json::Value;

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::{Sandbox, saved_anew};

const OFFERS: &str = "partners/offers.csv";

fn plan(sandbox: &Sandbox, more: &[&str]) -> Value {
    let run = sandbox.run(&[&["plan", "--format", "json"], more].concat()).expect_code(0);
    run.json_lines().into_iter().find(|one| one["schema"].is_string()).unwrap()
}

/// The artifacts that a build would write or remove, each with the facts because of which.
fn effects(plan: &Value) -> Vec<(&str, BTreeSet<&str>)> {
    let effect =
        |one: &&Value| matches!(one["class"].as_str().unwrap(), "changed" | "added" | "removed");
    plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(effect)
        .map(|one| {
            let reasons = one["reasons"].as_array().unwrap().iter();
            (
                one["id"].as_str().unwrap(),
                reasons.map(|reason| reason["field"].as_str().unwrap()).collect(),
            )
        })
        .collect()
}

fn built(sandbox: &Sandbox) -> Value {
    sandbox.run(&["build", "--format", "json"]).expect_code(0).json_lines().pop().unwrap()
}

/// dbt compares seeds of more than a megabyte by their path: `state:modified` then misses what is
/// in them (docs.getdbt.com, "Caveats to state comparison").
#[test]
fn dbt_large_tables_are_compared_by_what_is_in_them() {
    let sandbox = lay_down("ok_small");
    let small = sandbox.read(OFFERS);
    let (header, rows) = small.split_once('\n').unwrap();
    let boots = rows.lines().find(|row| row.starts_with("northfell-boots,")).unwrap();
    let boots = boots.replace(",active,", ",draft,");
    let ended = |number: usize| boots.replace("northfell-boots,", &format!("old-{number},")) + "\n";
    let [above, below] =
        [0..5_000, 5_000..10_000].map(|numbers| numbers.map(ended).collect::<String>());
    let text = format!("{header}\n{above}{rows}{below}");
    assert!(text.len() > 1_200_000, "{}", text.len());
    sandbox.write(OFFERS, &text);
    sandbox.run(&["build"]).expect_code(0);
    // Of the same size, and with the time of before.
    let file = File::options().append(true).open(sandbox.path(OFFERS)).unwrap();
    let time = file.metadata().unwrap().modified().unwrap();
    let changed = text.replace("pct_off,30,", "pct_off,25,");
    assert_eq!(changed.len(), text.len());
    sandbox.write(OFFERS, changed);
    file.set_modified(time).unwrap();
    let plan = plan(&sandbox, &[]);
    let effects = effects(&plan);
    let page = effects.iter().find(|(id, _)| *id == "landing/bf26/lumen-serum.html");
    let (_, reasons) = page.unwrap_or_else(|| panic!("{effects:?}"));
    assert_eq!(*reasons, BTreeSet::from(["offers:lumen-serum.value"]));
    assert!(built(&sandbox)["written"].as_u64().unwrap() > 0);
    assert!(sandbox.artifact("landing/bf26/lumen-serum.html").contains("25%"));
}

/// dbt does not see that a variable or the environment has changed, and then that a model has.
#[test]
fn dbt_untracked_variables_are_tracked_or_cannot_matter() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    // What a workspace declares is its variables.
    sandbox.edit("throughline.toml", "/privacy", "/privacy-policy");
    let plan = plan(&sandbox, &[]);
    let (id, reasons) =
        effects(&plan).into_iter().find(|(id, _)| id.ends_with("digest.html")).unwrap();
    assert!(!reasons.is_empty(), "{id} changes and no one says why: {plan}");
    sandbox.edit("throughline.toml", "/privacy-policy", "/privacy");
    // The environment is none.
    let mut command = sandbox.command(&["plan", "--format", "json"]);
    command.env("TZ", "Pacific/Kiritimati").env("LANG", "tr_TR.UTF-8").env("LC_ALL", "tr_TR.UTF-8");
    command.env("DBT_TARGET", "prod").env("USER", "other").env("SOURCE_DATE_EPOCH", "1");
    let done = command.output().unwrap();
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(document["changes"], Value::Array(Vec::new()), "{document}");
    // The one thing on the command line that reaches output is a reason like any other.
    let plan = self::plan(&sandbox, &["--as-of", "2026-12-01T12:00"]);
    let effects = effects(&plan);
    assert!(effects.iter().any(|(id, _)| *id == "landing/bf26/lumen-serum.html"), "{effects:?}");
    assert!(effects.iter().all(|(_, reasons)| reasons.contains("--as-of")), "{effects:?}");
}

/// dbt strips white space and case before it compares (`renderer.rs`), which suits SQL. Terms are
/// agreed on letter by letter.
#[test]
fn dbt_white_space_and_case_in_copy_are_changes() {
    for (find, replace) in
        [("30% off every serum", "30% Off every serum"), ("Cast iron.", "Cast  iron.")]
    {
        let sandbox = lay_down("ok_small");
        sandbox.run(&["build"]).expect_code(0);
        sandbox.edit(OFFERS, find, replace);
        let plan = plan(&sandbox, &[]);
        assert!(!effects(&plan).is_empty(), "{find}: {plan}");
        assert!(built(&sandbox)["written"].as_u64().unwrap() > 0, "{find}");
    }
}

/// A time in a model's configuration made it modified in every run (dbt-core 10968).
#[test]
fn dbt_the_clock_modifies_nothing() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    for path in sandbox.files("partners") {
        let file =
            File::options().append(true).open(sandbox.path(&format!("partners/{path}"))).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    }
    assert_eq!(plan(&sandbox, &[])["changes"], Value::Array(Vec::new()));
    assert_eq!(built(&sandbox)["written"], 0);
}

/// Terraform says "Saved plan is stale" and nothing else, because a serial number moved
/// (discuss.hashicorp.com 19728).
#[test]
fn terraform_a_stale_plan_says_what_moved_and_whether_it_matters() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    let (before, after) = ("pct_off,30,", "pct_off,25,");
    sandbox.edit(OFFERS, before, after);
    sandbox.run(&["plan", "-o", "late.plan"]).expect_code(0);
    // Runs in between that change nothing are no reason, and neither are files saved anew.
    sandbox.edit(OFFERS, after, before);
    assert_eq!(built(&sandbox)["written"], 0);
    sandbox.edit(OFFERS, before, after);
    sandbox.write("notes.txt", "no source");
    let offers = sandbox.read(OFFERS);
    sandbox.write(OFFERS, offers.replace('\n', "\r\n"));
    // Something else is, and what it does to the plan is told.
    sandbox.edit("partners/partners.csv", "Hearth,Hearth LLC", "Hearth Co,Hearth LLC");
    let stale = sandbox.run(&["apply", "late.plan"]).expect_code(4);
    for line in [
        "moved: partners/partners.csv",
        "of those planned would come out otherwise",
        "besides",
        "next: throughline plan",
    ] {
        assert!(stale.stderr.contains(line), "`{line}` is not in\n{}", stale.text());
    }
    sandbox.edit("partners/partners.csv", "Hearth Co,Hearth LLC", "Hearth,Hearth LLC");
    sandbox.run(&["apply", "late.plan"]).expect_code(0);
    // A plan of another workspace is none of this one.
    let other = lay_down("ok_picture");
    other.run(&["build"]).expect_code(0);
    other.write("late.plan", fs::read(sandbox.path("late.plan")).unwrap());
    let stale = other.run(&["apply", "late.plan"]).expect_code(4);
    assert!(stale.stderr.contains("moved: templates/landing/offer.html"), "{}", stale.text());
}

/// A Terraform plan without changes once left the file of an earlier plan behind, and `apply` ran
/// that (gist.github.com/apparentlymart/657885e7).
#[test]
fn terraform_a_plan_without_changes_replaces_the_one_before() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit(OFFERS, "pct_off,30,", "pct_off,25,");
    sandbox.run(&["plan", "-o", "late.plan"]).expect_code(0);
    let first = sandbox.read("late.plan");
    sandbox.edit(OFFERS, "pct_off,25,", "pct_off,30,");
    sandbox.run(&["plan", "-o", "late.plan"]).expect_code(0);
    assert_ne!(sandbox.read("late.plan"), first);
    let run = sandbox.run(&["apply", "late.plan", "--format", "json"]).expect_code(0);
    assert_eq!(run.json_lines().pop().unwrap()["written"], 0, "{}", run.text());
}

/// Every table of the sample backwards, quoted, with other line ends and a mark in front, and with
/// a row on top that is not shown.
#[test]
fn tables_in_another_order_and_saved_anew_change_nothing() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let lock = sandbox.read("throughline.lock");
    for path in sandbox.files("partners") {
        let path = format!("partners/{path}");
        let text = sandbox.read(&path);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        rows.reverse();
        let at = |name: &str| header.iter().position(|one| one == name);
        if let (Some(id), Some(status), Some(code)) = (at("offer_id"), at("status"), at("code")) {
            let first = rows[0].iter().enumerate().map(|(column, cell)| match column {
                column if column == id => "on-top",
                column if column == status => "draft",
                column if column == code => "",
                _ => cell,
            });
            rows.insert(0, first.collect());
        }
        sandbox.write(&path, saved_anew(&header, &rows));
    }
    let plan = plan(&sandbox, &[]);
    assert!(effects(&plan).is_empty(), "{plan}");
    let built = built(&sandbox);
    assert_eq!((&built["written"], &built["removed"]), (&0.into(), &0.into()), "{built}");
    assert_eq!(sandbox.read("throughline.lock"), lock);
    sandbox.run(&["verify"]).expect_code(0);
}
