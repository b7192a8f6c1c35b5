//! The provenance of a release, judged by others: securesystemslib, which in-toto and TUF use, and
//! OpenSSH, which made the key.

use std::process::Command;

use serde_json::json;

use crate::python::ask_with;
use crate::releases::{built, one_line};
use crate::s3::store_packages;

#[test]
fn securesystemslib_verifies_the_provenance_and_nothing_else() {
    let sandbox = built();
    let keygen = |arguments: &[&str]| {
        let made = Command::new("ssh-keygen").args(arguments).current_dir(sandbox.root()).status();
        assert!(made.unwrap().success());
    };
    keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "ci"]);
    let run = sandbox.run(&["release", "--key", "ci", "--format", "json"]).expect_code(0);
    let released = one_line(&run);
    let root = released["release"].as_str().unwrap();
    let envelope = sandbox.read(&format!("releases/{root}/provenance.intoto.jsonl"));
    let question = json!({ "envelope": envelope, "public": sandbox.read("ci.pub") });
    let answer = ask_with(&store_packages(), "provenance.py", &question);
    assert_eq!(answer["verified"], true, "{answer}");
    assert_eq!(answer["tampered"], false);
    assert_eq!(answer["other_key"], false);
    let statement = &answer["statement"];
    let sha256 = throughline::model::Digest::of(sandbox.read("output/manifest.json").as_bytes());
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(statement["subject"][0]["digest"]["sha256"], sha256.hex());
    assert_eq!(statement["subject"][1]["digest"]["sha256"], root);
    let predicate = &statement["predicate"];
    assert_eq!(predicate["buildDefinition"]["externalParameters"]["workspace"], "small");
    let sources = predicate["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
    assert!(sources.iter().any(|one| one["name"] == "partners/offers.csv"), "{sources:?}");
    assert!(predicate["runDetails"]["builder"]["id"].is_string());
}

#[test]
fn a_key_that_cannot_sign_is_told_before_anything_is_written() {
    let sandbox = built();
    let keygen = |arguments: &[&str]| {
        let made = Command::new("ssh-keygen").args(arguments).current_dir(sandbox.root()).status();
        assert!(made.unwrap().success());
    };
    keygen(&["-q", "-t", "ed25519", "-N", "a passphrase", "-f", "locked"]);
    keygen(&["-q", "-t", "ecdsa", "-N", "", "-f", "other"]);
    for (key, words) in [
        ("locked", "it has a passphrase"),
        ("other", "ssh-keygen -t ed25519"),
        ("locked.pub", "no OpenSSH private key"),
        ("nowhere", "cannot read nowhere"),
    ] {
        let run = sandbox.run(&["release", "--key", key]).expect_code(5);
        assert!(run.stderr.contains(words), "{key}: {}", run.text());
    }
    assert!(!sandbox.path("releases").exists());
}
