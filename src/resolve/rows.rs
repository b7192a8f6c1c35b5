//! Cells of one row that must go together.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::roster::positions;
use super::tables::{Findings, check_each, rows};
use crate::address::{near_host, same_site};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::model::{Span, Value};
use crate::source::table::{Record, Rule, RuleKind, Table};
use crate::source::{Documents, Sources, decimal_places, is_currency};

/// Checks the rules between the cells of a row.
pub(super) fn check_rules(
    documents: &Documents,
    sources: &Sources,
    table: &Table,
    found: &mut Findings,
) {
    for rule in &table.contract.rules {
        let position = |name: &str| table.column(name).unwrap_or(usize::MAX);
        let columns = rule.columns().into_iter().map(position).collect();
        let condition = rule.condition.as_ref().map_or(usize::MAX, |one| position(&one.column));
        let check = RuleCheck { documents, sources, table, rule, columns, condition };
        check_each(table, found, |record| {
            let diagnostic = check.concerns(record).then(|| check.judge(record)).flatten()?;
            Some(match rule.span {
                Some(span) => diagnostic.related(span, "the rule is here"),
                None => diagnostic,
            })
        });
    }
}

struct RuleCheck<'a> {
    documents: &'a Documents,
    sources: &'a Sources,
    table: &'a Table,
    rule: &'a Rule,
    /// The columns that it speaks of.
    columns: Vec<usize>,
    /// The column of its condition.
    condition: usize,
}

impl RuleCheck<'_> {
    fn at(&self, nth: usize) -> usize {
        self.columns.get(nth).copied().unwrap_or(usize::MAX)
    }

    /// Whether a rule is about a row.
    fn concerns(&self, record: &Record) -> bool {
        let Some(condition) = &self.rule.condition else { return true };
        let value = record.value(self.condition);
        // Nothing follows from a cell that could not be read.
        if value.is_empty() && record.quarantined {
            return false;
        }
        let shown = value.shown();
        condition.values.iter().any(|one| *one == shown) != condition.unless
    }

    /// The reason why the rule applies, for a message.
    fn because(&self, record: &Record) -> String {
        match &self.rule.condition {
            Some(condition) => {
                let value = record.value(self.condition).shown();
                format!(", and `{}` is `{value}`", condition.column)
            }
            None => String::new(),
        }
    }

    fn judge(&self, record: &Record) -> Option<Diagnostic> {
        match &self.rule.kind {
            RuleKind::Required(name) => {
                let at = self.at(0);
                if !record.value(at).is_empty() || record.quarantined {
                    return None;
                }
                let message = format!("`{name}` is empty{}", self.because(record));
                Some(fault(at, record, message, format!("fill in `{name}`")))
            }
            RuleKind::Empty(name) => {
                let at = self.at(0);
                if record.value(at).is_empty() {
                    return None;
                }
                let message = format!("`{name}` is filled in{}", self.because(record));
                Some(fault(at, record, message, format!("empty `{name}`")))
            }
            RuleKind::After { later, earlier } => self.judge_order(record, later, earlier),
            RuleKind::ExactlyOne(names) => self.judge_choice(record, names),
            RuleKind::Percentage(_) => self.judge_percentage(record),
        }
    }

    fn judge_order(&self, record: &Record, later: &str, earlier: &str) -> Option<Diagnostic> {
        let (second, first) = (self.at(0), self.at(1));
        let end = record.value(second).as_instant()?;
        let start = record.value(first).as_instant()?;
        if start <= end {
            return None;
        }
        let zone = &self.documents.workspace.zone;
        let shown = |instant: jiff::Timestamp| {
            instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
        };
        let message = format!("{later} {} is before {earlier} {}", shown(end), shown(start));
        let found = fault(second, record, message, "correct the one that is wrong".to_owned());
        Some(found.related(record.span(first), format!("{earlier} is here")))
    }

    fn judge_choice(&self, record: &Record, names: &[String]) -> Option<Diagnostic> {
        let (entity, key) = (&self.table.contract.entity, self.table.contract.key.first());
        let id = key.map_or("", |key| record.text(*key));
        let cells = names.iter().zip(&self.columns);
        let mut filled = cells.filter(|(_, at)| !record.value(**at).is_empty());
        match (filled.next(), filled.next_back()) {
            (Some(_), None) => None,
            (None, _) if record.quarantined => None,
            (None, _) => {
                let all: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("the {entity} `{id}` has neither {}", all.join(" nor "));
                let place = if names.is_empty() { 0 } else { self.at(0) };
                Some(fault(place, record, message, format!("fill in {}", all.join(" or "))))
            }
            (Some((first, _)), Some((last, at))) => {
                let message = format!("the {entity} `{id}` has `{first}` and `{last}`");
                let help = "empty one of the two".to_owned();
                Some(fault(*at, record, message, help))
            }
        }
    }

    fn judge_percentage(&self, record: &Record) -> Option<Diagnostic> {
        let at = self.at(0);
        let Value::Decimal(number) = record.value(at) else { return None };
        if number.is_zero() || number > Decimal::ONE_HUNDRED {
            let message = format!("{number} is not a percentage above 0 and up to 100");
            return Some(fault(at, record, message, "write 30 for 30 %".to_owned()));
        }
        let written = self.sources.slice(record.span(at)).trim_matches('"').trim();
        if number >= Decimal::ONE || written.contains('%') {
            return None;
        }
        // A spreadsheet keeps 20 % as 0.2.
        let hundred = (number * Decimal::ONE_HUNDRED).normalize();
        let message = format!("`{written}` can mean {hundred} % or {written} %");
        Some(
            Diagnostic::error(Code::AmbiguousPercent, record.span(at), message)
                .help(format!("write `{hundred}` or `{written}%`")),
        )
    }
}

fn fault(at: usize, record: &Record, message: String, help: String) -> Diagnostic {
    Diagnostic::error(Code::CrossField, record.span(at), message).help(help)
}

/// Signs and codes of offers: what the contract's rules cannot say.
pub(super) fn check_offers(
    documents: &Documents,
    sources: &Sources,
    table: &Table,
    found: &mut Findings,
) {
    let columns = positions(table, ["mechanic", "value", "currency"]);
    check_each(table, found, |record| judge_offer(documents, sources, record, columns));
}

fn judge_offer(
    documents: &Documents,
    sources: &Sources,
    record: &Record,
    [mechanic, value, currency]: [usize; 3],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let kind = record.text(mechanic);
    let written = sources.slice(record.span(value));
    let percentage = matches!(kind, "pct_off" | "cashback");
    let is_number = !record.value(value).is_empty();
    let message = if is_number && written.contains('%') && !percentage && !kind.is_empty() {
        format!("`{written}` is a percentage, and `{kind}` takes an amount")
    } else if is_number && percentage && has_currency(written) {
        format!("`{written}` is an amount, and `{kind}` takes a percentage")
    } else {
        String::new()
    };
    if !message.is_empty() {
        let diagnostic = Diagnostic::error(Code::CrossField, record.span(value), message)
            .related(record.span(mechanic), "the mechanic is here")
            .help("correct the one that is wrong");
        found.push(diagnostic);
    }
    let code = record.text(currency);
    if kind == "amount_off"
        && let Value::Decimal(number) = record.value(value)
    {
        let usual = documents.workspace.currency.value.as_str();
        let code = if code.is_empty() { usual } else { code };
        let places = decimal_places(code);
        if number.normalize().scale() > places {
            let message =
                format!("`{written}` has more decimal places than {code} has, which is {places}");
            let diagnostic = Diagnostic::error(Code::BadNumber, record.span(value), message);
            found.push(diagnostic.help("round it"));
        }
    }
    if !code.is_empty() && !is_currency(code) {
        let message = format!("`{code}` is not a currency code");
        let help = format!(
            "use a code of ISO 4217 in capital letters, such as {}",
            documents.workspace.currency.value
        );
        let place = record.span(currency);
        found.push(Diagnostic::error(Code::CrossField, place, message).help(help));
    }
    found
}

fn has_currency(written: &str) -> bool {
    let marks =
        |one: char| !one.is_ascii_digit() && !one.is_whitespace() && !"%.,'\"’".contains(one);
    written.contains(marks)
}

pub(super) fn check_partners(documents: &Documents, table: &Table, found: &mut Findings) {
    let names = ["permitted_domains", "landing_base", "subid_param", "deep_link"];
    let columns = positions(table, names);
    check_each(table, found, |record| judge_partner(documents, record, columns));
}

fn judge_partner(
    documents: &Documents,
    record: &Record,
    [domains, base, sub_id, deep_link]: [usize; 4],
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let profile = record.text(deep_link);
    if !profile.is_empty() && documents.wrapper(profile).is_none() {
        let message = format!("there is no wrapper `{profile}`");
        let diagnostic = Diagnostic::error(Code::NotAllowed, record.span(deep_link), message)
            .maybe_help(did_you_mean(profile, documents.wrapper_names()));
        found.push(diagnostic);
    }
    let name = record.text(sub_id);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    if !name.bytes().all(plain) {
        let message = format!("`{name}` is not the name of a parameter");
        let diagnostic = Diagnostic::error(Code::BadCell, record.span(sub_id), message)
            .help("use letters, digits, `_`, `.` and `-`");
        found.push(diagnostic);
    }
    let permitted = record.value(domains);
    if permitted.is_empty() {
        return found;
    }
    let hosts: Vec<&str> = permitted.hosts().collect();
    let own = record.overrides.iter().filter(|one| one.column == base);
    let bases = own.map(|one| record.value_in(base, &[&one.scope]));
    for (written, span) in bases.chain([(record.value(base), record.span(base))]) {
        let Some(Ok(url)) = written.as_text().map(url::Url::parse) else { continue };
        if !name.is_empty() && url.query_pairs().any(|(known, _)| known == name) {
            let message = format!("the URL already has the sub-id parameter `{name}`");
            let diagnostic = Diagnostic::error(Code::CrossField, span, message)
                .related(record.span(sub_id), "the build writes this parameter")
                .help("remove it from the URL");
            found.push(diagnostic);
        }
        if let Some(stranger) = stranger(url.host_str().unwrap_or(""), &hosts, span) {
            found.push(stranger.related(record.span(domains), "these are permitted"));
        }
    }
    found
}

/// A host that the partner did not agree to.
fn stranger(host: &str, permitted: &[&str], span: Span) -> Option<Diagnostic> {
    if same_site(host, permitted) {
        return None;
    }
    let message = format!("`{host}` is not one of the partner's permitted domains");
    let help = match near_host(host, permitted) {
        Some(near) => format!("it looks like `{near}`: copy the URL from the partner's site"),
        None => "correct the URL, or have the domain added".to_owned(),
    };
    Some(Diagnostic::error(Code::HostNotPermitted, span, message).help(help))
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
