//! Rules against tables, taxonomy and each other.

use std::collections::BTreeSet;

use super::page_checks::check_page;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Spanned;
use crate::source::{
    Channel, Documents, Field, LinkTarget, Pattern, Piece, Recipe, RecipeKind, Variation,
    block_and_locale, lint_term,
};

/// Columns may only name tables and vocabularies that there are.
pub(super) fn check_columns(documents: &Documents, diagnostics: &mut Diagnostics) {
    let tables =
        documents.tables.keys().map(String::as_str).chain(["terms", "campaigns", "assets"]);
    let tables: Vec<&str> = tables.collect();
    let dimensions = &documents.taxonomy.dimensions;
    for spec in documents.workspace.tables.values().flat_map(|table| &table.columns) {
        let mut report = |message: String, help: Option<String>| {
            let found = Diagnostic::error(Code::BadSetting, spec.span, message);
            diagnostics.push(found.maybe_help(help));
        };
        if let Some(target) = spec.references.as_deref().filter(|one| !tables.contains(one)) {
            let message =
                format!("`{}` references `{target}`, and there is no such table", spec.name);
            report(message, did_you_mean(target, tables.iter().copied()));
        }
        let named = spec.vocabulary.as_ref().filter(|_| !dimensions.is_empty());
        if let Some(name) = named.filter(|name| !dimensions.contains_key(*name)) {
            let message = format!("rules/taxonomy.toml has no vocabulary `{name}`");
            report(message, did_you_mean(name, dimensions.keys().map(String::as_str)));
        }
    }
}
use crate::wrapper::{Field as WrapperField, Profile};

/// Fields that are no columns but have owners and rules all the same.
const OTHER_FIELDS: [(&str, &[&str]); 4] = [
    ("campaign", &["id", "name", "code", "owner", "zone"]),
    ("terms", &["id", "title", "text", "version"]),
    ("window", &["freezes", "locks", "opens", "closes"]),
    (
        "link",
        &[
            "id",
            "url",
            "short_url",
            "short_code",
            "sub_id",
            "utm_id",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "utm_content",
            "utm_term",
            "utm_source_platform",
            "utm_creative_format",
            "utm_marketing_tactic",
        ],
    ),
];

/// Checks that each rule of rules/fields.toml is about a field that exists.
pub(super) fn check_field_rules(documents: &Documents, diagnostics: &mut Diagnostics) {
    for (name, rule) in &documents.fields.0 {
        let (entity, field) = name.split_once('.').unwrap_or((name, ""));
        let table = documents.tables.values().find(|table| table.contract.entity == entity);
        let other = OTHER_FIELDS.iter().find(|(known, _)| *known == entity);
        let mut known: Vec<&str> = Vec::new();
        known.extend(table.iter().flat_map(|table| table.contract.names()));
        known.extend(other.iter().flat_map(|(_, fields)| fields.iter().copied()));
        // A rule may forbid a column by naming a field that nobody may type.
        let forbids = rule.variation == Variation::Generated && table.is_some();
        if !known.contains(&field) && !forbids {
            let message = format!("there is no field `{name}`");
            let suggestion = did_you_mean(field, known.iter().copied());
            diagnostics.push(
                Diagnostic::error(Code::UnknownField, rule.span, message).maybe_help(suggestion),
            );
        }
        if let Variation::MayVary { channels, .. } = &rule.variation {
            for channel in channels {
                check_channel_name(documents, channel, diagnostics);
            }
        }
    }
}

/// Checks that a channel named somewhere exists.
pub(super) fn check_channel_name(
    documents: &Documents,
    channel: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let found = documents.channels.iter().position(|known| known.id.as_str() == channel.value);
    if found.is_none() && !documents.unusable.channels {
        let known = documents.channels.iter().map(|known| known.id.as_str());
        let message = format!("there is no channel `{}`", channel.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownTerm, channel.span, message)
                .maybe_help(did_you_mean(&channel.value, known)),
        );
    }
    found
}

/// Checks each channel's words, patterns and limits.
pub(super) fn check_channels(documents: &Documents, diagnostics: &mut Diagnostics) {
    for channel in &documents.channels {
        check_word(documents, "medium", &channel.medium, diagnostics);
        check_word(documents, "source", &channel.source, diagnostics);
        for (_, pattern) in &channel.params {
            check_pattern(documents, channel, pattern, Use::Parameter, diagnostics);
            check_separator(documents, pattern, diagnostics);
        }
        for recipe in &channel.recipes {
            check_recipe(documents, channel, recipe, diagnostics);
        }
        check_limits(documents, channel, diagnostics);
    }
}

fn check_word(
    documents: &Documents,
    dimension: &str,
    word: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) {
    let Some(vocabulary) = documents.taxonomy.dimensions.get(dimension) else { return };
    if vocabulary.rank(&word.value).is_none() {
        let message = format!("`{}` is not a {dimension} of the taxonomy", word.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownTerm, word.span, message)
                .maybe_help(vocabulary.suggest(&word.value)),
        );
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Use {
    Parameter,
    Path,
    Cell,
}

fn check_pattern(
    documents: &Documents,
    channel: &Channel,
    pattern: &Pattern,
    usage: Use,
    diagnostics: &mut Diagnostics,
) {
    let mut fail = |code, message: String, help: Option<String>| {
        diagnostics.push(Diagnostic::error(code, pattern.span, message).maybe_help(help));
    };
    for field in pattern.fields() {
        let (table, column) = match field {
            Field::Offer(column) => ("offers", column),
            Field::Partner(column) => ("partners", column),
            Field::Link(role, _) if usage == Use::Cell => {
                let roles = || channel.links.iter().map(|link| link.role.as_str());
                if !roles().any(|known| known == role) {
                    let message = format!("the channel has no link `{role}`");
                    fail(Code::UnknownField, message, did_you_mean(role, roles()));
                }
                continue;
            }
            Field::Link(..) | Field::CampaignName if usage != Use::Cell => {
                let message = format!("`{{{}}}` can only stand in a sheet", field.name());
                fail(Code::BadPattern, message, None);
                continue;
            }
            Field::LinkRole if usage == Use::Path => {
                fail(Code::BadPattern, "a path has no link role".to_owned(), None);
                continue;
            }
            _ => continue,
        };
        let Some(table) = documents.tables.get(table) else { continue };
        if table.column(column).is_none() {
            let message = format!("unknown field `{{{}}}`", field.name());
            fail(Code::UnknownField, message, did_you_mean(column, table.contract.names()));
        }
    }
}

fn check_recipe(
    documents: &Documents,
    channel: &Channel,
    recipe: &Recipe,
    diagnostics: &mut Diagnostics,
) {
    check_pattern(documents, channel, &recipe.path, Use::Path, diagnostics);
    if let Some(route) = &recipe.route {
        check_pattern(documents, channel, route, Use::Path, diagnostics);
    }
    for column in &recipe.columns {
        check_pattern(documents, channel, &column.value, Use::Cell, diagnostics);
    }
    if recipe.per_placement == Some(true) && recipe.kind == RecipeKind::Sheet {
        let message = "a sheet has a row for each placement, so there is one for each asset";
        diagnostics
            .push(Diagnostic::error(Code::BadSetting, recipe.span, message).help("remove `per`"));
    }
    check_qr(channel, recipe, diagnostics);
    check_page(documents, recipe, diagnostics);
    let assets = || documents.briefs.iter().flat_map(|brief| &brief.assets);
    for name in &recipe.assets {
        let known = assets().any(|asset| asset.id.value.as_str() == name.value);
        if !known && !documents.unusable.briefs {
            let known = assets().map(|asset| asset.id.value.as_str());
            let message = format!("no brief has an asset `{}`", name.value);
            diagnostics.push(
                Diagnostic::error(Code::UnknownTerm, name.span, message)
                    .maybe_help(did_you_mean(&name.value, known)),
            );
        }
    }
}

/// Ids in `[wrappers]` are of profiles and fields that there are, and fit them.
pub(super) fn check_wrapper_ids(documents: &Documents, diagnostics: &mut Diagnostics) {
    for (name, ids) in &documents.workspace.wrapper_ids {
        let profile = documents.wrapper(name);
        for (field, id) in ids {
            let fields = || profile.into_iter().flat_map(Profile::fields).map(WrapperField::name);
            let found = match profile {
                None => Some((
                    format!("there is no wrapper `{name}`"),
                    did_you_mean(name, documents.wrapper_names()),
                )),
                Some(_) if fields().all(|known| known != field) => Some((
                    format!("the wrapper `{name}` has no field `{field}`"),
                    did_you_mean(field, fields()),
                )),
                Some(profile) => profile
                    .check_field(field, &id.value)
                    .err()
                    .map(|fault| (fault.message, Some(fault.help))),
            };
            if let Some((message, help)) = found {
                let found = Diagnostic::error(Code::BadSetting, id.span, message);
                diagnostics.push(found.maybe_help(help));
            }
        }
    }
}

/// Every word that reaches URLs and reports must survive both.
pub(super) fn check_terms(documents: &Documents, diagnostics: &mut Diagnostics) {
    let rules = &documents.taxonomy.params;
    let dimensions = documents.taxonomy.dimensions.values();
    let words = dimensions.flat_map(|one| &one.terms).map(|term| &term.value);
    let codes = documents.briefs.iter().map(|brief| &brief.code);
    for word in words.chain(codes) {
        if let Some((message, help)) = lint_term(&word.value, rules) {
            let found = Diagnostic::error(Code::BadTerm, word.span, message);
            diagnostics.push(found.help(help));
        }
    }
}

/// Between the facts of a value stands the separator that was agreed, so that reports can take it
/// apart again.
fn check_separator(documents: &Documents, pattern: &Pattern, diagnostics: &mut Diagnostics) {
    let Some(agreed) = &documents.taxonomy.params.separator else { return };
    let between = |piece: &Piece| match piece {
        Piece::Literal(text) => text != &agreed.value,
        _ => true,
    };
    let inner = pattern.pieces.windows(3).find(|pieces| {
        matches!(pieces, [first, middle, last]
            if !matches!(first, Piece::Literal(_)) && !matches!(last, Piece::Literal(_))
                && between(middle))
    });
    let joined = pattern
        .pieces
        .windows(2)
        .any(|pieces| pieces.iter().all(|piece| !matches!(piece, Piece::Literal(_))));
    if inner.is_some() || joined {
        let message = format!("between two fields stands no `{}`", agreed.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSeparator, pattern.span, message)
                .related(agreed.span, "the separator is agreed here")
                .help(format!("write `{}` between each two fields", agreed.value)),
        );
    }
}

/// A code leads to one link of one placement.
fn check_qr(channel: &Channel, recipe: &Recipe, diagnostics: &mut Diagnostics) {
    if recipe.kind != RecipeKind::Qr {
        return;
    }
    if recipe.per_placement == Some(false) {
        let message = "a code leads to the link of one placement";
        diagnostics
            .push(Diagnostic::error(Code::BadSetting, recipe.span, message).help("remove `per`"));
    }
    let roles = || channel.links.iter().map(|link| link.role.as_str());
    let unknown = recipe.link.as_ref().filter(|link| roles().all(|role| role != link.value));
    if let Some(link) = unknown {
        let message = format!("the channel `{}` has no link `{}`", channel.id, link.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownField, link.span, message)
                .maybe_help(did_you_mean(&link.value, roles())),
        );
    } else if channel.links.is_empty() {
        let message = format!("the channel `{}` has no link for a code to lead to", channel.id);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, recipe.span, message)
                .help("add a link, such as `[links.cta]` with `to = \"landing\"`"),
        );
    }
}

/// A limit is about the rendered text, a copy block or an offer's field.
fn check_limits(documents: &Documents, channel: &Channel, diagnostics: &mut Diagnostics) {
    let mut known: BTreeSet<&str> = BTreeSet::from(["text"]);
    if channel.recipes.iter().any(|recipe| recipe.kind == RecipeKind::Email) {
        // Blocks of the mail's template.
        known.extend(["subject", "preheader"]);
    }
    for brief in &documents.briefs {
        known.extend(brief.copy.keys().map(|name| {
            let name = block_and_locale(name).0;
            name.rsplit('.').next().unwrap_or(name)
        }));
    }
    let offers = documents.tables.get("offers");
    known.extend(offers.iter().flat_map(|table| table.contract.names()));
    for (name, _) in channel.limits.iter().filter(|_| !documents.unusable.briefs) {
        if !known.contains(name.value.as_str()) {
            let message = format!("`{}` is no copy block and no field of an offer", name.value);
            diagnostics.push(
                Diagnostic::error(Code::UnknownField, name.span, message)
                    .maybe_help(did_you_mean(&name.value, known.iter().copied())),
            );
        }
    }
}

/// Tells whether a channel's links need pages of ours, and where it says so.
pub(super) fn landing_rule(channel: &Channel) -> Option<crate::model::Span> {
    let goes = |target: &LinkTarget| matches!(target, LinkTarget::Landing(_) | LinkTarget::App);
    channel.links.iter().find(|link| goes(&link.target)).map(|link| link.span)
}
