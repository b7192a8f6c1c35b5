//! The windows in the order in which they lock, each with its bar on one scale of time.

use std::fmt::Write;

use jiff::Timestamp;

use super::page::{add, section, sentence};
use super::{look, shown_time};
use crate::decide::Basis;
use crate::decide::status::{Status, WindowLine, span};
use crate::report::gallery::text as escaped;

/// Units of a bar, whatever its width on a page.
const WIDE: i64 = 1000;

/// From when to when the bars reach.
struct Scale {
    from: i64,
    to: i64,
    now: i64,
}

impl Scale {
    fn of(status: &Status) -> Option<Self> {
        let second = |text: &String| text.parse::<Timestamp>().ok().map(Timestamp::as_second);
        let now = second(&status.as_of)?;
        let from = status.windows.iter().filter_map(|line| second(&line.freezes)).min()?;
        let to = status.windows.iter().filter_map(|line| second(&line.closes)).max()?;
        // Now is shown wherever it is near.
        let near = (to - from) / 4;
        let from = if now < from && from - now <= near { now } else { from };
        let to = if now > to && now - to <= near { now } else { to };
        (to > from).then_some(Self { from, to, now })
    }

    fn at(&self, text: &str) -> i64 {
        let second = text.parse::<Timestamp>().map_or(self.from, Timestamp::as_second);
        self.place(second)
    }

    fn place(&self, second: i64) -> i64 {
        ((second - self.from) * WIDE / (self.to - self.from)).clamp(0, WIDE)
    }
}

pub(super) fn windows(status: &Status, out: &mut String) {
    section(out, "windows", "Windows");
    if status.windows.is_empty() {
        out.push_str("<p class=\"empty\">No window is planned.</p>\n</section>\n");
        return;
    }
    let scale = Scale::of(status);
    if let Some(scale) = &scale {
        axis(scale, status, out);
    }
    out.push_str("<ol class=\"windows\">\n");
    for line in &status.windows {
        window(line, scale.as_ref(), out);
    }
    out.push_str("</ol>\n</section>\n");
}

fn axis(scale: &Scale, status: &Status, out: &mut String) {
    let day = |second: i64| {
        let zone = crate::model::zone(&status.zone);
        let instant = Timestamp::from_second(second).ok().zip(zone);
        instant.map_or_else(String::new, |(at, zone)| {
            at.to_zoned(zone).strftime("%a %-d %b").to_string()
        })
    };
    add(
        out,
        format_args!(
            "<p class=\"axis\"><span>{}</span><span class=\"keys\"><i class=\"k frozen\"></i>freezes \
             to locks <i class=\"k locked\"></i>locks to opens <i class=\"k open\"></i>open \
             <i class=\"k now\"></i>now</span><span>{}</span></p>",
            escaped(&day(scale.from)),
            escaped(&day(scale.to))
        ),
    );
}

fn window(line: &WindowLine, scale: Option<&Scale>, out: &mut String) {
    let (mark, class) = look(line.state);
    let name = escaped(&line.name());
    add(
        out,
        format_args!(
            "<li class=\"window {class}\" id=\"window-{}\">\n<div class=\"what\"><span \
             class=\"state\"><span aria-hidden=\"true\">{mark}</span> {}</span> <b>{name}</b> \
             <span class=\"channels\">{}</span></div>\n<div class=\"when\">{}</div>",
            name,
            line.state.as_str(),
            escaped(&line.channels.join(", ")),
            time(line)
        ),
    );
    if let Some(scale) = scale {
        bar(line, scale, out);
    }
    // What is good says so in one word.
    if !line.state.is_good() {
        let gates = match line.gates.len() {
            0 => String::new(),
            number => format!(
                "; <span class=\"gates\">{} open: {}</span>",
                crate::report::count(number, "gate"),
                escaped(&some(&line.gates))
            ),
        };
        add(out, format_args!("<p class=\"why\">{}{gates}</p>", sentence(&line.why)));
    }
    out.push_str("</li>\n");
}

fn some(names: &[String]) -> String {
    const NAMED: usize = 3;
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn time(line: &WindowLine) -> String {
    let named = match line.until {
        Some("locks") => ("locks in", &line.locks),
        Some("opens") => ("opens in", &line.opens),
        Some(_) => ("closes in", &line.closes),
        None => {
            let shown = escaped(&shown_time(&line.closes, &line.zone));
            return format!("closed <time datetime=\"{}\">{shown}</time>", line.closes);
        }
    };
    let left = line.seconds_left.map(span).unwrap_or_default();
    let mut out = format!(
        "{} <b>{left}</b> <time datetime=\"{}\">{}</time>",
        named.0,
        named.1,
        escaped(&shown_time(named.1, &line.zone))
    );
    if line.until == Some("locks") && line.needed_seconds != Some(0) {
        let slack = match (line.slack_seconds, line.basis) {
            (Some(slack), Some(Basis::Policy)) => {
                format!("slack {}{}, by the gate's rule", sign(slack), span(slack))
            }
            (Some(slack), _) => format!("slack {}{}", sign(slack), span(slack)),
            (None, _) => "slack unknown: no basis".to_owned(),
        };
        let _ = write!(out, " <span class=\"slack\">{slack}</span>");
    }
    out
}

fn sign(seconds: i64) -> &'static str {
    if seconds < 0 { "\u{2212}" } else { "" }
}

fn bar(line: &WindowLine, scale: &Scale, out: &mut String) {
    let times = [&line.freezes, &line.locks, &line.opens, &line.closes].map(|at| scale.at(at));
    let [freezes, locks, opens, closes] = times;
    let label = format!(
        "freezes {}, locks {}, opens {}, closes {}",
        shown_time(&line.freezes, &line.zone),
        shown_time(&line.locks, &line.zone),
        shown_time(&line.opens, &line.zone),
        shown_time(&line.closes, &line.zone)
    );
    let now = scale.place(scale.now);
    add(
        out,
        format_args!(
            "<svg class=\"bar\" viewBox=\"0 0 1000 16\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-label=\"{label}\"><title>{label}</title><rect class=\"track\" x=\"0\" y=\"7\" \
             width=\"1000\" height=\"2\"/><rect class=\"frozen\" x=\"{freezes}\" y=\"4\" \
             width=\"{}\" height=\"8\"/><rect class=\"locked\" x=\"{locks}\" y=\"4\" width=\"{}\" \
             height=\"8\"/><rect class=\"open\" x=\"{opens}\" y=\"2\" width=\"{}\" height=\"12\"/>\
             <rect class=\"now\" x=\"{}\" y=\"0\" width=\"4\" height=\"16\"/></svg>",
            (locks - freezes).max(1),
            (opens - locks).max(1),
            (closes - opens).max(2),
            (now - 2).clamp(0, WIDE - 4),
            label = escaped(&label),
        ),
    );
}
