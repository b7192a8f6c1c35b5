//! One artifact of the gallery as HTML.

use std::fmt::Write;

use super::markup::text;
use super::{Item, Picture, Told, View};
use crate::lint::GMAIL_SHOWS;
use crate::report::count;

/// How high a frame is for its document.
const HEIGHT: u32 = 900;
/// A wider document is shown at half its size.
const WIDE: u32 = 700;

/// The artifact, below headings of its asset.
pub(super) fn item(item: &Item) -> String {
    let mut out = String::new();
    let title = item.envelope.as_ref().map_or(item.id.as_str(), |(subject, _)| subject);
    let find = format!("{} {} {}", item.id, title, item.campaign).to_lowercase();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<article id=\"{id}\" data-find=\"{find}\">\n<h4>{title}</h4>\n",
        id = text(&item.id),
        find = text(&find),
        title = text(title),
    );
    out.push_str(&facts(item));
    if !item.views.is_empty() {
        let label = format!("{}: how it looks", item.id);
        let _ = writeln!(
            out,
            "<div class=\"strip\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">",
            text(&label)
        );
        item.views.iter().for_each(|one| view(item, one, &mut out));
        out.push_str("</div>\n");
    }
    if !item.pictures.is_empty() {
        out.push_str("<div class=\"pictures\">\n");
        item.pictures.iter().for_each(|one| picture(item, one, &mut out));
        out.push_str("</div>\n");
    }
    for (what, content) in &item.texts {
        let short = content.lines().count() < 8 && item.views.is_empty();
        let _ = writeln!(
            out,
            "<details{}><summary>{what}</summary>\n<pre>{}</pre></details>",
            if short { " open" } else { "" },
            text(content)
        );
    }
    findings(&item.findings, &mut out);
    links(item, &mut out);
    out.push_str("</article>\n");
    out
}

fn facts(item: &Item) -> String {
    let mut out = String::from("<dl class=\"facts\">\n");
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    };
    if let Some((subject, preheader)) = &item.envelope {
        row("Subject", &text(subject));
        row("Preheader", &text(preheader));
    }
    if let Some(bytes) = item.mail_bytes {
        let share = bytes * 100 / GMAIL_SHOWS;
        row("HTML", &format!("{} of Gmail's 102 KB ({share}%)", kilobytes(bytes)));
    }
    let files = item
        .files
        .iter()
        .map(|(name, address)| format!("<a href=\"{}\">{}</a>", text(address), text(name)));
    row("Files", &files.collect::<Vec<_>>().join(" "));
    out.push_str("</dl>\n");
    out
}

fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

fn view(item: &Item, view: &View, out: &mut String) {
    let class = match (view.width > WIDE, view.dark) {
        (true, true) => "half dark",
        (true, false) => "half",
        (false, true) => "dark",
        (false, false) => "whole",
    };
    let height = if view.width > WIDE { HEIGHT * 2 } else { HEIGHT };
    let _ = writeln!(
        out,
        "<figure class=\"{class}\"><figcaption>{label}</figcaption><div><iframe \
         sandbox=\"allow-same-origin\" loading=\"lazy\" width=\"{width}\" height=\"{height}\" \
         title=\"{title}\" src=\"{address}\"></iframe></div></figure>",
        label = text(&view.label),
        width = view.width,
        title = text(&format!("{}: {}", item.id, view.label)),
        address = text(&view.address),
    );
}

fn picture(item: &Item, picture: &Picture, out: &mut String) {
    let size = picture
        .size
        .map_or(String::new(), |(width, height)| format!(" width=\"{width}\" height=\"{height}\""));
    let _ = writeln!(
        out,
        "<figure><figcaption>{label}, {bytes}</figcaption><img loading=\"lazy\"{size} \
         alt=\"{alt}\" src=\"{address}\"></figure>",
        label = text(&picture.label),
        bytes = kilobytes(picture.bytes),
        alt = text(&format!("{} {}", item.id, picture.label)),
        address = text(&picture.address),
    );
}

fn findings(findings: &[Told], out: &mut String) {
    if findings.is_empty() {
        out.push_str("<p class=\"checks\">No check has anything to say.</p>\n");
        return;
    }
    let _ = writeln!(out, "<p class=\"checks\">{}:</p>\n<ul>", count(findings.len(), "finding"));
    for one in findings {
        let _ = writeln!(
            out,
            "<li><strong class=\"{weight}\">{weight}</strong> <code>{code}</code> {name}: \
             {message} <span class=\"place\">{place}</span></li>",
            weight = one.weight,
            code = one.code,
            name = one.name,
            message = text(&one.message),
            place = text(&one.place),
        );
    }
    out.push_str("</ul>\n");
}

fn links(item: &Item, out: &mut String) {
    if item.links.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<details><summary>{}</summary>\n<div class=\"table\" role=\"region\" tabindex=\"0\" \
         aria-label=\"{}\"><table>\n<thead><tr><th scope=\"col\">Text</th>\
         <th scope=\"col\">Leads to</th><th scope=\"col\">Short</th><th scope=\"col\">Id</th></tr>\
         </thead>\n<tbody>",
        count(item.links.len(), "link"),
        text(&format!("{}: links", item.id)),
    );
    for row in &item.links {
        let id = if row.id.is_empty() { "<em>not tracked</em>".to_owned() } else { text(&row.id) };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"url\">{}</td><td class=\"url\">{}</td><td>{id}</td></tr>",
            text(&row.text),
            text(&row.url),
            text(&row.short_url),
        );
    }
    out.push_str("</tbody>\n</table></div></details>\n");
}
