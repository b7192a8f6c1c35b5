//! `[lint]` of a channel: how much the checks on mails and pages count there.

use super::toml::{Entry, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::lint::{Bounds, Level, Rules, bounds_of, check_named, checks, is_adjustable};

/// Reads the section; a channel without one has the built-in levels and numbers.
pub(super) fn read_lint(section: Option<&Section<'_, '_>>, diagnostics: &mut Diagnostics) -> Rules {
    let mut rules = Rules::default();
    for entry in section.into_iter().flat_map(Section::entries) {
        let name = entry.key.value.as_str();
        let Some(code) = check_named(name) else {
            diagnostics.push(
                Diagnostic::error(
                    Code::BadSetting,
                    entry.key.span,
                    format!("there is no check `{name}`"),
                )
                .maybe_help(did_you_mean(name, checks().map(Code::name)))
                .help_if_none("see TL0620 and those that follow in docs/errors.md"),
            );
            continue;
        };
        if !is_adjustable(code) {
            let message = format!("`{name}` always counts: what it finds breaks the mail");
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, entry.key.span, message).help("remove it"),
            );
        } else if entry.is_table() {
            read_bounds(code, &entry, &mut rules, diagnostics);
        } else if let Some(written) = entry.text(diagnostics) {
            match Level::parse(&written.value) {
                Some(level) => {
                    rules.levels.insert(code, level);
                }
                None => diagnostics.push(
                    Diagnostic::error(
                        Code::BadSetting,
                        written.span,
                        format!("`{}` is no level", written.value),
                    )
                    .help("write `error`, `warning` or `off`"),
                ),
            }
        }
    }
    rules
}

/// `{ warning = 60, error = 90 }`: numbers may be lower than the built-in ones, and not higher.
fn read_bounds(
    code: Code,
    entry: &Entry<'_, '_>,
    rules: &mut Rules,
    diagnostics: &mut Diagnostics,
) {
    let Some(body) = entry.section(diagnostics) else { return };
    let Some(usual) = bounds_of(code) else {
        let message = format!("`{}` measures nothing that could be limited", code.name());
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, entry.key.span, message)
                .help("write `error`, `warning` or `off`"),
        );
        return;
    };
    let mut number = |name: &str, most: usize| {
        let written = body.entry(name)?.number(diagnostics)?;
        let value = written.value.saturating_mul(usual.unit);
        if value > most {
            let message = format!(
                "`{name}` of `{}` is at most {}, found {}",
                code.name(),
                most / usual.unit,
                written.value
            );
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .help("limits can be lowered; a waiver lets a single artifact pass"),
            );
            return None;
        }
        Some(value)
    };
    let warning = number("warning", usual.warning).unwrap_or(usual.warning);
    let error = number("error", usual.error).unwrap_or(usual.error);
    body.finish(diagnostics);
    rules.bounds.insert(code, Bounds { warning: warning.min(error), error, ..usual });
}
