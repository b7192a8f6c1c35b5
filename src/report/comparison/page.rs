//! The page: a summary, facts, links, and each artifact with its text and its looks.

use std::fmt::Write;

use super::marks::{marked, whole};
use super::{Compared, ComparisonPage, Look};
use crate::decide::{ArtifactDifference, Hunk, LinkDifference};
use crate::report::count;
use crate::report::gallery::text as escaped;

const STYLE: &str = include_str!("style.css");
/// For what shows two sides of an artifact; it needs `--quiet` and `--line`.
pub(in crate::report) const LOOKS_STYLE: &str = include_str!("looks.css");

/// Lines of one artifact's text that are shown, and rows of a table.
const LINES: usize = 200;
const ROWS: usize = 500;

/// The whole page.
pub fn comparison_page(page: &ComparisonPage<'_>) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src 'self' file: data:; style-src 'unsafe-inline' 'self' file:; \
         font-src 'self' file:; frame-src 'self'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Before and after</title>\n<style>\n",
    );
    out.push_str(STYLE);
    out.push_str(LOOKS_STYLE);
    out.push_str("</style>\n</head>\n<body>\n<main>\n");
    head(page, &mut out);
    facts(page, &mut out);
    contents(page, &mut out);
    links(page.links.unwrap_or_default(), &mut out);
    out.push_str("<section>\n<h2 id=\"artifacts\">Artifacts</h2>\n");
    if page.without_look > 0 {
        let more = count(page.without_look, "artifact");
        add(&mut out, format_args!("<p>How {more} more look is not shown: --all shows it.</p>"));
    }
    page.artifacts.iter().for_each(|one| artifact(one, &mut out));
    out.push_str("</section>\n</main>\n</body>\n</html>\n");
    out
}

fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// A sign, a word and its class in the style sheet.
fn class(one: &ArtifactDifference) -> (&'static str, &'static str) {
    match (&one.before, &one.after) {
        (None, _) => ("+", "added"),
        (_, None) => ("\u{2212}", "removed"),
        _ => ("~", "changed"),
    }
}

fn head(page: &ComparisonPage<'_>, out: &mut String) {
    out.push_str("<h1>Before and after</h1>\n<dl class=\"sides\">\n");
    for (what, (name, root)) in ["Before", "After"].into_iter().zip(&page.sides) {
        let root = root.get(..16).unwrap_or(root);
        add(
            out,
            format_args!(
                "<div><dt>{what}</dt><dd>{} <code>{}</code></dd></div>",
                escaped(name),
                escaped(root)
            ),
        );
    }
    out.push_str("</dl>\n<ul class=\"counts\">\n");
    for word in ["changed", "added", "removed"] {
        let of_class = page.artifacts.iter().filter(|one| class(one.difference).1 == word).count();
        add(out, format_args!("<li>{} {word}</li>", count(of_class, "artifact")));
    }
    add(out, format_args!("<li>{} the same</li>", page.same));
    if let Some(links) = page.links {
        add(out, format_args!("<li>{}</li>", count(links.len(), "changed link")));
    }
    out.push_str("</ul>\n");
    for remark in page.remarks {
        add(out, format_args!("<p class=\"remark\">{}</p>", escaped(remark)));
    }
}

fn facts(page: &ComparisonPage<'_>, out: &mut String) {
    out.push_str("<section>\n<h2>Facts</h2>\n");
    let facts = match page.facts {
        Ok(facts) => facts,
        Err(why) => {
            return add(out, format_args!("<p>Not told: {}.</p>\n</section>", escaped(why)));
        }
    };
    if facts.is_empty() {
        out.push_str("<p>No fact has changed.</p>\n</section>\n");
        return;
    }
    begin_table(out, "Facts", ["Fact", "Before", "After", "Place", "Owner"]);
    for fact in facts.iter().take(ROWS) {
        let value = |text: &Option<String>| text.clone().unwrap_or_default();
        let [old, new] = marked(&value(&fact.old), &value(&fact.new));
        let swap = fact.swap.as_ref().map(|swap| format!(", swap {swap}")).unwrap_or_default();
        add(
            out,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td>{old}</td><td>{new}</td>\
                 <td class=\"place\">{}</td><td>{}</td></tr>",
                escaped(&fact.name),
                escaped(&format!("{}{swap}", fact.place)),
                escaped(fact.owner.as_deref().unwrap_or("nobody"))
            ),
        );
    }
    end_table(out, facts.len(), "fact");
    out.push_str("</section>\n");
}

fn begin_table<const N: usize>(out: &mut String, label: &str, columns: [&str; N]) {
    add(
        out,
        format_args!(
            "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table>\n\
             <thead><tr>"
        ),
    );
    for column in columns {
        add(out, format_args!("<th scope=\"col\">{column}</th>"));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

fn end_table(out: &mut String, all: usize, what: &str) {
    out.push_str("</tbody>\n</table></div>\n");
    if all > ROWS {
        add(out, format_args!("<p>And {} more.</p>", count(all - ROWS, what)));
    }
}

fn contents(page: &ComparisonPage<'_>, out: &mut String) {
    if page.artifacts.is_empty() {
        return;
    }
    out.push_str("<nav aria-label=\"Artifacts\">\n<ul>\n");
    for one in &page.artifacts {
        let (sign, word) = class(one.difference);
        let id = escaped(&one.difference.id);
        add(
            out,
            format_args!(
                "<li><span class=\"{word}\">{sign} {word}</span> <a href=\"#{id}\">{id}</a></li>"
            ),
        );
    }
    out.push_str("</ul>\n</nav>\n");
}

fn links(links: &[LinkDifference], out: &mut String) {
    if links.is_empty() {
        return;
    }
    out.push_str("<section>\n<h2>Links</h2>\n");
    begin_table(out, "Links", ["Link", "Column", "Before", "After"]);
    for link in links.iter().take(ROWS) {
        for (at, (column, before, after)) in link.columns.iter().enumerate() {
            let text = |side: &Option<String>| side.clone().unwrap_or_default();
            let [old, new] = marked(&text(before), &text(after));
            let first = if at == 0 {
                let rows = link.columns.len();
                format!("<th scope=\"rowgroup\" rowspan=\"{rows}\">{}</th>", escaped(&link.id))
            } else {
                String::new()
            };
            add(
                out,
                format_args!(
                    "<tr>{first}<td class=\"column\">{}</td><td class=\"url\">{old}</td><td class=\"url\">{new}</td></tr>",
                    escaped(column)
                ),
            );
        }
    }
    end_table(out, links.len(), "link");
    out.push_str("</section>\n");
}

fn artifact(one: &Compared<'_>, out: &mut String) {
    let difference = one.difference;
    let (sign, word) = class(difference);
    let size = |side: &Option<crate::manifest::Entry>| {
        side.as_ref().map_or_else(|| "nothing".to_owned(), |entry| format!("{} bytes", entry.size))
    };
    let (before, after) = (size(&difference.before), size(&difference.after));
    let id = escaped(&difference.id);
    add(
        out,
        format_args!(
            "<article id=\"{id}\">\n<h3>{id}</h3>\n\
             <p><span class=\"{word}\">{sign} {word}</span>, {before} \u{2192} {after}</p>"
        ),
    );
    both(one, ["Before", "After"], out);
    out.push_str("</article>\n");
}

/// The lines of an artifact that differ, and how it looks on both sides, which have these names.
pub(in crate::report) fn both(one: &Compared<'_>, sides: [&str; 2], out: &mut String) {
    text(&one.difference.text, sides, out);
    if one.looks.iter().any(|look| matches!(look, Look::Document(_) | Look::Picture(_))) {
        out.push_str("<div class=\"looks\">\n");
        for (what, side) in sides.into_iter().zip(one.looks) {
            look(&one.difference.id, what, side, out);
        }
        out.push_str("</div>\n");
    }
}

/// The lines that differ.
fn text(hunks: &[Hunk], [old, new]: [&str; 2], out: &mut String) {
    if hunks.is_empty() {
        return;
    }
    add(
        out,
        format_args!(
            "<div class=\"table\"><table class=\"lines\">\n<thead><tr><th scope=\"col\">Line</th>\
             <th scope=\"col\">{old}</th><th scope=\"col\">{new}</th></tr></thead>\n<tbody>"
        ),
    );
    let mut shown = 0;
    for hunk in hunks {
        for at in 0..hunk.before.len().max(hunk.after.len()) {
            if shown == LINES {
                break;
            }
            shown += 1;
            let [old, new] = match (hunk.before.get(at), hunk.after.get(at)) {
                (Some(old), Some(new)) => marked(old, new),
                (Some(old), None) => [whole("del", old), String::new()],
                (None, Some(new)) => [String::new(), whole("ins", new)],
                (None, None) => continue,
            };
            let line = hunk.line + at;
            add(out, format_args!("<tr><td>{line}</td><td>{old}</td><td>{new}</td></tr>"));
        }
    }
    out.push_str("</tbody>\n</table></div>\n");
    let all: usize = hunks.iter().map(|hunk| hunk.before.len().max(hunk.after.len())).sum();
    if all > shown {
        add(out, format_args!("<p>And {} more.</p>", count(all - shown, "line")));
    }
}

fn look(id: &str, what: &str, look: &Look, out: &mut String) {
    let title = escaped(&format!("{id}: {}", what.to_lowercase()));
    let inner = match look {
        Look::Absent => "<p class=\"absent\">It is not there.</p>".to_owned(),
        Look::Unseen => "<p class=\"absent\">It is not shown.</p>".to_owned(),
        // Without scripts and without a way out: what the document may load, it says itself.
        Look::Document(html) => format!(
            "<iframe sandbox=\"allow-same-origin\" loading=\"lazy\" title=\"{title}\" \
             srcdoc=\"{}\"></iframe>",
            html.replace('&', "&amp;").replace('"', "&quot;")
        ),
        Look::Picture(address) => {
            format!("<img loading=\"lazy\" alt=\"{title}\" src=\"{}\">", escaped(address))
        }
    };
    add(out, format_args!("<figure><figcaption>{what}</figcaption>{inner}</figure>"));
}
