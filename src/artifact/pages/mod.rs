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
use crate::model::{Digest, SharedText};
use crate::source::PageForm;

/// One form of a page as it was published.
#[derive(Clone, Debug)]
pub struct PageFile {
    /// Its public path.
    pub route: SharedText,
    /// Its public address.
    pub url: String,
    /// Which form it is.
    pub form: PageForm,
    /// Where the file is, digest included.
    pub path: SharedText,
    /// Of its bytes.
    pub sha256: Digest,
    /// When it is due.
    pub due: Due,
    /// What it may load and run.
    pub policy: PagePolicy,
}

/// Everything that is made from all pages together; nothing where there is no page.
/// `assets` is the origin that pictures and styles come from.
///
/// Each file is made when it is asked for: together they are larger than most of what is in memory.
pub fn page_files(
    mut pages: Vec<PageFile>,
    assets: &str,
) -> impl Iterator<Item = GeneratedFile> + use<'_> {
    type Make = fn(&[PageFile], &str) -> (&'static str, Vec<u8>);
    const FILES: [(&str, Make); 5] = [
        ("landing/routes.json", |pages, assets| {
            ("application/json", routes::routes(pages, assets))
        }),
        ("landing/_headers", |pages, assets| text(headers_file::headers_file(pages, assets))),
        ("landing/nginx-assets.conf", |_, _| text(nginx::assets())),
        ("landing/nginx-http.conf", |pages, _| text(nginx::http(pages))),
        ("landing/nginx-server.conf", |pages, assets| text(nginx::server(pages, assets))),
    ];
    pages.par_sort_by(|a, b| (&a.route, a.form).cmp(&(&b.route, b.form)));
    let files = FILES.into_iter().filter(|_| !pages.is_empty()).collect::<Vec<_>>();
    files.into_iter().filter_map(move |(path, make)| {
        let (media_type, bytes) = make(&pages, assets);
        GeneratedFile::at(path, media_type, bytes)
    })
}

fn text(text: String) -> (&'static str, Vec<u8>) {
    ("text/plain", text.into_bytes())
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
        for forms in routes {
            write(forms, &mut text);
        }
        text
    };
    routes.par_chunks(PART).map(part).collect()
}

/// The pages of one route, in the order of time; `pages` is sorted.
fn by_route(pages: &[PageFile]) -> impl Iterator<Item = &[PageFile]> {
    pages.chunk_by(|a, b| a.route == b.route)
}
