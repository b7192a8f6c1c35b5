//! `release`, `rollback`, `verify --to`, `audit`, `gc` and `sent` as people use them, on a folder.

use std::fs;

use serde_json::Value;

use crate::cases::lay_down;
use crate::sandbox::{Run, Sandbox};

/// A workspace that was built.
pub(crate) fn built() -> Sandbox {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sandbox
}

/// Another build: one more fact in a mail and a page.
pub(crate) fn rebuild(sandbox: &Sandbox, version: u32) {
    let legal = sandbox.read("legal/standard.md");
    let first = legal.split("\n\nVersion ").next().unwrap();
    sandbox.write("legal/standard.md", format!("{}\n\nVersion {version}.\n", first.trim_end()));
    sandbox.run(&["build"]).expect_code(0);
}

pub(crate) fn one_line(run: &Run) -> Value {
    run.json_lines().remove(0)
}

fn pointer(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("releases/env/production/current.json")).unwrap()
}

#[test]
fn a_release_is_whole_and_the_second_goes_on_top() {
    let sandbox = built();
    let dry = sandbox.run(&["release", "--dry-run"]).expect_code(0);
    assert!(dry.stdout.contains("would release") && !sandbox.path("releases").exists(), "{dry:?}");
    let run = sandbox.run(&["release", "--by", "nightly", "--format", "json"]).expect_code(0);
    let first = one_line(&run);
    assert_eq!((first["published"].as_bool(), first["seq"].as_u64()), (Some(true), Some(1)));
    let root = first["release"].as_str().unwrap();
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    assert_eq!(manifest["root"]["hash"], root);
    for name in ["manifest.json", "SHA256SUMS"] {
        let of = |folder: &str| sandbox.read(&format!("{folder}/{name}"));
        assert_eq!(of(&format!("releases/{root}")), of("output"), "{name}");
    }
    for entry in manifest["artifacts"].as_array().unwrap() {
        let sha256 = entry["sha256"].as_str().unwrap();
        let blob =
            fs::read(sandbox.path(&format!("releases/cas/sha256/{}/{sha256}", &sha256[..2])));
        let built = fs::read(sandbox.path(&format!("output/{}", entry["path"].as_str().unwrap())));
        assert!(blob.unwrap() == built.unwrap(), "{}", entry["id"]);
    }
    let again = one_line(&sandbox.run(&["release", "--format", "json"]).expect_code(0));
    assert_eq!((again["same"].as_bool(), again["mended"].as_u64()), (Some(true), Some(0)));
    rebuild(&sandbox, 2);
    let run = sandbox.run(&["release", "--by", "maria.chen"]).expect_code(0);
    assert!(run.stdout.contains("as number 2") && run.stdout.contains(root), "{}", run.stdout);
    let second = pointer(&sandbox);
    assert_eq!((second["seq"].as_u64(), second["previous"].as_str()), (Some(2), Some(root)));
    let checked =
        one_line(&sandbox.run(&["verify", "--to", "releases", "--format", "json"]).expect_code(0));
    assert_eq!((checked["ok"].as_bool(), checked["history"].as_u64()), (Some(true), Some(2)));
    assert_eq!(sandbox.files("releases/.partial"), [""; 0]);
    assert_eq!(sandbox.files("releases/leases"), [""; 0]);
}

#[test]
fn the_site_of_a_plain_host_has_stable_names_and_is_switched_by_one_link() {
    let sandbox = built();
    sandbox.run(&["release", "--as-of", "2026-11-27T12:00"]).expect_code(0);
    let current = sandbox.path("releases/sites/production/current");
    let first = fs::read_link(&current).unwrap();
    assert!(first.to_str().unwrap().starts_with(pointer(&sandbox)["release"].as_str().unwrap()));
    let files = crate::sandbox::files_below(&fs::canonicalize(&current).unwrap());
    assert!(files.contains(&"_headers".to_owned()), "{files:?}");
    assert!(files.iter().any(|one| one.starts_with("assets/")), "{files:?}");
    let manifest: Value = serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
    let live = manifest["artifacts"].as_array().unwrap().iter().find(|one| one["form"] == "live");
    let (route, path) = (&live.unwrap()["route"], &live.unwrap()["path"]);
    let page = format!("{}.html", route.as_str().unwrap());
    let served = fs::read(current.join(page.trim_start_matches('/'))).unwrap();
    let built = fs::read(sandbox.path(&format!("output/{}", path.as_str().unwrap()))).unwrap();
    assert!(served == built);
    // The same build at another time: another form is due, and the pointer stays.
    sandbox.run(&["release", "--as-of", "2027-06-01T12:00"]).expect_code(0);
    assert_eq!(pointer(&sandbox)["seq"], 1);
    assert_ne!(fs::read_link(&current).unwrap(), first);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    let page = fs::canonicalize(&current).unwrap().join("_headers");
    fs::remove_file(&page).unwrap();
    fs::write(&page, "by hand").unwrap();
    let run = sandbox.run(&["verify", "--to", "releases"]).expect_code(1);
    assert!(run.stdout.contains("altered: sites/production/"), "{}", run.stdout);
}

#[test]
fn what_is_not_as_it_was_built_is_not_released() {
    let sandbox = built();
    let page = sandbox.output_files().into_iter().find(|path| path.starts_with("email/")).unwrap();
    sandbox.write(&format!("output/{page}"), "by hand");
    let run = sandbox.run(&["release"]).expect_code(1);
    assert!(run.stdout.contains(&format!("altered: {page}")), "{}", run.text());
    assert!(!sandbox.path("releases/env").exists());
    sandbox.remove("output");
    let run = sandbox.run(&["release"]).expect_code(5);
    assert!(run.stderr.contains("throughline build"), "{}", run.stderr);
    assert!(!sandbox.path("output").exists(), "no folder is made for what is not there");
}

#[test]
fn what_the_build_held_back_is_named_once_more() {
    let sandbox = lay_down("err_held-back");
    let _ = sandbox.run(&["build"]);
    let build = sandbox.run(&["build", "--format", "json"]);
    let held = build.json_lines().iter().find_map(|one| {
        one["held_back"].as_array().map(|list| list[0].as_str().unwrap().to_owned())
    });
    let run = sandbox.run(&["release"]).expect_code(0);
    let said = format!("held back by the build, so not in it: {}", held.unwrap());
    assert!(run.stderr.contains(&said), "{}", run.text());
    sandbox.remove(".throughline");
    let run = sandbox.run(&["release"]).expect_code(0);
    assert!(run.stderr.contains("nobody knows here"), "{}", run.text());
}

#[test]
fn back_to_what_was_live_with_a_reason_and_on_again() {
    let sandbox = built();
    sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
    let first = pointer(&sandbox)["release"].as_str().unwrap().to_owned();
    let back = ["rollback", "--because", "wrong price", "--by", "maria.chen"];
    let nothing = sandbox.run(&back).expect_code(1);
    assert!(nothing.stderr.contains("nothing to go back to"), "{}", nothing.text());
    rebuild(&sandbox, 2);
    sandbox.run(&["release", "--by", "nightly"]).expect_code(0);
    let at = |time: &'static str| [&back[..], &["--as-of", time]].concat();
    let ended = sandbox.run(&at("2027-06-01T00:00")).expect_code(3);
    assert!(
        ended.stdout.contains("ended at") && ended.stderr.contains("--accept"),
        "{}",
        ended.text()
    );
    assert_eq!(pointer(&sandbox)["seq"], 2);
    let accepted = [&back[..], &["--accept"]].concat();
    let run = sandbox.run(&accepted).expect_code(0);
    assert!(run.stdout.contains(&first), "{}", run.text());
    let now = pointer(&sandbox);
    assert_eq!((now["seq"].as_u64(), now["release"].as_str()), (Some(3), Some(first.as_str())));
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    // Said again, as after a run that was stopped, it changes nothing; for another reason it asks.
    assert!(sandbox.run(&accepted).expect_code(0).stdout.contains("nothing to do"));
    let other = ["rollback", "--because", "another", "--by", "maria.chen"];
    let asked = sandbox.run(&other).expect_code(1);
    assert!(asked.stderr.contains("is a rollback already"), "{}", asked.text());
    let accepted = [&at("2027-06-01T00:00")[..], &["--accept", "2"]].concat();
    sandbox.run(&accepted).expect_code(0);
    assert_eq!(pointer(&sandbox)["seq"], 4);
    // The build is what is live again: nothing to do.
    assert!(sandbox.run(&["release"]).expect_code(0).stdout.contains("nothing to do"));
    let unknown = [&back[..], &["deadbeef00"]].concat();
    let said = sandbox.run(&unknown).expect_code(1).stderr;
    assert!(said.contains("no release whose root begins with deadbeef00"), "{said}");
    let log = sandbox.run(&["audit"]).expect_code(0);
    assert_eq!(log.stdout.lines().count(), 4);
    assert!(log.stdout.contains("rollback by maria.chen") && log.stdout.contains(": wrong price"));
    let run = sandbox.run(&["audit", "verify"]).expect_code(0);
    assert!(run.stdout.contains("4 entries of the audit log and 4 publications"), "{}", run.stdout);
}

#[test]
fn a_time_that_is_over_does_not_make_good_what_has_ended_since() {
    let sandbox = lay_down("ok_small");
    sandbox.edit("partners/offers.csv", "2026-12-01T00:00", "2026-11-28T00:00");
    sandbox.edit("briefs/bf26.md", "2026-11-30T23:59:00", "2026-11-27T23:59:00");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.run(&["release"]).expect_code(0);
    rebuild(&sandbox, 2);
    sandbox.run(&["release"]).expect_code(0);
    let back = ["rollback", "--because", "x", "--by", "y", "--as-of", "2026-11-20T00:00"];
    let run = sandbox.run(&back).expect_code(3);
    assert!(run.stdout.contains("offer lumen-serum ended at 2026-11-28"), "{}", run.text());
    assert_eq!(pointer(&sandbox)["seq"], 2);
}

/// F25: what is damaged does not go out again, and what is live stays.
#[test]
fn a_release_that_is_not_whole_any_more_is_not_put_back() {
    let sandbox = built();
    sandbox.run(&["release"]).expect_code(0);
    let first = pointer(&sandbox)["release"].as_str().unwrap().to_owned();
    rebuild(&sandbox, 2);
    sandbox.run(&["release"]).expect_code(0);
    let of = |root: &str| -> Vec<String> {
        let manifest: Value =
            serde_json::from_str(&sandbox.read(&format!("releases/{root}/manifest.json"))).unwrap();
        let all = manifest["artifacts"].as_array().unwrap().iter();
        all.map(|one| one["sha256"].as_str().unwrap().to_owned()).collect()
    };
    let second = pointer(&sandbox)["release"].as_str().unwrap().to_owned();
    let only_first = of(&first).into_iter().find(|one| !of(&second).contains(one)).unwrap();
    let blob = format!("releases/cas/sha256/{}/{only_first}", &only_first[..2]);
    let size = sandbox.read(&blob).len();
    sandbox.write(&blob, "x".repeat(size));
    let back = ["rollback", "--because", "x", "--by", "y", "--accept"];
    let run = sandbox.run(&back).expect_code(1);
    assert!(run.stderr.contains("has other bytes"), "{}", run.text());
    sandbox.remove(&blob);
    assert!(sandbox.run(&back).expect_code(1).stderr.contains("is missing"));
    assert_eq!(pointer(&sandbox)["seq"], 2);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    // Damage to what is live is found, and released again it is right again.
    let live = of(&second).pop().unwrap();
    sandbox.write(&format!("releases/cas/sha256/{}/{live}", &live[..2]), "rot");
    let run = sandbox.run(&["verify", "--to", "releases"]).expect_code(1);
    assert!(run.stdout.contains("altered: "), "{}", run.text());
    assert!(sandbox.run(&["release"]).expect_code(0).stdout.contains("1 file of what is live"));
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
}

#[test]
fn cleaning_up_takes_two_runs_and_leaves_what_mails_show() {
    let sandbox = built();
    for version in 1..=4 {
        rebuild(&sandbox, version);
        sandbox.run(&["release", "--as-of", "2026-11-20T00:00"]).expect_code(0);
        if version == 2 {
            sandbox.run(&["sent", "--campaign", "bf26", "--by", "esp"]).expect_code(0);
        }
    }
    let before = sandbox.files("releases/cas").len();
    let gc = ["gc", "--keep", "1", "--grace", "0s", "--format", "json"];
    let dry = one_line(&sandbox.run(&gc).expect_code(0));
    assert!(dry["marked"]["files"].as_u64().unwrap() > 0, "{dry}");
    assert_eq!(sandbox.files("releases/tombstones"), [""; 0]);
    let deleting = [&gc[..], &["--delete", "--by", "ops"]].concat();
    let first = one_line(&sandbox.run(&deleting).expect_code(0));
    assert_eq!((&first["marked"], first["deleted"]["files"].as_u64()), (&dry["marked"], Some(0)));
    assert_eq!(sandbox.files("releases/cas").len(), before);
    let limited = [&deleting[..], &["--max-deletes", "1"]].concat();
    let limited = one_line(&sandbox.run(&limited).expect_code(3));
    assert_eq!(
        (&limited["over_limit"], &limited["deleted"]["files"]),
        (&dry["marked"]["files"], &Value::from(0))
    );
    let young = ["gc", "--keep", "1", "--delete", "--format", "json"];
    let young = one_line(&sandbox.run(&young).expect_code(0));
    assert_eq!(young["deleted"]["files"], 0);
    let second = one_line(&sandbox.run(&deleting).expect_code(0));
    assert_eq!(second["deleted"]["files"], dry["marked"]["files"]);
    assert!(sandbox.files("releases/cas").len() < before);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    // Two is what mails show, one and three are gone.
    let back = |what: &'static str| ["rollback", what, "--because", "x", "--by", "y", "--accept"];
    assert!(sandbox.run(&back("1")).expect_code(1).stderr.contains("it is missing"));
    assert!(sandbox.run(&back("3")).expect_code(1).stderr.contains("it is missing"));
    sandbox.run(&back("2")).expect_code(0);
    // What is gone comes again with a release.
    rebuild(&sandbox, 1);
    sandbox.run(&["release"]).expect_code(0);
    sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    sandbox.run(&["audit", "verify"]).expect_code(0);
}

#[test]
fn settings_are_read_strictly_and_what_is_typed_wins() {
    let sandbox = built();
    let config = sandbox.read("throughline.toml");
    let with =
        |text: &str| sandbox.write("throughline.toml", format!("{config}\n[release]\n{text}"));
    with(
        "target = \"dist\"\nenv = \"staging\"\nvalid_hours = 26\nbuilder = \"https://ci.example/nightly\"\n",
    );
    sandbox.run(&["release"]).expect_code(0);
    let staging: Value =
        serde_json::from_str(&sandbox.read("dist/env/staging/current.json")).unwrap();
    assert!(staging["valid_until"].is_string(), "{staging}");
    let root = staging["release"].as_str().unwrap();
    assert!(sandbox.path(&format!("dist/{root}/provenance.intoto.jsonl")).exists());
    sandbox.run(&["release", "--to", "other", "--env", "qa"]).expect_code(0);
    assert!(sandbox.path("other/env/qa/current.json").exists());
    for bad in
        ["target = \"ftp://x\"", "env = \"Staging\"", "keep = 0", "builder = \"me\"", "to = \"x\""]
    {
        with(bad);
        sandbox.run(&["release"]).expect_code(5);
        let check = sandbox.run(&["check"]).expect_code(1);
        assert!(check.stdout.contains("throughline.toml"), "{bad}: {}", check.text());
    }
    for wrong in [
        &["release", "--env", "A/B"][..],
        &["release", "--by", "a\nb"],
        &["release", "--as-of", "soon"],
        &["gc", "--grace", "soon"],
    ] {
        sandbox.write("throughline.toml", &config);
        sandbox.run(wrong).expect_code(2);
    }
    assert!(sandbox.run(&["release", "--to", ".."]).expect_code(5).stderr.contains("workspace"));
}

/// F11: whoever comes second waits, and goes on top.
#[test]
fn sixteen_releases_at_once_come_in_one_order_and_none_is_lost() {
    let sandbox = built();
    let mut folders = Vec::new();
    for version in 0..16 {
        rebuild(&sandbox, version);
        let folder = format!("builds/{version}");
        for path in sandbox.output_files() {
            let bytes = fs::read(sandbox.path(&format!("output/{path}"))).unwrap();
            sandbox.write(&format!("{folder}/{path}"), bytes);
        }
        folders.push(folder);
    }
    let children: Vec<_> = folders
        .iter()
        .map(|folder| {
            let mut command = sandbox
                .command(&["release", "--output", folder, "--by", folder, "--format", "json"]);
            let piped = std::process::Stdio::piped;
            command.stdout(piped()).stderr(piped()).spawn().unwrap()
        })
        .collect();
    let mut numbers = Vec::new();
    for child in children {
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
        let object: Value = serde_json::from_slice(&done.stdout).unwrap();
        numbers.push((object["seq"].as_u64().unwrap(), object["release"].clone()));
    }
    numbers.sort_by_key(|(seq, _)| *seq);
    assert_eq!(
        numbers.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        (1..=16).collect::<Vec<_>>()
    );
    for (seq, release) in &numbers {
        let entry = sandbox.read(&format!("releases/env/production/history/{seq:020}.json"));
        let entry: Value = serde_json::from_str(&entry).unwrap();
        assert_eq!(entry["release"], *release);
    }
    let checked =
        one_line(&sandbox.run(&["verify", "--to", "releases", "--format", "json"]).expect_code(0));
    assert_eq!((checked["history"].as_u64(), checked["audit"].as_u64()), (Some(16), Some(16)));
}
