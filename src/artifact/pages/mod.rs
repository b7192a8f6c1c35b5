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
use std::io::{self, Write};
use std::sync::Arc;

use policy_headers::PolicyHeaders;
use rayon::prelude::*;

use super::generated::{FileWriter, GeneratedFile, Shelf};
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

/// Writes a file of all routes; the text is the origin of assets.
type Fill = for<'p> fn(&[Forms<'p>], &'p str, &mut dyn Write) -> io::Result<()>;

/// What any server can be told from.
const COMMON_FILES: [(&str, &str, Fill); 2] = [
    (ROUTES, "application/json", routes::routes),
    ("landing/_headers", TEXT, headers_file::headers_file),
];

const NGINX_FILES: [(&str, &str, Fill); 3] = [
    ("landing/nginx-assets.conf", TEXT, |_, _, file| file.write_all(nginx::assets().as_bytes())),
    ("landing/nginx-http.conf", TEXT, |all, _, file| file.write_all(nginx::http(all).as_bytes())),
    ("landing/nginx-server.conf", TEXT, nginx::server),
];

const TEXT: &str = "text/plain";

/// Makes everything that is made from all pages together; nothing where there is no page.
/// `assets` is the origin that pictures and styles come from.
///
/// Each file goes onto the shelf while it is made, and two are made at a time: together they are
/// larger than most of what is in memory.
///
/// # Errors
/// The first error of the shelf, in the order of the files.
pub fn page_files(
    mut pages: Vec<PageFile>,
    assets: &str,
    shelf: &dyn Shelf,
) -> io::Result<Vec<GeneratedFile>> {
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    pages.par_sort_by(|a, b| (&a.route, a.form).cmp(&(&b.route, b.form)));
    let routes: Vec<Forms<'_>> = pages.chunk_by(|a, b| a.route == b.route).collect();
    let make = |(path, media_type, fill): &(&str, &'static str, Fill)| {
        let mut file = FileWriter::begin(shelf, path, media_type)?;
        fill(&routes, assets, &mut file)?;
        file.finish()
    };
    let all = |files: &[_]| files.iter().map(make).collect::<io::Result<Vec<_>>>();
    let (common, nginx) = rayon::join(|| all(&COMMON_FILES), || all(&NGINX_FILES));
    let mut files = common?;
    files.extend(nginx?);
    Ok(files)
}

/// Routes that one thread writes at a time.
const PART: usize = 512;

/// Routes that are in memory as text at once.
const AT_ONCE: usize = 8 * PART;

/// Gives what `write` makes of each route, one behind the other, in parts.
fn for_each_route<'p>(
    routes: &[Forms<'p>],
    assets: &'p str,
    write: impl Fn(Forms<'p>, &mut PolicyHeaders<'p>, &mut String) + Sync,
    mut take: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let part = |routes: &[Forms<'p>]| {
        let (mut text, mut policies) = (String::new(), PolicyHeaders::new(assets));
        for forms in routes {
            write(forms, &mut policies, &mut text);
        }
        text
    };
    for some in routes.chunks(AT_ONCE) {
        let parts: Vec<String> = some.par_chunks(PART).map(part).collect();
        parts.iter().try_for_each(|part| take(part))?;
    }
    Ok(())
}

/// The folders that files of pages are in.
fn folders<'p>(routes: &[Forms<'p>]) -> BTreeSet<&'p str> {
    let pages = routes.iter().copied().flatten();
    pages.filter_map(|page| page.path.split('/').next()).collect()
}
