//! A file that was read, or could not be, becomes a source.

use super::ReadFault;
use super::inputs::WORKSPACE_FILE;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Digest, Span, WorkspacePath};
use crate::source::{SourceKind, Sources, TableFile};

/// A file with its digest.
pub(super) type Hashed = Result<(Vec<u8>, Digest), ReadFault>;

/// Takes a file's digest.
pub(super) fn hashed(read: Result<Vec<u8>, ReadFault>) -> Hashed {
    read.map(|bytes| {
        let digest = Digest::of(&bytes);
        (bytes, digest)
    })
}

/// Adds it, and says what is wrong with it as a whole.
pub(super) fn add(
    sources: &mut Sources,
    path: &str,
    (kind, table): (SourceKind, Option<TableFile>),
    read: Hashed,
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
        Ok(file) if let Some(table) = table => {
            sources.add_table(shown, table, file, diagnostics);
        }
        Ok(file) => {
            let empty_asset = file.0.is_empty() && kind == SourceKind::Asset;
            let id = sources.add_hashed(shown, kind, file, diagnostics);
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
            if let Some(table) = table {
                sources.belongs_to(id, table);
            }
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
