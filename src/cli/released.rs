//! What the last build put out: which links the world may know.

use std::path::Path;

use super::built_tables::BuiltTable;
use super::named::Files;
use super::prepare::Prepared;
use crate::artifact::{DIM_LINK, LINKS, TableId};
use crate::diag::{Code, Diagnostic};
use crate::link::{Released, ReleasedLinks};
use crate::manifest::{Head, Manifest, SourceEntry};
use crate::model::Span;
use crate::source::SourceKind;
use crate::store::{manifest_bytes, read_manifest};

/// Tables that name links, the fullest first, with the column of the URL.
const TABLES: [(TableId, &str); 2] = [(DIM_LINK, "final_url"), (LINKS, "url")];

/// The build that stands in an output folder, and what it says of one link.
pub(super) struct LastBuild {
    /// The first 16 digits of its root.
    pub(super) root: String,
    /// Where the link led in it; `None` where it is in no artifact of it.
    pub(super) url: Option<String>,
}

/// What the last build says of a link; `None` where there is no build.
pub(super) fn last_build(target: &Path, link_id: &str) -> Option<LastBuild> {
    let manifest = read_manifest(target).ok()??;
    let root = manifest.root.hash.get(..16)?.to_owned();
    let files = Files::Folder(target.to_path_buf());
    let table = BuiltTable::of(LINKS, &manifest, &files);
    let row = table.and_then(|table| table.row(link_id, ["link_id", "url"]).ok()?);
    let url = row.map(|[_, url]| url);
    Some(LastBuild { root, url })
}

/// The links of an output folder. What is wrong with the folder is told where it is written to.
pub(super) fn released_links(target: &Path) -> Option<ReleasedLinks> {
    let manifest = read_manifest(target).ok()??;
    links_of(&Files::Folder(target.to_path_buf()), &manifest)
}

fn links_of(files: &Files, manifest: &Manifest) -> Option<ReleasedLinks> {
    TABLES.into_iter().find_map(|(table, url)| {
        let mut links = ReleasedLinks::new();
        // Rows of a link follow each other by date, so the last one is what it means now.
        let add = |[id, code, url]: [&str; 3]| {
            links.insert(id.to_owned(), Released { code: code.to_owned(), url: url.to_owned() });
        };
        let table = BuiltTable::of(table, manifest, files)?;
        table.rows(["link_id", "short_code", url], add).ok()?;
        Some(links)
    })
}

/// Links of the last build that the lock does not know any more.
pub(super) fn forgotten_links(target: &Path, prepared: &Prepared) -> Option<Diagnostic> {
    let bytes = manifest_bytes(target).ok()??;
    // Nothing was taken out of a lock that is as the last build left it.
    if lock_of(prepared).is_some_and(|source| Head::names_source(&bytes, &source)) {
        return None;
    }
    let manifest = read_manifest(target).ok()??;
    forgotten_of(&Files::Folder(target.to_path_buf()), &manifest, prepared)
}

/// throughline.lock as it was read.
fn lock_of(prepared: &Prepared) -> Option<SourceEntry> {
    let (_, file) = prepared.sources.of_kind(SourceKind::Lock).next()?;
    Some(SourceEntry { path: file.path.to_string(), sha256: file.digest.hex() })
}

/// Links of a build that the lock does not know any more.
pub(super) fn forgotten_of(
    files: &Files,
    manifest: &Manifest,
    prepared: &Prepared,
) -> Option<Diagnostic> {
    if lock_of(prepared).is_some_and(|source| manifest.sources.contains(&source)) {
        return None;
    }
    let documents = &prepared.documents;
    if manifest.workspace != documents.workspace.name.value {
        return None;
    }
    let links = links_of(files, manifest)?;
    let mut forgotten = links.iter().filter(|(id, _)| !documents.lock.contains(id));
    let (first, released) = forgotten.next()?;
    let more = match forgotten.count() {
        0 => String::new(),
        1 => " and of another link".to_owned(),
        more => format!(" and of {more} other links"),
    };
    let message = format!(
        "the row of `{first}` was removed{more}: the last build gave it the short code `{}`",
        released.code
    );
    let read = prepared.sources.of_kind(SourceKind::Lock).next();
    let place = read.map_or(documents.workspace.name.span, |(id, _)| Span::start_of(id));
    Some(Diagnostic::error(Code::LockNotAppendOnly, place, message).help(
        "restore throughline.lock from version control; if the output is of another branch, \
         remove its manifest.json",
    ))
}
