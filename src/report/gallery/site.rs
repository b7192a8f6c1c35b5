//! The pages of a gallery: one with everything, or, where that is much, one for each channel.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::item::item;
use super::markup::{address, text};
use super::{Gallery, Item};
use crate::model::Digest;
use crate::report::count;

/// One HTML file of a gallery.
#[derive(Debug)]
pub struct GalleryPage {
    /// Its file's name; the first is the index.
    pub name: String,
    /// Its HTML.
    pub html: String,
}

/// With more artifacts than this, each channel of a campaign has a page of its own.
const ON_ONE_PAGE: usize = 400;

/// More names of one channel are folded up.
const LISTED: usize = 12;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("filter.js");

/// What belongs to one channel of a campaign.
type Group<'g> = ((&'g str, &'g str), Vec<&'g Item>);

/// All pages, first the index, which has the name `index`; the others' names begin with its own.
pub fn gallery_pages(gallery: &Gallery, index: &str) -> Vec<GalleryPage> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in &gallery.items {
        let key = (one.campaign.as_str(), one.channel.as_str());
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, items)) => items.push(one),
            None => groups.push((key, vec![one])),
        }
    }
    let split = gallery.items.len() > ON_ONE_PAGE;
    let mut body = head(gallery);
    held_back(gallery, &mut body);
    let stem = index.strip_suffix(".html").unwrap_or(index);
    contents(&groups, split.then_some(stem), &mut body);
    let mut pages = Vec::new();
    for group in &groups {
        if split {
            let ((campaign, channel), _) = group;
            let title = format!("{}: {campaign}, {channel}", gallery.title);
            let mut own = format!(
                "<h1>{}</h1>\n<p><a href=\"{}\">The whole gallery</a></p>\n",
                text(&title),
                address(index)
            );
            section(group, &mut own);
            pages.push(GalleryPage { name: page_name(stem, group), html: document(&title, &own) });
        } else {
            section(group, &mut body);
        }
    }
    let html = document(&format!("{}: gallery", gallery.title), &body);
    pages.insert(0, GalleryPage { name: index.to_owned(), html });
    pages
}

fn page_name(stem: &str, ((campaign, channel), _): &Group<'_>) -> String {
    format!("{stem}.{campaign}.{channel}.html")
}

/// A whole page. Nothing but our own few lines may run in it, whatever the texts are.
fn document(title: &str, body: &str) -> String {
    let script = Digest::of(SCRIPT.as_bytes()).base64();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src 'self' file:; frame-src 'self' file:; style-src 'unsafe-inline'; \
         script-src 'sha256-{script}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<main>\n{body}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        text(title)
    )
}

fn head(gallery: &Gallery) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &gallery.items {
        *kinds.entry(one.kind).or_default() += 1;
    }
    let findings: usize = gallery.items.iter().map(|one| one.findings.len()).sum();
    let mut counts: Vec<String> = kinds.iter().map(|(kind, number)| count(*number, kind)).collect();
    counts.push(count(gallery.links, "tracked link"));
    counts.push(count(gallery.files, "file"));
    counts.push(count(findings, "finding"));
    counts.push(format!("{} held back", gallery.held_back.len()));
    let counts = counts.join("</li>\n<li>");
    let as_of = gallery.as_of.as_ref().map_or(String::new(), |time| format!(", as of {time}"));
    format!(
        "<h1>{}</h1>\n<p>What the build made, from its files{}. Root <code>{}</code>.</p>\n\
         <ul class=\"counts\">\n<li>{counts}</li>\n</ul>\n\
         <p class=\"filter\" hidden><label for=\"filter\">Show only what has this in its name</label> \
         <input id=\"filter\" type=\"search\"></p>\n",
        text(&gallery.title),
        text(&as_of),
        text(&gallery.root),
    )
}

fn held_back(gallery: &Gallery, out: &mut String) {
    if gallery.held_back.is_empty() {
        return;
    }
    out.push_str("<section>\n<h2>Held back</h2>\n<ul class=\"held\">\n");
    for one in &gallery.held_back {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "<li><code>{}</code>: {}</li>", text(&one.what), text(&one.why));
    }
    out.push_str("</ul>\n</section>\n");
}

fn contents(groups: &[Group<'_>], stem: Option<&str>, out: &mut String) {
    out.push_str("<nav aria-label=\"Contents\">\n<h2>Contents</h2>\n<ul>\n");
    for group in groups {
        let ((campaign, channel), items) = group;
        let page = stem.map(|stem| address(&page_name(stem, group))).unwrap_or_default();
        let _ = writeln!(
            out,
            "<li><a href=\"{page}#{}\">{}, {}</a>: {}",
            group_anchor(group),
            text(campaign),
            text(channel),
            count(items.len(), "artifact")
        );
        // A long list is in the way of the next.
        let long = items.len() > LISTED;
        out.push_str(if long { "<details><summary>Names</summary>\n" } else { "" });
        out.push_str("<ul class=\"names\">\n");
        for one in items {
            let _ = writeln!(
                out,
                "<li><a href=\"{page}#{}\">{}</a></li>",
                text(&one.id),
                text(&one.id)
            );
        }
        out.push_str(if long { "</ul>\n</details></li>\n" } else { "</ul>\n</li>\n" });
    }
    out.push_str("</ul>\n</nav>\n");
}

fn group_anchor(((campaign, channel), _): &Group<'_>) -> String {
    format!("in:{}/{}", text(campaign), text(channel))
}

fn section(group: &Group<'_>, out: &mut String) {
    let ((campaign, channel), items) = group;
    let _ = writeln!(
        out,
        "<section>\n<h2 id=\"{}\">{}, {}</h2>",
        group_anchor(group),
        text(campaign),
        text(channel)
    );
    for some in items.chunk_by(|a, b| a.asset == b.asset) {
        let asset = some.first().map_or("", |one| one.asset.as_str());
        let _ = writeln!(out, "<h3>{}</h3>", text(asset));
        for one in some {
            out.push_str(&item(one));
        }
    }
    out.push_str("</section>\n");
}
