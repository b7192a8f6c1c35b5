//! All templates, by theme and locale, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::checks::Checks;
use super::loading::Shared;
use super::merge_tags::merge_tags;
use super::template_set::{FOLDER, Template, TemplateSet};
use super::themes::{find_themes, folder_of, theme_of_path};
use super::{Reads, lint, tag_lint};
use crate::artifact::AssetUrls;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::mail::Inliner;
use crate::model::Span;
use crate::resolve::Scene;
use crate::source::{AssetSpec, Channel, Documents, SourceKind, Sources};

/// All templates, ready to render.
pub struct Engine<'s> {
    /// Those that no theme has changed, in the workspace's locale.
    plain: TemplateSet<'s>,
    /// By theme and by the tag of a locale: each pair that some asset needs besides.
    others: BTreeMap<(Option<String>, &'static str), TemplateSet<'s>>,
    /// Style sheets that were put onto one mail are put onto the next of its kind at once.
    pub(super) inliner: Inliner,
    pub(super) checks: Checks,
    assets: Arc<AssetUrls>,
    /// Some template has a tracking parameter typed into it, which was told.
    pub(super) has_typed_parameters: bool,
}

impl<'s> Engine<'s> {
    /// Loads every template that some asset can use; the broken ones are reported, all at once,
    /// and left out.
    pub fn new(
        documents: &Documents,
        sources: &'s Sources,
        assets: &Arc<AssetUrls>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let themes = find_themes(documents, sources, diagnostics);
        let shared = Shared {
            assets: Arc::clone(assets),
            tags: Arc::new(merge_tags(&documents.channels)),
            locale: documents.workspace.locale,
            prefixes: Vec::new(),
        };
        let mut told = Told::default();
        let mut found = Diagnostics::new();
        let plain = load_theme(None, documents, sources, &shared, &mut found);
        told.add(found, diagnostics);
        let mut others = BTreeMap::new();
        for theme in themes {
            let mut found = Diagnostics::new();
            let set = load_theme(Some(&theme), documents, sources, &shared, &mut found);
            told.add(found, diagnostics);
            others.insert((Some(theme), documents.workspace.locale.tag()), set);
        }
        for (theme, locale) in wanted(documents) {
            let usual = documents.workspace.locale.tag();
            let key = (theme.clone(), locale.tag());
            let base = others.get(&(theme.clone(), usual)).unwrap_or(&plain);
            let is_plain = theme.is_none() && locale == documents.workspace.locale;
            if !is_plain && !others.contains_key(&key) {
                let set = base.spoken(locale);
                others.insert(key, set);
            }
        }
        Self {
            plain,
            others,
            inliner: Inliner::new(),
            checks: Checks::new(documents),
            assets: Arc::clone(assets),
            has_typed_parameters: told.has(Code::TypedParameterInSource),
        }
    }

    /// The templates that a scene is rendered from.
    pub(super) fn of(&self, scene: &Scene<'_>) -> &TemplateSet<'s> {
        self.set(scene.theme(), scene.rendition.locale)
    }

    fn set(&self, theme: Option<&str>, locale: &Locale) -> &TemplateSet<'s> {
        let key = (theme.map(str::to_owned), locale.tag());
        self.others.get(&key).unwrap_or(&self.plain)
    }

    /// What a template can read, where it is rendered for a scene.
    pub fn reads(&self, scene: &Scene<'_>, template: &str) -> Reads {
        self.of(scene).reads(template)
    }

    /// The file that a scene's template is, below the folder of templates.
    pub(super) fn file_of(&self, scene: &Scene<'_>, template: &str) -> Option<&'s str> {
        self.of(scene).template(template).map(Template::file)
    }

    /// Reports the templates that recipes name and that are not there, and merge tags that will not
    /// work for the channels that use a template.
    pub fn check_recipes(&self, documents: &Documents, diagnostics: &mut Diagnostics) {
        for channel in &documents.channels {
            let mut told = Told::default();
            for theme in themes_of(documents, channel) {
                let set = self.set(theme.as_deref(), documents.workspace.locale);
                let mut found = Diagnostics::new();
                tag_lint::check_channel(channel, documents, &set.templates, &mut found);
                check_names(channel, set, &mut found);
                told.add(found, diagnostics);
            }
        }
    }

    /// Addresses, pictures and fonts.
    pub(super) fn assets(&self) -> &AssetUrls {
        &self.assets
    }
}

fn check_names(channel: &Channel, set: &TemplateSet<'_>, diagnostics: &mut Diagnostics) {
    for recipe in &channel.recipes {
        for name in [&recipe.template, &recipe.text].into_iter().flatten() {
            if set.templates.iter().any(|template| template.name == name.value) {
                continue;
            }
            let known = set.templates.iter().map(|template| template.name);
            let message = format!("there is no template `{FOLDER}{}`", name.value);
            diagnostics.push(
                Diagnostic::error(Code::MissingTemplate, name.span, message)
                    .maybe_help(did_you_mean(&name.value, known))
                    .help_if_none("add it, or correct the name"),
            );
        }
    }
}

/// Loads what a theme sees: its own files, then the common ones.
fn load_theme<'s>(
    theme: Option<&str>,
    documents: &Documents,
    sources: &'s Sources,
    shared: &Shared,
    diagnostics: &mut Diagnostics,
) -> TemplateSet<'s> {
    let mut templates = Vec::new();
    let own = theme.map(folder_of);
    let prefixes: Vec<String> = own.iter().cloned().chain([FOLDER.to_owned()]).collect();
    for prefix in &prefixes {
        for (source, file) in sources.of_kind(SourceKind::Template) {
            let path = file.path.as_str();
            let Some(name) = path.strip_prefix(prefix.as_str()) else { continue };
            if Some(prefix) != own.as_ref() && theme_of_path(path).is_some() {
                continue;
            }
            let base = file.content_start();
            let text = file.text.get(base..).unwrap_or("");
            templates.push(Template { name, path, source, base, text });
        }
    }
    for template in &templates {
        lint::check_template(documents, template, &templates, diagnostics);
    }
    TemplateSet::new(templates, Shared { prefixes, ..shared.clone() }, diagnostics)
}

/// The theme of an asset: its own, else its channel's.
fn theme_of(channel: Option<&Channel>, spec: &AssetSpec) -> Option<String> {
    let theme = spec.theme.as_ref().or_else(|| channel?.theme.as_ref());
    theme.map(|theme| theme.value.clone())
}

/// Every theme and locale in which some asset goes out.
fn wanted(documents: &Documents) -> Vec<(Option<String>, &'static Locale)> {
    let assets = documents.briefs.iter().flat_map(|brief| &brief.assets);
    let of = |spec: &AssetSpec| {
        let mut channels = documents.channels.iter();
        let theme = theme_of(channels.find(|one| one.id.as_str() == spec.channel.value), spec);
        let mut locales: Vec<&'static Locale> = spec.locales.iter().map(|one| one.value).collect();
        locales.push(spec.locale(documents.workspace.locale));
        locales.into_iter().map(|locale| (theme.clone(), locale)).collect::<Vec<_>>()
    };
    assets.flat_map(of).collect()
}

/// The themes in which a channel's templates are used.
fn themes_of(documents: &Documents, channel: &Channel) -> BTreeSet<Option<String>> {
    let assets = documents.briefs.iter().flat_map(|brief| &brief.assets);
    let ours = assets.filter(|spec| spec.channel.value == channel.id.as_str());
    let mut themes: BTreeSet<_> = ours.map(|spec| theme_of(Some(channel), spec)).collect();
    if themes.is_empty() {
        themes.insert(channel.theme.as_ref().map(|theme| theme.value.clone()));
    }
    themes
}

/// What was said: themes share most templates, and one fault is told once.
#[derive(Default)]
struct Told(BTreeSet<(Span, Code)>);

impl Told {
    fn add(&mut self, found: Diagnostics, diagnostics: &mut Diagnostics) {
        let key = |one: &Diagnostic| (one.primary, one.code);
        let told: Vec<(Span, Code)> = found.iter().map(key).collect();
        for one in found {
            if !self.0.contains(&key(&one)) {
                diagnostics.push(one);
            }
        }
        self.0.extend(told);
    }

    fn has(&self, code: Code) -> bool {
        self.0.iter().any(|(_, told)| *told == code)
    }
}
