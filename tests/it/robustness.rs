//! Each file of a workspace in turn goes missing or becomes something else. Nothing panics,
//! nothing hangs, and whatever is wrong is told with the name of the file.

use std::fs;

use rayon::prelude::*;

use crate::cases::lay_down;
use crate::sandbox::{Run, Sandbox, files_below};

/// What can happen to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    Missing,
    Empty,
    Folder,
    Binary,
    Link,
}

const ALL: [Damage; 5] =
    [Damage::Missing, Damage::Empty, Damage::Folder, Damage::Binary, Damage::Link];

/// 2 KB that are no text: every byte value, among them line ends, quotes and zeros.
fn binary() -> Vec<u8> {
    (0..2048u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

impl Damage {
    fn happens_to(self, sandbox: &Sandbox, path: &str) {
        let kept = fs::read(sandbox.path(path)).unwrap();
        sandbox.remove(path);
        match self {
            Self::Missing => {}
            Self::Empty => sandbox.write(path, ""),
            Self::Folder => fs::create_dir(sandbox.path(path)).unwrap(),
            Self::Binary => sandbox.write(path, binary()),
            Self::Link => {
                // It leads to the same content, outside of where anything is looked for.
                sandbox.write("kept/file", kept);
                link(sandbox, path);
            }
        }
    }
}

#[cfg(unix)]
fn link(sandbox: &Sandbox, path: &str) {
    std::os::unix::fs::symlink(sandbox.path("kept/file"), sandbox.path(path)).unwrap();
}

/// Links need a privilege elsewhere; a missing file stands in for one.
#[cfg(not(unix))]
fn link(_: &Sandbox, _: &str) {}

/// What must hold of every run, whatever was done to the workspace.
fn complaint(run: &Run, must_name: Option<&str>) -> Option<String> {
    let said = run.text();
    let bug = said.contains("panicked") || said.contains("this is a bug");
    if bug || !matches!(run.code, 0 | 1 | 5) {
        return Some(format!("exit {}", run.code));
    }
    let name = must_name.filter(|name| run.code != 0 && !said.contains(name))?;
    Some(format!("nothing names `{name}`"))
}

/// Every damage is told with the file's path. What refers to a file that is gone knows its id.
fn name_of_any(path: &str, damage: Damage) -> Option<&str> {
    match damage {
        Damage::Missing => path.rsplit('/').next()?.split('.').next(),
        Damage::Empty | Damage::Folder | Damage::Binary | Damage::Link => Some(path),
    }
}

/// Where other mistakes are enough for the exit code, only what no file may be is sure to be told.
fn name_of_the_impossible(path: &str, damage: Damage) -> Option<&str> {
    match damage {
        Damage::Folder | Damage::Link => Some(path),
        Damage::Binary => (!path.starts_with("assets/")).then_some(path),
        Damage::Missing | Damage::Empty => None,
    }
}

/// Damages each file in each way, and runs both commands on it.
fn damage_each_file(
    lay_down: impl Fn() -> Sandbox + Sync,
    name: for<'p> fn(&'p str, Damage) -> Option<&'p str>,
    more: impl Fn(&Run) -> Option<String> + Sync,
) {
    let files = files_below(lay_down().root());
    let damages: Vec<(&String, Damage)> =
        files.iter().flat_map(|path| ALL.map(|damage| (path, damage))).collect();
    let mut found: Vec<String> = damages
        .par_iter()
        .flat_map_iter(|(path, damage)| {
            let sandbox = lay_down();
            damage.happens_to(&sandbox, path);
            let complaints = ["check", "build"].map(|command| {
                let run = sandbox.run(&[command, "--jobs", "1"]);
                let why = complaint(&run, name(path, *damage)).or_else(|| more(&run))?;
                Some(format!("{command}: {path}, {damage:?}: {why}\n{}", run.text()))
            });
            complaints.into_iter().flatten()
        })
        .collect();
    found.sort();
    assert!(found.is_empty(), "{} complaints:\n\n{}", found.len(), found.join("\n"));
}

#[test]
fn damage_to_a_whole_workspace_is_told() {
    // With a build behind it, so that there is a lock to be damaged.
    let lay_down = || {
        let sandbox = lay_down("ok_small");
        sandbox.run(&["build"]).expect_code(0);
        sandbox.remove("output");
        sandbox.remove(".throughline");
        sandbox
    };
    damage_each_file(lay_down, name_of_any, |_| None);
}

#[test]
fn damage_never_makes_a_workspace_of_mistakes_right() {
    let wrong = |run: &Run| (run.code != 1).then(|| format!("exit {}", run.code));
    damage_each_file(|| lay_down("err_thirty-mistakes"), name_of_the_impossible, wrong);
}

/// Folders that the program walks, at the top and below.
const FOLDERS: [&str; 8] = [
    "assets",
    "assets/images",
    "briefs",
    "legal",
    "partners",
    "rules",
    "rules/channels",
    "templates",
];

#[cfg(unix)]
#[test]
fn a_linked_folder_is_refused_and_named() {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let sandbox = lay_down("ok_small");
        fs::create_dir(sandbox.path("kept")).unwrap();
        fs::rename(sandbox.path(folder), sandbox.path("kept/folder")).unwrap();
        std::os::unix::fs::symlink(sandbox.path("kept/folder"), sandbox.path(folder)).unwrap();
        let run = sandbox.run(&["check", "--format", "short"]);
        let told = format!("{folder}:1:1: error[TL0101]");
        if run.code != 1 || !run.stdout.contains(&told) {
            found.push(format!("{folder}: exit {}\n{}", run.code, run.text()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_folder_that_is_gone_or_is_a_file_breaks_nothing() {
    for folder in FOLDERS {
        for content in [None, Some("not a folder\n")] {
            let sandbox = lay_down("ok_small");
            sandbox.remove(folder);
            if let Some(text) = content {
                sandbox.write(folder, text);
            }
            for command in ["check", "build"] {
                let run = sandbox.run(&[command]);
                assert_eq!(complaint(&run, None), None, "{command}: {folder}\n{}", run.text());
                assert_eq!(run.code, 1, "{command}: {folder}\n{}", run.text());
            }
        }
    }
}
