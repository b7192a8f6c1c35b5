//! The templates of one theme, as engines of one locale: one for each form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tera::Tera;

use super::blocks::{Blocks, find_blocks};
use super::loading::{Shared, load};
use super::{Reads, locate, places};
use crate::diag::Diagnostics;
use crate::graph::Form;
use crate::locale::Locale;
use crate::model::{SourceId, Span};

/// Where templates are, in the workspace.
pub(super) const FOLDER: &str = "templates/";

/// One template.
#[derive(Clone, Debug)]
pub(super) struct Template<'s> {
    /// What other templates and recipes call it: `email/digest.html`, also where a theme has one
    /// of its own.
    pub(super) name: &'s str,
    /// Its path in the workspace, which is what engines call it.
    pub(super) path: &'s str,
    pub(super) source: SourceId,
    /// Where the text begins in the file: after a byte order mark.
    pub(super) base: usize,
    pub(super) text: &'s str,
}

impl<'s> Template<'s> {
    /// Its path below the folder of templates.
    pub(super) fn file(&self) -> &'s str {
        self.path.strip_prefix(FOLDER).unwrap_or(self.path)
    }
}

/// The template that a name means; those of a theme stand before the common ones.
pub(super) fn resolve<'a, 's>(
    templates: &'a [Template<'s>],
    name: &str,
) -> Option<&'a Template<'s>> {
    let by_path = templates.iter().find(|one| one.path == name);
    by_path.or_else(|| templates.iter().find(|one| one.name == name))
}

/// All templates that a theme sees, ready to render in one locale.
pub(super) struct TemplateSet<'s> {
    pub(super) templates: Vec<Template<'s>>,
    forms: BTreeMap<Form, Tera>,
    marked: OnceLock<Option<Tera>>,
    tagged: OnceLock<Option<Tera>>,
    blocks: Blocks<'s>,
    /// Templates that are there but cannot be used, by their paths; their faults have been told.
    broken: BTreeSet<String>,
    shared: Shared,
    /// What was searched for already, by the template's name.
    reads: Mutex<BTreeMap<String, Arc<Reads>>>,
}

impl<'s> TemplateSet<'s> {
    /// Loads every template; the broken ones are reported, all at once, and left out.
    pub(super) fn new(
        templates: Vec<Template<'s>>,
        shared: Shared,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut broken = BTreeSet::new();
        let html = load(Form::Html, &templates, &shared, &mut broken, diagnostics);
        let mut forms = BTreeMap::new();
        for form in [Form::Text, Form::Json, Form::Svg] {
            let whole: Vec<_> =
                templates.iter().filter(|one| !broken.contains(one.path)).cloned().collect();
            let mut quiet = Diagnostics::new();
            forms.insert(form, load(form, &whole, &shared, &mut BTreeSet::new(), &mut quiet));
        }
        forms.insert(Form::Html, html);
        Self {
            blocks: find_blocks(&templates),
            templates,
            forms,
            marked: OnceLock::new(),
            tagged: OnceLock::new(),
            broken,
            shared,
            reads: Mutex::new(BTreeMap::new()),
        }
    }

    /// The same templates in another locale.
    pub(super) fn spoken(&self, locale: &'static Locale) -> Self {
        let shared = Shared { locale, ..self.shared.clone() };
        let in_locale = |(form, tera): (&Form, &Tera)| {
            let mut tera = tera.clone();
            shared.register(&mut tera, *form);
            (*form, tera)
        };
        Self {
            templates: self.templates.clone(),
            forms: self.forms.iter().map(in_locale).collect(),
            marked: OnceLock::new(),
            tagged: OnceLock::new(),
            blocks: self.blocks.clone(),
            broken: self.broken.clone(),
            shared,
            reads: Mutex::new(BTreeMap::new()),
        }
    }

    /// The engine of a form, if it can render the template.
    pub(super) fn get(&self, form: Form, template: &str) -> Option<&Tera> {
        let found = self.template(template)?;
        self.forms
            .get(&form)
            .filter(|tera| !self.broken.contains(found.path) && tera.contains_template(found.path))
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
        let mut tera = self.shared.tera(Form::Html);
        let whole = self.templates.iter().filter(|one| !self.broken.contains(one.path));
        let marked = whole.map(|one| (one.path, mark(one)));
        tera.add_raw_templates(marked.collect::<Vec<_>>()).ok()?;
        Some(tera)
    }

    /// Where a block of a template stands, its own or one of what it extends.
    pub(super) fn block(&self, template: &str, name: &str) -> Option<Span> {
        self.blocks.get(self.template(template)?.path)?.get(name).copied()
    }

    /// A template by its name.
    pub(super) fn template(&self, name: &str) -> Option<&Template<'s>> {
        resolve(&self.templates, name)
    }

    /// What a template can read, searched for once.
    pub(super) fn known_reads(&self, template: &str) -> Arc<Reads> {
        let mut known = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.entry(template.to_owned());
        Arc::clone(found.or_insert_with(|| Arc::new(self.reads(template))))
    }
}
