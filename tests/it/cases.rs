//! Every folder below tests/cases is one case: a small workspace, the commands that are run in
//! it, and beside it, as one text, everything that came of it. A new case needs no Rust.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use throughline::diag::Code;

use crate::sandbox::Sandbox;

/// The case.toml of a case. All its other files are laid over those of its base.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The real failure that the case stands for, in one sentence.
    why: String,
    /// The case whose files are laid down first.
    base: Option<String>,
    /// Files of the base that this case does without.
    #[serde(default)]
    remove: Vec<String>,
    /// Texts of the base that this case changes.
    #[serde(default)]
    edit: Vec<Edit>,
    #[serde(default = "check_and_build")]
    commands: Vec<Vec<String>>,
    /// Logical ids of artifacts whose content the snapshot holds.
    #[serde(default)]
    show: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    find: String,
    replace: String,
}

/// Codes that no case can raise, by id, and why. One that a case does raise may not stand here.
const UNRAISED: &[(&str, &str)] = &[];

fn check_and_build() -> Vec<Vec<String>> {
    ["check", "build"].map(|one| [one, "--format", "short"].map(str::to_owned).to_vec()).to_vec()
}

pub(crate) fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("cases")
}

/// A sandbox with the files of a case.
pub(crate) fn lay_down(name: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    lay_over(&sandbox, name);
    sandbox
}

fn lay_over(sandbox: &Sandbox, name: &str) -> Case {
    let folder = cases_folder().join(name);
    let text = fs::read_to_string(folder.join("case.toml")).unwrap();
    let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    if let Some(base) = &case.base {
        lay_over(sandbox, base);
    }
    case.remove.iter().for_each(|path| sandbox.remove(path));
    for Edit { file, find, replace } in &case.edit {
        sandbox.edit(file, find, replace);
    }
    sandbox.copy_workspace(&folder);
    sandbox.remove("case.toml");
    case
}

/// What a run says of a code first, as a person reads it, in the case that stands for the code.
pub(crate) fn example_of(code: Code) -> Option<String> {
    let folders = ["err", "ok"].map(|begin| format!("{begin}_{}", code.name()));
    let name = folders.into_iter().find(|name| cases_folder().join(name).is_dir())?;
    let sandbox = Sandbox::new();
    let case = lay_over(&sandbox, &name);
    let begins = |line: &str| {
        let (_, rest) = line.split_once('[').unwrap_or_default();
        !line.starts_with(' ') && rest.starts_with(&format!("{}]", code.id()))
    };
    case.commands.iter().find_map(|command| {
        let mut arguments: Vec<&str> = command
            .iter()
            .map(String::as_str)
            .filter(|one| !matches!(*one, "short" | "json"))
            .collect();
        arguments.retain(|one| !matches!(*one, "--format" | "--all" | "--show-normalised"));
        if matches!(arguments.first(), Some(&("check" | "build"))) {
            arguments.extend(["--all", "--show-normalised"]);
        }
        let run = sandbox.run(&arguments);
        let said = format!("{}\n{}", run.stdout, run.stderr);
        let lines = said.lines().skip_while(|line| !begins(line));
        let block: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        (!block.is_empty()).then(|| block.join("\n"))
    })
}

fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(cases_folder()).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// Everything that came of a case, as one text.
fn transcript(name: &str) -> String {
    let sandbox = Sandbox::new();
    let case = lay_over(&sandbox, name);
    let mut text = format!("{}\n", case.why);
    for command in &case.commands {
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let run = sandbox.run(&arguments);
        write!(text, "\n$ throughline {}\nexit {}\n", arguments.join(" "), run.code).unwrap();
        for (stream, said) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
            if !said.is_empty() {
                write!(text, "--- {stream}\n{}\n", said.trim_end()).unwrap();
            }
        }
        if arguments.first() == Some(&"build") {
            text += &output_tree(&sandbox);
        }
    }
    for id in &case.show {
        write!(text, "\n=== {id}\n{}\n", sandbox.artifact(id).trim_end()).unwrap();
    }
    text
}

/// The paths of the output, each with the digest that is part of its name, and the root.
fn output_tree(sandbox: &Sandbox) -> String {
    let files = sandbox.output_files();
    if files.is_empty() {
        return "--- no output\n".to_owned();
    }
    let mut text = format!("--- output\n{}\n", files.join("\n"));
    if files.iter().any(|path| path == "manifest.json") {
        let manifest: serde_json::Value =
            serde_json::from_str(&sandbox.read("output/manifest.json")).unwrap();
        writeln!(text, "root {}", manifest["root"]["hash"].as_str().unwrap()).unwrap();
    }
    text
}

#[test]
fn every_case_is_as_its_snapshot_says() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(cases_folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_input_file();
    let mut failed = Vec::new();
    for name in names() {
        let run = || settings.bind(|| insta::assert_snapshot!(name.as_str(), transcript(&name)));
        // All cases are looked at, so that one `make bless` is enough.
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{} cases failed: {}", failed.len(), failed.join(", "));
}

#[test]
fn every_snapshot_has_a_case() {
    let names = names();
    for entry in fs::read_dir(cases_folder()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = file.strip_suffix(".snap") {
            assert!(names.contains(name), "tests/cases/{file} belongs to no case: delete it");
        }
        assert!(!file.ends_with(".snap.new"), "tests/cases/{file} waits for `cargo insta review`");
    }
}

#[test]
fn every_code_is_raised_by_a_case() {
    let snapshots: String = names()
        .iter()
        .filter_map(|name| fs::read_to_string(cases_folder().join(format!("{name}.snap"))).ok())
        .collect();
    for code in Code::ALL {
        let raised = snapshots.contains(&format!("[{}]", code.id()));
        let excused = UNRAISED.iter().any(|(id, _)| *id == code.id());
        assert!(raised || excused, "no case raises {} {}", code.id(), code.name());
        assert!(!(raised && excused), "{} is raised: it needs no excuse", code.id());
    }
    for (id, why) in UNRAISED {
        assert!(Code::ALL.iter().any(|code| code.id() == *id), "{id} is no code; excuse: {why}");
    }
}

#[test]
fn the_case_of_a_code_raises_it() {
    for name in names() {
        let Some(code) = name.strip_prefix("err_") else { continue };
        let Some(code) = Code::ALL.iter().find(|one| one.name() == code) else { continue };
        let snapshot = fs::read_to_string(cases_folder().join(format!("{name}.snap"))).unwrap();
        assert!(snapshot.contains(&format!("[{}]", code.id())), "{name} does not");
    }
}

#[test]
fn the_name_of_a_case_says_how_it_ends() {
    for name in names() {
        let snapshot = fs::read_to_string(cases_folder().join(format!("{name}.snap"))).unwrap();
        let ends_well = snapshot.lines().all(|line| !line.starts_with("exit ") || line == "exit 0");
        let finds = !ends_well || snapshot.contains("warning[");
        match name.split_once('_') {
            Some(("ok", _)) => assert!(ends_well, "{name} does not end well"),
            Some(("err", _)) => assert!(finds, "{name}: nothing was found"),
            _ => panic!("{name} begins with neither ok_ nor err_"),
        }
    }
}
