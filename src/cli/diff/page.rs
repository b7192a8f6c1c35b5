//! `diff --html`: two builds side by side, with the pictures that they show copied beside the page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use super::Comparison;
use super::side::Build;
use crate::decide::names_in;
use crate::manifest::Entry;
use crate::model::ArtifactPath;
use crate::report::{Compared, ComparisonPage, Images, Look, address, comparison_page, preview};
use crate::store::put_gallery;

/// Artifacts that are shown as they look unless all are asked for.
const LOOKS: usize = 60;

/// Writes the page, and its pictures into a folder beside it. `host` is where assets are.
pub(super) fn write_page(
    file: &Path,
    comparison: &Comparison,
    host: Option<&str>,
    all: bool,
) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let folder = format!("{}.files", name.strip_suffix(".html").unwrap_or(&name));
    let Comparison { before, after, difference, facts } = comparison;
    let sides = [Side { build: before, other: after }, Side { build: after, other: before }];
    let mut maker = Maker {
        files: [before, after].map(files_by_name),
        folder: address(&folder),
        host: host.unwrap_or_default(),
        shown: BTreeMap::new(),
    };
    let limit = if all { usize::MAX } else { LOOKS };
    let (mut artifacts, mut looked_at, mut without_look) = (Vec::new(), 0, 0);
    for one in &difference.artifacts {
        let entries = [&one.before, &one.after];
        let is_seen = entries.iter().any(|entry| entry.as_ref().is_some_and(is_seen));
        let shows = is_seen && looked_at < limit;
        looked_at += usize::from(shows);
        without_look += usize::from(is_seen && !shows);
        let [old, new] = [0, 1].map(|at| match (entries.get(at), sides.get(at)) {
            (Some(Some(entry)), Some(side)) if shows => maker.look(at, side, entry),
            (Some(Some(_)), _) => Look::Unseen,
            _ => Look::Absent,
        });
        artifacts.push(Compared { difference: one, looks: [old, new] });
    }
    let side = |build: &Build| (build.name.clone(), build.manifest.root.hash.clone());
    let page = comparison_page(&ComparisonPage {
        sides: [side(before), side(after)],
        facts: facts.as_deref(),
        links: &difference.links,
        artifacts,
        without_look,
        same: difference.same,
    });
    for (path, bytes) in &maker.shown {
        let Ok(path) = ArtifactPath::new(path) else { continue };
        put_gallery(&path.under(&file.with_file_name(&folder)), bytes)?;
    }
    put_gallery(file, page.as_bytes())
}

/// A build, and the other one: what is the same is only held once.
struct Side<'c> {
    build: &'c Build,
    other: &'c Build,
}

impl Side<'_> {
    fn read(&self, entry: &Entry) -> Option<Vec<u8>> {
        self.build.read(entry).or_else(|| self.other.read(entry))
    }
}

/// Whether somebody sees an artifact as a document or a picture.
fn is_seen(entry: &Entry) -> bool {
    entry.media_type == "text/html" || entry.media_type.starts_with("image/")
}

/// Files by what of their digest stands in their names.
fn files_by_name(build: &Build) -> BTreeMap<String, Entry> {
    let entries = build.manifest.artifacts.iter();
    let named =
        entries.filter_map(|entry| Some((entry.sha256.get(..16)?.to_owned(), entry.clone())));
    named.collect()
}

struct Maker<'c> {
    files: [BTreeMap<String, Entry>; 2],
    folder: String,
    host: &'c str,
    /// What is copied, by its path in an output.
    shown: BTreeMap<String, Vec<u8>>,
}

impl Maker<'_> {
    fn look(&mut self, at: usize, side: &Side<'_>, entry: &Entry) -> Look {
        let Some(bytes) = side.read(entry) else { return Look::Unseen };
        match entry.media_type.as_str() {
            "text/html" => {
                let mut open = names_in(&bytes);
                let mut seen = BTreeSet::new();
                // A style sheet names fonts and pictures in turn.
                while let Some(name) = open.pop_first() {
                    if !seen.insert(name.clone()) {
                        continue;
                    }
                    let named = self.files.get(at).and_then(|files| files.get(&name)).cloned();
                    let Some(named) = named.filter(|one| one.media_type != "text/html") else {
                        continue;
                    };
                    let Some(bytes) = side.read(&named) else { continue };
                    if named.media_type == "text/css" {
                        open.extend(names_in(&bytes));
                    }
                    self.shown.insert(named.path, bytes);
                }
                let html = String::from_utf8_lossy(&bytes);
                if self.host.is_empty() {
                    return Look::Document(preview(&html, "about:blank", "", Images::Off));
                }
                Look::Document(preview(&html, self.host, &self.folder, Images::Shown))
            }
            picture if picture.starts_with("image/") => {
                self.shown.insert(entry.path.clone(), bytes);
                Look::Picture(format!("{}/{}", self.folder, address(&entry.path)))
            }
            _ => Look::Unseen,
        }
    }
}
