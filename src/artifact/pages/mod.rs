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
mod policy_headers;
mod routes;

pub use due::{Due, robots};
pub use elements::for_each_element;
pub use head::{HeadFault, check_head};
pub use kept::{ROUTES, kept_pages};
pub use policy::{PagePolicy, Refused};

use std::collections::BTreeSet;
use std::sync::Arc;

use policy_headers::PolicyHeaders;
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
    pub url: SharedText,
    /// Which form it is.
    pub form: PageForm,
    /// Where the file is, digest included.
    pub path: SharedText,
    /// Of its bytes.
    pub sha256: Digest,
    /// When it is due, mostly the same as others.
    pub due: Arc<Due>,
    /// What it may load and run.
    pub policy: PagePolicy,
}

/// The pages of one route, in the order of time.
type Forms<'p> = &'p [PageFile];

/// Makes a file from all routes and the origin of assets: its media type and its bytes.
type Make = fn(&[Forms<'_>], &str) -> (&'static str, Vec<u8>);

/// What any server can be told from.
const COMMON_FILES: [(&str, Make); 2] = [
    ("landing/routes.json", |routes, assets| ("application/json", routes::routes(routes, assets))),
    ("landing/_headers", |routes, assets| text(headers_file::headers_file(routes, assets))),
];

const NGINX_FILES: [(&str, Make); 3] = [
    ("landing/nginx-assets.conf", |_, _| text(nginx::assets().into())),
    ("landing/nginx-http.conf", |routes, _| text(nginx::http(routes).into())),
    ("landing/nginx-server.conf", |routes, assets| text(nginx::server(routes, assets))),
];

/// Everything that is made from all pages together; nothing where there is no page.
/// `assets` is the origin that pictures and styles come from.
///
/// Each file is handed over once it is made, and two are made at a time: together they are larger
/// than most of what is in memory.
///
/// # Errors
/// The first error of `hand_over`, in the order of the files.
pub fn page_files<E: Send>(
    mut pages: Vec<PageFile>,
    assets: &str,
    hand_over: impl Fn(&mut GeneratedFile) -> Result<(), E> + Sync,
) -> Result<Vec<GeneratedFile>, E> {
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    pages.par_sort_by(|a, b| (&a.route, a.form).cmp(&(&b.route, b.form)));
    let routes: Vec<Forms<'_>> = pages.chunk_by(|a, b| a.route == b.route).collect();
    let made = |(path, make): &(&str, Make)| {
        let (media_type, bytes) = make(&routes, assets);
        let mut file = GeneratedFile::at(path, media_type, bytes)?;
        Some(hand_over(&mut file).map(|()| file))
    };
    let all = |files: &[(&str, Make)]| files.iter().filter_map(made).collect::<Result<Vec<_>, E>>();
    let (common, nginx) = rayon::join(|| all(&COMMON_FILES), || all(&NGINX_FILES));
    let mut files = common?;
    files.extend(nginx?);
    Ok(files)
}

fn text(bytes: Vec<u8>) -> (&'static str, Vec<u8>) {
    ("text/plain", bytes)
}

/// Routes that one thread writes at a time.
const PART: usize = 512;

/// What `write` makes of each route, one behind the other, in parts.
fn for_each_route<'p>(
    routes: &[Forms<'p>],
    assets: &'p str,
    write: impl Fn(Forms<'p>, &mut PolicyHeaders<'p>, &mut String) + Sync,
) -> Vec<String> {
    let part = |routes: &[Forms<'p>]| {
        let (mut text, mut policies) = (String::new(), PolicyHeaders::new(assets));
        for forms in routes {
            write(forms, &mut policies, &mut text);
        }
        text
    };
    routes.par_chunks(PART).map(part).collect()
}

/// A list that is as long as what stands around it is short.
fn joined(before: &str, list: Vec<String>, behind: &str) -> Vec<u8> {
    let length = list.iter().map(String::len).sum::<usize>();
    let mut bytes = Vec::with_capacity(before.len() + length + behind.len());
    bytes.extend_from_slice(before.as_bytes());
    for part in list {
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes.extend_from_slice(behind.as_bytes());
    bytes
}

/// The folders that files of pages are in.
fn folders<'p>(routes: &[Forms<'p>]) -> BTreeSet<&'p str> {
    let pages = routes.iter().copied().flatten();
    pages.filter_map(|page| page.path.split('/').next()).collect()
}
