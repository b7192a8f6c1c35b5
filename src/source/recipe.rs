//! `[[recipes]]` of a channel: what it builds.

use super::page_settings::{PageSettings, read_page_settings};
use super::pattern::Pattern;
use super::picture_settings::{PictureSettings, SIZE_MARK, read_picture_settings};
use super::toml::{Entry, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, Spanned};

/// One thing a channel builds.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// What comes out.
    pub kind: RecipeKind,
    /// Template of the main part; sheets have none.
    pub template: Option<Spanned<String>>,
    /// Template of an email's text part, where its own is in a file of its own.
    pub text: Option<Spanned<String>>,
    /// Path without extension.
    pub path: Pattern,
    /// Public path of a page.
    pub route: Option<Pattern>,
    /// How a page comes and goes.
    pub page: PageSettings,
    /// Role of the link that a QR code leads to; the channel's first where nothing is said.
    pub link: Option<Spanned<String>>,
    /// Width of a QR code's module in its PNG, in pixels.
    pub pixels: u32,
    /// Sizes and formats of an image.
    pub picture: Option<PictureSettings>,
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
    /// A QR code without a template: SVG and PNG.
    Qr,
    /// Pictures of declared sizes, drawn from an SVG template.
    Image,
}

/// At 10 pixels a module, a code of the usual size is about 300 pixels wide.
const QR_PIXELS: u32 = 10;

impl RecipeKind {
    const ALL: [(&'static str, Self); 7] = [
        ("email", Self::Email),
        ("page", Self::Page),
        ("text", Self::Text),
        ("json", Self::Json),
        ("sheet", Self::Sheet),
        ("qr", Self::Qr),
        ("image", Self::Image),
    ];
}

pub(super) fn read_recipe(
    section: Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Recipe> {
    let span = section.span;
    let kind = section.text("kind", diagnostics).and_then(|text| read_kind(&text, diagnostics));
    let path = section.text("path", diagnostics);
    let path = path.map(|text| match kind {
        Some(RecipeKind::Image) => Spanned::new(text.value.replace("{size}", SIZE_MARK), text.span),
        _ => text,
    });
    let path = path.and_then(|text| Pattern::parse(&text, diagnostics));
    let assets = section.texts("assets", diagnostics);
    let per_placement =
        section.maybe_text("per", diagnostics).and_then(|text| read_per(&text, diagnostics));
    let kind = kind?;
    let needs_template = !matches!(kind, RecipeKind::Sheet | RecipeKind::Qr);
    let template = if needs_template { section.text("template", diagnostics) } else { None };
    let text =
        if kind == RecipeKind::Email { section.maybe_text("text", diagnostics) } else { None };
    let route = (kind == RecipeKind::Page)
        .then(|| section.text("route", diagnostics))
        .flatten()
        .and_then(|text| read_route(&text, diagnostics));
    let page = if kind == RecipeKind::Page {
        read_page_settings(&section, diagnostics)
    } else {
        PageSettings::default()
    };
    let columns = if kind == RecipeKind::Sheet {
        section.required("columns", diagnostics).map(|one| read_columns(&one, diagnostics))
    } else {
        None
    };
    let (link, pixels) = if kind == RecipeKind::Qr {
        let pixels = section.entry("pixels").and_then(|entry| entry.number(diagnostics));
        (section.maybe_text("link", diagnostics), pixels.map_or(QR_PIXELS, |one| one.value as u32))
    } else {
        (None, QR_PIXELS)
    };
    let picture = (kind == RecipeKind::Image)
        .then(|| read_picture_settings(&section, span, diagnostics))
        .flatten();
    section.finish(diagnostics);
    let lacks_sizes = kind == RecipeKind::Image && picture.is_none();
    if needs_template && template.is_none()
        || kind == RecipeKind::Page && route.is_none()
        || lacks_sizes
    {
        return None;
    }
    let columns = columns.unwrap_or_default();
    let path = path?;
    Some(Recipe {
        kind,
        template,
        text,
        path,
        route,
        page,
        link,
        pixels,
        picture,
        columns,
        assets,
        per_placement,
        span,
    })
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
