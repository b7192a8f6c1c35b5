//! kill -9 at any moment of a build: the last good state is whole, and the next build repairs.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::sample::sample;
use crate::sandbox::{Sandbox, files_below};

/// Kills that came before the build was done; others do not count. `make soak` asks for more.
fn kills() -> u32 {
    std::env::var("THROUGHLINE_KILLS").map_or(20, |text| text.parse().unwrap())
}

fn tree(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let start = sandbox.path("output");
    files_below(&start)
        .into_iter()
        .map(|path| (path.clone(), fs::read(start.join(&path)).unwrap()))
        .collect()
}

/// Two versions of the offers; nearly every artifact differs between them.
fn versions(sandbox: &Sandbox) -> [String; 2] {
    let first = sandbox.read("partners/offers.csv");
    let second = first.replace("2026-12-02T23:59", "2026-12-03T23:59");
    assert_ne!(first, second);
    [first, second]
}

/// A step of a fixed sequence of numbers, so that a failure can be run again.
fn step(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn a_killed_build_leaves_a_whole_state_and_the_next_one_repairs() {
    let sandbox = sample();
    let versions = versions(&sandbox);
    let mut golden = Vec::new();
    let mut shortest = Duration::MAX;
    for version in versions.iter().chain(&versions) {
        sandbox.write("partners/offers.csv", version);
        let start = Instant::now();
        sandbox.run(&["build"]).expect_code(0);
        shortest = shortest.min(start.elapsed());
        golden.push(tree(&sandbox));
    }
    let mut seed = 2026;
    let (kills, mut interrupted, mut round) = (kills(), 0, 0);
    while interrupted < kills {
        round += 1;
        assert!(round < kills * 6, "only {interrupted} of {round} kills came before the end");
        let next = (round % 2) as usize;
        sandbox.write("partners/offers.csv", &versions[next]);
        let mut command = sandbox.command(&["build"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let micros = shortest.as_micros() as u64;
        sleep(Duration::from_micros(step(&mut seed) % micros));
        child.kill().unwrap();
        interrupted += u32::from(!child.wait().unwrap().success());
        let report = sandbox.run(&["verify", "--format", "json"]);
        let verified = &report.json_lines()[0];
        assert_eq!(verified["missing"], serde_json::json!([]), "round {round}");
        assert_eq!(verified["altered"], serde_json::json!([]), "round {round}");
        sandbox.run(&["build"]).expect_code(0);
        assert!(
            tree(&sandbox) == golden[next],
            "round {round}: other bytes than an undisturbed build"
        );
        sandbox.run(&["verify"]).expect_code(0);
    }
}

#[test]
fn two_builds_at_once_wait_for_each_other() {
    let sandbox = sample();
    let versions = versions(&sandbox);
    for round in 0..2 {
        sandbox.write("partners/offers.csv", &versions[round % 2]);
        let mut children: Vec<_> = (0..6)
            .map(|_| {
                sandbox
                    .command(&["build"])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in &mut children {
            assert!(child.wait().unwrap().success(), "round {round}");
        }
        sandbox.run(&["verify"]).expect_code(0);
    }
}

#[test]
fn damage_is_found_and_repaired() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let whole = tree(&sandbox);
    let html =
        whole.keys().find(|path| path.starts_with("email/") && path.contains(".html")).unwrap();
    let page = whole.keys().find(|path| path.starts_with("landing/")).unwrap();
    // The same size, so that nothing but the bytes tells.
    sandbox.write(&format!("output/{html}"), vec![b'x'; whole[html].len()]);
    sandbox.remove(&format!("output/{page}"));
    sandbox.write("output/email/stray.html", "by hand");
    let run = sandbox.run(&["verify", "--format", "json"]).expect_code(1);
    let verified = &run.json_lines()[0];
    assert_eq!(verified["ok"], false);
    assert_eq!(verified["altered"], serde_json::json!([html]));
    assert_eq!(verified["missing"], serde_json::json!([page]));
    assert_eq!(verified["extra"], serde_json::json!(["email/stray.html"]));
    sandbox.run(&["build"]).expect_code(0);
    assert!(tree(&sandbox) == whole);
}

#[test]
fn a_folder_with_other_peoples_files_is_refused() {
    let sandbox = sample();
    sandbox.write("elsewhere/thesis.txt", "years of work");
    let run = sandbox.run(&["build", "--output", "elsewhere"]).expect_code(5);
    assert!(run.stderr.contains("thesis.txt"), "{}", run.stderr);
    assert_eq!(sandbox.files("elsewhere"), ["thesis.txt"]);
}
