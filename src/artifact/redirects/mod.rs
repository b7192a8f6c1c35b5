//! redirects/: short code to URL, for each kind of server.
//!
//! One list goes in; out come the files that a kind of server reads, how much of its limit they
//! use, and what is wrong. Each rule states its status: defaults differ from server to server.
//! A printed QR code asks in upper case, so every kind answers both spellings of a code: by
//! folding case where the server can, with a second rule where it cannot ([`TargetKind::rules`]).
//!
//! Nothing here opens a file, decides how grave a fault is, or changes a URL that a format can
//! hold as it is.

mod apache;
mod capacity;
mod check;
mod cloudflare_bulk;
mod cloudfront;
mod encode;
mod fastly;
mod fault;
mod host;
mod nginx;
mod rules_file;
mod s3;
mod target;
mod vercel;

#[cfg(test)]
mod tests;

pub use capacity::{Capacity, capacity_text};
pub use fault::{FaultKind, RedirectFault};
pub use target::{Status, Target, TargetKind};

use std::io;

use check::Rule;
use host::LinkHost;

/// A short code and where it leads.
#[derive(Clone, Copy, Debug)]
pub struct Redirect<'a> {
    /// The code, without the host and the slash.
    pub code: &'a str,
    /// The finished URL.
    pub url: &'a str,
}

/// Where the codes are served, and what else is served there.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// What a code is joined to: `https://go.example.com/`, or with a path before the code.
    pub link_host: &'a str,
    /// Public paths of pages on the same host, if it serves any.
    pub pages: &'a [&'a str],
}

/// A file for a server.
#[derive(Clone, Debug)]
pub struct RedirectFile {
    /// Its path in the output, before any digest: `redirects/nginx.map`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl RedirectFile {
    fn text(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), media_type: TEXT, bytes: text.into_bytes() }
    }

    fn json(name: String, bytes: Vec<u8>) -> Self {
        Self { name, media_type: "application/json", bytes }
    }

    fn csv(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), media_type: CSV, bytes }
    }
}

/// What one server gets.
#[derive(Clone, Debug)]
pub struct RedirectFiles {
    /// The files but those that were published on the way, because another names them. Empty when
    /// the target itself is at fault.
    pub files: Vec<RedirectFile>,
    /// How much of the server's limit is used.
    pub capacity: Capacity,
    /// What is wrong, in the order of the codes; faults of the whole target come first.
    pub faults: Vec<RedirectFault>,
}

/// Where data goes that a configuration names. It may be long, so it is written while it is made.
pub trait Publish {
    /// Takes a file and says under which path it ends up: a configuration must say the name with
    /// the digest in it.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn put(&self, name: &str, media_type: &'static str, write: Write<'_>) -> io::Result<String>;
}

/// Writes a file.
pub type Write<'w> = &'w mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>;

const TEXT: &str = "text/plain";
const CSV: &str = "text/csv";

/// Makes the redirect files of one target.
///
/// # Errors
/// Where a file cannot be published.
pub fn redirect_files(
    redirects: &[Redirect<'_>],
    target: &Target,
    site: &Site<'_>,
    publish: &dyn Publish,
) -> io::Result<RedirectFiles> {
    let mut faults = Vec::new();
    let host = match LinkHost::parse(site.link_host, target.kind) {
        Ok(host) => Some(host),
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    let usable = check::check_target(target, &mut faults);
    let Some(host) = host.filter(|_| usable) else {
        return Ok(RedirectFiles { files: Vec::new(), capacity: target.capacity(0), faults });
    };
    let (rules, mut found) = check::check_rules(redirects, target, site, &host);
    let (files, capacity) = write(&rules, target, &host, publish, &mut faults)?;
    faults.extend(check::check_capacity(target, &capacity));
    faults.append(&mut found);
    Ok(RedirectFiles { files, capacity, faults })
}

fn write(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    publish: &dyn Publish,
    faults: &mut Vec<RedirectFault>,
) -> io::Result<(Vec<RedirectFile>, Capacity)> {
    let counted = target.capacity(rules.len() * target.kind.rules());
    let files = match target.kind {
        TargetKind::Nginx => nginx::files(rules, target, host, publish)?,
        TargetKind::Apache => apache::files(rules, target, host, publish)?,
        TargetKind::Netlify => {
            rules_file::files("redirects/netlify/_redirects", rules, target, host)
        }
        TargetKind::CloudflarePages => {
            rules_file::files("redirects/cloudflare-pages/_redirects", rules, target, host)
        }
        TargetKind::CloudflareBulk => cloudflare_bulk::files(rules, target, host),
        TargetKind::Vercel => vercel::files(rules, target, host, publish)?,
        TargetKind::CloudfrontKvs => {
            let files = cloudfront::files(rules, target, host);
            let bytes = files.first().map_or(0, |file| file.bytes.len());
            return Ok((files, target.capacity(bytes)));
        }
        TargetKind::S3 => return Ok(s3::files(rules, target, host, counted, faults)),
        TargetKind::Fastly => fastly::files(rules, target, host),
    };
    Ok((files, counted))
}
