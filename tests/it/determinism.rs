//! Same input, same bytes, on any machine that differs in what must not matter.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::sample::{copy_sample, sample};
use crate::sandbox::{Sandbox, files_below, saved_anew};

type Tree = BTreeMap<String, Vec<u8>>;

fn tree(sandbox: &Sandbox, folder: &str) -> Tree {
    let start = sandbox.path(folder);
    files_below(&start)
        .into_iter()
        .map(|path| (path.clone(), fs::read(start.join(&path)).unwrap()))
        .collect()
}

#[test]
fn folders_threads_zones_languages_and_umasks_do_not_matter() {
    let plain = sample();
    plain.run(&["build", "--jobs", "1"]).expect_code(0);
    let other = Sandbox::new();
    let folder = "an other/plàce/deep";
    copy_sample(&other, folder);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 077; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_throughline")])
        .args(["-C", folder, "build", "--jobs", "8"])
        .current_dir(other.root())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("TZ", "Pacific/Kiritimati")
        .env("LANG", "tr_TR.UTF-8")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("HOME", "/nonexistent");
    let done = shell.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (first, second) = (tree(&plain, "output"), tree(&other, &format!("{folder}/output")));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    assert!(first == second, "the same files have other bytes");
}

#[cfg(unix)]
#[test]
fn everyone_may_read_the_output_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sample();
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 077; exec \"$0\" build", env!("CARGO_BIN_EXE_throughline")]);
    assert!(shell.current_dir(sandbox.root()).output().unwrap().status.success());
    for entry in walkdir::WalkDir::new(sandbox.path("output")).min_depth(1) {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let expected = if entry.file_type().is_dir() { 0o755 } else { 0o644 };
        assert_eq!(mode, expected, "{}", entry.path().display());
    }
}

#[test]
fn a_second_build_writes_no_file() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let stamps = || -> BTreeMap<String, std::time::SystemTime> {
        let mut files = sandbox.output_files();
        files.push("../throughline.lock".to_owned());
        let stamp = |path: &String| {
            sandbox.path(&format!("output/{path}")).metadata().unwrap().modified().unwrap()
        };
        files.iter().map(|path| (path.clone(), stamp(path))).collect()
    };
    let before = stamps();
    let again = sandbox.run(&["build"]).expect_code(0);
    assert!(again.stdout.contains(" 0 written, "), "{}", again.stdout);
    assert_eq!(before, stamps());
}

#[test]
fn the_order_of_rows_and_the_way_a_table_is_saved_do_not_change_what_customers_see() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let root = crate::sample::manifest(&sandbox, "output")["root"]["hash"].clone();
    let text = sandbox.read("partners/offers.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    rows.reverse();
    sandbox.write("partners/offers.csv", saved_anew(&header, &rows));
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(crate::sample::manifest(&sandbox, "output")["root"]["hash"], root);
}
