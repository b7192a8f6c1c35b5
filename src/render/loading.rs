//! Loads templates into engines, and says what is wrong with those that cannot be.

use std::collections::BTreeSet;
use std::sync::Arc;

use tera::{ErrorKind, Tera};

use super::escape::configure;
use super::merge_tags::MergeTags;
use super::template_set::{Template, resolve};
use super::{fault, filters};
use crate::artifact::AssetUrls;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::graph::Form;
use crate::locale::Locale;
use crate::model::Span;

/// What functions of templates look things up in.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) assets: Arc<AssetUrls>,
    pub(super) tags: Arc<MergeTags>,
    pub(super) locale: &'static Locale,
    /// Folders in which templates are looked for, the first before the next.
    pub(super) prefixes: Vec<String>,
}

impl Shared {
    /// An engine without templates.
    pub(super) fn tera(&self, form: Form) -> Tera {
        let mut tera = Tera::default();
        configure(&mut tera, form);
        self.register(&mut tera, form);
        // It refuses only where templates are there already.
        let _ = tera.set_fallback_prefixes(self.prefixes.clone());
        tera
    }

    /// Gives an engine the filters and functions of a locale.
    pub(super) fn register(&self, tera: &mut Tera, form: Form) {
        filters::register(tera, form, &self.assets, &self.tags, self.locale);
    }
}

/// Loads what can be loaded. Tera stops at the first bad template, so that one is reported and
/// left out until the rest loads.
pub(super) fn load(
    form: Form,
    templates: &[Template<'_>],
    shared: &Shared,
    broken: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Tera {
    loop {
        let mut tera = shared.tera(form);
        let whole: Vec<_> = templates.iter().filter(|one| !broken.contains(one.path)).collect();
        let Err(error) = tera.add_raw_templates(whole.iter().map(|one| (one.path, one.text)))
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
            broken.extend(whole.iter().map(|one| one.path.to_owned()));
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
    let by_name = |name: &str| resolve(templates, name);
    let is_broken = |name: &str| by_name(name).is_some_and(|one| broken.contains(one.path));
    match kind {
        ErrorKind::SyntaxError(report) => by_name(report.filename())
            .map(|template| {
                let span = fault::place(template, &report.span().range);
                let message = fault::lower_first(report.message());
                let diagnostic = Diagnostic::error(Code::TemplateSyntax, span, message);
                (template.path.to_owned(), Some(diagnostic))
            })
            .into_iter()
            .collect(),
        ErrorKind::MissingParent { current, parent } => {
            let told = is_broken(parent);
            let diagnostic = by_name(current)
                .filter(|_| !told)
                .map(|template| missing(template, parent, templates));
            vec![(current.clone(), diagnostic)]
        }
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
            by_name(tpl)
                .map(|template| {
                    let span = Span::start_of(template.source);
                    let message =
                        format!("the template `{}` includes or extends itself", template.name);
                    (tpl.clone(), Some(Diagnostic::error(Code::TemplateSyntax, span, message)))
                })
                .into_iter()
                .collect()
        }
        ErrorKind::Msg(message) => fault::unknown_names(message)
            .into_iter()
            .filter_map(|unknown| {
                let template = by_name(&unknown.template)?;
                let told = unknown.kind == "template" && is_broken(&unknown.name);
                let diagnostic = (!told).then(|| unknown.diagnostic(template, templates));
                Some((template.path.to_owned(), diagnostic))
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
