//! What a deploy system needs besides the bytes of our pages: when each form is due, which headers
//! it is sent with, and that in the words of the servers that people use.
//!
//! Nothing here looks at a clock: times are facts of the workspace, and servers compare them.

mod due;
mod elements;
mod head;
mod headers;
mod headers_file;
mod kept;
mod nginx;
mod policy;
mod routes;

pub use due::{Due, robots};
pub use elements::for_each_element;
pub use head::{HeadFault, check_head};
pub use kept::{ROUTES, kept_pages};
pub use policy::{PagePolicy, Refused};

use super::GeneratedFile;
use crate::source::PageForm;

/// One form of a page as it was published.
#[derive(Clone, Debug)]
pub struct PageFile {
    /// Its public path.
    pub route: String,
    /// Its public address.
    pub url: String,
    /// Which form it is.
    pub form: PageForm,
    /// Where the file is, digest included.
    pub path: String,
    /// 64 hex digits.
    pub sha256: String,
    /// When it is due.
    pub due: Due,
    /// What it may load and run.
    pub policy: PagePolicy,
}

/// Everything that is made from all pages together; nothing where there is no page.
/// `assets` is the origin that pictures and styles come from.
pub fn page_files(mut pages: Vec<PageFile>, assets: &str) -> Vec<GeneratedFile> {
    if pages.is_empty() {
        return Vec::new();
    }
    pages.sort_by(|a, b| (&a.route, a.form).cmp(&(&b.route, b.form)));
    let text = |path: &str, text: String| GeneratedFile::at(path, "text/plain", text.into_bytes());
    let json = routes::routes(&pages, assets);
    [
        GeneratedFile::at("landing/routes.json", "application/json", json),
        text("landing/_headers", headers_file::headers_file(&pages, assets)),
        text("landing/nginx-assets.conf", nginx::assets()),
        text("landing/nginx-http.conf", nginx::http(&pages)),
        text("landing/nginx-server.conf", nginx::server(&pages, assets)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The pages of one route, in the order of time; `pages` is sorted.
fn by_route(pages: &[PageFile]) -> impl Iterator<Item = &[PageFile]> {
    pages.chunk_by(|a, b| a.route == b.route)
}
