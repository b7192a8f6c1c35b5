//! Sections of lists: attention, queue, late changes, waivers, commitments, gate times.

use std::fmt::Write;

use super::page::{add, section, sentence};
use super::shown_time;
use crate::decide::Basis;
use crate::decide::status::{Attention, Readiness, Status, WaiverLine, span};
use crate::report::count;
use crate::report::gallery::text as escaped;

fn empty(out: &mut String, why: &str) {
    add(out, format_args!("<p class=\"empty\">{why}</p>"));
}

pub(super) fn attention(status: &Status, out: &mut String) {
    section(out, "attention", "Needs attention");
    if status.attention.is_empty() {
        empty(out, "Nothing needs attention.");
    } else {
        out.push_str("<ol class=\"attention\">\n");
        status.attention.iter().for_each(|one| item(one, status, out));
        out.push_str("</ol>\n");
    }
    if status.attention_hidden > 0 {
        let more = status.attention_hidden;
        add(out, format_args!("<p>And {more} more, which can wait longer.</p>"));
    }
    out.push_str("</section>\n");
}

fn item(one: &Attention, status: &Status, out: &mut String) {
    let people = match one.people.as_slice() {
        [] => String::new(),
        people => format!(" ({})", people.join(", ")),
    };
    let age = match (&one.since, one.age_seconds) {
        (Some(since), Some(age)) => format!(
            "<time datetime=\"{since}\">for {}</time>, since {}",
            span(age),
            escaped(&shown_time(since, &status.zone))
        ),
        _ => "since unknown".to_owned(),
    };
    add(out, format_args!("<li class=\"kind-{}\">\n<h3>{}</h3>", one.kind, sentence(&one.what)));
    if !one.why.is_empty() {
        add(out, format_args!("<p>{}</p>", sentence(&one.why)));
    }
    let windows: Vec<String> = one
        .windows
        .iter()
        .map(|name| {
            let name = escaped(name);
            format!("<a href=\"#window-{name}\">{name}</a>")
        })
        .collect();
    out.push_str("<dl>\n");
    let mut row = |name: &str, value: &str| {
        add(out, format_args!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
    };
    row("Owner", &escaped(&format!("{}{people}", one.owner)));
    row("Age", &age);
    if one.reach > 0 {
        let reach = count(one.reach, "artifact");
        let of =
            if windows.is_empty() { String::new() } else { format!(" of {}", windows.join(", ")) };
        row("Reach", &format!("{reach}{of}"));
    }
    row("Next", &format!("<code>{}</code>", escaped(&one.next)));
    out.push_str("</dl>\n</li>\n");
}

pub(super) fn queue(status: &Status, out: &mut String) {
    section(out, "queue", "Waiting for people");
    if status.queue.is_empty() {
        let why = if status.gates_declared {
            "Nothing waits."
        } else {
            "No gate is declared, so nobody is asked."
        };
        empty(out, why);
    }
    for one in &status.queue {
        let oldest = match one.oldest_seconds {
            Some(age) => format!("the oldest for {}", span(age)),
            None => "since unknown".to_owned(),
        };
        let people = if one.people.is_empty() {
            "nobody".to_owned()
        } else {
            escaped(&one.people.join(", "))
        };
        add(
            out,
            format_args!(
                "<div class=\"role\">\n<h3>{}</h3>\n<p>{}, {oldest}. May decide: {people}. Next: \
                 <code>{}</code></p>\n<ul class=\"names\">",
                escaped(&one.role),
                count(one.waiting.len(), "gate"),
                escaped(&one.next)
            ),
        );
        for name in &one.waiting {
            add(out, format_args!("<li><code>{}</code></li>", escaped(name)));
        }
        out.push_str("</ul>\n</div>\n");
    }
    out.push_str("</section>\n");
}

pub(super) fn late(status: &Status, out: &mut String) {
    section(out, "late", "Late changes");
    if status.late_changes.is_empty() {
        empty(out, "None.");
    }
    for one in &status.late_changes {
        let ended = if one.active { "" } else { " (ended)" };
        let reference =
            one.reference.as_ref().map(|text| format!(" ({})", escaped(text))).unwrap_or_default();
        let live = one.live.map(|live| format!(", {live} of them live")).unwrap_or_default();
        add(
            out,
            format_args!(
                "<div class=\"change\">\n<h3><code>{}</code>{ended}</h3>\n<p><time \
                 datetime=\"{}\">{}</time>, {}: {}{reference}. It reaches {}{live}.</p>\n<ul>",
                escaped(&one.id),
                one.at,
                escaped(&shown_time(&one.at, &status.zone)),
                escaped(&one.by),
                escaped(&one.because),
                count(one.artifacts, "artifact"),
            ),
        );
        for [fact, old, new] in &one.changes {
            let value =
                |text: &String| if text.is_empty() { "empty".to_owned() } else { escaped(text) };
            add(
                out,
                format_args!(
                    "<li><code>{}</code> <del>{}</del> → <ins>{}</ins></li>",
                    escaped(fact),
                    value(old),
                    value(new)
                ),
            );
        }
        out.push_str("</ul>\n</div>\n");
    }
    out.push_str("</section>\n");
}

/// The beginning of a table that may be wider than the page.
fn begin_table<const N: usize>(out: &mut String, label: &str, columns: [&str; N]) {
    let _ = write!(
        out,
        "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table>\n\
         <thead><tr>"
    );
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{column}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

const END_TABLE: &str = "</tbody>\n</table></div>\n";

pub(super) fn waivers(status: &Status, out: &mut String) {
    section(out, "waivers", "Waivers");
    if status.waivers.is_empty() {
        empty(out, "None.");
    } else {
        begin_table(out, "Waivers", ["Rule", "Ends", "Who answers", "Why", "Artifacts"]);
        status.waivers.iter().for_each(|one| waiver(one, status, out));
        out.push_str(END_TABLE);
    }
    out.push_str("</section>\n");
}

fn waiver(one: &WaiverLine, status: &Status, out: &mut String) {
    let left = span(one.seconds_left);
    let ends = if one.expired {
        format!("<strong class=\"bad\">ended {left} ago</strong>")
    } else {
        format!("in {left}")
    };
    let used = if one.used { "" } else { ", needed by none" };
    add(
        out,
        format_args!(
            "<tr><th scope=\"row\">{}</th><td>{ends}, <time datetime=\"{}\">{}</time></td><td>{}</td>\
             <td>{} <small>{}</small></td><td>{}{used}</td></tr>",
            escaped(&one.rule),
            one.expires,
            escaped(&shown_time(&one.expires, &status.zone)),
            escaped(&one.approver),
            escaped(&one.reason),
            escaped(&one.place),
            one.artifacts,
        ),
    );
}

pub(super) fn commitments(status: &Status, out: &mut String) {
    section(out, "commitments", "Commitments");
    if status.commitments.is_empty() {
        empty(out, "No placement is committed.");
    } else {
        begin_table(out, "Commitments", ["Placement", "Partner", "Where", "Offer", "State"]);
        for one in &status.commitments {
            let (class, word) = match one.state {
                None => ("bad", "LOST"),
                Some(Readiness::Live) => ("good", "shipped"),
                Some(Readiness::Ready) => ("good", "ready"),
                Some(state @ (Readiness::Waiting | Readiness::Moving)) => ("work", state.as_str()),
                Some(state @ (Readiness::Blocked | Readiness::Quarantined)) => {
                    ("bad", state.as_str())
                }
            };
            let shown = match one.shown.as_slice() {
                [] => String::new(),
                shown => format!(", shows {}", shown.join(", ")),
            };
            add(
                out,
                format_args!(
                    "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td>\
                     <td><strong class=\"{class}\">{word}</strong> {}</td></tr>",
                    escaped(&one.placement),
                    escaped(&one.partner),
                    escaped(&format!("{}/{} {}", one.campaign, one.asset, one.slot)),
                    escaped(&format!("{}{shown}", one.offer)),
                    sentence(&one.why),
                ),
            );
        }
        out.push_str(END_TABLE);
    }
    out.push_str("</section>\n");
}

pub(super) fn gate_times(status: &Status, out: &mut String) {
    if status.gate_times.is_empty() {
        return;
    }
    section(out, "gates", "How long gates take");
    begin_table(out, "Gate times", ["Gate", "Decisions", "p50", "p90", "Basis"]);
    for one in &status.gate_times {
        let time = |seconds: Option<i64>| seconds.map_or_else(|| "no data".to_owned(), span);
        let basis = match one.basis {
            Basis::History => "what decisions took so far",
            Basis::Policy => "what the gate's rule says",
            Basis::NoBasis => "no basis: fewer than 5 decisions",
        };
        add(
            out,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{basis}</td></tr>",
                escaped(&one.gate),
                one.decisions,
                time(one.p50),
                time(one.p90)
            ),
        );
    }
    out.push_str(END_TABLE);
    out.push_str("</section>\n");
}
