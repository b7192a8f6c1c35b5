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

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use policy_headers::PolicyHeaders;
use rayon::prelude::*;

use super::generated::{FileWriter, GeneratedFile, Shelf};
use crate::model::{Digest, PublishedPath, SharedText};
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
    /// Where its file lies.
    pub place: PublishedPath,
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
        let mut file = FileWriter::begin_own(shelf, path, media_type)?;
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
fn folders<'p>(routes: &[Forms<'p>]) -> BTreeSet<Cow<'p, str>> {
    let pages = routes.iter().copied().flatten();
    pages.map(|page| page.place.first_part()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use serde_json::Value;

    use super::*;
    use crate::artifact::HandOn;
    use crate::model::ArtifactPath;

    /// The files of so many pages, by name.
    fn files_of(count: usize) -> BTreeMap<String, String> {
        let page = |number: usize| PageFile {
            route: format!("/page-{number:05}").into(),
            url: format!("https://shop.example/page-{number:05}").into(),
            form: PageForm::Live,
            place: ArtifactPath::new(&format!("landing/{number:05}.html")).unwrap().into(),
            sha256: Digest::of(b""),
            due: Arc::default(),
            policy: PagePolicy::default(),
        };
        let taken: Mutex<Vec<Vec<u8>>> = Mutex::default();
        let take = |_: &_, bytes: &[u8]| {
            taken.lock().unwrap().push(bytes.to_vec());
            Ok(())
        };
        let pages = (0..count).rev().map(page).collect();
        let made = page_files(pages, "https://assets.example", &HandOn(&take)).unwrap();
        let taken = taken.into_inner().unwrap();
        let bytes = |file: &GeneratedFile| {
            taken.iter().find(|bytes| Digest::of(bytes) == file.digest).unwrap().clone()
        };
        let named =
            |file| (GeneratedFile::clone(file).path.to_string(), String::from_utf8(bytes(file)));
        made.iter().map(named).map(|(name, text)| (name, text.unwrap())).collect()
    }

    /// One list, however many pieces it was written in.
    #[test]
    fn every_route_is_listed_once_and_in_order() {
        assert!(files_of(0).is_empty());
        for count in [1, PART, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + PART + 1] {
            let files = files_of(count);
            let routes: Value = serde_json::from_str(&files[ROUTES]).unwrap();
            let routes = routes["routes"].as_array().unwrap();
            let expected = (0..count).map(|number| format!("/page-{number:05}"));
            assert!(routes.iter().map(|one| one["route"].as_str().unwrap()).eq(expected.clone()));
            let lines = files["landing/_headers"].lines();
            assert!(lines.filter(|line| line.starts_with("/page-")).eq(expected), "{count}");
        }
    }
}
