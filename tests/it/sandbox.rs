//! A folder of its own for one run of the program, which sees nothing else of this machine.

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A temporary folder that holds one workspace.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// Removed when the sandbox goes.
    _folder: TempDir,
    root: PathBuf,
}

/// What one run of the program did. The sandbox's path is shown as `[ROOT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run that takes longer hangs: the slowest takes well under a second.
const PATIENCE: Duration = Duration::from_mins(1);

/// The exit code of a run that had to be ended or was ended by a signal.
const KILLED: i32 = -1;

impl Run {
    /// Everything it said.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The objects of `--format json`, one a line.
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        let parse = |line| serde_json::from_str(line).expect("a line is one JSON object");
        self.stdout.lines().map(parse).collect()
    }

    /// Fails the test where the exit code is another one, with everything the run said.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{}", self.text());
        self
    }
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        Self { _folder: folder, root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file of the sandbox, which is written with `/` on every system.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.root.clone(), |whole, part| whole.join(part))
    }

    /// Copies every file below `from`, over those that are there.
    pub(crate) fn copy_workspace(&self, from: &Path) {
        for path in files_below(from) {
            self.write(&path, fs::read(from.join(&path)).unwrap());
        }
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let target = self.path(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, content).unwrap();
    }

    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        let bytes = fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        String::from_utf8(bytes).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces the one place where `find` stands.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, find: &str, replace: &str) {
        let text = self.read(path);
        let found = text.matches(find).count();
        assert_eq!(found, 1, "`{find}` must stand in {path} once");
        self.write(path, text.replace(find, replace));
    }

    /// Removes a file, or a folder with everything in it.
    #[track_caller]
    pub(crate) fn remove(&self, path: &str) {
        let target = self.path(path);
        let removed =
            if target.is_dir() { fs::remove_dir_all(target) } else { fs::remove_file(target) };
        removed.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Every file below a folder of the sandbox, sorted. A folder that is not there has none.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let start = self.path(folder);
        if start.is_dir() { files_below(&start) } else { Vec::new() }
    }

    /// Holds the output against one that is built from nothing, byte for byte.
    #[track_caller]
    pub(crate) fn expect_clean_output(&self, why: &str) {
        self.run(&["verify"]).expect_code(0);
        let _ = self.run(&["build", "--output", "clean"]);
        for path in ["manifest.json", "SHA256SUMS"] {
            let of = |folder: &str| self.read(&format!("{folder}/{path}"));
            assert!(of("output") == of("clean"), "{why}: {path} is not that of a clean build");
        }
        self.remove("clean");
    }

    /// `sha256sum` finds every file of the output as SHA256SUMS says.
    pub(crate) fn expect_sums(&self) {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict", "--quiet", "SHA256SUMS"]);
        let done = command.current_dir(self.path("output")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }

    /// Every file of the output, sorted.
    pub(crate) fn output_files(&self) -> Vec<String> {
        self.files("output")
    }

    /// The text of an artifact, by its logical id.
    #[track_caller]
    pub(crate) fn artifact(&self, id: &str) -> String {
        let manifest: serde_json::Value =
            serde_json::from_str(&self.read("output/manifest.json")).unwrap();
        let mut all = manifest["artifacts"].as_array().unwrap().iter();
        let found = all.find(|one| one["id"] == id);
        let found = found.unwrap_or_else(|| panic!("the manifest has no artifact {id}"));
        self.read(&format!("output/{}", found["path"].as_str().unwrap()))
    }

    /// Runs the program in the sandbox.
    #[must_use = "a run that nobody looks at tests nothing"]
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let (mut stdout, mut stderr) = (scratch(), scratch());
        let mut command = self.command(arguments);
        command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let code = status.and_then(|status| status.code()).unwrap_or(KILLED);
        Run { code, stdout: self.text_of(&mut stdout), stderr: self.text_of(&mut stderr) }
    }

    /// The program with nothing of this machine's environment but the way to its own libraries.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null()).env_clear();
        for name in ["PATH", "SystemRoot"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("COLUMNS", "100").env("NO_COLOR", "1").env("LC_ALL", "C").env("TZ", "UTC");
        command
    }

    fn text_of(&self, file: &mut File) -> String {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.replace(self.root.to_str().unwrap(), "[ROOT]")
    }
}

/// A nameless file: a pipe would fill up while nobody reads it.
fn scratch() -> File {
    tempfile::tempfile().unwrap()
}

/// The files below a folder, with `/`, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = entries.into_iter().map(Result::unwrap).filter(|one| !one.file_type().is_dir());
    let mut paths: Vec<String> = files
        .map(|one| {
            let path = one.path().strip_prefix(folder).unwrap();
            path.to_str().unwrap().replace(std::path::MAIN_SEPARATOR, "/")
        })
        .collect();
    paths.sort();
    paths
}

/// A table as another program saves it: quoted, with other line ends and a mark in front.
pub(crate) fn saved_anew(header: &csv::StringRecord, rows: &[csv::StringRecord]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}
