//! Cells of one row that must go together.

use std::collections::BTreeMap;

use super::roster::positions;
use super::tables::{Findings, rows};
use crate::diag::{Code, Diagnostic};
use crate::model::Value;
use crate::source::table::Table;
use crate::source::{Documents, is_currency};

pub(super) fn check_offers(documents: &Documents, table: &Table, found: &mut Findings) {
    let [id, partner, bundle, mechanic, value, currency] =
        positions(table, ["offer_id", "partner_id", "bundle_id", "mechanic", "value", "currency"]);
    for (row, record) in rows(table) {
        let mut fail = |at: usize, message: String, help: &str| {
            found
                .add(row, Diagnostic::error(Code::CrossField, record.span(at), message).help(help));
        };
        let name = record.text(id);
        match (record.value(partner).is_empty(), record.value(bundle).is_empty()) {
            (true, true) if !record.quarantined => fail(
                id,
                format!("the offer `{name}` has neither a partner nor a bundle"),
                "fill in partner_id or bundle_id",
            ),
            (false, false) => fail(
                bundle,
                format!("the offer `{name}` has a partner and a bundle"),
                "empty one of the two",
            ),
            _ => {}
        }
        let kind = record.text(mechanic);
        let needs_value = matches!(kind, "pct_off" | "amount_off" | "cashback");
        match record.value(value) {
            Value::Empty if needs_value && !record.quarantined => {
                fail(value, format!("`{kind}` needs a value"), "fill in how much is taken off");
            }
            Value::Decimal(number)
                if matches!(kind, "pct_off" | "cashback")
                    && (number.is_zero() || *number > rust_decimal::Decimal::ONE_HUNDRED) =>
            {
                let message = format!("{number} is not a percentage above 0 and up to 100");
                fail(value, message, "write 30 for 30 %");
            }
            _ => {}
        }
        let code = record.text(currency);
        if !code.is_empty() && !is_currency(code) {
            let help = format!(
                "use three capital letters, such as {}",
                documents.workspace.currency.value
            );
            fail(currency, format!("`{code}` is not a currency code"), &help);
        }
    }
    check_order_of_dates(documents, table, &OFFER_DATES, found);
}

/// Columns of an offer of which the first must not be after the second.
const OFFER_DATES: [(&str, &str); 3] = [
    ("effective_from", "effective_to"),
    ("display_from", "display_to"),
    ("display_to", "effective_to"),
];

pub(super) fn check_order_of_dates(
    documents: &Documents,
    table: &Table,
    pairs: &[(&str, &str)],
    found: &mut Findings,
) {
    let zone = &documents.workspace.zone;
    let shown =
        |instant: jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z");
    for (first, second) in pairs {
        let [from, to] = positions(table, [*first, *second]);
        for (row, record) in rows(table) {
            let (start, end) = (record.value(from).as_instant(), record.value(to).as_instant());
            if let Some((start, end)) = start.zip(end).filter(|(start, end)| start > end) {
                let message = format!("{second} {} is before {first} {}", shown(end), shown(start));
                let diagnostic = Diagnostic::error(Code::CrossField, record.span(to), message)
                    .related(record.span(from), format!("{first} is here"))
                    .help("correct the one that is wrong");
                found.add(row, diagnostic);
            }
        }
    }
}

pub(super) fn check_partners(table: &Table, found: &mut Findings) {
    let [domains, base, sub_id] =
        positions(table, ["permitted_domains", "landing_base", "subid_param"]);
    for (row, record) in rows(table) {
        let name = record.text(sub_id);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !name.bytes().all(plain) {
            let message = format!("`{name}` is not the name of a parameter");
            let diagnostic = Diagnostic::error(Code::BadCell, record.span(sub_id), message)
                .help("use letters, digits, `_`, `.` and `-`");
            found.add(row, diagnostic);
        }
        let Value::Hosts(permitted) = record.value(domains) else { continue };
        let written = record.text(base);
        let Ok(url) = url::Url::parse(written) else { continue };
        if !name.is_empty() && url.query_pairs().any(|(known, _)| known == name) {
            let message = format!("the URL already has the sub-id parameter `{name}`");
            let diagnostic = Diagnostic::error(Code::CrossField, record.span(base), message)
                .related(record.span(sub_id), "the build writes this parameter")
                .help("remove it from the URL");
            found.add(row, diagnostic);
        }
        let host = url.host_str().unwrap_or("");
        if !is_permitted(host, permitted) {
            let message = format!("`{host}` is not one of the partner's permitted domains");
            let diagnostic = Diagnostic::error(Code::HostNotPermitted, record.span(base), message)
                .related(record.span(domains), "these are permitted")
                .help("correct the URL, or have the domain added");
            found.add(row, diagnostic);
        }
    }
}

/// Whether a host is a permitted one or below it.
fn is_permitted(host: &str, permitted: &[Box<str>]) -> bool {
    permitted.iter().any(|domain| {
        host.strip_suffix(domain.as_ref())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

pub(super) fn check_bundles(table: &Table, found: &mut Findings) {
    let [id, role] = positions(table, ["bundle_id", "role"]);
    let mut leads: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, record) in rows(table).filter(|(_, record)| !record.text(id).is_empty()) {
        let entry = leads.entry(record.text(id)).or_default();
        if record.text(role) == "lead" {
            entry.push(row);
        }
    }
    for (row, record) in rows(table) {
        let Some(lead_rows) = leads.get(record.text(id)) else { continue };
        let bundle = record.text(id);
        if lead_rows.is_empty() && !record.quarantined {
            let message = format!("the bundle `{bundle}` has no lead");
            let diagnostic = Diagnostic::error(Code::BadBundle, record.span(role), message)
                .help("mark the partner whose page its links go to as `lead`");
            found.add(row, diagnostic);
            leads.remove(bundle);
        } else if lead_rows.iter().skip(1).any(|second| *second == row) {
            let first = lead_rows.first().and_then(|first| table.records.get(*first));
            let message = format!("the bundle `{bundle}` has a second lead");
            let mut diagnostic = Diagnostic::error(Code::BadBundle, record.span(role), message)
                .help("keep one lead and make the others `member`");
            if let Some(first) = first {
                diagnostic = diagnostic.related(first.span(role), "the first lead");
            }
            found.add(row, diagnostic);
        }
    }
}
