//! Python and Node, which read the same things with other code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sample::repository;

/// Asks a script of tests/it: JSON goes in, JSON comes out.
#[track_caller]
pub(crate) fn ask(script: &str, question: &Value) -> Value {
    ask_of("python3", &repository().join("target/python"), script, question)
}

/// Asks a script of tests/it that Node runs.
#[track_caller]
pub(crate) fn ask_node(script: &str, question: &Value) -> Value {
    ask_of("node", &repository().join("target/python"), script, question)
}

/// Asks a script that uses packages of another folder.
#[track_caller]
pub(crate) fn ask_with(packages: &Path, script: &str, question: &Value) -> Value {
    ask_of("python3", packages, script, question)
}

#[track_caller]
fn ask_of(program: &str, packages: &Path, script: &str, question: &Value) -> Value {
    let mut child = Command::new(program)
        .arg(repository().join("tests/it").join(script))
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(question).unwrap()).unwrap();
    drop(stdin);
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{script}: {said}");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{script}: {error}\n{said}"))
}

/// What scripts/corpora brings, by package and path.
pub(crate) fn corpus(path: &str) -> PathBuf {
    let whole = repository().join("target/corpora").join(path);
    assert!(whole.exists(), "target/corpora/{path} is not there: run scripts/corpora once");
    whole
}

/// Bytes as hexadecimal digits, for JSON.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
