//! The page: verdict, counts, windows, and what follows from them, each with its anchor.

use std::fmt::Write;

use super::lists::{attention, commitments, gate_times, late, queue, waivers};
use super::timeline::windows;
use super::{channels, marks, shown_rows, shown_time};
use crate::decide::status::{Cell, Counts, MatrixRow, Status, Verdict, span};
use crate::report::count;
use crate::report::gallery::text as escaped;

/// Changed files that are named.
const NAMED_FILES: usize = 8;

const STYLE: &str = include_str!("style.css");

/// One static file: no script, no network, readable on a phone and in print.
pub fn status_page(status: &Status, all: bool) -> String {
    let title = format!("{}: {}", status.verdict.as_str(), status.workspace);
    let mut out = begin(&title, STYLE);
    head(status, &mut out);
    counts(&status.counts, &mut out);
    windows(status, &mut out);
    attention(status, &mut out);
    matrix(status, all, &mut out);
    queue(status, &mut out);
    late(status, &mut out);
    waivers(status, &mut out);
    commitments(status, &mut out);
    gate_times(status, &mut out);
    foot(status, &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// The beginning of a page in which nothing runs and that loads nothing.
pub(in crate::report) fn begin(title: &str, style: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>\n{style}</style>\n\
         </head>\n<body>\n<main>\n",
        escaped(title)
    )
}

pub(in crate::report) fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// The beginning of a section.
pub(super) fn section(out: &mut String, id: &str, title: &str) {
    add(out, format_args!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>"));
}

fn head(status: &Status, out: &mut String) {
    let (mark, class) = match status.verdict {
        Verdict::Go => ("✓", "good"),
        Verdict::Conditional => ("!", "risk"),
        Verdict::NoGo => ("✗", "bad"),
    };
    let campaigns: Vec<String> =
        status.campaigns.iter().map(|one| escaped(&format!("{} ({})", one.name, one.id))).collect();
    let role = status.role.as_ref().map(|role| format!(", for {}", escaped(role)));
    add(
        out,
        format_args!(
            "<header>\n<p class=\"who\">{}</p>\n<h1>{}{}</h1>\n\
             <p class=\"asof\">as of <time datetime=\"{}\">{}</time></p>\n</header>",
            escaped(&status.workspace),
            if campaigns.is_empty() { "No campaign".to_owned() } else { campaigns.join(", ") },
            role.unwrap_or_default(),
            status.as_of,
            escaped(&shown_time(&status.as_of, &status.zone)),
        ),
    );
    let waived = status.waivers.iter().filter(|one| one.used && !one.expired).count();
    let terms = match status.verdict {
        Verdict::Conditional => format!(" <span class=\"terms\">waivers: {waived}</span>"),
        Verdict::Go | Verdict::NoGo => String::new(),
    };
    add(
        out,
        format_args!(
            "<div class=\"verdict {class}\" id=\"verdict\">\n<p class=\"word\"><span \
             aria-hidden=\"true\">{mark}</span> {}{terms}</p>\n<p class=\"sentence\">{}</p>\n</div>",
            status.verdict.as_str(),
            sentence(&status.sentence),
        ),
    );
    if let Some(output) = status.output.as_ref().filter(|output| output.stale) {
        let files = count(output.changed.len(), "file");
        let named: Vec<String> = output
            .changed
            .iter()
            .take(NAMED_FILES)
            .map(|path| format!("<code>{}</code>", escaped(path)))
            .collect();
        let more = match output.changed.len().saturating_sub(NAMED_FILES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let why = if output.changed.is_empty() {
            "another version of throughline made it".to_owned()
        } else {
            format!("{files} changed since the build: {}{more}", named.join(", "))
        };
        add(
            out,
            format_args!(
                "<p class=\"stale\"><strong>STALE</strong> The output is not what the sources say: \
                 {why}. Run <code>throughline build</code>.</p>"
            ),
        );
    }
    out.push_str(
        "<nav aria-label=\"On this page\"><ul><li><a href=\"#windows\">Windows</a></li>\
         <li><a href=\"#attention\">Attention</a></li><li><a href=\"#partners\">Partners</a></li>\
         <li><a href=\"#queue\">Queue</a></li><li><a href=\"#late\">Late changes</a></li>\
         <li><a href=\"#waivers\">Waivers</a></li>\
         <li><a href=\"#commitments\">Commitments</a></li></ul></nav>\n",
    );
}

/// What stands between backticks is code.
pub(in crate::report) fn sentence(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split('`').enumerate() {
        let part = escaped(part);
        if number % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
        } else {
            out.push_str(&part);
        }
    }
    out
}

fn counts(counts: &Counts, out: &mut String) {
    section(out, "counts", "Artifacts");
    let parts = counts.parts();
    out.push_str(
        "<svg class=\"share\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\" focusable=\"false\">",
    );
    let mut before = 0;
    for (name, number) in parts {
        let at = |sum: usize| sum * 1000 / counts.total.max(1);
        let (x, end) = (at(before), at(before + number));
        if end > x {
            let _ = write!(
                out,
                "<rect class=\"{name}\" x=\"{x}\" y=\"0\" width=\"{}\" height=\"14\"/>",
                end - x
            );
        }
        before += number;
    }
    out.push_str("</svg>\n<ul class=\"counts\">\n");
    add(out, format_args!("<li class=\"total\"><b>{}</b> in all</li>", counts.total));
    for (name, number) in parts {
        let empty = if number == 0 { " none" } else { "" };
        add(
            out,
            format_args!(
                "<li class=\"{name}{empty}\"><span class=\"key\" aria-hidden=\"true\"></span>\
                 <b>{number}</b> {name}</li>"
            ),
        );
    }
    out.push_str("</ul>\n</section>\n");
}

fn matrix(status: &Status, all: bool, out: &mut String) {
    section(out, "partners", "Partners by channel");
    let (rows, hidden) = shown_rows(status, all);
    let channels = channels(status);
    if hidden > 0 {
        add(out, format_args!("<p>{} ready and not shown here.</p>", count(hidden, "partner")));
    }
    if rows.is_empty() {
        let why = if hidden > 0 { "Every partner is ready." } else { "Nothing shows a partner." };
        add(out, format_args!("<p class=\"empty\">{why}</p>\n</section>"));
        return;
    }
    out.push_str(
        "<p class=\"legend\"><b>B</b> built, <b>G</b> gates, <b>S</b> shipped: ✓ yes, ~ needs a \
         build, … waits, ✗ no, ? unknown, - not due or none declared</p>\n\
         <div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Partners by channel\">\
         <table class=\"matrix\">\n<thead><tr><th scope=\"col\">Partner</th>",
    );
    for channel in &channels {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(channel));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut tier = None;
    for row in rows {
        if hidden > 0 && tier != Some(&row.tier) {
            tier = Some(&row.tier);
            let name = if row.tier.is_empty() { "no tier" } else { &row.tier };
            let width = channels.len() + 1;
            add(
                out,
                format_args!(
                    "<tr class=\"tier\"><th colspan=\"{width}\" scope=\"colgroup\">{}</th></tr>",
                    escaped(name)
                ),
            );
        }
        matrix_row(row, &channels, out);
    }
    out.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn matrix_row(row: &MatrixRow, channels: &[&str], out: &mut String) {
    let owner = if row.owner.is_empty() { String::new() } else { format!("{}, ", row.owner) };
    let under = escaped(&format!("{owner}{}", row.tier));
    let _ = write!(out, "<tr><th scope=\"row\">{} <small>{under}</small></th>", escaped(&row.name));
    for channel in channels {
        match row.cells.iter().find(|cell| cell.channel == *channel) {
            Some(cell) => matrix_cell(cell, out),
            None => out.push_str("<td></td>"),
        }
    }
    out.push_str("</tr>\n");
}

fn matrix_cell(cell: &Cell, out: &mut String) {
    let class = if cell.ready { "good" } else { "open" };
    let _ = write!(out, "<td class=\"{class}\">");
    let files = count(cell.artifacts, "artifact");
    for (letter, mark, meaning) in marks(cell) {
        let weight = match mark {
            "✗" | "?" => "bad",
            "~" | "…" => "work",
            "✓" => "good",
            _ => "quiet",
        };
        let _ = write!(
            out,
            "<span class=\"m {weight}\" title=\"{meaning}, {files}\">{letter}{mark}</span>"
        );
    }
    out.push_str("</td>");
}

fn foot(status: &Status, out: &mut String) {
    out.push_str("<footer>\n<dl>\n");
    let mut row = |name: &str, value: &str| {
        add(out, format_args!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
    };
    match &status.output {
        Some(output) => {
            let as_of = output.as_of.as_ref().map(|at| format!(", built as of {}", escaped(at)));
            let parts = if output.partial { ", in parts" } else { "" };
            let root = escaped(&output.root);
            row("Output", &format!("<code>{root}</code>{}{parts}", as_of.unwrap_or_default()));
        }
        None => row("Output", "nothing has been built"),
    }
    match &status.live {
        Some(live) => {
            let since = escaped(&shown_time(&live.published, &status.zone));
            let (root, age) = (escaped(&live.root), span(live.age_seconds));
            row(
                "Release",
                &format!("<code>{root}</code> number {}, since {since} ({age})", live.seq),
            );
        }
        None => row("Release", "none is recorded"),
    }
    out.push_str(
        "</dl>\n<p>Computed from sources, decisions, output and releases by throughline. Nothing on \
         this page was typed in, and nothing that is not known counts as ready.</p>\n</footer>\n",
    );
}
