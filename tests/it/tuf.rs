//! The attacks that The Update Framework names, one test each, by somebody who can write in a
//! target: what is wrong is told, and nothing is published on top of it.

use std::fs;

use serde_json::{Value, json};
use throughline::store::FolderStore;

use crate::published::{build, check, go_back, must_publish, publish};
use crate::sandbox::Sandbox;

const POINTER: &str = "target/env/production/current.json";

fn store(sandbox: &Sandbox) -> FolderStore {
    FolderStore::new(sandbox.path("target"), "target".to_owned())
}

/// A target with three publications.
fn released() -> (Sandbox, FolderStore) {
    let sandbox = Sandbox::new();
    let store = store(&sandbox);
    for number in 1..=3 {
        must_publish(&store, &build(number));
    }
    assert!(check(&store).unwrap().ok);
    (sandbox, store)
}

fn alter(sandbox: &Sandbox, path: &str, change: impl FnOnce(&mut Value)) {
    let mut document: Value = serde_json::from_str(&sandbox.read(path)).unwrap();
    change(&mut document);
    sandbox.write(path, format!("{document}\n"));
}

/// Nothing is published on top, nobody goes back, and `verify` says the words.
#[track_caller]
fn is_told(store: &FolderStore, words: &str) {
    let faults = check(store).unwrap();
    assert!(!faults.ok && faults.faults.join("\n").contains(words), "{:?}", faults.faults);
    let error = publish(store, &build(9), "tests").unwrap_err();
    assert!(format!("{error:#}").contains(words), "{error:#}");
    assert!(go_back(store, None).is_err());
}

#[test]
fn arbitrary_installation_of_something_that_nobody_signed() {
    let sandbox = crate::releases::built();
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "ci", "-f"])
        .arg(sandbox.path("ci"))
        .status();
    assert!(made.unwrap().success());
    let public = sandbox.read("ci.pub");
    sandbox.write("signers", format!("ci@example.com {public}"));
    let signed = ["release", "--key", "ci", "--by", "ci", "--format", "json"];
    sandbox.run(&signed).expect_code(0);
    let verify = ["verify", "--to", "releases", "--allowed-signers", "signers"];
    assert!(sandbox.run(&verify).expect_code(0).stdout.contains("signed by ci@example.com"));
    // Somebody who can write there, and even has the program.
    crate::releases::rebuild(&sandbox, 666);
    sandbox.run(&["release", "--by", "ci"]).expect_code(0);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    let run = sandbox.run(&verify).expect_code(1);
    assert!(run.stdout.contains("nobody signed it"), "{}", run.text());
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    sandbox.write("signers", format!("ci@example.com {other}\n"));
    crate::releases::rebuild(&sandbox, 667);
    sandbox.run(&signed).expect_code(0);
    let run = sandbox.run(&verify).expect_code(1);
    assert!(run.stdout.contains("no signature is of a key that may sign"), "{}", run.text());
}

#[test]
fn endless_data() {
    let (sandbox, store) = released();
    let blob = sandbox.files("target/cas").into_iter().next().unwrap();
    // Sparse: ten gigabytes, of which nothing is read.
    let file = fs::OpenOptions::new().write(true).open(sandbox.path(&format!("target/cas/{blob}")));
    file.unwrap().set_len(10 << 30).unwrap();
    let found = check(&store).unwrap();
    assert!(!found.ok);
    let file = fs::OpenOptions::new().write(true).open(sandbox.path(POINTER)).unwrap();
    file.set_len(10 << 30).unwrap();
    let error = publish(&store, &build(9), "tests").unwrap_err();
    assert!(format!("{error:#}").contains("larger than"), "{error:#}");
}

#[test]
fn extraneous_dependencies() {
    let (sandbox, store) = released();
    let pointer: Value = serde_json::from_str(&sandbox.read(POINTER)).unwrap();
    let root = pointer["release"].as_str().unwrap();
    sandbox.write(&format!("target/{root}/tracker.js"), "alert(1)");
    let found = check(&store).unwrap();
    assert_eq!(found.extra, [format!("{root}/tracker.js")]);
    assert!(!found.ok);
}

#[test]
fn fast_forward() {
    let (sandbox, store) = released();
    alter(&sandbox, POINTER, |pointer| pointer["seq"] = json!(9_007_199_254_740_990_u64));
    is_told(&store, "which is not in the history");
}

/// A gap in the numbers is the same in small.
#[test]
fn fast_forward_by_a_few() {
    let (sandbox, store) = released();
    let of = |seq: u64| format!("target/env/production/history/{seq:020}.json");
    let last = sandbox.read(&of(3));
    sandbox.write(&of(5), last.replace("\"seq\":3", "\"seq\":5"));
    is_told(&store, "publication 4 is missing");
}

#[test]
fn indefinite_freeze() {
    let sandbox = crate::releases::built();
    let config = sandbox.read("throughline.toml");
    sandbox.write("throughline.toml", format!("{config}\n[release]\nvalid_hours = 1\n"));
    sandbox.run(&["release"]).expect_code(0);
    sandbox.run(&["verify", "--to", "releases", "--max-age", "1h"]).expect_code(0);
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let run = sandbox.run(&["verify", "--to", "releases", "--max-age", "1s"]).expect_code(1);
    assert!(run.stdout.contains("nightly job did not run"), "{}", run.text());
    let pointer: Value =
        serde_json::from_str(&sandbox.read("releases/env/production/current.json")).unwrap();
    let time = |key: &str| pointer[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(time("valid_until").duration_since(time("published")).as_secs(), 3_600);
}

/// A mirror can serve what it likes; what it serves is held against what was published.
#[test]
fn malicious_mirrors() {
    let (sandbox, store) = released();
    for blob in sandbox.files("target/cas") {
        let path = format!("target/cas/{blob}");
        let right = sandbox.read(&path);
        sandbox.write(&path, right.to_uppercase());
    }
    let found = check(&store).unwrap();
    assert!(!found.ok && found.missing.is_empty());
    assert!(found.altered.len() >= 3, "{:?}", found.altered);
    let error = go_back(&store, None).unwrap_err();
    assert!(format!("{error:#}").contains("has other bytes"), "{error:#}");
}

#[test]
fn mix_and_match() {
    let (sandbox, store) = released();
    let root = |seq: u64| {
        let entry = sandbox.read(&format!("target/env/production/history/{seq:020}.json"));
        let entry: Value = serde_json::from_str(&entry).unwrap();
        entry["release"].as_str().unwrap().to_owned()
    };
    let old = sandbox.read(&format!("target/{}/manifest.json", root(1)));
    let place = format!("target/{}/manifest.json", root(3));
    let right = sandbox.read(&place);
    sandbox.write(&place, &old);
    let found = check(&store).unwrap();
    assert!(!found.ok && found.faults[0].contains("another manifest"), "{:?}", found.faults);
    sandbox.write(&place, right);
    // The pointer of one with the release of another.
    alter(&sandbox, POINTER, |pointer| pointer["release"] = json!(root(1)));
    is_told(&store, "differs from publication 3");
}

#[test]
fn rollback_of_the_pointer() {
    let sandbox = Sandbox::new();
    let store = store(&sandbox);
    must_publish(&store, &build(1));
    let old = sandbox.read(POINTER);
    must_publish(&store, &build(2));
    must_publish(&store, &build(3));
    sandbox.write(POINTER, &old);
    is_told(&store, "so the pointer was put back");
    sandbox.remove(POINTER);
    is_told(&store, "so the pointer was put back");
}

#[test]
fn wrong_software_installation() {
    let (sandbox, store) = released();
    let staging = sandbox.read(POINTER).replace("\"production\"", "\"staging\"");
    sandbox.write(POINTER, staging);
    is_told(&store, "it is that of `staging`");
}

/// When the last entry was written, and by which run, is not said anywhere else until the next one
/// is written.
fn free_places(path: &str, bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    if !path.ends_with("audit/00000000000000000004.json") {
        return Vec::new();
    }
    let text = std::str::from_utf8(bytes).unwrap();
    let after = |key: &str| text.find(key).unwrap() + key.len();
    let (by, ts) = (after("\"recorded_by\":\""), after("\"ts\":\""));
    vec![by..by + 32, ts..ts + 20]
}

/// S24: whatever is changed in the documents of a target is found.
#[test]
fn a_changed_byte_anywhere_is_found() {
    let (sandbox, store) = released();
    go_back(&store, None).unwrap();
    let mut tried = 0;
    for path in sandbox.files("target") {
        // Of releases that are not live only their publications are looked at.
        let part = path.split('/').next().unwrap();
        let live = part == "audit" || part == "env";
        if !live {
            continue;
        }
        let path = format!("target/{path}");
        let right = fs::read(sandbox.path(&path)).unwrap();
        let free = free_places(&path, &right);
        for at in (0..right.len()).step_by(37).filter(|at| !free.iter().any(|one| one.contains(at)))
        {
            let mut wrong = right.clone();
            wrong[at] ^= 1;
            sandbox.write(&path, wrong);
            assert!(check(&store).map_or(true, |found| !found.ok), "{path}, byte {at}");
            tried += 1;
        }
        sandbox.write(&path, right);
    }
    assert!(tried > 80, "{tried}");
    assert!(check(&store).unwrap().ok);
}
