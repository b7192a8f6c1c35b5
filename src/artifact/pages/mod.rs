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

use rayon::prelude::*;

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
    pages.par_sort_by(|a, b| (&a.route, a.form).cmp(&(&b.route, b.form)));
    let pages = pages.as_slice();
    let file = |path: &str, media_type, text: String| {
        GeneratedFile::at(path, media_type, text.into_bytes())
    };
    let text = |path: &str, text| file(path, "text/plain", text);
    let (json, (headers, server)) = rayon::join(
        || file("landing/routes.json", "application/json", routes::routes(pages, assets)),
        || {
            rayon::join(
                || text("landing/_headers", headers_file::headers_file(pages, assets)),
                || text("landing/nginx-server.conf", nginx::server(pages, assets)),
            )
        },
    );
    let for_assets = text("landing/nginx-assets.conf", nginx::assets());
    let http = text("landing/nginx-http.conf", nginx::http(pages));
    [json, headers, for_assets, http, server].into_iter().flatten().collect()
}

/// Routes that one thread writes at a time.
const PART: usize = 512;

/// What `write` makes of each route, one behind the other.
fn for_each_route(
    pages: &[PageFile],
    write: impl Fn(&[PageFile], &mut String) + Sync,
) -> Vec<String> {
    let routes: Vec<&[PageFile]> = by_route(pages).collect();
    let part = |routes: &[&[PageFile]]| {
        let mut text = String::new();
        routes.iter().for_each(|forms| write(forms, &mut text));
        text
    };
    routes.par_chunks(PART).map(part).collect()
}

/// The pages of one route, in the order of time; `pages` is sorted.
fn by_route(pages: &[PageFile]) -> impl Iterator<Item = &[PageFile]> {
    pages.chunk_by(|a, b| a.route == b.route)
}
