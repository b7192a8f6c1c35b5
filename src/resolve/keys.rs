//! Ids that name one row each, and columns without equal values.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::tables::{Findings, rows};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Span;
use crate::source::Sources;
use crate::source::table::{Record, Table};

/// Two values that differ only in case or in how accents are written are one value to people, to
/// file systems and to half of all programs.
fn fold(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let composed = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    Cow::Owned(composed.to_lowercase())
}

/// The values of some columns as one text; `None` where one is empty.
fn joined<'r>(record: &'r Record, columns: &[usize]) -> Option<Cow<'r, str>> {
    if let [only] = columns {
        let text = record.value(*only).shown();
        return (!text.is_empty()).then_some(text);
    }
    let texts: Vec<String> = columns.iter().map(|at| record.value(*at).display()).collect();
    texts.iter().all(|text| !text.is_empty()).then(|| Cow::Owned(texts.join("/")))
}

/// Says which rows have the id of an earlier one.
pub(super) fn check_keys(
    table: &Table,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
    found: &mut Findings,
) {
    let (key, entity) = (&table.contract.key, &table.contract.entity);
    let Some(place) = key.last().copied() else { return };
    let mut seen: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(table.records.len());
    let mut unread = Vec::new();
    for (row, record) in rows(table) {
        let Some(id) = joined(record, key) else {
            unread.push(record);
            continue;
        };
        let folded = match &id {
            Cow::Borrowed(text) => fold(text),
            Cow::Owned(text) => Cow::Owned(fold(text).into_owned()),
        };
        let Some(first) = seen.get(&folded).and_then(|first| table.records.get(*first)) else {
            seen.insert(folded, row);
            continue;
        };
        let other = joined(first, key).unwrap_or_default();
        let diagnostic = if other == id {
            let message = format!("the {entity} `{id}` stands twice");
            Diagnostic::error(Code::DuplicateKey, record.span(place), message)
                .related(first.span(place), "first here")
                .help("give one of the two another id, or delete it")
        } else {
            collision(&id, &other, record.span(place), first.span(place), entity)
        };
        found.add(row, diagnostic);
    }
    // An id with capitals was refused as an id. That it is another row's id is the better message.
    for record in unread {
        let span = record.span(place);
        let written = sources.slice(span).trim_matches('"');
        let lower = written.to_lowercase();
        let twin = seen.get(lower.as_str()).and_then(|first| table.records.get(*first));
        let Some(twin) = twin.filter(|_| record.text(place).is_empty()) else { continue };
        let refused = |one: &Diagnostic| one.primary == span && one.code == Code::BadSlug;
        if let Some(diagnostic) = diagnostics.find_mut(refused) {
            *diagnostic = collision(written, &lower, span, twin.span(place), entity);
        }
    }
}

fn collision(written: &str, other: &str, span: Span, twin: Span, entity: &str) -> Diagnostic {
    let message = format!("`{written}` and `{other}` differ only in case or accents");
    Diagnostic::error(Code::CaseCollision, span, message)
        .related(twin, format!("`{other}` stands here"))
        .help(format!("if they are one {entity}, keep one row; if not, choose another id"))
}

/// Says where a column that must not repeat a value does.
pub(super) fn check_unique(table: &Table, found: &mut Findings) {
    let columns = table.contract.columns.iter().enumerate().filter(|(_, column)| column.unique);
    for (at, column) in columns {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (row, record) in rows(table) {
            let Some(value) = joined(record, &[at]) else { continue };
            let folded = fold(&value).into_owned();
            let Some(first) = seen.get(&folded).and_then(|first| table.records.get(*first)) else {
                seen.insert(folded, row);
                continue;
            };
            let message = format!("`{value}` stands twice in `{}`", column.name);
            let diagnostic = Diagnostic::error(Code::NotUnique, record.span(at), message)
                .related(first.span(at), "first here")
                .help("give one of the two another value");
            found.add(row, diagnostic);
        }
    }
}
