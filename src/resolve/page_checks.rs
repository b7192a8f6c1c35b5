//! Whether what a recipe says about its pages exists: fields, and the address at the end.

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Spanned;
use crate::source::{Documents, Recipe};

/// Checks the page settings of one recipe.
pub(super) fn check_page(documents: &Documents, recipe: &Recipe, diagnostics: &mut Diagnostics) {
    for field in &recipe.page.pending_shows {
        diagnostics.extend(check_shown(documents, field));
    }
    let declared = &documents.workspace.declared;
    let Some(name) = &recipe.page.redirect_to else { return };
    let Some(target) = declared.get(&name.value) else {
        let message = format!("[declared] has no address `{}`", name.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownTerm, name.span, message)
                .maybe_help(did_you_mean(&name.value, declared.keys().map(String::as_str)))
                .help_if_none("add it to [declared] in throughline.toml"),
        );
        return;
    };
    // Servers do not fill in merge tags.
    if url::Url::parse(&target.value).is_ok_and(|url| url.scheme() == "https") {
        return;
    }
    let message = format!("`{}` is not an https address, and the route leads there", name.value);
    diagnostics.push(
        Diagnostic::error(Code::BadSetting, name.span, message)
            .related(target.span, "it is declared here")
            .help("name one that is"),
    );
}

fn check_shown(documents: &Documents, field: &Spanned<String>) -> Option<Diagnostic> {
    let (entity, column) = field.value.split_once('.').unwrap_or((&field.value, ""));
    let table = match entity {
        "offer" => "offers",
        "partner" => "partners",
        _ => {
            let message = format!("`{}` is no field of the offer or the partner", field.value);
            return Some(
                Diagnostic::error(Code::UnknownField, field.span, message)
                    .help("write it like `partner.name`"),
            );
        }
    };
    let table = documents.tables.get(table)?;
    if column == "id" || table.column(column).is_some() {
        return None;
    }
    let message = format!("unknown field `{}`", field.value);
    Some(
        Diagnostic::error(Code::UnknownField, field.span, message)
            .maybe_help(did_you_mean(column, table.contract.names()))
            .help_if_none("correct the name, or declare the column in throughline.toml"),
    )
}
