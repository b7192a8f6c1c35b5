//! Lists the files below a folder, in one order everywhere.

use std::path::Path;

use walkdir::WalkDir;

use crate::model::WorkspacePath;

/// One entry below a folder of the workspace.
#[derive(Debug)]
pub enum FoundFile {
    /// Something to read, whatever it turns out to be.
    Entry {
        /// Its path.
        path: WorkspacePath,
        /// Whether it is a folder.
        folder: bool,
    },
    /// Something that cannot be named or entered.
    Fault {
        /// Its path, as well as it can be shown.
        shown: String,
        /// Why.
        message: String,
    },
}

/// Walks `folder` of the workspace; a missing folder is empty. Hidden entries are left out.
pub fn walk(root: &Path, folder: &str) -> Vec<FoundFile> {
    let mut start = root.to_path_buf();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        start.push(part);
        match start.symlink_metadata() {
            Err(_) => return Vec::new(),
            Ok(metadata) if metadata.is_symlink() => {
                let message = "it is a symbolic link, which is never followed".to_owned();
                return vec![FoundFile::Fault { shown: folder.to_owned(), message }];
            }
            Ok(metadata) if !metadata.is_dir() => {
                let message = "it is a file, not a folder".to_owned();
                return vec![FoundFile::Fault { shown: folder.to_owned(), message }];
            }
            Ok(_) => {}
        }
    }
    let mut found = Vec::new();
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let entries = WalkDir::new(&start).follow_root_links(false).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) => {
                let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
                let shown = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
                let valid = relative.to_str().is_some();
                if entry.file_type().is_symlink() {
                    let message = "it is a symbolic link, which is never followed".to_owned();
                    found.push(FoundFile::Fault { shown, message });
                    continue;
                }
                match WorkspacePath::new(&shown) {
                    Ok(path) if valid => {
                        found.push(FoundFile::Entry { path, folder: entry.file_type().is_dir() });
                    }
                    Ok(_) => found
                        .push(FoundFile::Fault { shown, message: "its name is not UTF-8".into() }),
                    Err(fault) => found.push(FoundFile::Fault {
                        shown,
                        message: format!("its name cannot be used: {fault}"),
                    }),
                }
            }
            Err(error) => {
                let path = error.path().and_then(|path| path.strip_prefix(root).ok());
                let shown = path
                    .map_or_else(|| folder.to_owned(), |path| path.to_string_lossy().into_owned());
                found.push(FoundFile::Fault {
                    shown,
                    message: format!("it cannot be entered: {error}"),
                });
            }
        }
    }
    found
}
