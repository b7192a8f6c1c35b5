//! What a workspace says of a column must mean something for a column of its type.

use super::{Column, ColumnKind};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::ColumnSpec;

/// Reports settings that say nothing, or that take back what is built in. `before` is the built-in
/// column; `after` is what came of it.
pub(super) fn check_settings(
    table: &str,
    spec: &ColumnSpec,
    before: Option<&Column>,
    after: &Column,
    diagnostics: &mut Diagnostics,
) {
    let name = format!("{table}.{}", after.name);
    let mut report = |message: String, help: &str| {
        diagnostics.push(Diagnostic::error(Code::BadSetting, spec.span, message).help(help));
    };
    let kind = after.type_name();
    let is_text = matches!(after.kind, ColumnKind::Text | ColumnKind::Name | ColumnKind::Copy);
    let has_digits = matches!(after.kind, ColumnKind::Text | ColumnKind::Slug | ColumnKind::Int);
    if after.kind == ColumnKind::Enum && after.values.is_empty() && after.vocabulary.is_none() {
        let help = "list its words in `values`, or name one of the taxonomy's as `vocabulary`";
        report(format!("`{name}` is an enum without words"), help);
    }
    let without_meaning = [
        ("values", !spec.values.is_empty() && after.kind != ColumnKind::Enum),
        ("vocabulary", spec.vocabulary.is_some() && after.kind != ColumnKind::Enum),
        ("lines", spec.lines == Some(true) && !is_text),
        ("digits", spec.digits.is_some() && !has_digits),
        ("day", spec.day.is_some() && after.kind != ColumnKind::Datetime),
    ];
    for (setting, _) in without_meaning.iter().filter(|(_, found)| *found) {
        let message = format!("`{setting}` says nothing of `{name}`, which is of the type {kind}");
        report(message, "take it out, or correct the type");
    }
    for (setting, number) in [("digits", spec.digits), ("max_length", spec.max_length)] {
        if number == Some(0) {
            let message = format!("`{setting} = 0` leaves nothing that `{name}` could hold");
            report(message, "write how many there are, or take it out");
        }
    }
    let taken_back = [
        ("required", spec.required == Some(false) && before.is_some_and(|one| one.required)),
        ("unique", spec.unique == Some(false) && before.is_some_and(|one| one.unique)),
        ("lines", spec.lines == Some(true) && before.is_some_and(|one| !one.lines)),
    ];
    for (setting, _) in taken_back.iter().filter(|(_, found)| *found) {
        let message = format!("`{name}` is built in, and `{setting}` cannot loosen it");
        report(message, "take the setting out");
    }
}
