//! The invoice in lines of a terminal.

use super::{JUDGMENT, NO_DATA, number};
use crate::decide::status::span;
use crate::decide::{Quantiles, Tax};
use crate::report::count;
use crate::report::plain::plain;
use crate::report::status::add;

/// Changes that are listed by their reach.
const LISTED: usize = 5;

/// The whole invoice.
pub fn tax_text(tax: &Tax) -> String {
    let mut out = String::new();
    let of = tax.campaign.as_deref().unwrap_or("all campaigns");
    let since = tax.since.as_deref().unwrap_or("the beginning");
    add(&mut out, format_args!("{}, {}", plain(&tax.workspace), plain(of)));
    add(&mut out, format_args!("from {since} to {}", tax.until));
    row(&mut out, "output", &output(tax));
    row(&mut out, "rework", &rework(tax));
    latency(tax, &mut out);
    row(&mut out, "judgment", &judgment(tax));
    blast(tax, &mut out);
    people(tax, &mut out);
    add(&mut out, format_args!("judgment: {JUDGMENT}"));
    out
}

fn row(out: &mut String, name: &str, text: &str) {
    add(out, format_args!("{name:<12} {}", plain(text)));
}

fn output(tax: &Tax) -> String {
    let output = &tax.output;
    format!(
        "{}, {}, {}; live: {}; {}, {}",
        count(output.artifacts, "artifact"),
        count(output.placements, "placement"),
        count(output.links, "link"),
        number(output.live),
        count(output.swaps, "late change"),
        count(output.decisions, "decision")
    )
}

fn rework(tax: &Tax) -> String {
    let rework = &tax.rework;
    format!(
        "{} of a fact changed late before; {} after a freeze, reaching {}; changed after approval: \
         {}",
        count(rework.repeated_swaps, "late change"),
        count(rework.swaps_after_freeze, "late change"),
        count(rework.artifacts_after_freeze, "artifact"),
        number(rework.changed_after_approval)
    )
}

fn latency(tax: &Tax, out: &mut String) {
    if tax.latency.is_empty() {
        row(out, "latency", NO_DATA);
    }
    let shown = |quantiles: Option<Quantiles>| match quantiles {
        Some(found) => format!("p50 {} p90 {}", span(found.p50), span(found.p90)),
        None => NO_DATA.to_owned(),
    };
    for one in &tax.latency {
        let text = format!(
            "{}: waiting {}; working {}; in all {} ({})",
            one.gate,
            shown(one.waiting),
            shown(one.working),
            shown(one.whole),
            count(one.decisions, "decision")
        );
        row(out, "latency", &text);
    }
}

fn judgment(tax: &Tax) -> String {
    let Some(one) = &tax.judgment else { return NO_DATA.to_owned() };
    format!(
        "{} of {} decided on could have been checked by a machine",
        one.machine_checkable,
        count(one.items, "item")
    )
}

fn blast(tax: &Tax, out: &mut String) {
    let blast = &tax.blast_radius;
    let Some(largest) = &blast.largest else { return row(out, "blast radius", NO_DATA) };
    let median = blast.median.map(|median| format!("; half reach {median} or fewer"));
    let text = format!(
        "largest {} ({}), live: {}{}",
        count(largest.artifacts, "artifact"),
        largest.swap,
        number(largest.live),
        median.unwrap_or_default()
    );
    row(out, "blast radius", &text);
    for one in blast.swaps.iter().skip(1).take(LISTED) {
        row(out, "", &format!("{} ({})", count(one.artifacts, "artifact"), one.swap));
    }
}

fn people(tax: &Tax, out: &mut String) {
    let Some(bound) = &tax.person_bound else { return row(out, "person-bound", NO_DATA) };
    if bound.is_empty() {
        row(out, "person-bound", "no gate");
    }
    for one in bound {
        let who = if one.person.is_empty() { "nobody" } else { &one.person };
        let text = format!("{}: only {who} ({})", one.gates.join(", "), one.role);
        row(out, "person-bound", &text);
    }
}
