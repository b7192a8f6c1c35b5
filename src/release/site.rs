//! The folder that a plain host serves: pages under their routes, pictures under their addresses.
//!
//! Such a host knows no time, so each route gets the form that is due when the folder is made.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::artifact::pages::{PageFile, ROUTES, kept_pages};
use crate::manifest::{Entry, Manifest};
use crate::model::{Digest, Hasher};

/// Headers, as Netlify and Cloudflare Pages read them.
const HEADERS: &str = "landing/_headers";

/// One file of the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteFile {
    /// Its path in the folder.
    pub path: String,
    /// The blob that it is.
    pub digest: Digest,
}

/// The folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitePlan {
    /// Files that are blobs, by path.
    pub files: Vec<SiteFile>,
    /// `_redirects`: routes that lead elsewhere by now.
    pub redirects: String,
}

impl SitePlan {
    /// The name of the folder: the root, and a digest of what is in it, because other forms of pages
    /// are due at other times.
    pub fn name(&self, root: &Digest) -> String {
        let mut hasher = Hasher::default().part(self.redirects.as_bytes());
        for file in &self.files {
            hasher = hasher.part(file.path.as_bytes()).raw(file.digest.as_bytes());
        }
        format!("{root}.{}", hasher.finish().hex16())
    }
}

/// The document that says which form is due when, in a manifest.
pub(crate) fn routes_entry(manifest: &Manifest) -> Option<&Entry> {
    manifest.artifacts.iter().find(|entry| entry.id == ROUTES)
}

/// What the folder holds at a time. `routes` is the document of the routes, where there is one.
///
/// # Errors
/// Where the documents do not fit, in a sentence.
pub fn site_plan(
    manifest: &Manifest,
    routes: Option<&[u8]>,
    at: Timestamp,
) -> Result<SitePlan, String> {
    let mut files = Vec::new();
    for entry in &manifest.artifacts {
        let path = match entry.id.as_str() {
            HEADERS => "_headers",
            id if id.starts_with("assets/") => entry.path.as_str(),
            _ => continue,
        };
        files.push(SiteFile { path: path.to_owned(), digest: entry.sha256 });
    }
    let mut redirects = String::new();
    for page in routes.map(kept_pages).transpose()?.iter().flatten() {
        if let Some(to) = moved(page, at) {
            // Writing to a string does not fail.
            let _ = writeln!(redirects, "{} {to} 302", page.route);
        } else if is_due(page, at) {
            let path = page_path(&page.route)
                .ok_or_else(|| format!("the route `{}` cannot be a file", page.route))?;
            files.push(SiteFile { path, digest: page.sha256 });
        }
    }
    files.sort();
    Ok(SitePlan { files, redirects })
}

fn time(text: Option<&String>) -> Option<Timestamp> {
    text?.parse().ok()
}

fn moved(page: &PageFile, at: Timestamp) -> Option<&str> {
    let after = time(page.due.redirect_after.as_ref())?;
    (after <= at).then_some(page.due.redirect_to.as_deref()).flatten()
}

/// A form is not due any more when its route leads elsewhere, which the last form says.
fn is_due(page: &PageFile, at: Timestamp) -> bool {
    let over = page.due.times.and_then(|times| times.redirects).is_some_and(|over| over <= at);
    !over
        && time(page.due.not_before.as_ref()).is_none_or(|from| from <= at)
        && time(page.due.not_after.as_ref()).is_none_or(|to| at < to)
}

/// `/bf26/offer` is the file `bf26/offer.html`.
fn page_path(route: &str) -> Option<String> {
    let path = format!("{}.html", route.strip_prefix('/')?.trim_end_matches('/'));
    crate::model::ArtifactPath::new(&path).ok()?;
    Some(path)
}
