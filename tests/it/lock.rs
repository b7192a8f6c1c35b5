//! throughline.lock over time: a late swap, two branches, rows that go missing.

use std::process::Command;

use throughline::link::propose;

use crate::cases::lay_down;
use crate::sandbox::Sandbox;

const LOCK: &str = "throughline.lock";
const PLACEMENTS: &str = "partners/placements.csv";
/// Before and after the window of the digest opens.
const BEFORE: &str = "--as-of=2026-11-20T12:00";
const AFTER: &str = "--as-of=2026-11-27T16:20";

/// The rows of a link, without its id.
fn rows(sandbox: &Sandbox, id: &str) -> Vec<String> {
    let prefix = format!("{id},");
    let lock = sandbox.read(LOCK);
    lock.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
}

fn cell(row: &str, column: usize) -> &str {
    row.split(',').nth(column).unwrap()
}

/// The line of a code in the redirects.
fn redirect(sandbox: &Sandbox, code: &str) -> Option<String> {
    let map = sandbox.artifact("redirects/nginx.map");
    map.lines().find(|line| line.starts_with(&format!("/{code} "))).map(str::to_owned)
}

fn swap(sandbox: &Sandbox, from: &str, to: &str) {
    sandbox.edit(PLACEMENTS, &format!("s02,{from},"), &format!("s02,{to},"));
}

/// Case 15 of the nasty ones: a late swap, then another brand, then a row that is taken out.
#[test]
fn a_swap_keeps_the_code_and_a_row_is_never_lost() {
    let sandbox = lay_down("ok_small");
    let id = "bf26-digest-pan.cta";
    sandbox.run(&["build", BEFORE]).expect_code(0);
    let first = rows(&sandbox, id);
    let code = cell(&first[0], 0).to_owned();
    assert!(redirect(&sandbox, &code).unwrap().contains("/bf26/hearth-pan?"));

    // What nobody has seen is replaced in its place.
    swap(&sandbox, "hearth-pan", "cozy-set");
    sandbox.run(&["build", BEFORE]).expect_code(0);
    let early = rows(&sandbox, id);
    assert_eq!(early.len(), 1);
    assert_eq!((cell(&early[0], 4), cell(&early[0], 5)), ("cozy-set", ""));

    // What was seen is kept, and the new meaning begins today, in the workspace's zone.
    swap(&sandbox, "cozy-set", "hearth-pan");
    let locked = sandbox.run(&["build", "--locked", AFTER]).expect_code(0);
    assert!(locked.stderr.contains("TL0325"), "{}", locked.text());
    assert!(redirect(&sandbox, &code).unwrap().contains("/bf26/hearth-pan?"));
    assert_eq!(rows(&sandbox, id), early);
    sandbox.run(&["build", "--as-of=2026-11-27T23:30"]).expect_code(0);
    let late = rows(&sandbox, id);
    assert_eq!(late.len(), 2);
    assert_eq!(late[0], early[0]);
    assert_eq!(cell(&late[1], 0), code);
    assert_eq!((cell(&late[1], 4), cell(&late[1], 5)), ("hearth-pan", "2026-11-27"));
    assert!(late[1].contains("utm_id=bf26&"));
    let line = redirect(&sandbox, &code).unwrap();
    assert!(line.contains("/bf26/hearth-pan?"), "{line}");
    let again = sandbox.run(&["build", "--format", "short", "--as-of=2026-11-28T12:00"]);
    assert!(again.expect_code(0).text().contains("0 written"));
    assert_eq!(rows(&sandbox, id), late);

    // A day has one row.
    swap(&sandbox, "hearth-pan", "cozy-set");
    sandbox.run(&["build", AFTER]).expect_code(0);
    assert_eq!(rows(&sandbox, id).len(), 2);

    let lock = sandbox.read(LOCK);
    swap(&sandbox, "cozy-set", "lumen-serum");
    let brand = sandbox.run(&["build", AFTER]).expect_code(1);
    assert!(brand.stderr.contains("TL0311"), "{}", brand.text());
    assert_eq!(sandbox.read(LOCK), lock);

    // Taking its rows out would let the id mean another brand.
    let kept: Vec<&str> = lock.lines().filter(|line| !line.starts_with(id)).collect();
    sandbox.write(LOCK, kept.join("\n") + "\n");
    let removed = sandbox.run(&["build", AFTER]).expect_code(1);
    assert!(removed.stderr.contains("TL0327"), "{}", removed.text());
    assert!(removed.stderr.contains(&format!("the row of `{id}` was removed")));
    sandbox.remove(LOCK);
    let all = sandbox.run(&["build", AFTER]).expect_code(1);
    assert!(all.stderr.contains("and of 12 other links"), "{}", all.text());
}

#[test]
fn the_day_of_a_change_is_the_workspaces() {
    let sandbox = lay_down("ok_small");
    sandbox.edit("briefs/bf26.md", "opens = 2026-11-27T05", "opens = 2026-11-26T05");
    sandbox.run(&["build", BEFORE]).expect_code(0);
    swap(&sandbox, "hearth-pan", "cozy-set");
    // Midnight in New York is five o'clock in Greenwich.
    sandbox.run(&["build", "--as-of=2026-11-27T04:59:00Z"]).expect_code(0);
    assert_eq!(cell(&rows(&sandbox, "bf26-digest-pan.cta")[1], 5), "2026-11-26");
}

/// A flight may begin before the window opens. Without `--as-of`, a change is dated today.
#[test]
fn what_is_in_flight_was_seen() {
    let sandbox = lay_down("ok_small");
    sandbox.edit(PLACEMENTS, ",committed\n", ",committed,flight_start\n");
    sandbox.edit(PLACEMENTS, "cozy-set,yes", "cozy-set,yes,2020-01-01T00:00");
    sandbox.run(&["build"]).expect_code(0);
    let before = rows(&sandbox, "bf26-digest-pan.cta");
    swap(&sandbox, "hearth-pan", "cozy-set");
    sandbox.run(&["build"]).expect_code(0);
    let after = rows(&sandbox, "bf26-digest-pan.cta");
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[0]);
    assert!(cell(&after[1], 5) > "2025-01-01", "{}", after[1]);
}

#[test]
fn a_retired_link_still_answers_and_is_reported() {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build", BEFORE]).expect_code(0);
    let id = "bf26.alert.lumen-serum.a.cta";
    let before = rows(&sandbox, id);
    let line = redirect(&sandbox, cell(&before[0], 0));
    assert!(line.is_some());
    sandbox.edit("partners/offers.csv", "2026-12-01T00:00,active", "2026-12-01T00:00,withdrawn");
    sandbox.run(&["build", BEFORE]).expect_code(0);
    assert_eq!(rows(&sandbox, id), before);
    assert_eq!(redirect(&sandbox, cell(&before[0], 0)), line);
    let report = sandbox.artifact("reporting/dim_link.csv");
    let row = report.lines().find(|line| line.starts_with(id)).unwrap();
    for fact in ["retired", "lumen-serum", "text-alerts", "alert.lumen-serum", "/bf26/lumen-serum?"]
    {
        assert!(row.contains(fact), "{fact} in {row}");
    }
    let explained = sandbox.run(&["explain", id]).expect_code(0);
    assert!(explained.stdout.contains("status     retired"), "{}", explained.text());
    assert!(explained.stdout.contains("url        https://small.example/"), "{}", explained.text());
}

fn git(sandbox: &Sandbox, arguments: &[&str]) -> bool {
    let settings = ["user.name=t", "user.email=t@t.example", "init.defaultBranch=main"];
    let mut command = Command::new("git");
    for setting in settings.iter().chain(&["commit.gpgsign=false", "core.autocrlf=false"]) {
        command.args(["-c", setting]);
    }
    command.args(arguments).current_dir(sandbox.root()).env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.env("GIT_CONFIG_GLOBAL", "").output().expect("git is installed");
    output.status.success()
}

fn commit(sandbox: &Sandbox) {
    sandbox.run(&["build", BEFORE]).expect_code(0);
    assert!(git(sandbox, &["add", "-A"]) && git(sandbox, &["commit", "-qm", "work"]));
}

/// A new offer in a file of its own, so that only the lock conflicts.
fn add_offer(sandbox: &Sandbox, id: &str) {
    let header = sandbox.read("partners/offers.csv").lines().next().unwrap().to_owned();
    let row = format!(
        "{id},hearth,,bogo,,,,Two for the price of one,,Iron.,,,,standard,/{id},\
         2026-11-01T00:00,2026-12-31T23:59,,,active,"
    );
    sandbox.write(&format!("partners/offers-{id}.csv"), format!("{header}\n{row}\n"));
}

/// Two branches, each with an id of its own next to the other's, one id that both gave out, and a
/// swap on one of them.
#[test]
fn two_branches_are_merged_and_repaired() {
    for style in ["merge", "diff3"] {
        let sandbox = lay_down("ok_small");
        sandbox.write(".gitignore", "output/\n.throughline/\n");
        assert!(git(&sandbox, &["init", "-q"]));
        commit(&sandbox);
        assert!(git(&sandbox, &["checkout", "-q", "-b", "late"]));
        add_offer(&sandbox, "lid");
        add_offer(&sandbox, "mug");
        swap(&sandbox, "hearth-pan", "cozy-set");
        commit(&sandbox);
        let both = "bf26.page.mug.a.cta";
        let theirs = cell(&rows(&sandbox, both)[0], 0).to_owned();
        assert!(git(&sandbox, &["checkout", "-q", "main"]));
        sandbox.remove("output");
        add_offer(&sandbox, "jug");
        add_offer(&sandbox, "mug");
        commit(&sandbox);
        // As if the code had been taken when this branch gave it out.
        let ours = propose(both, 1);
        sandbox.edit(LOCK, &theirs, &ours);
        sandbox.remove("output");
        commit(&sandbox);

        let setting = format!("merge.conflictStyle={style}");
        assert!(!git(&sandbox, &["-c", &setting, "merge", "-q", "late"]));
        assert!(sandbox.read(LOCK).contains("<<<<<<<"));
        let broken = sandbox.run(&["build", BEFORE]).expect_code(1);
        assert!(broken.stderr.contains("run `throughline lock --repair`"), "{}", broken.text());

        let mended = sandbox.run(&["lock", "--repair", "--format", "json"]).expect_code(0);
        let object = &mended.json_lines()[0];
        let decision = &object["decisions"][0];
        assert_eq!(decision["link_id"], both);
        assert_eq!(decision["kept"], ours.as_str());
        assert_eq!(decision["dropped"], theirs.as_str());
        assert_eq!(decision["because"], "released");
        assert_eq!(object["decisions"].as_array().unwrap().len(), 1, "{object}");
        for id in ["bf26.page.jug.a.cta", "bf26.page.lid.a.cta", both] {
            assert_eq!(rows(&sandbox, id).len(), 1, "{id}");
        }
        let whole = sandbox.read(LOCK);
        sandbox.run(&["build", "--locked", BEFORE]).expect_code(0);
        sandbox.run(&["build", BEFORE]).expect_code(0);
        assert_eq!(sandbox.read(LOCK), whole);
        let swapped = rows(&sandbox, "bf26-digest-pan.cta");
        assert_eq!(cell(&swapped[0], 4), "cozy-set");
        let again = sandbox.run(&["lock", "--repair"]).expect_code(0);
        assert!(again.stdout.contains("throughline.lock is whole"));
    }
}
