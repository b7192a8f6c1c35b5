//! From a folder to sources: throughline.toml first, which says where the tables are.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobMatcher};
use rayon::prelude::*;

use super::add::{Hashed, add, hashed};
use super::{FoundFile, ReadFault, read_file, walk};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Span, WorkspacePath};
use crate::source::{SourceKind, Sources, TableFile, Workspace, read_workspace};

/// Everything read from a workspace.
#[derive(Debug)]
pub struct Inputs {
    /// All files.
    pub sources: Sources,
    /// throughline.toml, if it could be understood.
    pub workspace: Option<Workspace>,
}

/// A file's path, and the table it is read for: a workbook may hold several.
pub(super) type Place = (String, Option<String>);

/// Files by their places.
pub(super) type Files = BTreeMap<Place, (SourceKind, Result<Vec<u8>, ReadFault>)>;

pub(super) const WORKSPACE_FILE: &str = "throughline.toml";
pub(super) const LOCK_FILE: &str = "throughline.lock";
pub(super) const FOLDERS: [(&str, SourceKind); 7] = [
    ("assets", SourceKind::Asset),
    ("briefs", SourceKind::Brief),
    ("decisions/swaps", SourceKind::Swap),
    ("decisions/waivers", SourceKind::Waiver),
    ("legal", SourceKind::Legal),
    ("rules", SourceKind::Rules),
    ("templates", SourceKind::Template),
];

/// Largest table, in bytes.
const MAX_TABLE: u64 = 256_000_000;
/// Largest throughline.lock, in bytes: a million links with their URLs, and twice that in time.
const MAX_LOCK: u64 = 1_000_000_000;
/// Largest other file, in bytes.
const MAX_FILE: u64 = 32_000_000;

impl Inputs {
    /// The top folders that tables are read from.
    pub fn table_folders(&self) -> Vec<String> {
        let specs = self.workspace.iter().flat_map(|workspace| workspace.tables.values());
        let tops = specs.filter_map(|spec| base_of(&spec.files).split('/').next());
        tops.filter(|top| !top.is_empty()).map(str::to_owned).collect()
    }
}

/// A file as it would be in the workspace: its path, and its bytes.
pub type Proposed = (WorkspacePath, SourceKind, Vec<u8>);

/// Reads the workspace in `root`. Sources are added in the order of their paths.
pub fn load(root: &Path, diagnostics: &mut Diagnostics) -> Inputs {
    load_with(root, &[], diagnostics)
}

/// Reads the workspace in `root` as it would be with files that are not written yet.
pub fn load_with(root: &Path, proposed: &[Proposed], diagnostics: &mut Diagnostics) -> Inputs {
    // The lock of a large workspace is as long as all of its tables.
    let ((mut files, globs, early_workspace), lock) =
        rayon::join(|| read_all(root), || read_file(&root.join(LOCK_FILE), MAX_LOCK));
    if !matches!(lock, Err(ReadFault::Missing)) {
        files.insert((LOCK_FILE.to_owned(), None), (SourceKind::Lock, lock));
    }
    for (path, kind, bytes) in proposed {
        files.insert((path.to_string(), None), (*kind, Ok(bytes.clone())));
    }
    assemble(files, early_workspace.as_ref(), &globs, diagnostics)
}

/// Reads all files but the lock.
fn read_all(root: &Path) -> (Files, Vec<(String, GlobMatcher)>, Option<Workspace>) {
    let mut early = Sources::default();
    let mut discarded = Diagnostics::new();
    let mut files = Files::new();
    let config = read_file(&root.join(WORKSPACE_FILE), MAX_FILE);
    let (mut globs, mut early_workspace) = (Vec::new(), None);
    // The tables' globs are needed before the other files are known; places are made afterwards.
    if let (Ok(bytes), Ok(path)) = (&config, WorkspacePath::new(WORKSPACE_FILE)) {
        let id = early.add(path, SourceKind::Workspace, bytes.clone(), &mut discarded);
        let text = early.get(id).map_or("", |file| file.text.as_str());
        let base = early.get(id).map_or(0, crate::source::SourceText::content_start);
        if let Some(workspace) = read_workspace(text, id, base, &mut discarded) {
            globs = table_globs(&workspace);
            read_tables(root, &workspace, &globs, &mut files);
            early_workspace = Some(workspace);
        }
    }
    files.insert((WORKSPACE_FILE.to_owned(), None), (SourceKind::Workspace, config));
    for (folder, kind) in FOLDERS {
        read_folder(root, folder, kind, &mut files);
    }
    (files, globs, early_workspace)
}

/// Files become sources, in the order of their paths.
pub(super) fn assemble(
    files: Files,
    early_workspace: Option<&Workspace>,
    globs: &[(String, GlobMatcher)],
    diagnostics: &mut Diagnostics,
) -> Inputs {
    let mut sources = Sources::default();
    let files = files.into_par_iter().map(|(place, (kind, read))| (place, kind, hashed(read)));
    let files: Vec<(Place, SourceKind, Hashed)> = files.collect();
    for ((path, table), kind, read) in files {
        let spec = |name: &String| early_workspace?.tables.get(name);
        let table = table.map(|name| {
            let dialect = spec(&name).map(|spec| spec.dialect_of(&path)).unwrap_or_default();
            TableFile::new(name, dialect)
        });
        add(&mut sources, &path, (kind, table), read, diagnostics);
    }
    let workspace = understand(&sources, diagnostics);
    if let Some(workspace) = &workspace {
        report_bad_globs(workspace, diagnostics);
        report_missing_tables(workspace, &sources, globs, diagnostics);
    }
    Inputs { sources, workspace }
}

/// Reads throughline.lock alone, so that it can be mended where nothing else can be read. What is
/// wrong with throughline.toml is not said; it only tells whose the lock is.
pub fn load_lock(root: &Path, diagnostics: &mut Diagnostics) -> Inputs {
    let (mut sources, mut discarded) = (Sources::default(), Diagnostics::new());
    match read_file(&root.join(LOCK_FILE), MAX_LOCK) {
        Err(ReadFault::Missing) => {}
        read => add(&mut sources, LOCK_FILE, (SourceKind::Lock, None), hashed(read), diagnostics),
    }
    add_config(root, &mut sources, &mut discarded);
    let workspace = understand(&sources, &mut discarded);
    Inputs { sources, workspace }
}

/// Reads throughline.toml alone.
pub fn load_config(root: &Path, diagnostics: &mut Diagnostics) -> Inputs {
    let mut sources = Sources::default();
    add_config(root, &mut sources, diagnostics);
    let workspace = understand(&sources, diagnostics);
    Inputs { sources, workspace }
}

fn add_config(root: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) {
    let config = read_file(&root.join(WORKSPACE_FILE), MAX_FILE);
    add(sources, WORKSPACE_FILE, (SourceKind::Workspace, None), hashed(config), diagnostics);
}

fn understand(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Workspace> {
    let (id, file) = sources.of_kind(SourceKind::Workspace).next()?;
    read_workspace(&file.text, id, file.content_start(), diagnostics)
}

pub(super) fn table_globs(workspace: &Workspace) -> Vec<(String, GlobMatcher)> {
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
    files: &mut Files,
) {
    let mut bases: Vec<&str> = workspace.tables.values().map(|spec| base_of(&spec.files)).collect();
    bases.sort_unstable();
    bases.dedup();
    for base in bases.into_iter().filter(|base| !base.is_empty()) {
        for found in walk(root, base) {
            match found {
                FoundFile::Entry { path, folder } => {
                    read_table_file(root, &path, folder, globs, files);
                }
                FoundFile::Fault { shown, message } => {
                    let name = table_of(globs, &shown).next();
                    files.insert((shown, name), (SourceKind::Table, Err(unreadable(message))));
                }
            }
        }
    }
}

/// The tables that a file belongs to.
pub(super) fn table_of(
    globs: &[(String, GlobMatcher)],
    path: &str,
) -> impl Iterator<Item = String> {
    globs.iter().filter(move |(_, glob)| glob.is_match(path)).map(|(name, _)| name.clone())
}

fn read_table_file(
    root: &Path,
    path: &WorkspacePath,
    folder: bool,
    globs: &[(String, GlobMatcher)],
    files: &mut Files,
) {
    let shown = path.as_str();
    let mut tables = table_of(globs, shown);
    let Some(first) = tables.next() else {
        if !folder && ends_like(shown, &TABLES) {
            files.insert((shown.to_owned(), None), (SourceKind::Unread, Ok(Vec::new())));
        }
        return;
    };
    let read = read_file(&path.under(root), MAX_TABLE);
    // A workbook has a sheet for each table; a CSV file is one table.
    if ends_like(shown, &WORKBOOKS)
        && let Ok(bytes) = &read
    {
        for other in tables {
            let bytes = Ok(bytes.clone());
            files.insert((shown.to_owned(), Some(other)), (SourceKind::Table, bytes));
        }
    }
    files.insert((shown.to_owned(), Some(first)), (SourceKind::Table, read));
}

pub(super) const WORKBOOKS: [&str; 3] = ["xlsx", "xlsm", "ods"];
/// What somebody may take for a table, though not all of them can be read.
const TABLES: [&str; 8] = ["csv", "tsv", "xlsx", "xlsm", "ods", "xls", "xlsb", "numbers"];

pub(super) fn ends_like(path: &str, extensions: &[&str]) -> bool {
    let (_, extension) = path.rsplit_once('.').unwrap_or_default();
    extensions.iter().any(|one| extension.eq_ignore_ascii_case(one))
}

fn unreadable(message: String) -> ReadFault {
    ReadFault::Io(std::io::Error::other(message))
}

fn read_folder(root: &Path, folder: &str, kind: SourceKind, files: &mut Files) {
    for (path, read) in read_folder_files(root, folder, kind, MAX_FILE) {
        files.insert((path, None), (kind, read));
    }
}

/// The files of a kind below a folder, in the order of their paths.
pub(super) fn read_folder_files(
    root: &Path,
    folder: &str,
    kind: SourceKind,
    limit: u64,
) -> Vec<(String, Result<Vec<u8>, ReadFault>)> {
    let mut files = Vec::new();
    for found in walk(root, folder) {
        match found {
            FoundFile::Entry { path, folder } => {
                if belongs(kind, path.as_str(), folder) {
                    files.push((path.as_str().to_owned(), read_file(&path.under(root), limit)));
                }
            }
            FoundFile::Fault { shown, message } => files.push((shown, Err(unreadable(message)))),
        }
    }
    files
}

/// Whether a file is of its folder's kind. A folder is, where a file of that name would be.
fn belongs(kind: SourceKind, path: &str, folder: bool) -> bool {
    let extension =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, one)| one);
    match kind {
        SourceKind::Brief | SourceKind::Legal => extension == Some("md"),
        SourceKind::Rules | SourceKind::Swap | SourceKind::Waiver => extension == Some("toml"),
        SourceKind::Template | SourceKind::Asset => !folder || extension.is_some(),
        SourceKind::Approval => extension == Some("json"),
        SourceKind::Workspace
        | SourceKind::Table
        | SourceKind::Lock
        | SourceKind::Signers
        | SourceKind::Unread => false,
    }
}

fn report_bad_globs(workspace: &Workspace, diagnostics: &mut Diagnostics) {
    for (name, spec) in &workspace.tables {
        let span = spec.span.unwrap_or(workspace.name.span);
        if let Err(error) = Glob::new(&spec.files) {
            let message = format!("the files of `{name}` are not a glob: {error}");
            diagnostics.push(Diagnostic::error(Code::BadSetting, span, message));
        } else if base_of(&spec.files).is_empty()
            || FOLDERS.iter().any(|(folder, _)| {
                base_of(&spec.files).split('/').next() == folder.split('/').next()
            })
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
