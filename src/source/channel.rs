//! rules/channels/*.toml: a channel's vocabulary, parameters, links, recipes and limits.

use super::pattern::Pattern;
use super::toml::{Document, Entry, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{ChannelId, RoleId, SourceId, Span, Spanned};

/// The tracking parameters that GA4 knows, in the order links carry them
/// (support.google.com/analytics/answer/10917952).
pub const PARAMETERS: [&str; 9] = [
    "utm_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
];

/// GA4's default channels, as of 2026-11 (support.google.com/analytics/answer/9756891).
const GA4: [&str; 19] = [
    "Direct",
    "Cross-network",
    "Paid Shopping",
    "Paid Search",
    "Paid Social",
    "Paid Video",
    "Display",
    "Paid Other",
    "Organic Shopping",
    "Organic Social",
    "Organic Video",
    "Organic Search",
    "Referral",
    "Email",
    "Affiliates",
    "Audio",
    "SMS",
    "Mobile Push Notifications",
    "Unassigned",
];

/// One channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its id: the file's name.
    pub id: ChannelId,
    /// The file.
    pub span: Span,
    /// Its word in the taxonomy's `medium`.
    pub medium: Spanned<String>,
    /// Its word in the taxonomy's `source`.
    pub source: Spanned<String>,
    /// The GA4 channel its links should fall into.
    pub expected_ga4: Option<String>,
    /// Parameters in the order of [`PARAMETERS`].
    pub params: Vec<(&'static str, Pattern)>,
    /// Links of each placement, by role.
    pub links: Vec<LinkRule>,
    /// What the channel builds.
    pub recipes: Vec<Recipe>,
    /// Longest texts, in characters.
    pub limits: Vec<(Spanned<String>, usize)>,
}

/// Where the links of one role go.
#[derive(Clone, Debug)]
pub struct LinkRule {
    /// The role.
    pub role: RoleId,
    /// Where.
    pub target: LinkTarget,
    /// Where this is said.
    pub span: Span,
}

/// The destination of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// The offer's page of ours, at an optional fragment.
    Landing(Option<String>),
    /// The partner's own page.
    Partner,
}

/// One thing a channel builds.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// What comes out.
    pub kind: RecipeKind,
    /// Template of the main part; sheets have none.
    pub template: Option<Spanned<String>>,
    /// Template of an email's text part.
    pub text: Option<Spanned<String>>,
    /// Path without extension.
    pub path: Pattern,
    /// Public path of a page.
    pub route: Option<Pattern>,
    /// Columns of a sheet.
    pub columns: Vec<SheetColumn>,
    /// Assets served; all where empty.
    pub assets: Vec<Spanned<String>>,
    /// One file for each placement, or one for the asset; `None` where the asset decides.
    pub per_placement: Option<bool>,
    /// Where the recipe stands.
    pub span: Span,
}

/// A column of a sheet.
#[derive(Clone, Debug)]
pub struct SheetColumn {
    /// Its header.
    pub name: String,
    /// Its cells.
    pub value: Pattern,
}

/// What a recipe makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeKind {
    /// An email: HTML and plain text.
    Email,
    /// A landing page.
    Page,
    /// Plain text.
    Text,
    /// JSON.
    Json,
    /// CSV without a template.
    Sheet,
}

impl RecipeKind {
    const ALL: [(&'static str, Self); 5] = [
        ("email", Self::Email),
        ("page", Self::Page),
        ("text", Self::Text),
        ("json", Self::Json),
        ("sheet", Self::Sheet),
    ];
}

/// Reads one channel file.
pub fn read_channel(
    id: ChannelId,
    text: &str,
    source_id: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Channel> {
    let document = Document::parse(text, source_id, base, diagnostics)?;
    let root = document.root();
    let medium = root.text("medium", diagnostics);
    let source = root.text("source", diagnostics);
    let expected_ga4 = root.maybe_text("expected_ga4", diagnostics);
    if let Some(written) = expected_ga4.as_ref().filter(|one| !GA4.contains(&one.value.as_str())) {
        let message = format!("`{}` is not a channel of GA4", written.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, written.span, message)
                .maybe_help(did_you_mean(&written.value, GA4)),
        );
    }
    let expected_ga4 = expected_ga4.map(|text| text.value);
    let params = root.section("params", diagnostics);
    let params = params.map(|one| read_params(&one, diagnostics)).unwrap_or_default();
    let links = root.section("links", diagnostics);
    let links = links.map(|one| read_links(&one, diagnostics)).unwrap_or_default();
    let recipes = root.sections("recipes", diagnostics);
    let recipes =
        recipes.into_iter().filter_map(|one| read_recipe(one, diagnostics)).collect::<Vec<_>>();
    let mut limits = Vec::new();
    if let Some(section) = root.section("limits", diagnostics) {
        for entry in section.entries() {
            if let Some(number) = entry.number(diagnostics) {
                limits.push((entry.key.clone(), number.value));
            }
        }
    }
    root.finish(diagnostics);
    Some(Channel {
        id,
        span: root_span(source_id, base),
        medium: medium?,
        source: source?,
        expected_ga4,
        params,
        links,
        recipes,
        limits,
    })
}

fn root_span(source: SourceId, base: usize) -> Span {
    Span::new(source, base, base)
}

fn read_params(
    section: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'static str, Pattern)> {
    let mut params = Vec::new();
    for entry in section.entries() {
        let name = entry.key.value.as_str();
        let pattern = entry.text(diagnostics).and_then(|text| Pattern::parse(&text, diagnostics));
        let Some(known) = PARAMETERS.iter().find(|known| **known == name) else {
            diagnostics.push(
                Diagnostic::error(
                    Code::UnknownParameter,
                    entry.key.span,
                    format!("analytics does not know the parameter `{name}`"),
                )
                .maybe_help(did_you_mean(name, PARAMETERS)),
            );
            continue;
        };
        if let Some(pattern) = pattern {
            params.push((*known, pattern));
        }
    }
    params.sort_by_key(|(name, _)| PARAMETERS.iter().position(|known| known == name));
    params
}

fn read_links(section: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Vec<LinkRule> {
    let mut links = Vec::new();
    for entry in section.entries() {
        let Some(body) = entry.section(diagnostics) else { continue };
        let to = body.text("to", diagnostics);
        body.finish(diagnostics);
        let role = RoleId::new(&entry.key.value);
        if role.is_none() {
            let message = format!("the role `{}` is not a slug", entry.key.value);
            diagnostics.push(Diagnostic::error(Code::BadSetting, entry.key.span, message));
        }
        let target = to.and_then(|to| read_target(&to, diagnostics));
        if let (Some(role), Some(target)) = (role, target) {
            links.push(LinkRule { role, target, span: entry.key.span });
        }
    }
    links
}

fn read_target(to: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<LinkTarget> {
    let (place, fragment) = match to.value.split_once('#') {
        Some((place, fragment)) => (place, Some(fragment.to_owned())),
        None => (to.value.as_str(), None),
    };
    match (place, fragment) {
        ("landing", fragment) => Some(LinkTarget::Landing(fragment)),
        ("partner", None) => Some(LinkTarget::Partner),
        _ => {
            let message = format!("a link cannot go to `{}`", to.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, to.span, message)
                    .help("use `landing`, `landing#fragment` or `partner`"),
            );
            None
        }
    }
}

fn read_recipe(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Recipe> {
    let span = section.span;
    let kind = section.text("kind", diagnostics).and_then(|text| read_kind(&text, diagnostics));
    let path = section.text("path", diagnostics);
    let path = path.and_then(|text| Pattern::parse(&text, diagnostics));
    let assets = section.texts("assets", diagnostics);
    let per_placement =
        section.maybe_text("per", diagnostics).and_then(|text| read_per(&text, diagnostics));
    let kind = kind?;
    let needs_template = kind != RecipeKind::Sheet;
    let template = if needs_template { section.text("template", diagnostics) } else { None };
    let text = if kind == RecipeKind::Email { section.text("text", diagnostics) } else { None };
    let route = (kind == RecipeKind::Page)
        .then(|| section.text("route", diagnostics))
        .flatten()
        .and_then(|text| read_route(&text, diagnostics));
    let columns = if kind == RecipeKind::Sheet {
        section.required("columns", diagnostics).map(|one| read_columns(&one, diagnostics))
    } else {
        None
    };
    section.finish(diagnostics);
    if needs_template && template.is_none() || kind == RecipeKind::Page && route.is_none() {
        return None;
    }
    let columns = columns.unwrap_or_default();
    Some(Recipe { kind, template, text, path: path?, route, columns, assets, per_placement, span })
}

fn read_kind(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<RecipeKind> {
    let found = RecipeKind::ALL.iter().find(|(name, _)| *name == text.value);
    if found.is_none() {
        let names = RecipeKind::ALL.iter().map(|(name, _)| *name);
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                text.span,
                format!("`{}` is not a kind of recipe", text.value),
            )
            .maybe_help(did_you_mean(&text.value, names)),
        );
    }
    found.map(|(_, kind)| *kind)
}

fn read_per(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<bool> {
    match text.value.as_str() {
        "placement" => Some(true),
        "asset" => Some(false),
        other => {
            diagnostics.push(
                Diagnostic::error(
                    Code::BadSetting,
                    text.span,
                    format!("a recipe is not per `{other}`"),
                )
                .help("use `placement` or `asset`"),
            );
            None
        }
    }
}

fn read_route(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Pattern> {
    if !text.value.starts_with('/') || text.value.contains("//") {
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                text.span,
                format!("the route `{}` is not a path", text.value),
            )
            .help("begin it with one `/`"),
        );
        return None;
    }
    Pattern::parse(text, diagnostics)
}

fn read_columns(entry: &Entry<'_, '_>, diagnostics: &mut Diagnostics) -> Vec<SheetColumn> {
    let mut columns = Vec::new();
    for section in entry.sections(diagnostics) {
        let name = section.text("name", diagnostics);
        let value = section.text("value", diagnostics);
        section.finish(diagnostics);
        let value = value.and_then(|text| Pattern::parse(&text, diagnostics));
        if let (Some(name), Some(value)) = (name, value) {
            columns.push(SheetColumn { name: name.value, value });
        }
    }
    columns
}
