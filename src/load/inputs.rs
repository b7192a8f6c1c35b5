//! From a folder to sources: throughline.toml first, which says where the tables are.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::{FoundFile, ReadFault, read_file, walk};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Span, WorkspacePath};
use crate::source::{SourceKind, Sources, Workspace, read_workspace};

/// Everything read from a workspace.
#[derive(Debug)]
pub struct Inputs {
    /// All files.
    pub sources: Sources,
    /// throughline.toml, if it could be understood.
    pub workspace: Option<Workspace>,
    globs: Vec<(String, GlobMatcher)>,
}

const WORKSPACE_FILE: &str = "throughline.toml";
const LOCK_FILE: &str = "throughline.lock";
const FOLDERS: [(&str, SourceKind); 5] = [
    ("assets", SourceKind::Asset),
    ("briefs", SourceKind::Brief),
    ("legal", SourceKind::Legal),
    ("rules", SourceKind::Rules),
    ("templates", SourceKind::Template),
];

/// Largest table, in bytes.
const MAX_TABLE: u64 = 256_000_000;
/// Largest other file, in bytes.
const MAX_FILE: u64 = 32_000_000;

impl Inputs {
    /// The top folders that tables are read from.
    pub fn table_folders(&self) -> Vec<String> {
        let specs = self.workspace.iter().flat_map(|workspace| workspace.tables.values());
        let tops = specs.filter_map(|spec| base_of(&spec.files).split('/').next());
        tops.filter(|top| !top.is_empty()).map(str::to_owned).collect()
    }

    /// The table that a file belongs to.
    pub fn table_of(&self, path: &str) -> Option<String> {
        self.globs.iter().find(|(_, glob)| glob.is_match(path)).map(|(name, _)| name.clone())
    }
}

/// Reads the workspace in `root`. Sources are added in the order of their paths.
pub fn load(root: &Path, diagnostics: &mut Diagnostics) -> Inputs {
    let mut early = Sources::default();
    let mut discarded = Diagnostics::new();
    let mut files: BTreeMap<String, (SourceKind, Result<Vec<u8>, ReadFault>)> = BTreeMap::new();
    let config = read_file(&root.join(WORKSPACE_FILE), MAX_FILE);
    let mut globs = Vec::new();
    // The tables' globs are needed before the other files are known; places are made afterwards.
    if let (Ok(bytes), Ok(path)) = (&config, WorkspacePath::new(WORKSPACE_FILE)) {
        let id = early.add(path, SourceKind::Workspace, bytes.clone(), &mut discarded);
        let text = early.get(id).map_or("", |file| file.text.as_str());
        let base = early.get(id).map_or(0, crate::source::SourceText::content_start);
        if let Some(workspace) = read_workspace(text, id, base, &mut discarded) {
            globs = table_globs(&workspace);
            read_tables(root, &workspace, &globs, &mut files);
        }
    }
    files.insert(WORKSPACE_FILE.to_owned(), (SourceKind::Workspace, config));
    for (folder, kind) in FOLDERS {
        read_folder(root, folder, kind, &mut files);
    }
    match read_file(&root.join(LOCK_FILE), MAX_TABLE) {
        Err(ReadFault::Missing) => {}
        read => {
            files.insert(LOCK_FILE.to_owned(), (SourceKind::Lock, read));
        }
    }
    let mut sources = Sources::default();
    for (path, (kind, read)) in files {
        add(&mut sources, &path, kind, read, diagnostics);
    }
    let workspace = understand(&sources, diagnostics);
    if let Some(workspace) = &workspace {
        report_bad_globs(workspace, diagnostics);
        report_missing_tables(workspace, &sources, &globs, diagnostics);
    }
    Inputs { sources, workspace, globs }
}

fn add(
    sources: &mut Sources,
    path: &str,
    kind: SourceKind,
    read: Result<Vec<u8>, ReadFault>,
    diagnostics: &mut Diagnostics,
) {
    // Names that are no paths were replaced before; this one only has to be shown.
    let fallback = || WorkspacePath::new("unnamed").ok();
    let Some(shown) = WorkspacePath::new(path).ok().or_else(fallback) else { return };
    match read {
        Ok(_) if kind == SourceKind::Unread => {
            let id = sources.add(shown, kind, Vec::new(), diagnostics);
            diagnostics.push(
                Diagnostic::warning(
                    Code::UnmatchedFile,
                    Span::start_of(id),
                    "no table reads this file",
                )
                .help("rename it, or let the `files` of a table in throughline.toml match it"),
            );
        }
        Ok(bytes) => {
            let empty_asset = bytes.is_empty() && kind == SourceKind::Asset;
            let id = sources.add(shown, kind, bytes, diagnostics);
            if empty_asset {
                diagnostics.push(
                    Diagnostic::error(Code::EmptyFile, Span::start_of(id), "the file is empty")
                        .help("put the picture back, or delete the file"),
                );
            }
        }
        Err(fault) => {
            let code = match fault {
                ReadFault::Missing => Code::MissingFile,
                ReadFault::NotAFile(_) | ReadFault::TooLarge(_) | ReadFault::Io(_) => {
                    Code::Unreadable
                }
            };
            let id = sources.add(shown, SourceKind::Unread, Vec::new(), &mut Diagnostics::new());
            let help = match fault {
                ReadFault::Missing if path == WORKSPACE_FILE => {
                    "run throughline in a workspace, or begin one with `throughline init`"
                }
                _ => "put an ordinary file in its place",
            };
            diagnostics.push(
                Diagnostic::error(
                    code,
                    Span::start_of(id),
                    match fault {
                        ReadFault::Missing => format!("there is no {path} in this folder"),
                        other => other.to_string(),
                    },
                )
                .help(help),
            );
        }
    }
}

fn understand(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Workspace> {
    let (id, file) = sources.of_kind(SourceKind::Workspace).next()?;
    read_workspace(&file.text, id, file.content_start(), diagnostics)
}

fn table_globs(workspace: &Workspace) -> Vec<(String, GlobMatcher)> {
    let glob = |(name, spec): (&String, &crate::source::TableSpec)| {
        // `*` stays in its folder, so that an archive below is not read by accident.
        let glob = GlobBuilder::new(&spec.files).literal_separator(true).build().ok()?;
        Some((name.clone(), glob.compile_matcher()))
    };
    workspace.tables.iter().filter_map(glob).collect()
}

/// The folder that a glob's matches are all in.
fn base_of(glob: &str) -> &str {
    let literal = glob.find(['*', '?', '[', '{']).unwrap_or(glob.len());
    let head = glob.get(..literal).unwrap_or("");
    head.rfind('/').and_then(|at| head.get(..at)).unwrap_or("")
}

fn read_tables(
    root: &Path,
    workspace: &Workspace,
    globs: &[(String, GlobMatcher)],
    files: &mut BTreeMap<String, (SourceKind, Result<Vec<u8>, ReadFault>)>,
) {
    let mut bases: Vec<&str> = workspace.tables.values().map(|spec| base_of(&spec.files)).collect();
    bases.sort_unstable();
    bases.dedup();
    for base in bases.into_iter().filter(|base| !base.is_empty()) {
        for found in walk(root, base) {
            match found {
                FoundFile::Entry { path, folder } => {
                    if globs.iter().any(|(_, glob)| glob.is_match(path.as_str())) {
                        let read = read_file(&path.under(root), MAX_TABLE);
                        files.insert(path.as_str().to_owned(), (SourceKind::Table, read));
                    } else if !folder && is_csv(path.as_str()) {
                        files
                            .insert(path.as_str().to_owned(), (SourceKind::Unread, Ok(Vec::new())));
                    }
                }
                FoundFile::Fault { shown, message } => {
                    files.insert(shown, (SourceKind::Table, Err(unreadable(message))));
                }
            }
        }
    }
}

fn is_csv(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("csv"))
}

fn unreadable(message: String) -> ReadFault {
    ReadFault::Io(std::io::Error::other(message))
}

fn read_folder(
    root: &Path,
    folder: &str,
    kind: SourceKind,
    files: &mut BTreeMap<String, (SourceKind, Result<Vec<u8>, ReadFault>)>,
) {
    for found in walk(root, folder) {
        match found {
            FoundFile::Entry { path, folder } => {
                if belongs(kind, path.as_str(), folder) {
                    let read = read_file(&path.under(root), MAX_FILE);
                    files.insert(path.as_str().to_owned(), (kind, read));
                }
            }
            FoundFile::Fault { shown, message } => {
                files.insert(shown, (kind, Err(unreadable(message))));
            }
        }
    }
}

/// Whether a file is of its folder's kind. A folder is, where a file of that name would be.
fn belongs(kind: SourceKind, path: &str, folder: bool) -> bool {
    let extension =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, one)| one);
    match kind {
        SourceKind::Brief | SourceKind::Legal => extension == Some("md"),
        SourceKind::Rules => extension == Some("toml"),
        SourceKind::Template | SourceKind::Asset => !folder || extension.is_some(),
        SourceKind::Workspace | SourceKind::Table | SourceKind::Lock | SourceKind::Unread => false,
    }
}

fn report_bad_globs(workspace: &Workspace, diagnostics: &mut Diagnostics) {
    for (name, spec) in &workspace.tables {
        let span = spec.span.unwrap_or(workspace.name.span);
        if let Err(error) = Glob::new(&spec.files) {
            let message = format!("the files of `{name}` are not a glob: {error}");
            diagnostics.push(Diagnostic::error(Code::BadSetting, span, message));
        } else if base_of(&spec.files).is_empty()
            || FOLDERS
                .iter()
                .any(|(folder, _)| base_of(&spec.files).split('/').next() == Some(folder))
            || WorkspacePath::new(base_of(&spec.files)).is_err()
        {
            let message = format!("`{}` is not below a folder for tables", spec.files);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, span, message)
                    .help("begin it with a folder, such as partners/"),
            );
        }
    }
}

/// A table that the promotion cannot do without has at least one file.
fn report_missing_tables(
    workspace: &Workspace,
    sources: &Sources,
    globs: &[(String, GlobMatcher)],
    diagnostics: &mut Diagnostics,
) {
    let has_briefs = sources.iter().any(|(_, file)| file.path.as_str().starts_with("briefs/"));
    for (name, spec) in &workspace.tables {
        let needed = match name.as_str() {
            "partners" | "offers" => has_briefs || spec.span.is_some(),
            _ => spec.span.is_some(),
        };
        let Some((_, glob)) = globs.iter().find(|(known, _)| known == name) else { continue };
        let exists = sources.iter().any(|(_, file)| glob.is_match(file.path.as_str()));
        if needed && !exists {
            let span = spec.span.unwrap_or(Span::start_of(workspace.name.span.source));
            let message = format!("no file of the table `{name}` matches `{}`", spec.files);
            diagnostics.push(
                Diagnostic::error(Code::MissingFile, span, message)
                    .help("add the file, or correct `files`"),
            );
        }
    }
}
