//! A packet as a page: one file, nothing from elsewhere, no script.

use std::fmt::Write;

use super::{Asked, Before, Packet};
use crate::decide::ArtifactDifference;
use crate::report::comparison::{Compared, LOOKS_STYLE, Look, both};
use crate::report::count;
use crate::report::gallery::text as escaped;

const STYLE: &str = include_str!("style.css");

/// Several packets, one below the other.
pub fn packet_page(packets: &[Packet<'_>]) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src 'self' file: data:; style-src 'unsafe-inline' 'self' file:; \
         font-src 'self' file:; frame-src 'self'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>To decide</title>\n<style>\n",
    );
    out.push_str(STYLE);
    out.push_str(LOOKS_STYLE);
    out.push_str("</style>\n</head>\n<body>\n<main>\n");
    let title = packets.first().map_or("", |packet| packet.title);
    let at = packets.first().map_or("", |packet| packet.at);
    add(
        &mut out,
        format_args!("<h1>To decide</h1>\n<p class=\"at\">{}, {}</p>", escaped(title), escaped(at)),
    );
    if packets.is_empty() {
        out.push_str("<p>Nothing is asked.</p>\n");
    }
    for packet in packets {
        one(packet, &mut out);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn one(packet: &Packet<'_>, out: &mut String) {
    let state = packet.state;
    add(out, format_args!("<section>\n<h2>{}</h2>", escaped(&state.name())));
    add(
        out,
        format_args!(
            "<p><b>{}</b> decides, {} needed. <span class=\"{}\">{}</span></p>",
            escaped(&state.role),
            state.needs,
            state.status.as_str(),
            escaped(&if state.because.is_empty() {
                state.status.as_str().to_owned()
            } else {
                format!("{}: {}", state.status.as_str(), state.because)
            })
        ),
    );
    table(out, "Changed since it was approved", &packet.changed());
    table(out, "Never approved", &packet.asked_first());
    out.push_str("<h3>In</h3>\n<ul>\n");
    for item in packet.open() {
        let word = if item.is_new { "new" } else { "changed" };
        add(out, format_args!("<li><b>{word}</b> {}", escaped(&item.id)));
        let files = item.artifacts.iter().filter_map(|id| packet.files.get(id));
        let files: Vec<String> =
            files.map(|path| format!("<code>{}</code>", escaped(path))).collect();
        if !files.is_empty() {
            add(out, format_args!("<br>{}", files.join("<br>")));
        }
        out.push_str("</li>\n");
    }
    if packet.open().next().is_none() {
        out.push_str("<li>Nothing: all of it was approved as it is.</li>\n");
    }
    out.push_str("</ul>\n");
    for item in packet.open() {
        if let Some(before) = packet.before.and_then(|all| all.get(&item.id)) {
            seen(&item.id, before, out);
        }
    }
    if packet.kept() > 0 {
        let (kept, all) = (packet.kept(), state.items.len());
        add(
            out,
            format_args!(
                "<p class=\"kept\">Nothing else that was approved has changed: {kept} of {all} as they were.</p>"
            ),
        );
    }
    add(out, format_args!("<p>Digest <code>{}</code></p>", escaped(&state.subject)));
    add(out, format_args!("<pre>{} --key KEY</pre>\n</section>", escaped(&packet.command())));
}

/// An item whose bytes are asked about, before and now.
fn seen(id: &str, before: &Before, out: &mut String) {
    add(out, format_args!("<h3>{}</h3>\n<p>{}</p>", escaped(id), escaped(&before.how)));
    let is_shown = |(difference, looks): &&(ArtifactDifference, [Look; 2])| {
        let looks = looks.iter().any(|one| matches!(one, Look::Document(_) | Look::Picture(_)));
        looks || !difference.text.is_empty()
    };
    let size = |entry: &Option<crate::manifest::Entry>| {
        entry.as_ref().map_or_else(|| "nothing".to_owned(), |one| format!("{} bytes", one.size))
    };
    let sizes =
        |one: &ArtifactDifference| format!("{} \u{2192} {}", size(&one.before), size(&one.after));
    for (difference, looks) in before.artifacts.iter().filter(is_shown) {
        let name = escaped(&difference.id);
        add(out, format_args!("<h4>{name} <small>{}</small></h4>", sizes(difference)));
        both(&Compared { difference, looks }, ["Before", "Now"], out);
    }
    let others = before.artifacts.iter().filter(|one| !is_shown(one));
    let others = others.map(|(one, _)| format!("{}, {}", escaped(&one.id), sizes(one)));
    for other in others {
        add(out, format_args!("<p class=\"kept\">Other bytes: {other}</p>"));
    }
    if before.without_look > 0 {
        let more = count(before.without_look, "artifact");
        add(out, format_args!("<p class=\"kept\">How {more} more look is not shown here.</p>"));
    }
}

fn table(out: &mut String, title: &str, asked: &[(Asked<'_>, usize)]) {
    if asked.is_empty() {
        return;
    }
    let before = asked.iter().any(|(one, _)| one.old.is_some());
    let heads = if before { "<th>Before</th><th>Now</th>" } else { "<th>Value</th>" };
    add(
        out,
        format_args!(
            "<h3>{title}</h3>\n<table>\n<thead><tr><th>What</th>{heads}<th>Shown in</th></tr></thead>\n<tbody>"
        ),
    );
    for (one, items) in asked {
        let value = |text: Option<&str>| match text {
            Some(text) => escaped(text),
            None => "nothing".to_owned(),
        };
        let old =
            if before { format!("<td><del>{}</del></td>", value(one.old)) } else { String::new() };
        let place = one.place.map(escaped).unwrap_or_default();
        let swap = one.swap.map(|swap| format!(", swap {}", escaped(swap))).unwrap_or_default();
        add(
            out,
            format_args!(
                "<tr><th scope=\"row\">{}<small>{place}{swap}</small></th>{old}<td><ins>{}</ins></td><td class=\"in\">{}</td></tr>",
                escaped(one.name),
                value(one.new),
                count(*items, "artifact")
            ),
        );
    }
    out.push_str("</tbody>\n</table>\n");
}
