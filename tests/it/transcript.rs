//! Console blocks of a page, replayed: what is shown is what happens.

use std::path::Path;
use std::process::Command;

use crate::sandbox::Sandbox;

/// A command of a console block and the lines that are shown under it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) command: String,
    pub(crate) lines: Vec<String>,
}

pub(crate) fn console_blocks(text: &str) -> Vec<Shown> {
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

/// Runs a command in a sandbox, with the program on the path. The lines that are shown are among
/// those that it prints, in their order.
#[track_caller]
pub(crate) fn replay(sandbox: &Sandbox, command: &str, lines: &[String]) {
    let folder = Path::new(env!("CARGO_BIN_EXE_throughline")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(sandbox.root()).env("PATH", &path);
    let output = shell.env("NO_COLOR", "1").output().unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let mut said_lines = said.lines();
    for shown in lines.iter().filter(|shown| *shown != "…") {
        let found = said_lines.by_ref().any(|line| fits(shown, line));
        assert!(found, "`{command}` does not print\n{shown}\nbut\n{said}");
    }
}
