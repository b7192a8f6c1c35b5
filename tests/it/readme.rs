//! What the README shows is what happens.

use std::path::Path;
use std::process::Command;

use crate::sample::{repository, sample};

/// A command of a console block and the lines that are shown under it.
#[derive(Debug)]
struct Shown {
    command: String,
    lines: Vec<String>,
}

fn console_blocks(text: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match line.strip_prefix("$ ") {
                Some(command) => all.push(Shown { command: command.to_owned(), lines: Vec::new() }),
                None => all.last_mut().expect("a command comes first").lines.push(line.to_owned()),
            }
        }
    }
    all
}

/// Whether a line is as shown; `…` stands for anything.
fn fits(shown: &str, line: &str) -> bool {
    let mut rest = line;
    for (index, part) in shown.split('…').enumerate() {
        match rest.find(part) {
            Some(0) => rest = &rest[part.len()..],
            Some(at) if index > 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || shown.ends_with('…')
}

#[test]
fn the_readme_shows_what_the_commands_print() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let blocks = console_blocks(&readme);
    assert!(blocks.len() >= 6, "{blocks:?}");
    let sandbox = sample();
    let folder = Path::new(env!("CARGO_BIN_EXE_throughline")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    for Shown { command, lines } in blocks {
        // The sandbox has no sources, and a test cannot run all tests.
        let command = match command.as_str() {
            "make" => "throughline build",
            "make test" => {
                let makefile = std::fs::read_to_string(repository().join("Makefile")).unwrap();
                let last = lines.last().unwrap();
                assert!(makefile.contains(&format!("@echo \"{last}\"")), "{last}");
                continue;
            }
            other => other,
        };
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(sandbox.root()).env("PATH", &path);
        let output = shell.env("NO_COLOR", "1").output().unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let mut said_lines = said.lines();
        for shown in &lines {
            if shown == "…" {
                continue;
            }
            let found = said_lines.by_ref().any(|line| fits(shown, line));
            assert!(found, "`{command}` does not print\n{shown}\nbut\n{said}");
        }
    }
}
