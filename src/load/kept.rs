//! A workspace as an earlier build read it, from the copies that were kept of its files.

use super::inputs::{
    FOLDERS, Files, WORKBOOKS, WORKSPACE_FILE, assemble, ends_like, table_globs, table_of,
};
use super::{Inputs, ReadFault};
use crate::diag::Diagnostics;
use crate::model::WorkspacePath;
use crate::source::{SourceKind, Sources, read_workspace};

/// A file of an earlier build: its path, and its bytes. Of a picture its digest will do, since
/// only its name is looked at.
pub type KeptFile = (String, Vec<u8>);

/// Reads the workspace that these files were.
pub fn load_kept(kept: Vec<KeptFile>, diagnostics: &mut Diagnostics) -> Inputs {
    let (mut early, mut discarded) = (Sources::default(), Diagnostics::new());
    let config = kept.iter().find(|(path, _)| path == WORKSPACE_FILE);
    let workspace = config.and_then(|(path, bytes)| {
        let path = WorkspacePath::new(path).ok()?;
        let id = early.add(path, SourceKind::Workspace, bytes.clone(), &mut discarded);
        let file = early.get(id)?;
        read_workspace(&file.text, id, file.content_start(), &mut discarded)
    });
    let globs = workspace.as_ref().map(table_globs).unwrap_or_default();
    let mut files = Files::new();
    for (path, bytes) in kept {
        let below =
            |folder: &str| path.strip_prefix(folder).is_some_and(|one| one.starts_with('/'));
        let kind = FOLDERS.iter().find(|(folder, _)| below(folder)).map(|(_, kind)| *kind);
        let kind = if path == WORKSPACE_FILE { Some(SourceKind::Workspace) } else { kind };
        let read: Result<Vec<u8>, ReadFault> = Ok(bytes);
        if let Some(kind) = kind {
            files.insert((path, None), (kind, read));
            continue;
        }
        let tables: Vec<String> = table_of(&globs, &path).collect();
        // A workbook has a sheet for each table; a CSV file is one table.
        let count = if ends_like(&path, &WORKBOOKS) { tables.len() } else { 1 };
        let Ok(bytes) = read else { continue };
        for table in tables.into_iter().take(count) {
            let place = (path.clone(), Some(table));
            files.insert(place, (SourceKind::Table, Ok(bytes.clone())));
        }
    }
    assemble(files, workspace.as_ref(), &globs, diagnostics)
}
