//! The template engines, one for each form, and what is wrong with the templates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use tera::{ErrorKind, Tera};

use super::blocks::{Blocks, find_blocks};
use super::checks::Checks;
use super::escape::configure;
use super::merge_tags::{MergeTags, merge_tags};
use super::{fault, filters, lint, locate, places, tag_lint};
use crate::artifact::AssetUrls;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::graph::Form;
use crate::locale::Locale;
use crate::mail::Inliner;
use crate::model::{SourceId, Span};
use crate::source::{Documents, SourceKind, Sources};

/// One template.
#[derive(Clone, Debug)]
pub(super) struct Template<'s> {
    pub(super) name: &'s str,
    pub(super) source: SourceId,
    /// Where the text begins in the file: after a byte order mark.
    pub(super) base: usize,
    pub(super) text: &'s str,
}

/// All templates, ready to render.
pub struct Engine<'s> {
    forms: BTreeMap<Form, Tera>,
    marked: OnceLock<Option<Tera>>,
    tagged: OnceLock<Option<Tera>>,
    /// Style sheets that were put onto one mail are put onto the next of its kind at once.
    pub(super) inliner: Inliner,
    pub(super) checks: Checks,
    assets: Arc<AssetUrls>,
    tags: Arc<MergeTags>,
    locale: &'static Locale,
    blocks: Blocks<'s>,
    pub(super) templates: Vec<Template<'s>>,
    /// Some template has a tracking parameter typed into it, which was told.
    pub(super) has_typed_parameters: bool,
    /// Templates that are there but cannot be used; their faults have been told.
    broken: BTreeSet<String>,
}

/// Where templates are, in the workspace.
const FOLDER: &str = "templates/";

impl<'s> Engine<'s> {
    /// Loads every template; the broken ones are reported, all at once, and left out.
    pub fn new(
        documents: &Documents,
        sources: &'s Sources,
        assets: &Arc<AssetUrls>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut templates = Vec::new();
        for (source, file) in sources.of_kind(SourceKind::Template) {
            let base = file.content_start();
            let name = file.path.as_str().strip_prefix(FOLDER).unwrap_or(file.path.as_str());
            let text = file.text.get(base..).unwrap_or("");
            templates.push(Template { name, source, base, text });
        }
        let before = diagnostics.len();
        for template in &templates {
            lint::check_template(documents, template, &templates, diagnostics);
        }
        let typed = |one: &Diagnostic| one.code == Code::TypedParameterInSource;
        let has_typed_parameters = diagnostics.iter().skip(before).any(typed);
        let mut broken = BTreeSet::new();
        let tags = Arc::new(merge_tags(&documents.channels));
        let locale = documents.workspace.locale;
        let shared = Shared { assets, tags: &tags, locale };
        let html = load(Form::Html, &templates, shared, &mut broken, diagnostics);
        let mut forms = BTreeMap::new();
        for form in [Form::Text, Form::Json, Form::Svg] {
            let whole: Vec<_> =
                templates.iter().filter(|one| !broken.contains(one.name)).cloned().collect();
            let mut quiet = Diagnostics::new();
            forms.insert(form, load(form, &whole, shared, &mut BTreeSet::new(), &mut quiet));
        }
        forms.insert(Form::Html, html);
        Self {
            forms,
            marked: OnceLock::new(),
            tagged: OnceLock::new(),
            inliner: Inliner::new(),
            checks: Checks::new(documents),
            assets: Arc::clone(assets),
            blocks: find_blocks(&templates),
            tags,
            locale,
            templates,
            has_typed_parameters,
            broken,
        }
    }

    /// Reports the templates that recipes name and that are not there, and merge tags that will not
    /// work for the channels that use a template.
    pub fn check_recipes(&self, documents: &Documents, diagnostics: &mut Diagnostics) {
        for channel in &documents.channels {
            tag_lint::check_channel(channel, documents, &self.templates, diagnostics);
            for recipe in &channel.recipes {
                for name in [&recipe.template, &recipe.text].into_iter().flatten() {
                    if self.templates.iter().any(|template| template.name == name.value) {
                        continue;
                    }
                    let known = self.templates.iter().map(|template| template.name);
                    let message = format!("there is no template `{FOLDER}{}`", name.value);
                    diagnostics.push(
                        Diagnostic::error(Code::MissingTemplate, name.span, message)
                            .maybe_help(did_you_mean(&name.value, known))
                            .help_if_none("add it, or correct the name"),
                    );
                }
            }
        }
    }

    /// The engine of a form, if it can render the template.
    pub(super) fn get(&self, form: Form, template: &str) -> Option<&Tera> {
        if self.broken.contains(template) {
            return None;
        }
        self.forms.get(&form).filter(|tera| tera.contains_template(template))
    }

    /// An engine whose HTML says for each URL attribute where in which template it stands.
    pub(super) fn marked(&self) -> Option<&Tera> {
        self.marked.get_or_init(|| self.with_marks(locate::mark)).as_ref()
    }

    /// An engine whose HTML says for each tag where in which template it stands.
    pub(super) fn tagged(&self) -> Option<&Tera> {
        self.tagged.get_or_init(|| self.with_marks(places::mark_tags)).as_ref()
    }

    fn with_marks(&self, mark: impl Fn(&Template<'_>) -> String) -> Option<Tera> {
        let shared = Shared { assets: &self.assets, tags: &self.tags, locale: self.locale };
        let mut tera = new_tera(Form::Html, shared);
        let whole = self.templates.iter().filter(|one| !self.broken.contains(one.name));
        let marked = whole.map(|one| (one.name, mark(one)));
        tera.add_raw_templates(marked.collect::<Vec<_>>()).ok()?;
        Some(tera)
    }

    /// Where a block of a template stands, its own or one of what it extends.
    pub(super) fn block(&self, template: &str, name: &str) -> Option<Span> {
        self.blocks.get(template)?.get(name).copied()
    }

    /// Addresses, pictures and fonts.
    pub(super) fn assets(&self) -> &AssetUrls {
        &self.assets
    }

    /// A template by name.
    pub(super) fn template(&self, name: &str) -> Option<&Template<'s>> {
        self.templates.iter().find(|template| template.name == name)
    }
}

/// What functions of templates look things up in.
#[derive(Clone, Copy)]
struct Shared<'a> {
    assets: &'a Arc<AssetUrls>,
    tags: &'a Arc<MergeTags>,
    locale: &'static Locale,
}

fn new_tera(form: Form, shared: Shared<'_>) -> Tera {
    let mut tera = Tera::default();
    configure(&mut tera, form);
    filters::register(&mut tera, form, shared.assets, shared.tags, shared.locale);
    tera
}

/// Loads what can be loaded. Tera stops at the first bad template, so that one is reported and
/// left out until the rest loads.
fn load(
    form: Form,
    templates: &[Template<'_>],
    shared: Shared<'_>,
    broken: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Tera {
    loop {
        let mut tera = new_tera(form, shared);
        let whole: Vec<_> = templates.iter().filter(|one| !broken.contains(one.name)).collect();
        let Err(error) = tera.add_raw_templates(whole.iter().map(|one| (one.name, one.text)))
        else {
            return tera;
        };
        let before = broken.len();
        for (name, diagnostic) in blame(error.kind(), templates, broken) {
            broken.insert(name);
            diagnostics.extend(diagnostic);
        }
        if broken.len() == before {
            // Nobody could be blamed: give up on all of them rather than loop.
            broken.extend(whole.iter().map(|one| one.name.to_owned()));
            if let Some(first) = whole.first() {
                let span = Span::start_of(first.source);
                diagnostics.push(Diagnostic::error(Code::TemplateSyntax, span, error.to_string()));
            }
        }
    }
}

/// Which templates an error is about. Echoes of templates already broken carry no diagnostic.
fn blame(
    kind: &ErrorKind,
    templates: &[Template<'_>],
    broken: &BTreeSet<String>,
) -> Vec<(String, Option<Diagnostic>)> {
    let by_name = |name: &str| templates.iter().find(|one| one.name == name);
    match kind {
        ErrorKind::SyntaxError(report) => by_name(report.filename())
            .map(|template| {
                let span = fault::place(template, &report.span().range);
                let message = fault::lower_first(report.message());
                let diagnostic = Diagnostic::error(Code::TemplateSyntax, span, message);
                (template.name.to_owned(), Some(diagnostic))
            })
            .into_iter()
            .collect(),
        ErrorKind::MissingParent { current, parent } => {
            let told = broken.contains(parent);
            let diagnostic = by_name(current)
                .filter(|_| !told)
                .map(|template| missing(template, parent, templates));
            vec![(current.clone(), diagnostic)]
        }
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
            by_name(tpl)
                .map(|template| {
                    let span = Span::start_of(template.source);
                    let message = format!("the template `{tpl}` includes or extends itself");
                    (tpl.clone(), Some(Diagnostic::error(Code::TemplateSyntax, span, message)))
                })
                .into_iter()
                .collect()
        }
        ErrorKind::Msg(message) => fault::unknown_names(message)
            .into_iter()
            .filter_map(|unknown| {
                let template = by_name(&unknown.template)?;
                let told = unknown.kind == "template" && broken.contains(&unknown.name);
                let diagnostic = (!told).then(|| unknown.diagnostic(template, templates));
                Some((template.name.to_owned(), diagnostic))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn missing(template: &Template<'_>, parent: &str, templates: &[Template<'_>]) -> Diagnostic {
    let at = template.text.find(parent).unwrap_or(0);
    let span = fault::place(template, &(at..at + parent.len()));
    let known = templates.iter().map(|one| one.name);
    Diagnostic::error(Code::MissingTemplate, span, format!("there is no template `{parent}`"))
        .maybe_help(did_you_mean(parent, known))
        .help_if_none("add it, or correct the name")
}
