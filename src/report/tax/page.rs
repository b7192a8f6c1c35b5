//! The invoice as a page: one section for each currency, with bars where there are numbers.

use std::fmt::Write;

use super::{JUDGMENT, NO_DATA, number, time};
use crate::decide::status::span;
use crate::decide::{Latency, Quantiles, Tax};
use crate::report::count;
use crate::report::gallery::text as escaped;
use crate::report::status::{add, begin, sentence, shown_time};

const STYLE: &str = include_str!("style.css");

/// Bars of one plot.
const BARS: usize = 12;

/// One static file: no script, no network.
pub fn tax_page(tax: &Tax, zone: &str) -> String {
    let mut out = begin(&format!("Orchestration tax: {}", tax.workspace), STYLE);
    let of = tax.campaign.as_deref().unwrap_or("all campaigns");
    let since = tax
        .since
        .as_ref()
        .map_or_else(|| "the beginning".to_owned(), |since| shown_time(since, zone));
    add(
        &mut out,
        format_args!(
            "<header>\n<p class=\"who\">{}, {}</p>\n<h1>The orchestration tax</h1>\n<p \
             class=\"who\">from {} to {}</p>\n</header>",
            escaped(&tax.workspace),
            escaped(of),
            escaped(&since),
            escaped(&shown_time(&tax.until, zone))
        ),
    );
    output(tax, &mut out);
    rework(tax, &mut out);
    latency(tax, &mut out);
    judgment(tax, &mut out);
    blast(tax, &mut out);
    people(tax, &mut out);
    out.push_str(
        "<footer><p>Counted from swaps, decisions, gates and artifacts. Where no fact tells, there \
         is no number.</p></footer>\n</main>\n</body>\n</html>\n",
    );
    out
}

fn section(out: &mut String, title: &str, why: &str) {
    add(out, format_args!("<section>\n<h2>{title}</h2>\n<p class=\"why\">{why}</p>"));
}

/// A bar with its name and its number, in a table that is read as one.
struct Bar {
    name: String,
    value: i64,
    shown: String,
}

fn bars(out: &mut String, label: &str, bars: &[Bar]) {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    add(
        out,
        format_args!(
            "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table>\n\
             <tbody>"
        ),
    );
    for bar in bars {
        // What is more than nothing is seen.
        let wide = if bar.value > 0 { (bar.value * 1000 / most).max(2) } else { 0 };
        add(
            out,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td class=\"plot\"><svg viewBox=\"0 0 1000 14\" \
                 preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><rect \
                 class=\"track\" width=\"1000\" height=\"14\"/><rect class=\"fill\" width=\"{wide}\" \
                 height=\"14\"/></svg></td><td class=\"number\">{}</td></tr>",
                escaped(&bar.name),
                escaped(&bar.shown)
            ),
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn counted(name: &str, number: usize) -> Bar {
    let value = i64::try_from(number).unwrap_or(i64::MAX);
    Bar { name: name.to_owned(), value, shown: number.to_string() }
}

fn output(tax: &Tax, out: &mut String) {
    section(out, "Output", "What came out of it.");
    let output = &tax.output;
    out.push_str("<ul class=\"numbers\">\n");
    let mut item = |value: &str, name: &str| {
        add(out, format_args!("<li><b>{value}</b> {name}</li>"));
    };
    item(&output.artifacts.to_string(), "artifacts");
    item(&output.placements.to_string(), "placements");
    item(&output.links.to_string(), "tracked links");
    item(&number(output.live), "artifacts live");
    item(&output.swaps.to_string(), "late changes");
    item(&output.decisions.to_string(), "decisions");
    out.push_str("</ul>\n</section>\n");
}

fn rework(tax: &Tax, out: &mut String) {
    section(out, "1. Rework", "What was done again.");
    let rework = &tax.rework;
    let mut list = vec![
        counted("Late changes of a fact that was changed late before", rework.repeated_swaps),
        counted("Late changes after a freeze", rework.swaps_after_freeze),
        counted("Artifacts that these reach", rework.artifacts_after_freeze),
    ];
    let approved = "Approved, and otherwise since";
    match rework.changed_after_approval {
        Some(number) => list.push(counted(approved, number)),
        None => list.push(Bar { name: approved.to_owned(), value: 0, shown: NO_DATA.to_owned() }),
    }
    bars(out, "Rework", &list);
    out.push_str("</section>\n");
}

fn latency(tax: &Tax, out: &mut String) {
    section(
        out,
        "2. Latency",
        "How long gates take: from being asked until somebody looks, and from looking until it is \
         decided. Half of the decisions take no longer than p50, nine of ten no longer than p90.",
    );
    if tax.latency.is_empty() {
        add(out, format_args!("<p class=\"none\">{NO_DATA}</p>"));
    }
    for one in &tax.latency {
        let Latency { gate, decisions, waiting, working, whole } = one;
        add(out, format_args!("<h3>{}, {}</h3>", escaped(gate), count(*decisions, "decision")));
        let mut list = Vec::new();
        for (name, quantiles) in [("waiting", waiting), ("working", working), ("in all", whole)] {
            list.extend(of_quantiles(name, *quantiles));
        }
        bars(out, "Latency", &list);
    }
    out.push_str("</section>\n");
}

fn of_quantiles(name: &str, quantiles: Option<Quantiles>) -> Vec<Bar> {
    let Some(found) = quantiles else {
        return vec![Bar { name: name.to_owned(), value: 0, shown: time(None) }];
    };
    let bar = |which: &str, seconds: i64| Bar {
        name: format!("{name}, {which}"),
        value: seconds,
        shown: span(seconds),
    };
    vec![bar("p50", found.p50), bar("p90", found.p90)]
}

fn judgment(tax: &Tax, out: &mut String) {
    section(
        out,
        "3. Judgment spent on what a machine can check",
        &format!("Decisions of people: {}.", sentence(JUDGMENT)),
    );
    match &tax.judgment {
        None => add(out, format_args!("<p class=\"none\">{NO_DATA}</p>")),
        Some(one) => {
            let list = [
                counted("Items that people decided on", one.items),
                counted("Of these, a machine could have", one.machine_checkable),
            ];
            bars(out, "Judgment", &list);
        }
    }
    out.push_str("</section>\n");
}

fn blast(tax: &Tax, out: &mut String) {
    section(out, "4. Blast radius", "How many artifacts one late change reaches.");
    let blast = &tax.blast_radius;
    if blast.swaps.is_empty() {
        add(out, format_args!("<p class=\"none\">{NO_DATA}</p>"));
    } else {
        let list: Vec<Bar> = blast
            .swaps
            .iter()
            .take(BARS)
            .map(|one| {
                let mut bar = counted(&one.swap, one.artifacts);
                let _ = write!(bar.shown, ", live: {}", number(one.live));
                bar
            })
            .collect();
        bars(out, "Blast radius", &list);
        let more = blast.swaps.len().saturating_sub(BARS);
        if more > 0 {
            add(out, format_args!("<p>And {} that reach no further.</p>", count(more, "change")));
        }
    }
    out.push_str("</section>\n");
}

fn people(tax: &Tax, out: &mut String) {
    section(out, "5. Person-bound gates", "Gates that hang on one person.");
    match &tax.person_bound {
        None => add(out, format_args!("<p class=\"none\">{NO_DATA}</p>")),
        Some(bound) if bound.is_empty() => out.push_str("<p>None.</p>\n"),
        Some(bound) => {
            out.push_str("<ul>\n");
            for one in bound {
                let who = if one.person.is_empty() { "nobody" } else { &one.person };
                let text = format!("{}: only {who} ({})", one.gates.join(", "), one.role);
                add(out, format_args!("<li>{}</li>", escaped(&text)));
            }
            out.push_str("</ul>\n");
        }
    }
    out.push_str("</section>\n");
}
