//! How artifacts look before and after, with the pictures that they show copied beside the page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::decide::names_in;
use crate::manifest::{Entry, Manifest};
use crate::model::ArtifactPath;
use crate::report::{Images, Look, address, preview};
use crate::store::put_gallery;

/// Looks at artifacts for a page.
pub(super) struct Looker<'h> {
    /// The folder beside the page, as the page names it.
    folder: String,
    /// Where assets are; nothing where that is unknown, and then no picture is shown.
    host: &'h str,
    /// What is copied, by its path in an output.
    shown: BTreeMap<String, Vec<u8>>,
    left: usize,
}

/// The files of a build, by what of their digest stands in their names, and how they are read.
pub(super) struct Seen<'s> {
    by_name: BTreeMap<String, Entry>,
    read: &'s dyn Fn(&Entry) -> Option<Vec<u8>>,
}

impl<'s> Seen<'s> {
    pub(super) fn new(manifest: &Manifest, read: &'s dyn Fn(&Entry) -> Option<Vec<u8>>) -> Self {
        let entries = manifest.artifacts.iter();
        let named = entries.map(|one| (one.sha256.hex16(), one.clone()));
        Self { by_name: named.collect(), read }
    }
}

/// The folder of a page's pictures.
fn folder_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("{}.files", name.strip_suffix(".html").unwrap_or(&name))
}

/// Whether somebody sees an artifact as a document or a picture.
fn is_seen(entry: &Entry) -> bool {
    entry.kind.media_type == "text/html" || entry.kind.media_type.starts_with("image/")
}

impl<'h> Looker<'h> {
    /// For the page in a file, which shows so many artifacts as they look.
    pub(super) fn new(file: &Path, host: Option<&'h str>, limit: usize) -> Self {
        let (folder, host) = (address(&folder_of(file)), host.unwrap_or_default());
        Self { folder, host, shown: BTreeMap::new(), left: limit }
    }

    /// How an artifact looks before and after; nothing where too many were looked at already.
    pub(super) fn pair(
        &mut self,
        sides: [&Seen<'_>; 2],
        entries: [Option<&Entry>; 2],
    ) -> Option<[Look; 2]> {
        let seen = entries.iter().flatten().any(|entry| is_seen(entry));
        if seen && self.left == 0 {
            return None;
        }
        self.left -= usize::from(seen);
        let [old, new] = sides;
        let mut look = |side: &Seen<'_>, entry: Option<&Entry>| match entry {
            None => Look::Absent,
            Some(entry) if seen => self.look(side, entry),
            Some(_) => Look::Unseen,
        };
        let [before, after] = entries;
        Some([look(old, before), look(new, after)])
    }

    fn look(&mut self, side: &Seen<'_>, entry: &Entry) -> Look {
        let Some(bytes) = (side.read)(entry) else { return Look::Unseen };
        match entry.kind.media_type.as_str() {
            "text/html" => {
                self.take_shown(side, &bytes);
                let html = String::from_utf8_lossy(&bytes);
                if self.host.is_empty() {
                    return Look::Document(preview(&html, "about:blank", "", Images::Off));
                }
                Look::Document(preview(&html, self.host, &self.folder, Images::Shown))
            }
            picture if picture.starts_with("image/") => {
                self.shown.insert(entry.path.to_string(), bytes);
                Look::Picture(format!("{}/{}", self.folder, address(&entry.path)))
            }
            _ => Look::Unseen,
        }
    }

    /// Takes what a document shows. A style sheet names fonts and pictures in turn.
    fn take_shown(&mut self, side: &Seen<'_>, document: &[u8]) {
        let mut open = names_in(document);
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop_first() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let named = side.by_name.get(&name).filter(|one| one.kind.media_type != "text/html");
            let Some(named) = named else { continue };
            let Some(bytes) = (side.read)(named) else { continue };
            if named.kind.media_type == "text/css" {
                open.extend(names_in(&bytes));
            }
            self.shown.insert(named.path.to_string(), bytes);
        }
    }

    /// Puts what is shown beside the page.
    pub(super) fn put(&self, file: &Path) -> Result<()> {
        let folder = file.with_file_name(folder_of(file));
        for (path, bytes) in &self.shown {
            let Ok(path) = ArtifactPath::new(path) else { continue };
            put_gallery(&path.under(&folder), bytes)?;
        }
        Ok(())
    }
}
